/** The agent itself, in this process, with clocks that the test moves; its client is real and on its socket. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { Agent } from "../../src/agent/agent.ts";
import { connectAgent, controlAgent } from "../../src/agent/client.ts";
import { SUSPENDED_MS } from "../../src/agent/limits.ts";
import { agentPlace, takePlace } from "../../src/agent/place.ts";
import { UnixListener } from "../../src/agent/unix_socket.ts";
import { Secret } from "../../src/base/mod.ts";
import { openDescriptors } from "../../src/keeper/descriptors.ts";
import type { KeeperStart } from "../../src/keeper/protocol.ts";
import { VaultSession } from "../../src/keeper/vault_session.ts";
import { PASSWORD, World } from "../e2e/ov.ts";
import { FakeClocks } from "./fake_clocks.ts";

const MINUTE = 60_000;
const LIMITS = { forMs: 60 * MINUTE, idleMs: 30 * MINUTE };
const descriptors = openDescriptors(Deno.build.os)!;
const uid = Deno.uid()!;

/** An agent of a real vault. */
async function made(activated: boolean) {
  const world = await World.withVault();
  const clocks = new FakeClocks();
  const place = agentPlace(world.ovHome);
  const taken = takePlace(descriptors, place, uid, false)!;
  const agent = new Agent({
    start: { version: "0.0.0", vaultFolder: world.ovHome } as KeeperStart,
    hardening: { unreadable: true, noCore: true },
    now: clocks.wall,
    terminals: null,
    descriptors,
    place,
    taken,
    uid,
    pid: 4711,
    clocks,
    stays: false,
    inherited: activated ? UnixListener.listen(descriptors, place.socket) : null,
  });
  const password = new Secret("password", new TextEncoder().encode(PASSWORD));
  return {
    agent,
    clocks,
    /** As `ov unlock` does, on the socket. */
    unlock: async (typed: string = PASSWORD) => {
      const channel = (await connectAgent(descriptors, place, uid))!;
      const secret = new Secret("password", new TextEncoder().encode(typed));
      return (await controlAgent(channel, { t: "unlock", limits: LIMITS }, { by: "password", secret }))!;
    },
    open: async () =>
      agent.unlock(await VaultSession.open({ folder: world.ovHome, password, now: clocks.wall }), LIMITS),
    /** Codes of what the log says was refused. */
    refused: async () => {
      const session = await VaultSession.open({ folder: world.ovHome, password, now: clocks.wall });
      const entries = (await session.listAudit()).map(({ entry }) => entry as Record<string, unknown>);
      session.close();
      return entries.filter(({ action }) => action === "denied").map(({ op, code }) => `${op} ${code}`);
    },
    left: () => [...Deno.readDirSync(join(world.ovHome, "agent"))].map(({ name }) => name).sort(),
    async [Symbol.asyncDispose]() {
      agent.stop("the test is over");
      await agent.ended;
      await world[Symbol.asyncDispose]();
    },
  };
}

Deno.test("tick() locks the agent at each of its limits, and it ends then", async () => {
  const ways: readonly [string, (clocks: FakeClocks) => void][] = [
    ["nobody used it", (clocks) => clocks.pass(30 * MINUTE)],
    ["the machine slept, or its clock was set", (clocks) => clocks.wallMs += SUSPENDED_MS],
    ["its time was up", (clocks) => (clocks.steadyMs += 60 * MINUTE, clocks.wallMs += 60 * MINUTE)],
  ];
  for (const [reason, pass] of ways) {
    await using at = await made(false);
    await at.open();
    at.agent.tick();
    assert.equal(at.agent.view.locked, false);
    pass(at.clocks);
    at.agent.tick();
    assert.deepEqual([at.agent.view.locked, await at.agent.ended], [true, reason]);
    assert.deepEqual(at.left(), ["lock"]);
  }
});

Deno.test("tick() ends an agent that a service manager started and nobody unlocks, and no other", async () => {
  await using at = await made(true);
  at.clocks.pass(MINUTE - 1);
  at.agent.tick();
  assert.deepEqual(at.left(), ["key", "lock", "socket"]);
  const { locked } = await at.unlock();
  assert.equal(locked, false);
  at.clocks.pass(MINUTE);
  at.agent.tick();
  assert.equal(at.agent.view.locked, false);
  await using idle = await made(true);
  idle.clocks.pass(MINUTE);
  idle.agent.tick();
  assert.equal(await idle.agent.ended, "nobody unlocked it");
});

Deno.test("unlock() again counts from now, and a wrong password changes nothing", async () => {
  await using at = await made(false);
  await at.open();
  const before = at.agent.view;
  at.clocks.pass(29 * MINUTE);
  await assert.rejects(at.unlock("nonsense"), { code: "vault/wrong-password" });
  assert.deepEqual(at.agent.view, before);
  assert.deepEqual(await at.refused(), ["agent.unlock vault/wrong-password"]);
  assert.equal((await at.unlock()).unlockedAt, before.unlockedAt! + 29 * MINUTE);
});
