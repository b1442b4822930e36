/** `ov run` as a real process: what the child gets, what is shown of it, and how it ends. */
import assert from "node:assert/strict";
import { fakeValue, refused, refusedJson } from "./assertions.ts";
import { ovCommand, TYPE_PASSWORD, World } from "./ov.ts";

interface Ready extends AsyncDisposable {
  readonly world: World;
  readonly value: string;
}

/** A world with one secret, `API_KEY`. */
async function ready(): Promise<Ready> {
  const world = await World.withVault();
  const value = fakeValue();
  await world.json(["secret", "set", "API_KEY", "--stdin"], { stdin: value });
  return { world, value, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

function run(world: World, command: readonly string[], flags: readonly string[] = [], o = {}) {
  return world.ovUnlocked(["run", "--secrets", "API_KEY", ...flags, "--", ...command], o);
}

Deno.test("ov run gives a command its secret, and masks it in both streams", async () => {
  await using at = await ready();
  const script = 'printf "%s" "$API_KEY" | sha256sum; echo "out $API_KEY"; echo "err $API_KEY" >&2; ' +
    'printf "in base64 "; printf %s "$API_KEY" | base64 -w0';
  const ended = await run(at.world, ["sh", "-c", script]);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(at.value))).toHex();
  // A word keeps the two apart: of what is wrapped from the one into the other, chance may make an escape.
  assert.equal(ended.stdout, `${hash}  -\nout [ov:API_KEY]\nin base64 [ov:API_KEY]`);
  assert.equal(ended.stderr, "err [ov:API_KEY]\n");
  assert.equal(ended.code, 0);
});

Deno.test("ov run passes stdin, arguments and directory through, and starts no shell", async () => {
  await using at = await ready();
  const echoed = await run(at.world, ["cat"], [], { stdin: "through\n" });
  assert.equal(echoed.stdout, "through\n");
  const argv = ["a b", "$HOME", "*", "", "--json", "--", "-h"];
  const printed = await run(at.world, ["printf", "%s|", ...argv]);
  assert.equal(printed.stdout, argv.map((word) => `${word}|`).join(""));
  assert.equal((await run(at.world, ["pwd"])).stdout, `${at.world.project}\n`);
});

Deno.test("ov run injects exactly what is named, never from the ambient environment, and hides its own variables", async () => {
  await using at = await ready();
  const env = { OTHER_KEY: "ambient", OV_PASSWORD_FILE: at.world.passwordFile, OV_APP: "default" };
  const { stdout } = await at.world.ov(["run", "--secrets", "API_KEY", "--", "env"], { env });
  const names = stdout.split("\n").map((line) => line.split("=", 1)[0]!);
  assert.ok(names.includes("API_KEY") && names.includes("OTHER_KEY"));
  assert.ok(!names.some((name) => name.startsWith("OV_")), stdout);
  const missing = await at.world.ov(["--json", "run", "--secrets", "OTHER_KEY", "--", "env"], { env });
  refusedJson(missing, "secret/not-found");
});

Deno.test("ov run takes its secrets from .ov.yaml, and without any says so", async () => {
  await using at = await ready();
  refusedJson(await at.world.ovUnlocked(["--json", "run", "--", "true"]), "usage/invalid");
  await at.world.write(".ov.yaml", "secrets: [API_KEY]\n");
  const ended = await at.world.ovUnlocked(["run", "--", "sh", "-c", "echo $API_KEY"]);
  assert.equal(ended.stdout, "[ov:API_KEY]\n");
});

Deno.test("ov run ends as its command ends", async () => {
  await using at = await ready();
  const cases: [string[], number][] = [
    [["true"], 0],
    [["sh", "-c", "exit 7"], 7],
    [["sh", "-c", "kill -TERM $$"], 143],
    [["sh", "-c", "kill -KILL $$"], 137],
  ];
  await Promise.all(cases.map(async ([command, code]) => {
    assert.equal((await run(at.world, command)).code, code, command.join(" "));
  }));
  const timed = await run(at.world, ["sleep", "30"], ["--timeout", "300ms", "--json"]);
  assert.equal(timed.code, 143);
  assert.deepEqual(JSON.parse(timed.stderr), { exit_code: 143, signal: "SIGTERM", masked_count: 0, timed_out: true });
});

Deno.test("ov run says 127 and 126 for what is not there and what can not be executed", async () => {
  await using at = await ready();
  await at.world.write("plain.txt", "x");
  await at.world.write("broken", "#!/no/such/interpreter\n", 0o755);
  refused(await run(at.world, ["no-such-program-here"]), 127, /no-such-program-here/);
  refused(await run(at.world, ["./plain.txt"]), 126, /plain\.txt/);
  refused(await run(at.world, ["./"]), 126, /./);
  const broken = await run(at.world, ["./broken"]);
  assert.ok([126, 127].includes(broken.code), `${broken.code} ${broken.stderr}`);
  refused(await at.world.ovUnlocked(["run", "--secrets", "API_KEY", "--", ""]), 2, /command/);
});

Deno.test("ov run asks for the password on a terminal; typing it is the consent, and Ctrl-C there runs nothing", async () => {
  await using at = await ready();
  const flags = ["run", "--secrets", "API_KEY", "--", "sh", "-c", "echo got $API_KEY"];
  const ended = await at.world.terminal(flags, [TYPE_PASSWORD]);
  assert.equal(ended.code, 0, ended.transcript);
  assert.match(ended.transcript, /Run with API_KEY of default\/development:\s+sh -c 'echo got \$API_KEY'/);
  assert.match(ended.transcript, /got \[ov:API_KEY\]/);
  assert.deepEqual(ended.after, ended.before);
  const stopped = await at.world.terminal(flags, [{ expect: "Password: $", echo: false, send: "\x03" }]);
  assert.equal(stopped.code, 130);
  assert.doesNotMatch(stopped.transcript, /got \[/);
});

Deno.test("ov run --raw shows the bytes, and only after the password was typed", async () => {
  await using at = await ready();
  const flags = ["run", "--raw", "--secrets", "API_KEY", "--", "sh", "-c", "echo got $API_KEY"];
  refusedJson(await at.world.ovUnlocked(["--json", ...flags]), "usage/no-terminal");
  const ended = await at.world.terminal(flags, [TYPE_PASSWORD]);
  assert.ok(ended.transcript.includes(`got ${at.value}`), ended.transcript);
});

/** A command that says when it is ready and what it makes of an interrupt. */
function trapping(world: World, onInterrupt: string): string[] {
  const script = `trap '${onInterrupt}' INT; echo ready; while :; do sleep 0.05; done`;
  return ["--password-file", world.passwordFile, "run", "--secrets", "API_KEY", "--", "sh", "-c", script];
}

Deno.test("ov run hands Ctrl-C to the command once, and ends with what the command makes of it", async () => {
  await using at = await ready();
  const flags = trapping(at.world, "echo caught; exit 9");
  const ended = await at.world.terminal(flags, [{ expect: "ready", send: "\x03" }]);
  assert.equal(ended.code, 9, ended.transcript);
  assert.equal(ended.transcript.split("caught").length, 2);
  assert.deepEqual(ended.after, ended.before);
});

Deno.test("ov run ends a command that two interrupts did not", async () => {
  await using at = await ready();
  const ended = await at.world.terminal(trapping(at.world, "echo caught"), [
    { expect: "ready", send: "\x03" },
    // Two count that come within two seconds. Where this machine was slower than that between two, the next will do.
    { expect: "caught", send: "\x03", again: true },
  ]);
  assert.deepEqual([ended.code, ended.signal], [137, null], ended.transcript);
  assert.deepEqual(ended.after, ended.before);
});

Deno.test("ov run passes on a signal that was sent to it alone", async () => {
  await using at = await ready();
  const [program, ...args] = ovCommand();
  for (const [signal, code] of [["SIGINT", 9], ["SIGTERM", 143], ["SIGHUP", 129]] as const) {
    const child = new Deno.Command(program, {
      args: [...args, ...trapping(at.world, "exit 9")],
      clearEnv: true,
      env: at.world.environment(),
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const output = child.stdout.getReader();
    await output.read();
    child.kill(signal);
    while (!(await output.read()).done);
    const status = await child.status;
    assert.deepEqual([status.code, status.signal], [code, null], signal);
  }
});

Deno.test("ov run shows a question of the command before it is answered", async () => {
  await using at = await ready();
  const script = 'printf "Name? "; read x; echo "hello $x"';
  const flags = ["--password-file", at.world.passwordFile, "run", "--secrets", "API_KEY", "--", "sh", "-c", script];
  const ended = await at.world.terminal(flags, [{ expect: "Name\\? ", send: "Ada\r" }]);
  assert.match(ended.transcript, /hello Ada/);
});

Deno.test("ov run | head ends quietly", async () => {
  await using at = await ready();
  const ov = [...ovCommand(), "--password-file", at.world.passwordFile, "run", "--secrets", "API_KEY", "--", "yes"];
  const ended = await at.world.run("bash", ["-c", '"$@" | head -n 2', "bash", ...ov]);
  assert.deepEqual([ended.stdout, ended.stderr], ["y\ny\n", ""]);
});

Deno.test("ov run leaves Ctrl-C to a program that reads keys itself, however often", async () => {
  await using at = await ready();
  const program = [
    "process.stdin.setRawMode(true); process.stdout.write('ready\\n'); let n = 0;",
    "process.stdin.on('data', (b) => { if (b[0] === 3) process.stdout.write(`key ${++n}\\n`); else process.exit(5); });",
  ].join("");
  await at.world.write("keys.cjs", program);
  const flags = ["--password-file", at.world.passwordFile, "run", "--secrets", "API_KEY", "--", "node", "keys.cjs"];
  const ended = await at.world.terminal(flags, [
    { expect: "ready", send: "\x03" },
    { expect: "key 1", send: "\x03" },
    { expect: "key 2", send: "q" },
  ]);
  assert.equal(ended.code, 5, ended.transcript);
});
