/** Whoever speaks to the agent's socket without being its client, and a client that misuses it. */
import assert from "node:assert/strict";
import { concatBytes, encodeUtf8 } from "../../src/base/mod.ts";
import { AGENT_PROTOCOL, Channel, MAX_FIRST_PAYLOAD_BYTES } from "../../src/agent/channel.ts";
import { controlAgent } from "../../src/agent/client.ts";
import { encodeMessage, KIND } from "../../src/agent/messages.ts";
import { agentPlace, readAgentKey } from "../../src/agent/place.ts";
import { connectUnix } from "../../src/agent/unix_socket.ts";
import type { Descriptor } from "../../src/keeper/descriptors.ts";
import { descriptors, runOften, session } from "./session.ts";
import { AgentWorld, NAME, until } from "./world.ts";

const HELLO = concatBytes(encodeUtf8("ov-agent"), new Uint8Array([0, AGENT_PROTOCOL]), new Uint8Array(32).fill(7));

function connect(agent: AgentWorld): Descriptor {
  const connection = connectUnix(descriptors, agentPlace(agent.world.ovHome).socket);
  assert.ok(connection !== null);
  return connection.socket;
}

/** Everything that comes until the other end closes. */
async function drain(socket: Descriptor): Promise<number> {
  const buffer = new Uint8Array(4096);
  let total = 0;
  for (;;) {
    const count = await socket.read(buffer);
    if (count === 0) return total;
    total += count;
  }
}

/** The agent is there, unlocked, and serves. */
async function serves(agent: AgentWorld): Promise<void> {
  const ended = await agent.world.ovUnlocked(["run", "--secrets", NAME, "--", "echo", "served"]);
  assert.equal(ended.stdout, "served\n", ended.stderr);
  assert.equal((await agent.status())!["locked"], false);
}

Deno.test("the agent hangs up on whoever sends garbage, nothing of a frame, too much, or a frame without the key", async () => {
  await using agent = await AgentWorld.unlocked();
  const wrongMac = new Uint8Array(4 + 1 + 32);
  new DataView(wrongMac.buffer).setUint32(0, 33);
  wrongMac[4] = KIND.proof;
  const huge = new Uint8Array(4);
  new DataView(huge.buffer).setUint32(0, 0xffff_ffff);
  const overFirst = new Uint8Array(4);
  new DataView(overFirst.buffer).setUint32(0, MAX_FIRST_PAYLOAD_BYTES + 34);
  const control = encodeUtf8('{"t":"lock"}');
  const bare = concatBytes(
    new Uint8Array([0, 0, 0, control.byteLength + 33, KIND.control]),
    control,
    new Uint8Array(32),
  );
  const messages: Record<string, Uint8Array<ArrayBuffer>> = {
    "text": encodeUtf8("GET / HTTP/1.1\r\n\r\n" + "x".repeat(64)),
    "zeros": new Uint8Array(65_536),
    "a frame with no MAC": concatBytes(HELLO, wrongMac),
    "a huge frame": concatBytes(HELLO, huge),
    "a first frame that is too long": concatBytes(HELLO, overFirst),
    "an empty frame": concatBytes(HELLO, new Uint8Array(4)),
    "lock without the key": concatBytes(HELLO, bare),
  };
  for (const [what, bytes] of Object.entries(messages)) {
    const socket = connect(agent);
    await socket.write(bytes);
    // Nothing but the hello ever comes back.
    const got = await drain(socket);
    assert.ok(got === 0 || got === HELLO.byteLength, `${what}: ${got}`);
    socket.close();
  }
  await serves(agent);
});

Deno.test("the agent refuses a client with another key", async () => {
  await using agent = await AgentWorld.unlocked();
  const socket = connect(agent);
  const other = await Channel.open(socket, () => crypto.getRandomValues(new Uint8Array(32)), "client");
  assert.ok(other instanceof Channel);
  assert.equal(await controlAgent(other, { t: "lock" }), null);
  await serves(agent);
});

Deno.test("the agent refuses a frame that is sent again, on the same connection and on another", async () => {
  await using agent = await AgentWorld.unlocked();
  const key = readAgentKey(agentPlace(agent.world.ovHome), Deno.uid()!)!;
  // A tap between client and agent, as a thief of the connection would have it.
  const real = connect(agent);
  const sent: Uint8Array<ArrayBuffer>[] = [];
  const tapped = new Proxy(real, {
    get(target, name) {
      if (name === "write") {
        return (bytes: Uint8Array<ArrayBuffer>) => (sent.push(bytes.slice()), target.write(bytes));
      }
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const client = await Channel.open(tapped, () => key, "client");
  assert.ok(client instanceof Channel);
  await client.send(KIND.control, encodeMessage({ t: "status" }));
  assert.equal((await client.receive())!.kind, KIND.controlled);
  const [hello, frame] = sent;
  const again = connect(agent);
  await again.write(concatBytes(hello!, frame!));
  assert.equal(await drain(again), HELLO.byteLength);
  again.close();
  const twice = connect(agent);
  await twice.write(concatBytes(hello!, frame!, frame!));
  assert.equal(await drain(twice), HELLO.byteLength);
  twice.close();
  await serves(agent);
});

Deno.test("strangers who say nothing, or say it slowly, keep nobody out", async () => {
  await using agent = await AgentWorld.unlocked();
  const silent = Array.from({ length: 60 }, () => connect(agent));
  const slow = connect(agent);
  await slow.write(HELLO.subarray(0, 3));
  await serves(agent);
  // Those that were pushed out by later ones find their connection closed.
  assert.equal(await drain(silent[0]!), 0);
  for (const socket of [...silent, slow]) socket.close();
  await serves(agent);
});

Deno.test("a program of the same user that speaks the agent's language gets nothing that was not granted", async () => {
  await using agent = await AgentWorld.unlocked();
  const print = ["sh", "-c", `printf %s "$${NAME}" | rev`];
  const run = { argv: print, secrets: [NAME], raw: false, timeoutMs: null };
  const raw = { ...run, raw: true };
  for (const [op, params] of [["run", run], ["run", raw], ["run", { ...run, remember: true }]] as const) {
    const at = await session(agent.world, "run");
    assert.ok(at.opened);
    await at.call("configure", {});
    const answer = await at.call(op, params);
    assert.equal(answer.t, "error", JSON.stringify(answer));
    at.close();
  }
  const unattended = await session(agent.world, "run");
  await unattended.call("configure", { nonInteractive: true });
  const refused = await unattended.call("run", run);
  assert.ok(refused.t === "error" && refused.error.code === "policy/approval-required");
  unattended.close();
  assert.equal((await agent.status())!["runs"], 0);
});

Deno.test("a connection opens the operations of its own command, and of run and mcp alone", async () => {
  await using agent = await AgentWorld.unlocked();
  for (const command of ["secret", "export", "policy", "grant", "approve", "agent", "shell", "status", "unlock"]) {
    const at = await session(agent.world, command);
    assert.equal(at.opened, false, command);
    at.close();
  }
  const forbidden: [string, unknown][] = [
    ["secret.get", { name: NAME, newline: false }],
    ["export", { format: "dotenv", output: null, only: null }],
    ["policy.set", { mode: "open" }],
    ["grant.add", { argv: ["true"], secrets: [NAME], use: "always", until: null }],
    ["approve.list", {}],
    ["shell", { secrets: [NAME] }],
    ["agent.status", {}],
    ["mcp.open", { authorize: false }],
  ];
  const at = await session(agent.world, "run");
  for (const [op, params] of forbidden) {
    const answer = await at.call(op, params);
    assert.ok(answer.t === "error" && answer.error.code === "policy/denied", op);
  }
  at.close();
});

Deno.test("ov mcp through the agent is unlocked and not authorised: only what was granted runs", async () => {
  await using agent = await AgentWorld.unlocked();
  const script = await agent.world.write("ok.sh", `#!/bin/sh\necho "value $${NAME}"\n`, 0o755);
  await agent.grant(script);
  const at = await session(agent.world, "mcp");
  await at.call("configure", {});
  await at.call("mcp.open", { authorize: false });
  const status = await at.call("mcp.status", {});
  assert.ok(status.t === "result");
  const { unlocked, authorized } = status.value as { unlocked: boolean; authorized: boolean };
  assert.deepEqual({ unlocked, authorized }, { unlocked: true, authorized: false });
  const run = (command: string[]) =>
    at.call("mcp.run", { command, secrets: [NAME], workDir: null, timeoutSeconds: 60, client: "test", canAsk: true });
  const granted = await run([script]);
  assert.ok(granted.t === "result", JSON.stringify(granted));
  assert.equal((granted.value as { value: { stdout: string } }).value.stdout, `value [ov:${NAME}]\n`);
  const other = await run(["sh", "-c", `echo $${NAME}`]);
  assert.ok(other.t === "error" && other.error.code === "policy/approval-required", JSON.stringify(other));
  for (const op of ["mcp.create", "mcp.update", "mcp.delete"]) {
    const generate = op === "mcp.delete" ? {} : { generate: { length: 20, charset: "hex" } };
    const answer = await at.call(op, { name: op === "mcp.create" ? "NEW" : NAME, ...generate });
    assert.ok(answer.t === "error" && answer.error.code === "policy/not-authorized", `${op} ${JSON.stringify(answer)}`);
  }
  at.close();
});

Deno.test("a client that goes away takes its commands with it", async () => {
  await using agent = await AgentWorld.unlocked();
  const at = await session(agent.world, "run", { OV_PASSWORD_FILE: agent.world.passwordFile });
  await at.call("configure", {});
  void at.call("run", { argv: ["sleep", "1003"], secrets: [NAME], raw: false, timeoutMs: null }).catch(() => {});
  await until("it runs", async () => (await agent.status())!["running"] === 1);
  at.close();
  await until("it has ended", async () => (await agent.status())!["running"] === 0);
});

Deno.test("hundreds of runs through one agent leave no descriptor, no thread and no process behind", async () => {
  await using agent = await AgentWorld.unlocked();
  const pid = await agent.pid();
  const runs = Number(Deno.env.get("OV_TEST_DEPTH") ?? "1") * 100;
  await agent.grant("true");
  const count = (folder: string) => Array.from(Deno.readDirSync(`/proc/${pid}/${folder}`)).length;
  // Of every thread: the agent's isolate, which starts them, has one of its own.
  const children = () =>
    Array.from(Deno.readDirSync(`/proc/${pid}/task`)).flatMap(({ name }) => {
      try {
        return Deno.readTextFileSync(`/proc/${pid}/task/${name}/children`).split(" ").filter((id) => id.trim() !== "");
      } catch {
        return []; // The thread has ended.
      }
    }).length;
  const idle = () => until("all are gone", async () => (await agent.status())!["clients"] === 0);
  await runOften(agent.world, 100);
  await idle();
  const before = { descriptors: count("fd"), threads: count("task"), children: children() };
  await runOften(agent.world, runs);
  await idle();
  assert.equal((await agent.status())!["runs"], 100 + runs);
  // Who has just answered a question about itself may still have its connection.
  await until(`at most ${before.descriptors} descriptors again`, () => count("fd") <= before.descriptors);
  await until(`at most ${before.children} processes again`, () => children() <= before.children);
  // The runtime's pool has 32 threads at most, and gives up those that it does not need.
  const threads = count("task");
  assert.ok(threads <= before.threads + 32, `${before.threads} threads, then ${threads}`);
});
