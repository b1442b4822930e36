/**
 * A view with Unicode's look-alikes made plain: compatibility forms (NFKC: full width, mathematical, circled, superscript),
 * nothing for what is invisible (zero width, soft hyphen, variation selectors, combining marks over ASCII).
 */

import { encodeUtf8 } from "../../base/mod.ts";
import type { Text } from "../kernels/kernels.ts";
import { byteClass } from "../kernels/tables.ts";
import { located, type Reader } from "../view.ts";

/** What a code point becomes: ASCII bytes, nothing, or `null` where it stays. */
const cache = new Map<number, Uint8Array | null>();
const MAX_CACHE = 1 << 16;
const EMPTY = new Uint8Array(0);
/** For each code point below 2^16, whether it is known to stay. */
const STAYS = new Uint8Array(1 << 16);

function plain(codePoint: number): Uint8Array | null {
  const known = cache.get(codePoint);
  if (known !== undefined) return known;
  const char = String.fromCodePoint(codePoint);
  let result: Uint8Array | null = null;
  if (/^[\p{Mn}\p{Me}\p{Cf}\u115f\u1160\u3164\uffa0]$/u.test(char)) result = EMPTY;
  else {
    // Accents go too: é is what a combining mark would make of e.
    const folded = char.normalize("NFKC").normalize("NFD").replace(/\p{M}/gu, "");
    if (/^[\x20-\x7e]+$/.test(folded)) result = encodeUtf8(folded);
  }
  if (cache.size < MAX_CACHE) cache.set(codePoint, result);
  if (result === null && codePoint < STAYS.length) STAYS[codePoint] = 1;
  return result;
}

/** What a character of more than one byte may begin with. */
const LEADS = byteClass(Array.from({ length: 256 }, (_, byte) => byte >= 0xc2 && byte < 0xf5 ? 1 : 0));

/** Where the first character from `from` on stands that {@link plain} changes, or -1. */
function nextChanged(loaded: Text, from: number): number {
  const { bytes: text } = loaded, size = text.length;
  for (let at = from; (at = loaded.next(at, size, LEADS)) < size;) {
    // Characters of other scripts stand together.
    do {
      const length = lengthOf(text[at]!);
      const codePoint = length > 1 ? codePointAt(text, at, length) : -1;
      if (codePoint >= 0 && STAYS[codePoint] !== 1 && plain(codePoint) !== null && isAmongText(text, at, length)) {
        return at;
      }
      at += codePoint < 0 ? 1 : length;
    } while (at < size && text[at]! >= 0x80);
  }
  return -1;
}

/** No trace has fewer characters, and all of them are text: of what is one by chance most stands in noise. */
const LEAST_CHARACTERS = 6;

/** Whether enough characters for a trace stand around and with the one of `length` bytes at `at`; zeros between do not count. */
function isAmongText(text: Uint8Array, at: number, length: number): boolean {
  let count = 1;
  for (let from = at; count < LEAST_CHARACTERS && from > 0;) {
    let start = from - 1;
    while (start > from - 4 && start > 0 && (text[start]! & 0xc0) === 0x80) start--;
    if (text[start] !== 0) {
      if (start + characterAt(text, start) !== from) break;
      count++;
    }
    from = start;
  }
  for (let to = at + length, size = 0; count < LEAST_CHARACTERS && to < text.length; to += size) {
    size = 1;
    if (text[to] === 0) continue;
    size = characterAt(text, to);
    if (size === 0) break;
    count++;
  }
  return count >= LEAST_CHARACTERS;
}

/** How many bytes the character takes that stands at `at`; 0 where none does that is text. */
export function characterAt(text: Uint8Array, at: number): number {
  const lead = text[at]!;
  if (lead < 0x80) return (lead >= 0x20 && lead < 0x7f) || (lead >= 0x09 && lead <= 0x0d) ? 1 : 0;
  const length = lengthOf(lead);
  return length > 1 && codePointAt(text, at, length) >= 0 ? length : 0;
}

/** How many bytes the character takes that begins with `lead`; 1 where none does. */
function lengthOf(lead: number): number {
  return lead < 0xc2 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 1;
}

/** The code point that `length` bytes stand for, or -1. */
function codePointAt(text: Uint8Array, at: number, length: number): number {
  if (at + length > text.length) return -1;
  let codePoint = text[at]! & (0xff >> (length + 1));
  for (let k = 1; k < length; k++) {
    if ((text[at + k]! & 0xc0) !== 0x80) return -1;
    codePoint = (codePoint << 6) | (text[at + k]! & 0x3f);
  }
  return codePoint <= 0x10ffff && (codePoint & 0xfff800) !== 0xd800 ? codePoint : -1;
}

/** Text on both sides of a look-alike that is read with it; what stands further away is found without. */
const MARGIN_BYTES = 96;
/** The longest that one becomes (bytes). */
const MOST_BYTES = 18;

/** Each part of the text that has look-alikes, with those made ASCII. */
export const readLookAlikes: Reader = (loaded, emit) => {
  const { bytes: text } = loaded;
  for (let first = nextChanged(loaded, 0); first >= 0;) {
    let last = first;
    for (let next = first; next >= 0 && next - last <= 2 * MARGIN_BYTES; next = nextChanged(loaded, next + 1)) {
      last = next;
    }
    const to = Math.min(text.length, last + MARGIN_BYTES);
    readPart(text, Math.max(0, first - MARGIN_BYTES), to, emit);
    first = nextChanged(loaded, to);
  }
};

function readPart(text: Uint8Array, from: number, to: number, emit: Parameters<Reader>[1]): void {
  let bytes = new Uint8Array(2 * (to - from) + MOST_BYTES);
  let starts = new Int32Array(bytes.length), ends = new Int32Array(bytes.length);
  let size = 0;
  let i = from;
  while (i < to) {
    if (size + MOST_BYTES > bytes.length) {
      bytes = grown(bytes, new Uint8Array(2 * bytes.length));
      starts = grown(starts, new Int32Array(bytes.length));
      ends = grown(ends, new Int32Array(bytes.length));
    }
    const length = lengthOf(text[i]!);
    const codePoint = length > 1 ? codePointAt(text, i, length) : -1;
    const made = codePoint < 0 ? null : plain(codePoint);
    if (made !== null && made.byteLength <= MOST_BYTES) {
      for (const byte of made) {
        bytes[size] = byte;
        starts[size] = i;
        ends[size++] = i + length;
      }
      i += length;
      continue;
    }
    for (const end = codePoint < 0 ? i + 1 : i + length; i < end; i++) {
      bytes[size] = text[i]!;
      starts[size] = i;
      ends[size++] = i + 1;
    }
  }
  emit(located(bytes.subarray(0, size), i === text.length, starts, ends));
}

function grown<T extends Uint8Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
