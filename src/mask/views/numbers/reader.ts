/**
 * Views of numbers in a row: bytes written in hexadecimal, decimal, octal or binary with anything short between them, as
 * `od`, `xxd`, `hexdump`, arrays in source code, `\x41`, `0x41`, `41:42` have them; words of 2 and 4 bytes in both orders.
 */

import type { Text } from "../../kernels/kernels.ts";
import { byteClass } from "../../kernels/tables.ts";
import type { Reader } from "../../view.ts";
import { isDecimal } from "../digits.ts";
import { NO_HEX } from "../hex.ts";
import { interpretRow, LEAST_LARGE_DIGITS, readLarge } from "./interpret.ts";
import { ALL_DIGITS, CLASS, HEXADECIMAL, OTHER, Row } from "./row.ts";
import { timeBehindDateEnd, timestampEnd } from "./timestamp.ts";
import type { Views } from "./views.ts";

/** A word of so many digits (characters) of all kinds is a hash. */
const LONG_DIGITS = 16;
/** The most that may stand between two numbers of one row. */
const MAX_GAP = 8;
const MIN_TOKENS = 6;
/** A row of words needs fewer of them. */
const MIN_DIGITS = 12;
/** For each byte, whether it is none that a row is broken by: `x`, `u`, `o` and `b` may stand before digits. */
const IN_ROW = byteClass(
  CLASS.map((kind, byte) => (kind & OTHER) === 0 || [0x78, 0x75, 0x6f].includes(byte | 0x20) ? 1 : 0),
);
/** So many numbers of a row that begins or ends at a word stand by themselves. */
const LEAST_PLAIN = 2;
/** No row (bytes) is shorter. */
const LEAST_ROW = 2 * MIN_TOKENS - 1;
/** A number in binary with its `0b` has more digits (characters). */
const LONG_BINARY = 8;

/** A reader of every row of numbers. @param views takes what they stand for */
export function numbersReader(views: Views): Reader {
  return (loaded, emit) => {
    for (let from = 0; from < loaded.size;) {
      const count = loaded.stretches(from, loaded.size, LEAST_ROW, IN_ROW);
      from = loaded.resume;
      const { list } = loaded;
      for (let i = 0; i < count; i += 2) readRows(loaded, list[i]!, list[i + 1]!, views);
    }
    // A view is read by this same reader again, but only once it is through with the text.
    views.emit(emit);
  };
}

/** The row that is read: the first place is for a number to which a word is joined. */
const row = new Row();

/**
 * The rows in a stretch. A number at its start or end to which a word is joined (`free064 142`, `113fy`) may be one of the row,
 * or of the word: the row is read with it and without.
 */
function readRows(loaded: Text, begin: number, size: number, views: Views): void {
  const { bytes: text } = loaded;
  // Where the last number ends, and where the digits start that are joined to a word before the row.
  let end = 0, joined = -1, joinedEnd = 0;
  let digits = 0, union = 0, isPrefixed = false;
  row.size = 1;
  const first = begin > 0 ? timeBehindDateEnd(text, begin) : begin;
  for (let i = first; i < size; i++) {
    let kind = CLASS[text[i]!]!;
    if (kind === 0) continue;
    if (kind === 1 && (i === 0 || CLASS[text[i - 1]!] === 0)) {
      const after = timestampEnd(text, i);
      if (after > i) {
        i = after - 1;
        continue;
      }
    }
    const start = i;
    let classes = kind;
    while (++i < size && (kind = CLASS[text[i]!]!) !== 0) {
      classes |= kind;
      // A hash: nothing more is learned of what all of it is.
      if (i - start === LONG_DIGITS && classes === ALL_DIGITS) i = loaded.next(i, size, NO_HEX) - 1;
    }
    if (start === begin && begin > 0 && (i < size || size === text.length)) {
      joined = i;
      while (joined > start && isDecimal(text[joined - 1]!)) joined--;
      if (joined === i) joined = -1;
      joinedEnd = end = i;
      continue;
    }
    const isFar = row.size > 1 && start - end > MAX_GAP;
    // A word that goes on beyond the stretch has in it what breaks a row.
    if (i === size && size < text.length) {
      let last = start;
      while (last < i && isDecimal(text[last]!)) last++;
      if (last === start || isFar) readJoined(text, start, i, views);
      closeRow(text, joined, joinedEnd, start, isFar ? start : last, digits, union, views);
      return;
    }
    const digitsFrom = (classes & OTHER) !== 0 || isBinary(text, start, i) ? digitsAt(text, start, i) : start;
    // The first one with a prefix begins a row; what stands before it is something else.
    const isFirst = digitsFrom > start && !isPrefixed && row.size > 1;
    isPrefixed ||= digitsFrom > start;
    if (digitsFrom < 0 || isFar || isFirst) {
      closeRow(text, joined, joinedEnd, end, end, digits, union, views);
      row.size = 1, joined = -1, digits = 0, union = 0, isPrefixed = digitsFrom > start;
      if (digitsFrom < 0) continue;
    }
    if (row.size === 1 && joined >= 0 && start - end > MAX_GAP) joined = -1;
    row.add(text, digitsFrom, i, start === 0 || text[start - 1] === 0x0a);
    digits += i - start;
    union |= row.classes[row.size - 1]!;
    end = i;
  }
  closeRow(text, joined, joinedEnd, end, end, digits, union, views);
}

/**
 * Reads the row, as far as it is one.
 * @param joined where digits start that are joined to a word before it, or -1; they end at `joinedEnd`
 * @param cut where digits start that are joined to a word behind it, which end at `cutEnd`; the same where none are
 */
function closeRow(
  text: Uint8Array,
  joined: number,
  joinedEnd: number,
  cut: number,
  cutEnd: number,
  digits: number,
  union: number,
  views: Views,
): void {
  const size = row.size, count = size - 1;
  // A number of many digits is one whatever it is joined to.
  if (joinedEnd - joined >= LEAST_LARGE_DIGITS && joined >= 0) readLarge(text, joined, joinedEnd, views);
  if (cutEnd - cut >= LEAST_LARGE_DIGITS) readLarge(text, cut, cutEnd, views);
  if (count === 0) return;
  const isJoined = joined >= 0, isCut = cutEnd > cut;
  if ((isJoined || isCut) && count >= LEAST_PLAIN) {
    const more = (isJoined ? 1 : 0) + (isCut ? 1 : 0);
    if (isRow(count + more, digits + (isJoined ? joinedEnd - joined : 0))) {
      if (isCut) row.add(text, cut, cutEnd, text[cut - 1] === 0x0a);
      const all = row.size;
      if (isJoined) {
        row.size = 0;
        row.add(text, joined, joinedEnd, false);
      }
      interpretRow(text, row, isJoined ? 0 : 1, all, views);
    }
  }
  // One word of hexadecimal digits is a run's.
  if (isRow(count, digits) && (count > 1 || (union & HEXADECIMAL) === 0)) interpretRow(text, row, 1, size, views);
}

/** Reads the digits in a word that starts with something else, if they are many. */
function readJoined(text: Uint8Array, from: number, to: number, views: Views): void {
  let start = from, end = to;
  while (start < to && !isDecimal(text[start]!)) start++;
  for (end = start; end < to && isDecimal(text[end]!);) end++;
  if (end - start >= LEAST_LARGE_DIGITS) readLarge(text, start, end, views);
}

function isRow(count: number, digits: number): boolean {
  return count >= MIN_TOKENS || (count >= 2 && digits >= MIN_DIGITS) || digits >= LEAST_LARGE_DIGITS;
}

/** Whether the word from `start` to `end` may be a number in binary with its `0b`. */
function isBinary(text: Uint8Array, start: number, end: number): boolean {
  return text[start] === 0x30 && (text[start + 1]! | 0x20) === 0x62 && end - start > LONG_BINARY;
}

/** Where the digits of the word from `start` to `end` begin, past `0x`, `x`, `u`, `0o`, `0b`; -1 where it is no number. */
function digitsAt(text: Uint8Array, start: number, end: number): number {
  const first = text[start]! | 0x20;
  let from = start;
  if (first === 0x78 || first === 0x75) from = start + 1;
  else if (text[start] === 0x30 && end > start + 2) {
    const second = text[start + 1]! | 0x20;
    if (second === 0x78 || second === 0x6f || isBinary(text, start, end)) from = start + 2;
  }
  if (from === end) return -1;
  for (let i = from; i < end; i++) if ((CLASS[text[i]!]! & OTHER) !== 0) return -1;
  return from;
}
