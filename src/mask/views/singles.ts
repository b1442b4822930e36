/**
 * Views of single characters (or pairs) that stand in the same place again and again, whatever is between them:
 * `{"0":"s","1":"e"}`, `<c>s</c><c>e</c>`, `next s then next e then`.
 *
 * A place is what stands right around it: two bytes before and one after, none of those beside it a letter or digit.
 */

import { isAlphanumeric } from "../pattern.ts";
import { type Reader, selection, type View } from "../view.ts";

/** Two characters further apart (bytes) do not belong together. */
const MAX_GAP = 96;
const LEAST_CHARACTERS = 6;
/** Places watched at a time, and how many are asked for one: powers of two. */
const SLOTS = 256, PROBES = 8;

const BESIDE = Uint8Array.from({ length: 256 }, (_, byte) => isAlphanumeric(byte) || byte >= 0x80 ? 0 : 1);

/** For each slot its place, and what stood there: nodes of a list, last first. */
const keys = new Int32Array(SLOTS), last = new Int32Array(SLOTS), heads = new Int32Array(SLOTS);
const counts = new Int32Array(SLOTS);

/** What each place says, one view for each. */
export const readSingles: Reader = (text, emit) => {
  const nodes: number[] = [], before: number[] = [], found: View[] = [];
  keys.fill(-1);
  counts.fill(0);
  last.fill(-MAX_GAP - 1);
  const close = (slot: number): void => {
    if (counts[slot]! < LEAST_CHARACTERS) return;
    const at: number[] = [];
    for (let node = heads[slot]!; node >= 0; node = before[node]!) at.push(nodes[node]!);
    readPlace(text, at.reverse(), found);
  };
  const put = (key: number, from: number, length: number): void => {
    const first = Math.imul(key, 0x9e3779b1) >>> 24;
    let slot = first;
    // Where none is this place's, one that was not met again is.
    for (let probe = PROBES - 1; probe >= 0; probe--) {
      const other = (first + probe) & (SLOTS - 1);
      if (keys[other] === key) {
        slot = other;
        break;
      }
      if (from - last[other]! > MAX_GAP) slot = other;
    }
    if (keys[slot] !== key || from - last[slot]! > MAX_GAP) {
      close(slot);
      keys[slot] = key;
      counts[slot] = 0;
      heads[slot] = -1;
    }
    for (let k = 0; k < length; k++) {
      before.push(heads[slot]!);
      heads[slot] = nodes.push(from + k) - 1;
    }
    counts[slot]! += length;
    last[slot] = from;
  };
  for (let i = 2; i < text.length - 1; i++) {
    if (BESIDE[text[i - 1]!] === 0) continue;
    const length = BESIDE[text[i + 1]!] === 1 ? 1 : BESIDE[text[i + 2] ?? 0] === 1 ? 2 : 0;
    // Blanks and rulers say nothing.
    if (length === 0 || text[i]! <= 0x20 || text[i] === text[i - 1]) continue;
    put((text[i - 2]! << 16) | (text[i - 1]! << 8) | text[i + length]! | (length << 24), i, length);
  }
  for (let slot = 0; slot < SLOTS; slot++) close(slot);
  for (const view of found) emit(view);
};

function readPlace(text: Uint8Array, at: readonly number[], found: View[]): void {
  // The same character each time is no text.
  if (at.every((place) => text[place] === text[at[0]!])) return;
  const bytes = Uint8Array.from(at, (place) => text[place]!);
  found.push(selection(bytes, at.at(-1)! + MAX_GAP >= text.length, () => Int32Array.from(at)));
}
