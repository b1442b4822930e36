/** `ov run` */
import { OvError } from "../../base/mod.ts";
import type { Cli } from "../command.ts";
import type { Invocation } from "../invocation.ts";
import { parseDurationMs, parseNames, usageError } from "../parse.ts";

interface RunOptions {
  readonly secrets?: string | undefined;
  readonly raw?: true | undefined;
  readonly timeout?: string | undefined;
  readonly remember?: true | undefined;
  readonly machineKey?: string | undefined;
  readonly bundle?: string | undefined;
}

/** What a timer holds: 2^31 - 1 milliseconds. */
const LONGEST = { ms: 24 * 86_400_000, words: "24d" };

/** As many as the keeper takes. */
const MAX_ARGUMENTS = 65_536;

/** Builds the command. */
export function build(cli: Cli) {
  return cli.leaf("run", "Run a command with secrets, its output masked", [
    "ov run -- npm test",
    "ov run --secrets STRIPE_SECRET_KEY -- node scripts/test-stripe-webhook.js",
    "ov run --bundle .ov/ci.bundle --machine-key ci.key --secrets API_KEY -- npm test",
  ])
    .description(
      "Run a command with secrets in its environment and every trace of them masked in its output. Without --secrets " +
        "it gets those that .ov.yaml names. Options of ov stand before the command; what follows it is the command's " +
        "own. The exit status is the command's: 128+n when signal n ended it, 127 when it was not found, 126 when it " +
        "cannot be executed, 125 when it failed to start otherwise; what ov refuses before has the statuses that " +
        "`ov help` lists.",
    )
    .usage("[options] [--] <command> [argument...]")
    .argument("[command...]", "program and arguments; no shell is involved")
    .option("--secrets <names>", "secrets that the command gets, as A,B")
    .option("--timeout <duration>", "end it after this time, as 30s, 5m or 2h")
    .option("--raw", "do not mask; asks for the master password every time")
    .option("--remember", "allow exactly this from now on; asks for the master password")
    .option("--machine-key <file>", "open the environment with this key (else OV_MACHINE_KEY_FILE, OV_MACHINE_KEY)")
    .option("--bundle <file>", "take the secrets from this bundle; needs a machine key, and no vault")
    .passThroughOptions()
    .action((argv, options, command) => cli.runKept(command, (at) => run(at, argv, options)));
}

/** Runs the command; the keeper starts it, masks its output and forwards signals. */
export async function run(at: Invocation, argv: readonly string[], options: RunOptions): Promise<number> {
  if (argv.length === 0 || argv[0] === "") {
    throw new OvError("usage/invalid", "Cannot run: no command was given", {
      hint: "Write it behind two hyphens: ov run -- npm test",
    });
  }
  if (argv.length > MAX_ARGUMENTS) {
    throw usageError(`Cannot run: the command has over ${MAX_ARGUMENTS} arguments`, "Use several runs, as xargs does.");
  }
  const end = await at.keeper.call("run", {
    argv,
    secrets: options.secrets === undefined ? null : parseNames(options.secrets, "Cannot run"),
    raw: options.raw === true,
    timeoutMs: options.timeout === undefined ? null : parseDurationMs(options.timeout, "Cannot run", LONGEST),
    ...(options.remember === true ? { remember: true } : {}),
    ...(options.machineKey === undefined ? {} : { machineKey: options.machineKey }),
    ...(options.bundle === undefined ? {} : { bundle: options.bundle }),
  });
  if (end.timedOut) await at.remark(`ov: Run: timed out after ${options.timeout}\n`);
  await at.resultBeside(end);
  return end.exitCode;
}
