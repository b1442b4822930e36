import assert from "node:assert/strict";
import { join } from "node:path";
import { blockIn, BLOCKS } from "../../scripts/readme.ts";
import { ROOT } from "../../scripts/process.ts";

const readme = await Deno.readTextFile(join(ROOT, "README.md"));

for (const [name, print] of Object.entries(BLOCKS)) {
  Deno.test(`README.md shows what is printed in its block "${name}"`, async () => {
    assert.equal(blockIn(readme, name), await print());
  });
}

Deno.test("README.md has a row for every npm package of deno.json", async () => {
  const { imports } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json"))) as {
    imports: Record<string, string>;
  };
  const missing = Object.keys(imports).filter((name) => !readme.includes(name.replace(/^@[^/]+\//, "")));
  assert.deepEqual(missing, []);
});
