/** `ov init` */
import type { Cli } from "../command.ts";
import type { Invocation } from "../invocation.ts";
import { printable } from "../text.ts";

/** Builds the command. */
export function build(cli: Cli) {
  return cli.leaf("init", "Make a vault on this machine", ["ov init"])
    .description(
      "Make a vault on this machine, encrypted with a master password that is typed twice, with the app and env " +
        "default/development in it. There is no way to recover a forgotten password.",
    )
    .action((_options, command) => cli.runKept(command, init));
}

/** Makes the vault; the keeper reads the password. */
export async function init(at: Invocation): Promise<void> {
  const { folder, strength } = await at.keeper.call("init", {});
  const lines = [`Created a vault in ${printable(folder)} with default/development in it.`];
  if (strength !== null) lines.push(`Password: ${printable(strength.words)}`);
  lines.push("", "Next, in a project:", "  ov import .dev.vars       move its secrets into the vault", "");
  await at.done(lines.join("\n"), { folder, strength });
}
