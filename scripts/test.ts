/**
 * `deno task test [PATH or deno test flag]…`: the project's tests, with a closing line `N passed, N failed`. Needs nothing
 * but this repository and the npm packages that `deno.lock` names; a test that needs a program which is not there says so
 * and counts as skipped, never as passed.
 */
import { runDeno } from "./process.ts";

/** How many tests ended how. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/**
 * The counts in what `deno test` printed. A run that ends without its summary (a type error, a crash) is one failure.
 *
 * @param output everything that it printed, without colours
 * @param success whether it ended with status 0
 */
export function countsIn(output: string, success: boolean): Counts {
  const summary = /^(?:ok|FAILED) \| (\d+) passed.*? \| (\d+) failed(.*)$/gm;
  const last = [...output.matchAll(summary)].at(-1);
  if (last === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const failed = Number(last[2]);
  const skipped = Number(/\| (\d+) ignored/.exec(last[3]!)?.[1] ?? 0);
  return { passed: Number(last[1]), failed: failed === 0 && !success ? 1 : failed, skipped };
}

/** Folders whose code only computes: their tests pass with no right but to read this project, and how deep to go. */
const PURE = ["tests/crypto", "tests/vault", "tests/detect", "tests/mask"];

/** Runs the tests under `paths` (all, where there are none), shows what they print, and counts. */
export async function runTests(paths: readonly string[], flags: readonly string[] = []): Promise<Counts> {
  if (paths.length > 0) return await runGroup(["-A", ...flags, ...paths]);
  const narrow = ["--no-prompt", "--allow-read=.", "--allow-env=OV_TEST_DEPTH"];
  const pure = await runGroup([...narrow, ...flags, ...PURE]);
  const others = await runGroup(["-A", `--ignore=${PURE.join(",")}`, ...flags, "tests"]);
  return {
    passed: pure.passed + others.passed,
    failed: pure.failed + others.failed,
    skipped: pure.skipped + others.skipped,
  };
}

async function runGroup(args: readonly string[]): Promise<Counts> {
  const { success, output } = await runDeno(["test", "--frozen", ...args], { show: true });
  return countsIn(output, success);
}

/** The closing lines. */
export function closing({ passed, failed, skipped }: Counts): string {
  return `${
    skipped > 0 ? `${skipped} skipped (each says above what it needs)\n` : ""
  }${passed} passed, ${failed} failed`;
}

if (import.meta.main) {
  const flags = Deno.args.filter((arg) => arg.startsWith("-"));
  const counts = await runTests(Deno.args.filter((arg) => !arg.startsWith("-")), flags);
  console.log(closing(counts));
  if (counts.failed > 0) Deno.exit(1);
}
