/** `ov backup`, `ov restore`. */
import assert from "node:assert/strict";
import { failing, ov } from "../fake.ts";

Deno.test("ov backup says what was written and opened", async () => {
  const done = { output: "/b/x\x1b[2J", sizeBytes: 24_576, envs: 1, secrets: 2 };
  const ran = await ov(["backup", "x"], { backup: done });
  assert.deepEqual(ran.params("backup"), { output: "x" });
  assert.match(ran.out, /^Wrote \/b\/x\S+ \(24 KiB\), and opened all of it: 2 secrets in 1 environment\.\n$/);
  assert.ok(!ran.out.includes("\x1b"));
  assert.equal((await ov(["backup"])).status, 2);
});

Deno.test("ov restore says where the vault is, and where the one before", async () => {
  const done = { folder: "/v", kept: null, envs: 2, secrets: 1 };
  const ran = await ov(["restore", "x"], { restore: done });
  assert.deepEqual(ran.params("restore"), { file: "x", force: false });
  assert.deepEqual([ran.out, ran.err], ["Restored the vault at /v: 1 secret in 2 environments.\n", ""]);
  const forced = await ov(["restore", "x", "--force"], { restore: { ...done, kept: "/v/old" } });
  assert.deepEqual(forced.params("restore"), { file: "x", force: true });
  assert.match(forced.out, /The one that was there is \/v\/old\.\n$/);
  assert.match(forced.err, /Lock an agent/);
  const taken = failing("vault/exists", "Cannot restore: there is a vault");
  assert.equal((await ov(["restore", "x"], { restore: taken })).status, 7);
});
