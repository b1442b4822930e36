/** `ov password change`. */
import assert from "node:assert/strict";
import { Secret } from "../../../src/base/mod.ts";
import { failsWith, PASSWORD, World } from "../world.ts";

const NEW = "another-fake-password";
const isPassword = (world: World, text: string) =>
  world.vault((session) => session.verifyPassword(Secret.fromText("password", text)));

Deno.test("password.change takes the old one typed and the new one twice, and is in the log", () =>
  World.with(async (world) => {
    await world.seed({ A: "fake-a" });
    const typed = ["wrong-password", PASSWORD, "tiny-pw", NEW, "something-else", NEW, NEW];
    const keeper = world.keeper("password", { typed, rate: () => Promise.resolve(3) });
    assert.deepEqual(await keeper.call("password.change", {}), {
      strength: { score: 3, words: "good" },
      passwordFile: false,
    });
    assert.deepEqual([await isPassword(world, NEW), await isPassword(world, PASSWORD)], [true, false]);
    assert.match(
      keeper.terminal.shown,
      /Change the master password\.\n[^]*Wrong password; 2 tries left[^]*not the same/,
    );
    for (const never of typed) assert.ok(!keeper.terminal.shown.includes(never), never);
    assert.equal((await world.audit("password-change")).length, 1);
    assert.equal(await world.valueOf("A"), "fake-a");
    const old = world.keeper("app", { typed: Array(3).fill(PASSWORD) });
    await assert.rejects(old.call("app.list", {}), failsWith("vault/wrong-password"));
    assert.equal((await world.keeper("app", { typed: [NEW] }).call("app.list", {})).apps.length, 1);
  }));

Deno.test("password.change takes no password from a file, and says that one holds the old", () =>
  World.with(async (world) => {
    const nobody = world.keeper("password", { passwordFile: true });
    await assert.rejects(nobody.call("password.change", {}), failsWith("usage/no-terminal"));
    const silent = world.keeper("password", { passwordFile: true, typed: [PASSWORD, NEW, NEW] });
    await silent.call("configure", { nonInteractive: true });
    await assert.rejects(silent.call("password.change", {}), failsWith("usage/no-terminal"));
    assert.deepEqual(silent.terminal.prompts, []);
    assert.equal(await isPassword(world, PASSWORD), true);
    const typed = world.keeper("password", { passwordFile: true, typed: [PASSWORD, NEW, NEW] });
    assert.equal((await typed.call("password.change", {})).passwordFile, true);
  }));

Deno.test("password.change refuses the same one, and stops where nobody types on: nothing has changed", () =>
  World.with(async (world) => {
    const same = world.keeper("password", { typed: [PASSWORD, PASSWORD, PASSWORD] });
    await assert.rejects(same.call("password.change", {}), failsWith("usage/value", /the same as before/));
    const half = world.keeper("password", { typed: [PASSWORD, NEW] });
    await assert.rejects(half.call("password.change", {}), failsWith("usage/no-terminal"));
    assert.equal(await isPassword(world, PASSWORD), true);
    assert.deepEqual(await world.audit("password-change"), []);
  }));

Deno.test("password.change is vault/not-found before anything is asked", () =>
  World.empty(async (world) => {
    const keeper = world.keeper("password", { typed: [PASSWORD] });
    await assert.rejects(keeper.call("password.change", {}), failsWith("vault/not-found"));
    assert.deepEqual(keeper.terminal.prompts, []);
  }));
