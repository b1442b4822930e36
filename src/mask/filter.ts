/** A set of 32-bit words that answers "surely not" or "perhaps" with one load: two bits in one word of a table. */

const MULTIPLIER = 0x9e3779b1 | 0;
/** Tables stay within the second-level cache. */
const MAX_LOG2_WORDS = 16;
const MIN_LOG2_WORDS = 11;
/** The same for a filter that is asked seldom: a wrong answer costs many times what a miss of that cache does. */
export const SELDOM_LOG2_WORDS = 18;

/** A filter of 32-bit words. */
export class WordFilter {
  readonly #table: Uint32Array;
  readonly #shift: number;

  /**
   * @param expected how many words will be added
   * @param mostLog2 how large the table may be (words, as a power of two)
   */
  constructor(expected: number, mostLog2 = MAX_LOG2_WORDS) {
    const log2 = Math.min(mostLog2, Math.max(MIN_LOG2_WORDS, Math.ceil(Math.log2(expected + 1))));
    this.#table = new Uint32Array(1 << log2);
    this.#shift = 32 - log2;
  }

  /** The table and shift, for loops that must not call: see {@link WordFilter.has}. */
  get parts(): { table: Uint32Array; shift: number } {
    return { table: this.#table, shift: this.#shift };
  }

  add(word: number): void {
    const hash = Math.imul(word ^ (word >>> 15), MULTIPLIER);
    this.#table[hash >>> this.#shift]! |= (1 << (hash >>> 5)) | (1 << (hash >>> 10));
  }

  /** Whether `word` may have been added. */
  has(word: number): boolean {
    const hash = Math.imul(word ^ (word >>> 15), MULTIPLIER);
    const mask = (1 << (hash >>> 5)) | (1 << (hash >>> 10));
    return (this.#table[hash >>> this.#shift]! & mask) === mask;
  }
}
