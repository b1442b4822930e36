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
/** From so many characters on an encoding may be in them. */
const LEAST_DEEP = 16;
/** A shorter text has no room for so many of them. */
const LEAST_BYTES = 3 * LEAST_CHARACTERS;
/** Places watched at a time, and how many are asked for one: powers of two. */
const SLOTS = 256, PROBES = 8;

const BESIDE = Uint8Array.from({ length: 256 }, (_, byte) => isAlphanumeric(byte) || byte >= 0x80 ? 0 : 1);

/** For each slot its place, and what stood there: nodes of a list, last first. */
const keys = new Int32Array(SLOTS), last = new Int32Array(SLOTS), heads = new Int32Array(SLOTS);
const counts = new Int32Array(SLOTS), firsts = new Int32Array(SLOTS), varies = new Uint8Array(SLOTS);

/** A text's places count from here on: so the slots need not be cleared for each. */
let base = MAX_GAP + 1;
const MAX_BASE = 1 << 30;

/** What each place says, one view for each. */
export const readSingles: Reader = (text, emit) => {
  const nodes: number[] = [], before: number[] = [], found: View[] = [];
  if (text.length < LEAST_BYTES) return;
  // What is left of other texts lies too far back to be gone on with.
  if (base > MAX_BASE) {
    base = MAX_GAP + 1;
    last.fill(0);
  }
  const offset = base;
  base += text.length + MAX_GAP + 1;
  const used = new Set<number>();
  const close = (slot: number): void => {
    // The same each time is no text.
    if (counts[slot]! < LEAST_CHARACTERS || varies[slot] === 0) return;
    const at: number[] = [];
    for (let node = heads[slot]!; node >= 0; node = before[node]!) at.push(nodes[node]!);
    at.reverse();
    const bytes = Uint8Array.from(at, (place) => text[place]!);
    const view = selection(bytes, at.at(-1)! + MAX_GAP >= text.length, () => Int32Array.from(at));
    // Few characters, or digits alone (dates, counts), are the value itself or nothing.
    found.push({ ...view, deep: at.length >= LEAST_DEEP && !bytes.every(isDigit) });
  };
  const put = (key: number, from: number, length: number): void => {
    const said = length === 1 ? text[from]! : (text[from]! << 8) | text[from + 1]!;
    const first = Math.imul(key, 0x9e3779b1) >>> 24;
    let slot = first;
    // Where none is this place's, one that was not met again is.
    for (let probe = PROBES - 1; probe >= 0; probe--) {
      const other = (first + probe) & (SLOTS - 1);
      if (keys[other] === key && used.has(other)) {
        slot = other;
        break;
      }
      if (offset + from - last[other]! > MAX_GAP) slot = other;
    }
    if (!used.has(slot)) {
      counts[slot] = 0;
      used.add(slot);
    }
    if (counts[slot] === 0 || keys[slot] !== key || offset + from - last[slot]! > MAX_GAP) {
      close(slot);
      keys[slot] = key;
      counts[slot] = varies[slot] = 0;
      heads[slot] = -1;
      firsts[slot] = said;
    }
    if (firsts[slot] !== said) varies[slot] = 1;
    for (let k = 0; k < length; k++) {
      before.push(heads[slot]!);
      heads[slot] = nodes.push(from + k) - 1;
    }
    counts[slot]! += length;
    last[slot] = offset + from;
  };
  for (let i = 2; i < text.length - 1; i++) {
    if (BESIDE[text[i - 1]!] === 0) continue;
    const length = BESIDE[text[i + 1]!] === 1 ? 1 : BESIDE[text[i + 2] ?? 0] === 1 ? 2 : 0;
    // Blanks and rulers say nothing.
    if (length === 0 || text[i]! <= 0x20 || text[i] === text[i - 1]) continue;
    put((text[i - 2]! << 16) | (text[i - 1]! << 8) | text[i + length]! | (length << 24), i, length);
  }
  for (const slot of used) close(slot);
  for (const view of found) emit(view);
};

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
