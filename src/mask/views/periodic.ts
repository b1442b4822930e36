/**
 * Views of what stands between a separator that comes back at a fixed distance, whatever it is: `sXeXcXrXeXt`, `s, e, c`,
 * `'s','e','c'`. The skeleton view has no separators that are letters, and no values that are mostly symbols.
 */

import { type Reader, selection, type View } from "../view.ts";

const LF = 0x0a;
const SHORTEST_PERIOD = 2, LONGEST_PERIOD = 5;
/** How often a separator must come back. */
const LEAST_TIMES = 8;
/** So many times in a row there may be nothing between two separators. */
const MOST_EMPTY = 3;
/** Between so many there must be something: no trace has fewer bytes. */
const LEAST_TEXT = 6;

/** A larger part of a text is no separator that stands in it by chance. */
const MOST_FILLED = 0.3;

/** Every stretch with a separator. */
export const readPeriodic: Reader = (loaded, emit) => {
  const { bytes: text } = loaded, size = text.length;
  for (let period = SHORTEST_PERIOD; period <= LONGEST_PERIOD; period++) {
    let at = (LEAST_TIMES - 1) * period;
    while ((at = loaded.periodic(at, period)) < size) {
      const end = stretch(text, at, period, emit);
      // Where more than one byte comes back, each is met.
      at = end > 0 ? end + period : at + 1;
    }
  }
};

/** Hands on what stands between the separators around `i`; where they end, or 0 where there is nothing between them. */
function stretch(text: Uint8Array, i: number, period: number, emit: Parameters<Reader>[1]): number {
  const byte = text[i]!;
  let from = i, to = i;
  while (from - period >= 0 && text[from - period]! === byte) from -= period;
  while (to + period < text.length && text[to + period] === byte) to += period;
  if (to - from < (LEAST_TIMES - 1) * period) return 0;
  if (!holdsText(text, from, to, period)) return to;
  const varies = variesIn(text, from, to, period);
  if (varies === 0 || isFilled(text, from, to, period, varies) || isWrapped(text, from, to, period)) return to;
  emit(between(text, from, to, period, varies));
  // The first and the last may be of what stands around, by chance: what else comes back is told by those between.
  const inner = variesIn(text, from + period, to - period, period);
  if (inner === 0 || inner === varies) return to;
  const isFirst = isAlike(text, from, from + period, period, inner);
  const isLast = isAlike(text, to - period, from + period, period, inner);
  emit(between(text, isFirst ? from : from + period, isLast ? to : to - period, period, inner));
  return to;
}

/** What varies around and between the separators at `from`, every `period` bytes, to `to`. */
function between(text: Uint8Array, from: number, to: number, period: number, varies: number): View {
  // One more of what is between stands before the first and after the last, as far as what comes back beside it does.
  let start = from, end = to + 1;
  while (start > Math.max(0, from - period + 1) && goesOn(text, start - 1, from, start - 1 - from + period, varies)) {
    start--;
  }
  while (end < Math.min(text.length, to + period) && goesOn(text, end, from, end - to, varies)) end++;
  const at = new Int32Array(end - start), bytes = new Uint8Array(end - start);
  let size = 0;
  for (let k = start, phase = (start - from + period) % period; k < end; k++) {
    if ((varies & (1 << phase)) !== 0) {
      at[size] = k;
      bytes[size++] = text[k]!;
    }
    if (++phase === period) phase = 0;
  }
  return selection(bytes.subarray(0, size), end + period >= text.length, () => at);
}

/** A bit for each phase (distance from the last separator) in which not the same stands every time, from `from` to `to`. */
function variesIn(text: Uint8Array, from: number, to: number, period: number): number {
  let varies = 0;
  for (let phase = 1; phase < period; phase++) {
    for (let k = from + phase; k + period < to; k += period) {
      if (text[k] === text[k + period]) continue;
      varies |= 1 << phase;
      break;
    }
  }
  return varies;
}

/** Whether the separator is a blank, and much of what varies too, as between the columns of a table. */
function isFilled(text: Uint8Array, from: number, to: number, period: number, varies: number): boolean {
  const separator = text[from]!;
  if (separator !== 0x20 || period === SHORTEST_PERIOD) return false;
  let same = 0, all = 0;
  for (let phase = 1; phase < period; phase++) {
    if ((varies & (1 << phase)) === 0) continue;
    for (let k = from + phase; k < to; k += period) {
      all++;
      if (text[k] === separator) same++;
    }
  }
  return same > MOST_FILLED * all;
}

/** Whether digits are wrapped, or numbers listed: readers of digits read over line breaks themselves. */
function isWrapped(text: Uint8Array, from: number, to: number, period: number): boolean {
  if (text[from] !== LF) return false;
  for (let i = from, phase = 0; i < to; i++) {
    if (phase > 0 && (text[i]! < 0x30 || text[i]! > 0x39)) return false;
    if (++phase === period) phase = 0;
  }
  return true;
}

/** Whether behind the separators at `one` and `other` the same stands in each phase that does not vary. */
function isAlike(text: Uint8Array, one: number, other: number, period: number, varies: number): boolean {
  for (let phase = 1; phase < period; phase++) {
    if ((varies & (1 << phase)) === 0 && text[one + phase] !== text[other + phase]) return false;
  }
  return true;
}

/** Whether the byte at `k` may be the one in this phase behind a separator like that at `from`: one that varies, or the same. */
function goesOn(text: Uint8Array, k: number, from: number, phase: number, varies: number): boolean {
  return (varies & (1 << phase)) !== 0 || text[k] === text[from + phase];
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
