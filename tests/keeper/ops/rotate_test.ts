/** `ov rotate`. */
import assert from "node:assert/strict";
import { Secret } from "../../../src/base/mod.ts";
import { failsWith, PASSWORD, World } from "../world.ts";

const REF = { app: "default", env: "development" };
const CI = { app: "default", env: "ci" };
const TERMS = { mode: "open", commands: [], allowExport: false, createdAt: 0, expiresAt: null } as const;

async function addKey(world: World, name: string, ref = REF): Promise<void> {
  const key = new Secret("machine key", crypto.getRandomValues(new Uint8Array(32)));
  await world.vault((session) => session.addMachineKey(ref, key, { ...TERMS, name }));
}

Deno.test("rotate makes new keys for the env, keeps values, history and machine keys, and is in the log", () =>
  World.with(async (world) => {
    await world.seed({ A: "fake-a1", B: "fake-b" });
    await world.seed({ A: "fake-a2" });
    await world.seed({ C: "fake-c" }, CI);
    await addKey(world, "ci");
    const keeper = world.keeper("rotate", { typed: [PASSWORD] });
    assert.deepEqual(await keeper.call("rotate", { all: false, dropMachineKeys: false }), {
      rotated: [{ ...REF, secrets: 2, machineKeys: 1 }],
    });
    assert.match(keeper.terminal.shown, /Make new keys for default\/development; no value changes/);
    assert.equal(await world.valueOf("A"), "fake-a2");
    await world.vault(async (session) => {
      assert.deepEqual((await session.history(REF, "A")).map(({ version }) => version), [2, 1]);
      assert.equal((await session.listMachineKeys(REF)).length, 1);
      await session.verifyWhole();
    });
    const [entry, ...more] = await world.audit("rotate");
    assert.deepEqual([entry?.["env"], more.length], ["development", 0]);
  }));

Deno.test("rotate drops machine keys where that is asked for, of every env with all", () =>
  World.with(async (world) => {
    await world.seed({ A: "fake-a" });
    await world.seed({ C: "fake-c" }, CI);
    await addKey(world, "one");
    await addKey(world, "two", CI);
    const keeper = world.keeper("rotate", { typed: [PASSWORD] });
    const { rotated } = await keeper.call("rotate", { all: true, dropMachineKeys: true });
    assert.deepEqual(rotated, [
      { ...CI, secrets: 1, machineKeys: 0 },
      { ...REF, secrets: 1, machineKeys: 0 },
    ]);
    assert.match(keeper.terminal.shown, /every environment[^]*every machine key of it stops working/);
    for (const ref of [REF, CI]) assert.deepEqual(await world.vault((session) => session.listMachineKeys(ref)), []);
    assert.equal((await world.audit("rotate")).length, 2);
  }));

Deno.test("rotate wants the password typed, and an env that is there", () =>
  World.with(async (world) => {
    const file = world.keeper("rotate", { passwordFile: true });
    await assert.rejects(file.call("rotate", { all: true, dropMachineKeys: true }), failsWith("usage/no-terminal"));
    const other = world.keeper("rotate", { typed: [PASSWORD] });
    await other.call("configure", { env: "nowhere" });
    await assert.rejects(other.call("rotate", { all: false, dropMachineKeys: false }), failsWith("env/not-found"));
    assert.deepEqual(await world.audit("rotate"), []);
  }));
