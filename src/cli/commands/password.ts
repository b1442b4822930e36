/** `ov password change` */
import type { Cli } from "../command.ts";
import type { Invocation } from "../invocation.ts";
import { printable } from "../text.ts";

/** Builds the group. */
export function build(cli: Cli) {
  return cli.group("password", "Change the master password", [
    cli.leaf("change", "Change the master password; asks for the old one", ["ov password change"])
      .description(
        "Change the master password, which is typed once as it is and twice as it shall be, always on the terminal. " +
          "Secrets, grants and machine keys stay as they are. A copy of the vault from before still opens with the old " +
          "password.",
      )
      .action((_options, command) => cli.runKept(command, changePassword)),
  ]);
}

/** Changes it; the keeper reads both passwords. */
export async function changePassword(at: Invocation): Promise<void> {
  const done = await at.keeper.call("password.change", {});
  const { strength } = done;
  await at.done(
    `Changed the master password.\n${strength === null ? "" : `Password: ${printable(strength.words)}\n`}`,
    done,
  );
  if (done.passwordFile) await at.warn("The password file that you named holds the old one.");
  await at.remark("Backups from before open with the old password; an agent that is unlocked stays so (ov lock).\n");
}
