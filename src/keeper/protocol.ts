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
import type { AuditOperations } from "./audit_protocol.ts";
import type { MachineOperations } from "./machine_protocol.ts";
import type {
  AgentView,
  Answer,
  ClientView,
  Consent,
  ConsentAnswer,
  Context,
  DoctorCheck,
  EnvRef,
  Generate,
  GrantView,
  ImportDone,
  ImportPlan,
  MayAsk,
  Mode,
  PendingView,
  RunOutput,
  SecretView,
  SessionStatus,
  StatusReport,
  Strength,
  ToolParams,
  ValueSource,
  VersionView,
} from "./protocol_views.ts";

export type { MachineKeyView } from "./machine_protocol.ts";
export type { AuditView, CanaryNotice, InterceptorMode } from "./audit_protocol.ts";
export type * from "./protocol_views.ts";

/** Version of these messages; both sides are of one build, so it is only checked, never negotiated. */
export const PROTOCOL_VERSION = 1;

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
  /** `emergencySheet`: shows a sheet as well, on the terminal; `sheet`: whether one was made. */
  init: {
    params: { emergencySheet?: boolean };
    result: { folder: string; strength: Strength | null; sheet?: boolean };
  };
  /** The typed password, always. `passwordFile`: one is named, and now holds the old password. */
  "password.change": {
    params: Record<never, never>;
    result: { strength: Strength | null; passwordFile: boolean };
  };
  /** Shows a new emergency sheet on the terminal, or makes the one that is there useless; the typed password, always. */
  "password.sheet": {
    params: { revoke: boolean };
    result: { sheet: "made" | "replaced" | "declined" | "revoked" };
  };
  /** A new password, by the code of the emergency sheet, which is typed. */
  "password.reset": {
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
  /** Puts a backup in the place of the vault, once all in it has been opened; its password or the code of its sheet, typed, always. */
  restore: {
    params: { file: string; force: boolean; sheet?: boolean };
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
    /** `replace`: whether a value that the vault holds may give way to a different one. */
    params: { planId: string; names: readonly string[]; rewrite: boolean; projectFile: boolean; replace: boolean };
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

  /**
   * Starts the vault's agent, or unlocks the one that runs. `remember`: puts a key into the user's keyring as well; the typed
   * password, always. `byKeyring`: such a key was enough.
   */
  "agent.unlock": {
    params: { forMs: number | null; idleMs: number | null; remember?: boolean };
    result: { agent: AgentView; started: boolean; remembered?: boolean; byKeyring?: boolean };
  };
  /** Makes the key in the keyring useless, and takes it out; `keyring`: `null` where that could not be asked. */
  "agent.forget": { params: Record<never, never>; result: { revoked: boolean; keyring: boolean | null } };
  /**
   * Is the agent, until it ends. `locked`: without a password; `activated`: the same, on a socket that a service manager
   * handed over, and it ends when it locks; `fromPipe`: the password is on stdin, and who wrote it waits.
   */
  "agent.serve": {
    params: {
      forMs: number | null;
      idleMs: number | null;
      locked: boolean;
      fromPipe: boolean;
      activated: boolean;
    };
    result: { reason: string };
  };
  "agent.lock": { params: Record<never, never>; result: { was: "unlocked" | "locked" | "none" } };
  "agent.stop": { params: Record<never, never>; result: { stopped: boolean } };
  "agent.status": { params: Record<never, never>; result: { agent: AgentView | null } };
  "agent.install": { params: Record<never, never>; result: { files: readonly string[]; next: readonly string[] } };
  /** `files`: those that were there. */
  "agent.uninstall": {
    params: Record<never, never>;
    result: { files: readonly string[]; next: readonly string[] };
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
