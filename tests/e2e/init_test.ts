/** `ov init` and `ov status` as real processes. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fakeValue, refused, refusedJson } from "./assertions.ts";
import { PASSWORD, type Step, World } from "./ov.ts";

Deno.test("ov init makes a private vault with default/development, and status sees it", async () => {
  await using world = await World.create();
  const before = JSON.parse((await world.ov(["status", "--json"])).stdout);
  assert.deepEqual([before.vault_exists, before.vault_folder], [false, world.ovHome]);
  const made = JSON.parse((await world.ovUnlocked(["init", "--json"])).stdout);
  assert.deepEqual([made.folder, Object.keys(made.strength)], [world.ovHome, ["score", "words"]]);
  const after = JSON.parse((await world.ov(["status", "--json"])).stdout);
  assert.deepEqual([after.vault_exists, after.format_version], [true, 1]);
  assert.deepEqual((await world.json(["app", "list"]))["apps"], [{ name: "default", envs: ["development"] }]);
  assert.equal((await Deno.stat(world.ovHome)).mode! & 0o777, 0o700);
  for await (const entry of Deno.readDir(world.ovHome)) {
    assert.equal((await Deno.stat(join(world.ovHome, entry.name))).mode! & 0o077, 0, entry.name);
  }
});

Deno.test("ov init leaves an existing vault alone", async () => {
  await using world = await World.withVault();
  const before = await World.snapshot(world.ovHome);
  refused(await world.ovUnlocked(["init"]), 7, /there is one at/);
  refusedJson(await world.ovUnlocked(["init", "--json"]), "vault/exists");
  assert.deepEqual(await World.snapshot(world.ovHome), before);
});

const NEW: Step = { expect: "New password: $", echo: false, send: `${PASSWORD}\r` };
const AGAIN: Step = { expect: "Once more: $", echo: false, send: `${PASSWORD}\r` };

Deno.test("ov init asks twice on a terminal, unseen, shows the strength, and starts again when they differ", async () => {
  await using world = await World.create();
  const ended = await world.terminal(["init"], [
    { ...NEW, send: "short\r" },
    NEW,
    { ...AGAIN, send: "something-else-entirely\r" },
    NEW,
    AGAIN,
  ]);
  assert.equal(ended.code, 0, ended.transcript);
  assert.deepEqual(ended.after, ended.before);
  assert.ok(!ended.transcript.includes(PASSWORD) && !ended.transcript.includes("something-else"));
  assert.match(ended.transcript, /Strength: (good|strong)/);
  assert.match(ended.transcript, /Created a vault in/);
  assert.equal((await world.ovUnlocked(["app", "list"])).code, 0);
});

Deno.test("ov init stops at either prompt on Ctrl-C and on SIGINT, leaves no vault, puts the terminal back", async () => {
  await using world = await World.create();
  const scripts: Step[][] = [
    [{ ...NEW, send: "half\x03" }],
    [NEW, { ...AGAIN, send: "\x03" }],
    [{ expect: NEW.expect, echo: false, signal: "INT" }],
    [NEW, { expect: AGAIN.expect, echo: false, signal: "TERM" }],
  ];
  for (const steps of scripts) {
    const ended = await world.terminal(["init"], steps);
    assert.deepEqual([ended.code, ended.signal], [130, null], ended.transcript);
    assert.deepEqual(ended.after, ended.before);
    assert.match(ended.transcript, /ov: Cannot read the entry: interrupted/);
  }
  await assert.rejects(Deno.stat(world.ovHome), Deno.errors.NotFound);
});

Deno.test("ov init fails instead of asking when there is no terminal or it must not ask", async () => {
  await using world = await World.create();
  refusedJson(await world.ov(["init", "--json"]), "usage/no-terminal");
  refusedJson(await world.ov(["init", "--json", "--non-interactive"]), "usage/no-terminal");
  const ended = await world.terminal(["init", "--non-interactive"], []);
  assert.equal(ended.code, 2, ended.transcript);
  await assert.rejects(Deno.stat(world.ovHome), Deno.errors.NotFound);
});

Deno.test("a password file counts only when it is private, a file, and not empty", async () => {
  await using world = await World.create();
  const bad: [string, () => Promise<void>][] = [
    ["open to the group", () => Deno.chmod(world.passwordFile, 0o640)],
    ["open to all", () => Deno.chmod(world.passwordFile, 0o604)],
    ["empty", async () => await Deno.writeTextFile(world.passwordFile, "", { mode: 0o600 })],
    ["missing", () => Deno.remove(world.passwordFile)],
    ["a folder", () => Deno.mkdir(world.passwordFile)],
  ];
  for (const [what, spoil] of bad) {
    await spoil();
    if (what === "empty") await Deno.chmod(world.passwordFile, 0o600);
    const env = { OV_PASSWORD_FILE: world.passwordFile };
    for (
      const ended of await Promise.all([
        world.ovUnlocked(["init", "--json"]),
        world.ov(["init", "--json"], { env }),
      ])
    ) refusedJson(ended, "vault/password-file");
  }
  await assert.rejects(Deno.stat(world.ovHome), Deno.errors.NotFound);
});

Deno.test("ov init refuses a short password from a file as well", async () => {
  await using world = await World.create();
  await Deno.writeTextFile(world.passwordFile, "short7c");
  refusedJson(await world.ovUnlocked(["init", "--json"]), "usage/value");
});

Deno.test("a typed password is tried three times, and never shown", async () => {
  await using world = await World.withVault();
  const wrong = fakeValue("wrong-");
  const prompt = { expect: "Password: $", echo: false };
  const right = await world.terminal(["app", "list"], [
    { ...prompt, send: `${wrong}\r` },
    { ...prompt, send: `${PASSWORD}x\x7f\r` },
  ]);
  assert.equal(right.code, 0, right.transcript);
  assert.match(right.transcript, /Wrong password; 2 tries left\./);
  const never = await world.terminal(["app", "list"], [1, 2, 3].map(() => ({ ...prompt, send: `${wrong}\r` })));
  assert.equal(never.code, 3, never.transcript);
  for (const ended of [right, never]) {
    assert.ok(!ended.transcript.includes(wrong) && !ended.transcript.includes(PASSWORD));
    assert.deepEqual(ended.after, ended.before);
  }
});

Deno.test("without OV_HOME the vault lies where the platform keeps such things", async () => {
  await using world = await World.create();
  if (Deno.build.os !== "linux") return;
  const env = { OV_HOME: "" };
  const plain = JSON.parse((await world.ov(["status", "--json"], { env })).stdout);
  assert.equal(plain.vault_folder, join(world.home, ".local", "share", "opaquevault"));
  const xdg = JSON.parse((await world.ov(["status", "--json"], { env: { ...env, XDG_DATA_HOME: "/x/data" } })).stdout);
  assert.equal(xdg.vault_folder, "/x/data/opaquevault");
});
