/** The MCP Inspector's command line, a third peer. */
import { runToEnd, type ServerCommand, sourceEnvironment } from "./servers.ts";

/** Runs the Inspector against a server, which it reads from a configuration like an agent's. */
export async function inspect(
  server: ServerCommand,
  args: string[],
): Promise<{ code: number; stdout: string; stderr: string }> {
  const home = await Deno.makeTempDir();
  try {
    const config = `${home}/mcp.json`;
    const { command, args: serverArgs, env, cwd } = server;
    await Deno.writeTextFile(config, JSON.stringify({ mcpServers: { ov: { command, args: serverArgs, env, cwd } } }));
    return await runToEnd({
      command: Deno.execPath(),
      // The lockfile is the project's; what drives a test from outside is pinned by its version here.
      args: [
        ...["run", "-A", "-q", "--no-lock", "--no-config", "npm:@modelcontextprotocol/inspector@2.12.0", "--cli"],
        ...["--config", config, "--server", "ov", ...args],
      ],
      cwd: home,
      env: { ...sourceEnvironment(home), MCP_INSPECTOR_SECRET_STORE: "memory" },
    });
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}
