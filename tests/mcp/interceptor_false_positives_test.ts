/** What the interceptor refuses of data that only looks like secrets: measured on many calls, and pinned. */
import assert from "node:assert/strict";
import { Secret } from "../../src/base/mod.ts";
import { WholeValues } from "../../src/keeper/whole_values.ts";
import { intercept } from "../../src/mcp/interceptor.ts";
import { findTool } from "../../src/mcp/tools.ts";
import { randomText } from "../detect/sample.ts";
import { seeded } from "../dotenv/generate.ts";

const RUN = findTool("vault_run")!;
const CALLS = 1000;
const random = seeded(0x1e7e4c);
const hex = (length: number) => randomText(random, "hex", length);
const base64 = (length: number) => randomText(random, "base64", length);
const url64 = (text: unknown) =>
  new TextEncoder().encode(JSON.stringify(text)).toBase64({ alphabet: "base64url", omitPadding: true });
const signature = () => base64(43).replaceAll("+", "-").replaceAll("/", "_");
const claims = () => url64({ sub: hex(8), name: "Test User", iat: 1_516_239_022 });

/** Arguments as agents pass them, and how many of {@link CALLS} calls with each are refused. */
const MEASURED: Readonly<Record<string, { make: () => string; refused: number }>> = {
  "an integrity of a lockfile": { make: () => `sha512-${base64(86)}==`, refused: 0 },
  "a lockfile entry on the command line": { make: () => `{"integrity":"sha512-${base64(86)}=="}`, refused: 0 },
  "a digest": { make: () => `--expect=${hex(64)}`, refused: 0 },
  "a commit": { make: () => hex(40), refused: 0 },
  "an image by digest": { make: () => `app@sha256:${hex(64)}`, refused: 0 },
  "a UUID": { make: () => `--id=${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`, refused: 0 },
  "a UUID as an idempotency key": {
    make: () => `Idempotency-Key: ${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
    refused: 0,
  },
  "a JWT's shape without a header in it": { make: () => `eyJ${hex(30)}.eyJ${hex(40)}.${hex(43)}`, refused: 0 },
  "a JWT that is not signed": { make: () => `${url64({ alg: "none" })}.${claims()}.`, refused: 0 },
  "a JWT with alg none and something behind it": {
    make: () => `${url64({ alg: "none" })}.${claims()}.${signature()}`,
    refused: 0,
  },
  "a cursor": { make: () => `--cursor=${url64({ id: hex(12), at: 1 })}`, refused: 0 },
  "an address of a block chain": { make: () => `0x${hex(40)}`, refused: 0 },
  "a path in a cache": { make: () => `.cache/${hex(2)}/${hex(62)}.js`, refused: 0 },
  // A signed token is one, even in a test: nobody can tell by looking. A script that makes its own is not refused.
  "a JWT that is signed": {
    make: () => `${url64({ alg: "HS256", typ: "JWT" })}.${claims()}.${signature()}`,
    refused: CALLS,
  },
};

for (const [what, { make, refused }] of Object.entries(MEASURED)) {
  Deno.test(`intercept() refuses ${refused} of ${CALLS} calls with ${what}`, () => {
    let count = 0;
    for (let i = 0; i < CALLS; i++) {
      if (intercept(RUN, { command: ["node", "test.js", make()], secrets: ["API_KEY"] }) !== null) count++;
    }
    assert.equal(count, refused);
  });
}

Deno.test("WholeValues.nameIn() finds no value in arguments that only look like one", () => {
  const secrets = [
    ...Array.from({ length: 20 }, (_, i) => Secret.fromText(`HEX_${i}`, hex(i % 2 === 0 ? 32 : 64))),
    ...Array.from({ length: 20 }, (_, i) => Secret.fromText(`KEY_${i}`, base64(40))),
    Secret.fromText("UUID", `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`),
  ];
  const texts = Object.values(MEASURED).flatMap(({ make }) => Array.from({ length: 50 }, make));
  const values = new WholeValues(secrets);
  for (const text of texts) assert.equal(values.nameIn([text]), null, text);
});

Deno.test("intercept() and WholeValues.nameIn() let a lockfile's lines through, one by one", async () => {
  const lines = (await Deno.readTextFile(new URL("../../deno.lock", import.meta.url))).split("\n");
  assert.ok(lines.length > 200);
  for (const line of lines) assert.equal(intercept(RUN, { command: ["grep", line], secrets: [] }), null, line);
  const secrets = [Secret.fromText("HEX", hex(64)), Secret.fromText("KEY", base64(40))];
  assert.equal(new WholeValues(secrets).nameIn(lines), null);
});
