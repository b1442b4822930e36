/** `ov unlock` */
import type { Cli } from "../command.ts";
import type { Invocation } from "../invocation.ts";
import { usageError } from "../parse.ts";
import { agentText, type LimitOptions, limitsOf } from "./agent_text.ts";

/** Builds the command. */
export function build(cli: Cli) {
  return cli.leaf("unlock", "Unlock once, for the commands of a working day", [
    "ov unlock",
    "ov unlock --for 2h --idle 10m",
    "ov unlock --remember",
  ])
    .description(
      "Ask for the master password once and keep the vault open in a background program, the agent, for `ov run` and " +
        "`ov mcp`. It is consent to nothing: a command without a grant still asks. It locks after a time, when nobody " +
        "uses it, when the machine sleeps, and with `ov lock`. With --remember, a key in this user's keyring (Keychain, " +
        "Secret Service) unlocks from then on without the password. Any program that runs as you can take it from there and " +
        "read every value: not for a machine where an agent runs as you.",
    )
    .option("--for <duration>", "lock after this time, as 30m or 8h (8h)")
    .option("--idle <duration>", "lock after this time without use (30m)")
    .option("--remember", "keep a key in the keyring that unlocks from now on")
    .option("--forget", "make that key useless, and unlock nothing")
    .action((options, command) =>
      cli.runKept(command, (at) => options.forget === true ? forget(at, options) : unlock(at, options))
    );
}

interface UnlockOptions extends LimitOptions {
  readonly remember?: true | undefined;
  readonly forget?: true | undefined;
}

/** Unlocks; the keeper asks for the password, or the keyring for its key, and starts the agent. */
export async function unlock(at: Invocation, options: UnlockOptions): Promise<void> {
  const remember = options.remember === true ? { remember: true } : {};
  const done = await at.keeper.call("agent.unlock", { ...limitsOf(options, "Cannot unlock"), ...remember });
  const how = `${done.started ? "Unlocked" : "Unlocked again"}${done.byKeyring === true ? " by the keyring" : ""}`;
  await at.done(`${how}: ${agentText(done.agent, at.io.now())}`, {
    remembered: false,
    byKeyring: false,
    ...done,
  });
  if (done.remembered === true) {
    await at.remark("From now on `ov unlock` asks the keyring, not you. Take it back: ov unlock --forget\n");
  }
}

/** Forgets what was remembered. */
async function forget(at: Invocation, options: UnlockOptions): Promise<void> {
  if (options.remember === true || options.for !== undefined || options.idle !== undefined) {
    throw usageError("Cannot forget: --forget stands alone", "Write ov unlock --forget");
  }
  const done = await at.keeper.call("agent.forget", {});
  const text = done.revoked
    ? "Forgotten: the key in the keyring opens nothing now.\n"
    : "Nothing to forget: no unlock key of this vault was remembered.\n";
  await at.done(text, done);
  if (done.revoked && done.keyring !== true) {
    await at.warn(
      done.keyring === null ? "The keyring could not be asked; what it has is useless." : "This keyring had none.",
    );
  }
}
