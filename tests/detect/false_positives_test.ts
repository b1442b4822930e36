import assert from "node:assert/strict";
import { scanText } from "../../src/detect/mod.ts";
import { seeded } from "../dotenv/generate.ts";
import { randomText } from "./sample.ts";

const random = seeded(0xfa15e);
const hex = (length: number) => randomText(random, "hex", length);
const base64 = (length: number) => randomText(random, "base64", length);

/** Random text that is everywhere and no secret; each is made 2,000 times. */
const HARMLESS: Record<string, () => string> = {
  "a UUID": () => `id: ${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
  "a npm lockfile entry": () =>
    `"integrity": "sha512-${base64(86)}==",\n"resolved": "https://host.example/a/-/a-1.0.0.tgz"`,
  "a yarn lockfile entry": () =>
    `resolved "https://host.example/a/-/a-1.0.0.tgz#${hex(40)}"\n  integrity sha1-${base64(27)}=`,
  "a deno lockfile entry": () => `"jsr:@std/assert@1.0.0": { "integrity": "${hex(64)}" }`,
  "a go.sum line": () => `example.com/mod v1.2.3/go.mod h1:${base64(43)}=`,
  "a git commit": () => `commit ${hex(40)}\nindex ${hex(7)}..${hex(7)} 100644`,
  "a container digest": () => `image: app@sha256:${hex(64)}`,
  "a JWT-shaped text whose head is no header": () => `eyJ${base64(30).replace(/[+/]/g, "a")}.eyJ${hex(30)}.${hex(43)}`,
  "an inline image": () => `url(data:image/png;base64,${base64(300)}==)`,
  "a subresource hash": () => `<script integrity="sha384-${base64(64)}" crossorigin="anonymous">`,
  "a source map": () => `{"version":3,"mappings":"${"AAAA,SAASA,EAAeC;".repeat(9)}"}`,
  "a stack trace": () =>
    `at Object.<anonymous> (/srv/app/node_modules/tokenizer/lib/index.js:${random() * 999 | 0}:13)`,
  "a public key": () => `-----BEGIN PUBLIC KEY-----\n${base64(64)}\n-----END PUBLIC KEY-----`,
  "an SSH public key": () => `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${base64(43)} me@host`,
  "an Ethereum address": () => `0x${hex(40)}`,
  "a cache key in a path": () => `/_next/static/chunks/${hex(16)}.js`,
};

for (const [name, make] of Object.entries(HARMLESS)) {
  Deno.test(`scanText() finds nothing in ${name}`, () => {
    for (let i = 0; i < 2000; i++) {
      const text = make();
      assert.deepEqual(scanText(text), [], text);
    }
  });
}

const CODE = `
const apiKey = process.env.STRIPE_SECRET_KEY;
const token: string = await getToken({ audience: "https://api.example.com" });
if (!password) throw new Error("password is required");
headers.set("Authorization", \`Bearer \${token}\`);
export const SECRET_NAMES = ["DATABASE_URL", "STRIPE_SECRET_KEY"];
const key = crypto.createHash("sha256").update(input).digest("hex");
type TokenKind = "accessToken" | "refreshToken" | "id_token_hint_value";
secretKeyRef: { name: "app-secrets", key: "database-url" }
password: z.string().min(12).max(128),
tokenEndpoint = "https://login.example.com/oauth2/v2.0/token";
DATABASE_URL=postgres://user:password@localhost:5432/mydb
REDIS_URL=redis://localhost:6379/0
API_KEY=<your api key>
API_KEY=your_api_key_here_please
token: \${{ secrets.GITHUB_TOKEN }}
password = os.environ["DB_PASSWORD_PRODUCTION_2"]
TOKEN_HEADER = "x-cf-d1-session-commit-token"
JSON_CREDENTIALS: "APP_R2_S3_CREDENTIALS"
`;

Deno.test("scanText() finds nothing in code and documents that speak about secrets", () => {
  for (const line of CODE.split("\n")) assert.deepEqual(scanText(line), [], line);
  assert.deepEqual(scanText(CODE), []);
});

Deno.test("scanText() finds nothing in this project's own sources and lockfile", async () => {
  const root = new URL("../../", import.meta.url);
  const texts: [string, string][] = [];
  for (const name of ["deno.json", "deno.lock"]) {
    const text = await Deno.readTextFile(new URL(name, root)).catch(() => null);
    if (text !== null) texts.push([name, text]);
  }
  for (const folder of ["src/base/", "src/detect/", "src/detect/rules/", "src/dotenv/", "tests/dotenv/"]) {
    for await (const { name, isFile } of Deno.readDir(new URL(folder, root))) {
      if (isFile) texts.push([folder + name, await Deno.readTextFile(new URL(folder + name, root))]);
    }
  }
  assert.ok(texts.length > 25);
  for (const [name, text] of texts) {
    assert.deepEqual(scanText(text).map(({ rule, start }) => `${rule} at ${start}`), [], name);
  }
});
