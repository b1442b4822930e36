import { concatBytes, encodeUtf8 } from "../base/mod.ts";

/**
 * Keeps the beginning and the end of an output, each at most half of the limit, and drops what lies between. Memory is
 * bounded by the limit. Give it masked bytes only: a cut through a value would leave two halves that no mask knows.
 */
export class CappedOutput {
  readonly #headLimit: number;
  readonly #tailLimit: number;
  /** Grows by doubling, so that many short writes cost no more than their bytes. */
  #head = new Uint8Array(0);
  #headSize = 0;
  /** A ring, allocated when the head is full. */
  #tail: Uint8Array | null = null;
  /** Bytes ever written to the ring. */
  #tailTotal = 0;

  /** @param limitBytes how much is kept, at least 2; the marker line comes on top */
  constructor(limitBytes: number) {
    if (!Number.isSafeInteger(limitBytes) || limitBytes < 2) throw new RangeError("limitBytes must be at least 2");
    this.#headLimit = Math.ceil(limitBytes / 2);
    this.#tailLimit = limitBytes - this.#headLimit;
  }

  /** Adds bytes; copied. */
  write(bytes: Uint8Array): void {
    const toHead = Math.min(this.#headLimit - this.#headSize, bytes.byteLength);
    if (toHead > 0) {
      this.#growHead(this.#headSize + toHead);
      this.#head.set(bytes.subarray(0, toHead), this.#headSize);
      this.#headSize += toHead;
    }
    let rest = bytes.subarray(toHead);
    if (rest.byteLength === 0) return;
    this.#tail ??= new Uint8Array(this.#tailLimit);
    this.#tailTotal += rest.byteLength;
    if (rest.byteLength > this.#tailLimit) rest = rest.subarray(rest.byteLength - this.#tailLimit);
    const start = (this.#tailTotal - rest.byteLength) % this.#tailLimit;
    const first = rest.subarray(0, this.#tailLimit - start);
    this.#tail.set(first, start);
    this.#tail.set(rest.subarray(first.byteLength), 0);
  }

  /**
   * What was kept, as text: bytes that are not UTF-8 become U+FFFD, and where the middle is missing, both edges stand at
   * the border of a character with a line between them that says how many bytes were left out.
   */
  finish(): { text: string; truncated: boolean } {
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    const head = this.#head.subarray(0, this.#headSize);
    const tail = this.#tailBytes();
    const missing = this.#tailTotal - tail.byteLength;
    if (missing === 0) return { text: decoder.decode(concatBytes(head, tail)), truncated: false };
    const headCut = head.subarray(0, characterEnd(head));
    const tailCut = tail.subarray(characterStart(tail));
    const left = missing + head.byteLength - headCut.byteLength + tail.byteLength - tailCut.byteLength;
    const marker = encodeUtf8(`\n[ov: ${left} bytes left out]\n`);
    return { text: decoder.decode(concatBytes(headCut, marker, tailCut)), truncated: true };
  }

  #growHead(sizeBytes: number): void {
    if (sizeBytes <= this.#head.byteLength) return;
    const grown = new Uint8Array(Math.min(this.#headLimit, Math.max(sizeBytes, 2 * this.#head.byteLength, 4096)));
    grown.set(this.#head.subarray(0, this.#headSize));
    this.#head = grown;
  }

  #tailBytes(): Uint8Array {
    if (this.#tail === null) return new Uint8Array(0);
    if (this.#tailTotal <= this.#tailLimit) return this.#tail.subarray(0, this.#tailTotal);
    const start = this.#tailTotal % this.#tailLimit;
    return concatBytes(this.#tail.subarray(start), this.#tail.subarray(0, start));
  }
}

/** Where the last character that is complete ends. */
function characterEnd(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(4, bytes.byteLength); back++) {
    const at = bytes.byteLength - back;
    const byte = bytes[at]!;
    if (byte < 0x80) return bytes.byteLength;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? at : bytes.byteLength;
  }
  return bytes.byteLength;
}

/** Where the first character begins: after at most three continuation bytes. */
function characterStart(bytes: Uint8Array): number {
  let at = 0;
  while (at < 3 && at < bytes.byteLength && (bytes[at]! & 0xc0) === 0x80) at++;
  return at;
}
