/**
 * `ov`. The commands of a case run as an agent runs them, through `vault_run`, in an env whose policy is *open*: all
 * that is in the attacker's way is the mask. Where output is not text, `ov run` runs them.
 *
 * Groups that begin with something that a person has allowed have an env whose policy is *ask*, over a connection
 * whose person answers "always" to that and no to everything else.
 */
import { join } from "node:path";
import { ovCommand, TYPE_PASSWORD, World } from "../../e2e/ov.ts";
import { type Json, type LineClient, toolErrorOf } from "../../mcp/line_client.ts";
import { type LineServer, startLines } from "../../mcp/servers.ts";
import { slug } from "../corpus.ts";
import { latin1, type Output } from "../decode.ts";
import { attackersEnvironment, type Placed, plainEnvironment, spawn, type Tool } from "./tool.ts";

const APP = "leaks";

export class Ov implements Tool {
  readonly name = "ov";
  readonly version: string;
  readonly #world: World;
  readonly #connections = new Map<string, Promise<LineServer>>();
  /** Folders whose command the person of the connection allows, for as long as it is being allowed. */
  readonly #allowing = new Set<string>();

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
    for (const env of new Set(placed.map(envOf))) {
      const inside = placed.filter((at) => envOf(at) === env);
      const secrets = inside.map(({ name, value }) => [name, value]);
      const file = await this.#world.write("secrets.json", JSON.stringify(Object.fromEntries(secrets)));
      const how = ["--format", "json", "--all", "--yes", "--no-rewrite", "--no-project-file"];
      await this.#world.json(["--app", APP, "--env", env, "import", file, ...how]);
      await Deno.remove(file);
      if (inside.some(({ case: { granted, surface } }) => granted !== undefined || surface !== undefined)) continue;
      await this.#world.terminal(["--app", APP, "--env", env, "policy", "set", "open"], [TYPE_PASSWORD]);
    }
  }

  async allow(at: Placed, argv: readonly string[]): Promise<void> {
    const { client } = await this.#connection(at);
    this.#allowing.add(at.folder);
    const result = await client.tool("vault_run", { command: argv, secrets: [at.name], work_dir: at.folder });
    this.#allowing.delete(at.folder);
    if (result.isError) throw new Error(`${at.name} could not be allowed: ${toolErrorOf(result).message}`);
  }

  async run(at: Placed, argv: readonly string[], bare: boolean): Promise<Output> {
    if (at.case.binary) return await this.#run(at, argv);
    const extra = attackersEnvironment(at);
    const own = Object.keys(extra).length > 0;
    const server = await (own ? this.#connect(envOf(at), extra) : this.#connection(at));
    try {
      return await this.#call(server.client, at, argv, bare);
    } finally {
      if (own) await ended(server);
    }
  }

  async surface(at: Placed): Promise<readonly Output[]> {
    const [program, ...args] = ovCommand();
    const context = ["--app", APP, "--env", envOf(at)];
    const env = await this.#environment();
    const own: LineServer[] = [];
    try {
      return await at.case.surface!({
        name: at.name,
        value: at.value,
        folder: at.folder,
        vault: this.#world.ovHome,
        agent: async () => (await this.#connection(at)).client,
        ownConnection: async () => {
          const server = startLines({ command: program, args: [...args, ...context, "mcp"], cwd: at.folder, env });
          own.push(server);
          server.client.onRequest = (): Json => ({ action: "accept", content: { decision: "always" } });
          await server.client.initialize({ elicitation: { form: {} } });
          return server.client;
        },
        ov: (argv, more = {}) =>
          spawn([program, ...args, ...context, ...argv], { cwd: at.folder, env: { ...env, ...more } }),
        byUser: async (argv) => {
          const { code, stderr } = await this.#world.ovUnlocked([...context, ...argv]);
          if (code !== 0) throw new Error(`ov ${argv.join(" ")} ended with ${code}: ${stderr}`);
        },
        shell: (script) =>
          spawn(["sh", "-c", script.replaceAll("OV ", `${[program, ...args, ...context].join(" ")} `)], {
            cwd: at.folder,
            env,
          }),
      });
    } finally {
      for (const server of own) await ended(server);
    }
  }

  async #call(client: LineClient, at: Placed, argv: readonly string[], bare: boolean): Promise<Output> {
    const started = performance.now();
    const result = await answered(client, {
      command: argv,
      secrets: bare ? [] : [at.name],
      work_dir: at.folder,
      timeout_seconds: 30,
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

  /** The one connection of an env. */
  #connection(at: Placed): Promise<LineServer> {
    const env = envOf(at);
    let connection = this.#connections.get(env);
    if (connection === undefined) this.#connections.set(env, connection = this.#connect(env, {}));
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
    server.client.onRequest = ({ params }: Json): Json => {
      const allowed = [...this.#allowing].some((folder) => params.message.includes(`Directory: "${folder}"`));
      return allowed ? { action: "accept", content: { decision: "always" } } : { action: "decline" };
    };
    await server.client.initialize({ elicitation: { form: {} } });
    return server;
  }

  async #environment(): Promise<Record<string, string>> {
    return { ...this.#world.environment(), ...await plainEnvironment(join(this.#world.folder, "home")) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#connections.values()) await ended(await connection);
    await this.#world[Symbol.asyncDispose]();
  }
}

/** The answer to `vault_run`; fails where `ov mcp` ends without one. */
async function answered(client: LineClient, args: Json): Promise<Json> {
  const gone = client.ended.then(() => {
    throw new Error("ov mcp ended without an answer");
  });
  return await Promise.race([client.tool("vault_run", args), gone]);
}

/** Each group has an env of its own. */
function envOf(at: Placed): string {
  return slug(at.group);
}

async function ended({ client, process, stderr }: LineServer): Promise<void> {
  await client.close();
  await process.status;
  await stderr;
  await client.ended;
}

function bytes(text: string): string {
  return latin1(new TextEncoder().encode(text));
}
