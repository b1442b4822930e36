/** The leak corpus, with `ov`: nothing comes out that may not. `deno task leaks` runs it with the peers beside it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { arm, GROUPS } from "./corpus.ts";
import { isFault, runCorpus } from "./run.ts";
import { Control } from "./tools/control.ts";
import { Ov } from "./tools/ov.ts";
import { missingPrograms, type Tool } from "./tools/tool.ts";

const ARMED = arm();
const MISSING = await missingPrograms(ARMED);

/** Runs a group with a tool in a folder that goes away. */
async function run(tool: Tool, groups: readonly string[]) {
  const armed = ARMED.filter(({ group, case: one }) =>
    groups.includes(group) && !(one.needs ?? []).some((program) => MISSING.has(program))
  );
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "ov-leaks-" }));
  try {
    return await runCorpus(tool, armed, join(root, "cases"));
  } finally {
    await tool[Symbol.asyncDispose]();
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("the corpus holds what issue 4 asks for, each case once", () => {
  assert.ok(ARMED.length >= 200);
  assert.equal(new Set(ARMED.map(({ name }) => name)).size, ARMED.length);
  assert.equal(new Set(ARMED.map(({ value }) => value)).size, ARMED.length);
  for (const { cases } of GROUPS) assert.ok(cases.length > 0);
});

Deno.test("without any tool every case's attacker recovers the value", async () => {
  const results = await run(new Control(), GROUPS.map(({ name }) => name));
  const harmless = results.filter(({ at, leaked, share }) =>
    share !== null && !leaked && at.case.control !== "none" && (at.case.may?.share ?? 1) > 0.3
  );
  assert.deepEqual(harmless.map(({ at }) => `${at.group}/${at.case.id}`), []);
});

for (const { name } of GROUPS) {
  Deno.test(`ov lets nothing out that may not come out: ${name}`, async () => {
    const faults = (await run(await Ov.start(), [name])).filter(isFault);
    assert.deepEqual(faults.map(({ at, share }) => [at.case.id, share]), []);
  });
}
