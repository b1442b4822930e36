/** `ov init` */
import type { Cli } from "../command.ts";
import type { Invocation } from "../invocation.ts";
import { printable } from "../text.ts";

/** Builds the command. */
export function build(cli: Cli) {
  return cli.leaf("init", "Make a vault on this machine", ["ov init", "ov init --emergency-sheet"])
    .description(
      "Make a vault on this machine, encrypted with a master password that is typed twice, with the app and env " +
        "default/development in it. A forgotten password is recovered by an emergency sheet, and by nothing else: a code " +
        "that is shown once, on the terminal, for you to write down. `ov password sheet` makes one later.",
    )
    .option("--emergency-sheet", "show an emergency sheet as well")
    .action((options, command) => cli.runKept(command, (at) => init(at, options.emergencySheet === true)));
}

/** Makes the vault; the keeper reads the password, and shows the sheet. */
export async function init(at: Invocation, emergencySheet: boolean): Promise<void> {
  const done = await at.keeper.call("init", emergencySheet ? { emergencySheet } : {});
  const { folder, strength, sheet } = done;
  const lines = [`Created a vault in ${printable(folder)} with default/development in it.`];
  if (strength !== null) lines.push(`Password: ${printable(strength.words)}`);
  if (sheet === true) lines.push("The emergency sheet is good: `ov password reset` asks for its code.");
  if (sheet === false) lines.push("No emergency sheet was made: `ov password sheet` makes one.");
  lines.push("", "Next, in a project:", "  ov import .dev.vars       move its secrets into the vault", "");
  await at.done(lines.join("\n"), { sheet: false, ...done });
}
