/**
 * The one door (DESIGN §2): the state of a keeper, and every way in. It unlocks the vault, knows the app and env that
 * are meant and whether the directory may select them, and writes the audit log; the operations (`ops_*.ts`) reach the
 * vault only through it.
 */
import { isAbsolute, join } from "node:path";
import { OvError, Secret } from "../base/mod.ts";
import { resolveContext } from "../policy/mod.ts";
import type { Caller, Guard, TerminalPowers } from "../run/mod.ts";
import { findProjectFile, type ProjectFile, readUserConfig } from "./context_files.ts";
import type { Hardening } from "./native.ts";
import type { PageDesk } from "./page_desk.ts";
import { readPasswordFile } from "./password_file.ts";
import type { Context, EnvRef, KeeperStart, Params } from "./protocol.ts";
import type { Terminal } from "./terminal.ts";
import { VaultSession } from "./vault_session.ts";

/** What a keeper is made of; tests put fakes for clock and terminal. */
export interface DoorParts {
  readonly start: KeeperStart;
  readonly terminal: Terminal;
  readonly hardening: Hardening;
  /** Where the keeper reads a value or a file that is piped in; the process's own where nothing else is said. */
  readonly stdin?: StdinReader;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Rates a new password: 0 (worst) to 4; `null` where no estimator is there. */
  readonly rate: ((password: Secret) => Promise<number>) | null;
  /** Whoever asks, where that is not this process: the agent's client. */
  readonly caller?: Caller;
  /** For children on a terminal, which have pipes without it, and for starting the others faster. */
  readonly terminals?: TerminalPowers | null;
  /** Watches over children that must not outlive a killed agent. */
  readonly guard?: Pick<Guard, "begin" | "end">;
  /** The consent page; without it, nobody can be asked there. */
  readonly page?: PageDesk;
  /** The process whose parents are behind the connection; this one, where it is not given. */
  readonly clientPid?: number;
}

/** Standard input as the keeper reads it. */
export interface StdinReader {
  read(into: Uint8Array): Promise<number | null>;
}

/** How often a wrong password may be typed before the command fails. */
const TRIES = 3;

/** Kind of the documents that bind a directory to an env. */
const BINDING = "binding";

/** The keeper's state and its only way to the vault. */
export class Door {
  readonly parts: DoorParts;
  #options: Params<"configure"> = {};
  #session: VaultSession | null = null;
  #unlocking: Promise<VaultSession> | null = null;
  #passwordGiven = false;

  constructor(parts: DoorParts) {
    this.parts = parts;
  }

  get start(): KeeperStart {
    return this.parts.start;
  }

  /** Global options; they come once, before any other call. */
  configure(options: Params<"configure">): void {
    this.#options = options;
  }

  get nonInteractive(): boolean {
    return this.#silent !== null;
  }

  /** What says that nobody is there to be asked: the option, or a CI job, which may have a terminal and nobody at it. */
  get #silent(): string | null {
    if (this.#options.nonInteractive === true) return "--non-interactive";
    return this.isCi ? "CI" : null;
  }

  /** Whether this is a CI job, by the variable that all of them set. */
  get isCi(): boolean {
    return /^(?:1|true)$/i.test(this.start.environment["CI"] ?? "");
  }

  /** Whether a password file was named, by option or by `OV_PASSWORD_FILE`. */
  get hasPasswordFile(): boolean {
    return this.#passwordFile() !== undefined;
  }

  /** An absolute path for what the user wrote. */
  path(given: string): string {
    return isAbsolute(given) ? given : join(this.start.cwd, given);
  }

  // --- context -------------------------------------------------------------------------------------------------------

  /** The `.ov.yaml` for a directory, or `null`. @throws OvError `usage/project-file` */
  projectFile(folder: string = this.start.cwd): ProjectFile | null {
    return findProjectFile(folder);
  }

  /** App and env by the order of DESIGN §10. @throws OvError `usage/project-file`, `usage/name`, `usage/file` */
  context(): Context {
    const project = this.projectFile();
    const { environment } = this.start;
    const resolved = resolveContext({
      flags: { app: this.#options.app, env: this.#options.env },
      environment: { OV_APP: environment["OV_APP"], OV_ENV: environment["OV_ENV"] },
      project: project?.content ?? null,
      user: readUserConfig(this.start.configFolder),
    });
    return { ...resolved, projectFile: project?.path ?? null, secrets: project?.content.secrets ?? [] };
  }

  /**
   * Whether `.ov.yaml` may select what it selects: always when something else decided, else when the user bound its
   * folder to that env. `.ov.yaml` is a file that an agent can write; without this, it would choose production.
   */
  async isBound(session: VaultSession, context: Context = this.context()): Promise<boolean> {
    if (context.appFrom !== "project file" && context.envFrom !== "project file") return true;
    const project = this.projectFile();
    if (project === null) return true;
    const binding = await session.getDocument(BINDING, project.folder) as EnvRef | null;
    return binding !== null && binding.app === context.app && binding.env === context.env;
  }

  /** Binds the folder of a `.ov.yaml` to an env; only after the password was given. */
  async bind(session: VaultSession, folder: string, ref: EnvRef): Promise<void> {
    await session.putDocument(BINDING, folder, { app: ref.app, env: ref.env });
  }

  /**
   * The context that a command may take secrets from.
   * @throws OvError `env/not-bound`, `app/not-found`, `env/not-found`
   */
  async boundContext(session: VaultSession): Promise<Context> {
    const context = this.context();
    if (!(await this.isBound(session, context))) {
      const { app, env } = context;
      throw new OvError(
        "env/not-bound",
        `Cannot use ${app}/${env}: .ov.yaml selects it, but you have not bound it here`,
        {
          hint: `If that is what you want, run \`ov app use ${app} --env ${env} --here\` in its folder.`,
        },
      );
    }
    await this.requireEnv(session, context);
    return context;
  }

  /** @throws OvError `app/not-found`, `env/not-found` */
  async requireEnv(session: VaultSession, { app, env }: EnvRef): Promise<void> {
    const envs = (await session.listEnvs()).filter((ref) => ref.app === app);
    if (envs.some((ref) => ref.env === env)) return;
    const apps = await session.listApps();
    if (!apps.includes(app)) {
      throw new OvError("app/not-found", `Cannot use app "${app}": it does not exist`, {
        hint: `Create it with \`ov app create ${app}\`; there is: ${apps.join(", ") || "none"}.`,
      });
    }
    throw new OvError("env/not-found", `Cannot use env "${env}" of app "${app}": it does not exist`, {
      hint: `Create it with \`ov env create ${env} --app ${app}\`; there is: ${
        envs.map((ref) => ref.env).join(", ") || "none"
      }.`,
    });
  }

  // --- unlocking -----------------------------------------------------------------------------------------------------

  /** The open vault, or `null`. */
  get session(): VaultSession | null {
    return this.#session;
  }

  /**
   * The open vault; unlocks it with the password file, or with the password typed on the terminal.
   * @param purpose what the password is for, shown before it is asked for
   * @throws OvError `vault/not-found`, `vault/wrong-password`, `vault/password-file`, `usage/no-terminal`, …
   */
  unlock(purpose: string): Promise<VaultSession> {
    if (this.#session !== null) return Promise.resolve(this.#session);
    this.#unlocking ??= this.#open(purpose).finally(() => this.#unlocking = null);
    return this.#unlocking;
  }

  /**
   * The open vault, after the password was typed on the terminal just now: no password file, no open session and no
   * environment variable stands for it.
   */
  async unlockTyped(purpose: string): Promise<VaultSession> {
    this.requireVault();
    return await this.useTypedPassword(purpose, (password) => this.#unlockGiven(password));
  }

  /**
   * Hands a password to `use` that is typed on the terminal just now, whatever else is there; a wrong one
   * (`vault/wrong-password`) is asked for again.
   * @param purpose what the password is for, shown before it is asked for
   * @throws OvError `usage/no-terminal`, `io/interrupted`, and what `use` throws
   */
  async useTypedPassword<T>(purpose: string, use: (password: Secret) => Promise<T>): Promise<T> {
    if (this.nonInteractive) throw onlyTyped(`Cannot ask for the password: ${this.#silent} is set`);
    try {
      return await this.#withTypedPassword(purpose, use);
    } catch (error) {
      // Its hint names the password file, which stands for nothing here.
      if (error instanceof OvError && error.code === "usage/no-terminal") throw onlyTyped(error.message, error);
      throw error;
    }
  }

  /**
   * The open vault, with a password that a person typed just now, on the terminal or on the consent page.
   * @param password borrowed
   * @throws OvError `vault/wrong-password`, and as {@link Door.unlock}
   */
  async unlockWith(password: Secret): Promise<VaultSession> {
    this.requireVault();
    if (this.#session === null) {
      this.#session = await VaultSession.open({ folder: this.start.vaultFolder, password, now: this.parts.now });
    } else if (!(await this.#session.verifyPassword(password))) {
      throw new OvError("vault/wrong-password", "Cannot unlock the vault: wrong password");
    }
    return this.#session;
  }

  /**
   * Makes sure that the master password was given to this keeper itself, by its file or on the terminal: an agent that
   * lent the open vault is no consent to anything (DESIGN §4).
   * @param purpose what the password is for, shown before it is asked for
   * @throws OvError as {@link Door.unlock}
   */
  async requirePassword(purpose: string): Promise<void> {
    if (this.#passwordGiven) return;
    if (!this.hasPasswordFile) {
      if (this.nonInteractive) {
        throw new OvError("policy/approval-required", "Cannot run: there is no consent to this command", {
          hint: "Allow it first with `ov grant add`, or name a password file with --password-file FILE.",
        });
      }
      await this.#withTypedPassword(purpose, (password) => this.#unlockGiven(password));
      return;
    }
    const password = this.readPasswordFile();
    try {
      const session = await this.unlock(purpose);
      if (!this.#passwordGiven && !(await session.verifyPassword(password))) {
        throw new OvError("vault/wrong-password", "Cannot unlock the vault: wrong password");
      }
      this.#passwordGiven = true;
    } finally {
      password.wipe();
    }
  }

  /**
   * Hands the password to `use`, from its file or as typed; a wrong one (`vault/wrong-password`) is asked for again.
   * @param purpose what the password is for, shown before it is asked for
   * @throws OvError as {@link Door.unlock}
   */
  async usePassword<T>(purpose: string, use: (password: Secret) => Promise<T>): Promise<T> {
    this.requireVault();
    if (!this.hasPasswordFile) {
      if (this.nonInteractive) throw lockedFor(`${this.#silent} is set and no password file`);
      return await this.#withTypedPassword(purpose, use);
    }
    const password = this.readPasswordFile();
    try {
      return await use(password);
    } finally {
      password.wipe();
    }
  }

  /** Whether the master password was given to this keeper itself, for what it does now. */
  get isPasswordGiven(): boolean {
    return this.#passwordGiven;
  }

  /** The password that was given was for one thing, which is done. */
  spendPassword(): void {
    this.#passwordGiven = false;
  }

  /** Takes a vault that was just created, or that the agent whose door this is has open. */
  adopt(session: VaultSession): void {
    this.#session = session;
  }

  /** The password from the file that was named. @throws OvError `vault/password-file` */
  readPasswordFile(): Secret {
    return readPasswordFile(this.path(this.#passwordFile()!), this.start.platform, currentUid(this.start.platform));
  }

  close(): void {
    this.#session?.close();
    this.#session = null;
  }

  async #open(purpose: string): Promise<VaultSession> {
    this.requireVault();
    if (!this.hasPasswordFile) {
      if (this.nonInteractive) {
        throw lockedFor(`${this.#silent} is set and no password file`);
      }
      return await this.#withTypedPassword(purpose, (password) => this.#unlockGiven(password));
    }
    const password = this.readPasswordFile();
    try {
      this.#session = await VaultSession.open({ folder: this.start.vaultFolder, password, now: this.parts.now });
      this.#passwordGiven = true;
      return this.#session;
    } finally {
      password.wipe();
    }
  }

  /** @throws OvError `vault/not-found` */
  requireVault(): void {
    if (VaultSession.exists(this.start.vaultFolder)) return;
    throw new OvError("vault/not-found", `Cannot open the vault: there is none at ${this.start.vaultFolder}`, {
      hint: "Make one with `ov init`.",
    });
  }

  async #unlockGiven(password: Secret): Promise<VaultSession> {
    const session = await this.unlockWith(password);
    this.#passwordGiven = true;
    return session;
  }

  async #withTypedPassword<T>(purpose: string, use: (password: Secret) => Promise<T>): Promise<T> {
    this.parts.terminal.show(`${purpose}\n`);
    for (let left = TRIES - 1;; left--) {
      const password = await this.parts.terminal.readHidden("Password: ", "password");
      try {
        return await use(password);
      } catch (error) {
        if (!(error instanceof OvError) || error.code !== "vault/wrong-password" || left === 0) throw error;
        this.parts.terminal.show(`Wrong password; ${left} ${left === 1 ? "try" : "tries"} left.\n`);
      } finally {
        password.wipe();
      }
    }
  }

  #passwordFile(): string | undefined {
    const named = this.#options.passwordFile ?? this.start.environment["OV_PASSWORD_FILE"];
    return named === "" ? undefined : named;
  }
}

function onlyTyped(message: string, cause?: unknown): OvError {
  return new OvError("usage/no-terminal", message, {
    hint: "This needs the password typed on a terminal, always.",
    cause,
  });
}

function lockedFor(state: string): OvError {
  return new OvError("vault/locked", `Cannot unlock the vault: ${state}`, {
    hint: "Name one with --password-file FILE or OV_PASSWORD_FILE; in CI, give a machine key.",
  });
}

/** This process's user; `null` where the platform has no such number. */
export function currentUid(platform: string): number | null {
  return platform === "windows" ? null : Deno.uid();
}
