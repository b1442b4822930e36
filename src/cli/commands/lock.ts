/** `ov lock` */
import type { Cli } from "../command.ts";
import type { Invocation } from "../invocation.ts";

/** Builds the command. */
export function build(cli: Cli) {
  return cli.leaf("lock", "Make the agent forget its keys", ["ov lock"])
    .description(
      "Make the agent forget its keys at once. Commands that run already go on; the next one asks for the password. " +
        "A key that `ov unlock --remember` put into the keyring stays there: ov unlock --forget",
    )
    .action((_options, command) => cli.runKept(command, lock));
}

/** Locks. */
export async function lock(at: Invocation): Promise<void> {
  const done = await at.keeper.call("agent.lock", {});
  await at.done(done.was === "unlocked" ? "Locked.\n" : "Nothing to lock: no agent has the vault open.\n", done);
}
