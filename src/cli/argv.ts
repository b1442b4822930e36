/**
 * What the command line is about, found without loading a package: `main.ts` decides with it which isolates to start,
 * and an error before the parser ran is still shown in the form that was asked for. The parser (`program.ts`) has the
 * last word on everything.
 */
import { COMMANDS } from "./commands/table.ts";

/** What {@link scanArgv} found. */
export interface ArgvScan {
  /** `secret get`, `run`; the first word alone where the second is none of its subcommands; `null` without any. */
  readonly command: string | null;
  /** Whether help or the version is asked for; then nothing else happens. */
  readonly help: boolean;
  readonly json: boolean;
}

/** Global options that take a value. */
const VALUE_OPTIONS: readonly string[] = ["--app", "--env", "--password-file"];

/** Scans the arguments after the program's own name. */
export function scanArgv(argv: readonly string[]): ArgvScan {
  const words: string[] = [];
  let help = false;
  let json = false;
  let passThrough = false;
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i]!;
    if (argument === "--") break;
    if (argument.startsWith("-") && argument !== "-") {
      if (argument === "--json") json = true;
      else if (argument === "--help" || argument === "-h") help = true;
      else if (words.length === 0 && (argument === "--version" || argument === "-V")) help = true;
      else if (VALUE_OPTIONS.includes(argument) || (passThrough && OWN_VALUE_OPTIONS.includes(argument))) i++;
      continue;
    }
    // What follows the command of `run` and `grant add` belongs to the child.
    if (passThrough) break;
    words.push(argument);
    passThrough = PASS_THROUGH.includes(words.join(" "));
  }
  const entry = COMMANDS.find((command) => command.name === words[0]);
  const command = words[0] === undefined
    ? null
    : entry?.subcommands?.includes(words[1] ?? "")
    ? `${words[0]} ${words[1]}`
    : words[0];
  return { command, help, json };
}

/** Commands after whose first operand everything belongs to the child. */
const PASS_THROUGH: readonly string[] = ["run", "grant add"];
/** Options of those commands that take a value. */
const OWN_VALUE_OPTIONS: readonly string[] = [
  "--secrets",
  "--timeout",
  "--for",
  "--until",
  "--tree",
  "--machine-key",
  "--bundle",
];
