/**
 * Tells what may be a raw DEFLATE stream, which has no magic number, from noise: cheaply, and without decompressing.
 * Noise fails within a few symbols; what passes is tried.
 */

/** Symbols of a block of fixed codes that are looked at. */
const MAX_SYMBOLS = 24;
/** A stream that is cut earlier is not told from noise. */
const LEAST_SYMBOLS = 10;
/** The shortest stream (bytes): six bytes of text and a header. */
const LEAST_BYTES = 7;

/** RFC 1951 §3.2.5: extra bits of lengths 257–285, and of distances. */
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const CODE_LENGTHS_MAX = 19;

class Bits {
  #at = 0;

  constructor(readonly bytes: Uint8Array) {}

  /** The next `count` bits, least significant first; zeros past the end. */
  take(count: number): number {
    let value = 0;
    for (let k = 0; k < count; k++, this.#at++) value |= this.#bit() << k;
    return value;
  }

  /** The next `count` bits of a code, most significant first. */
  code(count: number): number {
    let value = 0;
    for (let k = 0; k < count; k++, this.#at++) value = (value << 1) | this.#bit();
    return value;
  }

  /** Whether more was taken than there is. */
  get isOver(): boolean {
    return this.#at > 8 * this.bytes.length;
  }

  #bit(): number {
    return ((this.bytes[this.#at >>> 3] ?? 0) >>> (this.#at & 7)) & 1;
  }
}

/**
 * Whether `head`, the first bytes of something, may begin a raw DEFLATE stream (RFC 1951).
 * @param stored whether a first block that is stored counts: what it holds stands there as it is
 */
export function mayBeDeflate(head: Uint8Array, stored: boolean): boolean {
  if (head.length < LEAST_BYTES) return false;
  const kind = (head[0]! >>> 1) & 3;
  if (kind === 3) return false;
  if (kind === 0) return stored && (head[1]! ^ head[3]!) === 0xff && (head[2]! ^ head[4]!) === 0xff;
  const bits = new Bits(head);
  bits.take(3);
  return kind === 1 ? mayBeFixed(bits) : mayBeDynamic(bits);
}

function mayBeFixed(bits: Bits): boolean {
  let made = 0;
  for (let symbols = 0; symbols < MAX_SYMBOLS; symbols++) {
    let code = bits.code(7);
    if (code === 0) return made >= 6 && !bits.isOver;
    let extra: number;
    if (code <= 0x17) extra = LENGTH_EXTRA[code - 1]!;
    else {
      code = (code << 1) | bits.code(1);
      if (bits.isOver) return symbols >= LEAST_SYMBOLS;
      if (code < 0xc0 || code > 0xc7) {
        if (code > 0xc7) bits.code(1);
        made++;
        continue;
      }
      if (code > 0xc5) return false;
      extra = LENGTH_EXTRA[code - 0xc0 + 23]!;
    }
    bits.take(extra);
    const distance = bits.code(5);
    if (distance > 29) return false;
    const far = distance < 4
      ? distance + 1
      : (((distance & 1) | 2) << ((distance >> 1) - 1)) + 1 + bits.take((distance >> 1) - 1);
    if (bits.isOver) return symbols >= LEAST_SYMBOLS;
    if (far > made) return false;
    made += 3;
  }
  return true;
}

/** Whether the code for code lengths is complete, as every encoder's is. */
function mayBeDynamic(bits: Bits): boolean {
  const literals = bits.take(5), distances = bits.take(5);
  if (literals > 29 || distances > 29) return false;
  const count = Math.min(CODE_LENGTHS_MAX, bits.take(4) + 4);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const length = bits.take(3);
    if (length > 0) sum += 128 >> length;
  }
  return sum === 128 && !bits.isOver;
}
