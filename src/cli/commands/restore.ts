/** `ov restore` */
import type { Cli } from "../command.ts";
import type { Invocation } from "../invocation.ts";
import { count, printable } from "../text.ts";

interface RestoreOptions {
  readonly force?: true | undefined;
  readonly sheet?: true | undefined;
}

/** Builds the command. */
export function build(cli: Cli) {
  return cli.leaf("restore", "Put a backup in the place of the vault; asks for its password", [
    "ov restore ov-2026-03-01.vault",
    "ov restore ov-2026-03-01.vault --force",
  ])
    .description(
      "Open everything in a backup with the master password of that time, typed on the terminal, and only then put it " +
        "in the place of the vault. A vault that is there is replaced with --force alone, and is kept beside it. Grants, " +
        "policies and machine keys come back as they were then, too.",
    )
    .argument("<file>", "written by ov backup")
    .option("--force", "also where there is a vault")
    .option("--sheet", "ask for the code of its emergency sheet in place of the password")
    .action((file, options, command) => cli.runKept(command, (at) => restore(at, file, options)));
}

/** Restores; the keeper asks for the password. */
export async function restore(at: Invocation, file: string, options: RestoreOptions): Promise<void> {
  const sheet = options.sheet === true ? { sheet: true } : {};
  const done = await at.keeper.call("restore", { file, force: options.force === true, ...sheet });
  const lines = [
    `Restored the vault at ${printable(done.folder)}: ${count(done.secrets, "secret")} in ` +
    `${count(done.envs, "environment")}.`,
    ...done.kept === null ? [] : [`The one that was there is ${printable(done.kept)}.`],
  ];
  await at.done(`${lines.join("\n")}\n`, done);
  if (done.kept !== null) await at.remark("Lock an agent that is unlocked (ov lock): it holds keys from before.\n");
}
