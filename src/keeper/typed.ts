import type { FromKeeper, ToKeeper } from "./protocol.ts";

/**
 * Where the password comes from a file, nobody reads what is about to be done before it is done. So the front, which may
 * be hostile, can ask only for what the person typed: the command, the names of its secrets, app, env, password file, and
 * what an option switches on.
 */
const BOUND: readonly string[] = [
  "configure",
  "run",
  "shell",
  "export",
  "rotate",
  "backup",
  "restore",
  "init",
  "password.sheet",
  "agent.unlock",
];

/** Commands with subcommands of which some change the vault; the vault may be open for another of them. */
const GROUPS: readonly string[] = ["secret", "app", "env", "grant", "client", "machine-key", "policy", "password"];

/** Subcommands that only look. */
const LOOKING: readonly string[] = ["list", "get", "history", "show"];

/** Whether the operation changes what it belongs to, and its word was not typed: `ov secret list` removes nothing. */
function isUntypedChange(op: string, words: ReadonlySet<string>): boolean {
  const [group = "", verb = ""] = op.split(".");
  return GROUPS.includes(group) && !LOOKING.includes(verb) && !words.has(verb);
}

/**
 * Whether a call of the front asks for something that is not on the command line.
 *
 * @param argv the command line after the program's own name
 * @param message as it came, not checked in any way
 * @returns the answer to send instead of carrying it out; `null` where the call says what was typed
 */
export function refuseUntyped(argv: readonly string[], message: ToKeeper): FromKeeper | null {
  if (message?.t !== "call" || typeof message.op !== "string") return null;
  const words = wordsOf(argv);
  if (isUntypedChange(message.op, words)) return refusal(message);
  if (!BOUND.includes(message.op)) return null;
  const params: unknown = message.params;
  if (typeof params !== "object" || params === null) return null;
  for (const [field, value] of Object.entries(params)) {
    if (isOnCommandLine(field, value, argv, words)) continue;
    return refusal(message);
  }
  return null;
}

function refusal({ id, op }: Extract<ToKeeper, { t: "call" }>): FromKeeper {
  return {
    t: "error",
    id,
    error: { code: "policy/denied", message: `Cannot do ${op}: it is not what the command line says` },
  };
}

/** Values that stand for nothing typed (`null`, `false`, a number of milliseconds) can only ask for less. */
function isOnCommandLine(field: string, value: unknown, argv: readonly string[], words: ReadonlySet<string>): boolean {
  // It says how the values are written, not which, and has a default.
  if (field === "format") return true;
  if (typeof value === "string") return words.has(value);
  if (value === true) return words.has(optionOf(field));
  if (!Array.isArray(value)) return true;
  if (field !== "argv") return value.every((item) => words.has(item));
  const border = argv.indexOf("--");
  const tail = border < 0 ? argv.slice(Math.max(0, argv.length - value.length)) : argv.slice(border + 1);
  return tail.length === value.length && tail.every((word, i) => word === value[i]);
}

/** Each word, what stands behind its `=`, and the items of a list in either. */
function wordsOf(argv: readonly string[]): ReadonlySet<string> {
  const words = new Set<string>();
  for (const word of argv) {
    for (const part of [word, word.slice(word.indexOf("=") + 1)]) {
      words.add(part);
      for (const item of part.split(",")) words.add(item.trim());
    }
  }
  return words;
}

/** `nonInteractive` is `--non-interactive`. */
function optionOf(field: string): string {
  return `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
