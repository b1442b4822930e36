/** `ov secret …` and `ov export` as real processes. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { ErrorCode } from "../../src/base/mod.ts";
import { fakeValue, refusedJson } from "./assertions.ts";
import { PASSWORD, TYPE_PASSWORD, World } from "./ov.ts";

/** The value as `ov secret get` writes it to a pipe, with the password typed on the terminal. */
async function get(world: World, name: string, ...more: readonly string[]): Promise<string> {
  const ended = await world.terminal(["secret", "get", name, ...more], [TYPE_PASSWORD], { stdout: "pipe" });
  assert.equal(ended.code, 0, ended.transcript);
  assert.deepEqual(ended.after, ended.before);
  return ended.stdout;
}

Deno.test("ov secret set keeps values byte for byte, from stdin, a file and the terminal", async () => {
  await using world = await World.withVault();
  const pem = '-----BEGIN TEST-----\r\nqu\u00f6ted "$HOME" `x` \\n\t\n\nend\n';
  const one = fakeValue();
  await world.json(["secret", "set", "PEM", "--stdin"], { stdin: pem });
  await world.write("value", `${one}\n`);
  assert.equal((await world.json(["secret", "set", "ONE", "--file", "value"]))["newline_removed"], true);
  assert.equal((await world.json(["secret", "set", "EXACT", "--file", "value", "--exact"]))["newline_removed"], false);
  const typed = await world.terminal(["secret", "set", "TYPED"], [
    TYPE_PASSWORD,
    { expect: "Value of TYPED: $", echo: false, send: `${one}-typed\r` },
  ]);
  assert.equal(typed.code, 0, typed.transcript);
  assert.ok(!typed.transcript.includes(one));
  assert.deepEqual(typed.after, typed.before);
  assert.equal(await get(world, "PEM"), pem);
  assert.equal(await get(world, "ONE"), one);
  assert.equal(await get(world, "EXACT"), `${one}\n`);
  assert.equal(await get(world, "TYPED"), `${one}-typed`);
  // Nothing of it stands in the vault's files.
  for (const [path, base64] of await World.snapshot(world.ovHome)) {
    const bytes = new TextDecoder("latin1").decode(Uint8Array.fromBase64(base64));
    for (const trace of [one, "BEGIN TEST", "PEM", "TYPED", PASSWORD]) assert.ok(!bytes.includes(trace), path);
  }
});

Deno.test("ov secret set is stopped at its prompt by Ctrl-C, and nothing is stored", async () => {
  await using world = await World.withVault();
  for (const end of [{ send: "abc\x03" }, { signal: "INT" as const }]) {
    const ended = await world.terminal(["secret", "set", "A"], [
      TYPE_PASSWORD,
      { expect: "Value of A: $", echo: false, ...end },
    ]);
    assert.equal(ended.code, 130, ended.transcript);
    assert.deepEqual(ended.after, ended.before);
  }
  assert.deepEqual((await world.json(["secret", "list"]))["secrets"], []);
});

Deno.test("ov secret set refuses values that no vault or variable can hold, and says so before", async () => {
  await using world = await World.withVault();
  const cases: [string[], string | Uint8Array<ArrayBuffer>, ErrorCode][] = [
    [["A", "--stdin"], "x".repeat(65_537), "usage/value"],
    [["A", "--stdin"], "", "usage/value"],
    [["A", "--file", "missing"], "", "usage/file"],
    [["A", "--file", "."], "", "usage/file"],
    [["1A", "--stdin"], "x", "usage/name"],
    [["A-B", "--stdin"], "x", "usage/name"],
    [["A"], "x", "usage/no-terminal"],
    [["A", "--non-interactive"], "x", "usage/no-terminal"],
  ];
  await Promise.all(cases.map(async ([line, stdin, code]) => {
    refusedJson(await world.ovUnlocked(["--json", "secret", "set", ...line], { stdin }), code);
  }));
  const value = fakeValue();
  for (const line of [["A", value], [`A=${value}`]]) {
    const ended = await world.ovUnlocked(["--json", "secret", "set", ...line]);
    refusedJson(ended, "usage/invalid");
    assert.ok(!ended.stderr.includes(value));
  }
  assert.deepEqual((await world.json(["secret", "list"]))["secrets"], []);
  assert.equal(
    (await world.json(["secret", "set", "BIG", "--stdin"], { stdin: "x".repeat(65_536) }))["size_bytes"],
    65536,
  );
});

Deno.test("ov secret set warns of what can not be masked or given to a command", async () => {
  await using world = await World.withVault();
  const short = await world.json(["secret", "set", "PIN", "--stdin"], { stdin: "1234" });
  assert.equal(short["maskable"], false);
  assert.match(String(short["warnings"]), /PIN can not be masked/);
  const nul = await world.json(["secret", "set", "NUL", "--stdin"], { stdin: "a\0b" + fakeValue() });
  assert.match(String(nul["warnings"]), /NUL byte/);
  const bytes = new Uint8Array([0xff, 0xfe, ...new TextEncoder().encode(fakeValue())]);
  const binary = await world.json(["secret", "set", "BINARY", "--stdin"], { stdin: bytes });
  assert.match(String(binary["warnings"]), /not UTF-8/);
  for (const name of ["NUL", "BINARY"]) {
    refusedJson(await world.ovUnlocked(["--json", "run", "--secrets", name, "--", "true"]), "usage/value");
  }
});

Deno.test("ov secret list, history, rm, restore and generate keep the versions", async () => {
  await using world = await World.withVault();
  const first = fakeValue();
  await world.json(["secret", "set", "KEY", "--stdin"], { stdin: first });
  const replaced = await world.json(["secret", "set", "KEY", "--stdin"], { stdin: fakeValue() });
  assert.deepEqual([replaced["version"], replaced["created"]], [2, false]);
  const generated = await world.json(["secret", "generate", "TOKEN", "--length", "40", "--charset", "hex"]);
  assert.deepEqual([generated["version"], generated["created"]], [1, true]);
  assert.match(await get(world, "TOKEN"), /^[0-9a-f]{40}$/);
  const listed = (await world.json(["secret", "list"]))["secrets"] as { name: string; version: number }[];
  assert.deepEqual(listed.map(({ name, version }) => [name, version]), [["KEY", 2], ["TOKEN", 1]]);
  const { versions } = await world.json(["secret", "history", "KEY"]) as { versions: { version: number }[] };
  assert.deepEqual(versions.map(({ version }) => version), [2, 1]);
  assert.equal(await get(world, "KEY", "--version", "1"), first);

  refusedJson(await world.ovUnlocked(["--json", "secret", "rm", "KEY"]), "usage/no-terminal");
  await world.json(["secret", "rm", "KEY", "--yes"]);
  refusedJson(await world.ovUnlocked(["--json", "run", "--secrets", "KEY", "--", "true"]), "secret/not-found");
  const removed = (await world.json(["secret", "list", "--deleted"]))["secrets"] as { name: string }[];
  assert.ok(removed.some(({ name }) => name === "KEY"));
  await world.json(["secret", "restore", "KEY", "--version", "1"]);
  assert.equal(await get(world, "KEY"), first);
});

Deno.test("ov secret get and ov export want the password typed: no file, no variable, no pipe stands for it", async () => {
  await using world = await World.withVault();
  const value = fakeValue();
  await world.json(["secret", "set", "KEY", "--stdin"], { stdin: value });
  const env = { OV_PASSWORD_FILE: world.passwordFile };
  for (const line of [["secret", "get", "KEY"], ["export", "--plain"], ["export", "--plain", "--output", "out"]]) {
    refusedJson(await world.ovUnlocked(["--json", ...line], { env, stdin: `${PASSWORD}\n` }), "usage/no-terminal");
    const quiet = await world.ovUnlocked(["--json", "--non-interactive", ...line], { env });
    refusedJson(quiet, "usage/no-terminal");
    const typed = await world.terminal([...line, "--password-file", world.passwordFile], [
      { expect: "Password: $", echo: false, send: "\x03" },
    ], { env });
    assert.equal(typed.code, 130, typed.transcript);
    assert.ok(!typed.transcript.includes(value));
  }
  await assert.rejects(Deno.stat(join(world.project, "out")), Deno.errors.NotFound);
});

Deno.test("ov export --plain writes what reads back, to stdout or a new private file", async () => {
  await using world = await World.withVault();
  const values = { A_KEY: fakeValue(), B_KEY: `${fakeValue()} "quoted" $x` };
  for (const [name, value] of Object.entries(values)) {
    await world.json(["secret", "set", name, "--stdin"], { stdin: value });
  }
  const piped = await world.terminal(["export", "--plain", "--format", "json"], [TYPE_PASSWORD], { stdout: "pipe" });
  assert.deepEqual(JSON.parse(piped.stdout), values);
  const ended = await world.terminal(["export", "--plain", "--only", "A_KEY", "--output", ".env.out"], [TYPE_PASSWORD]);
  assert.equal(ended.code, 0, ended.transcript);
  assert.ok(!ended.transcript.includes(values.A_KEY));
  assert.equal((await Deno.stat(join(world.project, ".env.out"))).mode! & 0o777, 0o600);
  assert.match(await world.read(".env.out"), new RegExp(`^A_KEY=["']?${values.A_KEY}["']?\n$`));
  const again = await world.terminal(["export", "--plain", "--output", ".env.out"], [TYPE_PASSWORD]);
  assert.equal(again.code, 2, again.transcript);
  assert.match(await world.read(".env.out"), /^A_KEY=/);
});
