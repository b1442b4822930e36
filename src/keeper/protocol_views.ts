/** What the messages of `protocol.ts` are made of, as plain data: names and descriptions, never a value. */
import type { CanaryNotice, InterceptorMode } from "./audit_protocol.ts";

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
  readonly trees: readonly { readonly folder: string; readonly files: number }[];
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
  /** How it stands in the vault; `unknown` where the vault was not opened (`--dry-run` without a password file). */
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
  /** Whether somebody chose the app: by option, variable or a bound `.ov.yaml`; else it is a guess or a default. */
  readonly chosen: boolean;
  /** `null` where the vault was not opened to see (a dry run). */
  readonly targetExists: boolean | null;
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
  readonly imported: readonly {
    readonly name: string;
    readonly version: number;
    readonly changed: boolean;
    /** Whether another value stood there before. */
    readonly replaced: boolean;
  }[];
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
  /** Whether there is an emergency sheet, and an unlock key in a keyring; `null` without a vault. */
  readonly sheet?: boolean | null;
  readonly remembered?: boolean | null;
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
