/** What goes wrong before the command line is loaded is told in the same words as everything else. */
import assert from "node:assert/strict";
import { World } from "./ov.ts";

Deno.test("ov refuses a relative OV_HOME in one line, and as JSON", async () => {
  await using world = await World.create();
  const plain = await world.ov(["status"], { env: { OV_HOME: "relative" } });
  assert.deepEqual([plain.code, plain.stdout], [2, ""]);
  assert.match(plain.stderr, /^ov: Cannot use OV_HOME: [^\n]+\nhint: [^\n]+\n$/);
  const json = await world.ov(["status", "--json"], { env: { OV_HOME: "relative" } });
  assert.equal(JSON.parse(json.stderr).error.code, "usage/invalid");
});
