/** `ov password change`, `rotate`, `backup`, `restore` as real processes, passwords typed on a real terminal. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fakeValue, refusedJson } from "./assertions.ts";
import { ovCommand, PASSWORD, type Step, TRIES_A_LOCK, TYPE_PASSWORD, World } from "./ov.ts";

const OTHER = ["seldom", "otter", "paints", "calculus", "31"].join("-");
const type = (expect: string, text: string): Step => ({ expect, echo: false, send: `${text}\r` });

Deno.test("a password is changed, and a backup from before opens with the old one", async () => {
  await using world = await World.withVault();
  const value = fakeValue();
  await world.json(["secret", "set", "A", "--stdin"], { stdin: value });
  const backup = join(world.project, "ov.backup");
  assert.deepEqual((await world.json(["backup", "ov.backup"]))["output"], backup);
  assert.ok(!new TextDecoder("latin1").decode(await Deno.readFile(backup)).includes(value));

  const changed = await world.terminal(["password", "change"], [
    TYPE_PASSWORD,
    type("New password: $", OTHER),
    type("Once more: $", OTHER),
  ]);
  assert.equal(changed.code, 0, changed.transcript);
  assert.deepEqual(changed.after, changed.before);
  assert.ok(!changed.transcript.includes(OTHER) && !changed.transcript.includes(PASSWORD));
  assert.match(changed.transcript, /Strength: (good|strong)[^]*Changed the master password/);
  refusedJson(await world.ovUnlocked(["app", "list", "--json"]), "vault/wrong-password");

  refusedJson(await world.ov(["restore", "ov.backup", "--json"]), "vault/exists");
  const restored = await world.terminal(["restore", "ov.backup", "--force"], [
    type("assword: $", OTHER),
    TYPE_PASSWORD,
  ]);
  assert.equal(restored.code, 0, restored.transcript);
  assert.match(restored.transcript, /Wrong password; 2 tries left[^]*Restored the vault/);
  assert.deepEqual((await world.json(["secret", "list"]))["secrets"] instanceof Array, true);
  const names = [...Deno.readDirSync(world.ovHome)].map(({ name }) => name);
  assert.equal(names.filter((name) => name.startsWith("vault.db.before-")).length, 1);
  assert.deepEqual(names.filter((name) => /copy|new/.test(name)), []);
});

Deno.test("a backup brings the vault back where there is none", async () => {
  await using world = await World.withVault();
  await world.json(["secret", "set", "A", "--stdin"], { stdin: fakeValue() });
  await world.json(["backup", join(world.folder, "ov.backup")]);
  await Deno.remove(world.ovHome, { recursive: true });
  const restored = await world.terminal(["restore", join(world.folder, "ov.backup")], [TYPE_PASSWORD]);
  assert.equal(restored.code, 0, restored.transcript);
  const { secrets } = await world.json(["secret", "list"]) as { secrets: { name: string }[] };
  assert.deepEqual(secrets.map(({ name }) => name), ["A"]);
});

Deno.test("what a killed backup leaves is named by ov doctor and gone with the next backup", TRIES_A_LOCK, async () => {
  await using world = await World.withVault();
  const staged = () => [...Deno.readDirSync(world.ovHome)].map(({ name }) => name).filter((name) => /copy-/.test(name));
  const [program, ...args] = ovCommand();
  await using child = new Deno.Command(program, {
    args: [...args, "--password-file", world.passwordFile, "backup", "killed.backup"],
    cwd: world.project,
    clearEnv: true,
    env: world.environment(),
    stdout: "null",
    stderr: "null",
  }).spawn();
  const until = Date.now() + 30_000;
  while (staged().length === 0 && Date.now() < until) await new Promise((done) => setTimeout(done, 2));
  child.kill("SIGKILL");
  await child.status;
  const [left] = staged();
  assert.ok(left !== undefined, "killed while it was at work");
  const { checks } = await world.json(["doctor"]) as { checks: { name: string; message: string }[] };
  assert.match(checks.find(({ name }) => name === "leftovers")!.message, new RegExp(left));
  await world.json(["backup", "ov.backup"]);
  assert.deepEqual(staged(), []);
  const after = await world.json(["doctor"]) as { checks: { name: string }[] };
  assert.ok(after.checks.every(({ name }) => name !== "leftovers"));
});

Deno.test("ov rotate keeps values and history, and no password file stands for what is typed", async () => {
  await using world = await World.withVault();
  const value = fakeValue();
  await world.json(["secret", "set", "A", "--stdin"], { stdin: value });
  for (const argv of [["rotate"], ["password", "change"], ["restore", "x", "--force"]]) {
    const ended = await world.ovUnlocked([...argv, "--json"]);
    refusedJson(ended, argv[0] === "restore" ? "usage/file" : "usage/no-terminal");
  }
  const rotated = await world.terminal(["rotate", "--all"], [TYPE_PASSWORD]);
  assert.equal(rotated.code, 0, rotated.transcript);
  assert.match(rotated.transcript, /Rotated default\/development: 1 secret, 0 machine keys stay good/);
  const read = await world.terminal(["secret", "get", "A"], [TYPE_PASSWORD], { stdout: "pipe" });
  assert.equal(read.stdout, value);
  const { entries } = await world.json(["audit"]) as { entries: { text: string }[] };
  assert.ok(entries.some(({ text }) => text === "made new keys for default/development"));
});
