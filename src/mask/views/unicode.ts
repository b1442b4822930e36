/**
 * A view with Unicode's look-alikes made plain: compatibility forms (NFKC: full width, mathematical, circled, superscript),
 * nothing for what is invisible (zero width, soft hyphen, variation selectors, combining marks over ASCII).
 */

import { encodeUtf8 } from "../../base/mod.ts";
import { located, type Reader } from "../view.ts";

/** What a code point becomes: ASCII bytes, nothing, or `null` where it stays. */
const cache = new Map<number, Uint8Array | null>();
const MAX_CACHE = 1 << 16;
const EMPTY = new Uint8Array(0);

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
  return result;
}

/** The text with look-alikes made ASCII, where it has any. */
export const readLookAlikes: Reader = (text, emit) => {
  let first = 0;
  while (first < text.length && text[first]! < 0xc2) first++;
  if (first === text.length) return;
  const from = Math.max(0, first - 512);
  const bytes = new Uint8Array(3 * (text.length - from) + 24);
  const starts = new Int32Array(bytes.length), ends = new Int32Array(bytes.length);
  let size = 0, changed = false;
  const put = (byte: number, start: number, end: number): void => {
    bytes[size] = byte;
    starts[size] = start;
    ends[size++] = end;
  };
  for (let i = from; i < text.length;) {
    const lead = text[i]!;
    const length = lead < 0xc2 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 1;
    if (length > 1 && i + length <= text.length) {
      let codePoint = lead & (0xff >> (length + 1));
      let valid = true;
      for (let k = 1; k < length; k++) {
        valid &&= (text[i + k]! & 0xc0) === 0x80;
        codePoint = (codePoint << 6) | (text[i + k]! & 0x3f);
      }
      const made = valid && codePoint <= 0x10ffff && (codePoint & 0xfff800) !== 0xd800 ? plain(codePoint) : null;
      if (made !== null && made.byteLength <= 18 && size + 20 < bytes.length) {
        for (const byte of made) put(byte, i, i + length);
        changed = true;
        i += length;
        continue;
      }
      if (valid) {
        for (let k = 0; k < length; k++) put(text[i + k]!, i + k, i + k + 1);
        i += length;
        continue;
      }
    }
    put(lead, i, i + 1);
    i++;
  }
  if (changed) emit(located(bytes.subarray(0, size), true, starts, ends));
};
