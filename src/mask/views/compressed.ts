/** Views of what gzip, zlib and zstd wrote: found anywhere in a text by their magic numbers, decompressed within a limit. */

import { constants, inflateRawSync, zstdDecompressSync } from "node:zlib";
import type { Reader } from "../view.ts";

/** What one stream may grow to, in bytes; more is not looked at. */
const MAX_OUTPUT_BYTES = 1 << 20;
/** Streams tried between two resets: most of what has a magic number by chance is told apart in microseconds, not all. */
const MAX_TRIES = 64;

/** Whether three bytes (first most significant) start a gzip (RFC 1952), zlib (RFC 1950) or zstd (RFC 8878) stream. */
export function hasCompressedMagic(word: number): boolean {
  if (word === 0x1f8b08 || word === 0x28b52f) return true;
  // zlib: the four usual levels of the 32 KiB window, then a first block that can be one.
  return (word >>> 16) === 0x78 && isZlibFlags((word >>> 8) & 0xff) && (word & 6) !== 6;
}

function isZlibFlags(byte: number): boolean {
  return byte === 0x01 || byte === 0x5e || byte === 0x9c || byte === 0xda;
}

/** What a compressed stream says, and how many bytes of the input it takes. */
export interface Stream {
  readonly bytes: Uint8Array;
  readonly consumed: number;
}

/** Decompresses, a limited number of times until it is told to start again. */
export class Decompressor {
  #tries = 0;

  /** Starts again. */
  reset(): void {
    this.#tries = 0;
  }

  /** Every compressed stream in the text; all of a stream counts as the place of whatever it holds. */
  readonly read: Reader = (text, emit) => {
    for (const first of [0x1f, 0x78, 0x28]) {
      for (let at = text.indexOf(first); at >= 0 && at + 8 < text.length; at = text.indexOf(first, at + 1)) {
        if (!hasCompressedMagic((first << 16) | (text[at + 1]! << 8) | text[at + 2]!)) continue;
        const stream = this.stream(text, at);
        if (stream === null) continue;
        const start = at, end = at + stream.consumed;
        emit({ bytes: stream.bytes, open: false, source: () => [start, end] });
      }
    }
  };

  /**
   * The stream that starts at `at`, by its magic number, as far as it goes: one that is cut yields what it holds up to there.
   * `null` where there is none, one past the limit, or after too many tries.
   */
  stream(text: Uint8Array, at: number): Stream | null {
    if (this.#tries >= MAX_TRIES) return null;
    this.#tries++;
    const input = text.subarray(at);
    try {
      if (input[0] === 0x28) {
        if (input[3] !== 0xfd) return null;
        const bytes = zstdDecompressSync(input, { maxOutputLength: MAX_OUTPUT_BYTES });
        return { bytes: new Uint8Array(bytes), consumed: input.length };
      }
      const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MAX_OUTPUT_BYTES, info: true };
      const header = input[0] === 0x1f ? gzipHeaderSize(input) : 2;
      if (header === 0) return null;
      // Without the wrapping, what follows the end of the stream is no error.
      const result = inflateRawSync(input.subarray(header), options) as unknown as Inflated;
      if (result.buffer.byteLength === 0) return null;
      const trailer = input[0] === 0x1f ? 8 : 4;
      const consumed = Math.min(input.length, header + result.engine.bytesWritten + trailer);
      return { bytes: new Uint8Array(result.buffer), consumed };
    } catch {
      return null;
    }
  }
}

/** What zlib gives when it is asked for `info`. */
interface Inflated {
  readonly buffer: Uint8Array;
  readonly engine: { readonly bytesWritten: number };
}

/** RFC 1952 §2.3; 0 where it does not end. */
function gzipHeaderSize(input: Uint8Array): number {
  const flags = input[3] ?? 0;
  let at = 10;
  if ((flags & 4) !== 0) at += 2 + (input[at] ?? 0) + 256 * (input[at + 1] ?? 0);
  for (const named of [8, 16]) {
    if ((flags & named) === 0) continue;
    while (at < input.length && input[at] !== 0) at++;
    at++;
  }
  if ((flags & 2) !== 0) at += 2;
  return at < input.length ? at : 0;
}
