/**
 * Views of text in an alphabet of 2, 4, 5 or 6 bits: binary, hexadecimal, base32, base64, at every alignment, inside any longer
 * run. Read after white space is gone, so wrapped or not is the same.
 *
 * Nothing is decoded until it may matter. The last 24 bits are kept while going along; where they are three bytes of a
 * pattern, or where many bytes in a row are ASCII (an encoding inside the encoding), or the magic number of a
 * compressed stream, the neighbourhood is decoded and handed on.
 */

import { hasCompressedMagic } from "./compressed.ts";
import type { TripleFilter } from "../triples.ts";
import type { Reader, View } from "../view.ts";

/** A character set whose characters each carry `bits` bits, most significant first. */
export interface Radix {
  readonly bits: number;
  /** Value of each byte, or 255. */
  readonly values: Uint8Array;
  /** Characters of a group that is a whole number of bytes. */
  readonly group: number;
}

function radix(bits: number, group: number, alphabet: string, alias: Readonly<Record<string, string>> = {}): Radix {
  const values = new Uint8Array(256).fill(255);
  for (let i = 0; i < alphabet.length; i++) values[alphabet.charCodeAt(i)] = i;
  for (const [char, same] of Object.entries(alias)) values[char.charCodeAt(0)] = alphabet.indexOf(same);
  if (bits < 6) { for (let c = 0x41; c <= 0x5a; c++) values[c | 0x20] = values[c]!; }
  return { bits, values, group };
}

const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/** RFC 4648 §4 and §5 at once: both spellings of 62 and 63. */
export const BASE64 = radix(6, 4, `${UPPER}${UPPER.toLowerCase()}0123456789+/`, { "-": "+", _: "/" });
/** RFC 4648 §6. */
export const BASE32 = radix(5, 8, `${UPPER}234567`);
/** RFC 4648 §7. */
export const BASE32HEX = radix(5, 8, "0123456789ABCDEFGHIJKLMNOPQRSTUV");
export const BASE16 = radix(4, 2, "0123456789ABCDEF");
export const BINARY = radix(1, 8, "01");

/** Groups decoded on both sides of what looked like something. */
const CONTEXT_GROUPS = 24;
/** Bytes of ASCII in a row that are worth reading. */
const ASCII_BYTES = 12;

/** A reader for `kind` that decodes where `triples` or the text's own shape ask for it. */
export function radixReader(kind: Radix, triples: TripleFilter): Reader {
  const { bits, values, group } = kind;
  const wordChars = Math.ceil(24 / bits);
  const drop = wordChars * bits - 24;
  const keep = bits * wordChars >= 31 ? -1 : (1 << (bits * wordChars)) - 1;
  const groupBytes = (group * bits) / 8;
  const asciiSteps = Math.max(2, Math.floor(ASCII_BYTES / groupBytes));
  const filter = triples.bits, shift = triples.shift;
  const needTwo = triples.shortest >= 2 * groupBytes + 2 && groupBytes <= 3;
  const ascii = new Int32Array(group), run = new Int32Array(group);
  const from = new Int32Array(group), to = new Int32Array(group);

  return (text, emit) => {
    // Handed on at the end: a view is read by this same reader again, and its lanes are these.
    const found: View[] = [];
    let word = 0, length = 0;
    ascii.fill(0), run.fill(0), to.fill(-1);
    const close = (end: number): void => {
      for (let lane = 0; lane < group; lane++) {
        if (to[lane]! >= 0) found.push(decoded(text, kind, from[lane]!, Math.min(end, to[lane]!), end === text.length));
      }
      ascii.fill(0), run.fill(0), to.fill(-1);
    };
    for (let i = 0; i < text.length; i++) {
      const value = values[text[i]!]!;
      if (value === 255) {
        if (length >= wordChars) close(i);
        length = 0;
        continue;
      }
      word = ((word << bits) | value) & keep;
      if (++length < wordChars) continue;
      const lane = i % group;
      const bytes = word >>> drop;
      let wanted = false;
      if ((bytes & 0x808080) === 0) {
        // A short token that is ASCII from its first character on is worth a look too.
        wanted = ++ascii[lane]! >= asciiSteps ||
          (length < wordChars + 2 * group && ascii[lane]! * group + wordChars > length);
      } else ascii[lane] = 0;
      const bit = Math.imul(bytes | 0x202020, 0x9e3779b1) >>> shift;
      if (((filter[bit >>> 5]! >>> (bit & 31)) & 1) !== 0) wanted ||= ++run[lane]! >= 2 || !needTwo;
      else run[lane] = 0;
      const magic = hasCompressedMagic(bytes);
      if (!wanted && !magic) continue;
      const start = i + 1 - wordChars;
      if (to[lane]! >= 0 && start > to[lane]! + CONTEXT_GROUPS * group) {
        found.push(decoded(text, kind, from[lane]!, to[lane]!, false));
        to[lane] = -1;
      }
      if (to[lane]! < 0) {
        const back = magic ? 0 : Math.min(CONTEXT_GROUPS, Math.floor((length - wordChars) / group));
        from[lane] = start - back * group;
      }
      to[lane] = magic ? text.length : Math.max(to[lane]!, start + CONTEXT_GROUPS * group);
    }
    if (length >= wordChars) close(text.length);
    for (const view of found) emit(view);
  };
}

/** Characters `from` up to `to` of `text`, decoded. */
function decoded(text: Uint8Array, { bits, values }: Radix, from: number, to: number, atEnd: boolean): View {
  const bytes = new Uint8Array(Math.floor(((to - from) * bits) / 8));
  let word = 0, have = 0, size = 0;
  for (let i = from; i < to; i++) {
    word = (word << bits) | values[text[i]!]!;
    have += bits;
    if (have < 8) continue;
    have -= 8;
    bytes[size++] = word >>> have;
    word &= (1 << have) - 1;
  }
  return {
    bytes,
    open: atEnd && to === text.length,
    source: (first, end) => [from + Math.floor((8 * first) / bits), from + Math.floor((8 * end - 1) / bits) + 1],
  };
}
