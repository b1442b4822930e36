/**
 * Views of runs in base64, base32, hexadecimal and binary, at every alignment, inside any longer run. Read after line breaks are
 * gone, so wrapped or not is the same.
 *
 * base64 is common where nothing is hidden, so it is decoded only where it may matter: where three bytes are a pattern's,
 * where many in a row are ASCII (another encoding may be inside), or where a compressed stream starts. The others are rare
 * as long runs, and decoded whole.
 */

import { WordFilter } from "../filter.ts";
import type { Pattern } from "../pattern.ts";
import type { Reader } from "../view.ts";
import { type Decompressor, hasCompressedMagic } from "./compressed.ts";
import { Decoded, type Radix } from "./decoded.ts";

function radix(bits: number, group: number, alphabet: string): Radix {
  const values = new Uint8Array(256).fill(255);
  for (let i = 0; i < alphabet.length; i++) {
    values[alphabet.charCodeAt(i)] = i;
    if (bits < 6) values[alphabet.toLowerCase().charCodeAt(i)] = i;
  }
  return { bits, values, group };
}

const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const BASE64 = radix(6, 4, `${UPPER}${UPPER.toLowerCase()}0123456789+/`);
// RFC 4648 §5 beside §4: both spellings of 62 and 63.
BASE64.values[0x2d] = 62;
BASE64.values[0x5f] = 63;

const BASE16 = radix(4, 2, "0123456789ABCDEF");
const HEX = members(/[0-9a-fA-F]/);
/** Alphabets that are rare as long runs, in one case or the other. */
const RARE: readonly { kind: Radix; member: Uint8Array; notHex: boolean }[] = [
  { kind: radix(5, 8, `${UPPER}234567`), member: members(/[A-Z2-7]/), notHex: false }, // RFC 4648 §6
  { kind: radix(5, 8, `${UPPER}234567`), member: members(/[a-z2-7]/), notHex: false },
  { kind: radix(5, 8, "0123456789ABCDEFGHIJKLMNOPQRSTUV"), member: members(/[A-V0-9]/), notHex: true }, // RFC 4648 §7
  { kind: radix(5, 8, "0123456789ABCDEFGHIJKLMNOPQRSTUV"), member: members(/[a-v0-9]/), notHex: true },
  { kind: radix(1, 8, "01"), member: members(/[01]/), notHex: false },
];

/** For each byte, whether it is one of `characters`. */
function members(characters: RegExp): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => characters.test(String.fromCharCode(byte)) ? 1 : 0);
}

/** The shortest runs (characters) that are read: six bytes, and what alignment may cost. */
const LEAST_RUN = 8, LEAST_RARE = 10, LEAST_HEX = 12, LEAST_BINARY = 48;
/** A shorter run without a digit is a word, or a name. */
const LEAST_WORDLESS = 24;

/** For each byte, whether a compressed stream's magic number starts with it. */
const STARTS_MAGIC = new Uint8Array(256);
for (const byte of [0x1f, 0x28, 0x50, 0x78]) STARTS_MAGIC[byte] = 1;

/** Bytes decoded on both sides of what looked like something. */
const CONTEXT_BYTES = 72;
/** Bytes of ASCII in a row that are worth reading. */
const ASCII_BYTES = 12;
/** From this threshold on, a trace holds two words of three bytes in a row at any alignment. */
const TWO_WORDS_BYTES = 8;

/** A reader of runs, for these patterns. */
export function runReader(patterns: readonly Pattern[], decompressor: Decompressor): Reader {
  const total = patterns.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
  const all = new WordFilter(total);
  const short = new WordFilter(256);
  for (const { bytes, threshold } of patterns) {
    for (let i = 0; i + 3 <= bytes.byteLength; i++) {
      const word = ((bytes[i]! << 16) | (bytes[i + 1]! << 8) | bytes[i + 2]!) | 0x202020;
      all.add(word);
      if (threshold < TWO_WORDS_BYTES) short.add(word);
    }
  }
  const values = BASE64.values;

  const base64 = new Lanes(BASE64, all, short), hex = new Lanes(BASE16, all, short);

  return (text, emit) => {
    const size = text.length;
    // A view is read by this same reader again, but only once it is through with the text.
    const out = new Decoded(text, decompressor);
    base64.start(out), hex.start(out);
    for (let i = 0; i < size; i++) {
      if (values[text[i]!] === 255) continue;
      const from = i;
      while (++i < size && values[text[i]!] !== 255);
      if (i - from < LEAST_RUN) continue;
      base64.read(text, from, i);
      // Text is never written in these without a digit, but for base32, and that is long then.
      if (i - from < LEAST_RARE || (i - from < LEAST_WORDLESS && !hasDigit(text, from, i))) continue;
      out.addBare(BASE64, from, i);
      for (let start = from; (start = nextRun(text, HEX, start, i, LEAST_HEX)) >= 0; start = runEnd) {
        const end = runEnd;
        hex.read(text, start, end);
        out.addBare(BASE16, start, end);
        runEnd = end;
      }
      for (const { kind, member, notHex } of RARE) {
        for (let start = from; (start = nextRun(text, member, start, i, LEAST_RARE)) >= 0; start = runEnd) {
          const end = runEnd;
          if (end - start < LEAST_WORDLESS && !hasDigit(text, start, end)) continue;
          // What is mostly hexadecimal is not base32hex: its other sixteen letters would have to be missing by chance.
          if (notHex && countOf(text, HEX, start, end) > 0.8 * (end - start)) continue;
          if (kind.bits === 1 && end - start < LEAST_BINARY) continue;
          // A short run is read as what it is from its start on, a long one at every alignment.
          const lanes = end - start < LEAST_WORDLESS ? 1 : kind.group;
          out.addBare(kind, start, end);
          for (let lane = 0; lane < lanes; lane++) out.add(kind, start + lane, end, null);
        }
      }
    }
    out.emit(emit);
  };
}

/** Where {@link nextRun}'s run ends. */
let runEnd = 0;

/** Where the next run of at least `least` members starts, or -1; most bytes are not looked at. */
function nextRun(text: Uint8Array, member: Uint8Array, from: number, to: number, least: number): number {
  let start = from;
  for (let end = from + least - 1; end < to;) {
    let i = end;
    while (i >= start && member[text[i]!] === 1) i--;
    if (i >= start) {
      start = i + 1;
      end = i + least;
      continue;
    }
    while (++end < to && member[text[end]!] === 1);
    runEnd = end;
    return start;
  }
  return -1;
}

function countOf(text: Uint8Array, member: Uint8Array, from: number, to: number): number {
  let count = 0;
  for (let i = from; i < to; i++) count += member[text[i]!]!;
  return count;
}

function hasDigit(text: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (text[i]! <= 0x39) return true;
  return false;
}

/** Reads runs of characters of 4 or 6 bits, every alignment at once, keeping the last 24 bits. */
class Lanes {
  readonly #kind: Radix;
  readonly #all: WordFilter;
  readonly #short: WordFilter;
  #out!: Decoded;
  /**
   * For each alignment: where the last ASCII word and the last word of a pattern ended, and how many there were in a row. Runs are
   * apart, so what is left of one never continues in the next.
   */
  readonly #asciiAt = new Int32Array(4).fill(-9);
  readonly #asciiCount = new Int32Array(4);
  readonly #knownAt = new Int32Array(4).fill(-9);
  readonly #knownCount = new Int32Array(4);
  /** For each alignment: what is to be decoded, `from` < 0 where nothing is. */
  readonly #from = new Int32Array(4).fill(-1);
  readonly #to = new Int32Array(4);
  readonly #deep = new Uint8Array(4);

  constructor(kind: Radix, all: WordFilter, short: WordFilter) {
    this.#kind = kind;
    this.#all = all;
    this.#short = short;
  }

  /** Begins another text. */
  start(out: Decoded): void {
    this.#out = out;
    this.#asciiAt.fill(-9);
    this.#knownAt.fill(-9);
  }

  /** Reads the run `from` up to `to`. */
  read(text: Uint8Array, from: number, to: number): void {
    const { bits, values, group } = this.#kind;
    const { table, shift } = this.#all.parts;
    const asciiAt = this.#asciiAt, asciiCount = this.#asciiCount;
    const wordChars = 24 / bits;
    const groupBytes = (group * bits) / 8;
    const asciiGroups = Math.ceil((ASCII_BYTES - 3) / groupBytes) + 1;
    const lanes = group - 1;
    const first = from + wordChars - 1;
    let wide = 0, any = false;
    for (let i = from; i < first; i++) wide = (wide << bits) | values[text[i]!]!;
    for (let i = first; i < to; i++) {
      wide = (wide << bits) | values[text[i]!]!;
      const word = wide & 0xffffff;
      let nested = false, wanted = false;
      if ((word & 0x808080) === 0) {
        const lane = i & lanes;
        const count = asciiCount[lane] = asciiAt[lane] === i - group ? asciiCount[lane]! + 1 : 1;
        asciiAt[lane] = i;
        // What is ASCII from one end of a short run to the other counts too.
        nested = count >= asciiGroups || (i - first === group * (count - 1) && i + group >= to);
      }
      const folded = word | 0x202020;
      const hash = Math.imul(folded ^ (folded >>> 15), 0x9e3779b1);
      const mask = (1 << (hash >>> 5)) | (1 << (hash >>> 10));
      if ((table[hash >>> shift]! & mask) === mask) wanted = this.#isKnown(i, folded);
      if (
        (STARTS_MAGIC[word >>> 16]! | STARTS_MAGIC[(wide >>> 18) & 0xff]! | STARTS_MAGIC[(wide >>> 20) & 0xff]!) === 1
      ) {
        this.#compressed(wide, i, from, to);
      }
      if (!wanted && !nested) continue;
      this.#want(i & lanes, i + 1 - wordChars, from, to, nested);
      any = true;
    }
    if (!any) return;
    for (let lane = 0; lane < group; lane++) this.#flush(lane);
  }

  /** Reads what may be a compressed stream whose magic number is in the bits before the end of character `i`. */
  #compressed(wide: number, i: number, from: number, to: number): void {
    const { bits } = this.#kind;
    const chars = 24 / bits;
    if (hasCompressedMagic(wide & 0xffffff)) this.#out.addCompressed(this.#kind, i + 1 - chars, to, 0);
    // Behind one or two bytes that do not fill a group; every nibble is looked at anyway.
    if (bits !== 6) return;
    for (const skip of [1, 2]) {
      const start = i - chars - skip;
      if (start < from || !hasCompressedMagic((wide >>> (6 - 2 * skip)) & 0xffffff)) continue;
      this.#out.addCompressed(this.#kind, start, to, skip);
    }
  }

  /** Whether a pattern's word that ends at `i` follows another one, or needs none before it. */
  #isKnown(i: number, folded: number): boolean {
    const group = this.#kind.group;
    const lane = i & (group - 1);
    const count = this.#knownCount[lane] = this.#knownAt[lane] === i - group ? this.#knownCount[lane]! + 1 : 1;
    this.#knownAt[lane] = i;
    return count >= 2 || this.#short.has(folded);
  }

  #want(lane: number, start: number, from: number, to: number, nested: boolean): void {
    const { bits, group } = this.#kind;
    const context = Math.ceil((8 * CONTEXT_BYTES) / (bits * group)) * group;
    if (this.#from[lane]! >= 0 && start > this.#to[lane]!) this.#flush(lane);
    if (this.#from[lane]! < 0) {
      this.#from[lane] = start - Math.min(context, start - from - ((start - from) % group));
    }
    this.#to[lane] = Math.min(to, start + context);
    if (nested) this.#deep[lane] = 1;
  }

  #flush(lane: number): void {
    if (this.#from[lane]! < 0) return;
    this.#out.add(this.#kind, this.#from[lane]!, this.#to[lane]!, this.#deep[lane] === 1);
    this.#from[lane] = -1;
    this.#deep[lane] = 0;
  }
}
