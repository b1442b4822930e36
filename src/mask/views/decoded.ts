/** What a reader of runs has decoded: one view for all that is only looked at, and one each for what is read further. */

import type { View } from "../view.ts";
import { mayBeBrotli } from "./brotli/head.ts";
import { type Decompressor, hasCompressedMagic, mayStart } from "./compressed.ts";
import { mayBeDeflate } from "./deflate.ts";

/** A character set whose characters carry `bits` bits each, most significant first. */
export interface Radix {
  readonly bits: number;
  /** Value of each byte, or 255. */
  readonly values: Uint8Array;
  /** Characters of a group that is a whole number of bytes. */
  readonly group: number;
}

const NOTHING = new Uint8Array(0);
/** Room for what a run starts with. */
const HEAD = new Uint8Array(64);
/** For each number of bytes, as many of that room. */
const HEADS = Array.from({ length: HEAD.length + 1 }, (_, size) => HEAD.subarray(0, size));
/** Bytes that tell most of what is no stream: the header of a Brotli stream, and of a block of DEFLATE. */
const LEAST_FIRST = 8, FIRST_BYTES = 12;
const EQUALS = 0x3d;
/** What the last group of base32 may lack. */
const MAX_PADDING = 6;

/** A compressed stream of so many characters of base64 has capitals: without one, it is a path or a name. */
const LONG_BARE = 24, MOST_CAPITALLESS = 64;

/** Where in the text a run of base64 was no stream, by a hash of it, and its characters: dates and paths come again and again. */
const failedAt = new Int32Array(64), failedChars = new Int32Array(64);

/** Where in those a run has its place. */
function slotOf(text: Uint8Array, from: number, to: number): number {
  return ((text[from]! + 5 * text[to - 1]! + 11 * text[to - 2]! + 23 * text[(from + to) >> 1]!) ^ (to - from)) & 63;
}

function hasFailed(text: Uint8Array, from: number, to: number, slot: number): boolean {
  if (failedChars[slot] !== to - from) return false;
  for (let i = from, k = failedAt[slot]!; i < to; i++, k++) if (text[i] !== text[k]) return false;
  return true;
}

function hasCapital(text: Uint8Array, from: number, to: number): boolean {
  const end = Math.min(to, from + MOST_CAPITALLESS);
  for (let i = from; i < end; i++) if (text[i]! >= 0x41 && text[i]! <= 0x5a) return true;
  return false;
}

/** The end of what stands up to `end`, padding included. */
function padded(text: Uint8Array, end: number, bits: number): number {
  if (bits < 5) return end;
  let at = end;
  while (at < text.length && at < end + MAX_PADDING && text[at] === EQUALS) at++;
  return at;
}

/** Collects what was decoded of one text; nothing is handed on before {@link Decoded.emit}, so a reader may be its own reader. */
export class Decoded {
  readonly #text: Uint8Array;
  /** Decoded stretches one after the other, a zero after each. */
  #bytes: Uint8Array<ArrayBuffer> = NOTHING;
  #size = 0;
  /** For each stretch: where it starts in `#bytes` and in the text, where it ends in the text, and the bits of a character. */
  readonly #viewAt: number[] = [];
  readonly #textAt: number[] = [];
  readonly #textEnd: number[] = [];
  readonly #bits: number[] = [];
  readonly #deep: View[] = [];

  readonly #decompressor: Decompressor;

  /** @param text borrowed */
  constructor(text: Uint8Array, decompressor: Decompressor) {
    this.#text = text;
    this.#decompressor = decompressor;
    failedChars.fill(0);
  }

  /** Decodes characters `from` up to `to`. `deep`: read it further; `null`: if it is worth it. */
  add(radix: Radix, from: number, to: number, deep: boolean | null): void {
    const { bits } = radix;
    const size = Math.floor(((to - from) * bits) / 8);
    if (size < 3) return;
    const start = this.#reserve(size + 1);
    const out = this.#bytes, text = this.#text;
    const at = start + decodeInto(text, radix, from, to, out, start);
    if (deep ?? isPromising(out, start, at)) {
      this.#deep.push({
        bytes: out.slice(start, at),
        // Padding may follow what is the end of a run.
        open: to >= text.length - 3,
        source: (first, end) => [
          from + Math.floor((8 * first) / bits),
          padded(text, from + Math.floor((8 * end - 1) / bits) + 1, bits),
        ],
      });
      return;
    }
    out[at] = 0;
    this.#size = at + 1;
    this.#viewAt.push(start);
    this.#textAt.push(from);
    this.#textEnd.push(to);
    this.#bits.push(bits);
  }

  /** Reads characters `from` up to `to`, but for the first `skip` bytes of them, as the start of a compressed stream. */
  addCompressed(radix: Radix, from: number, to: number, skip: number): void {
    const headBytes = Math.min(HEAD.length, Math.floor(((to - from) * radix.bits) / 8));
    decodeInto(this.#text, radix, from, from + Math.ceil((8 * headBytes) / radix.bits), HEAD, 0);
    if (!mayStart(HEAD.subarray(skip, headBytes))) return;
    // Most that are left are none, which a longer head tells: a cut stream is taken for what it holds.
    for (const limit of [2048, 1 << 18]) {
      const end = Math.min(to, from + limit);
      const bytes = decodedBytes(this.#text, radix, from, end);
      const stream = this.#decompressor.stream(bytes, skip);
      if (stream === null) return;
      if (end < to && limit === 2048) continue;
      this.#deep.push({
        bytes: stream.bytes,
        open: false,
        source: () => [
          from,
          padded(this.#text, Math.min(end, from + Math.ceil((8 * (skip + stream.consumed)) / radix.bits)), radix.bits),
        ],
      });
      return;
    }
  }

  /** Reads characters `from` up to `to` as a compressed stream without a magic number. */
  addBare(radix: Radix, from: number, to: number): void {
    const { bits } = radix;
    const slot = slotOf(this.#text, from, to);
    if (bits === 6 && hasFailed(this.#text, from, to, slot)) return;
    const size = Math.floor(((to - from) * bits) / 8);
    const headBytes = Math.min(HEAD.length, size);
    const head = HEADS[headBytes]!;
    if (headBytes >= LEAST_FIRST) {
      const first = Math.min(FIRST_BYTES, headBytes);
      decodeInto(this.#text, radix, from, from + Math.ceil((8 * first) / bits), HEAD, 0);
      // RFC 1951 §3.2.3: neither a fixed code nor one of its own; what is wrong with that stands at its start.
      const kind = (HEAD[0]! >>> 1) & 3;
      const isDeflate = kind === 1 || (kind === 2 && mayBeDeflate(HEADS[first]!, false));
      if (!isDeflate && size <= HEAD.length && !mayBeBrotli(head)) return;
    }
    if (bits === 6 && to - from >= LONG_BARE && !hasCapital(this.#text, from, to)) return;
    if (this.#addBare(radix, from, to, size, head) || bits !== 6) return;
    failedAt[slot] = from;
    failedChars[slot] = to - from;
  }

  /** Whether it is a stream. In a function of its own: its closures would cost the many that are none. */
  #addBare(radix: Radix, from: number, to: number, size: number, head: Uint8Array): boolean {
    const { bits } = radix;
    decodeInto(this.#text, radix, from, from + Math.ceil((8 * head.length) / bits), HEAD, 0);
    const end = Math.min(to, from + (1 << 18));
    const stream = this.#decompressor.bare(head, size, () => decodedBytes(this.#text, radix, from, end));
    if (stream === null) return false;
    this.#deep.push({
      bytes: stream.bytes,
      open: false,
      source: () => [from, padded(this.#text, Math.min(end, from + Math.ceil((8 * stream.consumed) / bits)), bits)],
    });
    return true;
  }

  /** Hands on what was decoded. */
  emit(emit: (view: View) => void): void {
    if (this.#size > 0) {
      emit({
        bytes: this.#bytes.subarray(0, this.#size),
        deep: false,
        open: true,
        continues: (to) => {
          const index = this.#find(to - 1);
          return this.#textEnd[index]! >= this.#text.length - 3 && to + 2 >= (this.#viewAt[index + 1] ?? this.#size);
        },
        source: (from, to) => [this.#source(from)[0], this.#source(to - 1)[1]],
      });
    }
    for (const view of this.#deep) emit(view);
  }

  #reserve(more: number): number {
    if (this.#size + more > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(256, 2 * (this.#size + more)));
      grown.set(this.#bytes.subarray(0, this.#size));
      this.#bytes = grown;
    }
    return this.#size;
  }

  #find(position: number): number {
    let low = 0, high = this.#viewAt.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#viewAt[middle]! <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #source(position: number): [number, number] {
    const index = this.#find(position);
    const at = this.#textAt[index]!, bits = this.#bits[index]!, byte = position - this.#viewAt[index]!;
    return [
      at + Math.floor((8 * byte) / bits),
      padded(this.#text, Math.min(this.#textEnd[index]!, at + Math.floor((8 * byte + 7) / bits) + 1), bits),
    ];
  }
}

/** Decodes characters `from` up to `to` to `out` at `start`; gives how many bytes. */
function decodeInto(text: Uint8Array, radix: Radix, from: number, to: number, out: Uint8Array, start: number): number {
  const { bits, values } = radix;
  let i = from, at = start;
  // Whole groups.
  if (bits === 4) {
    for (; i + 2 <= to; i += 2) out[at++] = (values[text[i]!]! << 4) | values[text[i + 1]!]!;
  } else if (bits === 6) {
    for (; i + 4 <= to; i += 4, at += 3) {
      const second = values[text[i + 1]!]!, third = values[text[i + 2]!]!;
      out[at] = (values[text[i]!]! << 2) | (second >>> 4);
      out[at + 1] = (second << 4) | (third >>> 2);
      out[at + 2] = (third << 6) | values[text[i + 3]!]!;
    }
  } else if (bits === 5) {
    for (; i + 8 <= to; i += 8, at += 5) {
      const high = (values[text[i]!]! << 15) | (values[text[i + 1]!]! << 10) | (values[text[i + 2]!]! << 5) |
        values[text[i + 3]!]!;
      const low = (values[text[i + 4]!]! << 15) | (values[text[i + 5]!]! << 10) | (values[text[i + 6]!]! << 5) |
        values[text[i + 7]!]!;
      out[at] = high >>> 12;
      out[at + 1] = high >>> 4;
      out[at + 2] = (high << 4) | (low >>> 16);
      out[at + 3] = low >>> 8;
      out[at + 4] = low;
    }
  }
  let word = 0, have = 0;
  for (; i < to; i++) {
    word = (word << bits) | values[text[i]!]!;
    have += bits;
    if (have < 8) continue;
    have -= 8;
    out[at++] = word >>> have;
    word &= (1 << have) - 1;
  }
  return at - start;
}

function decodedBytes(text: Uint8Array, radix: Radix, from: number, to: number): Uint8Array {
  const bytes = new Uint8Array(Math.floor(((to - from) * radix.bits) / 8));
  decodeInto(text, radix, from, to, bytes, 0);
  return bytes;
}

/** Whether bytes may be an encoding or a compressed stream, rather than noise. */
function isPromising(bytes: Uint8Array, from: number, to: number): boolean {
  let ascii = 0, word = 0;
  for (let i = from; i < to; i++) {
    ascii = bytes[i]! < 0x80 ? ascii + 1 : 0;
    word = ((word << 8) | bytes[i]!) & 0xffffff;
    if (ascii >= 12 || (i >= from + 2 && hasCompressedMagic(word))) return true;
  }
  return ascii >= 6 && ascii === to - from;
}
