import assert from "node:assert/strict";
import { ov } from "../fake.ts";

Deno.test("ov export needs --plain, and says why", async () => {
  const ran = await ov(["export"]);
  assert.deepEqual([ran.status, ran.params("export")], [2, undefined]);
  assert.match(ran.err, /--plain/);
});

Deno.test("ov export leaves stdout to the keeper", async () => {
  const ran = await ov(["export", "--plain"], { export: { names: ["A"], output: null } });
  assert.deepEqual(ran.params("export"), { format: "dotenv", output: null, only: null });
  assert.deepEqual([ran.out, ran.err], ["", ""]);
  const json = await ov(["export", "--plain", "--json"], { export: { names: ["A"], output: null } });
  assert.equal(json.out, "");
  assert.deepEqual(JSON.parse(json.err), { names: ["A"], output: null });
});

Deno.test("ov export --output says what was written", async () => {
  const answer = { export: { names: ["A", "B"], output: "/w/x.json" } };
  const ran = await ov(["export", "--plain", "--format", "json", "--output", "x.json", "--only", "B,A"], answer);
  assert.deepEqual(ran.params("export"), { format: "json", output: "x.json", only: ["B", "A"] });
  assert.equal(ran.out, "Wrote 2 secrets to /w/x.json as plaintext.\n");
});
