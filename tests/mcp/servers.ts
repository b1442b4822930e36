/** How tests start a server as a process. */
import { fileURLToPath } from "node:url";
import type { FakeOptions } from "./fake_keeper.ts";
import { LineClient } from "./line_client.ts";

/** A command line with everything that it is started with. */
export interface ServerCommand {
  readonly command: string;
  readonly args: string[];
  readonly cwd: string;
  /** The whole environment. */
  readonly env: Record<string, string>;
}

/** Where the runtime finds the modules that it has loaded before; a program that runs from source needs it. */
const DENO_DIR: string = await denoDir();

/**
 * What a client can be counted on to pass (2025-11-25, DESIGN §7), and nothing else.
 * @param home the user's home
 */
export function bareEnvironment(home: string): Record<string, string> {
  return {
    HOME: home,
    LOGNAME: "dev",
    PATH: Deno.env.get("PATH") ?? "/usr/bin:/bin",
    SHELL: "/bin/sh",
    TERM: "dumb",
    USER: "dev",
  };
}

/** The same with the runtime's own variable, for a server that runs from source. */
export function sourceEnvironment(home: string): Record<string, string> {
  return { ...bareEnvironment(home), DENO_DIR };
}

/** `serveMcp` around the fake keeper, in a process without any permission. */
export function fakeServer(options: FakeOptions = {}): ServerCommand {
  const module = fileURLToPath(new URL("./fake_server.ts", import.meta.url));
  const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
  return {
    command: Deno.execPath(),
    args: ["run", "-q", "--no-check", "--no-prompt", "--config", config, module, JSON.stringify(options)],
    cwd: Deno.cwd(),
    env: sourceEnvironment("/nonexistent"),
  };
}

/** A running server with a client of lines at its other end. */
export interface LineServer {
  readonly client: LineClient;
  readonly process: Deno.ChildProcess;
  /** What it writes to stderr, once it has ended. */
  readonly stderr: Promise<string>;
}

/** Starts a server. */
export function startLines(server: ServerCommand): LineServer {
  const process = new Deno.Command(server.command, {
    args: server.args,
    cwd: server.cwd,
    env: server.env,
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  return {
    client: new LineClient(process.stdin, process.stdout),
    process,
    stderr: new Response(process.stderr).text(),
  };
}

/** Runs a command to its end. */
export async function runToEnd(
  server: ServerCommand,
  input = "",
): Promise<{ code: number; stdout: string; stderr: string }> {
  const process = new Deno.Command(server.command, {
    args: server.args,
    cwd: server.cwd,
    env: server.env,
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = process.stdin.getWriter();
  // A command that ends without reading its input is no failure of the test's.
  await writer.write(new TextEncoder().encode(input)).catch(() => {});
  await writer.close().catch(() => {});
  const { code, stdout, stderr } = await process.output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

async function denoDir(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"], stderr: "null" }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}
