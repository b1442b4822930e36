/**
 * Views of base85 in three alphabets (Adobe's Ascii85, RFC 1924 as Python and git write it, Z85), at every alignment.
 *
 * The last five characters' number is kept while going along, modulo 2³²; the text is decoded where its first three bytes
 * are in a pattern, or where group after group is ASCII.
 */

import type { TripleFilter } from "../triples.ts";
import type { Reader, View } from "../view.ts";

const LETTERS = "abcdefghijklmnopqrstuvwxyz";
const ASCII85 = Array.from({ length: 85 }, (_, i) => String.fromCharCode(33 + i)).join("");
const RFC1924 = `0123456789${LETTERS.toUpperCase()}${LETTERS}!#$%&()*+-;<=>?@^_\`{|}~`;
const Z85 = `0123456789${LETTERS}${LETTERS.toUpperCase()}.-:+=^!/*?&<>()[]{}@%$#`;

const GROUP = 5;
const CONTEXT_GROUPS = 24;
/** Groups of ASCII in a row that are worth reading. */
const ASCII_GROUPS = 4;
/** 85⁵ modulo 2³². */
const POWER = Math.imul(52200625, 85);

/** One reader for each alphabet. */
export function base85Readers(triples: TripleFilter): Reader[] {
  return [ASCII85, RFC1924, Z85].map((alphabet) => readerOf(alphabet, triples));
}

function readerOf(alphabet: string, triples: TripleFilter): Reader {
  const values = new Uint8Array(256).fill(255);
  for (let i = 0; i < alphabet.length; i++) values[alphabet.charCodeAt(i)] = i;
  const filter = triples.bits, shift = triples.shift;
  const ascii = new Int32Array(GROUP), from = new Int32Array(GROUP), to = new Int32Array(GROUP);

  return (text, emit) => {
    // Handed on at the end: a view is read by this same reader again, and its lanes are these.
    const found: View[] = [];
    let word = 0, length = 0;
    ascii.fill(0), to.fill(-1);
    const close = (end: number): void => {
      for (let lane = 0; lane < GROUP; lane++) {
        if (to[lane]! >= 0) found.push(decoded(text, values, from[lane]!, Math.min(end, to[lane]!)));
      }
      ascii.fill(0), to.fill(-1);
    };
    for (let i = 0; i < text.length; i++) {
      const value = values[text[i]!]!;
      if (value === 255) {
        if (length >= GROUP) close(i);
        length = 0, word = 0;
        continue;
      }
      word = (Math.imul(word, 85) + value) | 0;
      if (length >= GROUP) word = (word - Math.imul(values[text[i - GROUP]!]!, POWER)) | 0;
      if (++length < GROUP) continue;
      const lane = i % GROUP;
      let wanted = false;
      if ((word & 0x80808080) === 0) wanted = ++ascii[lane]! >= ASCII_GROUPS;
      else ascii[lane] = 0;
      const bit = Math.imul((word >>> 8) | 0x202020, 0x9e3779b1) >>> shift;
      if (((filter[bit >>> 5]! >>> (bit & 31)) & 1) !== 0) wanted = true;
      if (!wanted) continue;
      const start = i + 1 - GROUP;
      if (to[lane]! >= 0 && start > to[lane]! + CONTEXT_GROUPS * GROUP) {
        found.push(decoded(text, values, from[lane]!, to[lane]!));
        to[lane] = -1;
      }
      if (to[lane]! < 0) {
        from[lane] = start - GROUP * Math.min(CONTEXT_GROUPS, Math.floor((length - GROUP) / GROUP));
      }
      to[lane] = start + CONTEXT_GROUPS * GROUP;
    }
    if (length >= GROUP) close(text.length);
    for (const view of found) emit(view);
  };
}

/** Characters `from` up to `to`; a short last group is read as its encoders write it, filled with the highest digit. */
function decoded(text: Uint8Array, values: Uint8Array, from: number, to: number): View {
  const bytes = new Uint8Array(Math.ceil(((to - from) * 4) / 5));
  let size = 0;
  for (let at = from; at + 1 < to; at += GROUP) {
    const have = Math.min(GROUP, to - at);
    let word = 0;
    for (let k = 0; k < GROUP; k++) word = word * 85 + (k < have ? values[text[at + k]!]! : 84);
    for (let k = 0; k < have - 1; k++) bytes[size++] = Math.floor(word / 2 ** (24 - 8 * k)) & 0xff;
  }
  return {
    bytes: bytes.subarray(0, size),
    open: to === text.length,
    source: (first, end) => [
      from + GROUP * Math.floor(first / 4),
      Math.min(to, from + GROUP * (Math.floor((end - 1) / 4) + 1)),
    ],
  };
}
