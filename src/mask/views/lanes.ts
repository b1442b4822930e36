/**
 * Looks at runs of base64 and hexadecimal without decoding them, every alignment ("lane") at once.
 *
 * Whatever counts as a trace is as long as the shortest threshold, so in its lane it holds several words of three bytes in a row: only
 * one of so many is decoded and asked for in a filter, and its neighbours only where the filter knows it. What is ASCII in its
 * lane, so that another encoding may be inside, is sampled in the same way. Compressed streams are told by the two characters
 * that their magic number starts with.
 */

import { WordFilter } from "../filter.ts";
import type { Pattern } from "../pattern.ts";
import { hasCompressedMagic } from "./compressed.ts";
import type { Decoded, Radix } from "./decoded.ts";

/** Bytes decoded on both sides of what looked like something. */
const CONTEXT_BYTES = 84;
/** Bytes of ASCII in a row that are worth reading. */
const ASCII_BYTES = 12;
/** From this threshold on, a trace holds two words of three bytes in a row at any alignment. */
const TWO_WORDS_BYTES = 8;
const WORD_BYTES = 3, WORD_BITS = 24;
/** Folds the case of three bytes. */
const FOLD = 0x202020;

/** The words of some patterns. */
export class Words {
  /** Three bytes. */
  readonly all: WordFilter;
  /** Three bytes of patterns whose traces may hold only one word. */
  readonly short: WordFilter;
  /** Two words, one right after the other. */
  readonly pairs: WordFilter;
  /** The shortest threshold. */
  readonly leastBytes: number;
  /** Whether a trace may be in base64 that has neither a capital nor a digit. */
  readonly maySmall: boolean;

  /** @param patterns borrowed */
  constructor(patterns: readonly Pattern[]) {
    const total = patterns.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
    this.all = new WordFilter(total);
    this.pairs = new WordFilter(total);
    this.short = new WordFilter(256);
    let least = ASCII_BYTES;
    for (const { bytes, threshold } of patterns) {
      least = Math.min(least, threshold);
      for (let i = 0; i + WORD_BYTES <= bytes.byteLength; i++) {
        const word = foldedWord(bytes, i);
        this.all.add(word);
        if (threshold < TWO_WORDS_BYTES) this.short.add(word);
        if (i + 2 * WORD_BYTES <= bytes.byteLength) this.pairs.add(pairOf(word, foldedWord(bytes, i + WORD_BYTES)));
      }
    }
    this.leastBytes = least;
    this.maySmall = patterns.some(maySmall);
  }

  /** Whether there may be a trace in what characters `from` up to `to` stand for; of a trace's words one is asked for. */
  mayHold(text: Uint8Array, kind: Radix, from: number, to: number): boolean {
    const { bits, values } = kind;
    const row = this.leastBytes - WORD_BYTES + 1;
    for (let bit = 8 * (row - 1); bit + WORD_BITS <= bits * (to - from); bit += 8 * row) {
      const first = (bit / bits) | 0, last = ((bit + WORD_BITS - 1) / bits) | 0;
      let wide = 0;
      for (let k = first; k <= last; k++) wide = (wide << bits) | values[text[from + k]!]!;
      const word = (wide >>> (bits * (last + 1) - bit - WORD_BITS)) & 0xffffff;
      if (this.all.has(word | FOLD)) return true;
    }
    return false;
  }
}

/** Whether base64 of a trace may have neither a capital nor a digit, at any alignment. */
function maySmall({ bytes, threshold }: Pattern): boolean {
  // What a trace has of characters that hold bits of nothing else.
  const least = Math.floor((8 * threshold - 4) / 6);
  for (let first = 0; first < 6; first += 2) {
    for (let bit = first, row = 0; bit + 6 <= 8 * bytes.byteLength; bit += 6) {
      const at = bit >>> 3;
      const value = (((bytes[at]! << 8) | (bytes[at + 1] ?? 0)) >>> (10 - (bit & 7))) & 63;
      row = value < 26 || (value >= 52 && value < 62) ? 0 : row + 1;
      if (row >= least) return true;
    }
  }
  return false;
}

function foldedWord(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!) | FOLD;
}

function pairOf(first: number, second: number): number {
  return Math.imul(first, 0x01000193) ^ second;
}

/** What magic numbers start with, as two bytes. */
const MAGICS = [0x1f8b, 0x28b5, 0x504b, 0x7801, 0x785e, 0x789c, 0x78da];

/** Bits that are looked at at once, every other character: two characters of base64, three hexadecimal digits. */
const WINDOW_BITS = 12;
/** For each number of bytes of a group that may stand before a magic number: it begins in a window's first character. */
const BEFORE_WINDOW = 3;

/**
 * For each window, where a magic number may begin (as bits): in its first character, behind so many bytes of a group; from
 * {@link BEFORE_WINDOW} on the same for the character before the window.
 */
function magicStarts(bits: number): Uint8Array {
  const starts = new Uint8Array(1 << WINDOW_BITS);
  for (let skip = 0; skip < (bits === 6 ? 3 : 1); skip++) {
    for (let before = 0; before < 2; before++) {
      // Where the two bytes begin and end, as bits of the window, and what of them is in it.
      const first = ((8 * skip) % bits) - bits * before;
      const from = Math.max(0, first), to = Math.min(WINDOW_BITS, first + 16);
      for (const magic of MAGICS) {
        const known = (magic >>> (16 - (to - first))) & ((1 << (to - from)) - 1);
        for (let head = 0; head < 1 << from; head++) {
          for (let tail = 0; tail < 1 << (WINDOW_BITS - to); tail++) {
            const window = (head << (WINDOW_BITS - from)) | (known << (WINDOW_BITS - to)) | tail;
            starts[window]! |= 1 << (skip + BEFORE_WINDOW * before);
          }
        }
      }
    }
  }
  return starts;
}

const STARTS_64 = magicStarts(6), STARTS_16 = magicStarts(4);

/**
 * Whether the three bytes at `at` are ASCII, which is where the first bit of each is none: of a group of base64 those are bits 5, 3
 * and 1 of the first three characters.
 */
function isAscii64(digits: Uint8Array, at: number): boolean {
  return ((digits[at]! & 0x20) | (digits[at + 1]! & 0x08) | (digits[at + 2]! & 0x02)) === 0;
}

function isAscii16(digits: Uint8Array, at: number): boolean {
  return ((digits[at]! | digits[at + 2]! | digits[at + 4]!) & 8) === 0;
}

/** What the characters of a run stand for; room that is used again. */
let digits = new Uint8Array(1 << 10);

/** Reads runs of characters of 4 or 6 bits. */
export class Lanes {
  readonly #kind: Radix;
  readonly #words: Words;
  /** Characters of a word. */
  readonly #wordChars: number;
  /** How many words in a row a trace has at least, and a stretch of ASCII. */
  readonly #traceRow: number;
  readonly #asciiRow: number;
  #out!: Decoded;
  /** The run that is read. */
  #runFrom = 0;
  #runSize = 0;
  /** For each alignment: what is to be decoded, within the run; `from` < 0 where nothing is. */
  readonly #from = new Int32Array(4).fill(-1);
  readonly #to = new Int32Array(4);
  readonly #deep = new Uint8Array(4);
  #isAny = false;

  constructor(kind: Radix, words: Words) {
    this.#kind = kind;
    this.#words = words;
    this.#wordChars = WORD_BITS / kind.bits;
    const stepBytes = (kind.group * kind.bits) / 8;
    this.#asciiRow = Math.ceil((ASCII_BYTES - WORD_BYTES) / stepBytes) + 1;
    // A trace begins at most one byte short of a step before its first whole word.
    const row = Math.floor((words.leastBytes - WORD_BYTES - (stepBytes - 1)) / stepBytes) + 1;
    this.#traceRow = Math.max(1, Math.min(row, this.#asciiRow));
  }

  /** Begins another text. */
  start(out: Decoded): void {
    this.#out = out;
  }

  /** Reads the run `from` up to `to`. */
  read(text: Uint8Array, from: number, to: number): void {
    const { bits, group } = this.#kind;
    const size = to - from;
    if (size < this.#wordChars) return;
    this.#runFrom = from;
    this.#runSize = size;
    if (digits.length < size) digits = new Uint8Array(2 * size);
    // Of each lane one word is looked at in so many, the last of the first so many first.
    const words = Math.max(1, Math.floor((size - this.#wordChars - (group - 1)) / group) + 1);
    const traceRow = Math.min(this.#traceRow, words), asciiRow = Math.min(this.#asciiRow, words);
    if (bits === 6) {
      this.#readDigits64(text, from, to);
      this.#findTraces64(size, traceRow);
      this.#findAscii64(size, asciiRow);
    } else {
      this.#readDigits16(text, from, to);
      this.#findTraces16(size, traceRow);
      this.#findAscii16(size, asciiRow);
    }
    if (!this.#isAny) return;
    for (let lane = 0; lane < group; lane++) this.#flush(lane);
    this.#isAny = false;
  }

  /** Keeps what the characters stand for, and looks for compressed streams. */
  #readDigits64(text: Uint8Array, from: number, to: number): void {
    const { values } = this.#kind;
    const into = digits, run = this.#runFrom;
    let i = from;
    for (; i + 1 < to; i += 2) {
      const first = values[text[i]!]!, second = values[text[i + 1]!]!;
      into[i - run] = first;
      into[i - run + 1] = second;
      const starts = STARTS_64[(first << 6) | second]!;
      if (starts !== 0) this.#compressed(text, i, starts);
    }
    if (i < to) into[i - run] = values[text[i]!]!;
  }

  #readDigits16(text: Uint8Array, from: number, to: number): void {
    const { values } = this.#kind;
    const into = digits, run = this.#runFrom;
    let i = from, first = values[text[i]!]!;
    for (; i + 2 < to; i += 2) {
      const second = values[text[i + 1]!]!, third = values[text[i + 2]!]!;
      into[i - run] = first;
      into[i - run + 1] = second;
      const starts = STARTS_16[(first << 8) | (second << 4) | third]!;
      if (starts !== 0) this.#compressed(text, i, starts);
      first = third;
    }
    for (; i < to; i++) into[i - run] = values[text[i]!]!;
  }

  #findTraces64(size: number, row: number): void {
    const { table, shift } = this.#words.all.parts;
    const d = digits;
    for (let block = 4 * (row - 1); block + 4 <= size; block += 4 * row) {
      const end = Math.min(block + 4, size - 3);
      let word = (d[block]! << 12) | (d[block + 1]! << 6) | d[block + 2]!;
      for (let at = block; at < end; at++) {
        word = ((word << 6) | d[at + 3]!) & 0xffffff;
        const folded = word | FOLD;
        // WordFilter.has(), written out.
        const hash = Math.imul(folded ^ (folded >>> 15), 0x9e3779b1);
        const mask = (1 << (hash >>> 5)) | (1 << (hash >>> 10));
        if ((table[hash >>> shift]! & mask) === mask && this.#isKnown(at, folded)) this.#want(at, false);
      }
    }
  }

  #findTraces16(size: number, row: number): void {
    const { table, shift } = this.#words.all.parts;
    const d = digits;
    for (let block = 2 * (row - 1); block + 6 <= size; block += 2 * row) {
      const end = Math.min(block + 2, size - 5);
      let word = (d[block]! << 16) | (d[block + 1]! << 12) | (d[block + 2]! << 8) | (d[block + 3]! << 4) |
        d[block + 4]!;
      for (let at = block; at < end; at++) {
        word = ((word << 4) | d[at + 5]!) & 0xffffff;
        const folded = word | FOLD;
        const hash = Math.imul(folded ^ (folded >>> 15), 0x9e3779b1);
        const mask = (1 << (hash >>> 5)) | (1 << (hash >>> 10));
        if ((table[hash >>> shift]! & mask) === mask && this.#isKnown(at, folded)) this.#want(at, false);
      }
    }
  }

  #findAscii64(size: number, row: number): void {
    const d = digits;
    for (let block = 4 * (row - 1); block + 4 <= size; block += 4 * row) {
      const end = Math.min(block + 4, size - 3);
      for (let at = block; at < end; at++) {
        if (isAscii64(d, at) && this.#isNested64(at)) this.#want(at, true);
      }
    }
  }

  #findAscii16(size: number, row: number): void {
    const d = digits;
    for (let block = 2 * (row - 1); block + 6 <= size; block += 2 * row) {
      const end = Math.min(block + 2, size - 5);
      for (let at = block; at < end; at++) {
        if (isAscii16(d, at) && this.#isNested16(at)) this.#want(at, true);
      }
    }
  }

  /** The word at `at` in the run. */
  #word(at: number): number {
    const { bits } = this.#kind;
    const d = digits;
    let word = 0;
    for (let k = 0; k < this.#wordChars; k++) word = (word << bits) | d[at + k]!;
    return word;
  }

  /** Whether a pattern's word goes on as the pattern does, after it or before it, or needs not. */
  #isKnown(at: number, folded: number): boolean {
    const chars = this.#wordChars, { pairs, short } = this.#words;
    if (at + 2 * chars <= this.#runSize && pairs.has(pairOf(folded, this.#word(at + chars) | FOLD))) return true;
    if (at >= chars && pairs.has(pairOf(this.#word(at - chars) | FOLD, folded))) return true;
    return short.has(folded);
  }

  /** Whether there is ASCII around the word at `at`: as much as an encoding needs, or from end to end of a short run. */
  #isNested64(at: number): boolean {
    const d = digits, row = this.#asciiRow, last = this.#runSize - 4;
    let count = 1, low = at - 4, high = at + 4;
    for (; low >= 0 && count < row && isAscii64(d, low); low -= 4) count++;
    for (; high <= last && count < row && isAscii64(d, high); high += 4) count++;
    return count >= row || (high > last && low === -4);
  }

  #isNested16(at: number): boolean {
    const d = digits, row = this.#asciiRow, last = this.#runSize - 6;
    let count = 1, low = at - 2, high = at + 2;
    for (; low >= 0 && count < row && isAscii16(d, low); low -= 2) count++;
    for (; high <= last && count < row && isAscii16(d, high); high += 2) count++;
    return count >= row || (high > last && low === -2);
  }

  /** Reads what may be compressed streams whose magic numbers begin in the character at `at` or before it, as {@link magicStarts} has it. */
  #compressed(text: Uint8Array, at: number, starts: number): void {
    const { bits } = this.#kind;
    const from = this.#runFrom, to = from + this.#runSize;
    for (let which = 0; which < 2 * BEFORE_WINDOW; which++) {
      if ((starts & (1 << which)) === 0) continue;
      const skip = which % BEFORE_WINDOW, first = which < BEFORE_WINDOW ? at : at - 1;
      const start = first - Math.floor((8 * skip) / bits);
      const chars = Math.ceil((8 * skip + WORD_BITS) / bits);
      if (start < from || start + chars > to) continue;
      let wide = 0;
      for (let k = first - start; k < chars; k++) wide = (wide << bits) | this.#kind.values[text[start + k]!]!;
      const magic = (wide >>> (bits * chars - 8 * skip - WORD_BITS)) & 0xffffff;
      if (hasCompressedMagic(magic)) this.#out.addCompressed(this.#kind, start, to, skip);
    }
  }

  /** Takes note that what is around `at` is to be decoded. */
  #want(at: number, nested: boolean): void {
    const { bits, group } = this.#kind;
    const lane = at & (group - 1);
    const context = Math.ceil((8 * CONTEXT_BYTES) / (bits * group)) * group;
    this.#isAny = true;
    if (this.#from[lane]! >= 0 && (at > this.#to[lane]! || at < this.#from[lane]!)) this.#flush(lane);
    if (this.#from[lane]! < 0) {
      this.#from[lane] = at - Math.min(context, at - lane);
      this.#to[lane] = 0;
    }
    this.#to[lane] = Math.max(this.#to[lane]!, Math.min(this.#runSize, at + context));
    if (nested) this.#deep[lane] = 1;
  }

  #flush(lane: number): void {
    if (this.#from[lane]! < 0) return;
    const from = this.#runFrom;
    this.#out.add(this.#kind, from + this.#from[lane]!, from + this.#to[lane]!, this.#deep[lane] === 1);
    this.#from[lane] = -1;
    this.#deep[lane] = 0;
  }
}
