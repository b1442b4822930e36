/** Bits of a stream, least significant first (RFC 7932 §1.5.1), past whose end there are zeros: whoever reads asks when it matters. */

const NOTHING = new Uint8Array(0);

/** Reads bits; used again for one stream after the other. */
export class BitReader {
  #bytes: Uint8Array = NOTHING;
  #at = 0;
  /** Bits that were loaded and not yet taken, and how many: less than 32. */
  #hold = 0;
  #have = 0;

  /** Starts with these (borrowed). */
  open(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#at = this.#hold = this.#have = 0;
  }

  /** The next `count` bits, at most 24. */
  take(count: number): number {
    const value = this.peek(count);
    this.drop(count);
    return value;
  }

  /** The same, left where they are. */
  peek(count: number): number {
    while (this.#have < count) {
      if (this.#at < this.#bytes.length) this.#hold |= this.#bytes[this.#at]! << this.#have;
      this.#at++;
      this.#have += 8;
    }
    return this.#hold & ((1 << count) - 1);
  }

  /** Passes over `count` bits that were peeked at. */
  drop(count: number): void {
    this.#hold >>>= count;
    this.#have -= count;
  }

  /** Goes on to the next whole byte. @returns whether what lies between is zeros, as it must be */
  align(): boolean {
    return this.take(this.#have & 7) === 0;
  }

  /** From a whole byte on, the next `count` bytes as they stand (borrowed): fewer where the stream is cut. */
  bytes(count: number): Uint8Array {
    const from = this.consumed;
    this.#at = from + count;
    this.#hold = this.#have = 0;
    return this.#bytes.subarray(from, from + count);
  }

  /** Whether more was taken than there is. */
  get isOver(): boolean {
    return 8 * this.#at - this.#have > 8 * this.#bytes.length;
  }

  /** Bytes of which any bit was taken. */
  get consumed(): number {
    return this.#at - (this.#have >> 3);
  }
}
