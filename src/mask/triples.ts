/** Which three bytes in a row occur in a pattern: what decides whether an encoded run is worth decoding. */

import type { Pattern } from "./pattern.ts";

/** A set of folded three-byte words (first byte most significant), with false positives. */
export class TripleFilter {
  readonly bits: Uint32Array;
  /** A word's bit is `imul(word | 0x202020, 0x9e3779b1) >>> shift`. */
  readonly shift: number;
  /** The smallest threshold among the patterns. */
  readonly shortest: number;

  /** @param patterns only read here */
  constructor(patterns: readonly Pattern[]) {
    const total = patterns.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
    const log2 = Math.min(22, Math.max(12, Math.ceil(Math.log2(32 * total + 1))));
    this.shift = 32 - log2;
    this.bits = new Uint32Array(1 << (log2 - 5));
    this.shortest = Math.min(...patterns.map(({ threshold }) => threshold), 64);
    for (const { bytes } of patterns) {
      for (let i = 0; i + 3 <= bytes.byteLength; i++) {
        const word = (bytes[i]! << 16) | (bytes[i + 1]! << 8) | bytes[i + 2]!;
        const bit = Math.imul(word | 0x202020, 0x9e3779b1) >>> this.shift;
        this.bits[bit >>> 5]! |= 1 << (bit & 31);
      }
    }
  }
}
