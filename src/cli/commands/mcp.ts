/** `ov mcp` */
import type { Cli } from "../command.ts";
import type { Invocation } from "../invocation.ts";

/** Builds the command. */
export function build(cli: Cli) {
  return cli.leaf("mcp", "Serve AI agents over MCP on stdin and stdout", [
    "ov mcp",
    "claude mcp add ov -- ov mcp",
  ])
    .description(
      "Serve AI agents over MCP on stdin and stdout; an agent's configuration starts it. With --authorize the master " +
        "password is asked for on the terminal at the start, and the answers that the agent's client gives to " +
        "questions then count; --password-file does the same.",
    )
    .option("--authorize", "unlock and authorise this connection with the master password, typed on the terminal")
    .action((options, command) => cli.runKept(command, (at) => mcp(at, options.authorize === true)));
}

/** Serves until stdin closes. */
export async function mcp(at: Invocation, authorize: boolean): Promise<void> {
  // Loaded when it is used: the help of this command needs none of it.
  const { serveMcp } = await import("../../mcp/mod.ts");
  await serveMcp(at.keeper, { version: at.version, authorize });
}
