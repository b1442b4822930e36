/**
 * A vault, a project folder and keepers over both, without isolates: `Service` behind a channel that copies every message
 * as `postMessage` does, a terminal that answers from a list, a clock that tests move.
 */
import { join } from "node:path";
import { OvError, Secret } from "../../src/base/mod.ts";
import { KeeperClient } from "../../src/keeper/client.ts";
import { Door } from "../../src/keeper/door.ts";
import type {
  EnvRef,
  FromKeeper,
  KeeperStart,
  Operation,
  Params,
  Result,
  ToKeeper,
} from "../../src/keeper/protocol.ts";
import { Service } from "../../src/keeper/service.ts";
import type { Terminal } from "../../src/keeper/terminal.ts";
import { VaultSession } from "../../src/keeper/vault_session.ts";
import { put, withFolder } from "./folder.ts";

export const PASSWORD = "fake-master-password";

/** The cheapest cost that a vault may have. */
const KDF = { memoryKib: 19_456, passes: 2, parallelism: 1 };

/** Where a test's clock begins. */
const NOW = Date.UTC(2026, 2, 1, 12);

/** Answers hidden entries from a list; keeps what it was shown. */
export class FakeTerminal implements Terminal {
  readonly typed: string[];
  readonly prompts: string[] = [];
  /** The pages that were shown above a question, as text. */
  readonly pages: string[] = [];
  shown = "";

  constructor(typed: readonly string[] = []) {
    this.typed = [...typed];
  }

  readHidden(prompt: string, name: string): Promise<Secret> {
    this.prompts.push(prompt);
    const next = this.typed.shift();
    if (next === undefined) return Promise.reject(new OvError("usage/no-terminal", "Cannot ask: nobody types"));
    return Promise.resolve(Secret.fromText(name, next));
  }

  readKey(prompt: string, keys: readonly string[], page?: Secret): Promise<string> {
    this.prompts.push(prompt);
    // EXPOSE: a test reads what a person would.
    if (page !== undefined) this.pages.push(new TextDecoder().decode(page.expose()));
    const next = this.typed.shift();
    if (next === undefined || !keys.includes(next)) {
      return Promise.reject(new OvError("usage/no-terminal", "Cannot ask: nobody presses that key"));
    }
    return Promise.resolve(next);
  }

  show(text: string): void {
    this.shown += text;
  }
}

/** What a keeper is started with; everything has a value that fits. */
export interface KeeperOptions {
  /** What is typed, in order. */
  readonly typed?: readonly string[];
  /** Whether `OV_PASSWORD_FILE` names the right password. */
  readonly passwordFile?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly rate?: ((password: Secret) => Promise<number>) | null;
}

/** One keeper: one process of `ov`. */
export interface TestKeeper {
  readonly door: Door;
  readonly terminal: FakeTerminal;
  readonly service: Service;
  /** Every message to the front, in order. */
  readonly messages: FromKeeper[];
  call<O extends Operation>(op: O, params: Params<O>, signal?: AbortSignal): Promise<Result<O>>;
}

let template: Promise<Map<string, Uint8Array>> | undefined;

/** The files of a new vault that {@link PASSWORD} opens. */
async function makeTemplate(): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  await withFolder(async (folder) => {
    const password = Secret.fromText("password", PASSWORD);
    const vault = join(folder, "vault");
    (await VaultSession.create({ folder: vault, password, now: () => NOW, kdf: KDF })).close();
    for (const { name } of Deno.readDirSync(vault)) files.set(name, Deno.readFileSync(join(vault, name)));
  });
  return files;
}

/** One user's machine. */
export class World {
  readonly folder: string;
  readonly vaultFolder: string;
  readonly configFolder: string;
  /** The working directory, empty at first. */
  readonly project: string;
  readonly passwordFile: string;
  now = NOW;
  /** Called whenever somebody asks for the time: a way to act in the middle of an operation. */
  onClock: (() => void) | null = null;
  readonly #doors: Door[] = [];
  #beside: Promise<VaultSession> | null = null;

  constructor(folder: string) {
    this.folder = folder;
    this.vaultFolder = join(folder, "vault");
    this.configFolder = join(folder, "config");
    this.project = join(folder, "project");
    Deno.mkdirSync(this.project);
    this.passwordFile = put(folder, "password", `${PASSWORD}\n`, 0o600);
  }

  /** Runs `body` in a world with a vault that holds `default/development`, and closes every keeper. */
  static async with(body: (world: World) => Promise<void> | void): Promise<void> {
    await withFolder(async (folder) => {
      const world = new World(folder);
      await world.makeVault();
      await world.use(body);
    });
  }

  /** The same without a vault. */
  static async empty(body: (world: World) => Promise<void> | void): Promise<void> {
    await withFolder((folder) => new World(folder).use(body));
  }

  async use(body: (world: World) => Promise<void> | void): Promise<void> {
    try {
      await body(this);
    } finally {
      for (const door of this.#doors) door.close();
      (await this.#beside?.catch(() => null))?.close();
    }
  }

  /** Puts a copy of one vault in place: making one costs a key derivation. */
  async makeVault(): Promise<void> {
    const file = await (template ??= makeTemplate());
    Deno.mkdirSync(this.vaultFolder, { mode: 0o700 });
    for (const [name, bytes] of file) Deno.writeFileSync(join(this.vaultFolder, name), bytes, { mode: 0o600 });
  }

  /** Acts on the vault beside all keepers, as another process would. */
  async vault<T>(act: (session: VaultSession) => Promise<T>): Promise<T> {
    const password = Secret.fromText("password", PASSWORD);
    this.#beside ??= VaultSession.open({ folder: this.vaultFolder, password, now: () => this.now });
    return await act(await this.#beside);
  }

  /** Puts secrets into an env, which is made where it is not there. */
  async seed(secrets: Readonly<Record<string, string>>, ref?: EnvRef, canary = false): Promise<void> {
    const { app, env } = ref ?? { app: "default", env: "development" };
    await this.vault(async (session) => {
      if (!(await session.listApps()).includes(app)) await session.createApp(app);
      const envs = await session.listEnvs();
      if (!envs.some((each) => each.app === app && each.env === env)) await session.createEnv({ app, env });
      await session.setSecrets(
        { app, env },
        Object.entries(secrets).map(([name, value]) => ({
          name,
          value: Secret.fromText(name, value),
          maskable: true,
          ...(canary ? { canary } : {}),
        })),
      );
    });
  }

  /** The value of a secret as text. */
  async valueOf(name: string, ref: EnvRef = { app: "default", env: "development" }): Promise<string> {
    // EXPOSE: a test compares it.
    return await this.vault(async (session) => new TextDecoder().decode((await session.getSecret(ref, name)).expose()));
  }

  /** The entries of the audit log with one of these actions, oldest first. */
  async audit(...actions: string[]): Promise<Record<string, unknown>[]> {
    const entries = await this.vault((session) => session.listAudit());
    return entries.map(({ entry }) => entry as Record<string, unknown>)
      .filter((entry) => actions.includes(entry["action"] as string));
  }

  /** Starts a keeper for a subcommand, as `main.ts` does. */
  keeper(command: string, options: KeeperOptions = {}): TestKeeper {
    const environment = {
      PATH: Deno.env.get("PATH") ?? "/usr/bin:/bin",
      HOME: this.folder,
      ...(options.passwordFile === true ? { OV_PASSWORD_FILE: this.passwordFile } : {}),
      ...options.environment,
    };
    const start: KeeperStart = {
      t: "start",
      protocol: 1,
      command,
      line: command,
      version: "0.0.0",
      vaultFolder: this.vaultFolder,
      configFolder: this.configFolder,
      cwd: options.cwd ?? this.project,
      platform: Deno.build.os,
      environment,
      programs: "any",
      argv: [],
      self: [],
      syncHost: null,
    };
    const terminal = new FakeTerminal(options.typed);
    const door = new Door({
      start,
      terminal,
      hardening: { unreadable: true, noCore: true },
      now: () => (this.onClock?.(), this.now),
      rate: options.rate ?? null,
    });
    this.#doors.push(door);
    const messages: FromKeeper[] = [];
    const listeners: ((event: MessageEvent<FromKeeper>) => void)[] = [];
    const service = new Service(door, (message) => {
      const copy = structuredClone(message);
      messages.push(copy);
      for (const listener of listeners) listener(new MessageEvent("message", { data: copy }));
    });
    const client = new KeeperClient({
      postMessage: (message: ToKeeper) => service.receive(structuredClone(message)),
      addEventListener: (_type, listener) => listeners.push(listener),
    });
    return {
      door,
      terminal,
      service,
      messages,
      call: (op, params, signal) => client.call(op, params, signal === undefined ? {} : { signal }),
    };
  }
}

/** For `assert.rejects`: the code, what the message says, and that nothing of `never` is in it. */
export function failsWith(code: string, message: RegExp = /./, never: readonly string[] = []) {
  return (error: unknown): boolean => {
    if (!(error instanceof OvError)) throw error;
    const said = `${error.message}\n${error.hint ?? ""}`;
    const wrong = error.code !== code || !message.test(error.message) || never.some((text) => said.includes(text));
    if (wrong) throw new Error(`expected ${code} ${message}, got ${error.code}: ${said}`);
    return true;
  };
}

/** Runs `body` with this process's stdout caught, and stdin giving `input`. */
export async function withStdio(body: () => Promise<void>, input = ""): Promise<string> {
  const parts: Uint8Array[] = [];
  const rest = [new TextEncoder().encode(input)];
  const stdout = Deno.stdout as { write: typeof Deno.stdout.write };
  const stdin = Deno.stdin as { read: typeof Deno.stdin.read };
  const before = { write: stdout.write, read: stdin.read };
  stdout.write = (bytes) => (parts.push(bytes.slice()), Promise.resolve(bytes.length));
  stdin.read = (into) => {
    const next = rest.shift();
    if (next === undefined || next.length === 0) return Promise.resolve(null);
    const taken = Math.min(next.length, into.length);
    into.set(next.subarray(0, taken));
    rest.unshift(next.subarray(taken));
    return Promise.resolve(taken);
  };
  try {
    await body();
  } finally {
    stdout.write = before.write;
    stdin.read = before.read;
  }
  return new TextDecoder().decode(Uint8Array.from(parts.flatMap((part) => [...part])));
}
