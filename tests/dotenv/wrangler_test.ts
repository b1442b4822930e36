import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { parseDotenv, serializeDotenv } from "../../src/dotenv/mod.ts";
import { peer, PEER_NODE, PEER_WRANGLER, peerNode } from "../peers.ts";
import { filesToTry, generateFile, seeded } from "./generate.ts";

interface NamedText {
  readonly name: ".dev.vars" | ".env";
  readonly text: string;
}

/** What Wrangler's own `unstable_getVarsForDev` gives for each file, one process for all. */
async function wranglerReads(files: readonly NamedText[]): Promise<[string, string][][]> {
  const folder = await peer({ wrangler: PEER_WRANGLER, node: PEER_NODE });
  const child = new Deno.Command(peerNode(folder), {
    args: [fileURLToPath(new URL("wrangler_vars.mjs", import.meta.url))],
    cwd: folder,
    clearEnv: true,
    env: { HOME: folder, PATH: "/usr/bin:/bin", WRANGLER_SEND_METRICS: "false" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(files)));
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

function ours({ name, text }: NamedText): [string, string][] {
  const entries = parseDotenv(text, { expand: name === ".env" }).entries.filter(({ shadowed }) => !shadowed);
  return entries.map(({ key, value }) => [key, value]);
}

function generated(name: NamedText["name"], count: number, seed: number): NamedText[] {
  const random = seeded(seed);
  const files: NamedText[] = [];
  while (files.length < count) {
    const file = { name, text: generateFile(random).text };
    try {
      // Wrangler would not come back from a file that ours refuses.
      if (ours(file).length > 0) files.push(file);
    } catch { /* next */ }
  }
  return files;
}

const REAL: string[] = [
  "# Stripe\nSTRIPE_SECRET_KEY=not-a-key\nENVIRONMENT=development\n\nDATABASE_URL='postgres://u:p@h/db?x=1#f'\n",
  'KEY="-----BEGIN X-----\\nabc\\n-----END X-----"\nPEM="-----BEGIN X-----\nabc\n-----END X-----\n"\r\nJSON={"a":"b#c"}\n',
  "HASH='$2a$10$abcdefghijklmnopqrstuv'\nA=1\nB=${A}\nC=\\$A\nexport D=\"$B-$C\"\nA=2\n",
];

for (const [name, seed] of [[".dev.vars", 0xd5], [".env", 0xe5]] as const) {
  Deno.test(`parseDotenv() gives what Wrangler gives the Worker for ${name}`, async () => {
    const files = [...REAL.map((text) => ({ name, text })), ...generated(name, filesToTry(400), seed)];
    const theirs = await wranglerReads(files);
    assert.equal(theirs.length, files.length);
    for (const [i, file] of files.entries()) {
      assert.deepEqual(Object.fromEntries(ours(file)), Object.fromEntries(theirs[i]!), JSON.stringify(file));
    }
  });
}

Deno.test("serializeDotenv() with expand writes what Wrangler reads back from .env", async () => {
  const entries = [
    { key: "HASH", value: "$2a$10$abcdefghijklmnopqrstuv" },
    { key: "TEXT", value: "it's ${HASH} and \\$HASH\nand \\n" },
    { key: "EMPTY", value: "" },
  ];
  const [read] = await wranglerReads([{ name: ".env", text: serializeDotenv(entries, { expand: true }) }]);
  assert.deepEqual(read, entries.map(({ key, value }) => [key, value]));
});
