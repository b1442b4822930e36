/** A view: what some bytes say once they are read in another way, and where each byte of that came from. */

import type { Text } from "./kernels/kernels.ts";

/** Bytes `from` up to `to` of the text that was read. */
export type Span = readonly [from: number, to: number];

/** Another reading of a text. */
export interface View {
  /** What it says; borrowed until the reader goes on. */
  readonly bytes: Uint8Array;
  /** The view ends where the text ends: what follows in the text may continue it. */
  readonly open: boolean;
  /** Whether it is worth reading in other ways in turn; else values are looked for in it as it is. Absent: yes. */
  readonly deep?: boolean;
  /** Which families of escapes are worth undoing in it, as bits; absent: all. */
  readonly escapes?: number;
  /** Whether what follows the text may continue what ends at `to`; absent: where that is the view's end, if it is open. */
  continues?(to: number): boolean;
  /** Where bytes `from` up to `to` of the view stand in the text. */
  source(from: number, to: number): Span;
}

/** Reads a text in one way and hands on what it found; it may find nothing. */
export type Reader = (text: Text, emit: (view: View) => void) => void;

/** A view whose bytes are a selection of the text's, in order. `positions` is asked once, when something was found. */
export function selection(bytes: Uint8Array, open: boolean, positions: () => Int32Array): View {
  let at: Int32Array | null = null;
  return {
    bytes,
    open,
    source(from, to) {
      at ??= positions();
      return [at[from]!, at[to - 1]! + 1];
    },
  };
}

/** A view whose byte `i` was written by the text from `starts[i]` up to `ends[i]`. */
export function located(bytes: Uint8Array, open: boolean, starts: ArrayLike<number>, ends: ArrayLike<number>): View {
  return {
    bytes,
    open,
    source(from, to) {
      let low = starts[from]!, high = ends[to - 1]!;
      // Byte orders that differ from the text's may put the first byte last.
      for (let i = Math.max(from, to - 16); i < to; i++) high = Math.max(high, ends[i]!);
      for (let i = from; i < Math.min(to, from + 16); i++) low = Math.min(low, starts[i]!);
      return [low, high];
    },
  };
}
