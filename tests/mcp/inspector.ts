/**
 * The MCP Inspector's command line, a third peer. npm installs it, as every peer: Deno's own resolver gives up where a
 * registry lacks one of its optional dependencies, and its process would need the way to the registry in its environment.
 */
import { join } from "node:path";
import { peer, PEER_NODE, peerNode } from "../peers.ts";
import { bareEnvironment, runToEnd, type ServerCommand } from "./servers.ts";

/** What the package calls its program. */
const ENTRY = "node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js";

/** Runs the Inspector against a server, which it reads from a configuration like an agent's. */
export async function inspect(
  server: ServerCommand,
  args: string[],
): Promise<{ code: number; stdout: string; stderr: string }> {
  const folder = await peer({ "@modelcontextprotocol/inspector": "2.12.0", node: PEER_NODE });
  const home = await Deno.makeTempDir();
  try {
    const config = `${home}/mcp.json`;
    const { command, args: serverArgs, env, cwd } = server;
    await Deno.writeTextFile(config, JSON.stringify({ mcpServers: { ov: { command, args: serverArgs, env, cwd } } }));
    return await runToEnd({
      command: peerNode(folder),
      args: [join(folder, ENTRY), "--cli", "--config", config, "--server", "ov", ...args],
      cwd: home,
      env: { ...bareEnvironment(home), MCP_INSPECTOR_SECRET_STORE: "memory" },
    });
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}
