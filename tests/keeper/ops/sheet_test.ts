/** `ov password sheet`, `ov password reset`, `ov init --emergency-sheet`, `ov restore --sheet`. */
import assert from "node:assert/strict";
import { Secret } from "../../../src/base/mod.ts";
import { VaultSession } from "../../../src/keeper/vault_session.ts";
import { ROOT_WRAP_KINDS, rootWrapKey } from "../../../src/vault/mod.ts";
import { readSqliteVault, SqliteStore } from "../../../src/store/mod.ts";
import { failsWith, PASSWORD, type TestKeeper, World } from "../world.ts";

const NEW = "another-fake-password";
const CODE = /^ {4}((?:[0-9A-HJKMNP-TV-Z]{4}-){8}[0-9A-HJKMNP-TV-Z]{4})\r$/m;

/** The code on the last page that a keeper showed. */
const codeOf = ({ terminal }: TestKeeper) => CODE.exec(terminal.pages.at(-1)!)![1]!;

/** Makes a sheet; gives its code. */
async function makeSheet(world: World): Promise<string> {
  const keeper = world.keeper("password", { typed: [PASSWORD, "y"] });
  await keeper.call("password.sheet", { revoke: false });
  return codeOf(keeper);
}

const reset = (world: World, ...typed: string[]) => world.keeper("password", { typed }).call("password.reset", {});
const isPassword = (world: World, text: string) =>
  world.vault((session) => session.verifyPassword(Secret.fromText("password", text)));
const whole = (world: World) => world.vault((session) => session.verifyWhole());
const hasSheet = (world: World) => VaultSession.describe(world.vaultFolder)!.sheet;

Deno.test("password.sheet shows a page, and the sheet is good once it is on paper", () =>
  World.with(async (world) => {
    await world.seed({ A: "fake-a" });
    const keeper = world.keeper("password", { typed: ["wrong-password", PASSWORD, "y"] });
    assert.deepEqual(await keeper.call("password.sheet", { revoke: false }), { sheet: "made" });
    const code = codeOf(keeper);
    assert.match(keeper.terminal.shown, /code that opens this vault when the password is forgotten/);
    for (const group of code.split("-")) {
      assert.ok(!keeper.terminal.shown.includes(group));
      assert.ok(!JSON.stringify(keeper.messages).includes(group));
    }
    assert.deepEqual((await world.keeper("status").call("status", {})).sheet, true);
    await whole(world);

    assert.equal((await reset(world, code, NEW, NEW)).passwordFile, false);
    assert.deepEqual([await isPassword(world, NEW), await isPassword(world, PASSWORD)], [true, false]);
    assert.equal(await world.valueOf("A"), "fake-a");
    assert.equal((await world.audit("sheet-made", "password-reset")).length, 2);
    await reset(world, code, PASSWORD, PASSWORD);
    assert.equal(await isPassword(world, PASSWORD), true);
  }));

Deno.test("the sheet outlives a password change and a rotation, and a wrong code changes nothing", () =>
  World.with(async (world) => {
    const code = await makeSheet(world);
    await whole(world);
    await world.keeper("password", { typed: [PASSWORD, NEW, NEW] }).call("password.change", {});
    await world.keeper("rotate", { typed: [NEW] }).call("rotate", { all: true, dropMachineKeys: true });
    const keeper = world.keeper("password", { typed: ["no code", code.replace(/^..../, "0000"), "7"] });
    await assert.rejects(keeper.call("password.reset", {}), failsWith("usage/value", /missing or wrong/));
    assert.match(keeper.terminal.shown, /2 tries left[^]*1 try left/);
    const half = world.keeper("password", { typed: [code, NEW] });
    await assert.rejects(half.call("password.reset", {}), failsWith("usage/no-terminal"));
    assert.equal(await isPassword(world, NEW), true);
    await reset(world, code, PASSWORD, PASSWORD);
    await whole(world);
  }));

Deno.test("password.sheet that is declined or interrupted leaves the one before; a new one makes it useless", () =>
  World.with(async (world) => {
    const first = await makeSheet(world);
    const declined = world.keeper("password", { typed: [PASSWORD, "n"] });
    assert.deepEqual(await declined.call("password.sheet", { revoke: false }), { sheet: "declined" });
    const stopped = world.keeper("password", { typed: [PASSWORD] });
    await assert.rejects(stopped.call("password.sheet", { revoke: false }), failsWith("usage/no-terminal"));
    const never = codeOf(declined);
    await assert.rejects(reset(world, never, never, never), failsWith("vault/wrong-password", /older sheet/));
    await reset(world, first, PASSWORD, PASSWORD);

    const again = world.keeper("password", { typed: [PASSWORD, "y"] });
    assert.deepEqual(await again.call("password.sheet", { revoke: false }), { sheet: "replaced" });
    assert.match(again.terminal.shown, /The sheet from before becomes useless/);
    await assert.rejects(reset(world, first, first, first), failsWith("vault/wrong-password"));
    await reset(world, codeOf(again), PASSWORD, PASSWORD);
    assert.equal((await world.audit("sheet-replaced")).length, 1);
  }));

Deno.test("password.sheet --revoke makes it useless, also where its record is put back", () =>
  World.with(async (world) => {
    const code = await makeSheet(world);
    const key = rootWrapKey("sheet");
    const record = readSqliteVault(world.vaultFolder).find(({ kind, id }) => kind === key.kind && id[0] === 4)!;
    const keeper = world.keeper("password", { typed: [PASSWORD] });
    assert.deepEqual(await keeper.call("password.sheet", { revoke: true }), { sheet: "revoked" });
    assert.equal(hasSheet(world), false);
    await whole(world);
    await assert.rejects(reset(world, code), failsWith("sheet/not-found"));
    const none = world.keeper("password", { typed: [PASSWORD] });
    await assert.rejects(none.call("password.sheet", { revoke: true }), failsWith("sheet/not-found"));
    assert.deepEqual(none.terminal.prompts, []);

    const store = SqliteStore.open(world.vaultFolder);
    const manifest = readSqliteVault(world.vaultFolder).find(({ kind }) => kind === 3)!;
    assert.ok(store.commit(manifest.body, [{ put: record }]));
    store.close();
    await assert.rejects(reset(world, code), failsWith("vault/tampered", /put back/));
    await assert.rejects(whole(world), failsWith("vault/tampered", /put back/));
    assert.equal((await world.audit("sheet-revoked")).length, 1);
  }));

Deno.test("a sheet whose wrap is gone is missed where the whole vault is checked, and can be made anew", () =>
  World.with(async (world) => {
    await makeSheet(world);
    const store = SqliteStore.open(world.vaultFolder);
    const manifest = readSqliteVault(world.vaultFolder).find(({ kind }) => kind === 3)!;
    store.commit(manifest.body, ROOT_WRAP_KINDS.map((kind) => ({ remove: rootWrapKey(kind) })));
    store.close();
    await assert.rejects(whole(world), failsWith("vault/tampered", /missing/));
    await reset(world, await makeSheet(world), PASSWORD, PASSWORD);
    await whole(world);
  }));

Deno.test("neither takes a password file for a person, and neither asks where nobody is to be asked", () =>
  World.with(async (world) => {
    const code = await makeSheet(world);
    for (const op of ["password.sheet", "password.reset"] as const) {
      const params = op === "password.sheet" ? { revoke: false } : {};
      const file = world.keeper("password", { passwordFile: true });
      await assert.rejects(file.call(op, params), failsWith("usage/no-terminal"));
      const silent = world.keeper("password", { passwordFile: true, typed: [PASSWORD, code, NEW, NEW] });
      await silent.call("configure", { nonInteractive: true });
      await assert.rejects(silent.call(op, params), failsWith("usage/no-terminal"));
      assert.deepEqual([silent.terminal.prompts, silent.terminal.pages], [[], []]);
    }
    const none = world.keeper("password", { typed: [code, NEW, NEW], passwordFile: true });
    assert.equal((await none.call("password.reset", {})).passwordFile, true);
  }));

Deno.test("init with a sheet asks for a person before anything is made", () =>
  World.empty(async (world) => {
    const nobody = world.keeper("init", { passwordFile: true });
    const made = nobody.call("init", { emergencySheet: true });
    await assert.rejects(made, failsWith("usage/no-terminal", /there is no terminal/));
    assert.equal(VaultSession.exists(world.vaultFolder), false);
    const left = world.keeper("init", { passwordFile: true, typed: ["y"] });
    const without = left.call("init", { emergencySheet: true });
    await assert.rejects(without, failsWith("usage/no-terminal", /the vault is made, without an emergency sheet/));
    assert.equal(hasSheet(world), false);
  }));

Deno.test("init with a sheet makes both, or says that no sheet was made", async () => {
  await World.empty(async (world) => {
    const keeper = world.keeper("init", { passwordFile: true, typed: ["y", "y"] });
    assert.equal((await keeper.call("init", { emergencySheet: true })).sheet, true);
    await reset(world, codeOf(keeper), NEW, NEW);
  });
  await World.empty(async (world) => {
    const keeper = world.keeper("init", { typed: ["y", PASSWORD, PASSWORD, "n"] });
    assert.equal((await keeper.call("init", { emergencySheet: true })).sheet, false);
    assert.equal(hasSheet(world), false);
  });
});

Deno.test("a backup comes back by the sheet of its time, and a backup without one says so", () =>
  World.with(async (world) => {
    await world.seed({ A: "fake-a" });
    const backup = (output: string) => world.keeper("backup", { passwordFile: true }).call("backup", { output });
    await backup("without");
    const code = await makeSheet(world);
    await backup("with");
    await world.keeper("password", { typed: [PASSWORD] }).call("password.sheet", { revoke: true });
    const restore = (file: string, ...typed: string[]) =>
      world.keeper("restore", { typed }).call("restore", { file, force: true, sheet: true });
    await assert.rejects(restore("without", code), failsWith("sheet/not-found"));
    await assert.rejects(restore("with", PASSWORD, code.slice(5), "x"), failsWith("usage/value"));
    assert.equal(hasSheet(world), false);
    assert.equal((await restore("with", code)).secrets, 1);
    assert.equal(hasSheet(world), true);
    await reset(world, code, PASSWORD, PASSWORD);
    assert.equal(await world.valueOf("A"), "fake-a");
  }));
