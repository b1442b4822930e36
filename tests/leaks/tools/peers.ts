/**
 * The peers, from npm, each used as its own manual says for an agent's commands:
 *
 * - dotenvx: `dotenvx encrypt`, then `dotenvx run --redact -- COMMAND`. Its key stays in `.env.keys`, where `encrypt` puts
 *   it; what would ask other services for keys (Armor, the system's secret store) is switched off.
 * - varlock: a `.env.schema` in which everything is sensitive, values in `.env.local`, then `varlock run -- COMMAND`, whose
 *   output is redacted because it is a pipe.
 *
 * Each case has a file of its own. Both give a command every variable of it and have no consent, no policy and no MCP server, so that cases that begin
 * with something allowed simply run as they are after the attacker's edit.
 */
import { join } from "node:path";
import { peer, PEER_NODE } from "../../peers.ts";
import { named, slug } from "../corpus.ts";
import type { Output } from "../decode.ts";
import { attackersEnvironment, type Placed, plainEnvironment, spawn, type Tool } from "./tool.ts";

/** Exact versions, as the table states them. */
const VERSIONS = { "@dotenvx/dotenvx": "2.38.2", varlock: "1.20.0" } as const;

/** What both have in common: a folder for each group, and in it one with a file for each case. */
abstract class Peer implements Tool {
  abstract readonly name: string;
  abstract readonly version: string;
  readonly #bin: string;
  readonly #home: string;
  readonly #own = new Map<string, string>();

  constructor(bin: string, home: string) {
    this.#bin = bin;
    this.#home = home;
  }

  async prepare(all: readonly Placed[]): Promise<void> {
    const placed = all.filter((at) => at.case.surface === undefined || at.case.peers?.[this.name] !== undefined);
    for (const group of new Set(placed.map((at) => at.group))) {
      const folder = join(this.#home, slug(group));
      await Deno.mkdir(folder, { recursive: true });
      this.#own.set(group, folder);
      await this.fill(folder, placed.filter((at) => at.group === group));
    }
  }

  async run(at: Placed, argv: readonly string[]): Promise<Output> {
    const line = this.command(this.#own.get(at.group)!, at, argv);
    const env = { ...await this.environment(), ...attackersEnvironment(at) };
    return await spawn([join(this.#bin, line[0]!), ...line.slice(1)], { cwd: at.folder, env });
  }

  async surface(at: Placed): Promise<readonly Output[] | null> {
    const line = at.case.peers?.[this.name];
    if (line === undefined) return null;
    const env = await this.environment();
    const argv = line.map((arg) => named(arg, at.name, at.folder));
    return [await spawn(["/usr/bin/env", ...argv], { cwd: join(this.#own.get(at.group)!, at.case.id), env })];
  }

  /** Runs the peer's program, which must succeed. */
  protected async must(folder: string, argv: readonly string[]): Promise<void> {
    const done = await spawn([join(this.#bin, argv[0]!), ...argv.slice(1)], {
      cwd: folder,
      env: await this.environment(),
    });
    if (done.code !== 0) throw new Error(`${argv.join(" ")} ended with ${done.code}: ${done.stderr}`);
  }

  protected async environment(): Promise<Record<string, string>> {
    const env = await plainEnvironment(this.#home);
    return { ...env, PATH: `${this.#bin}:${env["PATH"]}`, VARLOCK_TELEMETRY_DISABLED: "true" };
  }

  protected abstract fill(folder: string, placed: readonly Placed[]): Promise<void>;
  protected abstract command(folder: string, at: Placed, argv: readonly string[]): string[];

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#home, { recursive: true });
  }
}

/** The value in single quotes: no kind of value has one, and nothing is expanded in them. */
function line({ name, value }: Placed): string {
  return `${name}='${value}'\n`;
}

const OFFLINE = ["--no-armor", "--no-native"];

class Dotenvx extends Peer {
  readonly name = "dotenvx";
  readonly version = VERSIONS["@dotenvx/dotenvx"];

  protected async fill(folder: string, placed: readonly Placed[]): Promise<void> {
    for (const at of placed) {
      await Deno.mkdir(join(folder, at.case.id));
      await Deno.writeTextFile(join(folder, at.case.id, ".env"), line(at));
    }
    const files = placed.flatMap((at) => ["-f", `${at.case.id}/.env`]);
    await this.must(folder, ["dotenvx", "encrypt", ...OFFLINE, ...files]);
  }

  protected command(folder: string, at: Placed, argv: readonly string[]): string[] {
    const files = ["-f", join(folder, at.case.id, ".env"), "-fk", join(folder, ".env.keys")];
    return ["dotenvx", "run", ...OFFLINE, "--redact", ...files, "--", ...argv];
  }
}

class Varlock extends Peer {
  readonly name = "varlock";
  readonly version = VERSIONS.varlock;

  protected async fill(folder: string, placed: readonly Placed[]): Promise<void> {
    for (const at of placed) {
      const own = join(folder, at.case.id);
      await Deno.mkdir(own);
      await Deno.writeTextFile(join(own, ".env.schema"), `# @defaultSensitive=true\n# ---\n${at.name}=\n`);
      await Deno.writeTextFile(join(own, ".env.local"), line(at));
    }
  }

  protected command(folder: string, at: Placed, argv: readonly string[]): string[] {
    return ["varlock", "run", "--path", `${join(folder, at.case.id)}/`, "--", ...argv];
  }
}

/** The peers, each started with a home of its own below `root`; installed where they are not yet. */
export const PEERS: readonly { readonly name: string; start(root: string): Promise<Tool> }[] = [
  { name: "dotenvx", start: async (root) => new Dotenvx(...await placed(root, "dotenvx")) },
  { name: "varlock", start: async (root) => new Varlock(...await placed(root, "varlock")) },
];

/** The folder of programs, and the home. */
async function placed(root: string, name: string): Promise<[string, string]> {
  const folder = join(root, `home-${name}`);
  await Deno.mkdir(folder, { recursive: true });
  return [join(await peer({ ...VERSIONS, node: PEER_NODE }), "node_modules", ".bin"), folder];
}
