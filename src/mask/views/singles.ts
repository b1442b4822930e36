/**
 * Views of single characters (or pairs) that stand in the same place again and again, whatever is between them:
 * `{"0":"s","1":"e"}`, `<c>s</c><c>e</c>`, `next s then next e then`.
 *
 * A place is what stands right around it: two bytes before and one after, none of those beside it a letter or digit.
 */

import { isAlphanumeric } from "../pattern.ts";
import { type Reader, selection, type View } from "../view.ts";
import { BLOCK_BYTES } from "./stretch.ts";

/** Two characters further apart (bytes) do not belong together. */
const MAX_GAP = 96;
const LEAST_CHARACTERS = 6;
/** From so many characters on an encoding may be in them. */
const LEAST_DEEP = 16;
/** A shorter text has no room for so many of them. */
const LEAST_BYTES = 3 * LEAST_CHARACTERS;
/** Places watched at a time, and how many are asked for one: powers of two. */
const SLOTS = 256, PROBES = 8;

/** For each byte, whether it may stand beside a character (bit 0), and whether it says something (bit 16): blanks do not. */
const KIND = Int32Array.from({ length: 256 }, (_, byte) => {
  return (isAlphanumeric(byte) || byte >= 0x80 ? 0 : 1) | (byte > 0x20 ? 1 << 16 : 0);
});
/** Characters that are looked at together, and bits that tell of each of them and the three beside. */
const TOGETHER = 13, TOLD = 16;

/**
 * For each slot, eight numbers: its place, the text it is from, where it was met last, the last node of the list of what stood
 * there, how many characters that is, what stood there first, and whether something else did.
 */
const slots = new Int32Array(8 * SLOTS);
const KEY = 0, TEXT = 1, LAST = 2, HEAD = 3, COUNT = 4, FIRST = 5, VARIES = 6;
/** For each node where its character stands, and the node before it. Room that is used again. */
let nodes = new Int32Array(1 << 12);
let nodesSize = 0;
/** Tells one text from the next, so that slots need not be cleared. */
let current = 0;

/** What each place says, one view for each. */
export const readSingles: Reader = (text, emit) => {
  const size = text.length;
  if (size < LEAST_BYTES) return;
  current = (current + 1) | 0;
  nodesSize = 0;
  const found: View[] = [];
  for (let from = 2; from < size - 1; from += BLOCK_BYTES) {
    readBlock(text, from, Math.min(size - 1, from + BLOCK_BYTES), found);
  }
  for (let slot = 0; slot < slots.length; slot += 8) if (slots[slot + TEXT] === current) close(text, slot, found);
  for (const view of found) emit(view);
};

/** Reads what stands from `from` up to `to`. */
function readBlock(text: Uint8Array, from: number, to: number, found: View[]): void {
  const size = text.length;
  // Of the bytes from `first` on, bit 0 of their kind in the low half, bit 16 in the high half.
  let kinds = KIND[text[from - 1]!]! | (KIND[text[from]!]! << 1) | (KIND[text[from + 1]!]! << 2);
  for (let first = from - 1; first + 1 < to; first += TOGETHER) {
    if (first + TOLD <= size) { for (let k = 3; k < TOLD; k++) kinds |= KIND[text[first + k]!]! << k; }
    else for (let k = 3; k < TOLD; k++) kinds |= (first + k < size ? KIND[text[first + k]!]! : 1) << k;
    let places = kinds & (kinds >>> 17) & ((kinds >>> 2) | (kinds >>> 3)) & ((1 << TOGETHER) - 1);
    for (; places !== 0; places &= places - 1) {
      const k = 31 - Math.clz32(places & -places), i = first + k + 1;
      if (i >= to) break;
      const beside = text[i - 1]!;
      // Rulers say nothing.
      if (text[i]! === beside) continue;
      const length = 2 - ((kinds >>> (k + 2)) & 1);
      const behind = i + length < size ? text[i + length]! : 0;
      put(text, (text[i - 2]! << 16) | (beside << 8) | behind | (length << 24), i, length, found);
    }
    kinds = (kinds >>> TOGETHER) & 0x00070007;
  }
}

/** Notes that `length` characters stand at `from` in the place that `key` tells. */
function put(text: Uint8Array, key: number, from: number, length: number, found: View[]): void {
  const said = length === 1 ? text[from]! : (text[from]! << 8) | text[from + 1]!;
  let slot = (Math.imul(key, 0x9e3779b1) >>> 24) << 3;
  if (slots[slot + KEY] !== key || slots[slot + TEXT] !== current || from - slots[slot + LAST]! > MAX_GAP) {
    slot = slotFor(text, key, slot, from, said, found);
  }
  if (slots[slot + FIRST] !== said) slots[slot + VARIES] = 1;
  slots[slot + LAST] = from;
  slots[slot + COUNT]! += length;
  const node = nodesSize;
  nodesSize = node + 2 * length;
  if (nodesSize > nodes.length) grow();
  nodes[node] = from;
  nodes[node + 1] = slots[slot + HEAD]!;
  if (length === 2) {
    nodes[node + 2] = from + 1;
    nodes[node + 3] = node;
  }
  slots[slot + HEAD] = nodesSize - 2;
}

function grow(): void {
  const grown = new Int32Array(2 * nodes.length);
  grown.set(nodes);
  nodes = grown;
}

/** The slot of a place, `first` or one behind it; where it is not met within {@link MAX_GAP}, it begins anew. */
function slotFor(text: Uint8Array, key: number, first: number, from: number, said: number, found: View[]): number {
  let slot = -1;
  for (let probe = 0; probe < PROBES; probe++) {
    const other = (first + (probe << 3)) & (8 * SLOTS - 1);
    const ours = slots[other + TEXT] === current;
    if (ours && slots[other + KEY] === key) {
      slot = other;
      break;
    }
    // Where none is this place's, one that was not met again is.
    if (slot < 0 && (!ours || from - slots[other + LAST]! > MAX_GAP)) slot = other;
  }
  if (slot < 0) slot = first;
  const ours = slots[slot + TEXT] === current;
  if (ours && slots[slot + KEY] === key && from - slots[slot + LAST]! <= MAX_GAP) return slot;
  if (ours) close(text, slot, found);
  slots[slot + TEXT] = current;
  slots[slot + KEY] = key;
  slots[slot + COUNT] = slots[slot + VARIES] = 0;
  slots[slot + HEAD] = -1;
  slots[slot + FIRST] = said;
  return slot;
}

/** Keeps what a slot's place said, if it is text: the same each time is none. */
function close(text: Uint8Array, slot: number, found: View[]): void {
  const count = slots[slot + COUNT]!;
  if (count < LEAST_CHARACTERS || slots[slot + VARIES] === 0) return;
  const bytes = new Uint8Array(count), at = new Int32Array(count);
  let digits = true;
  for (let node = slots[slot + HEAD]!, k = count - 1; k >= 0; node = nodes[node + 1]!, k--) {
    at[k] = nodes[node]!;
    bytes[k] = text[at[k]!]!;
    digits &&= isDigit(bytes[k]!);
  }
  const { open, source } = selection(bytes, at[count - 1]! + MAX_GAP >= text.length, () => at);
  // Few characters, or digits alone (dates, counts), are the value itself or nothing.
  found.push({ bytes, open, source, deep: count >= LEAST_DEEP && !digits });
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
