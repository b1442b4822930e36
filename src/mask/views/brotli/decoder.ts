/** Reads streams of Brotli (RFC 7932): bounded in what they may grow to, and as far as they go. */

import { BitReader } from "./bits.ts";
import { dictionaryWord } from "./dictionary.ts";
import { MetaBlock } from "./meta_block.ts";
import {
  BYTE_BEFORE,
  COPIED,
  COPY_CODE,
  DISTANCE_ADDED,
  INSERT_CODE,
  INSERTED,
  LAST_BYTE,
  LAST_DISTANCE,
  SAME_DISTANCE_SYMBOLS,
} from "./tables.ts";

/** How a stream ended: as it should, without its end, in something that cannot be, at the limit. */
export type Ending = "whole" | "cut" | "broken" | "limit";

const FIRST_ROOM = 1 << 12;
/** §4. */
const FIRST_DISTANCES = [4, 11, 15, 16] as const;
const LEAST_LARGE_WINDOW = 10, MOST_LARGE_WINDOW = 30;

/** Reads one stream after the other. */
export class BrotliDecoder {
  readonly #bits = new BitReader();
  readonly #block = new MetaBlock();
  /** The last four distances, the last one first. */
  readonly #last = new Int32Array(4);
  /** What the stream says so far: what it refers back to is looked up here, so the size of its window costs nothing. */
  #out = new Uint8Array(FIRST_ROOM);
  #size = 0;
  #limit = 0;
  #windowBytes = 0;
  #isLarge = false;
  /** Whether anything was said that does not stand in the input as it is, or all of the stream was there. */
  #isPacked = false;

  /**
   * Reads the stream that `input` (borrowed) starts with.
   * @param limit bytes that it may say
   * @param totalBytes what there is of it where `input` is only its start
   */
  read(input: Uint8Array, limit: number, totalBytes: number = input.length): Ending {
    this.#bits.open(input);
    for (let k = 0; k < FIRST_DISTANCES.length; k++) this.#last[k] = FIRST_DISTANCES[k]!;
    this.#size = 0;
    this.#limit = limit;
    this.#isPacked = false;
    const ending = this.#readStream(input.length, totalBytes);
    // What stands in the input as it is may be a stream in its turn, which is then told where it starts.
    if (ending === "whole") this.#isPacked = true;
    return ending;
  }

  /** How many bytes the last stream says up to where it ended; none where it has no end, and they stand in the input as they are. */
  get sizeBytes(): number {
    return this.#isPacked ? this.#size : 0;
  }

  /** Those bytes, as a copy. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#out.slice(0, this.sizeBytes);
  }

  /** Bytes of the input that were read. */
  get consumed(): number {
    return this.#bits.consumed;
  }

  #readStream(inputBytes: number, totalBytes: number): Ending {
    if (!this.#readWindow()) return "broken";
    while (true) {
      const bits = this.#bits;
      const isLast = bits.take(1) === 1;
      if (isLast && bits.take(1) === 1) return this.#end();
      const nibbles = bits.take(2) + 4;
      if (nibbles === 7) {
        if (isLast || !this.#skip()) return this.#broken();
        continue;
      }
      const size = bits.take(16) + (bits.take(4 * (nibbles - 4)) << 16) + 1;
      // The shortest spelling is the only one.
      if (nibbles > 4 && size <= 1 << (4 * (nibbles - 1))) return this.#broken();
      if (!isLast && bits.take(1) === 1) {
        if (!bits.align()) return this.#broken();
        // What there is of it stands there as it is, and nothing comes after it.
        const isCut = size > inputBytes - bits.consumed;
        if (isCut) return inputBytes < totalBytes && size > totalBytes - bits.consumed ? "broken" : "cut";
        if (!this.#reserve(size)) return "limit";
        this.#out.set(bits.bytes(size), this.#size);
        this.#size += size;
        continue;
      }
      if (!this.#block.read(bits, this.#isLarge)) return this.#broken();
      const ending = this.#readCommands(this.#size + size);
      if (ending !== null) return ending;
      if (isLast) return this.#end();
    }
  }

  /** §9.1. */
  #readWindow(): boolean {
    const bits = this.#bits;
    let log2 = 16;
    this.#isLarge = false;
    if (bits.take(1) === 1) {
      const more = bits.take(3);
      const less = more === 0 ? bits.take(3) : 0;
      log2 = more > 0 ? 17 + more : less === 0 ? 17 : 8 + less;
      // Not in the RFC: what its authors' own encoder writes when it is asked to.
      if (less === 1) {
        this.#isLarge = true;
        if (bits.take(1) === 1) return false;
        log2 = bits.take(6);
        if (log2 < LEAST_LARGE_WINDOW || log2 > MOST_LARGE_WINDOW) return false;
      }
    }
    this.#windowBytes = (1 << log2) - 16;
    return true;
  }

  /** §9.2: a meta-block of metadata, which says nothing. */
  #skip(): boolean {
    const bits = this.#bits;
    if (bits.take(1) === 1) return false;
    const sizeBytes = bits.take(2);
    const size = sizeBytes === 0 ? 0 : bits.take(8 * sizeBytes) + 1;
    if (sizeBytes > 1 && size <= 1 << (8 * (sizeBytes - 1))) return false;
    if (!bits.align()) return false;
    if (size > 0) bits.bytes(size);
    return !bits.isOver;
  }

  #end(): Ending {
    return this.#bits.align() && !this.#bits.isOver ? "whole" : this.#broken();
  }

  #broken(): Ending {
    return this.#bits.isOver ? "cut" : "broken";
  }

  /** §10: commands up to where the meta-block ends; `null` where it does. */
  #readCommands(end: number): Ending | null {
    const bits = this.#bits, block = this.#block, last = this.#last;
    while (true) {
      if (block.commands.left === 0) block.commands.next(bits);
      block.commands.left--;
      const symbol = block.commandCodes[block.commands.type]!.symbol(bits);
      const insertCode = INSERT_CODE[symbol >> 6]! + ((symbol >> 3) & 7);
      const copyCode = COPY_CODE[symbol >> 6]! + (symbol & 7);
      const inserted = INSERTED.least[insertCode]! + bits.take(INSERTED.extra[insertCode]!);
      const copied = COPIED.least[copyCode]! + bits.take(COPIED.extra[copyCode]!);
      if (bits.isOver) return "cut";
      if (this.#size + inserted > end) return "broken";
      const literals = this.#insert(inserted);
      if (literals !== null) return literals;
      if (this.#size === end) return null;
      const symbolOfDistance = symbol < SAME_DISTANCE_SYMBOLS ? 0 : this.#distanceSymbol(copied);
      const distance = this.#distance(symbolOfDistance);
      if (bits.isOver) return "cut";
      if (distance <= 0) return "broken";
      const farthest = Math.min(this.#windowBytes, this.#size);
      const before = this.#size;
      if (distance > farthest) {
        const word = dictionaryWord(copied, distance - farthest - 1);
        if (word === null || before + word.length > end) return "broken";
        if (!this.#reserve(word.length)) return "limit";
        this.#out.set(word, before);
        this.#size += word.length;
      } else {
        if (symbolOfDistance !== 0) {
          last.copyWithin(1, 0, 3);
          last[0] = distance;
        }
        if (before + copied > end) return "broken";
        const isAll = this.#reserve(copied);
        const to = Math.min(before + copied, this.#limit), out = this.#out;
        for (let at = before; at < to; at++) out[at] = out[at - distance]!;
        this.#size = to;
        if (!isAll) return "limit";
      }
      this.#isPacked ||= this.#size > before;
      if (this.#size === end) return null;
    }
  }

  /** Literals, each by the code of its context. */
  #insert(count: number): Ending | null {
    const bits = this.#bits, { literals, literalCodes, literalMap, modes } = this.#block;
    const isAll = this.#reserve(count);
    const to = Math.min(this.#size + count, this.#limit), out = this.#out;
    if (to > this.#size) this.#isPacked = true;
    let last = this.#size > 0 ? out[this.#size - 1]! : 0, before = this.#size > 1 ? out[this.#size - 2]! : 0;
    while (this.#size < to) {
      if (literals.left === 0) literals.next(bits);
      literals.left--;
      const mode = modes[literals.type]! << 8;
      const context = LAST_BYTE[mode | last]! | BYTE_BEFORE[mode | before]!;
      const byte = literalCodes[literalMap[64 * literals.type + context]!]!.symbol(bits);
      if (bits.isOver) return "cut";
      out[this.#size++] = byte;
      before = last;
      last = byte;
    }
    return isAll ? null : "limit";
  }

  #distanceSymbol(copied: number): number {
    const bits = this.#bits, { distances, distanceCodes, distanceMap } = this.#block;
    if (distances.left === 0) distances.next(bits);
    distances.left--;
    return distanceCodes[distanceMap[4 * distances.type + Math.min(copied, 5) - 2]!]!.symbol(bits);
  }

  /** §4: what a symbol of a distance means; 0 where nothing. */
  #distance(symbol: number): number {
    if (symbol < 16) return this.#last[LAST_DISTANCE[symbol]!]! + DISTANCE_ADDED[symbol]!;
    const { postfixBits, directDistances } = this.#block;
    const further = symbol - 16 - directDistances;
    if (further < 0) return symbol - 15;
    const width = 1 + (further >> (postfixBits + 1));
    // More than any limit.
    if (width > 24) return 0;
    const high = (further >> postfixBits) & 1, low = further & ((1 << postfixBits) - 1);
    const distance = ((2 + high) << width) - 4 + this.#bits.take(width);
    return (distance << postfixBits) + low + directDistances + 1;
  }

  /** Makes room for so many bytes more, as far as the limit goes. @returns whether they are all within it */
  #reserve(more: number): boolean {
    const wanted = Math.min(this.#limit, this.#size + more);
    if (wanted > this.#out.length) {
      const grown = new Uint8Array(Math.min(Math.max(this.#limit, wanted), 2 * wanted));
      grown.set(this.#out.subarray(0, this.#size));
      this.#out = grown;
    }
    return this.#size + more <= this.#limit;
  }
}
