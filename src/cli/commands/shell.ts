/** `ov shell` */
import type { Cli } from "../command.ts";
import type { Invocation } from "../invocation.ts";
import { parseNames } from "../parse.ts";

/** Builds the command. */
export function build(cli: Cli) {
  return cli.leaf("shell", "Open a sub-shell with secrets; asks for the master password", [
    "ov shell --secrets DATABASE_URL",
  ])
    .description(
      "Open your shell with secrets in its environment. This gives up what `ov run` is for: every program started in " +
        "it can read the values, and no command is asked about. The master password must be typed on the terminal. " +
        "What the terminal shows is masked.",
    )
    .option("--secrets <names>", "secrets that the shell gets, as A,B; else those of .ov.yaml")
    .action((options, command) => cli.runKept(command, (at) => shell(at, options.secrets)));
}

/** Runs the shell. */
export async function shell(at: Invocation, secrets: string | undefined): Promise<number> {
  const end = await at.keeper.call("shell", {
    secrets: secrets === undefined ? null : parseNames(secrets, "Cannot open a shell"),
  });
  await at.resultBeside(end);
  return end.exitCode;
}
