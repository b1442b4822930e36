/** Tells dates and times as logs have them: they stand among numbers in line after line, and are none of a row. */

import { isDecimal } from "../digits.ts";

const HYPHEN = 0x2d, SLASH = 0x2f, COLON = 0x3a, COMMA = 0x2c, DOT = 0x2e, SPACE = 0x20, T = 0x54, UNDERSCORE = 0x5f;
const LONGEST_FRACTION = 9;
/** `2026-01-02`, and how long the time behind it is: `03:04:05`. */
const DATE_SIZE = 10, TIME_SIZE = 8;

/**
 * Where the date that starts at `at` ends, with the time behind it (ISO 8601, RFC 3339 §5.6, with a blank, `/` and a comma too); `at`
 * where none is.
 */
export function timestampEnd(text: Uint8Array, at: number): number {
  const between = text[at + 4]!;
  if ((between !== HYPHEN && between !== SLASH) || text[at + 7] !== between) return at;
  const century = pair(text, at);
  if ((century !== 19 && century !== 20) || pair(text, at + 2) < 0) return at;
  if (!isWithin(pair(text, at + 5), 1, 12) || !isWithin(pair(text, at + 8), 1, 31)) return at;
  const end = at + DATE_SIZE, next = text[end];
  if (isDecimal(next)) return at;
  return next === SPACE || next === T || next === UNDERSCORE ? timeEnd(text, end + 1) ?? end : end;
}

/** The same for a time at `at` whose date stands before it, behind a `T`. */
export function timeBehindDateEnd(text: Uint8Array, at: number): number {
  if (at <= DATE_SIZE || text[at - 1] !== T) return at;
  const date = at - 1 - DATE_SIZE;
  return (date === 0 || !isDecimal(text[date - 1])) && timestampEnd(text, date) > at ? timestampEnd(text, date) : at;
}

/** Where the time at `at` ends, with parts of a second; `null` where none is. */
function timeEnd(text: Uint8Array, at: number): number | null {
  if (text[at + 2] !== COLON || text[at + 5] !== COLON) return null;
  if (!isWithin(pair(text, at), 0, 23) || !isWithin(pair(text, at + 3), 0, 59)) return null;
  if (!isWithin(pair(text, at + 6), 0, 60)) return null;
  let end = at + TIME_SIZE;
  if (isDecimal(text[end])) return null;
  if ((text[end] !== DOT && text[end] !== COMMA) || !isDecimal(text[end + 1])) return end;
  const fraction = end;
  while (isDecimal(text[++end])) if (end - fraction > LONGEST_FRACTION) return fraction;
  return end;
}

/** The number of two digits at `at`; -1 where none is. */
function pair(text: Uint8Array, at: number): number {
  return isDecimal(text[at]) && isDecimal(text[at + 1]) ? 10 * (text[at]! - 0x30) + text[at + 1]! - 0x30 : -1;
}

function isWithin(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}
