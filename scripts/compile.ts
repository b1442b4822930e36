/**
 * `deno task compile`: one binary, `dist/ov`, that can do what `deno.json`'s permission set says and no more. It never
 * prompts, imports nothing from elsewhere, and holds the program bundled: one module for the front, one for each worker.
 *
 * Options:
 *   --sync-host HOST[:PORT]   the only host that it can reach; without it, it reaches none
 *   --run node,npx            the only programs that it can start: names, looked up in PATH when it starts, or paths
 *   --target TRIPLE           another platform; all: every one
 *   --output FILE             instead of dist/ov
 */
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { ROOT, runDeno } from "./process.ts";

/** The platforms that a release has. */
export const TARGETS = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
  "x86_64-pc-windows-msvc",
] as const;

/** What a build may be narrowed to. */
export interface Narrowing {
  /** `host` or `host:port`. */
  readonly syncHost?: string | undefined;
  /** Names or absolute paths. */
  readonly run?: readonly string[] | undefined;
}

/**
 * The permission flags of a build: the set in `deno.json`, where a flag of the same kind takes the set's place.
 *
 * @throws TypeError where a host or program would be read by Deno as something else than it looks like
 */
export function permissionFlags({ syncHost, run }: Narrowing): string[] {
  const flags = ["-P", "--no-prompt"];
  if (syncHost !== undefined) {
    if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/i.test(syncHost)) {
      throw new TypeError(`Cannot compile: "${syncHost}" is not a host or host:port`);
    }
    // Listening on a free loopback port is what the consent page needs; it connects nowhere (DESIGN §2).
    flags.push(`--allow-net=127.0.0.1:0,${syncHost}`);
  }
  if (run !== undefined) {
    for (const program of run) {
      if (!/^[^,\s]+$/.test(program)) throw new TypeError(`Cannot compile: "${program}" is not a program's name`);
    }
    if (run.length === 0) throw new TypeError("Cannot compile: --run names no program");
    flags.push(`--allow-run=${run.join(",")}`);
  }
  return flags;
}

/**
 * The arguments of `deno` that build `output`. Types are the gate's business (`deno task ok types`).
 *
 * The code cache is off: a compiled program would keep it in the shared temporary folder, where another program of the
 * same user could put other code in its place.
 */
export function compileArguments(output: string, narrowing: Narrowing, target?: string): string[] {
  return [
    "compile",
    "--quiet",
    "--frozen",
    "--no-check",
    ...permissionFlags(narrowing),
    "--bundle",
    "--minify",
    "--no-code-cache",
    "--app-name=ov",
    ...(target === undefined ? [] : ["--target", target]),
    "--output",
    output,
    "main.ts",
  ];
}

/** Size and start time of a binary, as one line; `elsewhere` where it is for another platform. */
async function describe(path: string, elsewhere: boolean): Promise<string> {
  const size = `${path}: ${((await Deno.stat(path)).size / 1e6).toFixed(1)} MB`;
  if (elsewhere) return size;
  const startMs: number[] = [];
  for (let i = 0; i < 5; i++) {
    const before = performance.now();
    const { success } = await new Deno.Command(path, {
      args: ["--version"],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    })
      .output();
    if (!success) return `${size}, does not start here`;
    startMs.push(performance.now() - before);
  }
  return `${size}, starts in ${Math.min(...startMs).toFixed(0)} ms`;
}

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      "sync-host": { type: "string" },
      "run": { type: "string" },
      "target": { type: "string" },
      "output": { type: "string" },
    },
  });
  const narrowing: Narrowing = { syncHost: values["sync-host"], run: values.run?.split(",") };
  const targets = values.target === "all" ? TARGETS : [values.target];
  for (const target of targets) {
    if (target !== undefined && !TARGETS.includes(target as typeof TARGETS[number])) {
      throw new TypeError(`Cannot compile: no target "${target}"; there are ${TARGETS.join(", ")} and all`);
    }
    const suffix = (target === undefined ? "" : `-${target}`) + (target?.includes("windows") ? ".exe" : "");
    const output = values.output ?? join(ROOT, "dist", `ov${suffix}`);
    await Deno.mkdir(dirname(output), { recursive: true });
    const { success } = await runDeno(compileArguments(output, narrowing, target), { show: true });
    if (!success) return 1;
    console.log(await describe(output, target !== undefined && target !== Deno.build.target));
  }
  return 0;
}

if (import.meta.main) {
  try {
    Deno.exit(await main(Deno.args));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    console.error(error.message);
    Deno.exit(2);
  }
}
