/**
 * Views of what gzip, zlib, zstd and ZIP wrote: found anywhere in a text by their magic numbers, decompressed within a limit. Raw
 * DEFLATE and Brotli have none: they are tried where something starts. Brotli is read by a decoder of our own: the runtime's
 * prints to our own output when what it is given is no stream.
 */

import { constants, inflateRawSync, zstdDecompressSync } from "node:zlib";
import type { Text } from "../kernels/kernels.ts";
import type { Reader, View } from "../view.ts";
import { BrotliDecoder } from "./brotli/decoder.ts";
import { mayBeBrotli } from "./brotli/head.ts";
import { fixedStream, mayBeDeflate } from "./deflate.ts";

/** What one stream may grow to, in bytes; more is not looked at. */
const MAX_OUTPUT_BYTES = 1 << 20;
/** Streams tried between two resets: most of what has a magic number by chance is told apart in microseconds, not all. */
const MAX_TRIES = 64;
/** The same for streams without a magic number. */
const MAX_BARE_TRIES = 64;
/** What all streams together may grow to between two resets. */
const MAX_TOTAL_BYTES = 8 << 20;
/** What one counts for that is none, or past its limit. */
const FAILED_BYTES = 1 << 16;
/**
 * What the start of a Brotli stream may grow to, to tell whether it is one; and the least that one says and takes: before its first
 * command stand 70 bits (RFC 7932 §9.2), with each prefix code of one symbol.
 */
const MAX_HEAD_OUTPUT_BYTES = 1 << 12, LEAST_OUTPUT_BYTES = 6, LEAST_BROTLI_BYTES = 9;
/** How far from the start of a line a quote may be. */
const MAX_PREFIX = 16;
/** What starts with the same bytes as so many that were no streams is not tried. */
const MAX_SAME_FAILURES = 2;
/** Bytes from which a stream without a magic number is told. */
export const HEAD_BYTES = 64;

/**
 * Whether three bytes (first most significant) start a gzip (RFC 1952), zlib (RFC 1950) or zstd (RFC 8878) stream, or a
 * file in a ZIP archive.
 */
export function hasCompressedMagic(word: number): boolean {
  if (word === 0x1f8b08 || word === 0x28b52f || word === 0x504b03) return true;
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
  readonly #brotli = new BrotliDecoder();
  #tries = 0;
  #bareTries = 0;
  #brotliTries = 0;
  #totalBytes = 0;
  /** How often what started like that was no stream. */
  readonly #failures = new Map<number, number>();
  /** All of what has a magic number and was no stream, where that is short: the same may come in line after line. */
  readonly #noStreams = new Set<string>();

  /** Starts again. */
  reset(): void {
    if (this.#failures.size > 0) this.#failures.clear();
    if (this.#noStreams.size > 0) this.#noStreams.clear();
    this.#tries =
      this.#bareTries =
      this.#brotliTries =
      this.#totalBytes =
        0;
  }

  /** Every compressed stream in the text; all of a stream counts as the place of whatever it holds. */
  readonly read: Reader = (loaded, emit) => {
    const { bytes: text, size } = loaded;
    // Most lines are text, which no such stream is: those are looked at behind whose start something else stands.
    for (let line = 0, strange = 0; (strange = loaded.strange(line)) < size;) {
      line = lineFrom(text, Math.max(line, strange - HEAD_BYTES + 1));
      for (; line <= strange; line = lineFrom(text, line + 1)) {
        const stream = this.#lineOf(text, line) ?? this.#lineOf(text, afterQuote(text, line));
        if (stream !== null) emit(stream);
      }
    }
    for (let at = nextMagic(loaded, 0); at >= 0; at = nextMagic(loaded, at + 1)) {
      const stream = this.stream(text, at);
      if (stream === null) continue;
      const start = at, end = at + stream.consumed;
      emit({ bytes: stream.bytes, open: false, source: () => [start, end] });
    }
  };

  /** The stream without a magic number that a line may be, or what is quoted in it from `from` on. */
  #lineOf(text: Uint8Array, from: number): View | null {
    if (from < 0) return null;
    const head = text.subarray(from, from + HEAD_BYTES);
    if ((head[0] === 0x1b && head[1] === 0x5b) || isText(head)) return null;
    const stream = this.bare(head, text.length - from, () => text.subarray(from));
    if (stream === null) return null;
    return { bytes: stream.bytes, open: false, source: () => [from, from + stream.consumed] };
  }

  /**
   * The stream that starts at `at`, by its magic number, as far as it goes: one that is cut yields what it holds up to there.
   * `null` where there is none, one past the limit, or after too many tries.
   */
  stream(text: Uint8Array, at: number): Stream | null {
    const input = text.subarray(at);
    if (this.#tries >= MAX_TRIES || !mayStart(input)) return null;
    const short = input.length <= HEAD_BYTES ? String.fromCharCode(...input) : null;
    if (short !== null && this.#noStreams.has(short)) return null;
    this.#tries++;
    return this.#tried(() => {
      if (input[0] === 0x28) {
        if (input[3] !== 0xfd) return null;
        const bytes = zstdDecompressSync(input, { maxOutputLength: MAX_OUTPUT_BYTES });
        return { bytes: new Uint8Array(bytes), consumed: input.length };
      }
      const header = headerSize(input);
      return header === 0 ? null : inflate(input, header, input[0] === 0x1f ? 8 : input[0] === 0x50 ? 0 : 4);
    }, () => short !== null && this.#noStreams.add(short));
  }

  /**
   * The raw DEFLATE or Brotli stream that starts with `head`; `null` as for {@link Decompressor.stream}.
   * @param head what `size` bytes start with
   * @param whole gives all of them; asked only where the head may be such a stream
   */
  bare(head: Uint8Array, size: number, whole: () => Uint8Array): Stream | null {
    if (head.length < Math.min(HEAD_BYTES, size)) return null;
    return this.#brotliOf(head, size, whole) ?? this.#deflated(head, size, whole);
  }

  /** Noise breaks off within its head, but for one in thousands: that its prefix codes are complete is unlikely. */
  #brotliOf(head: Uint8Array, size: number, whole: () => Uint8Array): Stream | null {
    if (head.length < LEAST_BROTLI_BYTES || this.#totalBytes >= MAX_TOTAL_BYTES) return null;
    const isAll = head.length >= size;
    if (isAll && !mayBeBrotli(head)) return null;
    const decoder = this.#brotli;
    const ending = decoder.read(head, isAll ? MAX_OUTPUT_BYTES : MAX_HEAD_OUTPUT_BYTES, size);
    if (!isAll && (ending === "cut" || ending === "limit")) {
      if (this.#brotliTries >= MAX_BARE_TRIES || isText(head)) return null;
      this.#brotliTries++;
      decoder.read(whole(), MAX_OUTPUT_BYTES);
    }
    // What it says before it breaks off counts too: whoever reads it gets that.
    if (decoder.sizeBytes < LEAST_OUTPUT_BYTES) return null;
    this.#totalBytes += decoder.sizeBytes + decoder.consumed;
    return { bytes: decoder.bytes, consumed: Math.min(size, decoder.consumed) };
  }

  #deflated(head: Uint8Array, size: number, whole: () => Uint8Array): Stream | null {
    if (!mayBeDeflate(head, false) || isText(head) || this.#totalBytes >= MAX_TOTAL_BYTES) return null;
    // Most that are none and pass are short, and cost little here.
    const short = head.length >= size ? fixedStream(head) : null;
    if (short !== null) {
      this.#totalBytes += short.bytes.length;
      return short;
    }
    if (this.#bareTries >= MAX_BARE_TRIES) return null;
    // The same path or name at the start of line after line must not use up all tries.
    const start = startOf(head);
    const failures = this.#failures.get(start) ?? 0;
    if (failures >= MAX_SAME_FAILURES) return null;
    this.#bareTries++;
    const input = whole();
    // One that is cut is no failure: the same may come whole.
    return this.#tried(() => inflate(input, 0, 0), () => this.#failures.set(start, failures + 1));
  }

  /** What `read` gives; `null` where it fails, or too much was read already. */
  #tried(read: () => Stream | null, fail?: () => void): Stream | null {
    if (this.#totalBytes >= MAX_TOTAL_BYTES) return null;
    try {
      const stream = read();
      this.#totalBytes += stream?.bytes.length ?? 0;
      return stream;
    } catch {
      this.#totalBytes += FAILED_BYTES;
      fail?.();
      return null;
    }
  }
}

/** A number for the first bytes. */
function startOf(head: Uint8Array): number {
  let hash = 0;
  for (let i = 0; i < 8; i++) hash = Math.imul(hash ^ head[i]!, 0x9e3779b1) ^ (hash >>> 15);
  return hash;
}

/** Where the next magic number is, or -1. */
function nextMagic(loaded: Text, from: number): number {
  const { bytes: text } = loaded, to = text.length - 8;
  for (let at = from; at < to && (at = loaded.magic(at, to)) < to; at++) {
    if (hasCompressedMagic((text[at]! << 16) | (text[at + 1]! << 8) | text[at + 2]!)) return at;
  }
  return -1;
}

/** Where the first line starts at `at` or behind it; the text's length where none does. */
function lineFrom(text: Uint8Array, at: number): number {
  return at === 0 || text[at - 1] === 0x0a ? at : text.indexOf(0x0a, at) + 1 || text.length;
}

/** Where what is quoted near the start of a line starts, as of `b'…'`; -1 where nothing is. */
function afterQuote(text: Uint8Array, at: number): number {
  for (let i = at; i < at + MAX_PREFIX && i < text.length; i++) {
    if (text[i] === 0x0a) return -1;
    if (text[i] === 0x22 || text[i] === 0x27) return i + 1;
  }
  return -1;
}

/**
 * Whether a stream with a magic number may start with these bytes: noise has one by chance, but what follows tells.
 * @param head the first {@link HEAD_BYTES} or more, or all there is
 */
export function mayStart(head: Uint8Array): boolean {
  if (!hasCompressedMagic((head[0]! << 16) | (head[1]! << 8) | head[2]!)) return false;
  if (head[0] === 0x28) return head[3] === 0xfd;
  const header = headerSize(head);
  // A header with a long name goes on past what is there.
  if (header === 0 || header + 16 > head.length) return header + 16 > HEAD_BYTES || head.length - header >= 8;
  return mayBeDeflate(head.subarray(header, header + HEAD_BYTES), true);
}

/** Bytes of a gzip stream's, a ZIP entry's or a zlib stream's header. */
function headerSize(input: Uint8Array): number {
  return input[0] === 0x1f ? gzipHeaderSize(input) : input[0] === 0x50 ? zipHeaderSize(input) : 2;
}

/** Whether it is text in UTF-8 (a character may be cut at the end): no compressed stream is. */
export function isText(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length;) {
    const lead = bytes[at++]!;
    if (lead < 0x80) {
      if (lead < 0x20 && lead !== 0x0a && lead !== 0x09 && lead !== 0x0d) return false;
      continue;
    }
    if (lead < 0xc2 || lead >= 0xf5) return false;
    for (let more = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3; more > 0 && at < bytes.length; more--, at++) {
      if ((bytes[at]! & 0xc0) !== 0x80) return false;
    }
  }
  return true;
}

/** Without the wrapping, what follows the end of the stream is no error. */
function inflate(input: Uint8Array, header: number, trailer: number): Stream | null {
  const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MAX_OUTPUT_BYTES, info: true };
  const result = inflateRawSync(input.subarray(header), options) as unknown as Inflated;
  if (result.buffer.byteLength === 0) return null;
  const consumed = Math.min(input.length, header + result.engine.bytesWritten + trailer);
  return { bytes: new Uint8Array(result.buffer), consumed };
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

/** Size of a ZIP archive's local file header (APPNOTE §4.3.7), where a deflated file follows; else 0. */
function zipHeaderSize(input: Uint8Array): number {
  if (input.length < 40 || input[3] !== 0x04 || input[8] !== 8) return 0;
  return 30 + input[26]! + 256 * input[27]! + input[28]! + 256 * input[29]!;
}
