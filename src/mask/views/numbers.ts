/**
 * Views of numbers in a row: bytes written in hexadecimal, decimal, octal or binary with anything short between them, as
 * `od`, `xxd`, `hexdump`, arrays in source code, `\x41`, `0x41`, `41:42` have them; words of 2 and 4 bytes in both orders.
 */

import { byteClass } from "../kernels/kernels.ts";
import { located, type Reader, type View } from "../view.ts";

const OTHER = 8, DECIMAL = 2, HEXADECIMAL = 4;
/** 0: separates; else bits of what a character can be. */
const CLASS = Uint8Array.from({ length: 256 }, (_, byte) => {
  const lower = byte | 0x20;
  if (byte >= 0x30 && byte <= 0x37) return 1;
  if (byte === 0x38 || byte === 0x39) return DECIMAL;
  if (byte >= 0x41 && lower >= 0x61 && lower <= 0x66) return HEXADECIMAL;
  if ((byte >= 0x41 && lower >= 0x67 && lower <= 0x7a) || byte >= 0x80) return OTHER;
  return 0;
});

/** The most that may stand between two numbers of one row. */
const MAX_GAP = 8;
const MIN_TOKENS = 6;
/** A row of words needs fewer of them. */
const MIN_DIGITS = 12;
const LEAST_LARGE_DIGITS = 15;

/** Numbers in a row: where each one's digits start and end. */
interface Row {
  readonly starts: number[];
  readonly ends: number[];
  /** Whether the number stands at the start of a line: then it may be an address. */
  readonly heads: boolean[];
  /** Union of the classes of all digits. */
  classes: number;
}

/** For each byte, whether it is none that a row is broken by: `x`, `u`, `o` and `b` may stand before digits. */
const IN_ROW = byteClass(
  CLASS.map((kind, byte) => (kind & OTHER) === 0 || [0x78, 0x75, 0x6f].includes(byte | 0x20) ? 1 : 0),
);
/** No row (bytes) is shorter. */
const LEAST_ROW = 2 * MIN_TOKENS - 1;

/** Every row of numbers. */
export const readNumbers: Reader = (loaded, emit) => {
  const { bytes: text } = loaded;
  for (let from = 0; from < text.length;) {
    const count = loaded.stretches(from, text.length, LEAST_ROW, IN_ROW);
    from = loaded.resume;
    const { list } = loaded;
    for (let i = 0; i < count; i += 2) readRows(text, list[i]!, list[i + 1]!, emit);
  }
};

/** The rows in a stretch. */
function readRows(text: Uint8Array, begin: number, size: number, emit: (view: View) => void): void {
  let from = -1, end = 0, count = 0, digits = 0, union = 0;
  for (let i = begin; i < size; i++) {
    let kind = CLASS[text[i]!]!;
    if (kind === 0) continue;
    const start = i;
    let classes = kind;
    while (++i < size && (kind = CLASS[text[i]!]!) !== 0) classes |= kind;
    // A word that goes on beyond the stretch has in it what breaks a row.
    const other = (start === begin && begin > 0) || (i === size && size < text.length) ||
      ((classes & OTHER) !== 0 && digitsAt(text, start, i) < 0);
    if (other || (count > 0 && start - end > MAX_GAP)) {
      if (isRow(count, digits) && !isHash(text, from, count, union)) interpretRow(text, rowOf(text, from, end), emit);
      from = -1, count = 0, digits = 0, union = 0;
      if (other) continue;
    }
    if (from < 0) from = start;
    count++;
    digits += i - start;
    union |= classes;
    end = i;
  }
  if (isRow(count, digits) && !isHash(text, from, count, union)) interpretRow(text, rowOf(text, from, end), emit);
}

function isRow(count: number, digits: number): boolean {
  return count >= MIN_TOKENS || (count >= 2 && digits >= MIN_DIGITS) || digits >= LEAST_LARGE_DIGITS;
}

/** Whether what starts at `from` is one word of hexadecimal digits, which is a run's; but for what may start with `0b`. */
function isHash(text: Uint8Array, from: number, count: number, classes: number): boolean {
  return count === 1 && (classes & HEXADECIMAL) !== 0 && (text[from + 1]! | 0x20) !== 0x62;
}

/** Where the digits of the word from `start` to `end` begin, past `0x`, `x`, `u`, `0o`, `0b`; -1 where it is no number. */
function digitsAt(text: Uint8Array, start: number, end: number): number {
  const first = text[start]! | 0x20;
  let from = start;
  if (first === 0x78 || first === 0x75) from = start + 1;
  else if (text[start] === 0x30 && end > start + 2) {
    const second = text[start + 1]! | 0x20;
    if (second === 0x78 || second === 0x6f || (second === 0x62 && end - start > 8)) from = start + 2;
  }
  if (from === end) return -1;
  for (let i = from; i < end; i++) if ((CLASS[text[i]!]! & OTHER) !== 0) return -1;
  return from;
}

function rowOf(text: Uint8Array, from: number, to: number): Row {
  const row: Row = { starts: [], ends: [], heads: [], classes: 0 };
  for (let i = from; i < to; i++) {
    if (CLASS[text[i]!] === 0) continue;
    const start = i;
    while (i < to && CLASS[text[i]!] !== 0) i++;
    const first = Math.max(start, digitsAt(text, start, i));
    row.starts.push(first);
    row.ends.push(i);
    row.heads.push(start === 0 || text[start - 1] === 0x0a);
    for (let k = first; k < i; k++) row.classes |= CLASS[text[k]!]!;
  }
  return row;
}

function interpretRow(text: Uint8Array, row: Row, emit: (view: View) => void): void {
  interpret(text, row, emit);
  const addressed = row.heads.some((head, i) => head && row.ends[i]! - row.starts[i]! >= 6);
  if (!addressed || row.heads.every((head) => head)) return;
  const keep = (_: unknown, i: number) => !row.heads[i];
  interpret(text, { ...row, starts: row.starts.filter(keep), ends: row.ends.filter(keep) }, emit);
}

function interpret(text: Uint8Array, row: Row, emit: (view: View) => void): void {
  if (row.starts.length === 1) {
    if ((row.classes & HEXADECIMAL) === 0) large(text, row, emit); // hexadecimal is a run's
    return;
  }
  hexadecimal(text, row, false, emit);
  if (row.ends.some((end, i) => end - row.starts[i]! >= 4)) hexadecimal(text, row, true, emit);
  // Words that happen to be hexadecimal (`a:`, `feed =`) stand beside decimal numbers too, and those beside octal ones.
  if ((row.classes & HEXADECIMAL) !== 0) {
    for (const part of partsWithout(text, row, HEXADECIMAL)) interpretDecimal(text, part, emit);
  } else interpretDecimal(text, row, emit);
}

function interpretDecimal(text: Uint8Array, row: Row, emit: (view: View) => void): void {
  numeric(text, row, 10, emit);
  large(text, row, emit);
  for (const part of (row.classes & DECIMAL) === 0 ? [row] : partsWithout(text, row, DECIMAL)) {
    numeric(text, part, 8, emit);
  }
  if (row.ends.every((end, i) => end - row.starts[i]! === 8 || end - row.starts[i]! === 7)) numeric(text, row, 2, emit);
}

/** Numbers in a row none of whose digits are of this class. */
function partsWithout(text: Uint8Array, row: Row, kind: number): Row[] {
  const parts: Row[] = [];
  for (let from = 0, to = 0; from < row.starts.length; from = to + 1) {
    let classes = 0;
    for (to = from; to < row.starts.length; to++) {
      let own = 0;
      for (let i = row.starts[to]!; i < row.ends[to]!; i++) own |= CLASS[text[i]!]!;
      if ((own & kind) !== 0) break;
      classes |= own;
    }
    if (to - from < MIN_TOKENS) continue;
    parts.push({
      starts: row.starts.slice(from, to),
      ends: row.ends.slice(from, to),
      heads: row.heads.slice(from, to),
      classes,
    });
  }
  return parts;
}

/** A larger number is no word. */
const MOST_VALUE = 0xffffffff;

class Bytes {
  readonly #bytes: number[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  add(byte: number, start: number, end: number): void {
    this.#bytes.push(byte & 0xff);
    this.#starts.push(start);
    this.#ends.push(end);
  }

  flush(open: boolean, emit: (view: View) => void): void {
    if (this.#bytes.length >= 6) {
      emit(located(new Uint8Array(this.#bytes), open, this.#starts.slice(), this.#ends.slice()));
    }
    this.#bytes.length = this.#starts.length = this.#ends.length = 0;
  }
}

/** Reading a decimal number of more digits takes time that grows faster than it. */
const MOST_LARGE_DIGITS = 4096;

/** What a decimal number of many digits is in bytes, first byte most significant. */
function large(text: Uint8Array, row: Row, emit: (view: View) => void): void {
  for (let t = 0; t < row.starts.length; t++) {
    const start = row.starts[t]!, end = row.ends[t]!;
    if (end - start < LEAST_LARGE_DIGITS || end - start > MOST_LARGE_DIGITS) continue;
    let decimal = "";
    for (let i = start; i < end; i++) decimal += String.fromCharCode(text[i]!);
    const hex = BigInt(decimal).toString(16);
    const bytes = Uint8Array.fromHex(hex.length % 2 === 0 ? hex : `0${hex}`);
    const open = end === text.length;
    emit({ bytes, open, source: () => [start, end] });
    emit({ bytes: bytes.slice().reverse(), open, source: () => [start, end] });
  }
}

function hexadecimal(text: Uint8Array, row: Row, swapped: boolean, emit: (view: View) => void): void {
  const out = new Bytes();
  for (let t = 0; t < row.starts.length; t++) {
    const start = row.starts[t]!, end = row.ends[t]!;
    const width = end - start;
    if (width === 1) {
      out.add(hexValue(text[start]!), start, end);
      continue;
    }
    // An odd number of digits is no byte string, but it may be one in the middle of others.
    const head = width % 2;
    const bytes = (width - head) / 2;
    if (head === 1 && bytes > 4) out.add(hexValue(text[start]!), start, start + 1);
    for (let k = 0; k < bytes; k++) {
      const at = start + head + 2 * (swapped && bytes <= 8 ? bytes - 1 - k : k);
      out.add((hexValue(text[at]!) << 4) | hexValue(text[at + 1]!), at, at + 2);
    }
  }
  out.flush(row.ends.at(-1) === text.length, emit);
}

function numeric(text: Uint8Array, row: Row, base: number, emit: (view: View) => void): void {
  const count = row.starts.length;
  let largest = 0;
  for (let t = 0; t < count; t++) {
    const value = valueOf(text, row, t, base);
    if (value <= MOST_VALUE && value > largest) largest = value;
  }
  const width = largest <= 0xff ? 1 : largest <= 0xffff ? 2 : 4;
  const little = new Bytes();
  // Bytes beside larger numbers: line numbers, offsets.
  const big = width > 1 ? new Bytes() : null, small = width > 1 ? new Bytes() : null;
  for (let t = 0; t < count; t++) {
    const value = valueOf(text, row, t, base);
    const start = row.starts[t]!, end = row.ends[t]!;
    if (value > MOST_VALUE) continue;
    for (let k = 0; k < width; k++) {
      little.add(value >>> (8 * k), start, end);
      big?.add(value >>> (8 * (width - 1 - k)), start, end);
    }
    if (value <= 0xff) small?.add(value, start, end);
  }
  const open = row.ends.at(-1) === text.length;
  little.flush(open, emit);
  big?.flush(open, emit);
  small?.flush(open, emit);
}

/** A number of the row. */
function valueOf(text: Uint8Array, row: Row, index: number, base: number): number {
  const end = row.ends[index]!;
  let value = 0;
  for (let i = row.starts[index]!; i < end; i++) value = value * base + text[i]! - 0x30;
  return value;
}

function hexValue(byte: number): number {
  return byte <= 0x39 ? byte - 0x30 : (byte | 0x20) - 0x57;
}
