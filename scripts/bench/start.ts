/**
 * How long a command takes from its start to its end, the smallest and the middle of several: what a person waits for
 * before a prompt, and an agent before an answer. From source, and for the binary in `dist/` where it starts.
 */
import { join } from "node:path";
import { ROOT } from "../process.ts";

const RUNS = 10;

/** Ways to start `ov`. */
const STARTS: readonly { readonly name: string; readonly program: string; readonly args: readonly string[] }[] = [
  {
    name: "source",
    program: Deno.execPath(),
    args: ["run", "-q", "-P", "--no-prompt", "--config", join(ROOT, "deno.json"), join(ROOT, "main.ts")],
  },
  { name: "binary", program: join(ROOT, "dist", "ov"), args: [] },
];

const COMMANDS: readonly (readonly string[])[] = [["--version"], ["--help"], ["status", "--non-interactive"]];

const home = await Deno.makeTempDir({ prefix: "ov-bench-" });
try {
  for (const { name, program, args } of STARTS) {
    for (const command of COMMANDS) {
      const timesMs: number[] = [];
      for (let i = 0; i < RUNS; i++) {
        const before = performance.now();
        const code = await exitStatus(program, [...args, ...command]);
        timesMs.push(performance.now() - before);
        if (code === null) break;
      }
      timesMs.sort((a, b) => a - b);
      const said = timesMs.length < RUNS
        ? "does not start here"
        : `${timesMs[0]!.toFixed(0)} ms at best, ${timesMs[RUNS / 2]!.toFixed(0)} ms in the middle`;
      console.log(`${name.padEnd(8)}ov ${command.join(" ").padEnd(28)}${said}`);
    }
  }
} finally {
  await Deno.remove(home, { recursive: true });
}

/** The exit status, or `null` where the program is not there or died. */
async function exitStatus(program: string, args: string[]): Promise<number | null> {
  try {
    const { code, signal } = await new Deno.Command(program, {
      args,
      cwd: home,
      env: { OV_HOME: home },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    return signal === null ? code : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
