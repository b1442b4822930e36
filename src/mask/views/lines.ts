/**
 * Views of what stands in lines: the columns of a dump (`xxd`, `hexdump -C`, `od -c`), text behind line numbers, uuencode.
 */

import { byteClass } from "../kernels/tables.ts";
import { hexDigit, isDecimal } from "./digits.ts";
import { HEX } from "./hex.ts";
import { type Reader, selection, type View } from "../view.ts";

const LF = 0x0a, CR = 0x0d, SPACE = 0x20;
const BREAK = byteClass(Array.from({ length: 256 }, (_, byte) => byte === LF ? 1 : 0));
/** A block is this many lines in a row with a label. */
const MIN_LINES = 2;
/** A label of so many digits is an address. */
const LEAST_ADDRESS = 4;
/** Labels of lines in a row are no further apart: bytes of a line of a dump, or lines that nothing was found in. */
const MAX_STEP = 1 << 12;
/** A longer line is no line of a dump. */
const MAX_LINE_BYTES = 512;

/** A last word is at most this long: a number with its prefix and quotes. */
const MAX_LAST_WORD = 8;
const LEAST_LAST_WORDS = 6;

/** Where the last word of a line starts, if it is short and not the line's only one; else -1. */
function lastWord(text: Uint8Array, from: number, to: number): number {
  for (let i = to - 1; i > from && i >= to - MAX_LAST_WORD - 1; i--) {
    if (text[i]! > SPACE && text[i] !== 0x3d && text[i] !== 0x3a) continue;
    // One character, or something with a digit in it.
    if (i + 2 === to) return i + 1;
    for (let k = i + 1; k < to; k++) if (text[k]! >= 0x30 && text[k]! <= 0x39) return i + 1;
    return -1;
  }
  return -1;
}

function readLastWords(text: Uint8Array, words: readonly number[], emit: (view: View) => void): void {
  if (words.length < 2 * LEAST_LAST_WORDS) return;
  const picked = new Picked(text);
  for (let i = 0; i < words.length; i += 2) {
    for (let at = words[i]!; at < words[i + 1]!; at++) picked.add(at);
    // The line break keeps two words apart, where there is one.
    if (words[i + 1]! < text.length) picked.add(words[i + 1]!);
  }
  emit(picked.view(words.at(-1)! >= text.length - 1));
}

/** Of each line of a block of lines where its label ends, and the line, without its break. */
type Block = { label: number; to: number }[];

/**
 * What stands in lines: of a block of lines that start with a number, that number removed, and each column of the rest as text
 * of its own; of lines of uuencode, what they say.
 */
export const readLines: Reader = (loaded, emit) => {
  const { bytes: text, size } = loaded;
  const encoded = new Uuencoded(text);
  let block: Block = [];
  // Where the last words of lines in a row stand, when they are short: a character or a number each.
  let lastWords: number[] = [];
  let lastFrom = 0, lastTo = 0, lastValue = NaN;
  const readLine = (from: number, end: number): void => {
    let to = end;
    if (!encoded.line(from, to)) encoded.flush(false, emit);
    if (to > from && text[to - 1] === CR) to--;
    const word = lastWord(text, from, to);
    if (word >= 0) lastWords.push(word, to);
    else if (lastWords.length > 0) {
      readLastWords(text, lastWords, emit);
      lastWords = [];
    }
    const label = to - from > MAX_LINE_BYTES ? -1 : labelEnd(text, from, to);
    const value = label >= 0 ? hexValue(text, from, label) : NaN;
    if (block.length > 0 && !isNear(lastValue, value)) {
      readBlock(text, block, emit);
      block = [];
    }
    if (label >= 0) {
      // Something may stand before the first one, as of `echo -n "key: "; xxd`.
      if (block.length === 0 && from > 0) {
        const before = labelWithin(text, lastFrom, lastTo, from, label);
        if (before >= 0) block.push({ label: before, to: lastTo });
      }
      block.push({ label, to });
    }
    lastFrom = from, lastTo = to, lastValue = value;
  };
  let start = 0;
  for (let from = 0; from < size;) {
    const count = loaded.places(from, BREAK);
    from = loaded.resume;
    const { list } = loaded;
    for (let i = 0; i < count; i++) {
      readLine(start, list[i]!);
      start = list[i]! + 1;
    }
  }
  if (start < size) readLine(start, size);
  readBlock(text, block, emit);
  readLastWords(text, lastWords, emit);
  encoded.flush(true, emit);
};

/**
 * Where the label of a line ends: blanks, up to 16 hexadecimal digits, then `:`, `)`, `|`, `.`, a blank or the end; else -1. An
 * address (`10.0.0.1`), a number (`0.5`) and a time (`21:41:14`) are none.
 */
function labelEnd(text: Uint8Array, from: number, to: number): number {
  let i = from;
  while (i < to && (text[i] === SPACE || text[i] === 0x09)) i++;
  const digits = i;
  while (i < to && i - digits < 17 && HEX[text[i]!] === 1) i++;
  if (i === digits || i - digits > 16) return -1;
  if (i === to) return i;
  const after = text[i]!;
  if (after === 0x2e) return isDecimal(text[i + 1]) ? -1 : i + 1;
  if (after === 0x3a) return isDecimal(text[i + 1]) && isDecimal(text[i + 2]) && text[i + 3] === 0x3a ? -1 : i + 1;
  if (after === 0x29 || after === 0x7c) return i + 1;
  return after === SPACE || after === 0x09 ? i : -1;
}

/** What the digits of a label are, up to its end; those of an address may be more than a number has. */
function hexValue(text: Uint8Array, from: number, end: number): number {
  let value = 0;
  for (let i = from; i < end; i++) if (HEX[text[i]!] === 1) value = 16 * value + hexDigit(text[i]!);
  return value;
}

/** Whether lines with such labels may follow each other: the sizes of files that a line begins with are none. */
function isNear(value: number, other: number): boolean {
  return Math.abs(value - other) <= MAX_STEP;
}

/**
 * Where in the line from `from` to `to` a label ends that is like that of the next line, at whose start (`next`) it ends at `nextEnd`:
 * an address of as many digits, or the number before; else -1.
 */
function labelWithin(text: Uint8Array, from: number, to: number, next: number, nextEnd: number): number {
  let start = next, end = next;
  while (text[start] === SPACE || text[start] === 0x09) start++;
  for (end = start; end < nextEnd && HEX[text[end]!] === 1;) end++;
  const after = text[end]!, width = end - start, value = hexValue(text, start, end);
  const last = Math.min(to, from + MAX_LINE_BYTES);
  for (let at = text.indexOf(after, from); at >= 0 && at < last; at = text.indexOf(after, at + 1)) {
    let first = at;
    while (first > from && at - first < width && HEX[text[first - 1]!] === 1) first--;
    const isAddress = at - first === width && width >= LEAST_ADDRESS;
    if (isAddress ? isNear(hexValue(text, first, at), value) : isOneLess(text, first, at, start, end)) {
      return labelEnd(text, first, to);
    }
  }
  return -1;
}

/** Whether a decimal number is one less than another. */
function isOneLess(text: Uint8Array, from: number, to: number, otherFrom: number, otherTo: number): boolean {
  const valueOf = (from: number, to: number): number => {
    let value = from < to ? 0 : NaN;
    for (let i = from; i < to; i++) value = isDecimal(text[i]) ? 10 * value + text[i]! - 0x30 : NaN;
    return value;
  };
  return valueOf(from, to) + 1 === valueOf(otherFrom, otherTo);
}

function readBlock(text: Uint8Array, block: Block, emit: (view: View) => void): void {
  if (block.length < MIN_LINES) return;
  const open = block.at(-1)!.to >= text.length - 1;
  const rest = new Picked(text), column = new Picked(text), numbers = new Picked(text);
  for (const { label, to } of block) {
    for (let i = label; i < to; i++) if (text[i]! > SPACE) rest.add(i);
    // The last column of a dump follows two blanks, or stands between bars or angle brackets.
    let start = to;
    while (start > label && !(text[start - 1] === SPACE && text[start - 2] === SPACE)) start--;
    const bar = text.subarray(label, to).indexOf(0x7c);
    const from = bar >= 0 ? label + bar + 1 : text[start] === 0x3e ? start + 1 : start;
    const closing = text[to - 1] === 0x7c || (text[to - 1] === 0x3c && text[start] === 0x3e) ? to - 1 : to;
    for (let i = from; i < closing; i++) column.add(i);
    for (let i = label; i < (bar >= 0 ? label + bar : start); i++) numbers.add(i);
    numbers.add(to < text.length ? to : to - 1);
  }
  for (const picked of [rest, column, numbers]) if (picked.size >= 6) emit(picked.view(open));
}

class Picked {
  readonly #text: Uint8Array;
  #at = new Int32Array(256);
  #size = 0;

  constructor(text: Uint8Array) {
    this.#text = text;
  }

  get size(): number {
    return this.#size;
  }

  add(at: number): void {
    if (this.#size === this.#at.length) {
      const grown = new Int32Array(2 * this.#size);
      grown.set(this.#at);
      this.#at = grown;
    }
    this.#at[this.#size++] = at;
  }

  view(open: boolean): View {
    const at = this.#at, bytes = new Uint8Array(this.#size);
    for (let i = 0; i < bytes.length; i++) bytes[i] = this.#text[at[i]!]!;
    return selection(bytes, open, () => at);
  }
}

/** Lines of uuencode (POSIX): a length character, then four characters for three bytes. */
class Uuencoded {
  readonly #text: Uint8Array;
  #bytes: number[] = [];
  #starts: number[] = [];

  constructor(text: Uint8Array) {
    this.#text = text;
  }

  /** Whether the bytes `from` up to `to` are such a line; if so, it is kept. */
  line(from: number, to: number): boolean {
    return uuLine(this.#text, from, to, this.#bytes, this.#starts);
  }

  flush(open: boolean, emit: (view: View) => void): void {
    if (this.#bytes.length === 0) return;
    if (this.#bytes.length >= 6) {
      const at = this.#starts;
      const end = this.#text.length;
      emit({
        bytes: Uint8Array.from(this.#bytes),
        open,
        source: (from, to) => [at[from]!, Math.min(end, at[to - 1]! + 2)],
      });
    }
    this.#bytes = [], this.#starts = [];
  }
}

function uuLine(text: Uint8Array, from: number, to: number, bytes: number[], starts: number[]): boolean {
  const count = text[from]! - SPACE;
  if (count < 1 || count > 45) return false;
  const chars = 4 * Math.ceil(count / 3);
  const have = to - from - 1;
  // Encoders may drop blanks at the end of a line, or add a checksum character.
  if (have > chars + 2 || have < Math.ceil((count * 4) / 3) - 8 || have < 1) return false;
  for (let i = from + 1; i < to; i++) {
    const byte = text[i]!;
    if (byte !== CR && (byte < SPACE || byte > 0x60)) return false;
  }
  const value = (k: number): number => {
    const at = from + 1 + k;
    return at < to && text[at] !== CR ? (text[at]! - SPACE) & 63 : 0;
  };
  for (let k = 0; k < count; k++) {
    const group = 4 * Math.floor(k / 3), part = k % 3;
    bytes.push(((value(group + part) << (2 + 2 * part)) | (value(group + part + 1) >> (4 - 2 * part))) & 0xff);
    starts.push(from + 1 + group + part);
  }
  return true;
}
