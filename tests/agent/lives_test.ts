/** Agents that begin and end: one per vault, stale sockets, locking, and nothing left behind whoever is killed. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { PASSWORD, TYPE_PASSWORD } from "../e2e/ov.ts";
import { AgentWorld, isAlive, NAME, until } from "./world.ts";

Deno.test("ov unlock starts one agent; a second one unlocks the same, and none starts beside it", async () => {
  await using agent = await AgentWorld.unlocked();
  const pid = await agent.pid();
  await agent.unlock(["--for", "2h"]);
  assert.equal(await agent.pid(), pid);
  const status = (await agent.status())!;
  const [from, to] = ["unlocked_at", "locks_at"].map((name) => Date.parse(status[name] as string));
  assert.equal(to! - from!, 2 * 3_600_000);
  const second = await agent.world.ovUnlocked(["agent", "start", "--foreground"]);
  assert.equal(second.code, 7, second.stderr);
  assert.match(second.stderr, /has one already/);
  assert.equal(await agent.pid(), pid);
});

Deno.test("ov unlock at once from several sides leaves one agent, and each of them succeeds or says why", async () => {
  await using agent = await AgentWorld.create();
  const all = await Promise.all([1, 2, 3].map(() => agent.world.ovUnlocked(["unlock"])));
  assert.ok(all.some((ended) => ended.code === 0));
  for (const ended of all) assert.ok(ended.code === 0 || /has one already/.test(ended.stderr), ended.stderr);
  assert.ok(isAlive(await agent.pid()));
});

Deno.test("ov unlock asks again for a wrong password, and refuses the wrong file, before and beside an agent", async () => {
  await using agent = await AgentWorld.create();
  const typed = await agent.world.terminal(["unlock", "--for", "3m"], [
    { expect: "assword: $", echo: false, send: "nonsense\r" },
    TYPE_PASSWORD,
  ]);
  assert.equal(typed.code, 0, typed.transcript);
  assert.match(typed.transcript, /Unlock the vault for 3 min, /);
  assert.match(typed.transcript, /Wrong password; 2 tries left/);
  const file = await agent.world.write("wrong", "nonsense", 0o600);
  for (const lock of [false, true]) {
    if (lock) await agent.world.ov(["lock"]);
    const refused = await agent.world.ov(["--password-file", file, "unlock"]);
    assert.equal(refused.code, 3, refused.stderr);
    assert.equal(await agent.status() === null, lock);
  }
});

Deno.test("the password is in no argument and no environment of the agent", async () => {
  await using agent = await AgentWorld.unlocked();
  const pid = await agent.pid();
  for (const file of ["cmdline", "environ"]) {
    // The agent is unreadable to its own user; this test may run as root, who reads it all the same.
    const text = await Deno.readTextFile(`/proc/${pid}/${file}`).catch(() => "");
    assert.ok(!text.includes(PASSWORD) && !text.includes(agent.world.passwordFile), file);
  }
});

Deno.test("the folder, its key and its socket are the user's alone", async () => {
  await using agent = await AgentWorld.unlocked();
  const folder = join(agent.world.ovHome, "agent");
  const mode = async (path: string) => ((await Deno.lstat(path)).mode! & 0o777).toString(8);
  assert.equal(await mode(folder), "700");
  for (const name of ["key", "lock", "socket"]) assert.equal(await mode(join(folder, name)), "600", name);
});

Deno.test("an agent that was killed leaves a socket that stops nobody", async () => {
  await using agent = await AgentWorld.unlocked();
  Deno.kill(await agent.pid(), "SIGKILL");
  const folder = join(agent.world.ovHome, "agent");
  assert.ok((await Deno.lstat(join(folder, "socket"))).isSocket);
  await until("the agent is gone", async () => await agent.status() === null);
  const ended = await agent.world.ovUnlocked(["run", "--secrets", NAME, "--", "true"]);
  assert.equal(ended.code, 0, ended.stderr);
  const key = await Deno.readFile(join(folder, "key"));
  await agent.unlock();
  assert.notDeepEqual(await Deno.readFile(join(folder, "key")), key);
  assert.ok(isAlive(await agent.pid()));
});

Deno.test("the agent ends when it is told to stop and on SIGTERM, and leaves neither key nor socket", async () => {
  await using agent = await AgentWorld.unlocked();
  const folder = join(agent.world.ovHome, "agent");
  const left = async () => (await Array.fromAsync(Deno.readDir(folder))).map((entry) => entry.name).sort();
  for (const end of ["stop", "SIGTERM"] as const) {
    const pid = await agent.pid();
    if (end === "stop") assert.equal((await agent.world.ov(["agent", "stop"])).code, 0);
    else Deno.kill(pid, end);
    await until("it has ended", () => !isAlive(pid));
    assert.deepEqual(await left(), ["lock"]);
    await agent.unlock();
  }
});

Deno.test("an agent of a service starts locked, is unlocked, and stays when it locks", async () => {
  await using agent = await AgentWorld.create();
  const { spawnOv } = await import("./spawn.ts");
  await using service = spawnOv(agent.world, ["agent", "start", "--foreground", "--locked"]);
  await until("it answers", async () => await agent.status() !== null);
  assert.equal((await agent.status())!["locked"], true);
  await agent.unlock();
  assert.equal((await agent.status())!["locked"], false);
  assert.equal((await agent.world.ov(["lock"])).code, 0);
  assert.equal((await agent.status())!["locked"], true);
  const ended = await agent.world.ovUnlocked(["run", "--secrets", NAME, "--", "true"]);
  assert.equal(ended.code, 0, ended.stderr);
  assert.ok(isAlive(service.pid));
});

Deno.test("the agent locks when its time is up, and a command that runs goes on to its end", async () => {
  await using agent = await AgentWorld.unlocked();
  const { spawnOv } = await import("./spawn.ts");
  const argv = ["--password-file", agent.world.passwordFile, "run", "--secrets", NAME, "--"];
  await using client = spawnOv(agent.world, [...argv, "sh", "-c", "echo begun; read line; echo $line"]);
  await client.until("begun");
  assert.equal((await agent.status())!["running"], 1);
  // Its time begins now, however long the command took to begin.
  await agent.unlock(["--for", "1s", "--idle", "1s"]);
  await until("no new command is taken", async () => (await agent.status())?.["locked"] !== false);
  await client.type("done\n");
  await client.until("done");
  assert.equal(await client.code, 0);
  await until("the agent has ended", async () => await agent.status() === null);
});

Deno.test("an agent that locked and waits for a command to end is unlocked again, and goes on", async () => {
  await using agent = await AgentWorld.unlocked();
  const { spawnOv } = await import("./spawn.ts");
  const argv = ["--password-file", agent.world.passwordFile, "run", "--secrets", NAME, "--"];
  await using client = spawnOv(agent.world, [...argv, "sh", "-c", "echo begun; read line; echo $line"]);
  await client.until("begun");
  const pid = await agent.pid();
  assert.equal((await agent.world.ov(["lock"])).code, 0);
  assert.equal((await agent.status())!["locked"], true);
  await agent.unlock();
  await client.type("done\n");
  await client.until("done");
  assert.equal(await client.code, 0);
  const ended = await agent.world.ovUnlocked(["run", "--secrets", NAME, "--", "true"]);
  assert.equal(ended.code, 0, ended.stderr);
  const { pid: now, runs, locked } = (await agent.status())!;
  assert.deepEqual({ now, runs, locked }, { now: pid, runs: 2, locked: false });
});

const VICTIMS = ["agent", "client", "child"] as const;

for (const first of VICTIMS) {
  for (const second of VICTIMS.filter((name) => name !== first)) {
    Deno.test(`kill -9 of the ${first}, then of the ${second}, leaves no process of the command`, async () => {
      await using agent = await AgentWorld.unlocked();
      const { spawnOv } = await import("./spawn.ts");
      const script = 'sleep 1001 & echo "ids $$ $!"; wait';
      const argv = ["--password-file", agent.world.passwordFile, "run", "--secrets", NAME, "--", "sh", "-c", script];
      await using client = spawnOv(agent.world, argv);
      const [, shell, sleeper] = await client.until(/ids (\d+) (\d+)/);
      const pids = { agent: await agent.pid(), client: client.pid, child: Number(shell), sleeper: Number(sleeper) };
      const kill = (name: keyof typeof pids) => {
        try {
          Deno.kill(pids[name], "SIGKILL");
        } catch {
          // It went with another.
        }
      };
      kill(first);
      kill(second);
      await until("the command is gone", () => !isAlive(Number(shell)));
      // What a command leaves behind when it ends by itself is its own affair, with an agent as without.
      if (first === "child" || second === "child") kill("sleeper");
      else await until("and what it had started", () => !isAlive(Number(sleeper)));
    });
  }
}
