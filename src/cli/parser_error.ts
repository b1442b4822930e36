/** The parser's complaints in the form of the project's errors. */
import type { CommanderError, CommandUnknownOpts } from "@commander-js/extra-typings";
import type { OvError } from "../base/mod.ts";
import { scanArgv } from "./argv.ts";
import { GLOBAL_OPTIONS } from "./command.ts";
import { usageError } from "./parse.ts";

/** `error` as a usage error: one line, with the suggestion and where to read on as the hint. */
export function parserError(error: CommanderError, argv: readonly string[], program: CommandUnknownOpts): OvError {
  const { command } = scanArgv(argv);
  const known = program.commands.some((one) => one.name() === command?.split(" ")[0]);
  const [first = "", ...rest] = error.message.replace(/^error: /, "").split("\n");
  // Excess arguments are counted, not repeated: one of them may be a value.
  let state = first.replace(/(but got \d+): .*$/, "$1").replace(/^command-argument /, "");
  // What stands on the line of `secret set` may be a value: it is not repeated.
  if (command === "secret set" && !state.startsWith("missing ")) state = state.replace(/ '.*'$/, "");
  const suggestion = globalOptionLike(state) ?? /^\(Did you mean (.+)\?\)$/.exec(rest.join(" ").trim())?.[1];
  const help = known ? `ov ${command} --help` : "ov help";
  const hint = suggestion === undefined ? `See \`${help}\`.` : `Did you mean ${suggestion}? See \`${help}\`.`;
  return usageError(`Cannot read the command line: ${state.replace(/\.$/, "")}`, hint);
}

/** The global option that an unknown one resembles: the parser suggests only what the command's own help lists. */
function globalOptionLike(state: string): string | null {
  const given = /^unknown option '(--[a-z-]{3,})'$/.exec(state)?.[1];
  if (given === undefined) return null;
  const flags = GLOBAL_OPTIONS.map(([option]) => option!.split(" ")[0]!);
  return flags.find((flag) => distance(flag, given) <= Math.max(1, Math.floor(flag.length / 5))) ?? null;
}

/** How many characters must be added, dropped or exchanged to get from one to the other. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
