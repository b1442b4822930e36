/**
 * The grammar of dotenv 16.3.1, as one pass that keeps positions.
 *
 * ```
 * entry   = *space [ "export" 1*space ] key ( *space "=" / ":" 1space ) [ value ] tail
 * key     = 1*( letter / digit / "_" / "." / "-" )            ; ASCII only
 * value   = *space quoted / 1*( any character but "#", CR, LF )
 * quoted  = one of ' " ` , then anything, to a closing quote of the same kind that a tail follows
 * tail    = *space [ "#" comment ] end of line
 * ```
 * `space` is JavaScript's `\s`, so a line feed too: a key may stand above its `=`, and a quoted value below it. A quote
 * closes at the first one without a backslash before it, if a tail follows there; else at the last one *with* a
 * backslash before that, which a tail follows; else the value is not quoted at all and ends with its line.
 *
 * The package itself does this with one regular expression, which needs quadratic time on a file of unclosed quotes;
 * here the closing quotes are indexed beforehand, so that any file takes time in proportion to its length (with a
 * logarithm). The differential test compares the two.
 */

/** A quote that a value can stand in. */
export type Quote = "'" | '"' | "`";

/** One entry as it stands in the text; offsets are UTF-16 units of that text. */
export interface RawEntry {
  readonly key: string;
  /** As dotenv gives it: trimmed, quotes removed, `\n` and `\r` expanded in double quotes. */
  readonly value: string;
  /** The value as written, less the white space around it: quotes and escapes are still there. */
  readonly raw: string;
  /** The quotes that were removed; empty where none were. */
  readonly quote: "" | Quote;
  /** Whether the value was closed properly by its quote, rather than read to the end of the line and stripped. */
  readonly closed: boolean;
  readonly exported: boolean;
  /** Where `export` or the key begins. */
  readonly start: number;
  /** Just behind the key's `=` or `:`. */
  readonly separatorEnd: number;
  /** Where {@link raw} begins; `separatorEnd` where it is empty. */
  readonly valueStart: number;
  /** Just behind {@link raw}; `separatorEnd` where it is empty. */
  readonly valueEnd: number;
}

/** What dotenv accepts as a key. `__proto__` matches and is lost all the same. */
export const DOTENV_KEY = /^[\w.-]+$/;

/** What ends a line for `^` and `$` in a regular expression. */
export const LINE_TERMINATOR = /[\n\r\u2028\u2029]/;

/**
 * Every entry in the order of the text, duplicates and all; `__proto__` included, which dotenv loses on assignment.
 *
 * @param text a file's text; CR, LF, CRLF and a byte order mark are all understood
 */
export function scanEntries(text: string): RawEntry[] {
  const closers = { "'": new Closers(text, "'"), '"': new Closers(text, '"'), "`": new Closers(text, "`") };
  const entries: RawEntry[] = [];
  let at = 0;
  while (true) {
    at = skipSpace(text, at);
    if (at >= text.length) return entries;
    const head = headAt(text, at);
    if (head === null) {
      at = lineEnd(text, at);
      continue;
    }
    const value = valueAt(text, head.bodyStart, closers);
    entries.push({
      key: head.key,
      ...readValue(text.slice(value.start, value.end)),
      closed: value.closed,
      exported: head.exported,
      start: at,
      separatorEnd: head.separatorEnd,
      ...(value.start === value.end
        ? { valueStart: head.separatorEnd, valueEnd: head.separatorEnd }
        : { valueStart: value.start, valueEnd: value.end }),
    });
    at = value.next;
  }
}

interface Head {
  readonly key: string;
  readonly exported: boolean;
  readonly separatorEnd: number;
  readonly bodyStart: number;
}

/** The key and its separator at `at`, first read with a leading `export`, then without. */
function headAt(text: string, at: number): Head | null {
  const prefix = match(/export\s+/y, text, at);
  if (prefix !== null) {
    const head = keyAt(text, at + prefix.length, true);
    if (head !== null) return head;
  }
  return keyAt(text, at, false);
}

function keyAt(text: string, at: number, exported: boolean): Head | null {
  const key = match(/[\w.-]+/y, text, at);
  if (key === null) return null;
  const behind = at + key.length;
  const equals = match(/\s*=/y, text, behind);
  if (equals !== null) {
    const end = behind + equals.length;
    return { key, exported, separatorEnd: end, bodyStart: end };
  }
  // A colon takes exactly one white space with it; dotenv has made one character of CRLF before it looks.
  const colon = match(/:(?:\r\n|\s)/y, text, behind);
  if (colon === null) return null;
  return { key, exported, separatorEnd: behind + 1, bodyStart: behind + colon.length };
}

interface ValueSpan {
  /** The value, less the white space around it. */
  readonly start: number;
  readonly end: number;
  readonly closed: boolean;
  /** Where the search for the next entry goes on. */
  readonly next: number;
}

function valueAt(text: string, at: number, closers: Readonly<Record<Quote, Closers>>): ValueSpan {
  const opening = skipSpace(text, at);
  const quote = text[opening];
  if (quote === "'" || quote === '"' || quote === "`") {
    const close = closers[quote].closing(opening);
    if (close !== null) {
      return { start: opening, end: close + 1, closed: true, next: tailEnd(text, close + 1)! };
    }
  }
  const run = match(/[^#\r\n]+/y, text, at) ?? "";
  const start = at + (run.length - run.trimStart().length);
  const end = Math.max(start, at + run.trimEnd().length);
  return { start, end, closed: false, next: tailEnd(text, at + run.length)! };
}

/** Where the tail that begins at `at` ends, or `null` where something other than a comment follows on the line. */
function tailEnd(text: string, at: number): number | null {
  const next = skipSpace(text, at);
  if (next >= text.length) return text.length;
  if (text[next] === "#") return lineEnd(text, next);
  for (let i = next - 1; i >= at; i--) {
    if (LINE_TERMINATOR.test(text[i]!)) return i;
  }
  return null;
}

/** The value and the quotes that were removed, from the text between the separator and the tail. */
function readValue(raw: string): { value: string; raw: string; quote: "" | Quote } {
  const normal = raw.replace(/\r\n?/g, "\n");
  // With `m` and `g`, as dotenv does it: a value that U+2028 divides loses quotes around any of its parts.
  const stripped = normal.replace(/^(['"`])([\s\S]*)\1$/gm, "$2");
  const first = normal[0];
  const quoted = normal.length > 1 && normal.at(-1) === first && (first === "'" || first === '"' || first === "`");
  const value = first === '"' ? stripped.replace(/\\n/g, "\n").replace(/\\r/g, "\r") : stripped;
  return { value, raw, quote: quoted ? first : "" };
}

/** Where quotes of one kind close. */
class Closers {
  readonly #text: string;
  /** Quotes without a backslash before them. */
  readonly #plain: number[] = [];
  /** Quotes with a backslash before them that a tail follows. */
  readonly #escaped: number[] = [];

  constructor(text: string, quote: Quote) {
    this.#text = text;
    for (let i = text.indexOf(quote); i >= 0; i = text.indexOf(quote, i + 1)) {
      if (text[i - 1] !== "\\") this.#plain.push(i);
      else if (tailEnd(text, i + 1) !== null) this.#escaped.push(i);
    }
  }

  /** The quote that closes the one at `opening`, or `null`. */
  closing(opening: number): number | null {
    const plain = this.#plain[firstAfter(this.#plain, opening)] ?? Infinity;
    if (plain !== Infinity && tailEnd(this.#text, plain + 1) !== null) return plain;
    const escaped = this.#escaped[firstAfter(this.#escaped, plain) - 1] ?? -1;
    return escaped > opening ? escaped : null;
  }
}

/** Index of the first number greater than `limit` in a rising list; its length where there is none. */
function firstAfter(sorted: readonly number[], limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}

function match(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

function skipSpace(text: string, at: number): number {
  return at + match(/\s*/y, text, at)!.length;
}

/** The line terminator at or after `at`, or the end of the text. */
export function lineEnd(text: string, at: number): number {
  const pattern = /[\n\r\u2028\u2029]/g;
  pattern.lastIndex = at;
  return pattern.exec(text)?.index ?? text.length;
}
