/**
 * Views of numbers in a row: bytes written in hexadecimal, decimal, octal or binary with anything short between them, as
 * `od`, `xxd`, `hexdump`, arrays in source code, `\x41`, `0x41`, `41:42` have them; words of 2 and 4 bytes in both orders.
 */

import { byteClass } from "../kernels/kernels.ts";
import { located, type Reader, type View } from "../view.ts";
import { characterAt } from "./unicode.ts";
import { type Decompressor, hasCompressedMagic, HEAD_BYTES } from "./compressed.ts";

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
/** So many numbers of a row that begins or ends at a word stand by themselves. */
const LEAST_PLAIN = 2;
/** No row (bytes) is shorter. */
const LEAST_ROW = 2 * MIN_TOKENS - 1;

/** A reader of every row of numbers. */
export function numbersReader(decompressor: Decompressor): Reader {
  return (loaded, emit) => {
    const { bytes: text } = loaded;
    // Most numbers are noise as bytes: those are only looked at, but for a compressed stream.
    const emitBytes = (view: View): void => {
      const { bytes } = view;
      const isWorth = isPromising(bytes);
      emit(isWorth ? view : { ...view, deep: false, source: (from, to) => view.source(from, to) });
      if (isWorth) return;
      const stream = decompressor.bare(bytes.subarray(0, HEAD_BYTES), bytes.length, () => bytes);
      if (stream === null) return;
      const place = view.source(0, Math.min(bytes.length, stream.consumed));
      emit({ bytes: stream.bytes, open: false, source: () => place });
    };
    for (let from = 0; from < text.length;) {
      const count = loaded.stretches(from, text.length, LEAST_ROW, IN_ROW);
      from = loaded.resume;
      const { list } = loaded;
      for (let i = 0; i < count; i += 2) readRows(text, list[i]!, list[i + 1]!, emitBytes);
    }
  };
}

/** Bytes of text there are as many of in what is between characters that are not ASCII. */
const PLAIN_SHARE = 0.42;

/** Whether bytes have in them what may be an encoding (zeros in it do not count), or a compressed stream. */
function isPromising(bytes: Uint8Array): boolean {
  for (let i = 2, word = (bytes[0]! << 8) | bytes[1]!; i < bytes.length; i++) {
    word = ((word << 8) | bytes[i]!) & 0xffffff;
    if (hasCompressedMagic(word)) return true;
  }
  const dense = bytes.includes(0) ? bytes.filter((byte) => byte !== 0) : bytes;
  let plain = 0;
  for (let i = 0, row = 0, length = 0; i < dense.length; i += Math.max(1, length)) {
    length = characterAt(dense, i);
    row = length === 0 ? 0 : row + 1;
    if (row >= LEAST_BYTES) return true;
    if (length === 1) plain++;
  }
  // Of noise three bytes in eight are.
  return dense.length >= LEAST_BYTES && plain >= PLAIN_SHARE * dense.length;
}

/**
 * The rows in a stretch. A number at its start or end to which a word is joined (`free064 142`, `113fy`) may be one of the row,
 * or of the word: the row is read with it and without.
 */
function readRows(text: Uint8Array, begin: number, size: number, emit: (view: View) => void): void {
  // Where the row starts and ends, and where the digits start that are joined to a word before it.
  let from = -1, end = 0, joined = -1, joinedDigits = 0;
  let count = 0, digits = 0, union = 0;
  /** @param cut where digits end that are joined to a word behind the row; `end` where none are */
  const close = (cut: number): void => {
    const more = (joined >= 0 ? 1 : 0) + (cut > end ? 1 : 0);
    if (more > 0 && count >= LEAST_PLAIN && isRow(count + more, digits + joinedDigits)) {
      interpretRow(text, rowOf(text, joined >= 0 ? joined : from, Math.max(cut, end)), emit);
    }
    if (isRow(count, digits) && !isHash(text, from, count, union)) interpretRow(text, rowOf(text, from, end), emit);
    from = joined = -1, count = 0, digits = 0, union = 0, joinedDigits = 0;
  };
  for (let i = begin; i < size; i++) {
    let kind = CLASS[text[i]!]!;
    if (kind === 0) continue;
    const start = i;
    let classes = kind;
    while (++i < size && (kind = CLASS[text[i]!]!) !== 0) classes |= kind;
    if (count > 0 && start - end > MAX_GAP) close(end);
    // A word that goes on beyond the stretch has in it what breaks a row.
    if (i === size && size < text.length) {
      let last = start;
      while (last < i && isDecimal(text[last]!)) last++;
      close(last > start && count > 0 ? last : end);
      continue;
    }
    if (start === begin && begin > 0) {
      joined = i;
      while (joined > start && isDecimal(text[joined - 1]!)) joined--;
      if (joined === i) joined = -1;
      else joinedDigits = i - joined;
      end = i;
      continue;
    }
    if ((classes & OTHER) !== 0 && digitsAt(text, start, i) < 0) {
      close(end);
      continue;
    }
    if (count === 0) {
      if (joined >= 0 && start - end > MAX_GAP) joined = -1, joinedDigits = 0;
      from = start;
    }
    count++;
    digits += i - start;
    union |= classes;
    end = i;
  }
  close(end);
}

function isDecimal(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
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

/** Room for what the numbers of a row stand for, which is used again. */
class Bytes {
  #bytes = new Uint8Array(1 << 8);
  #starts = new Int32Array(1 << 8);
  #ends = new Int32Array(1 << 8);
  #size = 0;

  add(byte: number, start: number, end: number): void {
    if (this.#size === this.#bytes.length) this.#grow();
    this.#bytes[this.#size] = byte;
    this.#starts[this.#size] = start;
    this.#ends[this.#size++] = end;
  }

  #grow(): void {
    const bytes = new Uint8Array(2 * this.#size), starts = new Int32Array(2 * this.#size);
    const ends = new Int32Array(2 * this.#size);
    bytes.set(this.#bytes), starts.set(this.#starts), ends.set(this.#ends);
    this.#bytes = bytes, this.#starts = starts, this.#ends = ends;
  }

  /** What was added, as a view of its own, if it may hold a trace; begins again. */
  take(open: boolean): View | null {
    const size = this.#size;
    this.#size = 0;
    if (size < LEAST_BYTES) return null;
    return located(this.#bytes.slice(0, size), open, this.#starts.slice(0, size), this.#ends.slice(0, size));
  }
}

/** No trace has fewer bytes. */
const LEAST_BYTES = 6;
const little = new Bytes(), big = new Bytes(), small = new Bytes();

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
  for (let t = 0; t < row.starts.length; t++) {
    const start = row.starts[t]!, end = row.ends[t]!;
    const width = end - start;
    if (width === 1) {
      little.add(hexValue(text[start]!), start, end);
      continue;
    }
    // An odd number of digits is no byte string, but it may be one in the middle of others.
    const head = width % 2;
    const bytes = (width - head) / 2;
    if (head === 1 && bytes > 4) little.add(hexValue(text[start]!), start, start + 1);
    for (let k = 0; k < bytes; k++) {
      const at = start + head + 2 * (swapped && bytes <= 8 ? bytes - 1 - k : k);
      little.add((hexValue(text[at]!) << 4) | hexValue(text[at + 1]!), at, at + 2);
    }
  }
  const view = little.take(row.ends.at(-1) === text.length);
  if (view !== null) emit(view);
}

function numeric(text: Uint8Array, row: Row, base: number, emit: (view: View) => void): void {
  const count = row.starts.length;
  let largest = 0;
  for (let t = 0; t < count; t++) {
    const value = valueOf(text, row, t, base);
    if (value <= MOST_VALUE && value > largest) largest = value;
  }
  const width = largest <= 0xff ? 1 : largest <= 0xffff ? 2 : 4;
  for (let t = 0; t < count; t++) {
    const value = valueOf(text, row, t, base);
    const start = row.starts[t]!, end = row.ends[t]!;
    if (value > MOST_VALUE) continue;
    for (let k = 0; k < width; k++) {
      little.add(value >>> (8 * k), start, end);
      if (width > 1) big.add(value >>> (8 * (width - 1 - k)), start, end);
    }
    // Bytes beside larger numbers: line numbers, offsets.
    if (width > 1 && value <= 0xff) small.add(value, start, end);
  }
  const open = row.ends.at(-1) === text.length;
  // Whoever reads one may use this room again.
  const views = [little.take(open), big.take(open), small.take(open)];
  for (const view of views) if (view !== null) emit(view);
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
