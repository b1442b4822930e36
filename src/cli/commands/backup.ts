/** `ov backup` */
import type { Cli } from "../command.ts";
import type { Invocation } from "../invocation.ts";
import { count, printable, size } from "../text.ts";

/** Builds the command. */
export function build(cli: Cli) {
  return cli.leaf("backup", "Write a sealed copy of the vault, and open it as a proof", [
    "ov backup ov-2026-03-01.vault",
  ])
    .description(
      "Write the whole vault, sealed as it is, into one new file, read that file back and open everything in it. It " +
        "opens with the master password of now, whatever the password is changed to later. The password may come " +
        "from --password-file.",
    )
    .argument("<file>", "a new file")
    .action((file, _options, command) => cli.runKept(command, (at) => backup(at, file)));
}

/** Backs up; the keeper writes the file. */
export async function backup(at: Invocation, file: string): Promise<void> {
  const done = await at.keeper.call("backup", { output: file });
  await at.done(
    `Wrote ${printable(done.output)} (${size(done.sizeBytes)}), and opened all of it: ` +
      `${count(done.secrets, "secret")} in ${count(done.envs, "environment")}.\n`,
    done,
  );
}
