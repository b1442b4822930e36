/**
 * `ov mcp`: the vault's tools for a coding agent, over the Model Context Protocol on stdio (DESIGN §7).
 *
 * Everything here runs in the front, with no permission at all, beside npm packages: it never meets a value, a key or a
 * password, decides nothing, and asks the keeper for everything. It writes nothing but protocol messages to stdout and
 * nothing to the console, and no error repeats what came in. Called by `cli/`; may import base, detect and the keeper's
 * client.
 */
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import type { Keeper } from "../keeper/client.ts";
import { createServer } from "./server.ts";
import { McpSession } from "./session.ts";
import { StdioTransport } from "./transport.ts";

/**
 * Serves one client on stdin and stdout.
 *
 * One factory answers both eras of the protocol: clients of 2025-11-25 and before, and of 2026-07-28.
 *
 * @param keeper every tool is a call of its `mcp.*` operations
 * @param options `version`: what the server calls itself; `authorize`: have the keeper ask for the password on the
 *   terminal, so that this connection's answers count as consent (DESIGN §4)
 * @returns when stdin has been closed and the last command that was running has ended
 */
export async function serveMcp(keeper: Keeper, options: { version: string; authorize: boolean }): Promise<void> {
  const session = new McpSession(keeper, { authorize: options.authorize });
  session.open();
  const transport = new StdioTransport(Deno.stdin.readable, Deno.stdout.writable);
  serveStdio(({ era }) => createServer(session, { era, version: options.version }), { transport });
  await transport.closed;
  await session.settled();
}
