/**
 * The protocol between the keeper and everything else of the process. Plain data by `postMessage`; the keeper checks
 * every field of a call before it acts on it (`keeper/validate.ts`). No message of either direction holds a value, a
 * key or a password: what the keeper reads (terminal, stdin, files) and writes (the child, stdout, files) it reads and
 * writes itself.
 *
 * ```text
 * front  -> keeper  { t: "call", id, op, params } | { t: "cancel", id }
 * keeper -> front   { t: "result", id, value } | { t: "error", id, error } | { t: "progress", id, progress }
 * ```
 */
import type { WireError } from "../base/mod.ts";
import type { AuditOperations, CanaryNotice, InterceptorMode } from "./audit_protocol.ts";
import type { MachineOperations } from "./machine_protocol.ts";

export type { MachineKeyView } from "./machine_protocol.ts";
export type { AuditView, CanaryNotice, InterceptorMode } from "./audit_protocol.ts";

/** Version of these messages; both sides are of one build, so it is only checked, never negotiated. */
export const PROTOCOL_VERSION = 1;

/** An app and one of its environments. */
export interface EnvRef {
  readonly app: string;
  readonly env: string;
}

/** What decided an app or an environment, in the order of DESIGN §10. */
export type ContextSource = "flag" | "environment" | "project file" | "user config" | "default";

/** The app and env that a command works on, and why. */
export interface Context extends EnvRef {
  readonly appFrom: ContextSource;
  readonly envFrom: ContextSource;
  /** The `.ov.yaml` that was found by walking up, or `null`. */
  readonly projectFile: string | null;
  /** Secret names that `.ov.yaml` offers. */
  readonly secrets: readonly string[];
}

/** Policy mode of an env (DESIGN §4). */
export type Mode = "ask" | "listed" | "open";

/** How long a grant lives. */
export type GrantUse = "once" | "session" | "until" | "always";

/** A file whose content a grant depends on: absolute path and SHA-256 in lower-case hexadecimal. */
export interface Pin {
  readonly path: string;
  readonly sha256: string;
}

/** A grant as it is shown. */
export interface GrantView {
  readonly id: string;
  readonly app: string;
  readonly env: string;
  readonly secrets: readonly string[];
  readonly program: string;
  /** The arguments after the program. */
  readonly argv: readonly string[];
  readonly workDir: string;
  readonly pins: readonly Pin[];
  /** Folders of which every file must be as it was. */
  readonly trees?: readonly { readonly folder: string; readonly files: number }[];
  readonly use: GrantUse;
  /** Milliseconds since the epoch; `null` where it does not expire. */
  readonly until: number | null;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
  readonly uses: number;
}

/** What a person is shown before a command gets secrets: never a value. */
export interface Consent {
  /** What is asked for. */
  readonly action: "run" | "delete" | "update";
  readonly app: string;
  readonly env: string;
  readonly secrets: readonly string[];
  /** Absolute path of the program; empty unless `action` is `run`. */
  readonly program: string;
  /** As it was asked for, the program's name first. */
  readonly argv: readonly string[];
  readonly workDir: string;
  readonly pins: readonly Pin[];
  /** Plain warnings: what this command could do with the secrets. */
  readonly warnings: readonly string[];
  /** The answers that are possible beside refusing. */
  readonly choices: readonly ("once" | "session" | "always")[];
}

/** A secret as it is listed. */
export interface SecretView {
  readonly name: string;
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** When it was removed; `null` where it was not. */
  readonly deletedAt: number | null;
  readonly sizeBytes: number;
  readonly canary: boolean;
  readonly maskable: boolean;
}

/** One stored version of a secret. */
export interface VersionView {
  readonly version: number;
  readonly createdAt: number;
  readonly sizeBytes: number;
  readonly deleted: boolean;
}

/** How a value is generated in the keeper. */
export interface Generate {
  /** Characters of the value, 8 to 1024. */
  readonly length: number;
  readonly charset: "alphanumeric" | "hex" | "base64url" | "ascii";
}

/** One line of a file to import. */
export interface ImportItem {
  readonly name: string;
  readonly line: number;
  readonly kind: "secret" | "setting";
  /** Why it was taken for that, in words. */
  readonly reason: string;
  /** Why it can not be imported at all (a name or value that no env can hold), or `null`. */
  readonly problem: string | null;
  readonly maskable: boolean;
  /** How it stands in the vault; `unknown` where the vault was not opened (`--dry-run`). */
  readonly state: "new" | "same" | "changed" | "unknown";
}

/** A line of a file that was dropped or reads differently from what it looks like. */
export interface ImportNote {
  readonly line: number;
  readonly message: string;
}

/** What an import would do. */
export interface ImportPlan {
  readonly planId: string;
  readonly target: EnvRef;
  readonly targetExists: boolean;
  readonly items: readonly ImportItem[];
  readonly notes: readonly ImportNote[];
  /** Warnings about the file itself: its git history, its ignore rules, its mode. */
  readonly warnings: readonly string[];
  /** Absolute path, or `null` for stdin. */
  readonly path: string | null;
  /** Whether the file can be rewritten without the secrets (dotenv files; not JSON, not stdin). */
  readonly rewritable: boolean;
  /** Whether a `.ov.yaml` stands already at or above the file. */
  readonly projectFile: string | null;
}

/** What an import did. */
export interface ImportDone {
  readonly target: EnvRef;
  readonly created: boolean;
  readonly imported: readonly { readonly name: string; readonly version: number; readonly changed: boolean }[];
  readonly settings: readonly string[];
  readonly total: number;
  readonly rewritten: boolean;
  readonly projectFileWritten: string | null;
  readonly warnings: readonly string[];
}

/** Result of a masked run for an agent. */
export interface RunOutput {
  readonly exitCode: number;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly secretsInjected: readonly string[];
  readonly maskedCount: number;
  readonly timedOut: boolean;
  readonly cancelled: boolean;
  readonly truncated: boolean;
  readonly warnings: readonly string[];
}

/**
 * An answer to a consent that the keeper asked for: the opaque, sealed `state` comes back with what the person chose.
 * The keeper accepts it once, for exactly the parameters it was made for, in the session that it was made in.
 */
export interface ConsentAnswer {
  readonly state: string;
  readonly decision: "once" | "session" | "always" | "deny";
}

/** What a person can say to a request. */
export type Answer = ConsentAnswer["decision"];

/** A call that may stop to ask: either it is done, or it hands back what to ask. */
export type MayAsk<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "consent"; readonly consent: Consent; readonly state: string }
  /** A page that the client shows the address of (MCP's URL mode); having the address allows nothing. */
  | { readonly kind: "open"; readonly id: string; readonly address: string; readonly message: string };

/** What the client of an MCP connection says that it is and can. It proves nothing. */
export interface ToolPeer {
  readonly client: string;
  /** Whether it can show a form to its user. */
  readonly canAsk: boolean;
  /** Whether it can have its user open an address. */
  readonly canOpen: boolean;
}

/** What every call of a tool may bring. */
export interface ToolParams {
  readonly peer?: ToolPeer;
  /** What the user said to opening the page that this very call led to before. */
  readonly opened?: PageOpened;
}

/** Whether a page is being opened: `id` as {@link MayAsk} gave it. */
export interface PageOpened {
  readonly id: string;
  readonly declined: boolean;
}

/** A client that a person chose to remember (`ov client`). */
export interface ClientView {
  readonly id: string;
  /** What it called itself. */
  readonly client: string;
  /** The program that talks to `ov`, and how it was started. */
  readonly program: string;
  readonly commandLine: string;
  readonly createdAt: number;
  readonly until: number;
}

/** One finding of `ov doctor`. */
export interface DoctorCheck {
  readonly name: string;
  readonly result: "ok" | "warning" | "problem";
  readonly message: string;
  readonly hint: string | null;
}

/** What `ov status` says without unlocking anything. */
export interface StatusReport {
  readonly version: string;
  readonly vaultFolder: string;
  readonly vaultExists: boolean;
  readonly formatVersion: number | null;
  readonly sizeBytes: number | null;
  readonly context: Context;
  /** Whether the directory is bound to the env that `.ov.yaml` selects; `null` while locked or without `.ov.yaml`. */
  readonly bound: boolean | null;
  readonly programs: readonly string[] | "any";
  readonly syncHost: string | null;
  /** Whether canaries were touched since the log was last looked at. */
  readonly canaries?: CanaryNotice | null;
}

/** What `vault_status` says. */
export interface SessionStatus {
  readonly unlocked: boolean;
  readonly authorized: boolean;
  readonly context: Context;
  readonly mode: Mode | null;
  readonly sessionAgeSeconds: number;
  readonly runs: number;
  readonly denied: number;
  /** Calls that held a secret and were refused, and those that the policy let through. */
  readonly intercepted: number;
  readonly warned?: number;
  readonly interceptor?: InterceptorMode | null;
  readonly masked: number;
  /** What was allowed in this session, one line each. */
  readonly allowed: readonly string[];
}

/** What the vault's agent (`ov agent`) says of itself. */
export interface AgentView {
  readonly pid: number;
  readonly version: string;
  readonly locked: boolean;
  /** Why it is locked, where it was unlocked before. */
  readonly reason: string | null;
  /** Milliseconds since the epoch; `null` while locked. */
  readonly unlockedAt: number | null;
  readonly locksAt: number | null;
  readonly locksWhenIdleAt: number | null;
  /** Open connections of `ov run` and `ov mcp`. */
  readonly clients: number;
  /** Commands that run now, and those since its start. */
  readonly running: number;
  readonly runs: number;
}

/** A request that an agent made and a person has not answered yet (`ov approve`). */
export interface PendingView {
  readonly id: string;
  readonly createdAt: number;
  readonly consent: Consent;
  readonly client: string;
}

/** How good a new password is: a score from 0 (worst) to 4, and what that means. */
export interface Strength {
  readonly score: number;
  readonly words: string;
}

/** Where a value comes from; the keeper reads it itself. */
export type ValueSource =
  | { readonly kind: "terminal" }
  | { readonly kind: "stdin"; readonly exact: boolean }
  | { readonly kind: "file"; readonly path: string; readonly exact: boolean };

/** Every operation: its parameters and its result. */
export interface Operations extends AuditOperations, MachineOperations {
  /** Global options of the command line; comes before any other call. */
  configure: {
    params: {
      app?: string;
      env?: string;
      passwordFile?: string;
      nonInteractive?: boolean;
    };
    result: { context: Context };
  };
  status: { params: Record<never, never>; result: StatusReport };
  doctor: { params: Record<never, never>; result: { checks: readonly DoctorCheck[] } };
  init: {
    params: Record<never, never>;
    result: { folder: string; strength: Strength | null };
  };
  /** The typed password, always. `passwordFile`: one is named, and now holds the old password. */
  "password.change": {
    params: Record<never, never>;
    result: { strength: Strength | null; passwordFile: boolean };
  };
  /** New keys for the env, or for all; the typed password, always. */
  rotate: {
    params: { all: boolean; dropMachineKeys: boolean };
    result: { rotated: readonly (EnvRef & { secrets: number; machineKeys: number })[] };
  };
  /** Writes a sealed copy of the vault to a new file, and opens all that is in it. */
  backup: {
    params: { output: string };
    result: { output: string; sizeBytes: number; envs: number; secrets: number };
  };
  /** Puts a backup in the place of the vault, once all in it has been opened; the typed password, always. */
  restore: {
    params: { file: string; force: boolean };
    /** `kept`: where the vault that was there is now. */
    result: { folder: string; kept: string | null; envs: number; secrets: number };
  };

  "app.list": { params: Record<never, never>; result: { apps: readonly { name: string; envs: readonly string[] }[] } };
  "app.create": { params: { name: string }; result: Record<never, never> };
  "app.delete": { params: { name: string }; result: { secrets: number } };
  /** Makes it the user's default, or (`here`) writes `.ov.yaml` in the working directory and binds the directory. */
  "app.use": { params: { name: string; env?: string; here: boolean }; result: { context: EnvRef; file: string } };
  "env.list": { params: { app?: string }; result: { app: string; envs: readonly string[] } };
  "env.create": { params: { app?: string; name: string }; result: EnvRef };
  "env.delete": { params: { app?: string; name: string }; result: { secrets: number } };
  "env.use": { params: { name: string; here: boolean }; result: { context: EnvRef; file: string } };

  "secret.set": {
    params: { name: string; source: ValueSource };
    result: {
      version: number;
      created: boolean;
      sizeBytes: number;
      newlineRemoved: boolean;
      maskable: boolean;
      warnings: readonly string[];
    };
  };
  "secret.generate": {
    params: { name: string; generate: Generate };
    result: { version: number; created: boolean };
  };
  "secret.list": { params: { deleted: boolean }; result: { context: EnvRef; secrets: readonly SecretView[] } };
  /** Writes the value to stdout itself; the typed password, always. */
  "secret.get": { params: { name: string; version?: number; newline: boolean }; result: { sizeBytes: number } };
  "secret.rm": { params: { name: string }; result: { recoverableUntil: number } };
  "secret.history": { params: { name: string }; result: { versions: readonly VersionView[] } };
  "secret.restore": { params: { name: string; version?: number }; result: { version: number } };

  "import.plan": {
    params: {
      source: { kind: "file"; path: string } | { kind: "stdin" };
      format: "auto" | "dotenv" | "json";
      dryRun: boolean;
    };
    result: ImportPlan;
  };
  "import.apply": {
    params: { planId: string; names: readonly string[]; rewrite: boolean; projectFile: boolean };
    result: ImportDone;
  };
  /** A person's run: the child's stdio is the terminal's, its output masked unless `raw`. */
  run: {
    params: {
      argv: readonly string[];
      secrets: readonly string[] | null;
      raw: boolean;
      timeoutMs: number | null;
      /** Makes the consent that is given now one that always holds for exactly this command. */
      remember?: boolean;
      /** File of a machine key, which opens its env in place of the password. */
      machineKey?: string;
      /** A bundle to take the secrets from; opens with a machine key alone. */
      bundle?: string;
    };
    result: { exitCode: number; signal: string | null; maskedCount: number; timedOut: boolean };
  };

  /** A sub-shell with the secrets; the typed password, always. */
  shell: {
    params: { secrets: readonly string[] | null };
    result: { exitCode: number; signal: string | null; maskedCount: number };
  };

  /** Starts the vault's agent, or unlocks the one that runs. */
  "agent.unlock": {
    params: { forMs: number | null; idleMs: number | null };
    result: { agent: AgentView; started: boolean };
  };
  /** Is the agent, until it ends. `locked`: without a password; `fromPipe`: it is on stdin, and who wrote it waits. */
  "agent.serve": {
    params: { forMs: number | null; idleMs: number | null; locked: boolean; fromPipe: boolean };
    result: { reason: string };
  };
  "agent.lock": { params: Record<never, never>; result: { was: "unlocked" | "locked" | "none" } };
  "agent.stop": { params: Record<never, never>; result: { stopped: boolean } };
  "agent.status": { params: Record<never, never>; result: { agent: AgentView | null } };
  "agent.install": { params: Record<never, never>; result: { file: string; next: readonly string[] } };
  "agent.uninstall": {
    params: Record<never, never>;
    result: { file: string; removed: boolean; next: readonly string[] };
  };

  "policy.show": { params: Record<never, never>; result: EnvRef & { mode: Mode; grants: readonly GrantView[] } };
  "policy.set": { params: { mode: Mode }; result: EnvRef & { mode: Mode; previous: Mode } };
  "grant.list": { params: Record<never, never>; result: { grants: readonly GrantView[] } };
  /** Consent given beforehand, for `ov grant add --secrets A,B -- CMD …`; the typed password, always. */
  "grant.add": {
    params: {
      argv: readonly string[];
      secrets: readonly string[];
      use: "once" | "until" | "always";
      until: number | null;
      /** Folders that are bound whole. */
      trees?: readonly string[];
    };
    result: { grant: GrantView; warnings: readonly string[] };
  };
  "grant.revoke": { params: { id: string }; result: Record<never, never> };
  "approve.list": { params: Record<never, never>; result: { pending: readonly PendingView[] } };
  /**
   * The typed password, always; the keeper itself shows what is asked for. Without `id` or `decision` it asks for them on
   * the terminal, so that one password does for choosing and answering, and no code of the front is in between.
   */
  "approve.decide": {
    params: { id: string | null; decision: Answer | null };
    result: { id: string; consent: Consent; decision: Answer } | null;
  };

  /** Clients whose connections are authorised without asking, as long as `ov agent` has the vault open. */
  "client.list": { params: Record<never, never>; result: { clients: readonly ClientView[] } };
  "client.revoke": { params: { id: string }; result: Record<never, never> };

  /** First call of `ov mcp`. With `authorize`, the password is read from the terminal while the server starts. */
  "mcp.open": { params: { authorize: boolean }; result: { sessionId: string } };
  "mcp.status": { params: Record<never, never>; result: SessionStatus };
  "mcp.list": {
    params: ToolParams;
    result: { context: EnvRef; secrets: readonly (SecretView & { grants: readonly string[] })[] };
  };
  "mcp.exists": { params: ToolParams & { name: string }; result: { exists: boolean; context: EnvRef } };
  "mcp.create": {
    params: ToolParams & { name: string; generate: Generate | null };
    result: MayAsk<{ version: number }>;
  };
  "mcp.update": {
    params: ToolParams & { name: string; generate: Generate | null; answer?: ConsentAnswer };
    result: MayAsk<{ version: number }>;
  };
  "mcp.delete": {
    params: ToolParams & { name: string; answer?: ConsentAnswer };
    result: MayAsk<{ recoverableUntil: number }>;
  };
  "mcp.run": {
    params: ToolParams & {
      command: readonly string[];
      secrets: readonly string[];
      workDir: string | null;
      timeoutSeconds: number;
      client: string;
      /** Whether somebody on this connection can be asked; if not, a pending request is recorded for `ov approve`. */
      canAsk: boolean;
      answer?: ConsentAnswer;
    };
    result: MayAsk<RunOutput>;
  };
}

/** Name of an operation. */
export type Operation = keyof Operations;
/** Parameters of an operation. */
export type Params<O extends Operation> = Operations[O]["params"];
/** Result of an operation. */
export type Result<O extends Operation> = Operations[O]["result"];

/** How far a long call is. */
export interface Progress {
  readonly elapsedMs: number;
  readonly outputBytes: number;
}

/** From the front to the keeper. */
export type ToKeeper =
  | { readonly t: "call"; readonly id: number; readonly op: Operation; readonly params: unknown }
  | { readonly t: "cancel"; readonly id: number };

/** From the keeper to the front. */
export type FromKeeper =
  | { readonly t: "result"; readonly id: number; readonly value: unknown }
  | { readonly t: "error"; readonly id: number; readonly error: WireError }
  | { readonly t: "progress"; readonly id: number; readonly progress: Progress };

/** What `main.ts` tells the keeper before any npm package is loaded. */
export interface KeeperStart {
  readonly t: "start";
  readonly protocol: number;
  /** The subcommand, which decides the operations that are open at all (`keeper/roles.ts`). */
  readonly command: string;
  /** The subcommand with its own, such as `secret get`. */
  readonly line: string;
  readonly version: string;
  readonly vaultFolder: string;
  readonly configFolder: string;
  readonly cwd: string;
  readonly platform: string;
  /** The caller's environment: what a child inherits from, and where `OV_*` and `PATH` are read from. */
  readonly environment: Readonly<Record<string, string>>;
  /** Programs that the binary may start, or `any`. */
  readonly programs: readonly string[] | "any";
  /** The command line after the program's own name: what the front may ask for (`keeper/typed.ts`). */
  readonly argv: readonly string[];
  /** Program and first arguments that start this very `ov`, for the agent. */
  readonly self: readonly string[];
  readonly syncHost: string | null;
}
