/** Text for people: escaping of what came from elsewhere, tables, times and sizes. Pure. */

export { printable, quoteArgument, quoteCommand } from "../base/mod.ts";

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
  // What was given 8 hours just now still ends in 8 hours: what is ahead is taken up to the next minute.
  const distance = at <= now ? now - at : Math.ceil((at - now) / 60_000) * 60_000;
  for (const [unit, size] of UNITS) {
    if (distance < (unit === "month" ? 2 : 1) * size) continue;
    const text = count(Math.floor(distance / size), unit);
    return at <= now ? `${text} ago` : `in ${text}`;
  }
  return "just now";
}

/** `48 bytes`, `12 KiB`, `3.4 MiB`. */
export function size(bytes: number): string {
  if (bytes < 1024) return count(bytes, "byte");
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KiB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
