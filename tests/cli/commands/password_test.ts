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

Deno.test("ov password sheet says what became of it, and of the one before", async () => {
  const made = await ov(["password", "sheet"], { "password.sheet": { sheet: "made" } });
  assert.deepEqual(made.params("password.sheet"), { revoke: false });
  assert.deepEqual([made.out, made.err], ["The emergency sheet is good: `ov password reset` asks for its code.\n", ""]);
  const again = await ov(["password", "sheet"], { "password.sheet": { sheet: "replaced" } });
  assert.match(again.out, /the one before is useless/);
  assert.match(again.err, /Backups from before still open with the sheet of that time/);
  const declined = await ov(["password", "sheet"], { "password.sheet": { sheet: "declined" } });
  assert.match(declined.out, /^Nothing was changed/);
  const revoked = await ov(["password", "sheet", "--revoke", "--json"], { "password.sheet": { sheet: "revoked" } });
  assert.deepEqual([revoked.params("password.sheet"), revoked.json()], [{ revoke: true }, { sheet: "revoked" }]);
});

Deno.test("ov password reset says how strong the new password is, and that the sheet stays good", async () => {
  const ran = await ov(["password", "reset"], { "password.reset": { ...DONE, passwordFile: true } });
  assert.deepEqual([ran.status, ran.out], [0, "Set a new master password.\nPassword: good\n"]);
  assert.match(ran.err, /The password file that you named holds another one[^]*The emergency sheet stays good/);
  const none = failing("sheet/not-found", "Cannot reset the password: this vault has no emergency sheet");
  assert.equal((await ov(["password", "reset"], { "password.reset": none })).status, 5);
});
