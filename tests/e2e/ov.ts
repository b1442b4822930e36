/**
 * Runs `ov` as a real process: from source, or the binary that `OV_BINARY` names. Every world is a fresh folder with
 * its own `OV_HOME`, home, project and password file, and goes away with everything in it.
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** How a process of `ov` ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a process on a pseudo-terminal ended. */
export interface TerminalEnded {
  /** What was shown, escape sequences removed. */
  readonly transcript: string;
  /** The same with them. */
  readonly raw: string;
  /** What went to stdout where that is a pipe. */
  readonly stdout: string;
  readonly code: number | null;
  readonly signal: string | null;
  /** Attributes of the terminal. */
  readonly before: unknown;
  readonly after: unknown;
  /** Whether the terminal echoed, at each step. */
  readonly echo: readonly boolean[];
}

/** One step on a terminal: what must be shown, then what is typed or which signal is sent. */
export interface Step {
  /** A Python regular expression. */
  readonly expect: string;
  /** Waits until the terminal echoes, or does not. */
  readonly echo?: boolean;
  readonly send?: string;
  readonly signal?: "INT" | "TERM" | "HUP";
  /** Of the last step: it is played whenever this is shown once more, until the program ends. */
  readonly again?: true;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array<ArrayBuffer>;
}

export interface TerminalOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Makes stdin a pipe with this text. */
  readonly stdin?: string;
  /** Makes stdout a pipe. */
  readonly stdout?: "pipe";
  readonly columns?: number;
}

/** Program and leading arguments that start `ov`. */
export function ovCommand(): readonly [string, ...string[]] {
  const binary = Deno.env.get("OV_BINARY");
  if (binary !== undefined && binary !== "") return [binary];
  const config = join(ROOT, "deno.json");
  return [Deno.execPath(), "run", "-q", "-P", "--no-prompt", "--config", config, join(ROOT, "main.ts")];
}

/**
 * The command line that runs `ov` so that file modes bind it: root, as which containers run tests, first gives up the
 * right to pass over them.
 */
export function asOwnerOnly(argv: readonly string[]): readonly string[] {
  const command = [...ovCommand(), ...argv];
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return command;
  const dropped = "-dac_override,-dac_read_search";
  return ["setpriv", `--bounding-set=${dropped}`, `--inh-caps=${dropped}`, ...command];
}

/** The master password of every world; it guards nothing. */
export const PASSWORD = ["unlikely", "walrus", "teaches", "geometry", "27"].join("-");

/** A fresh folder with a home, a project and a vault's place. */
export class World {
  readonly folder: string;
  readonly home: string;
  readonly ovHome: string;
  readonly project: string;
  readonly passwordFile: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.home = join(folder, "home");
    this.ovHome = join(folder, "ov");
    this.project = join(folder, "project");
    this.passwordFile = join(folder, "password");
  }

  /** A world without a vault. */
  static async create(): Promise<World> {
    const world = new World(await Deno.realPath(await Deno.makeTempDir({ prefix: "ov-e2e-" })));
    await Deno.mkdir(world.home);
    await Deno.mkdir(world.project);
    await Deno.writeTextFile(world.passwordFile, PASSWORD, { mode: 0o600 });
    return world;
  }

  /** A world with a vault, copied from one that is made once per test process. */
  static async withVault(): Promise<World> {
    const world = await World.create();
    await copyFolder((await template()).ovHome, world.ovHome);
    return world;
  }

  /** The environment of every process: nothing of the caller's but PATH. */
  environment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
    return {
      PATH: Deno.env.get("PATH") ?? "/usr/bin:/bin",
      HOME: this.home,
      LANG: "C.UTF-8",
      TERM: "xterm-256color",
      OV_HOME: this.ovHome,
      // `ov` from source finds its packages where this process has them.
      ...(Deno.env.get("OV_BINARY") ? {} : { DENO_DIR: denoDir() }),
      ...more,
    };
  }

  /** Runs `ov` without a terminal. */
  async ov(argv: readonly string[], o: RunOptions = {}): Promise<Ended> {
    const [program, ...args] = ovCommand();
    return await this.run(program, [...args, ...argv], o);
  }

  /** {@link World.ov} with the password file. */
  async ovUnlocked(argv: readonly string[], o: RunOptions = {}): Promise<Ended> {
    return await this.ov(["--password-file", this.passwordFile, ...argv], o);
  }

  /** {@link World.ovUnlocked} with `--json`; fails unless the status is 0. */
  async json(argv: readonly string[], o: RunOptions = {}): Promise<Record<string, unknown>> {
    const ended = await this.ovUnlocked(["--json", ...argv], o);
    if (ended.code !== 0) throw new Error(`ov ${argv.join(" ")} ended with ${ended.code}: ${ended.stderr}`);
    return JSON.parse(ended.stdout);
  }

  /** Runs any program in the world. */
  async run(program: string, args: readonly string[], o: RunOptions = {}): Promise<Ended> {
    const child = new Deno.Command(program, {
      args: [...args],
      cwd: o.cwd ?? this.project,
      clearEnv: true,
      env: this.environment(o.env),
      stdin: o.stdin === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    if (o.stdin !== undefined) {
      const writer = child.stdin.getWriter();
      const bytes = typeof o.stdin === "string" ? new TextEncoder().encode(o.stdin) : o.stdin;
      // A child that refuses early closes its stdin.
      await writer.write(bytes).then(() => writer.close()).catch(() => {});
    }
    const { code, stdout, stderr } = await child.output();
    return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
  }

  /** Runs `ov` on a real pseudo-terminal; fails where a step could not be played. */
  async terminal(argv: readonly string[], steps: readonly Step[], o: TerminalOptions = {}): Promise<TerminalEnded> {
    return await this.terminalCommand([...ovCommand(), ...argv], steps, o);
  }

  /** {@link World.terminal} for any program. */
  async terminalCommand(
    argv: readonly string[],
    steps: readonly Step[],
    o: TerminalOptions = {},
  ): Promise<TerminalEnded> {
    const where = { cwd: o.cwd ?? this.project, env: this.environment(o.env) };
    const job = { timeout: 180, ...o, argv, steps, ...where };
    const driver = join(ROOT, "tests", "e2e", "pty.py");
    const ended = await this.run("python3", ["-I", driver], { stdin: JSON.stringify(job) });
    if (ended.code !== 0) throw new Error(`pty.py failed: ${ended.stderr}`);
    const result = JSON.parse(ended.stdout);
    if (result.failed !== null) throw new Error(`${result.failed}\n--- transcript ---\n${result.transcript}`);
    return result;
  }

  /** Writes a file of the project. */
  async write(path: string, content: string | Uint8Array<ArrayBuffer>, mode = 0o644): Promise<string> {
    const full = join(this.project, path);
    await Deno.mkdir(dirname(full), { recursive: true });
    if (typeof content === "string") await Deno.writeTextFile(full, content, { mode });
    else await Deno.writeFile(full, content, { mode });
    return full;
  }

  /** Reads a file of the project. */
  async read(path: string): Promise<string> {
    return await Deno.readTextFile(join(this.project, path));
  }

  /** Every file below a folder with its bytes, for comparing before and after. */
  static async snapshot(folder: string): Promise<Map<string, string>> {
    const files = new Map<string, string>();
    for await (const entry of Deno.readDir(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory) { for (const [name, text] of await World.snapshot(path)) files.set(name, text); }
      else if (entry.isFile) files.set(path, (await Deno.readFile(path)).toBase64());
    }
    return files;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

/**
 * Options of a test that answers a question of the prompt library and types a password in one process. The older runtime
 * that a compiled program is started on here hangs between the two; the pinned one does not, neither from source nor with
 * what its compiler embeds (whose starter is a script). So these count as skipped on a program of the older runtime.
 */
export const TYPES_AFTER_A_QUESTION = { ignore: isOlderProgram(Deno.env.get("OV_BINARY")) };

/** Deno before 2.9 can only wait for a file's lock, so a program of it can not tell a killed backup's folder. */
export const TRIES_A_LOCK = { ignore: isOlderProgram(Deno.env.get("OV_BINARY")) };

function isOlderProgram(path: string | undefined): boolean {
  if (path === undefined || path === "") return false;
  using file = Deno.openSync(path);
  const start = new Uint8Array(2);
  file.readSync(start);
  return new TextDecoder().decode(start) !== "#!";
}

/** Types the master password at its prompt; the terminal must not echo. */
export const TYPE_PASSWORD: Step = { expect: "assword: $", echo: false, send: `${PASSWORD}\r` };

let made: Promise<World> | null = null;

/** The one world whose vault the others copy; it goes away with the process. */
function template(): Promise<World> {
  made ??= (async () => {
    const world = await World.create();
    const ended = await world.ovUnlocked(["init"]);
    if (ended.code !== 0) throw new Error(`ov init ended with ${ended.code}: ${ended.stderr}`);
    globalThis.addEventListener("unload", () => Deno.removeSync(world.folder, { recursive: true }));
    return world;
  })();
  return made;
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { mode: (await Deno.stat(from)).mode! & 0o777 });
  for await (const entry of Deno.readDir(from)) {
    if (entry.isDirectory) await copyFolder(join(from, entry.name), join(to, entry.name));
    else {
      await Deno.copyFile(join(from, entry.name), join(to, entry.name));
      await Deno.chmod(join(to, entry.name), (await Deno.stat(join(from, entry.name))).mode! & 0o777);
    }
  }
}

function denoDir(): string {
  const named = Deno.env.get("DENO_DIR");
  if (named !== undefined && named !== "") return named;
  const home = Deno.env.get("HOME") ?? "";
  if (Deno.build.os === "darwin") return join(home, "Library", "Caches", "deno");
  return join(Deno.env.get("XDG_CACHE_HOME") ?? join(home, ".cache"), "deno");
}
