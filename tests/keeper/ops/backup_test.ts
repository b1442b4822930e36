/** `ov backup` and `ov restore`. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Secret } from "../../../src/base/mod.ts";
import { FIRST_ENV, VaultSession } from "../../../src/keeper/vault_session.ts";
import { put } from "../folder.ts";
import { failsWith, PASSWORD, World } from "../world.ts";

const VALUE = "fake-api-value-5b9e21";
const password = Secret.fromText("password", PASSWORD);

function files(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => !/-(wal|shm)$/.test(name)).sort();
}

async function backUp(world: World, output = "backup") {
  return await world.keeper("backup", { passwordFile: true }).call("backup", { output });
}

/** What the vault in a folder holds, opened as another process would. */
async function read(folder: string): Promise<string[]> {
  const session = await VaultSession.open({ folder, password, now: Date.now });
  const names = (await session.listSecrets(FIRST_ENV)).map(({ name }) => name);
  session.close();
  return names;
}

Deno.test("backup writes one private file that holds all and shows nothing, and leaves nothing else behind", () =>
  World.with(async (world) => {
    await world.seed({ A: VALUE, B: "fake-b" });
    await world.seed({ C: "fake-c" }, { app: "shop", env: "ci" });
    const path = join(world.project, "backup");
    const done = await backUp(world);
    const bytes = Deno.readFileSync(path);
    assert.deepEqual(done, { output: path, sizeBytes: bytes.length, envs: 2, secrets: 3 });
    assert.equal(Deno.statSync(path).mode! & 0o777, 0o600);
    for (const trace of [VALUE, "shop"]) assert.ok(!new TextDecoder("latin1").decode(bytes).includes(trace));
    assert.deepEqual(files(world.vaultFolder), ["vault.db"]);
    assert.deepEqual(files(world.project), ["backup"]);
    assert.equal((await world.audit("backup")).length, 1);
    const typed = world.keeper("backup", { typed: ["wrong-password", PASSWORD] });
    await typed.call("backup", { output: "second" });
    assert.match(typed.terminal.shown, /Write a sealed copy of the vault into second/);
  }));

Deno.test("backup overwrites nothing, and fails where it cannot write, be silent or unlock", () =>
  World.with(async (world) => {
    put(world.project, "there", "mine");
    const output = (to: string) => backUp(world, to);
    await assert.rejects(output("there"), failsWith("usage/file", /exists already/));
    await assert.rejects(output("nowhere/backup"), failsWith("usage/file"));
    assert.equal(Deno.readTextFileSync(join(world.project, "there")), "mine");
    const silent = world.keeper("backup");
    await silent.call("configure", { nonInteractive: true });
    await assert.rejects(silent.call("backup", { output: "x" }), failsWith("vault/locked"));
    assert.deepEqual(files(world.project), ["there"]);
    assert.deepEqual(files(world.vaultFolder), ["vault.db"]);
  }));

Deno.test("backup writes no file where the vault is not whole", () =>
  World.with(async (world) => {
    await world.seed({ A: VALUE });
    const database = new DatabaseSync(join(world.vaultFolder, "vault.db"));
    database.exec("UPDATE record SET body = zeroblob(length(body)) WHERE kind = 6");
    database.close();
    await assert.rejects(backUp(world), failsWith("vault/tampered", /./, [VALUE]));
    assert.deepEqual(files(world.project), []);
    assert.deepEqual(files(world.vaultFolder), ["vault.db"]);
  }));

Deno.test("backup and restore remove what a killed one left, and nothing that a running one holds", () =>
  World.with(async (world) => {
    const staged = (name: string) => {
      const folder = join(world.vaultFolder, `vault.db.copy-${name}`);
      Deno.mkdirSync(folder, { mode: 0o700 });
      return folder;
    };
    const left = async () => {
      const { checks } = await world.keeper("doctor").call("doctor", {});
      return checks.find(({ name }) => name === "leftovers")?.message.match(/vault\.db\.(?:copy|new)-\w+/g) ?? [];
    };
    assert.deepEqual(await left(), []);
    put(staged("killed"), "in-use", "");
    put(staged("running"), "in-use", "");
    staged("beginning");
    const old = new Date(Date.now() - 25 * 60 * 60 * 1000);
    Deno.utimeSync(staged("older"), old, old);
    for (const name of ["vault.db.new-fresh", "vault.db.new-old"]) put(world.vaultFolder, name, "sealed");
    Deno.utimeSync(join(world.vaultFolder, "vault.db.new-old"), old, old);
    // What is the vault's own is nobody's leftover, however old.
    put(world.vaultFolder, "another", "old");
    for (const name of ["vault.db", "another"]) Deno.utimeSync(join(world.vaultFolder, name), old, old);
    using held = Deno.openSync(join(world.vaultFolder, "vault.db.copy-running", "in-use"), { write: true });
    held.lockSync(true);
    assert.deepEqual(await left(), ["vault.db.copy-killed", "vault.db.copy-older", "vault.db.new-old"]);
    await backUp(world);
    const kept = ["another", "vault.db", "vault.db.copy-beginning", "vault.db.copy-running", "vault.db.new-fresh"];
    assert.deepEqual(files(world.vaultFolder), kept);
    assert.deepEqual(await left(), []);
    held.unlockSync();
    await world.keeper("restore", { typed: [PASSWORD] }).call("restore", { file: "backup", force: true, sheet: false });
    assert.ok(!files(world.vaultFolder).includes("vault.db.copy-running"));
  }));

Deno.test("restore brings a backup back on a machine without a vault, with its history in the log", () =>
  World.with(async (world) => {
    await world.seed({ A: VALUE });
    await backUp(world);
    await world.use(() => {});
    Deno.removeSync(world.vaultFolder, { recursive: true });
    const keeper = world.keeper("restore", { typed: ["wrong-password", PASSWORD] });
    assert.deepEqual(await keeper.call("restore", { file: "backup", force: false }), {
      folder: world.vaultFolder,
      kept: null,
      envs: 1,
      secrets: 1,
    });
    assert.match(keeper.terminal.shown, /Grants, policies, machine keys and sheets come back as they were/);
    assert.deepEqual(files(world.vaultFolder), ["vault.db"]);
    const session = await VaultSession.open({ folder: world.vaultFolder, password, now: Date.now });
    const log = (await session.listAudit()).map(({ entry }) => (entry as { action: string }).action);
    session.close();
    assert.deepEqual(log.slice(-2), ["backup", "restored"]);
  }));

Deno.test("restore replaces a vault with force alone, and keeps it as a vault that can be restored", () =>
  World.with(async (world) => {
    await world.seed({ THEN: VALUE });
    await backUp(world);
    await world.seed({ NOW: VALUE });
    const refused = world.keeper("restore", { typed: [PASSWORD] });
    await assert.rejects(refused.call("restore", { file: "backup", force: false }), failsWith("vault/exists"));
    assert.deepEqual(refused.terminal.prompts, []);
    const restore = (file: string) =>
      world.keeper("restore", { typed: [PASSWORD] }).call("restore", { file, force: true });
    const { kept } = await restore("backup");
    assert.deepEqual(await read(world.vaultFolder), ["THEN"]);
    assert.equal(Deno.statSync(kept!).mode! & 0o777, 0o600);
    await restore(kept!);
    assert.deepEqual(await read(world.vaultFolder), ["NOW", "THEN"]);
  }));

Deno.test("restore changes nothing where the password, the file or its content is not right", () =>
  World.with(async (world) => {
    await world.seed({ A: VALUE });
    await backUp(world);
    const good = Deno.readFileSync(join(world.project, "backup"));
    put(world.project, "text", "no vault");
    put(world.project, "empty", "");
    Deno.writeFileSync(join(world.project, "cut"), good.subarray(0, good.length - 4096));
    Deno.writeFileSync(join(world.project, "forged"), good);
    const database = new DatabaseSync(join(world.project, "forged"));
    database.exec("DELETE FROM record WHERE kind = 8 OR (kind = 6 AND scope IS NOT NULL)");
    database.close();
    const before = await read(world.vaultFolder);
    const restore = async (file: string, typed: string[], code: string) => {
      const keeper = world.keeper("restore", { typed });
      await assert.rejects(keeper.call("restore", { file, force: true }), failsWith(code));
    };
    await restore("backup", Array(3).fill("wrong-password"), "vault/wrong-password");
    await restore("backup", [], "usage/no-terminal");
    await restore("nothing-there", [PASSWORD], "usage/file");
    await restore(".", [PASSWORD], "usage/file");
    for (const file of ["text", "empty", "cut"]) await restore(file, [PASSWORD], "vault/damaged");
    await restore("forged", [PASSWORD], "vault/tampered");
    const silent = world.keeper("restore", { passwordFile: true });
    await assert.rejects(silent.call("restore", { file: "backup", force: true }), failsWith("usage/no-terminal"));
    assert.deepEqual(await read(world.vaultFolder), before);
    assert.deepEqual(files(world.vaultFolder), ["vault.db"]);
  }));

Deno.test("restore sets a damaged vault aside", () =>
  World.with(async (world) => {
    await world.seed({ A: VALUE });
    await backUp(world);
    await world.use(() => {});
    Deno.writeTextFileSync(join(world.vaultFolder, "vault.db"), "not a vault any more");
    const keeper = world.keeper("restore", { typed: [PASSWORD] });
    const { kept } = await keeper.call("restore", { file: "backup", force: true });
    assert.deepEqual(await read(world.vaultFolder), ["A"]);
    assert.equal(Deno.readTextFileSync(kept!), "not a vault any more");
  }));
