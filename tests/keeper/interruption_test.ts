/** What a killed process leaves of a password change or reset, a new sheet, a rotation, a backup, a restore: at every step, and by SIGKILL. */
import assert from "node:assert/strict";
import { OvError, Secret } from "../../src/base/mod.ts";
import { makeRandom } from "../../src/crypto/envelope.ts";
import { FIRST_ENV, VaultSession } from "../../src/keeper/vault_session.ts";
import { statesLeft } from "./steps.ts";
import { entry, kdf, password, test, text } from "./vault_session_fixture.ts";
import { PASSWORD, World } from "./world.ts";

const MASTER = Secret.fromText("password", PASSWORD);
const OTHER = Secret.fromText("password", "another fake password");
const CODE = new Secret("sheet code", new Uint8Array(20).fill(5));
const ROUNDS = Number(Deno.env.get("OV_TEST_DEPTH") ?? 1) * 4;
const CHILD = new URL("./interruption_child.ts", import.meta.url).pathname;
const now = () => 1_800_000_000_000;

/** Opens all of it. */
async function whole(folder: string, password: Secret): Promise<Record<string, string>> {
  const session = await VaultSession.open({ folder, password, now });
  try {
    await session.verifyWhole();
    const secrets = await session.getAllSecrets(FIRST_ENV);
    return Object.fromEntries(secrets.map((secret) => [secret.name, text(secret)]));
  } finally {
    session.close();
  }
}

/** Whether the code of a sheet opens it, all of it. */
async function opensBySheet(folder: string, secret: Secret): Promise<boolean> {
  try {
    const session = await VaultSession.openByWrap({ folder, kind: "sheet", secret, now });
    await session.verifyWhole();
    session.close();
    return true;
  } catch (error) {
    const refusals = ["vault/wrong-password", "sheet/not-found"];
    if (error instanceof OvError && refusals.includes(error.code)) return false;
    throw error;
  }
}

/** Which of the passwords opens it. */
async function openers(folder: string, ...passwords: Secret[]): Promise<number[]> {
  const good: number[] = [];
  for (const [i, password] of passwords.entries()) {
    try {
      await whole(folder, password);
      good.push(i);
    } catch (error) {
      if (!(error instanceof OvError) || error.code !== "vault/wrong-password") throw error;
    }
  }
  return good;
}

test("changePassword() leaves one password or the other, killed at every step", async ({ folder, session }) => {
  await session.setSecrets(FIRST_ENV, [entry("A", "fake-a")]);
  const states = await statesLeft(
    folder,
    `${folder}-left-`,
    () => session.changePassword(password, OTHER, { kdf, audit: { action: "password-change" } }),
  );
  const good = await Promise.all(states.map((state) => openers(state, password, OTHER)));
  for (const [i, each] of good.entries()) assert.equal(each.length, 1, states[i]);
  assert.deepEqual([good[0], good.at(-1)], [[0], [1]]);
});

test("resetPassword() leaves one password or the other and the sheet, killed at every step", async (at) => {
  const { folder, session } = at;
  await session.setSecrets(FIRST_ENV, [entry("A", "fake-a")]);
  await session.makeRootWrap("sheet", password, CODE, () => ({ action: "sheet-made" }));
  const reset = async () => {
    const opened = await VaultSession.openByWrap({ folder, kind: "sheet", secret: CODE, now });
    await opened.resetPassword(CODE, OTHER, { kdf, audit: { action: "password-reset" } });
    opened.close();
  };
  const states = await statesLeft(folder, `${folder}-left-`, reset);
  const good = await Promise.all(states.map((state) => openers(state, password, OTHER)));
  for (const [i, each] of good.entries()) assert.equal(each.length, 1, states[i]);
  assert.deepEqual([good[0], good.at(-1)], [[0], [1]]);
  for (const state of states) assert.equal(await opensBySheet(state, CODE), true);
});

test("makeRootWrap() leaves the old sheet or the new one, removeRootWrap() the sheet or none", async (at) => {
  const { folder, session } = at;
  const codes = [CODE, new Secret("sheet code", new Uint8Array(20).fill(6))];
  await session.makeRootWrap("sheet", password, CODE, () => ({}));
  const acts: [() => Promise<unknown>, boolean[][]][] = [
    [() => session.makeRootWrap("sheet", password, codes[1]!, () => ({})), [[true, false], [false, true]]],
    [() => session.removeRootWrap("sheet", {}), [[false, true], [false, false]]],
  ];
  for (const [n, [act, ends]] of acts.entries()) {
    const states = await statesLeft(folder, `${folder}-left-${n}-`, act);
    const good = await Promise.all(states.map((state) => Promise.all(codes.map((code) => opensBySheet(state, code)))));
    for (const each of good) assert.ok(ends.some((end) => String(end) === String(each)), String(each));
    assert.deepEqual([good[0], good.at(-1)], ends);
    for (const state of states) assert.deepEqual(await whole(state, password), {});
  }
});

test("rotateEnvs() leaves every env whole, killed at every step", async ({ folder, session }) => {
  await session.createEnv({ app: "default", env: "ci" });
  await session.setSecrets(FIRST_ENV, [entry("A", "fake-a"), entry("B", "fake-b")]);
  await session.setSecrets(FIRST_ENV, [entry("A", "fake-a2")]);
  await session.setSecrets({ app: "default", env: "ci" }, [entry("C", "fake-c")]);
  const rotate = () => session.rotateEnvs(null, { dropMachineKeys: false });
  const states = await statesLeft(folder, `${folder}-left-`, rotate);
  assert.ok(states.length > 1);
  for (const state of states) assert.deepEqual(await whole(state, password), { A: "fake-a2", B: "fake-b" });
});

Deno.test("backup leaves no file or a whole one, killed at every step, and the vault as it was", () =>
  World.with(async (world) => {
    await world.seed({ A: "fake-a" });
    const keeper = world.keeper("backup", { passwordFile: true });
    const backup = () => keeper.call("backup", { output: "backup" });
    const states = await statesLeft(world.vaultFolder, `${world.folder}/left-`, backup, world.project);
    let written = 0;
    for (const state of states) {
      assert.deepEqual(await whole(state, MASTER), { A: "fake-a" });
      if (![...Deno.readDirSync(`${state}/beside`)].some(({ name }) => name === "backup")) continue;
      Deno.renameSync(`${state}/beside/backup`, `${state}/beside/vault.db`);
      assert.deepEqual(await whole(`${state}/beside`, MASTER), { A: "fake-a" });
      written++;
    }
    assert.ok(written > 0 && written < states.length);
  }));

Deno.test("restore leaves the vault or the backup, killed at every step", () =>
  World.with(async (world) => {
    await world.seed({ A: "fake-then" });
    await world.keeper("backup", { passwordFile: true }).call("backup", { output: "backup" });
    await world.seed({ A: "fake-now" });
    const keeper = world.keeper("restore", { typed: [PASSWORD] });
    const restore = () => keeper.call("restore", { file: "backup", force: true });
    const states = await statesLeft(world.vaultFolder, `${world.folder}/left-`, restore);
    const values = await Promise.all(states.map(async (state) => (await whole(state, MASTER))["A"]!));
    assert.deepEqual(values, [...values].sort());
    assert.deepEqual([values[0], values.at(-1)], ["fake-now", "fake-then"]);
  }));

for (const what of ["password", "reset", "sheet", "rotate", "restore"]) {
  test(`${what}: SIGKILL at any moment leaves a vault that opens`, async ({ folder, session }) => {
    await session.setSecrets(FIRST_ENV, [entry("A", "fake-a")]);
    if (["reset", "sheet"].includes(what)) await session.makeRootWrap("sheet", password, CODE, () => ({}));
    session.close();
    for (let round = 0; round < ROUNDS; round++) {
      await killAmid(what, folder, round);
      assert.equal((await openers(folder, password, OTHER)).length, 1);
      if (["reset", "sheet"].includes(what)) assert.ok(await opensBySheet(folder, CODE));
    }
  });
}

/** Lets a child do it a few times, and kills it somewhere in the next. */
async function killAmid(what: string, folder: string, times: number): Promise<void> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", CHILD, what, folder],
    stdout: "piped",
  }).spawn();
  let said = "";
  let timer: ReturnType<typeof setTimeout> | undefined;
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    said += chunk;
    if (said.split("\n").length > times + 1) timer ??= setTimeout(() => child.kill("SIGKILL"), makeRandom(1)[0]! / 2);
  }
  assert.equal((await child.status).signal, "SIGKILL", said);
}
