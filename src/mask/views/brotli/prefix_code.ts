/** Prefix codes as they stand in a stream (RFC 7932 §3). A code that is neither complete nor of one symbol is none. */

import type { BitReader } from "./bits.ts";

/** The most symbols that an alphabet has: distances of a stream with a large window. */
const MAX_SYMBOLS = 16 + 120 + (62 << 4);
const MAX_BITS = 15;
/** Codes up to this long are looked up, longer ones read on bit by bit. */
const LOOKUP_BITS = 8;
const LONGER = -1;

/** Each byte with its bits in the other order: codes stand with their most significant bit first. */
const REVERSED = Uint8Array.from({ length: 256 }, (_, byte) => {
  let reversed = 0;
  for (let k = 0; k < 8; k++) reversed |= ((byte >> k) & 1) << (7 - k);
  return reversed;
});

/** RFC 7932 §3.5: in which order the lengths of the code for lengths stand. */
const LENGTH_ORDER = [1, 2, 3, 4, 0, 5, 17, 6, 16, 7, 8, 9, 10, 11, 12, 13, 14, 15] as const;
/** The fixed code in which those are written, by four bits ahead: the length that is meant, and the bits that it takes. */
const LENGTH_MEANT = [0, 4, 3, 2, 0, 4, 3, 1, 0, 4, 3, 2, 0, 4, 3, 5] as const;
const LENGTH_TAKES = [2, 2, 2, 3, 2, 2, 2, 4, 2, 2, 2, 3, 2, 2, 2, 4] as const;
const REPEAT_LAST = 16;
/** What the first repetition repeats. */
const FIRST_LENGTH = 8;
const SIMPLE = 1;

/** Lengths of the code that is being read: never two at once. */
const lengths = new Uint8Array(MAX_SYMBOLS);
const counts = new Uint16Array(MAX_BITS + 1), next = new Uint16Array(MAX_BITS + 1);

/** One prefix code; used again for one after the other. */
export class PrefixCode {
  /** By the bits ahead: a symbol and, in the lowest four bits, how many of them it takes. */
  readonly #lookup = new Int16Array(1 << LOOKUP_BITS);
  /** How many symbols have a code of each length, and the symbols in the order of their codes. */
  readonly #counts = new Uint16Array(MAX_BITS + 1);
  #symbols = new Uint16Array(32);

  /** The next symbol. */
  symbol(bits: BitReader): number {
    const entry = this.#lookup[bits.peek(LOOKUP_BITS)]!;
    if (entry === LONGER) return this.#longer(bits);
    bits.drop(entry & 15);
    return entry >> 4;
  }

  #longer(bits: BitReader): number {
    const counts = this.#counts;
    const ahead = REVERSED[bits.take(LOOKUP_BITS)]!;
    let code = 0, first = 0, index = 0;
    for (let length = 1; length <= MAX_BITS; length++) {
      code |= length <= LOOKUP_BITS ? (ahead >> (LOOKUP_BITS - length)) & 1 : bits.take(1);
      const count = counts[length]!;
      if (code - count < first) return this.#symbols[index + code - first]!;
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    return 0;
  }

  /** Reads a code over `size` symbols. @returns whether it is one */
  read(bits: BitReader, size: number): boolean {
    const skipped = bits.take(2);
    lengths.fill(0, 0, Math.max(size, LENGTH_ORDER.length));
    if (skipped === SIMPLE) return this.#readSimple(bits, size);
    return this.#readLengthCode(bits, skipped) && this.#readLengths(bits, size);
  }

  /** §3.4: up to four symbols, named. */
  #readSimple(bits: BitReader, size: number): boolean {
    const width = 32 - Math.clz32(size - 1);
    const many = bits.take(2) + 1;
    const named: number[] = [];
    for (let k = 0; k < many; k++) {
      const symbol = bits.take(width);
      if (symbol >= size || named.includes(symbol)) return false;
      named.push(symbol);
    }
    if (many === 1) {
      this.#lookup.fill(named[0]! << 4);
      return true;
    }
    const shape = many === 2 ? [1, 1] : many === 3 ? [1, 2, 2] : bits.take(1) === 0 ? [2, 2, 2, 2] : [1, 2, 3, 3];
    named.forEach((symbol, k) => lengths[symbol] = shape[k]!);
    this.#make(size);
    return true;
  }

  /** §3.5: the code in which the lengths of a code stand, whose own lengths are all but the first `skipped`. */
  #readLengthCode(bits: BitReader, skipped: number): boolean {
    let space = 32, many = 0;
    for (let k = skipped; k < LENGTH_ORDER.length && space > 0; k++) {
      const ahead = bits.peek(4);
      bits.drop(LENGTH_TAKES[ahead]!);
      const length = LENGTH_MEANT[ahead]!;
      if (length === 0) continue;
      lengths[LENGTH_ORDER[k]!] = length;
      space -= 32 >> length;
      many++;
    }
    if (space !== 0 && many !== 1) return false;
    if (many === 1) this.#lookup.fill(lengths.findIndex((length) => length > 0) << 4);
    else this.#make(LENGTH_ORDER.length);
    lengths.fill(0, 0, LENGTH_ORDER.length);
    return true;
  }

  /** §3.5: the lengths themselves, with repetitions; then this is the code that they make. */
  #readLengths(bits: BitReader, size: number): boolean {
    let space = 1 << MAX_BITS, last = FIRST_LENGTH, repeated = 0, repeating = 0;
    for (let at = 0; at < size && space > 0;) {
      const code = this.symbol(bits);
      if (code < REPEAT_LAST) {
        lengths[at++] = code;
        repeated = 0;
        if (code === 0) continue;
        last = code;
        space -= (1 << MAX_BITS) >> code;
        continue;
      }
      const extra = code === REPEAT_LAST ? 2 : 3;
      const length = code === REPEAT_LAST ? last : 0;
      if (length !== repeating) repeated = 0;
      repeating = length;
      // A repetition right after another of the same length multiplies it.
      const before = repeated;
      repeated = (before > 0 ? (before - 2) << extra : 0) + bits.take(extra) + 3;
      const more = repeated - before;
      if (at + more > size) return false;
      lengths.fill(length, at, at + more);
      at += more;
      if (length > 0) space -= more << (MAX_BITS - length);
    }
    if (space !== 0) return false;
    this.#make(size);
    return true;
  }

  /** Makes the code of {@link lengths}, which is complete: shorter codes first, of one length in the order of symbols. */
  #make(size: number): void {
    counts.fill(0);
    for (let symbol = 0; symbol < size; symbol++) counts[lengths[symbol]!]!++;
    counts[0] = 0;
    next[1] = 0;
    for (let length = 1; length < MAX_BITS; length++) next[length + 1] = next[length]! + counts[length]!;
    const many = next[MAX_BITS]! + counts[MAX_BITS]!;
    if (this.#symbols.length < many) this.#symbols = new Uint16Array(Math.max(many, 256));
    for (let symbol = 0; symbol < size; symbol++) {
      if (lengths[symbol]! > 0) this.#symbols[next[lengths[symbol]!]!++] = symbol;
    }
    this.#counts.set(counts);
    this.#lookup.fill(LONGER);
    for (let length = 1, code = 0, index = 0; length <= LOOKUP_BITS; length++, code <<= 1) {
      for (let k = counts[length]!; k > 0; k--, code++, index++) {
        const entry = (this.#symbols[index]! << 4) | length;
        const start = REVERSED[code << (8 - length)]!;
        for (let ahead = start; ahead < 1 << LOOKUP_BITS; ahead += 1 << length) this.#lookup[ahead] = entry;
      }
    }
  }
}
