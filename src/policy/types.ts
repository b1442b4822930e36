/** Words of the policy. `Mode`, `GrantUse` and `Pin` are the same types as in `keeper/protocol.ts`, by structure. */

/** What an env allows (DESIGN §4): asks without a grant, only what was granted beforehand, or any command. */
export type Mode = "ask" | "listed" | "open";

/** How long a grant lives. */
export type GrantUse = "once" | "session" | "until" | "always";

/**
 * Content that a grant depends on: a path and its SHA-256 in lower-case hexadecimal. A path that ends with a separator
 * stands for the names in that directory (`content_python.ts`).
 */
export interface Pin {
  readonly path: string;
  readonly sha256: string;
}

/**
 * One argument of a grant: exactly this text, or a named wildcard for one argument. A wildcard never matches an
 * argument that begins with `-` or is of the form `NAME=value`, so that it can not become an option or a setting, nor a
 * folder, whose files nobody checks; a file that it names must have been pinned.
 */
export type GrantArg = string | { readonly any: string };

/** A folder of which every file counts, whether the command names it or not: its path and one digest of all of it. */
export interface TreePin {
  /** Absolute. */
  readonly folder: string;
  /** Over the paths and digests of its files, in lower-case hexadecimal. */
  readonly sha256: string;
  /** How many files there were, to tell a person. */
  readonly files: number;
}

/** A {@link TreePin} of this moment, with the files that it holds. */
export interface TreeState extends TreePin {
  /** Absolute paths, links resolved. */
  readonly paths: ReadonlySet<string>;
}

/**
 * Variables without which nothing runs, and each of which decides what a command loads or starts: a grant keeps them as
 * they were when it was given.
 */
export type BaseEnvironment = Readonly<Record<string, string>>;

/** A recorded consent. */
export interface Grant {
  readonly id: string;
  readonly app: string;
  readonly env: string;
  /** Names; a command may ask for fewer, never for others. */
  readonly secrets: readonly string[];
  /**
   * Absolute path as it was found, links and all: one file may be many programs (busybox), which look at the name that
   * they are started by. The file behind it is among the pins where it is another.
   */
  readonly program: string;
  readonly programSha256: string;
  /** The arguments after the program. */
  readonly argv: readonly GrantArg[];
  /** Absolute. */
  readonly workDir: string;
  readonly pins: readonly Pin[];
  /** Folders that must be as they were, whole; none where it is left out. */
  readonly trees?: readonly TreePin[];
  /** What the command gets in place of the caller's own. */
  readonly base?: BaseEnvironment;
  /** `agent` where it answers an agent's question: what was allowed then reads no standard input, whoever runs it. */
  readonly origin?: "agent";
  readonly use: GrantUse;
  /** Milliseconds since the epoch; `null` where it does not expire. */
  readonly until: number | null;
  /** The session that it is good for; `null` where it is good for any. */
  readonly session: string | null;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
  readonly uses: number;
}

/** A command that asks for secrets, with everything that a grant binds. */
export interface RunRequest {
  readonly origin: "agent" | "human";
  readonly app: string;
  readonly env: string;
  readonly secrets: readonly string[];
  /** Absolute path as it was found. */
  readonly program: string;
  readonly programSha256: string;
  /** The arguments after the program. */
  readonly argv: readonly string[];
  /** Those of them that name what no pin holds, and no wildcard stands for: a folder, a package that would be fetched. */
  readonly unbound?: readonly string[];
  /** Absolute. */
  readonly workDir: string;
  readonly pins: readonly Pin[];
  /** What the content was looked up with. */
  readonly base?: BaseEnvironment;
  readonly session: string | null;
}

/** What a command could do with a secret, in words for the person who is asked. */
export interface Warning {
  /** Stable, for programs and tests. */
  readonly code: WarningCode;
  /** One sentence. */
  readonly text: string;
  /** Never allowed by a grant: refused under `listed`, asked every time under `ask`. */
  readonly neverListed: boolean;
}

/** Kinds of {@link Warning}. */
export type WarningCode =
  | "shell-code"
  | "inline-code"
  | "no-script"
  | "prints-environment"
  | "reads-process"
  | "encodes"
  | "sends"
  | "debugs"
  | "inspectable"
  | "stays"
  | "starts-anything"
  | "unpinned-code";

/** The answer to a {@link RunRequest}; `reason` is one line for a person. */
export type Decision =
  | { readonly kind: "allow"; readonly reason: string; readonly grant: string | null }
  /** `changed`: paths whose content made an otherwise matching grant void. */
  | { readonly kind: "ask"; readonly reason: string; readonly changed: readonly string[] }
  | { readonly kind: "deny"; readonly reason: string; readonly changed: readonly string[] };

/**
 * The arguments of a grant as a person writes them: `{name}` stands for any one argument, `{{name}}` for `{name}` itself.
 */
export function parseArgs(argv: readonly string[]): GrantArg[] {
  return argv.map((arg) => {
    const name = /^\{([a-z][a-z0-9_-]{0,31})\}$/.exec(arg)?.[1];
    if (name !== undefined) return { any: name };
    return /^\{\{[a-z][a-z0-9_-]{0,31}\}\}$/.test(arg) ? arg.slice(1, -1) : arg;
  });
}

/** `argv` of a grant as it is shown: a wildcard as `<name>`. */
export function showArgs(argv: readonly GrantArg[]): string[] {
  return argv.map((arg) => typeof arg === "string" ? arg : `<${arg.any}>`);
}
