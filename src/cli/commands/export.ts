/** `ov export` */
import { Option } from "@commander-js/extra-typings";
import type { Cli } from "../command.ts";
import type { Invocation } from "../invocation.ts";
import { parseNames, usageError } from "../parse.ts";
import { count, printable } from "../text.ts";

interface ExportOptions {
  readonly plain?: true | undefined;
  readonly format: "dotenv" | "json";
  readonly output?: string | undefined;
  readonly only?: string | undefined;
}

/** Builds the command. */
export function build(cli: Cli) {
  return cli.leaf("export", "Write secrets out as plaintext", ["ov export --plain --format dotenv --output .dev.vars"])
    .description(
      "Write secrets out as plaintext, to stdout or to a new private file. The master password must be typed on the " +
        "terminal at that moment; nothing replaces it.",
    )
    .option("--plain", "yes, as plaintext (needed)")
    .addOption(
      new Option("--format <format>", "how to write them").choices(["dotenv", "json"] as const).default(
        "dotenv" as const,
      ),
    )
    .option("--output <file>", "write a new file of mode 0600 instead of stdout")
    .option("--only <names>", "only these, as A,B")
    .action((options, command) => cli.runKept(command, (at) => exportSecrets(at, options)));
}

/** Has the keeper write the values; the document of `--json` goes to stderr where the values go to stdout. */
export async function exportSecrets(at: Invocation, options: ExportOptions): Promise<void> {
  if (!options.plain) {
    throw usageError(
      "Cannot export: what is written would be readable by everyone who can read it",
      "Add --plain if that is meant; to use secrets without writing them out: ov run.",
    );
  }
  const only = options.only === undefined ? null : parseNames(options.only, "Cannot export");
  const output = options.output ?? null;
  const done = await at.keeper.call("export", { format: options.format, output, only });
  if (done.output === null) {
    await at.resultBeside(done);
    return;
  }
  await at.done(`Wrote ${count(done.names.length, "secret")} to ${printable(done.output)} as plaintext.\n`, done);
}
