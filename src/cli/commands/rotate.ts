/** `ov rotate` */
import type { Cli } from "../command.ts";
import type { Invocation } from "../invocation.ts";
import { count, printable } from "../text.ts";

interface RotateOptions {
  readonly all?: true | undefined;
  readonly dropMachineKeys?: true | undefined;
}

/** Builds the command. */
export function build(cli: Cli) {
  return cli.leaf("rotate", "Make new keys for an environment; asks for the master password", [
    "ov rotate --env production",
    "ov rotate --all --drop-machine-keys",
  ])
    .description(
      "Make a new key for the environment and wrap the key of every secret with it, as one change. Values stay as they " +
        "are, and machine keys good unless they are dropped. Who copied the vault or a bundle before, and has a key to " +
        "it, can read that copy still: change the values themselves where that may have happened.",
    )
    .option("--all", "every environment of every app, all or none")
    .option("--drop-machine-keys", "let no machine key stay good")
    .action((options, command) => cli.runKept(command, (at) => rotate(at, options)));
}

/** Rotates; the keeper asks for the password. */
export async function rotate(at: Invocation, options: RotateOptions): Promise<void> {
  const done = await at.keeper.call("rotate", {
    all: options.all === true,
    dropMachineKeys: options.dropMachineKeys === true,
  });
  const lines = done.rotated.map(({ app, env, secrets, machineKeys }) =>
    `Rotated ${printable(app)}/${printable(env)}: ${count(secrets, "secret")}, ` +
    `${count(machineKeys, "machine key stays good", "machine keys stay good")}.\n`
  );
  await at.done(lines.join(""), done);
}
