import { OvError } from "../base/mod.ts";
import { LINE_TERMINATOR, lineEnd, type RawEntry, scanEntries } from "./grammar.ts";
import { parseDotenv } from "./parse.ts";

/**
 * A file without what moved into the vault.
 *
 * Taking lines out can change how the lines around them read: an unclosed quote above may now find its end below. So
 * the result is parsed again; where it reads otherwise than it must, the lines are replaced by a comment that keeps
 * the two sides apart, and checked once more.
 */

/**
 * A comment that no quote and no loose name can reach across: the first quote of each kind in it has a letter behind it,
 * so nothing can close there, and a value that finds no end is read to the end of its line.
 */
const BARRIER = '# moved to ov (this line stays: it\'s what keeps "quotes" above and `below` apart)';

/** Shorter values are not looked for in comments: they would be found in ordinary words. */
const MIN_SEARCHED_LENGTH = 6;

/**
 * `text` without the entries of the removed keys, duplicates included. Comments, order, line ends and a byte order mark
 * stay, except that nothing may keep a copy of what was removed: a comment line that assigns to a removed key, a
 * comment line or a line without meaning that holds a removed value, and a comment behind another entry that does, go
 * as well.
 *
 * @param text the file as text
 * @param remove keys
 * @param options `comment`: a line to put where the first removed entry stood, without its `#`; not repeated if it is there
 * @returns the new text; read again, it gives the same entries less the removed keys
 * @throws {OvError} `usage/file` where no such text was found
 */
export function rewriteDotenv(text: string, remove: ReadonlySet<string>, options: { comment?: string } = {}): string {
  const cuts = findCuts(text, remove);
  const wanted = effective(text).filter(([key]) => !remove.has(key));
  for (const barriers of [false, true]) {
    const result = withComment(text, cuts, options.comment, barriers);
    if (JSON.stringify(effective(result)) === JSON.stringify(wanted)) return result;
  }
  throw new OvError(
    "usage/file",
    "Cannot rewrite file: without the removed entries, others would be read differently",
    {
      hint: "Remove the entries by hand, and close any open quote.",
    },
  );
}

/** A stretch of text that goes. */
interface Cut {
  readonly start: number;
  readonly end: number;
  readonly kind: "entry" | "line" | "tail";
}

function effective(text: string): [string, string][] {
  return parseDotenv(text).entries.map(({ key, value }) => [key, value]);
}

function findCuts(text: string, remove: ReadonlySet<string>): Cut[] {
  const cuts: Cut[] = [];
  const entries = scanEntries(text);
  const holdsTrace = traceFinder(entries.filter(({ key }) => remove.has(key)));
  let at = 0;
  for (const entry of entries) {
    cuts.push(...looseLines(text, at, lineStart(text, entry.start), remove, holdsTrace));
    const end = lineEnd(text, entry.valueEnd);
    if (remove.has(entry.key)) {
      cuts.push({ start: lineStart(text, entry.start), end: afterTerminator(text, end), kind: "entry" });
    } else if (holdsTrace(text.slice(entry.valueEnd, end))) {
      cuts.push({ start: entry.valueEnd, end, kind: "tail" });
    }
    at = afterTerminator(text, end);
  }
  cuts.push(...looseLines(text, at, text.length, remove, holdsTrace));
  return cuts;
}

/**
 * Tells whether a part of the text holds one of the removed values: as read, as written, or a line of one with several.
 * What is only letters may be an ordinary word, so it counts only where it looks assigned.
 */
function traceFinder(removed: readonly RawEntry[]): (part: string) => boolean {
  const traces = new Set<string>();
  for (const { value, raw } of removed) {
    for (const form of [value, raw]) {
      for (const part of [form, ...form.split(/[\r\n]+|\\n/)]) {
        const trace = part.trim();
        if (trace.length >= MIN_SEARCHED_LENGTH) traces.add(trace);
      }
    }
  }
  return (part) =>
    [...traces].some((trace) =>
      /^[A-Za-z]+$/.test(trace) ? new RegExp(`[=:]\\s*["'\`]?${trace}\\b`).test(part) : part.includes(trace)
    );
}

/** Cuts among the lines between two entries. */
function looseLines(
  text: string,
  from: number,
  to: number,
  remove: ReadonlySet<string>,
  holdsTrace: (part: string) => boolean,
): Cut[] {
  const cuts: Cut[] = [];
  for (let start = from; start < to;) {
    const end = afterTerminator(text, lineEnd(text, start));
    const line = text.slice(start, end);
    if (assignsInComment(line, remove) || holdsTrace(line)) cuts.push({ start, end, kind: "line" });
    start = end;
  }
  return cuts;
}

function assignsInComment(line: string, remove: ReadonlySet<string>): boolean {
  const found = /^\s*#[\s#]*(?:export\s+)?([\w.-]+)\s*(?:=|:\s)\s*\S/.exec(line);
  return found !== null && remove.has(found[1]!);
}

function withComment(text: string, cuts: readonly Cut[], comment: string | undefined, barriers: boolean): string {
  const bom = text.startsWith("\uFEFF") ? 1 : 0;
  const newline = /\r\n|\r|\n/.exec(text)?.[0] ?? "\n";
  const commentLine = comment === undefined ? undefined : `# ${comment.replace(/[\r\n\u2028\u2029]+/g, " ")}`;
  let pending = commentLine === undefined || hasLine(text, commentLine) ? undefined : commentLine;
  let out = text.slice(0, bom);
  let at = bom;
  for (const cut of cuts) {
    out += text.slice(at, Math.max(at, cut.start));
    at = cut.end;
    if (cut.kind === "tail") {
      if (barriers) out += ` ${BARRIER}`;
      continue;
    }
    if (barriers) out += BARRIER + newline;
    if (cut.kind !== "entry" || pending === undefined) continue;
    out += pending + newline;
    pending = undefined;
  }
  return out + text.slice(at);
}

function hasLine(text: string, line: string): boolean {
  return text.split(/[\r\n]+/).some((other) => other.trim() === line);
}

/** Where the line of `at` begins. */
function lineStart(text: string, at: number): number {
  let start = at;
  while (start > 0 && !LINE_TERMINATOR.test(text[start - 1]!)) start--;
  return start;
}

/** Just behind the line terminator at `end`; CRLF is one. */
function afterTerminator(text: string, end: number): number {
  if (text.startsWith("\r\n", end)) return end + 2;
  return Math.min(end + 1, text.length);
}
