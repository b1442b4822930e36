import assert from "node:assert/strict";
import { ov } from "../fake.ts";

Deno.test("ov export needs --plain, and says why", async () => {
  const ran = await ov(["export"]);
  assert.deepEqual([ran.status, ran.params("export")], [2, undefined]);
  assert.match(ran.err, /--plain/);
});

Deno.test("ov export leaves stdout to the keeper", async () => {
  const ran = await ov(["export", "--plain"], { export: { names: ["A"], output: null, unmasked: [] } });
  assert.deepEqual(ran.params("export"), { format: "dotenv", output: null, only: null });
  assert.deepEqual([ran.out, ran.err], ["", ""]);
  const json = await ov(["export", "--plain", "--json"], { export: { names: ["A"], output: null, unmasked: [] } });
  assert.equal(json.out, "");
  assert.deepEqual(JSON.parse(json.err), { names: ["A"], output: null, unmasked: [] });
});

Deno.test("ov export --output says what was written", async () => {
  const answer = { export: { names: ["A", "B"], output: "/w/x.json", unmasked: [] } };
  const ran = await ov(["export", "--plain", "--format", "json", "--output", "x.json", "--only", "B,A"], answer);
  assert.deepEqual(ran.params("export"), { format: "json", output: "x.json", only: ["B", "A"] });
  assert.equal(ran.out, "Wrote 2 secrets to /w/x.json as plaintext.\n");
});

Deno.test("ov export --bundle writes sealed records, and says what opens them", async () => {
  const answer = { "export.bundle": { app: "shop", env: "ci", secrets: 3, keys: 1, output: "/w/ci.bundle" } };
  const ran = await ov(["export", "--bundle", "ci.bundle"], answer);
  assert.deepEqual(ran.params("export.bundle"), { output: "ci.bundle" });
  assert.deepEqual([ran.out, ran.err], [
    "Wrote shop/ci to /w/ci.bundle: 3 secrets, sealed; 1 machine key opens it.\n",
    "",
  ]);
  const none = await ov(["export", "--bundle", "x"], { "export.bundle": { ...answer["export.bundle"], keys: 0 } });
  assert.match(none.err, /Nothing opens it yet: ov machine-key create/);
  for (
    const more of [["--plain"], ["--output", "x"], ["--only", "A"], ["--machine-key", "k"], ["--from-bundle", "b"]]
  ) {
    assert.equal((await ov(["export", "--bundle", "x", ...more], answer)).status, 2);
  }
});

Deno.test("ov export --format gha keeps stdout for the runner, and names what it can not mask", async () => {
  const line = [
    "export",
    "--plain",
    "--format",
    "gha",
    "--machine-key",
    "k",
    "--from-bundle",
    "b",
    "--output",
    "/r/env",
  ];
  const ran = await ov(line, { export: { names: ["A", "B"], output: "/r/env", unmasked: ["B"] } });
  assert.deepEqual(ran.params("export"), { format: "gha", output: "/r/env", only: null, machineKey: "k", bundle: "b" });
  assert.equal(ran.out, "");
  assert.match(ran.err, /warning: B is too short or too common/);
});
