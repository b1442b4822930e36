/**
 * An agent that a service manager starts: the socket is there from the first moment, the agent only while the vault is
 * open. By a stand-in that does what systemd does for a socket unit, again and again; and by systemd's own program.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PASSWORD, type World } from "../e2e/ov.ts";
import { ovCommand } from "../e2e/ov.ts";
import { hasProgram } from "./tmux.ts";
import { AgentWorld, isAlive, NAME, until } from "./world.ts";

const ACTIVATOR = fileURLToPath(new URL("activator.py", import.meta.url));
const AGENT = [...ovCommand(), "agent", "start", "--foreground", "--activated"];

const socketOf = (world: World) => join(world.ovHome, "agent", "socket");
const namesIn = async (world: World) =>
  (await Array.fromAsync(Deno.readDir(join(world.ovHome, "agent")))).map(({ name }) => name).sort();

/** A service manager of one socket; it ends with the test, and its agent with it. */
class Manager implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #log: string;

  private constructor(child: Deno.ChildProcess, log: string) {
    this.#child = child;
    this.#log = log;
  }

  static async start(world: World, command: readonly string[] = AGENT): Promise<Manager> {
    await Deno.mkdir(join(world.ovHome, "agent"), { mode: 0o700, recursive: true });
    const log = join(world.folder, `activations-${crypto.randomUUID()}`);
    // Where an agent listens already, its socket stands there until the service manager's takes its place.
    const which = () => Deno.lstat(socketOf(world)).then(({ ino, mtime }) => `${ino} ${mtime?.getTime()}`, () => null);
    const before = await which();
    const child = new Deno.Command("python3", {
      args: ["-I", ACTIVATOR, socketOf(world), log, "5", ...command],
      cwd: world.folder,
      clearEnv: true,
      env: world.environment(),
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    await until("it listens", async () => ![null, before].includes(await which()));
    return new Manager(child, log);
  }

  /** How each agent has ended. */
  async ended(): Promise<string[]> {
    return (await Deno.readTextFile(this.#log).catch(() => "")).split("\n").slice(0, -1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    kill(this.#child);
    await this.#child.status;
  }
}

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended.
  }
}

Deno.test("ov unlock has the service manager start the agent, which ends when it locks and is started again", async () => {
  await using agent = await AgentWorld.create();
  const { world } = agent;
  await using manager = await Manager.start(world);
  const pids = new Set<number>();
  const keys = new Set<string>();
  for (let round = 1; round <= 3; round++) {
    await agent.unlock();
    const pid = await agent.pid();
    pids.add(pid);
    keys.add((await Deno.readFile(join(world.ovHome, "agent", "key"))).toHex());
    assert.deepEqual(await namesIn(world), ["key", "lock", "socket"]);
    assert.equal(((await Deno.lstat(socketOf(world))).mode! & 0o777).toString(8), "600");
    const ran = await world.ovUnlocked(["run", "--secrets", NAME, "--", "sh", "-c", `echo "it is $${NAME}"`]);
    assert.equal(ran.stdout, `it is [ov:${NAME}]\n`, ran.stderr);
    assert.equal((await agent.status())!["runs"], 1);
    assert.equal((await world.ov(round === 2 ? ["agent", "stop"] : ["lock"])).code, 0);
    await until("it has ended", async () => (await manager.ended()).length === round);
    assert.ok(!isAlive(pid));
    assert.deepEqual(await namesIn(world), ["lock", "socket"]);
  }
  assert.deepEqual([pids.size, keys.size], [3, 3]);
  assert.deepEqual(await manager.ended(), ["0", "0", "0"]);
});

Deno.test("no command but ov unlock wakes an agent: a locked one is of no use to them", async () => {
  await using agent = await AgentWorld.create();
  const { world } = agent;
  await using manager = await Manager.start(world, ["sh", "-c", `touch ${world.folder}/woken; sleep 1`]);
  const ran = await world.ovUnlocked(["run", "--secrets", NAME, "--", "true"]);
  assert.equal(ran.code, 0, ran.stderr);
  assert.equal(await agent.status(), null);
  assert.match((await world.ov(["lock"])).stdout, /^Nothing to lock/);
  assert.match((await world.ov(["agent", "stop"])).stdout, /^Nothing to stop/);
  await assert.rejects(Deno.stat(`${world.folder}/woken`), Deno.errors.NotFound);
  assert.deepEqual(await manager.ended(), []);
});

Deno.test("an agent that was killed is started again by the next ov unlock, with another key", async () => {
  await using agent = await AgentWorld.create();
  const { world } = agent;
  await using manager = await Manager.start(world);
  await agent.unlock();
  const key = await Deno.readFile(join(world.ovHome, "agent", "key"));
  Deno.kill(await agent.pid(), "SIGKILL");
  await until("it has ended", async () => (await manager.ended()).length === 1);
  await agent.unlock();
  assert.notDeepEqual(await Deno.readFile(join(world.ovHome, "agent", "key")), key);
  assert.equal((await agent.status())!["locked"], false);
  assert.deepEqual(await manager.ended(), ["-9"]);
});

Deno.test("a wrong password unlocks no agent that was started for it, and the next right one does", async () => {
  await using agent = await AgentWorld.create();
  await using _manager = await Manager.start(agent.world);
  const file = await agent.world.write("wrong", "nonsense", 0o600);
  const refused = await agent.world.ov(["--password-file", file, "unlock"]);
  assert.equal(refused.code, 3, refused.stderr);
  assert.equal((await agent.status())!["locked"], true);
  const pid = await agent.pid();
  await agent.unlock();
  assert.deepEqual([(await agent.status())!["locked"], await agent.pid()], [false, pid]);
});

Deno.test("a service that can not start leaves nobody waiting: the agent starts without it", async () => {
  await using agent = await AgentWorld.create();
  await using manager = await Manager.start(agent.world, ["sh", "-c", "exit 3"]);
  await agent.unlock();
  assert.deepEqual(await manager.ended(), ["3", "3", "3", "3", "3"]);
  assert.equal((await agent.status())!["locked"], false);
});

Deno.test("an agent beside a service's socket is refused, and the service's beside an agent; neither takes the other's", async () => {
  await using agent = await AgentWorld.create();
  const { world } = agent;
  {
    await using _manager = await Manager.start(world);
    const beside = await world.ovUnlocked(["agent", "start", "--foreground"]);
    assert.equal(beside.code, 7, beside.stderr);
    assert.ok((await Deno.lstat(socketOf(world))).isSocket);
    await agent.unlock();
    assert.equal((await world.ov(["agent", "stop"])).code, 0);
  }
  await agent.unlock();
  const pid = await agent.pid();
  await using manager = await Manager.start(world);
  const refused = await world.ovUnlocked(["unlock"]);
  assert.equal(refused.code, 7, refused.stderr);
  assert.match(refused.stderr, /no agent answers[\s\S]*must be ended first/);
  // It hung up on whoever waited, so it was not started for them again without end.
  assert.ok((await manager.ended()).every((status) => status === "7"));
  Deno.kill(pid, "SIGKILL");
  await until("it is gone", () => !isAlive(pid));
  await agent.unlock();
});

Deno.test("ov agent start --activated takes no socket but its vault's own", async () => {
  await using agent = await AgentWorld.create();
  const { world } = agent;
  const refused = await world.ov(["agent", "start", "--foreground", "--activated"]);
  assert.equal(refused.code, 2, refused.stderr);
  assert.match(refused.stderr, /not this vault's socket/);
  // A socket, listening, and another one's.
  const other = join(world.folder, "other");
  const child = new Deno.Command("python3", {
    args: ["-I", ACTIVATOR, other, join(world.folder, "log"), "1", ...AGENT],
    clearEnv: true,
    env: world.environment(),
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    await until("it listens", () => Deno.stat(other).then(() => true, () => false));
    const poke =
      "import socket,sys; s=socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.recv(1) and print('answered')";
    assert.equal((await world.run("python3", ["-I", "-c", poke, other])).stdout, "");
    await until(
      "it has ended",
      async () => (await Deno.readTextFile(join(world.folder, "log")).catch(() => "")) !== "",
    );
    assert.match(await Deno.readTextFile(join(world.folder, "log")), /^2\n/);
  } finally {
    kill(child);
    await child.status;
  }
});

const withSystemd = await hasProgram("systemd-socket-activate", "--version");
if (!withSystemd) console.warn("tests/agent/activation_test.ts: no systemd-socket-activate here, it was not tried");

if (withSystemd) {
  Deno.test("systemd-socket-activate starts the agent for ov unlock, with a typed password, and no variable reaches a command", async () => {
    await using agent = await AgentWorld.create();
    const { world } = agent;
    await Deno.mkdir(join(world.ovHome, "agent"), { mode: 0o700 });
    const passed = Object.entries(world.environment()).map(([name, value]) => `--setenv=${name}=${value}`);
    const child = new Deno.Command("systemd-socket-activate", {
      args: [`--listen=${socketOf(world)}`, ...passed, ...AGENT],
      cwd: world.folder,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    try {
      await until("it listens", async () => (await namesIn(world)).includes("socket"));
      const typed = await world.terminal(["unlock"], [{ expect: "assword: $", echo: false, send: `${PASSWORD}\r` }]);
      assert.equal(typed.code, 0, typed.transcript);
      assert.match(typed.transcript, /Unlocked/);
      // systemd's program became the agent.
      assert.equal(await agent.pid(), child.pid);
      assert.equal(((await Deno.lstat(socketOf(world))).mode! & 0o777).toString(8), "600");
      const ran = await world.ovUnlocked(
        ["run", "--secrets", NAME, "--", "sh", "-c", `echo "$${NAME} \${LISTEN_FDS:-none}"; ls -l /proc/self/fd`],
      );
      assert.match(ran.stdout, new RegExp(`^\\[ov:${NAME}\\] none\n`));
      assert.ok(!ran.stdout.includes("socket:"), ran.stdout);
      assert.equal((await world.ov(["lock"])).code, 0);
      assert.equal((await child.status).code, 0);
    } finally {
      kill(child);
      await child.status;
    }
  });
}
