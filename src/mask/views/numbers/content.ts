/** Tells what may be in bytes that were written as numbers: most rows are dates, sizes and versions, which are nothing as bytes. */

import { hasCompressedMagic } from "../compressed.ts";
import { characterAt } from "../unicode.ts";

/** What may be in some bytes: nothing, a stream without a magic number, a trace as it is too, an encoding or another stream. */
export const NOTHING = 0, BARE = 1, PLAIN = 2, ENCODED = 3;

/** No trace has fewer bytes. */
const LEAST_BYTES = 6;
/** A look-alike may stand for a few characters. */
const LONGEST_LIGATURE = 3;
/** Bytes of UTF-8. */
const LONGEST_CHARACTER = 4;
/** What separates the characters of something may be no text, and so many bytes. */
const LONGEST_SEPARATOR = 3;

/** So large a part of what is written as text, with something between, is characters at least. */
const MOSTLY = 0.5;

/** Of a byte: part of what is looked for; printed, or white space; what a magic number starts with. */
const OWN = 1, CHARACTER = 2, MAGIC = 4;

/** For each byte what it is. @param own 1 for each byte that some pattern has, in either case */
export function kindsOf(own: Uint8Array): Uint8Array {
  return own.map((is, byte) => {
    const isCharacter = (byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d);
    const isMagic = byte === 0x1f || byte === 0x28 || byte === 0x50 || byte === 0x78;
    return (is === 1 ? OWN : 0) | (isCharacter ? CHARACTER : 0) | (isMagic ? MAGIC : 0);
  });
}

/** Room for bytes without zeros, which is used again. */
let dense = new Uint8Array(1 << 8);

/**
 * What may be in the first `size` bytes. Zeros between characters of an encoding do not count.
 * @param kinds as {@link kindsOf} gives them
 * @param leastBytes the fewest bytes that a trace takes
 */
export function contentOf(bytes: Uint8Array, size: number, kinds: Uint8Array, leastBytes: number): number {
  const least = Math.max(LEAST_BYTES, leastBytes - LONGEST_LIGATURE + 1);
  let own = 0, mostOwn = 0, row = 0, characters = 0, others = 0, zeros = 0;
  for (let i = 0; i < size; i++) {
    const byte = bytes[i]!;
    if (byte === 0) {
      own = 0;
      zeros++;
      continue;
    }
    const kind = kinds[byte]!;
    if ((kind & OWN) === 0) own = 0;
    else if (++own > mostOwn) mostOwn = own;
    if ((kind & CHARACTER) !== 0) {
      characters++;
      if (++row >= least) return ENCODED;
    } else {
      row = 0;
      if (byte >= 0x80) others++;
    }
    if ((kind & MAGIC) === 0 || i + 2 >= size) continue;
    if (hasCompressedMagic((byte << 16) | (bytes[i + 1]! << 8) | bytes[i + 2]!)) return ENCODED;
  }
  if (size - zeros < leastBytes) return NOTHING;
  if (characters >= leastBytes && characters >= MOSTLY * (size - zeros)) return ENCODED;
  if (others + characters >= least && mayBeSpread(bytes, size, least, leastBytes)) return ENCODED;
  return mostOwn >= leastBytes ? PLAIN : BARE;
}

/** Whether there are characters in a row that are not all ASCII, or one every few bytes. */
function mayBeSpread(bytes: Uint8Array, size: number, least: number, leastBytes: number): boolean {
  if (size + LONGEST_CHARACTER > dense.length) dense = new Uint8Array(2 * (size + LONGEST_CHARACTER));
  let count = 0;
  for (let i = 0; i < size; i++) if (bytes[i] !== 0) dense[count++] = bytes[i]!;
  // A character that is cut is none.
  for (let k = 0; k < LONGEST_CHARACTER; k++) dense[count + k] = 0;
  let characters = 0;
  for (let i = 0, row = 0, length = 0; i < count; i += Math.max(1, length)) {
    length = characterAt(dense, i);
    row = length === 0 ? 0 : row + 1;
    if (row >= least) return true;
    characters += length;
  }
  if (characters >= MOSTLY * count) return true;
  for (let step = 2; step <= 1 + LONGEST_SEPARATOR; step++) {
    for (let first = 0; first < step; first++) {
      for (let i = first, row = 0; i < count; i += step) {
        row = dense[i]! < 0x80 && characterAt(dense, i) === 1 ? row + 1 : 0;
        if (row >= leastBytes) return true;
      }
    }
  }
  return false;
}
