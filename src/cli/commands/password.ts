/** `ov password change|sheet|reset` */
import type { Cli } from "../command.ts";
import type { Invocation } from "../invocation.ts";
import { printable } from "../text.ts";

/** Builds the group. */
export function build(cli: Cli) {
  return cli.group("password", "Change the master password, or recover it by an emergency sheet", [
    cli.leaf("change", "Change the master password; asks for the old one", ["ov password change"])
      .description(
        "Change the master password, which is typed once as it is and twice as it shall be, always on the terminal. " +
          "Secrets, grants and machine keys stay as they are. A copy of the vault from before still opens with the old " +
          "password.",
      )
      .action((_options, command) => cli.runKept(command, changePassword)),
    cli.leaf("sheet", "Show a new emergency sheet; asks for the master password", [
      "ov password sheet",
      "ov password sheet --revoke",
    ])
      .description(
        "Show a code that opens the vault when the master password is forgotten: once, on the terminal, for you to write " +
          "down. It is as good as the password. The sheet from before becomes useless. A copy of the vault from before " +
          "still opens with the sheet of that time.",
      )
      .option("--revoke", "make the sheet useless and show no new one")
      .action((options, command) => cli.runKept(command, (at) => sheet(at, options.revoke === true))),
    cli.leaf("reset", "Set a new master password by the emergency sheet", ["ov password reset"])
      .description(
        "Set a new master password where the old one is forgotten. The code of the emergency sheet is typed once and the new " +
          "password twice, always on the terminal. The sheet stays good.",
      )
      .action((_options, command) => cli.runKept(command, resetPassword)),
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

const SHEET = {
  made: "The emergency sheet is good: `ov password reset` asks for its code.\n",
  replaced: "The emergency sheet is good, and the one before is useless.\n",
  declined: "Nothing was changed: the code that was shown is useless.\n",
  revoked: "The emergency sheet is useless now: only the master password opens the vault.\n",
} as const;

/** Shows a sheet, or makes it useless; the keeper shows the code itself. */
export async function sheet(at: Invocation, revoke: boolean): Promise<void> {
  const done = await at.keeper.call("password.sheet", { revoke });
  await at.done(SHEET[done.sheet], done);
  if (done.sheet === "replaced" || done.sheet === "revoked") {
    await at.remark("Backups from before still open with the sheet of that time.\n");
  }
}

/** Sets a new password; the keeper reads the code and both passwords. */
export async function resetPassword(at: Invocation): Promise<void> {
  const done = await at.keeper.call("password.reset", {});
  const { strength } = done;
  await at.done(
    `Set a new master password.\n${strength === null ? "" : `Password: ${printable(strength.words)}\n`}`,
    done,
  );
  if (done.passwordFile) await at.warn("The password file that you named holds another one.");
  await at.remark("The emergency sheet stays good. Backups from before open with the old password.\n");
}
