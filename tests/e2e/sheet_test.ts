/** The emergency sheet as real processes on a real terminal: made, used, replaced, revoked. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fakeValue, refusedJson } from "./assertions.ts";
import { PASSWORD, type Step, type TerminalEnded, TYPE_PASSWORD, World } from "./ov.ts";

const OTHER = ["seldom", "otter", "paints", "calculus", "31"].join("-");
const type = (expect: string, text: string): Step => ({ expect, echo: false, send: `${text}\r` });
const READY: Step = { expect: "then press y: $", send: "y" };
const WRITTEN: Step = { expect: "on paper. .y/n. $", echo: false, send: "y" };
const NEW_PASSWORD = [type("New password: $", OTHER), type("Once more: $", OTHER)];
const CODE = /\b(?:[0-9A-HJKMNP-TV-Z]{4}-){8}[0-9A-HJKMNP-TV-Z]{4}\b/g;

/** The one code that was shown. */
function codeOf({ transcript }: TerminalEnded): string {
  const codes = transcript.match(CODE) ?? [];
  assert.equal(codes.length, 1);
  return codes[0]!;
}

async function makeSheet(world: World): Promise<string> {
  const ended = await world.terminal(["password", "sheet"], [TYPE_PASSWORD, WRITTEN]);
  assert.equal(ended.code, 0);
  return codeOf(ended);
}

const statusOf = async (world: World) => JSON.parse((await world.ov(["status", "--json"])).stdout).sheet;

Deno.test("ov init --emergency-sheet shows a code once, by which a forgotten password is set anew", async () => {
  await using world = await World.create();
  const made = await world.terminal(["init", "--emergency-sheet", "--json"], [
    READY,
    type("New password: $", PASSWORD),
    type("Once more: $", PASSWORD),
    WRITTEN,
  ], { stdout: "pipe" });
  assert.equal(made.code, 0);
  assert.deepEqual(made.after, made.before);
  const code = codeOf(made);
  assert.ok(!made.stdout.includes(code.slice(0, 9)), "what is piped holds no code");
  assert.equal(JSON.parse(made.stdout).sheet, true);
  assert.equal(await statusOf(world), true);
  const value = fakeValue();
  await world.json(["secret", "set", "A", "--stdin"], { stdin: value });

  const typo = code.replace(/.$/, (last) => last === "0" ? "1" : "0");
  const reset = await world.terminal(["password", "reset"], [
    type("emergency sheet: $", typo),
    type("a character of it is missing or wrong; 2 tries left.*: $", ` ${code.toLowerCase().replaceAll("-", " ")}`),
    ...NEW_PASSWORD,
  ]);
  assert.equal(reset.code, 0, "reset");
  assert.match(reset.transcript, /Set a new master password\.[^]*The emergency sheet stays good/);
  assert.deepEqual(reset.transcript.match(CODE), null);
  refusedJson(await world.ovUnlocked(["app", "list", "--json"]), "vault/wrong-password");
  await Deno.writeTextFile(world.passwordFile, OTHER);
  assert.equal((await world.json(["app", "list"]))["apps"] instanceof Array, true);
  const read = await world.terminal(["secret", "get", "A"], [type("assword: $", OTHER)], { stdout: "pipe" });
  assert.ok(read.stdout === value);
  const { entries } = await world.json(["audit"]) as { entries: { text: string }[] };
  const texts = entries.map(({ text }) => text);
  assert.deepEqual(texts.filter((text) => text.includes("emergency sheet")), [
    "made an emergency sheet",
    "set a new master password by the emergency sheet",
  ]);
});

Deno.test("ov password sheet is taken off the screen; a new one, and --revoke, make the one before useless", async () => {
  await using world = await World.withVault();
  const shown = await world.terminal(["password", "sheet"], [TYPE_PASSWORD, WRITTEN]);
  const first = codeOf(shown);
  // On a screen of its own, which is cleared and left before anything else is said.
  const order = ["\x1b[?1049h", first, "\x1b[2J\x1b[H\x1b[?1049l", "The emergency sheet is good"];
  const places = order.map((text) => shown.raw.indexOf(text));
  assert.ok(places[0]! >= 0 && places.every((place, i) => i === 0 || place > places[i - 1]!), String(places));
  const second = await makeSheet(world);
  const wrong = (code: string) => [1, 2, 3].map(() => type("emergency sheet: $", code));
  const old = await world.terminal(["password", "reset"], wrong(first));
  assert.equal(old.code, 3);
  assert.match(old.transcript, /another vault's, or of an older sheet; 1 try left/);

  const declined = await world.terminal(["password", "sheet"], [TYPE_PASSWORD, { ...WRITTEN, send: "n" }]);
  assert.match(declined.transcript, /Nothing was changed/);
  const stopped = await world.terminal(["password", "sheet"], [TYPE_PASSWORD, { ...WRITTEN, send: "\x03" }]);
  assert.equal(stopped.code, 130);
  assert.ok(stopped.raw.includes("\x1b[?1049l"));
  assert.deepEqual(stopped.after, stopped.before);
  for (const never of [codeOf(declined), codeOf(stopped)]) {
    assert.equal((await world.terminal(["password", "reset"], wrong(never))).code, 3);
  }

  await world.json(["backup", join(world.folder, "ov.backup")]);
  const revoked = await world.terminal(["password", "sheet", "--revoke"], [TYPE_PASSWORD]);
  assert.equal(revoked.code, 0);
  assert.equal(await statusOf(world), false);
  const none = await world.terminal(["password", "reset", "--json"], [], { stdout: "pipe" });
  assert.deepEqual([none.code, JSON.parse(none.stdout || none.transcript).error.code], [5, "sheet/not-found"]);
  const again = await world.terminal(["password", "sheet", "--revoke"], []);
  assert.equal(again.code, 5);

  // A copy of the vault from when it was good, and the password of that time forgotten.
  const restored = await world.terminal(["restore", join(world.folder, "ov.backup"), "--force", "--sheet"], [
    type("emergency sheet: $", second),
  ]);
  assert.equal(restored.code, 0, "restored by its sheet");
  assert.equal((await world.terminal(["password", "reset"], [type("sheet: $", second), ...NEW_PASSWORD])).code, 0);
});

Deno.test("the sheet goes to nobody but a person: no terminal, a pipe, a password file, CI, --non-interactive", async () => {
  await using world = await World.withVault();
  await using empty = await World.create();
  for (const argv of [["password", "sheet"], ["password", "reset"], ["password", "sheet", "--revoke"]]) {
    const code = argv[1] === "sheet" && argv.length === 2 ? "usage/no-terminal" : "sheet/not-found";
    refusedJson(await world.ovUnlocked([...argv, "--json"]), code);
  }
  refusedJson(await empty.ovUnlocked(["init", "--emergency-sheet", "--json"]), "usage/no-terminal");
  assert.deepEqual([...Deno.readDirSync(empty.folder)].filter(({ name }) => name === "ov"), []);
  for (const more of [["--non-interactive"], []]) {
    const env: Record<string, string> = more.length === 0 ? { CI: "true" } : {};
    for (const [where, argv] of [[empty, ["init", "--emergency-sheet"]], [world, ["password", "sheet"]]] as const) {
      const ended = await where.terminal(["--password-file", where.passwordFile, ...argv, ...more], [], { env });
      assert.equal(ended.code, 2);
      assert.deepEqual(ended.transcript.match(CODE), null);
    }
  }
  const file = await world.terminal(["--password-file", world.passwordFile, "password", "sheet"], [
    { expect: "assword: $", send: "\x03" },
  ]);
  assert.equal(file.code, 130);
});
