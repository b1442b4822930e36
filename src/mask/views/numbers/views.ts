/** What rows of numbers stand for, as bytes. */

import { type Decompressor, HEAD_BYTES } from "../compressed.ts";
import { located, type View } from "../../view.ts";
import { BARE, contentOf, ENCODED, kindsOf, NOTHING, PLAIN } from "./content.ts";

const FIRST_ROOM = 1 << 8;

/** Bytes, and for each where the digits are that stand for it. */
export class Bytes {
  bytes = new Uint8Array(FIRST_ROOM);
  starts = new Int32Array(FIRST_ROOM);
  ends = new Int32Array(FIRST_ROOM);
  size = 0;

  /** Empties it, and makes room for so many bytes. */
  begin(room: number): void {
    this.size = 0;
    this.reserve(room);
  }

  /** Makes room for so many bytes in all. */
  reserve(room: number): void {
    if (room <= this.bytes.length) return;
    const { bytes, starts, ends } = this;
    this.bytes = new Uint8Array(2 * room), this.starts = new Int32Array(2 * room), this.ends = new Int32Array(2 * room);
    this.bytes.set(bytes), this.starts.set(starts), this.ends.set(ends);
  }

  /** Adds what another holds, and a zero. */
  addAll(other: Bytes): void {
    const { size } = this;
    this.reserve(size + other.size + 1);
    for (let i = 0; i < other.size; i++) {
      this.bytes[size + i] = other.bytes[i]!;
      this.starts[size + i] = other.starts[i]!;
      this.ends[size + i] = other.ends[i]!;
    }
    this.size = size + other.size + 1;
    this.bytes[this.size - 1] = 0;
  }

  /** All of it, as a copy. */
  view(open: boolean): View {
    const { size } = this;
    return located(this.bytes.slice(0, size), open, this.starts.slice(0, size), this.ends.slice(0, size));
  }
}

/** What rows of one text stand for: one view for all that is only looked at, and one each for what is read further. */
export class Views {
  /** The fewest bytes that a trace takes. */
  readonly leastBytes: number;
  readonly #kinds: Uint8Array;
  readonly #decompressor: Decompressor;
  /** What is only looked at, a zero after each. */
  readonly #flat = new Bytes();
  /** Where in it those end that the text may continue. */
  #open: number[] = [];
  #deep: View[] = [];

  /** @param own 1 for each byte that some pattern has, in either case */
  constructor(leastBytes: number, own: Uint8Array, decompressor: Decompressor) {
    this.leastBytes = leastBytes;
    this.#kinds = kindsOf(own);
    this.#decompressor = decompressor;
  }

  /**
   * What may be in `bytes`, whose places are not asked for: {@link NOTHING}, or what {@link Views.take} wants to be told.
   * @param mayBeStream whether it may be a compressed stream without a magic number
   */
  contentOf(bytes: Bytes, mayBeStream: boolean): number {
    if (bytes.size < this.leastBytes) return NOTHING;
    const content = contentOf(bytes.bytes, bytes.size, this.#kinds, this.leastBytes);
    return content === BARE && !mayBeStream ? NOTHING : content;
  }

  /** Takes what may hold a trace, or a stream. */
  take(bytes: Bytes, content: number, open: boolean, mayBeStream: boolean): void {
    const { size } = bytes;
    // Most numbers are noise as bytes: those are only looked at, but for a compressed stream; and that may look like an encoding.
    if (content === ENCODED) this.#deep.push(bytes.view(open));
    if (content === PLAIN) {
      if (open) this.#open.push(this.#flat.size + size);
      this.#flat.addAll(bytes);
    }
    if (!mayBeStream) return;
    const head = bytes.bytes.subarray(0, Math.min(HEAD_BYTES, size));
    const stream = this.#decompressor.bare(head, size, () => bytes.bytes.subarray(0, size));
    if (stream === null) return;
    const place = bytes.view(false).source(0, Math.min(size, stream.consumed));
    this.#deep.push({ bytes: stream.bytes, open: false, source: () => place });
  }

  /** Hands on what was taken, and begins again. */
  emit(emit: (view: View) => void): void {
    const open = this.#open, deep = this.#deep;
    const flat = this.#flat.size > 0 ? this.#flat.view(true) : null;
    this.#flat.size = 0;
    if (open.length > 0) this.#open = [];
    if (deep.length > 0) this.#deep = [];
    if (flat !== null) {
      const { bytes, source } = flat;
      emit({ bytes, open: true, deep: false, continues: (to) => open.includes(to), source });
    }
    for (const view of deep) emit(view);
  }
}
