/**
 * `ov`. The commands of a case run as an agent runs them, through `vault_run`, in an environment whose policy is *open*: all
 * that is in the attacker's way is the mask. Where output is not text, `ov run` runs them.
 *
 * Cases that begin with something that a person has allowed run in an environment whose policy is *ask*, over a connection
 * whose person answers "always" to that and no to everything else.
 */
import { join } from "node:path";
import { ovCommand, TYPE_PASSWORD, World } from "../../e2e/ov.ts";
import { type Json, toolErrorOf } from "../../mcp/line_client.ts";
import { type LineServer, startLines } from "../../mcp/servers.ts";
import { latin1, type Output } from "../decode.ts";
import { attackersEnvironment, type Placed, plainEnvironment, spawn, type Tool } from "./tool.ts";

const APP = "leaks";

export class Ov implements Tool {
  readonly name = "ov";
  readonly version: string;
  readonly #world: World;
  readonly #connections = new Map<string, Promise<LineServer>>();
  /** Tells the connection's person what to answer to the next question. */
  #saysYes = false;

  private constructor(world: World, version: string) {
    this.#world = world;
    this.version = version;
  }

  static async start(): Promise<Ov> {
    const world = await World.withVault();
    const { stdout } = await world.ov(["--version"]);
    return new Ov(world, stdout.trim().replace(/^ov /, ""));
  }

  async prepare(placed: readonly Placed[]): Promise<void> {
    for (const env of ["open", "ask"]) {
      const secrets = placed.filter((at) => envOf(at) === env).map(({ name, value }) => [name, value]);
      if (secrets.length === 0) continue;
      const file = await this.#world.write("secrets.json", JSON.stringify(Object.fromEntries(secrets)));
      const how = ["--format", "json", "--all", "--yes", "--no-rewrite", "--no-project-file"];
      await this.#world.json(["--app", APP, "--env", env, "import", file, ...how]);
      await Deno.remove(file);
    }
    await this.#world.terminal(["--app", APP, "--env", "open", "policy", "set", "open"], [TYPE_PASSWORD]);
  }

  async allow(at: Placed, argv: readonly string[]): Promise<void> {
    const { client } = await this.#connection(at, {});
    this.#saysYes = true;
    const result = await client.tool("vault_run", { command: argv, secrets: [at.name], work_dir: at.folder });
    this.#saysYes = false;
    if (result.isError) throw new Error(`${at.name} could not be allowed: ${toolErrorOf(result).message}`);
  }

  async run(at: Placed, argv: readonly string[], bare: boolean): Promise<Output> {
    if (at.case.binary) return await this.#run(at, argv);
    const { client } = await this.#connection(at, attackersEnvironment(at));
    const started = performance.now();
    const result = await client.tool("vault_run", {
      command: argv,
      secrets: bare ? [] : [at.name],
      work_dir: at.folder,
    });
    const ms = performance.now() - started;
    if (result.isError) return { stdout: "", stderr: JSON.stringify(toolErrorOf(result)), code: 255, ms };
    const { stdout, stderr, exit_code } = result.structuredContent;
    return { stdout: bytes(stdout), stderr: bytes(stderr), code: exit_code, ms };
  }

  async #run(at: Placed, argv: readonly string[]): Promise<Output> {
    const context = ["--app", APP, "--env", envOf(at), "--password-file", this.#world.passwordFile];
    const line = [...ovCommand(), ...context, "run", "--secrets", at.name, "--", ...argv];
    return await spawn(line, { cwd: at.folder, env: await this.#environment() });
  }

  /** The one connection for an env and what the attacker has put into the environment of `ov mcp`. */
  #connection(at: Placed, extra: Record<string, string>): Promise<LineServer> {
    const env = envOf(at);
    const key = JSON.stringify([env, extra]);
    let connection = this.#connections.get(key);
    if (connection === undefined) this.#connections.set(key, connection = this.#connect(env, extra));
    return connection;
  }

  async #connect(env: string, extra: Record<string, string>): Promise<LineServer> {
    const [command, ...args] = ovCommand();
    const server = startLines({
      command,
      args: [...args, "--app", APP, "--env", env, "--password-file", this.#world.passwordFile, "mcp"],
      cwd: this.#world.project,
      env: { ...await this.#environment(), ...extra },
    });
    server.client.onRequest = (): Json =>
      this.#saysYes ? { action: "accept", content: { decision: "always" } } : { action: "decline" };
    await server.client.initialize({ elicitation: { form: {} } });
    return server;
  }

  async #environment(): Promise<Record<string, string>> {
    return { ...this.#world.environment(), ...await plainEnvironment(join(this.#world.folder, "home")) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#connections.values()) {
      const { client, process, stderr } = await connection;
      await client.close();
      await process.status;
      await stderr;
      await client.ended;
    }
    await this.#world[Symbol.asyncDispose]();
  }
}

function envOf(at: Placed): "open" | "ask" {
  return at.case.granted === undefined ? "open" : "ask";
}

function bytes(text: string): string {
  return latin1(new TextEncoder().encode(text));
}
