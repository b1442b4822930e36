/** The command line itself as a real process: errors, streams, colour, what is never shown. */
import assert from "node:assert/strict";
import { refused } from "./assertions.ts";
import { ovCommand, World } from "./ov.ts";

Deno.test("ov, ov help and ov --version need no vault and no password", async () => {
  await using world = await World.create();
  const alone = await world.ov([]);
  assert.equal(alone.code, 0);
  assert.match(alone.stdout, /^Keeps secrets encrypted/);
  assert.equal((await world.ov(["help"])).stdout, alone.stdout);
  assert.match((await world.ov(["--version"])).stdout, /^ov \d+\.\d+\.\d+\n$/);
  assert.match((await world.ov(["run", "--help"])).stdout, /^Usage: ov run /);
  assert.match((await world.ov(["completions", "bash"])).stdout, /complete -F _ov ov\n$/);
  await assert.rejects(Deno.stat(world.ovHome), Deno.errors.NotFound);
});

Deno.test("the help printed by the process is the pinned one", async () => {
  await using world = await World.create();
  const pinned = await Deno.readTextFile(new URL("../pins/help.txt", import.meta.url));
  for (const path of ["", "secret set", "run"]) {
    const { stdout } = await world.ov(["help", ...path.split(" ").filter(Boolean)]);
    assert.ok(pinned.includes(`${`$ ov help ${path}`.trimEnd()}\n${stdout}\n`), path);
  }
});

Deno.test("what is not a command is a usage error with a suggestion", async () => {
  await using world = await World.create();
  refused(await world.ov(["secrt"]), 2, /unknown command 'secrt'\nhint: Did you mean secret\?/);
  refused(await world.ov(["secret", "lst"]), 2, /unknown command 'lst'/);
  refused(await world.ov(["status", "--frob"]), 2, /unknown option '--frob'/);
});

Deno.test("output that is not a terminal holds no escape sequence, whatever names say", async () => {
  await using world = await World.withVault();
  await world.write(".ov.yaml", 'app: "default"\nsecrets: [A]\n');
  const hostile = "\x1b[2J\x1b]0;x\x07\u202e\n";
  for (
    const line of [["app", "create", hostile], ["secret", "history", hostile], ["import", hostile, "--yes"], [hostile]]
  ) {
    const ended = await world.ovUnlocked(line, { env: { NO_COLOR: "" } });
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(ended.stdout + ended.stderr, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
    refused(ended, ended.code, /./);
  }
});

Deno.test("colour comes on a terminal and goes with NO_COLOR", async () => {
  await using world = await World.withVault();
  const flags = ["--password-file", world.passwordFile, "app", "list"];
  const raw = await world.run("python3", ["-c", SCRIPT, ...ovCommand(), ...flags]);
  assert.ok(raw.stdout.includes("\x1b[1mAPP\x1b[0m"), raw.stdout);
  const plain = await world.run("python3", ["-c", SCRIPT, ...ovCommand(), ...flags], { env: { NO_COLOR: "1" } });
  assert.ok(plain.stdout.includes("APP") && !plain.stdout.includes("\x1b[1m"), plain.stdout);
});

/** Copies what a program writes to a pseudo-terminal, as it is. */
const SCRIPT = "import pty, sys; pty.spawn(sys.argv[1:])";

Deno.test("a reader that goes away is no error", async () => {
  await using world = await World.withVault();
  const ov = [...ovCommand(), "help"];
  const ended = await world.run("bash", ["-c", 'set -o pipefail; "$@" | true; exit 0', "bash", ...ov]);
  assert.deepEqual([ended.code, ended.stderr], [0, ""]);
});

Deno.test("output that can not be written is said", async () => {
  if (Deno.build.os !== "linux") return;
  await using world = await World.create();
  const ended = await world.run("bash", ["-c", '"$@" > /dev/full', "bash", ...ovCommand(), "help"]);
  assert.equal(ended.code, 1);
  assert.match(ended.stderr, /^ov: Cannot write output: no space left on device\n/);
});
