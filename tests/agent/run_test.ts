import assert from "node:assert/strict";
import { TYPE_PASSWORD } from "../e2e/ov.ts";
import { AgentWorld, NAME } from "./world.ts";

const PRINTS = ["sh", "-c", `echo "value: $${NAME}"; echo oops >&2; exit 7`];

Deno.test("ov run through the agent starts what a grant allows, masked, with its exit status", async () => {
  await using agent = await AgentWorld.unlocked();
  const script = await agent.world.write(
    "show.sh",
    `#!/bin/sh\necho "value: $${NAME}"\necho oops >&2\nexit 7\n`,
    0o755,
  );
  await agent.grant(script);
  const ended = await agent.run([script]);
  assert.equal(ended.stdout, `value: [ov:${NAME}]\n`);
  assert.equal(ended.stderr, "oops\n");
  assert.equal(ended.code, 7);
  assert.equal((await agent.status())!["runs"], 1);
});

Deno.test("ov run through the agent refuses without a grant where nobody can be asked: unlocked is not consent", async () => {
  await using agent = await AgentWorld.unlocked();
  const ended = await agent.run(PRINTS);
  assert.notEqual(ended.code, 7);
  assert.ok(!(ended.stdout + ended.stderr).includes(agent.value));
  const quiet = await agent.world.ov(["--non-interactive", "run", "--secrets", NAME, "--", ...PRINTS]);
  assert.equal(quiet.code, 4, quiet.stderr);
  assert.match(quiet.stderr, /no consent/);
  assert.equal((await agent.status())!["runs"], 0);
});

Deno.test("ov run through the agent takes the password typed for this run, and no wrong one", async () => {
  await using agent = await AgentWorld.unlocked();
  const argv = ["run", "--secrets", NAME, "--", ...PRINTS];
  const allowed = await agent.world.terminal(argv, [TYPE_PASSWORD]);
  assert.equal(allowed.code, 7, allowed.transcript);
  assert.ok(allowed.transcript.includes(`value: [ov:${NAME}]`), allowed.transcript);
  assert.deepEqual(allowed.after, allowed.before);
  const wrong = { expect: "assword: $", echo: false, send: "nonsense\r" };
  const refused = await agent.world.terminal(argv, [wrong, wrong, wrong]);
  assert.equal(refused.code, 3, refused.transcript);
  assert.ok(!refused.transcript.includes("[ov:"), refused.transcript);
  assert.equal((await agent.status())!["runs"], 1);
});

Deno.test("ov run through the agent takes the password file as consent to this run", async () => {
  await using agent = await AgentWorld.unlocked();
  const ended = await agent.world.ovUnlocked(["run", "--secrets", NAME, "--", ...PRINTS]);
  assert.equal(ended.code, 7, ended.stderr);
  const other = await agent.world.write("wrong", "nonsense", 0o600);
  const refused = await agent.world.ov(["--password-file", other, "run", "--secrets", NAME, "--", ...PRINTS]);
  assert.equal(refused.code, 3, refused.stderr);
  assert.equal((await agent.status())!["runs"], 1);
});

Deno.test("ov run through the agent gives the child the caller's stdin, directory and environment, less what is ov's", async () => {
  await using agent = await AgentWorld.unlocked();
  await agent.world.write("sub/x", "");
  const cwd = `${agent.world.project}/sub`;
  const ended = await agent.world.ovUnlocked(
    ["run", "--secrets", NAME, "--", "sh", "-c", 'cat; pwd; echo "$GREETING ${OV_HOME:-none} ${OV_APP:-none}"'],
    { cwd, stdin: "one\ntwo\n", env: { GREETING: "hello", OV_APP: "default" } },
  );
  assert.equal(ended.stdout, `one\ntwo\n${cwd}\nhello none none\n`);
});

Deno.test("ov run through the agent moves much input and much output without loss", async () => {
  await using agent = await AgentWorld.unlocked();
  const stdin = "0123456789abcdef".repeat(64 * 1024);
  const counted = await agent.world.ovUnlocked(["run", "--secrets", NAME, "--", "wc", "-c"], { stdin });
  assert.equal(counted.stdout.trim(), String(stdin.length));
  const file = await agent.world.write("big", stdin);
  const shown = await agent.world.ovUnlocked(["run", "--secrets", NAME, "--", "cat", file]);
  assert.ok(shown.stdout === stdin);
});

Deno.test("ov run through the agent masks values of the env that the command was not given", async () => {
  await using agent = await AgentWorld.unlocked();
  const other = `other-${crypto.randomUUID()}`;
  await agent.world.ovUnlocked(["secret", "set", "OTHER", "--stdin"], { stdin: other });
  const file = await agent.world.write("left.txt", `${other}\n`);
  const ended = await agent.world.ovUnlocked(["run", "--secrets", NAME, "--", "cat", file]);
  assert.equal(ended.stdout, "[ov:OTHER]\n");
});

Deno.test("ov run passes signals on through the agent and ends as its command does", async () => {
  await using agent = await AgentWorld.unlocked();
  const script = `trap 'echo got it; exit 9' TERM; echo ready; while :; do sleep 0.05; done`;
  const ended = await agent.world.terminal(["run", "--secrets", NAME, "--", "sh", "-c", script], [
    TYPE_PASSWORD,
    { expect: "ready", signal: "TERM" },
    { expect: "got it" },
  ]);
  assert.equal(ended.code, 9, ended.transcript);
  assert.deepEqual(ended.after, ended.before);
  const killed = await agent.world.ovUnlocked(["run", "--secrets", NAME, "--", "sh", "-c", "kill -KILL $$"]);
  assert.equal(killed.code, 137);
});

Deno.test("ov run --raw never goes through the agent: it needs the password typed", async () => {
  await using agent = await AgentWorld.unlocked();
  const argv = ["run", "--raw", "--secrets", NAME, "--", ...PRINTS];
  const refused = await agent.world.ovUnlocked(argv);
  assert.equal(refused.code, 2, refused.stderr);
  const typed = await agent.world.terminal(argv, [TYPE_PASSWORD]);
  assert.ok(typed.transcript.includes(`value: ${agent.value}`));
  assert.equal((await agent.status())!["runs"], 0);
});

Deno.test("ov run works as before when the agent is locked", async () => {
  await using agent = await AgentWorld.unlocked();
  assert.equal((await agent.world.ov(["lock"])).code, 0);
  assert.equal(await agent.status(), null);
  const ended = await agent.world.ovUnlocked(["run", "--secrets", NAME, "--", ...PRINTS]);
  assert.equal(ended.code, 7, ended.stderr);
  const refused = await agent.run(PRINTS);
  assert.ok(!refused.stdout.includes("value:"));
});
