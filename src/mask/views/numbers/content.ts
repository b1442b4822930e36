/** Tells what may be in bytes that were written as numbers: most rows are dates, sizes and versions, which are nothing as bytes. */

import { hasCompressedMagic, HEAD_BYTES, mayStart } from "../compressed.ts";
import { HEX } from "../hex.ts";
import { characterAt } from "../unicode.ts";

/** What may be in some bytes: nothing, a stream without a magic number, a trace as it is too, an encoding, a stream with one. */
export const NOTHING = 0, BARE = 1, PLAIN = 2, ENCODED = 3, STREAM = 4;

/** Bytes of a stream with a magic number that tell whether it is one: behind its header. */
const STREAM_HEAD_BYTES = 2 * HEAD_BYTES;
/** No trace has fewer bytes. */
const LEAST_BYTES = 6;
/** A look-alike may stand for a few characters. */
const LONGEST_LIGATURE = 3;
/** Bytes of UTF-8. */
const LONGEST_CHARACTER = 4;
/** What separates the characters of something may be no text, and so many bytes. */
const LONGEST_SEPARATOR = 3;

/** In more bytes than these noise has a few characters in a row, or one every few bytes, by chance; so many are not ASCII of others. */
const LONG_BYTES = 128, LEAST_WIDE = 2;

/** So large a part of what is written as text, with something between, is characters at least: of bytes in a list, and of others. */
export const MOSTLY = 0.5, NEARLY_ALL = 0.8;

/** A larger number is no word. */
export const MOST_VALUE = 0xffffffff;

/** Of a byte: part of what is looked for; printed, or white space; what a magic number starts with. */
const OWN = 1, CHARACTER = 2, OWN_CHARACTER = OWN | CHARACTER, MAGIC = 4;
/** Not two decimal digits; a hexadecimal digit, which is written in decimal digits alone. */
const OTHER = 8, HEXADECIMAL = 16, HEXADECIMAL_BIT = 4;

/** For each byte what it is. @param own 1 for each byte that some pattern has, in either case */
export function kindsOf(own: Uint8Array): Uint8Array {
  return own.map((is, byte) => {
    const isCharacter = (byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d);
    const isMagic = byte === 0x1f || byte === 0x28 || byte === 0x50 || byte === 0x78;
    const isOther = byte >>> 4 > 9 || (byte & 15) > 9;
    return (is === 1 ? OWN : 0) | (isCharacter ? CHARACTER : 0) | (isMagic ? MAGIC : 0) | (isOther ? OTHER : 0) |
      (HEX[byte] === 1 ? HEXADECIMAL : 0);
  });
}

/**
 * Whether bytes of numbers `first` up to `end` may be worth a look, whatever their order: without enough characters, or bytes of what is
 * looked for, they are not. A byte of 0x80 or more may be part of a character, or of a stream with a magic number.
 * @param kinds as {@link kindsOf} gives them
 * @param leastBytes the fewest bytes that a trace takes
 */
export function mayHoldText(
  values: Float64Array,
  first: number,
  end: number,
  kinds: Uint8Array,
  leastBytes: number,
): boolean {
  let characters = 0, own = 0;
  for (let t = first; t < end; t++) {
    if (values[t]! > MOST_VALUE) continue;
    for (let rest = values[t]!; rest > 0; rest >>>= 8) {
      const byte = rest & 0xff, kind = kinds[byte]!;
      if ((kind & CHARACTER) !== 0 || byte >= 0x80) characters++;
      if ((kind & OWN) !== 0) own++;
    }
  }
  return characters >= leastCharacters(leastBytes) || own >= leastBytes;
}

/** The fewest characters that are an encoding of a trace, or look like one. */
function leastCharacters(leastBytes: number): number {
  return Math.max(LEAST_BYTES, leastBytes - LONGEST_LIGATURE + 1);
}

/** Room for bytes without zeros, which is used again. */
let dense = new Uint8Array(1 << 8);

/**
 * What may be in bytes `from` up to `to`. Zeros between characters of an encoding do not count.
 * @param kinds as {@link kindsOf} gives them
 * @param leastBytes the fewest bytes that a trace takes
 * @param mostly how much of them is characters, where they are text with something between: {@link MOSTLY}, {@link NEARLY_ALL}
 */
export function contentOf(
  bytes: Uint8Array,
  from: number,
  to: number,
  kinds: Uint8Array,
  leastBytes: number,
  mostly: number,
): number {
  const least = leastCharacters(leastBytes);
  let own = 0, mostOwn = 0, spread = 0, mostSpread = 0, row = 0, longest = 0;
  let characters = 0, others = 0, zeros = 0, all = 0, hexadecimal = 0;
  for (let i = from; i < to; i++) {
    const byte = bytes[i]!;
    if (byte === 0) {
      own = 0;
      zeros++;
      continue;
    }
    const kind = kinds[byte]!;
    all |= kind;
    if ((kind & OWN) === 0) own = 0;
    else if (++own > mostOwn) mostOwn = own;
    if ((kind & OWN_CHARACTER) !== OWN_CHARACTER) spread = 0;
    else if (++spread > mostSpread) mostSpread = spread;
    if ((kind & CHARACTER) !== 0) {
      characters++;
      hexadecimal += kind >>> HEXADECIMAL_BIT;
      if (++row > longest) longest = row;
    } else {
      row = 0;
      if (byte >= 0x80) others++;
    }
    if ((kind & MAGIC) === 0 || i + 2 >= to) continue;
    if (!hasCompressedMagic((byte << 16) | (bytes[i + 1]! << 8) | bytes[i + 2]!)) continue;
    if (mayStart(bytes.subarray(i, Math.min(to, i + STREAM_HEAD_BYTES)))) return STREAM;
  }
  // Two decimal digits are a character in three cases of five by chance: so are dates.
  const areDigits = (all & OTHER) === 0, isLong = to - from > LONG_BYTES;
  const leastRow = isLong ? areDigits ? 2 * leastBytes : leastBytes + 2 : areDigits ? leastBytes + 1 : least;
  if (longest >= leastRow) return ENCODED;
  // Zeros between characters of a trace are read over where it is read further.
  if (isLong && mostSpread > mostOwn && mostSpread >= leastBytes) return ENCODED;
  const size = to - from - zeros;
  if (size < leastBytes) return NOTHING;
  const enough = (areDigits && hexadecimal < MOSTLY * size ? NEARLY_ALL : mostly) * size;
  if (characters >= least && characters >= enough) return ENCODED;
  if (others + characters >= least && (others > 1 || characters >= leastBytes)) {
    const count = densify(bytes, from, to);
    if (others > 1 && mayBeUtf8(count, isLong ? leastBytes : least, isLong ? LEAST_WIDE : 0, enough)) return ENCODED;
    if (characters >= leastBytes && mayBeSpread(count, leastBytes, isLong)) return ENCODED;
  }
  return mostOwn >= leastBytes ? PLAIN : BARE;
}

/** Writes what is not zero to {@link dense}; how many bytes. */
function densify(bytes: Uint8Array, from: number, to: number): number {
  const size = to - from;
  if (size + LONGEST_CHARACTER > dense.length) dense = new Uint8Array(2 * (size + LONGEST_CHARACTER));
  let count = 0;
  for (let i = from; i < to; i++) if (bytes[i] !== 0) dense[count++] = bytes[i]!;
  // A character that is cut is none.
  for (let k = 0; k < LONGEST_CHARACTER; k++) dense[count + k] = 0;
  return count;
}

/** Whether in the first bytes of {@link dense} are `least` characters in a row, `wide` of them not ASCII, or `enough` bytes of some. */
function mayBeUtf8(count: number, least: number, wide: number, enough: number): boolean {
  let characters = 0, row = 0, wideInRow = 0;
  for (let i = 0, length = 0; i < count; i += Math.max(1, length)) {
    length = characterAt(dense, i);
    row = length === 0 ? 0 : row + 1;
    wideInRow = length === 0 ? 0 : length > 1 ? wideInRow + 1 : wideInRow;
    if (row >= least && wideInRow >= wide) return true;
    characters += length;
  }
  return characters >= enough;
}

/**
 * Whether in the first bytes of {@link dense} there are so many characters in a row with the same number of others between them.
 * @param areSame whether those must be the same every time
 */
function mayBeSpread(count: number, leastBytes: number, areSame: boolean): boolean {
  for (let step = 2; step <= 1 + LONGEST_SEPARATOR; step++) {
    for (let first = 0; first < step; first++) {
      for (let i = first, row = 0; i < count; i += step) {
        if (dense[i]! >= 0x80 || characterAt(dense, i) === 0) row = 0;
        else if (row > 1 && areSame && dense[i - 1] !== dense[i - 1 - step]) row = 1;
        else if (++row >= leastBytes) return true;
      }
    }
  }
  return false;
}
