/** What a machine key may be used for: read and written by the owner, obeyed by whoever opens an env with the key. */
import { isSlug, OvError } from "../base/mod.ts";
import {
  type Decision,
  type GrantArg,
  isPlainArgument,
  type Mode,
  showArgs,
  type Warning,
  warningsFor,
} from "../policy/mod.ts";

/** The terms that are sealed with a machine key's wrap (FORMAT §9.1). */
export interface MachineTerms {
  readonly name: string;
  /** Of the env, kept as it is set. */
  readonly mode: Mode;
  /** Commands that may run where the env is not open: the words as they are written, `<name>` for any one argument. */
  readonly commands: readonly (readonly GrantArg[])[];
  readonly allowExport: boolean;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Milliseconds since the epoch; `null` where it does not expire. */
  readonly expiresAt: number | null;
}

const MODES: readonly unknown[] = ["ask", "listed", "open"];

/** What was sealed, or `null` where it is not that shape. */
export function readTerms(value: unknown): MachineTerms | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const { name, mode, commands, allowExport, createdAt, expiresAt } = value as Record<string, unknown>;
  const isTime = (time: unknown) => Number.isSafeInteger(time) && (time as number) >= 0;
  const isWord = (word: unknown) =>
    typeof word === "string" ||
    (typeof word === "object" && word !== null && typeof (word as { any?: unknown }).any === "string");
  const isCommand = (command: unknown) => Array.isArray(command) && command.length > 0 && command.every(isWord);
  const fits = typeof name === "string" && isSlug(name) && MODES.includes(mode) && typeof allowExport === "boolean" &&
    isTime(createdAt) && (expiresAt === null || isTime(expiresAt)) && Array.isArray(commands) &&
    commands.every(isCommand);
  return fits ? { name, mode, commands, allowExport, createdAt, expiresAt } as MachineTerms : null;
}

/**
 * A command of `--commands` as its words. Words stand between blanks; quotes hold a word together, and nothing is
 * expanded. `<name>` stands for any one argument that does not begin with `-`.
 *
 * @throws OvError `usage/invalid`; `policy/denied` for a command that no lasting grant is good for
 */
export function parseCommand(line: string): GrantArg[] {
  const words = splitWords(line);
  if (words === null || words.length === 0 || words[0] === "") {
    throw new OvError("usage/invalid", "Cannot make the machine key: a command is empty, or a quote is not closed", {
      hint: "Give each command as one argument: --commands 'npm test'",
    });
  }
  const pattern = words.map((word, i): GrantArg => {
    const wildcard = i === 0 ? undefined : /^<([a-z][a-z0-9-]{0,31})>$/.exec(word)?.[1];
    return wildcard === undefined ? word : { any: wildcard };
  });
  const never = neverListed(warningsFor(words[0]!, showArgs(pattern.slice(1))));
  if (never !== undefined) {
    throw new OvError("policy/denied", `Cannot fix that command into the key: ${never.text}`, {
      hint: "Put it into a script and name that, or `ov policy set open` for this env.",
    });
  }
  return pattern;
}

/** A command as it is shown. */
export function showCommand(command: readonly GrantArg[]): readonly string[] {
  return showArgs(command);
}

/**
 * Whether a command may run under a machine key. Nobody is there to be asked: what is not allowed is denied.
 * @param argv as it was asked for, the program's name first
 */
export function judgeMachineRun(
  terms: MachineTerms,
  argv: readonly string[],
  warnings: readonly Warning[],
): Decision {
  if (terms.mode === "open") return { kind: "allow", reason: "the environment is open to any command", grant: null };
  const never = neverListed(warnings);
  if (never !== undefined) return deny(`no machine key is good for such a command: ${never.text}`);
  if (terms.commands.some((command) => matches(command, argv))) {
    return { kind: "allow", reason: `the machine key ${terms.name} lists it`, grant: null };
  }
  return deny(`the machine key ${terms.name} does not list this command`);
}

function deny(reason: string): Decision {
  return { kind: "deny", reason, changed: [] };
}

function neverListed(warnings: readonly Warning[]): Warning | undefined {
  return warnings.find((warning) => warning.neverListed);
}

function matches(command: readonly GrantArg[], argv: readonly string[]): boolean {
  return command.length === argv.length && command.every((word, i) => {
    const given = argv[i]!;
    return typeof word === "string" ? word === given : isPlainArgument(given);
  });
}

/** Words between blanks, as a shell without expansion reads them; `null` where a quote or backslash is open. */
function splitWords(line: string): string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  let quote = "";
  for (let i = 0; i < line.length; i++) {
    const character = line[i]!;
    if (quote !== "") {
      if (character === quote) quote = "";
      else word += character;
    } else if (character === "'" || character === '"') {
      quote = character;
      word ??= "";
    } else if (character === "\\") {
      if (i + 1 === line.length) return null;
      word = (word ?? "") + line[++i]!;
    } else if (/\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? "") + character;
  }
  if (quote !== "") return null;
  if (word !== null) words.push(word);
  return words;
}
