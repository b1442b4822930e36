/**
 * Views of what stands between a separator that comes back at a fixed distance, whatever it is: `sXeXcXrXeXt`, `s, e, c`,
 * `'s','e','c'`. The skeleton view has no separators that are letters, and no values that are mostly symbols.
 */

import { type Reader, selection } from "../view.ts";

const SHORTEST_PERIOD = 2, LONGEST_PERIOD = 5;
/** How often a separator must come back. */
const LEAST_TIMES = 8;

/** Every stretch with a separator. */
export const readPeriodic: Reader = (text, emit) => {
  const size = text.length;
  for (let period = SHORTEST_PERIOD; period <= LONGEST_PERIOD; period++) {
    const back = 2 * period;
    // No stretch that is long enough lies between two places.
    const stride = (LEAST_TIMES - 3) * period;
    for (let at = back; at < size; at += stride) {
      for (let phase = 0; phase < period && at + phase < size; phase++) {
        const i = at + phase;
        const byte = text[i];
        if (text[i - period] !== byte || text[i - back] !== byte) continue;
        // An indent, a ruler: nothing stands between.
        if (text[i - 1] === byte && text[i - period - 1] === byte) continue;
        const end = stretch(text, i, period, emit);
        if (end > at) at = end;
        if (end > 0) break;
      }
    }
  }
};

/** Hands on what stands between the separators around `i`; where they end, or 0 where there is nothing between them. */
function stretch(text: Uint8Array, i: number, period: number, emit: Parameters<Reader>[1]): number {
  const byte = text[i];
  let from = i, to = i;
  while (from - period >= 0 && text[from - period] === byte) from -= period;
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
  const at: number[] = [];
  for (let k = start; k < end; k++) if ((varies & (1 << ((k - from + period) % period))) !== 0) at.push(k);
  const bytes = Uint8Array.from(at, (k) => text[k]!);
  emit(selection(bytes, end + period >= text.length, () => Int32Array.from(at)));
  return to;
}
