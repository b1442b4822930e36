/**
 * What stands between a person and their command: `ov run -- true` through an agent, beside the bare program and beside
 * other tools that give a command its secrets, in one run and in turn, so that the machine's mood falls on all of them
 * alike. A number here is a report, never a test.
 */
import { join } from "node:path";
import { ovCommand, TYPE_PASSWORD, World } from "../../tests/e2e/ov.ts";
import { peer, PEER_NODE } from "../../tests/peers.ts";

const RUNS = Number(Deno.args[0] ?? "20");
const DOTENVX = "2.38.2";
const VARLOCK = "1.20.0";
const NAME = "API_TOKEN";

/** A program to start, over and over. */
interface Contestant {
  readonly name: string;
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

const world = await World.withVault();
try {
  await world.ovUnlocked(["secret", "set", NAME, "--stdin"], { stdin: `tok-${crypto.randomUUID()}` });
  const granted = await world.terminal(["grant", "add", "--secrets", NAME, "--", "true"], [TYPE_PASSWORD]);
  if (granted.code !== 0) throw new Error(granted.transcript);
  const unlocked = await world.ovUnlocked(["unlock"]);
  if (unlocked.code !== 0) throw new Error(unlocked.stderr);

  const contestants: Contestant[] = [
    { name: "true", command: ["true"], cwd: world.project, env: world.environment() },
    {
      name: "ov run -- true, with the agent",
      command: [...ovCommand(), "run", "--secrets", NAME, "--", "true"],
      cwd: world.project,
      env: world.environment(),
    },
    ...await peers(),
  ];
  const timesMs = await race(contestants);
  const base = middle(timesMs.get("true")!);
  console.log(`${RUNS} runs of each, in turn, ${Deno.env.get("OV_BINARY") ? "the binary" : "ov from source"}:`);
  for (const { name } of contestants) {
    const times = timesMs.get(name)!;
    const line = `${name.padEnd(34)}${ms(times[0]!)} at best, ${ms(middle(times))} in the middle`;
    console.log(`  ${line}, ${ms(middle(times) - base)} over bare`);
  }
  const own = middle(timesMs.get("ov run -- true, with the agent")!);
  for (const { name } of contestants.slice(2)) {
    console.log(`  ov takes ${(own / middle(timesMs.get(name)!)).toFixed(2)} of ${name}`);
  }
} finally {
  await world.ov(["agent", "stop"]);
  await world[Symbol.asyncDispose]();
}

/** The other tools, each as its manual says, with one secret. */
async function peers(): Promise<Contestant[]> {
  const folder = await peer({ "@dotenvx/dotenvx": DOTENVX, varlock: VARLOCK, node: PEER_NODE });
  const bin = join(folder, "node_modules", ".bin");
  const env: Record<string, string> = { ...world.environment(), VARLOCK_TELEMETRY_DISABLED: "true" };
  env["PATH"] = `${bin}:${env["PATH"]}`;
  const cwd = join(world.folder, "peers");
  await Deno.mkdir(cwd);
  const line = `${NAME}=tok-${crypto.randomUUID()}\n`;
  await Deno.writeTextFile(join(cwd, ".env"), line);
  const offline = ["--no-armor", "--no-native"];
  const encrypted = await new Deno.Command(join(bin, "dotenvx"), {
    args: ["encrypt", ...offline],
    cwd,
    clearEnv: true,
    env,
  }).output();
  if (!encrypted.success) throw new Error(new TextDecoder().decode(encrypted.stderr));
  const other = join(world.folder, "varlock");
  await Deno.mkdir(other);
  await Deno.writeTextFile(join(other, ".env.schema"), `# @defaultSensitive=true\n# ---\n${NAME}=\n`);
  await Deno.writeTextFile(join(other, ".env.local"), line);
  return [
    {
      name: `dotenvx ${DOTENVX} run -- true`,
      command: [join(bin, "dotenvx"), "run", ...offline, "--", "true"],
      cwd,
      env,
    },
    { name: `varlock ${VARLOCK} run -- true`, command: [join(bin, "varlock"), "run", "--", "true"], cwd: other, env },
  ];
}

/** Times by name, sorted. */
async function race(contestants: readonly Contestant[]): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>(contestants.map(({ name }) => [name, []]));
  for (let round = -1; round < RUNS; round++) {
    for (const contestant of contestants) {
      const begin = performance.now();
      const code = await start(contestant);
      // The first round only warms the caches.
      if (round >= 0) times.get(contestant.name)!.push(performance.now() - begin);
      if (code !== 0) throw new Error(`${contestant.name} ended with ${code}`);
    }
  }
  for (const list of times.values()) list.sort((a, b) => a - b);
  return times;
}

async function start({ command: [program, ...args], cwd, env }: Contestant): Promise<number> {
  const { code } = await new Deno.Command(program!, {
    args,
    cwd,
    clearEnv: true,
    env: { ...env },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).output();
  return code;
}

function middle(sorted: readonly number[]): number {
  return sorted[Math.floor(sorted.length / 2)]!;
}

function ms(time: number): string {
  return `${time.toFixed(1)} ms`;
}
