/**
 * Views of base85 in three alphabets (Adobe's Ascii85, RFC 1924 as Python and git write it, Z85), at every alignment.
 *
 * Any code looks like base85, so words are only sampled: where two groups in a row are text, the word is decoded at that
 * alignment. A compressed stream is found by the two digits that its magic number starts with.
 */

import type { View } from "../view.ts";
import { type Decompressor, hasCompressedMagic, mayStart, type Stream } from "./compressed.ts";

const LETTERS = "abcdefghijklmnopqrstuvwxyz";
const ALPHABETS: readonly string[] = [
  Array.from({ length: 85 }, (_, i) => String.fromCharCode(33 + i)).join(""),
  `0123456789${LETTERS.toUpperCase()}${LETTERS}!#$%&()*+-;<=>?@^_\`{|}~`,
  `0123456789${LETTERS}${LETTERS.toUpperCase()}.-:+=^!/*?&<>()[]{}@%$#`,
];
/** Value of each byte in each alphabet, or 255. */
const VALUES: readonly Uint8Array[] = ALPHABETS.map((alphabet) => {
  const values = new Uint8Array(256).fill(255);
  for (let i = 0; i < alphabet.length; i++) values[alphabet.charCodeAt(i)] = i;
  return values;
});

/** For each byte, a bit for each alphabet in which it can be the first digit of four bytes of text: 10 to 40. */
const FIRST = Uint8Array.from({ length: 256 }, (_, byte) => {
  return VALUES.reduce(
    (bits, values, index) => bits | (values[byte]! >= 10 && values[byte]! <= 40 ? 1 << index : 0),
    0,
  );
});

/** For each two bytes, a bit for each alphabet in which they can be the first digits of a compressed stream's magic number. */
const MAGIC = new Uint8Array(1 << 16);
/** For each byte, whether any of those begins with it. */
const MAGIC_FIRST = new Uint8Array(256);
for (const word of [0x1f8b0800, 0x28b52ffd, 0x504b0304, 0x78010000, 0x785e0000, 0x789c0000, 0x78da0000]) {
  for (const rest of [0, word % 0x10000 === 0 ? 0xffff : 0xff]) {
    ALPHABETS.forEach((alphabet, index) => {
      const first = alphabet.charCodeAt(Math.floor((word + rest) / 85 ** 4));
      const second = alphabet.charCodeAt(Math.floor((word + rest) / 85 ** 3) % 85);
      MAGIC_FIRST[first] = 1;
      MAGIC[(first << 8) | second]! |= 1 << index;
    });
  }
}

const GROUP = 5;
/** The shortest word (characters) that is read. */
const LEAST_WORD = 10;
/** The shortest word that is read as a stream without a magic number, and how far from its start a quote may be. */
const LEAST_BARE = 20, MAX_PREFIX = 16;
/** Room for what a word starts with: a whole number of groups. */
const HEAD = new Uint8Array(64);
/** A sample is taken this often (characters). */
const STRIDE = 20;

/** Words that are base85 of text. */
export function readBase85(text: Uint8Array, decompressor: Decompressor, emit: (view: View) => void): void {
  const size = text.length;
  const found: View[] = [];
  for (let i = 0; i < size; i++) {
    if (text[i]! <= 0x20) continue;
    const from = i;
    while (++i < size && text[i]! > 0x20);
    if (i - from < LEAST_WORD) continue;
    readWord(text, from, i, found);
    readCompressed(text, from, i, decompressor, found);
    if (i - from >= LEAST_BARE) readBare(text, from, i, decompressor, found);
  }
  for (const view of found) emit(view);
}

/** Compressed streams that start anywhere in a word. */
function readCompressed(text: Uint8Array, from: number, to: number, decompressor: Decompressor, found: View[]): void {
  for (let at = from; at + 2 * GROUP <= to; at++) {
    if (MAGIC_FIRST[text[at]!] === 0) continue;
    const alphabets = MAGIC[(text[at]! << 8) | text[at + 1]!]!;
    for (let index = 0; alphabets >> index !== 0; index++) {
      if ((alphabets & (1 << index)) === 0) continue;
      const values = VALUES[index]!;
      const word = groupAt(text, at, values);
      if (word < 0 || !hasCompressedMagic(word >>> 8)) continue;
      if (!mayStart(headAt(text, at, to, values))) continue;
      const view = decoded(text, at, groupsEnd(text, at, to, values), to, values);
      addStream(decompressor.stream(view.bytes, 0), view, found);
    }
  }
}

/** Compressed streams without a magic number, where a word starts or a quote in it ends. */
function readBare(text: Uint8Array, from: number, to: number, decompressor: Decompressor, found: View[]): void {
  let quote = from;
  while (quote < from + MAX_PREFIX && text[quote] !== 0x22 && text[quote] !== 0x27) quote++;
  for (const start of quote < from + MAX_PREFIX ? [from, quote + 1] : [from]) {
    if (!isMixed(text, start, Math.min(to, start + LEAST_BARE))) continue;
    for (const values of VALUES) {
      const head = headAt(text, start, to, values);
      if (head.length < (LEAST_BARE - GROUP) * 0.8) continue;
      const size = head.length < HEAD.length ? head.length : Math.floor(0.8 * (to - start));
      let view: View | null = null;
      const stream = decompressor.bare(head, size, () => {
        view = decoded(text, start, groupsEnd(text, start, to, values), to, values);
        return view.bytes;
      });
      if (view !== null) addStream(stream, view, found);
    }
  }
}

/** Whether capitals and small letters are mixed as in noise; in what people write there are more small ones. */
function isMixed(text: Uint8Array, from: number, to: number): boolean {
  let capitals = 0, small = 0;
  for (let i = from; i < to; i++) {
    const byte = text[i]!;
    if (byte >= 0x61 && byte <= 0x7a) small++;
    else if (byte >= 0x41 && byte <= 0x5a) capitals++;
  }
  return capitals >= 2 && small <= 13;
}

/** What a word starts with, as far as it is base85, in room that is used again. */
function headAt(text: Uint8Array, from: number, to: number, values: Uint8Array): Uint8Array {
  let size = 0;
  for (let at = from; size < HEAD.length; at += GROUP) {
    let word = 0, digits = 0;
    while (digits < GROUP && at + digits < to && values[text[at + digits]!] !== 255) {
      word = word * 85 + values[text[at + digits++]!]!;
    }
    // A short last group is filled with the highest digit.
    for (let k = digits; k < GROUP; k++) word = word * 85 + 84;
    if (digits < 2 || word > 0xffffffff) break;
    for (let k = 0; k < digits - 1; k++) HEAD[size++] = word >>> (24 - 8 * k);
    if (digits < GROUP) break;
  }
  return HEAD.subarray(0, size);
}

function groupsEnd(text: Uint8Array, from: number, to: number, values: Uint8Array): number {
  let end = from;
  while (end + GROUP <= to && groupAt(text, end, values) >= 0) end += GROUP;
  return end;
}

/** Keeps what a stream at the start of a decoded word says. */
function addStream(stream: Stream | null, word: View, found: View[]): void {
  if (stream === null) return;
  const place = word.source(0, Math.min(word.bytes.length, stream.consumed));
  found.push({ bytes: stream.bytes, open: false, source: () => place });
}

function readWord(text: Uint8Array, from: number, to: number, found: View[]): void {
  // For each alphabet and alignment, up to where it has been decoded.
  let done: Int32Array | null = null;
  for (let sample = from; sample + 2 * GROUP <= to; sample += STRIDE) {
    const stop = Math.min(sample + GROUP, to - 2 * GROUP + 1);
    for (let at = sample; at < stop; at++) {
      // Most samples end here.
      const alphabets = FIRST[text[at]!]! & FIRST[text[at + GROUP]!]!;
      if (alphabets === 0) continue;
      for (let index = 0; index < VALUES.length; index++) {
        if ((alphabets & (1 << index)) === 0) continue;
        const values = VALUES[index]!;
        if (!isText(groupAt(text, at, values)) || !isText(groupAt(text, at + GROUP, values))) continue;
        done ??= new Int32Array(VALUES.length * GROUP);
        const lane = index * GROUP + at % GROUP;
        if (done[lane]! > at) continue;
        let start = at, end = at + 2 * GROUP;
        while (start - GROUP >= from && isText(groupAt(text, start - GROUP, values))) start -= GROUP;
        while (end + GROUP <= to && isText(groupAt(text, end, values))) end += GROUP;
        done[lane] = end;
        if (end - start < LEAST_WORD + GROUP && end - start <= to - from - GROUP) continue;
        found.push(decoded(text, start, end, Math.min(to, end + GROUP - 1), values));
      }
    }
  }
}

/** The number that five characters stand for, or -1. */
function groupAt(text: Uint8Array, at: number, values: Uint8Array): number {
  let word = 0;
  for (let k = 0; k < GROUP; k++) {
    const value = values[text[at + k]!]!;
    if (value === 255) return -1;
    word = word * 85 + value;
  }
  return word <= 0xffffffff ? word : -1;
}

function isText(word: number): boolean {
  if (word < 0) return false;
  for (let k = 0; k < 4; k++) {
    const byte = (word >>> (8 * k)) & 0xff;
    if (byte > 0x7e || (byte < 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) return false;
  }
  return true;
}

/**
 * Whole groups `from` up to `to`, and what follows up to `end` as a short last group, which is read as its encoders write it:
 * filled with the highest digit.
 */
function decoded(text: Uint8Array, from: number, to: number, end: number, values: Uint8Array): View {
  const bytes = new Uint8Array(((to - from) / GROUP) * 4 + 4);
  let size = 0;
  for (let at = from; at < to; at += GROUP) {
    const word = groupAt(text, at, values);
    for (let k = 3; k >= 0; k--) bytes[size++] = word >>> (8 * k);
  }
  let rest = 0;
  while (to + rest < end && rest < GROUP - 1 && values[text[to + rest]!] !== 255) rest++;
  let word = 0;
  for (let k = 0; k < GROUP; k++) word = word * 85 + (k < rest ? values[text[to + k]!]! : 84);
  for (let k = 0; k < rest - 1; k++) bytes[size++] = Math.floor(word / 2 ** (24 - 8 * k));
  return {
    bytes: bytes.subarray(0, size),
    open: to + rest === text.length,
    source: (first, last) => [
      from + GROUP * Math.floor(first / 4),
      Math.min(to + rest, from + GROUP * (Math.floor((last - 1) / 4) + 1)),
    ],
  };
}
