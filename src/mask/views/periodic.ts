/**
 * Views of what stands between a separator that comes back at a fixed distance, whatever it is: `sXeXcXrXeXt`, `s, e, c`,
 * `'s','e','c'`. The skeleton view has no separators that are letters, and no values that are mostly symbols.
 */

import { isAlphanumeric } from "../pattern.ts";
import { type Reader, selection } from "../view.ts";
import { BLOCK_BYTES } from "./stretch.ts";

const SHORTEST_PERIOD = 2, LONGEST_PERIOD = 5;
/** How often a separator must come back. */
const LEAST_TIMES = 8;
/** No trace has fewer bytes beside a punctuation mark, or a blank, that it may hold. */
const LEAST_BYTES = 6;

/** Every stretch with a separator. */
export const readPeriodic: Reader = (text, emit) => {
  const size = text.length;
  for (let period = SHORTEST_PERIOD; period <= LONGEST_PERIOD; period++) {
    for (let at = 2 * period; at < size;) at = readBlock(text, at, Math.min(size, at + BLOCK_BYTES), period, emit);
  }
};

/** Reads from `at` up to `to`, or as far as a stretch goes; where to go on. */
function readBlock(text: Uint8Array, at: number, to: number, period: number, emit: Parameters<Reader>[1]): number {
  const size = text.length, twice = 2 * period;
  // No stretch that is long enough lies between two places.
  const stride = (LEAST_TIMES - 2) * period;
  for (; at < to; at += stride) {
    const stop = Math.min(at + period, size);
    // Negative where any comes back.
    let back = 0;
    for (let i = at; i < stop; i++) {
      const byte = text[i - period]!;
      back |= ((text[i]! ^ byte) | (text[i - twice]! ^ byte)) - 1;
    }
    if (back >= 0) continue;
    for (let i = at; i < stop; i++) {
      const byte = text[i]!;
      if (text[i - period]! !== byte || text[i - twice]! !== byte) continue;
      // An indent, a ruler: nothing stands between.
      if (text[i - 1]! === byte && text[i - period - 1]! === byte) continue;
      const end = stretch(text, i, period, emit);
      if (end > at) at = end;
      if (end > 0) break;
    }
  }
  return at;
}

/** Hands on what stands between the separators around `i`; where they end, or 0 where there is nothing between them. */
function stretch(text: Uint8Array, i: number, period: number, emit: Parameters<Reader>[1]): number {
  const byte = text[i]!;
  let from = i, to = i;
  while (from - period >= 0 && text[from - period]! === byte) from -= period;
  while (to + period < text.length && text[to + period] === byte) to += period;
  if (to - from < (LEAST_TIMES - 1) * period) return 0;
  // One more of what is between stands before the first separator and after the last.
  const start = Math.max(0, from - period + 1), end = Math.min(text.length, to + period);
  let varies = 0;
  for (let phase = 1; phase < period; phase++) {
    for (let k = from + phase; k + period < to; k += period) {
      if (text[k] === text[k + period]) continue;
      varies |= 1 << phase;
      break;
    }
  }
  if (varies === 0) return to;
  if (!isAlphanumeric(byte) && !holdsText(text, start, end, byte)) return to;
  const at = new Int32Array(end - start), bytes = new Uint8Array(end - start);
  let size = 0;
  for (let k = start, phase = (start - from + period) % period; k < end; k++) {
    if ((varies & (1 << phase)) !== 0) {
      at[size] = k;
      bytes[size++] = text[k]!;
    }
    if (++phase === period) phase = 0;
  }
  emit(selection(bytes.subarray(0, size), end + period >= text.length, () => at));
  return to;
}

/** Whether enough bytes for a trace are not `separator`: else it is a ruler, or a line that was filled up. */
function holdsText(text: Uint8Array, from: number, to: number, separator: number): boolean {
  let count = 0;
  for (let k = from; k < to && count < LEAST_BYTES; k++) if (text[k] !== separator) count++;
  return count === LEAST_BYTES;
}
