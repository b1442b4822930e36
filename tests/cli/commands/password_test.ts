import assert from "node:assert/strict";
import { failing, ov } from "../fake.ts";

const DONE = { strength: { score: 3, words: "good" }, passwordFile: false };

Deno.test("ov password change says how strong it is and what still has the old one", async () => {
  const ran = await ov(["password", "change"], { "password.change": DONE });
  assert.deepEqual([ran.status, ran.out], [0, "Changed the master password.\nPassword: good\n"]);
  assert.match(ran.err, /^Backups from before open with the old password/);
  const file = await ov(["password", "change"], { "password.change": { strength: null, passwordFile: true } });
  assert.match(file.err, /warning: The password file that you named holds the old one/);
});

Deno.test("ov password change --json is one document; a wrong password has its own status", async () => {
  const ran = await ov(["password", "change", "--json"], { "password.change": DONE });
  assert.deepEqual([ran.json(), ran.err], [{ strength: DONE.strength, password_file: false }, ""]);
  const wrong = failing("vault/wrong-password", "Cannot open vault: the master password is wrong");
  assert.equal((await ov(["password", "change"], { "password.change": wrong })).status, 3);
});
