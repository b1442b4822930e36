/** Views of what gzip, zlib and zstd wrote: found anywhere in a text by their magic numbers, decompressed within a limit. */

import { constants, gunzipSync, inflateSync, zstdDecompressSync } from "node:zlib";
import type { Reader } from "../view.ts";

/** What one stream may grow to, in bytes; more is not looked at. */
const MAX_OUTPUT_BYTES = 1 << 20;
/** Streams tried in one text. */
const MAX_STREAMS = 16;

/** Whether three bytes (first most significant) start a gzip (RFC 1952), zlib (RFC 1950) or zstd (RFC 8878) stream. */
export function hasCompressedMagic(word: number): boolean {
  if (word === 0x1f8b08 || word === 0x28b52f) return true;
  // zlib: the four usual levels of the 32 KiB window, then a first block that can be one.
  return (word >>> 16) === 0x78 && isZlibFlags((word >>> 8) & 0xff) && (word & 6) !== 6;
}

function isZlibFlags(byte: number): boolean {
  return byte === 0x01 || byte === 0x5e || byte === 0x9c || byte === 0xda;
}

/** Every compressed stream in the text; all of a stream counts as the place of whatever it holds. */
export const readCompressed: Reader = (text, emit) => {
  let tries = 0;
  for (const first of [0x1f, 0x78, 0x28]) {
    for (let at = text.indexOf(first); at >= 0 && at + 8 < text.length; at = text.indexOf(first, at + 1)) {
      if (!hasCompressedMagic((first << 16) | (text[at + 1]! << 8) | text[at + 2]!)) continue;
      if (first === 0x28 && text[at + 3] !== 0xfd) continue;
      if (++tries > MAX_STREAMS) return;
      const stream = decompressed(text, at);
      if (stream === null) continue;
      const start = at, end = at + stream.consumed;
      emit({ bytes: stream.bytes, open: false, source: () => [start, end] });
    }
  }
};

/** What a compressed stream says, and how many bytes of the input it takes. */
export interface Stream {
  readonly bytes: Uint8Array;
  readonly consumed: number;
}

/**
 * The stream that starts at `at`, by its magic number, as far as it goes: one that is cut yields what it holds up to there.
 * `null` where there is none, or one past the limit.
 */
export function decompressed(text: Uint8Array, at: number): Stream | null {
  const input = text.subarray(at);
  try {
    if (input[0] === 0x28) {
      const bytes = zstdDecompressSync(input, { maxOutputLength: MAX_OUTPUT_BYTES });
      return { bytes: new Uint8Array(bytes), consumed: input.length };
    }
    const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MAX_OUTPUT_BYTES, info: true };
    const read = input[0] === 0x1f ? gunzipSync : inflateSync;
    const result = read(input, options) as unknown as { buffer: Uint8Array; engine: { bytesWritten: number } };
    if (result.buffer.byteLength === 0) return null;
    return { bytes: new Uint8Array(result.buffer), consumed: Math.min(input.length, result.engine.bytesWritten) };
  } catch {
    return null;
  }
}
