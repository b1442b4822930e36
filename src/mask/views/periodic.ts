/**
 * Views of what stands between a separator that comes back at a fixed distance, whatever it is: `sXeXcXrXeXt`, `s, e, c`,
 * `'s','e','c'`. The skeleton view has no separators that are letters, and no values that are mostly symbols.
 */

import { isAlphanumeric } from "../pattern.ts";
import { type Reader, selection } from "../view.ts";

const SHORTEST_PERIOD = 2, LONGEST_PERIOD = 5;
/** How often a separator must come back. */
const LEAST_TIMES = 8;
/** So many times in a row there may be nothing between two separators. */
const MOST_EMPTY = 3;
/** Between so many there must be something, where the separator is a punctuation mark or a blank: no trace has fewer bytes. */
const LEAST_TEXT = 6;

/** Every stretch with a separator. */
export const readPeriodic: Reader = (loaded, emit) => {
  const { bytes: text } = loaded, size = text.length;
  for (let period = SHORTEST_PERIOD; period <= LONGEST_PERIOD; period++) {
    let at = (LEAST_TIMES - 1) * period;
    while ((at = loaded.periodic(at, period)) < size) at = Math.max(at, stretch(text, at, period, emit)) + 1;
  }
};

/** Hands on what stands between the separators around `i`; where they end, or 0 where there is nothing between them. */
function stretch(text: Uint8Array, i: number, period: number, emit: Parameters<Reader>[1]): number {
  const byte = text[i]!;
  let from = i, to = i;
  while (from - period >= 0 && text[from - period]! === byte) from -= period;
  while (to + period < text.length && text[to + period] === byte) to += period;
  if (to - from < (LEAST_TIMES - 1) * period) return 0;
  if (!isAlphanumeric(byte) && !holdsText(text, from, to, period)) return to;
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

/**
 * Whether enough for a trace stands between the separators from `from` to `to`, with few of them after one another and nothing
 * between: else it is a ruler, or a line that was filled up, and what happens to stand at its ends.
 */
function holdsText(text: Uint8Array, from: number, to: number, period: number): boolean {
  const separator = text[from]!;
  let count = 0;
  for (let at = from, last = from; at < to && count < LEAST_TEXT; at += period) {
    for (let k = at + 1; k < at + period; k++) {
      if (text[k] === separator) continue;
      if (at - last > MOST_EMPTY * period) count = 0;
      count++;
      last = at;
      break;
    }
  }
  return count >= LEAST_TEXT;
}
