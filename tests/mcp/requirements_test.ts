import assert from "node:assert/strict";
import { REQUIREMENTS } from "./requirements.ts";

Deno.test("REQUIREMENTS are each held by a test of that name", async () => {
  assert.ok(REQUIREMENTS.length > 30);
  for (const { must, test: [file, name, client] } of REQUIREMENTS) {
    const text = await textOf(file);
    const names = [...text.matchAll(/^ *Deno\.test\((["`])(.*)\1, /gm)].map((match) => match[2]);
    assert.ok(names.includes(name), `nothing holds "${must}": ${file} has no test "${name}"`);
    if (client === undefined) continue;
    assert.ok((await textOf("sdk_clients.ts")).includes(`["${client}", `), `nothing holds "${must}" for ${client}`);
  }
});

Deno.test("REQUIREMENTS each name their source", () => {
  for (const { source, must } of REQUIREMENTS) {
    assert.match(source, /^(2025-11-25|2026-07-28|JSON-RPC 2\.0|DESIGN|FIELD|STYLE|issue) ?/);
    assert.notEqual(must, "");
  }
});

function textOf(file: string): Promise<string> {
  return Deno.readTextFile(new URL(`./${file}`, import.meta.url));
}
