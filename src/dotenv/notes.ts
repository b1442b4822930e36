import type { RawEntry } from "./grammar.ts";
import type { LineIndex } from "./lines.ts";
import type { DotenvNote } from "./parse.ts";

/**
 * What a reader of the file would not expect, in words that hold no part of the file: a line that was dropped may well
 * be the second half of a secret.
 */

/** A note for each line that is neither blank nor a comment and yields no entry. */
export function droppedLines(entries: readonly RawEntry[], lines: LineIndex): DotenvNote[] {
  const covered = new Set<number>();
  for (const entry of entries) {
    const end = lines.lineOf(entry.valueEnd - 1);
    for (let line = lines.lineOf(entry.start); line <= end; line++) covered.add(line);
  }
  const notes: DotenvNote[] = [];
  for (let line = 1; line <= lines.count; line++) {
    if (covered.has(line)) continue;
    const content = lines.textOf(line).trim();
    if (content === "" || content.startsWith("#")) continue;
    notes.push({ line, kind: "dropped", message: `dropped: ${whyDropped(content)}` });
  }
  return notes;
}

function whyDropped(content: string): string {
  const name = content.replace(/^export\s+/, "");
  if (/^__proto__\s*[=:]/.test(name)) return "this name can not be read back";
  if (/^[\w.-]+:/.test(name)) return "a colon needs a space after it";
  if (/^[\w.-]+$/.test(name)) return "a name without a value";
  if (!/[=:]/.test(name)) return "no name and no = sign";
  if (/^[=:]/.test(name)) return "no name before the sign";
  return "a name may hold only letters without accents, digits and _ . -";
}

/** An entry with what is needed to judge how it looks. */
export interface Reading {
  readonly raw: RawEntry;
  readonly text: string;
  readonly lines: LineIndex;
  /** Whether the file is one that is expanded. */
  readonly expand: boolean;
  /** Whether expansion changed this value. */
  readonly expanded: boolean;
}

/** Why the entry is read differently from what it looks like; empty for an ordinary one. */
export function surprises(reading: Reading): string[] {
  const { raw, text } = reading;
  const out: string[] = [];
  const first = raw.raw[0] ?? "";
  if (!raw.closed) {
    if (raw.raw === "" ? text[raw.separatorEnd] === "#" : text[raw.valueEnd] === "#") {
      out.push("cut at #: quote a value that holds this sign");
    }
    if (first !== "" && "'\"`".includes(first)) {
      out.push(raw.quote === "" ? unclosed(raw) : "quotes inside quotes: only the outer ones are removed");
    } else if (raw.value !== raw.raw) {
      out.push("quotes in the middle are removed");
    }
    if (/\s(?:export\s+)?[A-Za-z_][\w.-]*=/.test(raw.raw)) {
      out.push("one entry: the whole rest of the line is its value");
    }
    if (hasOuterOddSpace(text, raw)) out.push("unusual white space around the value is removed");
  } else {
    out.push(...surprisesInQuotes(reading));
  }
  if (first === '"' && /\\[nr]/.test(raw.raw)) out.push("\\n and \\r in double quotes become line ends");
  if (raw.raw !== "" && /[\r\n]/.test(text.slice(raw.start, raw.valueStart))) {
    out.push("name and value stand on different lines");
  }
  out.push(...dollars(reading));
  return out;
}

function unclosed(raw: RawEntry): string {
  const again = raw.raw.indexOf(raw.raw[0]!, 1) > 0;
  return again
    ? "text behind the closing quote: the quotes stay"
    : "the quote is not closed: it stays, on this line only";
}

function surprisesInQuotes({ raw, lines }: Reading): string[] {
  const out: string[] = [];
  const inside = raw.raw.slice(1, -1);
  const otherEscape = raw.quote === '"' ? /\\(?![nr])/ : raw.quote === "'" ? /\\'/ : /\\`/;
  if (otherEscape.test(inside)) out.push("a backslash in quotes stays");
  if (/[\r\n][^\S\r\n]*(?:export\s+)?[A-Za-z_][\w.-]*\s*=/.test(inside)) {
    out.push(`the quote closes on line ${lines.lineOf(raw.valueEnd - 1)}: entries before that are part of this value`);
  }
  return out;
}

/** White space other than blank and tab at the ends of an unquoted value, where dotenv trims it. */
function hasOuterOddSpace(text: string, raw: RawEntry): boolean {
  if (raw.raw === "") return false;
  const before = text.slice(raw.separatorEnd, raw.valueStart);
  const after = /^[^\S\r\n]*/.exec(text.slice(raw.valueEnd, raw.valueEnd + 64))![0];
  return /[^ \t\r\n]/.test(before + after);
}

function dollars({ raw, expand, expanded }: Reading): string[] {
  if (expanded) return ["$ is expanded, in any quotes: write \\$ for the sign itself"];
  if (!expand && /\$\{[A-Za-z_]/.test(raw.value)) return ["${…} is not expanded in this file"];
  return [];
}
