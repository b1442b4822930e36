/** `ov mcp` with a stand-in for the user's browser, which only writes down what it is told to open. */
import { join } from "node:path";
import { PASSWORD, type World } from "../e2e/ov.ts";
import { mcpCommand, projectWorld } from "../mcp/ov_world.ts";
import type { LineClient } from "../mcp/line_client.ts";
import { startLines } from "../mcp/servers.ts";

/** A world, a running `ov mcp` in it that nobody has authorised, and the addresses that it had opened. */
export class PageWorld implements AsyncDisposable {
  readonly world: World;
  readonly client: LineClient;
  readonly #process: Deno.ChildProcess;
  readonly #stderr: Promise<string>;
  readonly #folder: string;
  #seen = 0;
  #killed = false;

  private constructor(world: World, folder: string, env: Record<string, string>) {
    this.world = world;
    this.#folder = folder;
    const command = mcpCommand(world, { authorized: false });
    const server = startLines({ ...command, env: { ...command.env, ...env } });
    this.client = server.client;
    this.#process = server.process;
    this.#stderr = server.stderr;
  }

  static async start(o: { browser?: boolean; world?: World } = {}): Promise<PageWorld> {
    const world = o.world ?? await projectWorld();
    const folder = join(world.folder, "opened");
    await Deno.mkdir(folder, { recursive: true });
    const browser = join(world.folder, "browser");
    await Deno.writeTextFile(browser, `#!/bin/sh\necho "$1" > "${folder}/.$$" && mv "${folder}/.$$" "${folder}/$$"\n`, {
      mode: 0o755,
    });
    return new PageWorld(world, folder, o.browser === false ? {} : { BROWSER: browser });
  }

  /** Waits until the browser was told to open one more address; `from`: how many there were before. */
  async opened(from: number = this.#seen): Promise<string> {
    this.#seen = from;
    for (let i = 0; i < 1500; i++) {
      const files = [...Deno.readDirSync(this.#folder)].filter(({ name }) => !name.startsWith("."))
        .map(({ name }) => ({ path: join(this.#folder, name), at: Deno.statSync(join(this.#folder, name)).mtime! }))
        .sort((a, b) => a.at.getTime() - b.at.getTime());
      const next = files[this.#seen];
      if (next !== undefined) {
        this.#seen++;
        return (await Deno.readTextFile(next.path)).trim();
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`ov mcp opened nothing; it said:\n${this.client.lines.join("\n")}`);
  }

  /** How many addresses were opened so far. */
  get openedCount(): number {
    return [...Deno.readDirSync(this.#folder)].filter(({ name }) => !name.startsWith(".")).length;
  }

  /** Ends `ov mcp` at once, and does not ask how. */
  async kill(): Promise<void> {
    this.#killed = true;
    this.#process.kill("SIGKILL");
    await this.#process.status;
  }

  /** Ends `ov mcp`, as its client does. */
  async end(): Promise<{ code: number; stderr: string }> {
    await this.client.close();
    const { code } = await this.#process.status;
    await this.client.ended;
    return { code, stderr: await this.#stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { code, stderr } = await this.end();
    await this.world[Symbol.asyncDispose]();
    if (!this.#killed && (code !== 0 || stderr !== "")) throw new Error(`ov mcp ended with ${code}: ${stderr}`);
  }
}

export { PASSWORD };
