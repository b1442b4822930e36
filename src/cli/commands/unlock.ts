/** `ov unlock` */
import type { Cli } from "../command.ts";
import type { Invocation } from "../invocation.ts";
import { agentText, type LimitOptions, limitsOf } from "./agent_text.ts";

/** Builds the command. */
export function build(cli: Cli) {
  return cli.leaf("unlock", "Unlock once, for the commands of a working day", [
    "ov unlock",
    "ov unlock --for 2h --idle 10m",
  ])
    .description(
      "Ask for the master password once and keep the vault open in a background program, the agent, for `ov run` and " +
        "`ov mcp`. It is consent to nothing: a command without a grant still asks. It locks after a time, when nobody " +
        "uses it, when the machine sleeps, and with `ov lock`.",
    )
    .option("--for <duration>", "lock after this time, as 30m or 8h (8h)")
    .option("--idle <duration>", "lock after this time without use (30m)")
    .action((options, command) => cli.runKept(command, (at) => unlock(at, options)));
}

/** Unlocks; the keeper asks for the password and starts the agent. */
export async function unlock(at: Invocation, options: LimitOptions): Promise<void> {
  const done = await at.keeper.call("agent.unlock", limitsOf(options, "Cannot unlock"));
  await at.done(`${done.started ? "Unlocked" : "Unlocked again"}: ${agentText(done.agent, at.io.now())}`, done);
}
