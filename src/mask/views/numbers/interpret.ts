/** Reads a row of numbers as bytes, in every way that it may mean some. */

import { hexDigit } from "../digits.ts";
import { MOST_VALUE, MOSTLY, NEARLY_ALL, NOTHING } from "./content.ts";
import { DECIMAL, HEXADECIMAL, Row } from "./row.ts";
import { Bytes, type Views } from "./views.ts";

/** A row of numbers in octal or decimal beside others has at least so many, or so many digits. */
const MIN_TOKENS = 6, LEAST_DIGITS = 18;
/** A decimal number of so many digits is more than a word. */
export const LEAST_LARGE_DIGITS = 15;
/** Reading a decimal number of more digits takes time that grows faster than it. */
export const MOST_LARGE_DIGITS = 4096;
/** Hexadecimal digits of a word. */
const LEAST_WIDE = 4;
/** From so many bytes on, a word is a string of them, of which the first may lack a digit. */
const LEAST_LONG = 5;
/** Longer words than this (bytes) have their bytes in the order in which they stand. */
const MOST_SWAPPED = 8;
/** Parts of a row that tell what it may be: exceptions are no more than one in {@link FEW}; one in {@link MANY} is no exception. */
const FEW = 16, MANY = 4;
/** Decimal digits of a byte, and of a word of two. */
const BYTE_DIGITS = 3, WORD_DIGITS = 5;
/** So many numbers of one kind in the middle of a row may be one of their own; more are a list of what else is there. */
const LEAST_STRETCH = 12, MOST_STRETCH = 512;
/** So many other numbers may stand before a row, and so many of one kind (see {@link kindOf}) tell where it begins. */
const MOST_BEFORE = 4, LEAST_STEADY = [6, 4, 3];
/** So many numbers at the start of a row tell whether it may be a stream: in hexadecimal, and in decimal. */
const HEAD_WORDS = 8, HEAD_NUMBERS = 16;
/** Of those, bytes in hexadecimal may have so many of one digit: one in sixteen has. */
const MOST_SINGLES = 0.375;
/** Where so many numbers are one more than the one before, somebody counts. */
const MOSTLY_COUNTED = 0.8;
/** Three bytes of noise in four are as large, or larger; no minute, hour or day is. */
const LARGE_BYTE = 0x40;

/** The row without its addresses; room for values of other bases than ten, and for what a row says. */
const rest = new Row(), bytes = new Bytes();
let others = new Float64Array(1 << 8);

/** Reads numbers `first` up to `end` of a row, with its addresses and without, and without what happens to stand before it. */
export function interpretRow(text: Uint8Array, row: Row, first: number, end: number, views: Views): void {
  interpret(text, row, first, end, views);
  if (rest.takeWithoutAddresses(row, first, end)) interpret(text, rest, 0, rest.size, views);
  const start = steadyFrom(text, row, first, end);
  if (start > first) interpret(text, row, start, end, views);
  for (let from = first, to = first; from < end; from = to) {
    for (to = from + 1; to < end && kindOf(row, to) === kindOf(row, from);) to++;
    if (to - from >= LEAST_STRETCH && to - from <= MOST_STRETCH && from > start && to - from < end - first) {
      interpret(text, row, from, to, views);
    }
  }
}

/**
 * Where numbers begin that are of one kind, or have the same between them, if that is near the start of the row: in front of a stream
 * nothing else may be.
 */
function steadyFrom(text: Uint8Array, row: Row, first: number, end: number): number {
  for (let t = first + 1; t <= first + MOST_BEFORE; t++) {
    const kind = kindOf(row, t), least = t + LEAST_STEADY[kind]!;
    if (t + 1 >= end || least > end) continue;
    let same = t + 1;
    if (kind !== kindOf(row, t - 1)) {
      while (same < least && kindOf(row, same) === kind) same++;
    } else if (!areAlike(text, row, t, t + 1)) {
      while (same < least && areAlike(text, row, same, t + 1)) same++;
    }
    if (same === least) return t;
  }
  return first;
}

/** Whether the same stands before two numbers, up to the ones before them. */
function areAlike(text: Uint8Array, row: Row, t: number, other: number): boolean {
  const start = row.ends[t - 1]!, size = row.starts[t]! - start, otherStart = row.ends[other - 1]!;
  if (row.starts[other]! - otherStart !== size) return false;
  for (let i = 0; i < size; i++) if (text[start + i] !== text[otherStart + i]) return false;
  return true;
}

/** Whether a number has as many digits as a byte, as a word of two bytes, or more. */
function kindOf(row: Row, t: number): number {
  const width = row.ends[t]! - row.starts[t]!;
  return width <= BYTE_DIGITS ? 0 : width <= WORD_DIGITS ? 1 : 2;
}

function interpret(text: Uint8Array, row: Row, first: number, end: number, views: Views): void {
  const many = end - first;
  let classes = 0, size = 0, wideBytes = 0, singles = 0, pairs = 0;
  // A stream goes as far as it does; what follows tells nothing.
  const few = Math.min(many, HEAD_WORDS);
  for (let t = first; t < end; t++) {
    const width = row.ends[t]! - row.starts[t]!;
    classes |= row.classes[t]!;
    size += (width + 1) >> 1;
    if (width >= LEAST_WIDE) wideBytes += width >> 1;
    if (width > 2 || t - first >= few) continue;
    if (width === 1) singles++;
    else pairs++;
  }
  large(text, row, first, end, views);
  if (many === 1) return; // hexadecimal is a run's
  // Bytes are written in two digits each, or words in more; a byte of noise in sixteen has one digit where that is all it takes.
  // With an `x` before them they are bytes, or words, and no counts.
  const isPrefixed = (text[row.starts[first]! - 1]! | 0x20) === 0x78;
  const mayBeStream = isPrefixed ||
    (few - singles - pairs <= few / FEW ? singles <= MOST_SINGLES * few : singles + pairs <= few / FEW);
  if (size >= views.leastBytes) hexadecimal(text, row, first, end, false, mayBeStream, views);
  // What is left over from a row of words may be a byte.
  if (wideBytes > 0 && wideBytes + 2 >= views.leastBytes) {
    hexadecimal(text, row, first, end, true, mayBeStream, views);
  }
  // Words that happen to be hexadecimal (`a:`, `feed =`) stand beside decimal numbers too, and those beside octal ones.
  if ((classes & HEXADECIMAL) === 0) interpretDecimal(text, row, first, end, classes, views);
  else {
    for (let from = first, to = first; from < end; from = to + 1) {
      to = endWithout(row, HEXADECIMAL, from, end);
      if (to - from >= MIN_TOKENS || (to - from > 1 && digitsOf(row, from, to) >= LEAST_DIGITS)) {
        interpretDecimal(text, row, from, to, classes, views);
      }
    }
  }
}

function digitsOf(row: Row, from: number, to: number): number {
  let digits = 0;
  for (let t = from; t < to; t++) digits += row.ends[t]! - row.starts[t]!;
  return digits;
}

/** Where numbers from `from` on end none of whose digits are of this class. */
function endWithout(row: Row, kind: number, from: number, end: number): number {
  let to = from;
  while (to < end && (row.classes[to]! & kind) === 0) to++;
  return to;
}

function interpretDecimal(
  text: Uint8Array,
  row: Row,
  first: number,
  end: number,
  classes: number,
  views: Views,
): void {
  numeric(text, row, first, end, row.values, views);
  const least = (classes & DECIMAL) === 0 ? 1 : MIN_TOKENS;
  for (let from = first, to = first; from < end; from = to + 1) {
    to = (classes & DECIMAL) === 0 ? end : endWithout(row, DECIMAL, from, end);
    if (to - from >= least) numeric(text, row, from, to, valuesIn(8, text, row, from, to), views);
  }
  for (let from = first, to = first; from < end; from = to + 1) {
    for (to = from; to < end && isBits(text, row, to);) to++;
    if (to - from >= MIN_TOKENS) numeric(text, row, from, to, valuesIn(2, text, row, from, to), views);
  }
}

/** Whether the row's number is a byte in binary; of ASCII the first bit may be missing. */
function isBits(text: Uint8Array, row: Row, t: number): boolean {
  const from = row.starts[t]!, to = row.ends[t]!;
  if (to - from !== 8 && to - from !== 7) return false;
  for (let i = from; i < to; i++) if (text[i]! > 0x31) return false;
  return true;
}

/** Numbers of the row in another base, at their places. */
function valuesIn(base: number, text: Uint8Array, row: Row, first: number, end: number): Float64Array {
  if (end > others.length) others = new Float64Array(2 * end);
  for (let t = first; t < end; t++) {
    let value = 0;
    for (let i = row.starts[t]!; i < row.ends[t]!; i++) value = value * base + text[i]! - 0x30;
    others[t] = value;
  }
  return others;
}

/** What decimal numbers of many digits are in bytes. */
function large(text: Uint8Array, row: Row, first: number, end: number, views: Views): void {
  for (let t = first; t < end; t++) {
    const from = row.starts[t]!, to = row.ends[t]!;
    if (to - from >= LEAST_LARGE_DIGITS && (row.classes[t]! & HEXADECIMAL) === 0) readLarge(text, from, to, views);
  }
}

/** What a decimal number of many digits is in bytes, first byte most significant, and last. */
export function readLarge(text: Uint8Array, from: number, to: number, views: Views): void {
  if (to - from > MOST_LARGE_DIGITS) return;
  let decimal = "";
  for (let i = from; i < to; i++) decimal += String.fromCharCode(text[i]!);
  const hex = BigInt(decimal).toString(16);
  const said = Uint8Array.fromHex(hex.length % 2 === 0 ? hex : `0${hex}`);
  for (const order of [said, said.toReversed()]) {
    bytes.begin(order.length);
    bytes.bytes.set(order);
    bytes.starts.fill(from, 0, order.length);
    bytes.ends.fill(to, 0, order.length);
    bytes.size = order.length;
    const content = views.contentOf(bytes, true, NEARLY_ALL);
    if (content !== NOTHING) views.take(bytes, content, to === text.length, true);
  }
}

function hexadecimal(
  text: Uint8Array,
  row: Row,
  first: number,
  end: number,
  swapped: boolean,
  mayBeStream: boolean,
  views: Views,
): void {
  writeHexadecimal(text, row, first, end, swapped, false);
  const content = views.contentOf(bytes, mayBeStream, MOSTLY);
  if (content === NOTHING) return;
  writeHexadecimal(text, row, first, end, swapped, true);
  views.take(bytes, content, row.ends[end - 1] === text.length, mayBeStream);
}

/** Writes what the digits say to {@link bytes}. @param placed whether to write where each byte is from, too */
function writeHexadecimal(
  text: Uint8Array,
  row: Row,
  first: number,
  end: number,
  swapped: boolean,
  placed: boolean,
): void {
  bytes.begin(row.ends[end - 1]! - row.starts[first]! + 1);
  const out = bytes.bytes;
  let size = 0;
  for (let t = first; t < end; t++) {
    const start = row.starts[t]!, stop = row.ends[t]!;
    const width = stop - start;
    // An odd number of digits is no byte string, but it may be one in the middle of others.
    const head = width % 2, pairs = (width - head) / 2;
    if (width === 1 || (head === 1 && pairs >= LEAST_LONG)) {
      if (placed) bytes.starts[size] = start, bytes.ends[size] = start + 1;
      out[size++] = hexDigit(text[start]!);
    }
    for (let k = 0; k < pairs; k++) {
      const at = start + head + 2 * (swapped && pairs <= MOST_SWAPPED ? pairs - 1 - k : k);
      if (placed) bytes.starts[size] = at, bytes.ends[size] = at + 2;
      out[size++] = (hexDigit(text[at]!) << 4) | hexDigit(text[at + 1]!);
    }
  }
  bytes.size = size;
}

/** How the bytes of a word stand: the least significant first, or last; or only of words that are bytes. */
const LITTLE = 0, BIG = 1, SMALL = 2;

/** Reads numbers as bytes or words; `values` has what they are. */
function numeric(text: Uint8Array, row: Row, first: number, end: number, values: Float64Array, views: Views): void {
  // Numbers that are no byte, and no half of a word.
  let many = 0, overByte = 0, overHalf = 0, counted = 0;
  // The same among the first of them; those that are large for a byte, among the first bytes.
  let overByteFirst = 0, overHalfFirst = 0, largeFirst = 0;
  let firstOverHalf = end;
  for (let t = first; t < end; t++) {
    const value = values[t]!;
    if (value > MOST_VALUE) continue;
    if (t > first && value === values[t - 1]! + 1) counted++;
    const isFirst = many < HEAD_NUMBERS;
    if (value > 0xffff) {
      if (overHalf++ === 0) firstOverHalf = t;
      if (isFirst) overHalfFirst++;
    }
    if (value > 0xff) {
      overByte++;
      if (isFirst) overByteFirst++;
    } else if (value >= LARGE_BYTE && many - overByte < HEAD_NUMBERS) {
      largeFirst++;
    }
    many++;
  }
  if (counted > MOSTLY_COUNTED * many) return;
  // Words of two bytes go up to the first number that is none.
  if (overHalf > 0 && overByte > overHalf && firstOverHalf - first >= MIN_TOKENS) {
    numeric(text, row, first, firstOverHalf, values, views);
  }
  const width = overHalf > 0 ? 4 : overByte > 0 ? 2 : 1;
  if (many * width < views.leastBytes) return;
  // Dates, versions and counts are small, with a larger number here and there; of noise most is large.
  const few = Math.min(many, HEAD_NUMBERS), fewBytes = Math.min(many - overByte, HEAD_NUMBERS);
  const mayBeBytes = largeFirst >= fewBytes / MANY;
  const mayBeStream = width === 1 ? mayBeBytes : (width === 2 ? overByteFirst : overHalfFirst) >= few / 2;
  const mayBeSmallStream = many - overByte >= views.leastBytes && mayBeBytes;
  if (!mayBeStream && !mayBeSmallStream && !views.mayHoldText(values, first, end)) return;
  const open = row.ends[end - 1] === text.length;
  const read = (order: number, mayBeStream: boolean): void => {
    writeNumbers(row, first, end, values, width, order, false);
    // Of words most are small numbers: text is in all their bytes.
    const content = views.contentOf(bytes, mayBeStream, order === SMALL || width === 1 ? MOSTLY : NEARLY_ALL);
    if (content === NOTHING) return;
    writeNumbers(row, first, end, values, width, order, true);
    views.take(bytes, content, open, mayBeStream);
  };
  read(LITTLE, mayBeStream);
  if (width === 1) return;
  read(BIG, mayBeStream);
  // Bytes beside larger numbers: line numbers, offsets.
  if (many - overByte >= views.leastBytes) read(SMALL, mayBeSmallStream);
}

/** Writes numbers to {@link bytes}. @param placed whether to write where each byte is from, too */
function writeNumbers(
  row: Row,
  first: number,
  end: number,
  values: Float64Array,
  width: number,
  order: number,
  placed: boolean,
): void {
  bytes.begin(width * (end - first));
  const out = bytes.bytes;
  let size = 0;
  for (let t = first; t < end; t++) {
    const value = values[t]!;
    if (value > (order === SMALL ? 0xff : MOST_VALUE)) continue;
    const before = size;
    if (order === SMALL || width === 1) out[size++] = value;
    else for (let k = 0; k < width; k++) out[size++] = value >>> (8 * (order === LITTLE ? k : width - 1 - k));
    if (placed) {
      bytes.starts.fill(row.starts[t]!, before, size);
      bytes.ends.fill(row.ends[t]!, before, size);
    }
  }
  bytes.size = size;
}
