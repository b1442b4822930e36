/** How short a trace can be in an encoding: what is shorter need not be read. */

import type { Pattern } from "./pattern.ts";

/** No pattern is shorter (bytes). */
const LEAST_BYTES = 6;
/** What deflate and its like save at most for each place at which three bytes come back (bytes). */
const SAVED_BYTES = 1.5;

/**
 * The fewest bytes that a trace of any of these patterns takes, as it is or compressed.
 *
 * A compressor saves nothing on bytes that do not come back: to tell a code for the few that a trace has takes more than the
 * code saves. So only what is repeated within a trace counts.
 */
export function leastTraceBytes(patterns: readonly Pattern[]): number {
  let least = Infinity;
  for (const { bytes, threshold } of patterns) {
    if (least <= LEAST_BYTES) break;
    least = Math.min(least, threshold - Math.ceil(SAVED_BYTES * mostRepeated(bytes, threshold)));
  }
  return Math.max(LEAST_BYTES, least);
}

/** Of all stretches of `size` bytes, in the one with the most of them: how many places begin three bytes that were there before. */
function mostRepeated(bytes: Uint8Array, size: number): number {
  /** Where three bytes stood last. */
  const last = new Map<number, number>();
  /** How many more such places the stretch at each place has than the one before it. */
  const more = new Int32Array(bytes.byteLength + 1);
  for (let at = 0; at + 3 <= bytes.byteLength; at++) {
    const three = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
    const before = last.get(three);
    last.set(three, at);
    // It counts in the stretches that hold both.
    const first = Math.max(0, at + 3 - size);
    if (before === undefined || before < first) continue;
    more[first]!++;
    more[before + 1]!--;
  }
  let most = 0, count = 0;
  for (const change of more) most = Math.max(most, count += change);
  return most;
}
