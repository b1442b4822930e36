/**
 * The words that every stream may refer to (RFC 7932 §8, Appendix A): 122,784 bytes that the runtime's own decoder has. They are asked
 * for once, by a stream that names every word; it is a whole one, so that decoder has nothing to complain of.
 */

import { brotliDecompressSync, crc32 } from "node:zlib";
import { COPIED } from "./tables.ts";
import { transform, TRANSFORM_COUNT } from "./transforms.ts";

/** For each length of words, how many there are, as a power of two; of other lengths there are none. */
const LOG2_WORDS = [0, 0, 0, 0, 10, 10, 11, 11, 10, 10, 10, 10, 10, 9, 9, 8, 7, 7, 8, 7, 7, 6, 6, 5, 5] as const;
const SHORTEST_WORD = 4, LONGEST_WORD = LOG2_WORDS.length - 1;
/** Appendix A. */
const SIZE_BYTES = 122_784, CRC32 = 0x5136cb04;

/** The words, shortest first; read when one is asked for. */
let words: Uint8Array | null = null;
/** For each length, where its words start. */
const STARTS = new Int32Array(LOG2_WORDS.length + 1);
for (let length = SHORTEST_WORD; length <= LONGEST_WORD; length++) {
  STARTS[length + 1] = STARTS[length]! + (length << LOG2_WORDS[length]!);
}

/** What a reference means that copies `length` bytes from so far before all that was said; `null` where there is no such word. */
export function dictionaryWord(length: number, number: number): Uint8Array | null {
  if (length < SHORTEST_WORD || length > LONGEST_WORD) return null;
  const log2 = LOG2_WORDS[length]!;
  const transformation = number >> log2;
  if (transformation >= TRANSFORM_COUNT) return null;
  const from = STARTS[length]! + length * (number & ((1 << log2) - 1));
  return transform(dictionary().subarray(from, from + length), transformation);
}

/**
 * The dictionary.
 * @throws Error where the runtime has another one, or none
 */
export function dictionary(): Uint8Array {
  if (words !== null) return words;
  const said = brotliDecompressSync(everyWord());
  const read = new Uint8Array(said).subarray(said.length - SIZE_BYTES);
  if (read.length !== SIZE_BYTES || crc32(read) !== CRC32) throw new Error("Cannot read Brotli: no dictionary");
  return words = read;
}

/** A window that is larger than there are words of one length: as its bits (§9.1), and in bytes. */
const WINDOW = 0b1000001, WINDOW_BYTES = (1 << 12) - 16;
/** §5: the first commands without literals that copy with a distance of their own: 2 to 9 bytes, and more. */
const COPY_FEW = 128, COPY_MORE = 192;
/** §4: the two symbols of the distances that are needed. */
const DISTANCES: readonly number[] = [35, 36];

/**
 * A stream that says zeros, as many as its window holds, and then every word: word `n` of a length is named by a copy of that length
 * from `n + 1` bytes before the window.
 */
function everyWord(): Uint8Array<ArrayBuffer> {
  const out = new BitWriter();
  out.put(WINDOW, 7);
  out.block(WINDOW_BYTES, true);
  out.zeros(WINDOW_BYTES);
  for (let length = SHORTEST_WORD; length <= LONGEST_WORD; length++) {
    const count = 1 << LOG2_WORDS[length]!;
    const copy = COPIED.least.findLastIndex((least) => least <= length);
    out.block(length * count, false);
    // Nothing changes in the block, no context tells codes apart: three codes, of one literal, one command and two distances.
    out.put(0, 13);
    out.code([0], 8);
    out.code([(copy < 8 ? COPY_FEW : COPY_MORE) + (copy & 7)], 10);
    out.code(DISTANCES, 6);
    for (let n = 0; n < count; n++) {
      out.put(length - COPIED.least[copy]!, COPIED.extra[copy]!);
      const distance = WINDOW_BYTES + 1 + n + 3;
      const width = 30 - Math.clz32(distance);
      out.put(DISTANCES.indexOf(14 + 2 * width + ((distance >> width) & 1)), 1);
      out.put(distance & ((1 << width) - 1), width);
    }
  }
  // The last block, an empty one.
  out.put(3, 2);
  return out.bytes();
}

/** Writes what {@link everyWord} is made of. */
class BitWriter {
  readonly #bytes: number[] = [];
  #hold = 0;
  #have = 0;

  /** `value` in `count` bits, the least significant first. */
  put(value: number, count: number): void {
    this.#hold |= value << this.#have;
    for (this.#have += count; this.#have >= 8; this.#have -= 8) {
      this.#bytes.push(this.#hold & 0xff);
      this.#hold >>>= 8;
    }
  }

  /** §9.2: the start of a meta-block that is not the last one and says `size` bytes, at most 2¹⁶. */
  block(size: number, isStored: boolean): void {
    this.put(0, 1 + 2);
    this.put(size - 1, 16);
    this.put(isStored ? 1 : 0, 1);
  }

  /** §3.4: a code of one symbol, which takes no bits, or of two in ascending order. */
  code(symbols: readonly number[], width: number): void {
    this.put(1, 2);
    this.put(symbols.length - 1, 2);
    for (const symbol of symbols) this.put(symbol, width);
  }

  /** From the next whole byte on, zeros. */
  zeros(count: number): void {
    if (this.#have > 0) this.put(0, 8 - this.#have);
    for (let k = 0; k < count; k++) this.#bytes.push(0);
  }

  bytes(): Uint8Array<ArrayBuffer> {
    this.zeros(0);
    return Uint8Array.from(this.#bytes);
  }
}
