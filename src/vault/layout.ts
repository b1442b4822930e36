/** Reading the layouts of FORMAT.md strictly: a reader that ends early or late refuses. */
import { decodeUtf8 } from "../base/mod.ts";

/** Thrown by {@link Reader}, caught by {@link parseCanonical}; never leaves this folder. */
class LayoutError extends Error {}

/** Takes one field after the other from a byte string. */
export class Reader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The next `sizeBytes` bytes, copied. */
  take(sizeBytes: number): Uint8Array<ArrayBuffer> {
    if (this.#offset + sizeBytes > this.#bytes.byteLength) throw new LayoutError();
    const out = new Uint8Array(this.#bytes.subarray(this.#offset, this.#offset + sizeBytes));
    this.#offset += sizeBytes;
    return out;
  }

  /** Everything that is left. */
  rest(): Uint8Array<ArrayBuffer> {
    return this.take(this.#bytes.byteLength - this.#offset);
  }

  u8(): number {
    return this.#integer(1);
  }

  u16(): number {
    return this.#integer(2);
  }

  u32(): number {
    return this.#integer(4);
  }

  u64(): number {
    return this.#integer(8);
  }

  /** Text of `sizeBytes` bytes. */
  text(sizeBytes: number): string {
    return this.require(decodeUtf8(this.take(sizeBytes)));
  }

  /** `count` items, each read by `read`. */
  list<T>(count: number, read: () => T): T[] {
    const out: T[] = [];
    for (let i = 0; i < count; i++) out.push(read());
    return out;
  }

  /** Refuses unless `condition` holds. */
  check(condition: boolean): void {
    if (!condition) throw new LayoutError();
  }

  /** Refuses `null` and `undefined`. */
  require<T>(value: T | null | undefined): T {
    if (value === null || value === undefined) throw new LayoutError();
    return value;
  }

  /** Refuses unless everything has been read. */
  end(): void {
    this.check(this.#offset === this.#bytes.byteLength);
  }

  #integer(width: number): number {
    let value = 0;
    for (const byte of this.take(width)) value = value * 256 + byte;
    this.check(Number.isSafeInteger(value));
    return value;
  }
}

/** What `read` makes of all the bytes, or `null` where they are not that layout to the last byte. */
export function parseCanonical<T>(bytes: Uint8Array, read: (reader: Reader) => T): T | null {
  try {
    const reader = new Reader(bytes);
    const value = read(reader);
    reader.end();
    return value;
  } catch (error) {
    if (error instanceof LayoutError) return null;
    throw error;
  }
}

/** Negative, zero or positive, by the bytes from the left; a prefix comes first. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.byteLength, b.byteLength);
  for (let i = 0; i < shared; i++) {
    const difference = a[i]! - b[i]!;
    if (difference !== 0) return difference;
  }
  return a.byteLength - b.byteLength;
}

/** Whether each item comes before the next: sorted, no duplicate. */
export function isAscending<T>(items: readonly T[], compare: (a: T, b: T) => number): boolean {
  for (let i = 1; i < items.length; i++) if (compare(items[i - 1]!, items[i]!) >= 0) return false;
  return true;
}

/** Compares ASCII text as its bytes would be. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
