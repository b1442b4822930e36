/** `ov help [command...]` */
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "../command.ts";
import { usageError } from "../parse.ts";
import { printable } from "../text.ts";

/** Builds the command. */
export function build(cli: Cli) {
  return cli.leaf("help", "Show help for a command", ["ov help secret set"])
    .argument("[command...]", "the command, as it would be written")
    .action((words, _options, command) => cli.run(command, async (at) => await at.io.out(await helpFor(cli, words))));
}

/** The help of the command that `words` name; without words, the overview. */
async function helpFor(cli: Cli, words: readonly string[]): Promise<string> {
  // Loaded here, because the program itself loads this file.
  const { buildProgram, overview } = await import("../program.ts");
  const program: CommandUnknownOpts = await buildProgram(cli, "all");
  if (words.length === 0) return overview(cli);
  let found = program;
  for (const word of words) {
    const next = found.commands.find((command) => command.name() === word);
    if (next === undefined) {
      throw usageError(`Cannot show help: no command "${printable(words.join(" "))}"`, "See all with `ov help`.");
    }
    found = next;
  }
  cli.help = "";
  found.outputHelp();
  return cli.help;
}
