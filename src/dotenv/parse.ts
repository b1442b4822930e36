import { expandDotenv } from "./expand.ts";
import { LineIndex } from "./lines.ts";
import { type Quote, type RawEntry, scanEntries } from "./grammar.ts";
import { droppedLines, surprises } from "./notes.ts";

/** One entry of a file; lines count from 1, both inclusive. */
export interface DotenvEntry {
  readonly key: string;
  readonly value: string;
  readonly startLine: number;
  readonly endLine: number;
  /** The quotes that were removed from the value. */
  readonly quote: "" | Quote;
  /** Whether `export` stands before the key. */
  readonly exported: boolean;
  /** Whether a later entry of the same key overrides this one. */
  readonly shadowed: boolean;
}

/** Something about a line that a reader of the file would not expect. Never holds a value. */
export interface DotenvNote {
  readonly line: number;
  /** `dropped`: yields nothing; `differs`: read otherwise than it looks; `duplicate`: overridden further down. */
  readonly kind: "dropped" | "differs" | "duplicate";
  readonly message: string;
}

/** What {@link parseDotenv} read. */
export interface DotenvText {
  /** In the order of the file; those that are not shadowed are the file's effective values. */
  readonly entries: DotenvEntry[];
  /** In the order of the lines. */
  readonly notes: DotenvNote[];
}

/**
 * Reads a file's text; the effective values are exactly those of dotenv 16.3.1.
 *
 * @param text the file as text; a byte order mark and any line ends are understood
 * @param options `expand`: also expand `$NAME` as Wrangler does for `.env*` files (never for `.dev.vars`); a shadowed
 * entry keeps its unexpanded value
 * @throws {OvError} `usage/file` where expansion does not end
 */
export function parseDotenv(text: string, options: { expand?: boolean } = {}): DotenvText {
  const lines = new LineIndex(text);
  // dotenv assigns to a plain object, where `__proto__` takes no text; as nothing else reads it, it is no entry.
  const raws = scanEntries(text).filter(({ key }) => key !== "__proto__");
  const last = new Map<string, RawEntry>();
  for (const raw of raws) last.set(raw.key, raw);

  const expand = options.expand ?? false;
  const values = expand ? expandDotenv(valuesInOrder(raws)) : null;
  const entries: DotenvEntry[] = [];
  const notes = droppedLines(raws, lines);
  for (const raw of raws) {
    const shadowed = last.get(raw.key) !== raw;
    const startLine = lines.lineOf(raw.start);
    const value = values === null || shadowed ? raw.value : values.get(raw.key)!;
    entries.push({
      key: raw.key,
      value,
      startLine,
      endLine: lines.lineOf(raw.valueEnd - 1),
      quote: raw.quote,
      exported: raw.exported,
      shadowed,
    });
    if (shadowed) {
      const line = lines.lineOf(last.get(raw.key)!.start);
      notes.push({ line: startLine, kind: "duplicate", message: `overridden by line ${line}` });
    }
    const reading = { raw, text, lines, expand, expanded: expand && !shadowed && value !== raw.value };
    for (const message of surprises(reading)) notes.push({ line: startLine, kind: "differs", message });
  }
  notes.sort((a, b) => a.line - b.line);
  return { entries, notes };
}

/** Each key once, where it first stood, with its last value: the order in which an object would hold them. */
function valuesInOrder(raws: readonly RawEntry[]): Map<string, string> {
  const values = new Map<string, string>();
  for (const raw of raws) values.set(raw.key, raw.value);
  return values;
}
