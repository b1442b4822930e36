import assert from "node:assert/strict";
import type { AgentView } from "../../../src/keeper/protocol.ts";
import { failing, MINUTE, NOW, ov } from "../fake.ts";

const AGENT: AgentView = {
  pid: 4711,
  version: "1.2.3",
  locked: false,
  reason: null,
  unlockedAt: NOW - MINUTE,
  locksAt: NOW + 479 * MINUTE,
  locksWhenIdleAt: NOW + 12 * MINUTE,
  clients: 2,
  running: 1,
  runs: 40,
};
const LOCKED: AgentView = {
  ...AGENT,
  locked: true,
  reason: "nobody used it",
  unlockedAt: null,
  locksAt: null,
  locksWhenIdleAt: null,
};

Deno.test("ov unlock passes its limits on and says when the agent locks", async () => {
  const ran = await ov(["unlock"], { "agent.unlock": { agent: AGENT, started: true } });
  assert.deepEqual(ran.params("agent.unlock"), { forMs: null, idleMs: null });
  assert.equal(ran.out, "Unlocked: locks in 7 h 59 min, or 12 min without use (process 4711; 1 running).\n");
  const limited = await ov(["unlock", "--for", "2h", "--idle", "10m"], {
    "agent.unlock": { agent: AGENT, started: false },
  });
  assert.deepEqual(limited.params("agent.unlock"), { forMs: 120 * MINUTE, idleMs: 10 * MINUTE });
  assert.match(limited.out, /^Unlocked again: /);
});

Deno.test("ov unlock says that the keyring unlocked, and what --remember means from now on", async () => {
  const by = await ov(["unlock"], { "agent.unlock": { agent: AGENT, started: true, byKeyring: true } });
  assert.match(by.out, /^Unlocked by the keyring: /);
  const kept = await ov(["unlock", "--remember"], {
    "agent.unlock": { agent: AGENT, started: true, remembered: true },
  });
  assert.deepEqual(kept.params("agent.unlock"), { forMs: null, idleMs: null, remember: true });
  assert.match(kept.err, /asks the keyring, not you. Take it back: ov unlock --forget/);
});

Deno.test("ov unlock --forget unlocks nothing, and says what it found", async () => {
  const gone = await ov(["unlock", "--forget"], { "agent.forget": { revoked: true, keyring: true } });
  assert.deepEqual([gone.out, gone.err], ["Forgotten: the key in the keyring opens nothing now.\n", ""]);
  const deaf = await ov(["unlock", "--forget"], { "agent.forget": { revoked: true, keyring: null } });
  assert.match(deaf.err, /The keyring could not be asked; what it has is useless/);
  const other = await ov(["unlock", "--forget"], { "agent.forget": { revoked: true, keyring: false } });
  assert.match(other.err, /This keyring had none/);
  const none = await ov(["unlock", "--forget"], { "agent.forget": { revoked: false, keyring: false } });
  assert.match(none.out, /^Nothing to forget/);
  assert.equal((await ov(["unlock", "--forget", "--for", "1h"], {})).status, 2);
});

Deno.test("ov unlock refuses what is no duration, and shows why it failed", async () => {
  const odd = await ov(["unlock", "--for", "soon"], {});
  assert.equal(odd.status, 2);
  assert.match(odd.err, /Cannot unlock: "soon" is not a duration/);
  const wrong = await ov(["unlock"], {
    "agent.unlock": failing("vault/wrong-password", "Cannot unlock the vault: no"),
  });
  assert.equal(wrong.status, 3);
});

Deno.test("ov lock says whether there was anything to lock", async () => {
  assert.equal((await ov(["lock"], { "agent.lock": { was: "unlocked" } })).out, "Locked.\n");
  for (const was of ["locked", "none"] as const) {
    assert.match((await ov(["lock"], { "agent.lock": { was } })).out, /^Nothing to lock/);
  }
});

Deno.test("ov agent start is ov unlock, or with --foreground the agent itself", async () => {
  const background = await ov(["agent", "start", "--for", "1h"], { "agent.unlock": { agent: AGENT, started: true } });
  assert.deepEqual(background.params("agent.unlock"), { forMs: 60 * MINUTE, idleMs: null });
  const served = await ov(["agent", "start", "--foreground", "--locked"], {
    "agent.serve": { reason: "it got SIGTERM" },
  });
  assert.deepEqual(served.params("agent.serve"), {
    forMs: null,
    idleMs: null,
    locked: true,
    fromPipe: false,
    activated: false,
  });
  assert.equal(served.out, "The agent has ended: it got SIGTERM.\n");
  const activated = await ov(["agent", "start", "--foreground", "--activated"], { "agent.serve": { reason: "x" } });
  assert.deepEqual(activated.params("agent.serve"), {
    forMs: null,
    idleMs: null,
    locked: false,
    fromPipe: false,
    activated: true,
  });
  const piped = await ov(["agent", "start", "--foreground", "--from-pipe"], { "agent.serve": { reason: "stopped" } });
  assert.equal(piped.out, "");
});

Deno.test("ov agent status tells none, locked and unlocked apart", async () => {
  const say = async (agent: AgentView | null) => (await ov(["agent", "status"], { "agent.status": { agent } })).out;
  assert.match(await say(null), /^No agent/);
  assert.equal(await say(LOCKED), "Locked: the agent runs (process 4711) and is locked: nobody used it.\n");
  assert.match(await say(AGENT), /^Unlocked: locks in 7 h 59 min.*\n2 connected, 40 commands since its start\.\n$/);
});

Deno.test("ov agent stop, install and uninstall say what they did and what is left to do", async () => {
  assert.equal((await ov(["agent", "stop"], { "agent.stop": { stopped: true } })).out, "Stopped the agent.\n");
  assert.match((await ov(["agent", "stop"], { "agent.stop": { stopped: false } })).out, /^Nothing to stop/);
  const files = ["/home/dev/.config/systemd/user/x.socket", "/home/dev/.config/systemd/user/x.service"];
  const installed = await ov(["agent", "install"], { "agent.install": { files, next: ["systemctl --user enable x"] } });
  assert.equal(
    installed.out,
    `Wrote ${files.join(" and ")}. Nothing happens until you run:\n  systemctl --user enable x\n`,
  );
  const removed = await ov(["agent", "uninstall"], { "agent.uninstall": { files, next: ["stop it"] } });
  assert.match(removed.out, /^Removed .*\n {2}stop it\n$/);
  const nothing = await ov(["agent", "uninstall"], { "agent.uninstall": { files: [], next: [] } });
  assert.match(nothing.out, /^Nothing to remove/);
});

Deno.test("ov shell passes the names on and ends as the shell does", async () => {
  const end = { exitCode: 4, signal: null, maskedCount: 0 };
  const ran = await ov(["shell", "--secrets", "A,B"], { shell: end });
  assert.deepEqual(ran.params("shell"), { secrets: ["A", "B"] });
  assert.equal(ran.status, 4);
  assert.deepEqual((await ov(["shell"], { shell: end })).params("shell"), { secrets: null });
});
