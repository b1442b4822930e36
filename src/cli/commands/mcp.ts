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
      "Serve AI agents over MCP on stdin and stdout; an agent's configuration starts it. When the agent first wants " +
        "something, a page in your browser asks for the master password; the answers that the agent's client gives to " +
        "questions then count. --authorize asks on the terminal instead, at the start; --password-file asks nobody.",
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
