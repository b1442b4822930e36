/**
 * Views of numbers in a row: bytes written in hexadecimal, decimal, octal or binary with anything short between them, as
 * `od`, `xxd`, `hexdump`, arrays in source code, `\x41`, `0x41`, `41:42` have them; words of 2 and 4 bytes in both orders.
 */

import { byteClass, type Text } from "../kernels/kernels.ts";
import { located, type Reader, type View } from "../view.ts";
import { NO_HEX } from "./hex.ts";
import { characterAt } from "./unicode.ts";
import { type Decompressor, hasCompressedMagic, HEAD_BYTES } from "./compressed.ts";

const OTHER = 8, DECIMAL = 2, HEXADECIMAL = 4, ALL_DIGITS = 7;
/** A word of so many digits (characters) of all kinds is a hash. */
const LONG_DIGITS = 16;
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

/** For each byte, whether it is none that a row is broken by: `x`, `u`, `o` and `b` may stand before digits. */
const IN_ROW = byteClass(
  CLASS.map((kind, byte) => (kind & OTHER) === 0 || [0x78, 0x75, 0x6f].includes(byte | 0x20) ? 1 : 0),
);
/** So many numbers of a row that begins or ends at a word stand by themselves. */
const LEAST_PLAIN = 2;
/** No row (bytes) is shorter. */
const LEAST_ROW = 2 * MIN_TOKENS - 1;

/**
 * A reader of every row of numbers.
 * @param leastBytes the fewest bytes that a trace takes
 */
export function numbersReader(leastBytes: number, decompressor: Decompressor): Reader {
  const views = new Views(leastBytes, decompressor);
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

/** Bytes of text there are as many of in what is between characters that are not ASCII. */
const PLAIN_SHARE = 0.42;

/** Bytes of UTF-8. */
const LONGEST_CHARACTER = 4;
/** Room for bytes without zeros, which is used again. */
let dense = new Uint8Array(1 << 8);

/** What may be in some bytes: nothing, a stream without a magic number, a trace as it is too, an encoding or another stream. */
const NOTHING = 0, BARE = 1, PLAIN = 2, ENCODED = 3;
/** A look-alike may stand for a few characters. */
const LONGEST_LIGATURE = 3;

/** What may be in the first `size` bytes; zeros between characters of an encoding do not count. */
function contentOf(bytes: Uint8Array, size: number, leastBytes: number): number {
  if (size + LONGEST_CHARACTER > dense.length) dense = new Uint8Array(2 * (size + LONGEST_CHARACTER));
  let count = 0, inRow = 0, mostInRow = 0;
  for (let i = 0, word = 0; i < size; i++) {
    const byte = bytes[i]!;
    word = ((word << 8) | byte) & 0xffffff;
    if (i >= 2 && hasCompressedMagic(word)) return ENCODED;
    if (byte === 0) {
      inRow = 0;
      continue;
    }
    dense[count++] = byte;
    if (++inRow > mostInRow) mostInRow = inRow;
  }
  if (count < leastBytes) return NOTHING;
  // A character that is cut is none.
  for (let k = 0; k < LONGEST_CHARACTER; k++) dense[count + k] = 0;
  const least = Math.max(LEAST_BYTES, leastBytes - LONGEST_LIGATURE + 1);
  let plain = 0;
  for (let i = 0, row = 0, length = 0; i < count; i += Math.max(1, length)) {
    length = characterAt(dense, i);
    row = length === 0 ? 0 : row + 1;
    if (row >= least) return ENCODED;
    if (length === 1) plain++;
  }
  // Of noise three bytes in eight are, and of a date in digits most.
  if (count >= 2 * least && plain >= PLAIN_SHARE * count) return ENCODED;
  return mostInRow >= leastBytes ? PLAIN : BARE;
}

/**
 * The rows in a stretch. A number at its start or end to which a word is joined (`free064 142`, `113fy`) may be one of the row,
 * or of the word: the row is read with it and without.
 */
function readRows(loaded: Text, begin: number, size: number, views: Views): void {
  const { bytes: text } = loaded;
  // Where the row starts and ends, and where the digits start that are joined to a word before it.
  let from = -1, end = 0, joined = -1, joinedDigits = 0;
  let count = 0, digits = 0, union = 0;
  for (let i = begin; i < size; i++) {
    let kind = CLASS[text[i]!]!;
    if (kind === 0) continue;
    const start = i;
    let classes = kind;
    while (++i < size && (kind = CLASS[text[i]!]!) !== 0) {
      classes |= kind;
      // A hash: nothing more is learned of what all of it is.
      if (i - start === LONG_DIGITS && classes === ALL_DIGITS) i = loaded.next(i, size, NO_HEX) - 1;
    }
    // Where digits end that are joined to a word behind the row; -1 where it goes on.
    let cut = -1;
    if (i === size && size < text.length) {
      // A word that goes on beyond the stretch has in it what breaks a row.
      let last = start;
      while (last < i && isDecimal(text[last]!)) last++;
      cut = last > start && count > 0 && start - end <= MAX_GAP ? last : end;
    } else if (start === begin && begin > 0) {
      joined = i;
      while (joined > start && isDecimal(text[joined - 1]!)) joined--;
      if (joined === i) joined = -1;
      else joinedDigits = i - joined;
      end = i;
      continue;
    } else if (((classes & OTHER) !== 0 && digitsAt(text, start, i) < 0) || (count > 0 && start - end > MAX_GAP)) {
      cut = end;
    }
    if (cut >= 0) {
      if (count > 0) closeRow(text, from, end, joined, joinedDigits, cut, count, digits, union, views);
      from = joined = -1, count = 0, digits = 0, union = 0, joinedDigits = 0;
      if (i === size && size < text.length) continue;
      if ((classes & OTHER) !== 0 && digitsAt(text, start, i) < 0) continue;
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
  if (count > 0) closeRow(text, from, end, joined, joinedDigits, end, count, digits, union, views);
}

/**
 * Reads a row of `count` numbers from `from` to `end`, as far as it is one.
 * @param joined where digits start that are joined to a word before it, or -1
 * @param cut where digits end that are joined to a word behind it; `end` where none are
 */
function closeRow(
  text: Uint8Array,
  from: number,
  end: number,
  joined: number,
  joinedDigits: number,
  cut: number,
  count: number,
  digits: number,
  union: number,
  views: Views,
): void {
  const more = (joined >= 0 ? 1 : 0) + (cut > end ? 1 : 0);
  if (more > 0 && count >= LEAST_PLAIN && isRow(count + more, digits + joinedDigits)) {
    interpretRow(text, joined >= 0 ? joined : from, Math.max(cut, end), views);
  }
  if (isRow(count, digits) && !isHash(text, from, count, union)) interpretRow(text, from, end, views);
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

/** The numbers of the row that is read, in room that is used again. */
class Row {
  /** Where each one's digits start and end. */
  starts = new Int32Array(1 << 8);
  ends = new Int32Array(1 << 8);
  /** The classes of its digits. */
  classes = new Uint8Array(1 << 8);
  /** Whether it stands at the start of a line: then it may be an address. */
  heads = new Uint8Array(1 << 8);
  size = 0;

  /** Takes the numbers from `from` up to `to`. */
  read(text: Uint8Array, from: number, to: number): void {
    this.size = 0;
    for (let i = from; i < to; i++) {
      if (CLASS[text[i]!] === 0) continue;
      const start = i;
      while (i < to && CLASS[text[i]!] !== 0) i++;
      if (this.size === this.starts.length) this.#grow();
      const first = Math.max(start, digitsAt(text, start, i));
      let classes = 0;
      for (let k = first; k < i; k++) classes |= CLASS[text[k]!]!;
      this.starts[this.size] = first;
      this.ends[this.size] = i;
      this.classes[this.size] = classes;
      this.heads[this.size++] = start === 0 || text[start - 1] === 0x0a ? 1 : 0;
    }
  }

  /** Leaves out what may be addresses, if some are and something else is there. @returns whether it did */
  dropAddresses(): boolean {
    let isAddressed = false, others = 0;
    for (let i = 0; i < this.size; i++) {
      if (this.heads[i] === 0) others++;
      else if (this.ends[i]! - this.starts[i]! >= LEAST_ADDRESS_DIGITS) isAddressed = true;
    }
    if (!isAddressed || others === 0) return false;
    let size = 0;
    for (let i = 0; i < this.size; i++) {
      if (this.heads[i] !== 0) continue;
      this.starts[size] = this.starts[i]!;
      this.ends[size] = this.ends[i]!;
      this.classes[size++] = this.classes[i]!;
    }
    this.size = size;
    return true;
  }

  #grow(): void {
    const size = 2 * this.size;
    const starts = new Int32Array(size), ends = new Int32Array(size);
    const classes = new Uint8Array(size), heads = new Uint8Array(size);
    starts.set(this.starts), ends.set(this.ends), classes.set(this.classes), heads.set(this.heads);
    this.starts = starts, this.ends = ends, this.classes = classes, this.heads = heads;
  }
}

const row = new Row();
/** An address has more digits than most numbers. */
const LEAST_ADDRESS_DIGITS = 6;

function interpretRow(text: Uint8Array, from: number, to: number, views: Views): void {
  row.read(text, from, to);
  interpret(text, views);
  if (row.dropAddresses()) interpret(text, views);
}

function interpret(text: Uint8Array, views: Views): void {
  const { size } = row;
  let classes = 0, bytes = 0, wideBytes = 0, singles = 0, pairs = 0;
  for (let i = 0; i < size; i++) {
    const width = row.ends[i]! - row.starts[i]!;
    classes |= row.classes[i]!;
    bytes += (width + 1) >> 1;
    if (width === 1) singles++;
    else if (width === 2) pairs++;
    else if (width >= LEAST_WIDE) wideBytes += width >> 1;
  }
  if (size === 1) {
    if ((classes & HEXADECIMAL) === 0) large(text, 0, 1, views); // hexadecimal is a run's
    return;
  }
  // Bytes are written in two digits each, or words in more; a byte of noise in sixteen has one digit where that is all it takes.
  const mayBeStream = size - singles - pairs <= size / FEW ? singles <= size / MANY : singles + pairs <= size / FEW;
  if (bytes >= views.leastBytes) hexadecimal(text, false, mayBeStream, views);
  // What is left over from a row of words may be a byte.
  if (wideBytes > 0 && wideBytes + 2 >= views.leastBytes) hexadecimal(text, true, mayBeStream, views);
  // Words that happen to be hexadecimal (`a:`, `feed =`) stand beside decimal numbers too, and those beside octal ones.
  if ((classes & HEXADECIMAL) === 0) interpretDecimal(text, 0, size, views);
  else eachWithout(HEXADECIMAL, 0, size, (first, end) => interpretDecimal(text, first, end, views));
}

function interpretDecimal(text: Uint8Array, first: number, end: number, views: Views): void {
  numeric(text, first, end, 10, views);
  large(text, first, end, views);
  let classes = 0, isBinary = true;
  for (let i = first; i < end; i++) {
    const width = row.ends[i]! - row.starts[i]!;
    classes |= row.classes[i]!;
    if (width !== 8 && width !== 7) isBinary = false;
  }
  if ((classes & DECIMAL) === 0) numeric(text, first, end, 8, views);
  else eachWithout(DECIMAL, first, end, (from, to) => numeric(text, from, to, 8, views));
  if (isBinary) numeric(text, first, end, 2, views);
}

/** Calls `each` for numbers in a row none of whose digits are of this class: the first one, and the one behind the last. */
function eachWithout(kind: number, first: number, end: number, each: (first: number, end: number) => void): void {
  for (let from = first, to = first; from < end; from = to + 1) {
    for (to = from; to < end && (row.classes[to]! & kind) === 0; to++);
    if (to - from >= MIN_TOKENS) each(from, to);
  }
}

/** Hexadecimal digits of a word. */
const LEAST_WIDE = 4;
/** Parts of a row that tell what it may be: exceptions are no more than one in {@link FEW}; one in {@link MANY} is no exception. */
const FEW = 16, MANY = 4;
/** Three bytes of noise in four are as large, or larger; no minute, hour or day is. */
const LARGE_BYTE = 0x40;
/** A larger number is no word. */
const MOST_VALUE = 0xffffffff;

/** Bytes, and for each where the digits are that stand for it. */
class Bytes {
  bytes = new Uint8Array(1 << 8);
  starts = new Int32Array(1 << 8);
  ends = new Int32Array(1 << 8);
  size = 0;

  add(byte: number, start: number, end: number): void {
    if (this.size === this.bytes.length) this.#grow();
    this.bytes[this.size] = byte;
    this.starts[this.size] = start;
    this.ends[this.size++] = end;
  }

  addAll(other: Bytes): void {
    for (let i = 0; i < other.size; i++) this.add(other.bytes[i]!, other.starts[i]!, other.ends[i]!);
  }

  /** All of it, as a copy. */
  view(open: boolean): View {
    const { size } = this;
    return located(this.bytes.slice(0, size), open, this.starts.slice(0, size), this.ends.slice(0, size));
  }

  #grow(): void {
    const bytes = new Uint8Array(2 * this.size), starts = new Int32Array(2 * this.size);
    const ends = new Int32Array(2 * this.size);
    bytes.set(this.bytes), starts.set(this.starts), ends.set(this.ends);
    this.bytes = bytes, this.starts = starts, this.ends = ends;
  }
}

/** No trace has fewer bytes. */
const LEAST_BYTES = 6;
/** Room for what the numbers of a row stand for, which is used again. */
const little = new Bytes(), big = new Bytes(), small = new Bytes();

/** What rows of one text stand for: one view for all that is only looked at, and one each for what is read further. */
class Views {
  /** The fewest bytes that a trace takes. */
  readonly leastBytes: number;
  readonly #decompressor: Decompressor;
  /** What is only looked at, a zero after each. */
  readonly #flat = new Bytes();
  /** Where in it those end that the text may continue. */
  #open: number[] = [];
  #deep: View[] = [];

  constructor(leastBytes: number, decompressor: Decompressor) {
    this.leastBytes = leastBytes;
    this.#decompressor = decompressor;
  }

  /**
   * Takes what was added to `bytes`, if it may hold a trace, and empties it.
   * @param mayBeStream whether it may be a compressed stream without a magic number
   */
  take(bytes: Bytes, open: boolean, mayBeStream: boolean): void {
    if (bytes.size >= this.leastBytes) this.#take(bytes, open, mayBeStream);
    bytes.size = 0;
  }

  #take(bytes: Bytes, open: boolean, mayBeStream: boolean): void {
    const { size } = bytes;
    const content = contentOf(bytes.bytes, size, this.leastBytes);
    if (content === NOTHING) return;
    // Most numbers are noise as bytes: those are only looked at, but for a compressed stream.
    if (content === ENCODED) {
      this.#deep.push(bytes.view(open));
      return;
    }
    if (content === PLAIN) {
      this.#flat.addAll(bytes);
      if (open) this.#open.push(this.#flat.size);
      this.#flat.add(0, 0, 0);
    }
    if (!mayBeStream) return;
    const head = bytes.bytes.subarray(0, Math.min(HEAD_BYTES, size));
    const stream = this.#decompressor.bare(head, size, () => bytes.bytes.subarray(0, size));
    if (stream === null) return;
    const place = bytes.view(false).source(0, Math.min(size, stream.consumed));
    this.#deep.push({ bytes: stream.bytes, open: false, source: () => place });
  }

  /** Hands on what was taken, and begins again. */
  emit(emit: (view: View) => void): void {
    const open = this.#open, deep = this.#deep;
    const flat = this.#flat.size > 0 ? this.#flat.view(true) : null;
    this.#flat.size = 0;
    if (open.length > 0) this.#open = [];
    if (deep.length > 0) this.#deep = [];
    if (flat !== null) {
      const { bytes, source } = flat;
      emit({ bytes, open: true, deep: false, continues: (to) => open.includes(to), source });
    }
    for (const view of deep) emit(view);
  }
}

/** Reading a decimal number of more digits takes time that grows faster than it. */
const MOST_LARGE_DIGITS = 4096;

/** What a decimal number of many digits is in bytes, first byte most significant. */
function large(text: Uint8Array, first: number, end: number, views: Views): void {
  for (let t = first; t < end; t++) {
    const from = row.starts[t]!, to = row.ends[t]!;
    if (to - from < LEAST_LARGE_DIGITS || to - from > MOST_LARGE_DIGITS) continue;
    let decimal = "";
    for (let i = from; i < to; i++) decimal += String.fromCharCode(text[i]!);
    const hex = BigInt(decimal).toString(16);
    const bytes = Uint8Array.fromHex(hex.length % 2 === 0 ? hex : `0${hex}`);
    for (const order of [bytes, bytes.toReversed()]) {
      for (const byte of order) little.add(byte, from, to);
      views.take(little, to === text.length, true);
    }
  }
}

function hexadecimal(text: Uint8Array, swapped: boolean, mayBeStream: boolean, views: Views): void {
  for (let t = 0; t < row.size; t++) {
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
  views.take(little, row.ends[row.size - 1] === text.length, mayBeStream);
}

function numeric(text: Uint8Array, first: number, end: number, base: number, views: Views): void {
  let largest = 0, many = 0;
  // Numbers that are no byte, and no half of a word; those that are large for a byte.
  let overByte = 0, overHalf = 0, largeBytes = 0;
  for (let t = first; t < end; t++) {
    const value = valueOf(text, t, base);
    if (value > MOST_VALUE) continue;
    many++;
    if (value > largest) largest = value;
    if (value > 0xffff) overHalf++;
    if (value > 0xff) overByte++;
    else if (value >= LARGE_BYTE) largeBytes++;
  }
  const width = largest <= 0xff ? 1 : largest <= 0xffff ? 2 : 4;
  if (many * width < views.leastBytes) return;
  // Dates, versions and counts are small, with a larger number here and there; of noise most is large.
  const mayBeStream = width === 1 ? largeBytes >= many / MANY : (width === 2 ? overByte : overHalf) >= many / 2;
  for (let t = first; t < end; t++) {
    const value = valueOf(text, t, base);
    const from = row.starts[t]!, to = row.ends[t]!;
    if (value > MOST_VALUE) continue;
    for (let k = 0; k < width; k++) {
      little.add(value >>> (8 * k), from, to);
      if (width > 1) big.add(value >>> (8 * (width - 1 - k)), from, to);
    }
    // Bytes beside larger numbers: line numbers, offsets.
    if (width > 1 && value <= 0xff) small.add(value, from, to);
  }
  const open = row.ends[end - 1] === text.length;
  views.take(little, open, mayBeStream);
  views.take(big, open, mayBeStream);
  views.take(small, open, largeBytes >= (many - overByte) / MANY);
}

/** A number of the row. */
function valueOf(text: Uint8Array, index: number, base: number): number {
  const end = row.ends[index]!;
  let value = 0;
  for (let i = row.starts[index]!; i < end; i++) value = value * base + text[i]! - 0x30;
  return value;
}

function hexValue(byte: number): number {
  return byte <= 0x39 ? byte - 0x30 : (byte | 0x20) - 0x57;
}
