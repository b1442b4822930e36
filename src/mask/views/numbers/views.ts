/** What rows of numbers stand for, as bytes. */

import { type Decompressor, HEAD_BYTES } from "../compressed.ts";
import { located, type View } from "../../view.ts";
import { BARE, contentOf, ENCODED, kindsOf, mayHoldText, MOSTLY, NOTHING, PLAIN, STREAM } from "./content.ts";

const FIRST_ROOM = 1 << 8;
/** Bytes of a long row that are told apart from the rest, and on both sides of them what an encoding of a trace may take. */
const BLOCK_BYTES = 512, MARGIN_BYTES = 96;

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

  /** Bytes `from` up to `to`, as a copy. */
  view(from: number, to: number, open: boolean): View {
    return located(this.bytes.slice(from, to), open, this.starts.slice(from, to), this.ends.slice(from, to));
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
   * @param mostly how much of text is characters, as {@link contentOf} has it
   */
  contentOf(bytes: Bytes, mayBeStream: boolean, mostly: number): number {
    if (bytes.size < this.leastBytes) return NOTHING;
    const content = contentOf(bytes.bytes, 0, bytes.size, this.#kinds, this.leastBytes, mostly);
    return content === BARE && !mayBeStream ? NOTHING : content;
  }

  /** Whether to ask {@link Views.contentOf} about numbers that may be no stream; see {@link mayHoldText}. */
  mayHoldText(values: Float64Array, first: number, end: number): boolean {
    return mayHoldText(values, first, end, this.#kinds, this.leastBytes);
  }

  /** Takes what may hold a trace, or a stream. */
  take(bytes: Bytes, content: number, open: boolean, mayBeStream: boolean): void {
    const { size } = bytes;
    // Most numbers are noise as bytes: those are only looked at, but for a compressed stream; and that may look like an encoding.
    if (content >= ENCODED) this.#takeEncoded(bytes, open);
    // A long row is looked at, too: of what it is made up only a part may be an encoding.
    if (content === PLAIN || (content >= ENCODED && size > BLOCK_BYTES)) {
      if (open) this.#open.push(this.#flat.size + size);
      this.#flat.addAll(bytes);
    }
    if (!mayBeStream) return;
    const head = bytes.bytes.subarray(0, Math.min(HEAD_BYTES, size));
    const stream = this.#decompressor.bare(head, size, () => bytes.bytes.subarray(0, size));
    if (stream === null) return;
    const place = bytes.view(0, size, false).source(0, Math.min(size, stream.consumed));
    this.#deep.push({ bytes: stream.bytes, open: false, source: () => place });
  }

  /** Takes what may be read further: all of a short row, of a long one the parts where something may be. */
  #takeEncoded(bytes: Bytes, open: boolean): void {
    const { size } = bytes;
    if (size <= BLOCK_BYTES) {
      this.#deep.push(bytes.view(0, size, open));
      return;
    }
    let start = -1;
    for (let from = 0; from < size; from += BLOCK_BYTES) {
      const first = Math.max(0, from - MARGIN_BYTES), to = Math.min(size, from + BLOCK_BYTES + MARGIN_BYTES);
      const content = contentOf(bytes.bytes, first, to, this.#kinds, this.leastBytes, MOSTLY);
      if (content >= ENCODED && start < 0) start = first;
      // A stream goes on as far as it does.
      if (content === STREAM) break;
      if (content >= ENCODED || start < 0) continue;
      this.#deep.push(bytes.view(start, Math.min(size, from + MARGIN_BYTES), false));
      start = -1;
    }
    if (start >= 0) this.#deep.push(bytes.view(start, size, open));
  }

  /** Hands on what was taken, and begins again. */
  emit(emit: (view: View) => void): void {
    const open = this.#open, deep = this.#deep;
    const flat = this.#flat.size > 0 ? this.#flat.view(0, this.#flat.size, true) : null;
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
