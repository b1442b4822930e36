import assert from "node:assert/strict";
import { failing, ov } from "../fake.ts";

const DONE = { folder: "/home/dev/.local/share/ov", strength: { score: 4, words: "very strong" } };

Deno.test("ov init says where the vault is, how strong the password is and what comes next", async () => {
  const ran = await ov(["init"], { init: DONE });
  assert.equal(ran.status, 0);
  assert.match(ran.out, /^Created a vault in \/home\/dev\/\.local\/share\/ov with default\/development in it\.\n/);
  assert.match(ran.out, /Password: very strong\n/);
  assert.match(ran.out, /ov import \.dev\.vars/);
});

Deno.test("ov init --json is one document, and --quiet says nothing", async () => {
  assert.deepEqual((await ov(["init", "--json"], { init: DONE })).json(), { sheet: false, ...DONE });
  const quiet = await ov(["init", "--quiet"], { init: { ...DONE, strength: null } });
  assert.deepEqual([quiet.out, quiet.err], ["", ""]);
});

Deno.test("ov init --emergency-sheet asks for a sheet, and says whether there is one; its code is not the front's to see", async () => {
  const made = await ov(["init", "--emergency-sheet"], { init: { ...DONE, sheet: true } });
  assert.deepEqual(made.params("init"), { emergencySheet: true });
  assert.match(made.out, /The emergency sheet is good/);
  const none = await ov(["init", "--emergency-sheet"], { init: { ...DONE, sheet: false } });
  assert.match(none.out, /No emergency sheet was made: `ov password sheet` makes one/);
  assert.deepEqual((await ov(["init"], { init: DONE })).params("init"), {});
});

Deno.test("ov init reports a vault that exists with its own exit status", async () => {
  const ran = await ov(["init"], { init: failing("vault/exists", "Cannot make a vault: there is one", "Use it.") });
  assert.deepEqual([ran.status, ran.out, ran.err], [7, "", "ov: Cannot make a vault: there is one\nhint: Use it.\n"]);
});

Deno.test("every command hands the global options to the keeper first, wherever they stand", async () => {
  const lines = [
    ["--app", "a", "--env=e", "--password-file", "/p", "--non-interactive", "init"],
    ["init", "--app", "a", "--env=e", "--password-file", "/p", "--non-interactive"],
    ["--app", "other", "init", "--app", "a", "--env=e", "--password-file", "/p", "--non-interactive"],
  ];
  for (const line of lines) {
    const ran = await ov(line, { init: DONE });
    assert.deepEqual(ran.calls[0], {
      op: "configure",
      params: { app: "a", env: "e", passwordFile: "/p", nonInteractive: true },
    });
  }
});
