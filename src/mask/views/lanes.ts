/**
 * Looks at runs of base64 and hexadecimal without decoding them, every alignment ("lane") at once.
 *
 * Whatever counts as a trace is as long as the shortest threshold, so in its lane it holds several words of three bytes in a row: only
 * one of so many is decoded and asked for in a filter, and its neighbours only where the filter knows it. What is ASCII in its
 * lane, so that another encoding may be inside, is sampled in the same way. Compressed streams are told by the two characters
 * that their magic number starts with.
 */

import { SELDOM_LOG2_WORDS, WordFilter } from "../filter.ts";
import { SHORT_RUN, type Text } from "../kernels/kernels.ts";
import { tableOf } from "../kernels/tables.ts";
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
    this.pairs = new WordFilter(total, SELDOM_LOG2_WORDS);
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

const STARTS_64 = tableOf(magicStarts(6)), STARTS_16 = tableOf(magicStarts(4));

/** Reads runs of characters of 4 or 6 bits. */
export class Lanes {
  readonly #kind: Radix;
  readonly #words: Words;
  /** Characters of a word. */
  readonly #wordChars: number;
  /** How many words in a row a trace has at least, and a stretch of ASCII. */
  readonly #traceRow: number;
  readonly #asciiRow: number;
  #text!: Text;
  #filter = 0;
  #out!: Decoded;
  #digits!: Uint8Array;
  /** The run that is read. */
  #runFrom = 0;
  #runSize = 0;
  /** For each alignment: what is to be decoded, within the run; `from` < 0 where nothing is. */
  readonly #from = new Int32Array(4).fill(-1);
  readonly #to = new Int32Array(4);
  readonly #deep = new Uint8Array(4);
  #isAny = false;
  #areDigits = false;

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

  /**
   * Begins another text.
   * @param filter which of the filters that it was loaded with has the words
   */
  start(text: Text, filter: number, out: Decoded): void {
    this.#text = text;
    this.#filter = filter;
    this.#out = out;
  }

  /**
   * Reads the run `from` up to `to`.
   * @param areDigits whether it is decimal digits, which all are ASCII in hexadecimal: then only what is printed may be text
   */
  read(from: number, to: number, areDigits = false): void {
    const { bits, group } = this.#kind, text = this.#text;
    this.#areDigits = areDigits;
    const size = to - from;
    if (size < this.#wordChars) return;
    this.#runFrom = from;
    this.#runSize = size;
    // Of each lane one word is looked at in so many, the last of the first so many first.
    const words = Math.max(1, Math.floor((size - this.#wordChars - (group - 1)) / group) + 1);
    const traceRow = Math.min(this.#traceRow, words), asciiRow = Math.min(this.#asciiRow, words);
    const starts = bits === 6 ? STARTS_64 : STARTS_16;
    if (size <= SHORT_RUN) {
      const count = text.lanes(from, to, bits, starts, traceRow, asciiRow, this.#filter);
      if (count === 0) return;
      const [started, traced] = text.partEnds;
      this.#digits = text.lastDigits;
      this.#started(0, started);
      this.#traced(started, traced);
      this.#ascii(traced, count);
    } else {
      this.#digits = text.digits(from, to, bits);
      for (let at = 0; at < size - 1;) {
        const count = text.starts(at, size, bits, starts);
        at = Math.max(text.resume, at + 2);
        this.#started(0, count);
      }
      for (let at = group * (traceRow - 1); at + group <= size;) {
        const count = text.traces(at, size, bits, traceRow, this.#filter);
        at = Math.max(text.resume, at + group);
        this.#traced(0, count);
      }
      for (let at = group * (asciiRow - 1); at + group <= size;) {
        const count = text.texts(at, size, bits, asciiRow);
        at = Math.max(text.resume, at + group);
        this.#ascii(0, count);
      }
    }
    if (!this.#isAny) return;
    for (let lane = 0; lane < group; lane++) this.#flush(lane);
    this.#isAny = false;
  }

  /** Reads compressed streams where numbers `first` up to `end` of the list say that they may start. */
  #started(first: number, end: number): void {
    const { secondList, bytes } = this.#text;
    for (let i = first; i < end; i += 2) this.#compressed(bytes, this.#runFrom + secondList[i]!, secondList[i + 1]!);
  }

  /** Takes note of traces. */
  #traced(first: number, end: number): void {
    const { secondList } = this.#text;
    for (let i = first; i < end; i += 2) {
      if (this.#isKnown(secondList[i]!, secondList[i + 1]!)) this.#want(secondList[i]!, false);
    }
  }

  /** Takes note of ASCII. */
  #ascii(first: number, end: number): void {
    const { secondList } = this.#text;
    for (let i = first; i < end; i += 2) this.#want(secondList[i]!, true);
  }

  /** The word at `at` in the run. */
  #word(at: number): number {
    const { bits } = this.#kind;
    const d = this.#digits;
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

  /** Whether a stretch of ASCII in what digits `from` up to `to` say in hexadecimal is printed, or zeros. */
  #isPrinted(from: number, to: number): boolean {
    const { bytes } = this.#text, { values } = this.#kind;
    for (let i = from, row = 0; i + 1 < to; i += 2) {
      const byte = (values[bytes[i]!]! << 4) | values[bytes[i + 1]!]!;
      const isPrinted = (byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d) || byte === 0;
      row = isPrinted ? row + 1 : 0;
      if (row >= ASCII_BYTES) return true;
    }
    return false;
  }

  #flush(lane: number): void {
    if (this.#from[lane]! < 0) return;
    const from = this.#runFrom + this.#from[lane]!, to = this.#runFrom + this.#to[lane]!;
    const isDeep = this.#deep[lane] === 1 && (!this.#areDigits || this.#isPrinted(from, to));
    this.#out.add(this.#kind, from, to, isDeep);
    this.#from[lane] = -1;
    this.#deep[lane] = 0;
  }
}
