/** What runs the commands of a case: a tool, or nothing at all, as the control. */
import { join } from "node:path";
import type { Armed } from "../corpus.ts";
import { named } from "../corpus.ts";
import { latin1, type Output } from "../decode.ts";

/** A case in its folder. */
export interface Placed extends Armed {
  /** Absolute. */
  readonly folder: string;
}

/** One of the tools. */
export interface Tool extends AsyncDisposable {
  readonly name: string;
  readonly version: string;
  /** Makes the secrets known to it. */
  prepare(placed: readonly Placed[]): Promise<void>;
  /** What a person allows before the attack starts. */
  allow?(at: Placed, argv: readonly string[]): Promise<void>;
  /** Attacks the tool itself; `null` where that cannot be compared. */
  surface(at: Placed): Promise<readonly Output[] | null>;
  /** Runs a command of the case. `bare`: without the secret, where the tool can. */
  run(at: Placed, argv: readonly string[], bare: boolean): Promise<Output>;
}

/** Runs a program to its end. */
export async function spawn(
  argv: readonly string[],
  o: { cwd: string; env: Record<string, string> },
): Promise<Output> {
  const started = performance.now();
  const child = new Deno.Command(argv[0]!, {
    args: argv.slice(1),
    cwd: o.cwd,
    env: o.env,
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const { code, stdout, stderr } = await child.output();
  return { code, stdout: latin1(stdout), stderr: latin1(stderr), ms: performance.now() - started };
}

/** The environment of every tool: nothing of the caller's but PATH, and a home of its own. */
export async function plainEnvironment(home: string): Promise<Record<string, string>> {
  return { PATH: await toolPath(), HOME: home, LANG: "C.UTF-8", TERM: "dumb" };
}

/** The variables that the attacker added. */
export function attackersEnvironment(at: Placed): Record<string, string> {
  const entries = Object.entries(at.case.environment ?? {});
  return Object.fromEntries(entries.map(([name, value]) => [name, named(value, at.name, at.folder)]));
}

let path: Promise<string> | undefined;

/** PATH with the real Python first: a version manager's stand-in for it costs more than the attack. */
function toolPath(): Promise<string> {
  return path ??= (async () => {
    const PATH = Deno.env.get("PATH") ?? "/usr/bin:/bin";
    const command = new Deno.Command("python3", { args: ["-c", "import sys; print(sys.executable)"] });
    const { stdout } = await command.output();
    return `${join(new TextDecoder().decode(stdout).trim(), "..")}:${PATH}`;
  })();
}

/** Programs that cases need and this machine has not. */
export async function missingPrograms(armed: readonly Armed[]): Promise<Set<string>> {
  const missing = new Set<string>();
  for (const program of new Set(armed.flatMap((at) => at.case.needs ?? []))) {
    const { success } = await new Deno.Command("sh", { args: ["-c", 'command -v "$1"', "sh", program] }).output();
    if (!success) missing.add(program);
  }
  return missing;
}
