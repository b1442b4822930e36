import assert from "node:assert/strict";
import { join } from "node:path";
import { DENO_VERSION } from "../../scripts/deno_version.ts";
import { ROOT } from "../../scripts/process.ts";

Deno.test("DENO_VERSION is the version that the README's commands name", async () => {
  const readme = await Deno.readTextFile(join(ROOT, "README.md"));
  const named = [...readme.matchAll(/deno@(\d[\w.]*)/g)].map((match) => match[1]);
  assert.ok(named.length > 0, "the README names a version");
  assert.deepEqual([...new Set(named)], [DENO_VERSION]);
  assert.match(readme, /npx -y deno@[\d.]+ task test\b/);
});

Deno.test("DENO_VERSION is written in no second place that could go its own way", async () => {
  const ci = await Deno.readTextFile(join(ROOT, ".ci/run"));
  assert.doesNotMatch(ci, new RegExp(DENO_VERSION.replaceAll(".", "\\.")));
  assert.match(ci, /scripts\/deno_version\.ts/);
});
