/** `ov secret get` */
import type { Cli } from "../command.ts";
import type { Invocation } from "../invocation.ts";
import { parseWhole } from "../parse.ts";

/** Builds the command. */
export function build(cli: Cli) {
  return cli.leaf("get", "Print the value of a secret; asks for the master password every time", [
    "ov secret get STRIPE_SECRET_KEY",
  ])
    .description(
      "Print the value of a secret. The master password must be typed on the terminal at that moment; nothing replaces " +
        "it. A line feed is added only where stdout is a terminal; with --json, name and size go to stderr. To use a " +
        "secret without seeing it: ov run.",
    )
    .argument("<name>", "a secret that exists")
    .option("--version <number>", "an earlier version (see ov secret history)")
    .option("--no-newline", "add no line feed, on a terminal either")
    .action((name, options, command) =>
      cli.runKept(command, (at) => getSecret(at, name, options.version, options.newline))
    );
}

/** Has the keeper write the value to stdout; with `--json` its size goes to stderr. */
export async function getSecret(
  at: Invocation,
  name: string,
  version: string | undefined,
  newline: boolean,
): Promise<void> {
  const chosen = version === undefined
    ? {}
    : { version: parseWhole(version, { action: "Cannot get a secret", what: "version", min: 1, max: 999_999_999 }) };
  const done = await at.keeper.call("secret.get", { name, ...chosen, newline: newline && at.io.stdoutIsTerminal });
  const { app, env } = at.context;
  await at.resultBeside({ name, app, env, ...done });
}
