/**
 * Views of base85 in three alphabets (Adobe's Ascii85, RFC 1924 as Python and git write it, Z85), at every alignment.
 *
 * Any code looks like base85: only where three groups in a row are text, a word is decoded at that alignment. A compressed
 * stream is found by the two digits that its magic number starts with.
 */

import type { Text } from "../kernels/kernels.ts";
import { byteClass, members, setHeads, tableOf } from "../kernels/tables.ts";
import type { Reader, View } from "../view.ts";
import { type Decompressor, hasCompressedMagic, mayStart, type Stream } from "./compressed.ts";
import { IN_HEX, LEAST_HEX, LONG_HEX } from "./hex.ts";
import { nextStretch, stretchEnd } from "./stretch.ts";

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

/** The same, one after the other, for a kernel. */
const VALUES_AT = tableOf(Uint8Array.from(VALUES.flatMap((values) => [...values])));

/** Calls `each` for the two digits that each number of four bytes from `from` up to `to` (both included) may start with. */
function headsOf(from: number, to: number, each: (first: number, second: number, alphabet: number) => void): void {
  for (let head = Math.floor(from / 85 ** 3); head <= Math.floor(to / 85 ** 3); head++) {
    ALPHABETS.forEach((alphabet, index) => {
      each(alphabet.charCodeAt(Math.floor(head / 85)), alphabet.charCodeAt(head % 85), index);
    });
  }
}

/**
 * For each two characters, a bit for each alphabet in which they can be the first digits of four bytes of text, and, three bits
 * further up, one for each in which they can be those of a compressed stream's magic number.
 */
const HEADS = new Uint8Array(1 << 16);
for (let byte = 0x09; byte < 0x7f; byte++) {
  if (!isTextByte(byte)) continue;
  for (const [from, to] of [[0x09, 0x0d], [0x20, 0x7e]] as const) {
    headsOf(byte * 2 ** 24 + from * 2 ** 16, byte * 2 ** 24 + to * 2 ** 16 + 0xffff, (first, second, index) => {
      HEADS[(first << 8) | second]! |= 1 << index;
    });
  }
}
[0x1f8b0800, 0x28b52ffd, 0x504b0304, 0x78010000, 0x785e0000, 0x789c0000, 0x78da0000].forEach((word) => {
  headsOf(word, word + (word % 0x10000 === 0 ? 0xffff : 0xff), (first, second, index) => {
    HEADS[(first << 8) | second]! |= 8 << index;
  });
});
/** Bits of each of five places in a row, as {@link Text.heads} gives them. */
const HEAD_BITS = 6;
// A kernel looks two characters up as the machine loads them.
setHeads(HEADS.map((_, pair) => HEADS[((pair & 0xff) << 8) | (pair >> 8)]!));

const GROUP = 5;
/** The shortest word (characters) that is read. */
const LEAST_WORD = 10;
/** The shortest word that is read as a stream without a magic number, and how far from its start a quote may be. */
const LEAST_BARE = 20, MAX_PREFIX = 16;
/** Characters that tell noise from what people write. */
const MIXED_CHARS = 40;
/** Room for what a word starts with: a whole number of groups. */
const HEAD = new Uint8Array(64);
/** What a word is made of. */
const IN_WORD = byteClass(Array.from({ length: 256 }, (_, byte) => byte > 0x20 ? 1 : 0));

/** What base64 and hexadecimal are made of. So many in a row (characters) are no noise in base85, but for an end that goes on. */
const PLAIN = members(/[A-Za-z0-9+/_-]/);
const NO_PLAIN = byteClass(PLAIN.map((is) => 1 - is));
const LONG_PLAIN = 64, PLAIN_EDGE = 20;

/**
 * A reader of words that are base85 of text, or of a compressed stream.
 * @param leastBytes the fewest bytes that a trace takes
 */
export function base85Reader(leastBytes: number, decompressor: Decompressor): Reader {
  const least = Math.max(LEAST_WORD, Math.ceil((leastBytes * GROUP) / 4));
  return (loaded, emit) => {
    const { bytes: text } = loaded;
    const found: View[] = [];
    DONE.fill(0);
    const hexes = loaded.stretchesOf(LEAST_HEX, IN_HEX);
    let nextHex = 0;
    const readPart = (part: number, end: number, from: number, to: number): void => {
      readWord(loaded, part, end, found);
      if (magicsSize > 0) readMagics(text, from, to, decompressor, found);
    };
    for (let start = 0; start < text.length;) {
      const count = loaded.stretches(start, text.length, least, IN_WORD);
      start = loaded.resume;
      const { list } = loaded;
      for (let i = 0; i < count; i += 2) {
        const from = list[i]!, to = list[i + 1]!;
        let part = from, isHash = false;
        for (; nextHex < hexes.length && hexes[nextHex]! < to; nextHex += 2) {
          const first = hexes[nextHex]!, end = hexes[nextHex + 1]!;
          isHash = first === from && end === to && to - from >= LEAST_BARE;
          if (isHash || first < from || end - first < LONG_HEX) continue;
          if (first > part) readPart(part, first + PLAIN_EDGE, from, to);
          part = end < to ? end - PLAIN_EDGE : end;
        }
        if (isHash) continue;
        if (part < to) readPart(part, to, from, to);
        if (to - from >= LEAST_BARE) readBare(loaded, from, to, decompressor, found);
      }
    }
    for (const view of found) emit(view);
  };
}

/** Where a word may have magic numbers: room that is used again, and how many. */
let magics = new Int32Array(1 << 8);
let magicsSize = 0;

/** Compressed streams that start anywhere in a word, but inside what is plain. */
function readMagics(text: Uint8Array, from: number, to: number, decompressor: Decompressor, found: View[]): void {
  let part = from;
  for (let start = from, end = 0; (start = nextStretch(text, PLAIN, start, to, LONG_PLAIN)) >= 0; start = end) {
    end = stretchEnd;
    if (start > part) readCompressed(text, part, start + PLAIN_EDGE, decompressor, found);
    part = end < to ? end - PLAIN_EDGE : end;
  }
  readCompressed(text, part, to, decompressor, found);
}

/** Compressed streams that start where {@link magics} tells. */
function readCompressed(text: Uint8Array, from: number, to: number, decompressor: Decompressor, found: View[]): void {
  for (let i = 0; i < magicsSize; i++) {
    const at = magics[i]!;
    if (at < from || at + 2 * GROUP > to) continue;
    const alphabets = HEADS[(text[at]! << 8) | text[at + 1]!]! >> 3;
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
function readBare(loaded: Text, from: number, to: number, decompressor: Decompressor, found: View[]): void {
  // Most words have no two capitals.
  const few = loaded.letters(from, Math.min(to, from + MAX_PREFIX + MIXED_CHARS));
  if (((few >> 8) & 0xff) < 2) return;
  const { bytes: text } = loaded;
  let quote = from;
  while (quote < from + MAX_PREFIX && text[quote] !== 0x22 && text[quote] !== 0x27) quote++;
  const isQuoted = quote < from + MAX_PREFIX;
  if (isPlain(loaded, isQuoted ? quote + 1 : from, to)) return;
  for (const start of isQuoted ? [from, quote + 1] : [from]) {
    if (!isMixed(loaded, start, Math.min(to, start + MIXED_CHARS)) || isPlain(loaded, start, to)) continue;
    for (const values of VALUES) {
      const head = headAt(text, start, to, values);
      if (head.length < (LEAST_BARE - GROUP) * 0.8) continue;
      const size = head.length < HEAD.length ? head.length : Math.floor(0.8 * (to - start));
      const view = (): View => decoded(text, start, groupsEnd(text, start, to, values), to, values);
      const stream = decompressor.bare(head, size, () => view().bytes);
      if (stream !== null) addStream(stream, view(), found);
    }
  }
}

/** Whether it starts with so many characters of base64 that it is no noise in base85. */
function isPlain(loaded: Text, from: number, to: number): boolean {
  return to - from >= LONG_PLAIN && loaded.next(from, from + LONG_PLAIN, NO_PLAIN) === from + LONG_PLAIN;
}

/** Whether capitals and small letters are mixed as in noise; in what people write there are more small ones, in dates more digits. */
function isMixed(loaded: Text, from: number, to: number): boolean {
  const count = loaded.letters(from, to);
  const small = count & 0xff, capitals = (count >> 8) & 0xff, digits = count >> 16;
  return capitals >= 2 && small <= 0.65 * (to - from) && digits <= 0.5 * (to - from);
}

/** What a word starts with, as far as it is base85, in room that is used again. */
function headAt(text: Uint8Array, from: number, to: number, values: Uint8Array): Uint8Array {
  let size = 0;
  for (let at = from; size < HEAD.length; at += GROUP) {
    const whole = at + GROUP <= to ? groupAt(text, at, values) : -1;
    if (whole >= 0) {
      HEAD[size] = whole >>> 24;
      HEAD[size + 1] = whole >>> 16;
      HEAD[size + 2] = whole >>> 8;
      HEAD[size + 3] = whole;
      size += 4;
      continue;
    }
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

/** For each alphabet and alignment, up to where it has been decoded. */
const DONE = new Int32Array(ALPHABETS.length * GROUP);

/** Reads a word's text, and notes its magic numbers. */
function readWord(loaded: Text, from: number, to: number, found: View[]): void {
  const { bytes: text } = loaded;
  magicsSize = 0;
  if (to - from < LEAST_WORD + GROUP) {
    readShort(text, from, to, found);
    return;
  }
  // What was listed is listed again from two groups before, but for magic numbers.
  for (let first = from, next = from; next < to;) {
    const count = loaded.heads(next, first, to, VALUES_AT);
    first = loaded.resume;
    next = first < to ? first - 2 * GROUP : to;
    const { secondList } = loaded;
    for (let i = 0; i < count; i += 2) {
      const at = secondList[i]! >> 1;
      if ((secondList[i]! & 1) !== 0) addMagic(at, to);
      else readTexts(text, at, from, to, secondList[i + 1]!, found);
    }
  }
}

/** Reads a word that may be two groups of text. */
function readShort(text: Uint8Array, from: number, to: number, found: View[]): void {
  for (let at = from; at + 2 * GROUP <= to; at++) {
    const head = HEADS[(text[at]! << 8) | text[at + 1]!]!;
    if (head >> 3 !== 0) addMagic(at, to);
    const alphabets = head & HEADS[(text[at + GROUP]! << 8) | text[at + GROUP + 1]!]! & 7;
    if (alphabets === 0) continue;
    for (let index = 0; index < VALUES.length; index++) {
      if ((alphabets & (1 << index)) !== 0) readText(text, at, from, to, index, 2, found);
    }
  }
}

/** Reads three groups each from the places that `bits` tells, the first of which is `at`. */
function readTexts(text: Uint8Array, at: number, from: number, to: number, bits: number, found: View[]): void {
  for (let rest = bits; rest !== 0; rest &= rest - 1) {
    const bit = 31 - Math.clz32(rest & -rest);
    readText(text, at + Math.floor(bit / HEAD_BITS), from, to, bit % HEAD_BITS, 3, found);
  }
}

/** Decodes the word at `at`, as far as it is text both ways, if at least `least` groups are. */
function readText(
  text: Uint8Array,
  at: number,
  from: number,
  to: number,
  index: number,
  least: number,
  found: View[],
): void {
  const lane = index * GROUP + at % GROUP;
  if (DONE[lane]! > at) return;
  const values = VALUES[index]!;
  let start = at, end = at;
  while (end + GROUP <= to && isText(groupAt(text, end, values))) end += GROUP;
  if (end - at < least * GROUP) return;
  while (start - GROUP >= from && isText(groupAt(text, start - GROUP, values))) start -= GROUP;
  DONE[lane] = end;
  if (end - start < LEAST_WORD + GROUP && end - start <= to - from - GROUP) return;
  found.push(decoded(text, start, end, Math.min(to, end + GROUP - 1), values));
}

function addMagic(at: number, to: number): void {
  if (at + 2 * GROUP > to) return;
  if (magicsSize === magics.length) {
    const grown = new Int32Array(2 * magicsSize);
    grown.set(magics);
    magics = grown;
  }
  magics[magicsSize++] = at;
}

/** The number that five characters stand for, or -1. */
function groupAt(text: Uint8Array, at: number, values: Uint8Array): number {
  const a = values[text[at]!]!, b = values[text[at + 1]!]!, c = values[text[at + 2]!]!, d = values[text[at + 3]!]!;
  const e = values[text[at + 4]!]!;
  if ((a | b | c | d | e) > 0x7f) return -1;
  const word = (((a * 85 + b) * 85 + c) * 85 + d) * 85 + e;
  return word <= 0xffffffff ? word : -1;
}

function isText(word: number): boolean {
  return word >= 0 && isTextByte(word >>> 24) && isTextByte((word >>> 16) & 0xff) && isTextByte((word >>> 8) & 0xff) &&
    isTextByte(word & 0xff);
}

function isTextByte(byte: number): boolean {
  return byte <= 0x7e && (byte >= 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09);
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
