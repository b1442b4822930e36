/** Text for people: escaping of what came from elsewhere, tables, times and sizes. Pure. */

// What could move the cursor, recolour, reorder or hide text: C0 and C1 controls, DEL, bidi controls, zero-width and
// other invisible format characters, line separators, lone surrogates, tags and variation selectors.
const UNSAFE = new RegExp(
  "[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f" +
    "\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\u{1d173}-\\u{1d17a}" +
    "\\u{e0000}-\\u{e0fff}]|\\p{Cs}",
  "gu",
);

/**
 * `text` on one line, with every character that could deceive a terminal's reader written as an escape (`\n`, `\x1b`,
 * `\u{202e}`). For names, paths and arguments that came from a file, an agent or the vault.
 */
export function printable(text: string): string {
  return text.replace(UNSAFE, escapeCharacter);
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0)!;
  if (character === "\n") return "\\n";
  if (character === "\r") return "\\r";
  if (character === "\t") return "\\t";
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
}

const PLAIN_ARGUMENT = /^[A-Za-z0-9_@%+=:,./^-]+$/;

/**
 * One argument so that its borders are certain: as it is where it holds nothing special, else in single quotes, or in
 * `$'…'` with escapes where it holds a quote, a backslash or a character that {@link printable} escapes. A shell such as
 * bash reads the same argument back.
 */
export function quoteArgument(argument: string): string {
  if (PLAIN_ARGUMENT.test(argument)) return argument;
  const shown = printable(argument);
  if (shown === argument && !/['\\]/.test(argument)) return `'${argument}'`;
  const escaped = argument.replace(/[\\']/g, "\\$&").replace(UNSAFE, (character) => {
    const code = character.codePointAt(0)!;
    if (code < 0x80) return escapeCharacter(character);
    return `\\U${code.toString(16).padStart(8, "0")}`;
  });
  return `$'${escaped}'`;
}

/** A whole command line of {@link quoteArgument}. */
export function quoteCommand(argv: readonly string[]): string {
  return argv.map(quoteArgument).join(" ");
}

/**
 * Rows as aligned columns with two spaces between, without trailing blanks; one line per row. A row that is wider than
 * `columns` is cut in its last cell, with an ellipsis, unless `columns` is `null`.
 * @param rows cells, already safe to print
 */
export function table(rows: readonly (readonly string[])[], columns: number | null = null): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => widths[i] = Math.max(widths[i] ?? 0, i === row.length - 1 ? 0 : width(cell)));
  }
  return rows.map((row) => {
    const line = row.map((cell, i) => (i === row.length - 1 ? cell : pad(cell, widths[i]!))).join("  ").trimEnd();
    return `${columns === null ? line : cut(line, columns)}\n`;
  }).join("");
}

// Styling adds sequences that take no room.
// deno-lint-ignore no-control-regex
const STYLE = /\x1b\[[0-9;]*m/g;

function width(cell: string): number {
  return [...cell.replace(STYLE, "")].length;
}

function pad(cell: string, to: number): string {
  return cell + " ".repeat(Math.max(0, to - width(cell)));
}

function cut(line: string, columns: number): string {
  // A styled line is never cut: the sequence that ends the style must stay.
  if (columns < 20 || width(line) <= columns || line.includes("\x1b")) return line;
  return `${[...line].slice(0, columns - 1).join("").trimEnd()}…`;
}

/** `1 secret`, `2 secrets`; `many` where adding an s is wrong. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

const UNITS: readonly (readonly [string, number])[] = [
  ["year", 365 * 86_400_000],
  ["month", 30 * 86_400_000],
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

/** `5 minutes ago`, `in 3 days`, `just now`; both in milliseconds since the epoch. */
export function relativeTime(at: number, now: number): string {
  const distance = Math.abs(now - at);
  for (const [unit, size] of UNITS) {
    if (distance < size) continue;
    const text = count(Math.floor(distance / size), unit);
    return at <= now ? `${text} ago` : `in ${text}`;
  }
  return at <= now ? "just now" : "in less than a minute";
}

/** `48 bytes`, `12 KiB`, `3.4 MiB`. */
export function size(bytes: number): string {
  if (bytes < 1024) return count(bytes, "byte");
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KiB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
