/** A project with a vault behind it, for tests of the real `ov mcp`. */
import { join } from "node:path";
import { ovCommand, World } from "../e2e/ov.ts";
import { type LineServer, type ServerCommand, startLines } from "./servers.ts";

/** A made-up value that no line of an answer may hold. */
export const FAKE_VALUE = ["fake", "but", "long", "Zq7Kx2Wm9Tr4", "value"].join("-");

/** Prints what it was given in several ways, and proves that it was given at all. */
const SCRIPT = `
const value = process.env.STRIPE_SECRET_KEY ?? "";
console.log("length", value.length, "as is", value);
console.log("base64", Buffer.from(value).toString("base64"));
console.error("hex", Buffer.from(value).toString("hex"));
process.exit(Number(process.argv[2] ?? 0));
`;

let template: Promise<World> | undefined;

/** A world whose vault holds STRIPE_SECRET_KEY and DATABASE_URL and whose project holds `show.js`. */
export async function projectWorld(): Promise<World> {
  template ??= filledWorld();
  const world = await World.create();
  await copyVault(await template, world.ovHome);
  await world.write("show.js", SCRIPT);
  return world;
}

/** Copies a world's vault, which nobody uses, to a new folder. */
export async function copyVault(from: World, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true, mode: 0o700 });
  for await (const { name } of Deno.readDir(from.ovHome)) {
    await Deno.copyFile(join(from.ovHome, name), join(to, name));
    await Deno.chmod(join(to, name), 0o600);
  }
}

async function filledWorld(): Promise<World> {
  const world = await World.withVault();
  globalThis.addEventListener("unload", () => Deno.removeSync(world.folder, { recursive: true }));
  await setSecret(world, "STRIPE_SECRET_KEY", FAKE_VALUE);
  await setSecret(world, "DATABASE_URL", `${FAKE_VALUE}-of-the-database`);
  return world;
}

async function setSecret(world: World, name: string, value: string): Promise<void> {
  await world.json(["secret", "set", name, "--stdin"], { stdin: value });
}

/** `ov mcp` in the world's project, authorised by the password file unless told otherwise. */
export function mcpCommand(world: World, options: { authorized?: boolean } = {}): ServerCommand {
  const [command, ...args] = ovCommand();
  const password = options.authorized === false ? [] : ["--password-file", world.passwordFile];
  return { command, args: [...args, ...password, "mcp"], cwd: world.project, env: world.environment() };
}

/** A running `ov mcp`, ended and checked when the test is done with it. */
export interface RunningMcp extends LineServer, AsyncDisposable {}

/**
 * Starts `ov mcp`. At the end: it must exit 0 when its input closes, say nothing on stderr, and have written nothing
 * but messages, none of which holds the value.
 */
export function startMcp(world: World, options: { authorized?: boolean } = {}): RunningMcp {
  const server = startLines(mcpCommand(world, options));
  return {
    ...server,
    async [Symbol.asyncDispose]() {
      await server.client.close();
      const { code } = await server.process.status;
      await server.client.ended;
      const stderr = await server.stderr;
      if (code !== 0 || stderr !== "") throw new Error(`ov mcp ended with ${code}: ${stderr}`);
      for (const line of server.client.lines) {
        if (JSON.parse(line).jsonrpc !== "2.0") throw new Error("ov mcp wrote a line that is no message");
        if (holdsValue(line)) throw new Error(`ov mcp wrote the value: ${line}`);
      }
    },
  };
}

/** Whether text holds the fake value, as it is or in a simple encoding. */
export function holdsValue(text: string): boolean {
  const bytes = new TextEncoder().encode(FAKE_VALUE);
  return [FAKE_VALUE, bytes.toBase64().slice(0, -4), bytes.toHex()].some((form) => text.includes(form));
}
