/**
 * Views of runs in base64, base32, hexadecimal and binary, at every alignment, inside any longer run. Read after line breaks are
 * gone, so wrapped or not is the same.
 *
 * base64 is common where nothing is hidden, so it is decoded only where it may matter: where three bytes are a pattern's,
 * where many in a row are ASCII (another encoding may be inside), or where a compressed stream starts. The others are rare
 * as long runs, and decoded whole.
 */

import { WordFilter } from "../filter.ts";
import type { Pattern } from "../pattern.ts";
import type { Reader } from "../view.ts";
import { hasCompressedMagic } from "./compressed.ts";
import { Decoded, type Radix } from "./decoded.ts";

function radix(bits: number, group: number, alphabet: string): Radix {
  const values = new Uint8Array(256).fill(255);
  for (let i = 0; i < alphabet.length; i++) {
    values[alphabet.charCodeAt(i)] = i;
    if (bits < 6) values[alphabet.toLowerCase().charCodeAt(i)] = i;
  }
  return { bits, values, group };
}

const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const BASE64 = radix(6, 4, `${UPPER}${UPPER.toLowerCase()}0123456789+/`);
// RFC 4648 §5 beside §4: both spellings of 62 and 63.
BASE64.values[0x2d] = 62;
BASE64.values[0x5f] = 63;

/** The other alphabets, in one case or the other, each with the shortest run (characters) that is read. */
const OTHERS: readonly (Radix & { characters: RegExp; least: number })[] = [
  { ...radix(4, 2, "0123456789ABCDEF"), characters: /[0-9a-fA-F]/, least: 12 },
  { ...radix(5, 8, `${UPPER}234567`), characters: /[A-Z2-7]/, least: 16 }, // RFC 4648 §6
  { ...radix(5, 8, `${UPPER}234567`), characters: /[a-z2-7]/, least: 24 },
  { ...radix(5, 8, "0123456789ABCDEFGHIJKLMNOPQRSTUV"), characters: /[A-V0-9]/, least: 16 }, // RFC 4648 §7
  { ...radix(5, 8, "0123456789ABCDEFGHIJKLMNOPQRSTUV"), characters: /[a-v0-9]/, least: 24 },
  { ...radix(1, 8, "01"), characters: /[01]/, least: 48 },
];
const EVERY = (1 << OTHERS.length) - 1;
/** For each byte, a bit for each of {@link OTHERS} that does not have it. */
const MISSING = Uint8Array.from({ length: 256 }, (_, byte) => {
  const char = String.fromCharCode(byte);
  return OTHERS.reduce((bits, { characters }, index) => bits | (characters.test(char) ? 0 : 1 << index), 0);
});
const LEAST_RUN = 8;
const LEAST_OTHER = Math.min(...OTHERS.map(({ least }) => least));

/** Groups of four characters decoded on both sides of what looked like something. */
const CONTEXT_QUADS = 24;
/** Groups of ASCII in a row that are worth reading. */
const ASCII_QUADS = 4;
/** From this threshold on, a trace holds two groups in a row at any alignment. */
const TWO_QUADS_BYTES = 8;

/** A reader of runs, for these patterns. */
export function runReader(patterns: readonly Pattern[]): Reader {
  const total = patterns.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
  const all = new WordFilter(total);
  const short = new WordFilter(256);
  for (const { bytes, threshold } of patterns) {
    for (let i = 0; i + 3 <= bytes.byteLength; i++) {
      const word = ((bytes[i]! << 16) | (bytes[i + 1]! << 8) | bytes[i + 2]!) | 0x202020;
      all.add(word);
      if (threshold < TWO_QUADS_BYTES) short.add(word);
    }
  }
  const values = BASE64.values;

  return (text, emit) => {
    const size = text.length;
    const out = new Decoded(text);
    for (let i = 0; i < size; i++) {
      if (values[text[i]!] === 255) continue;
      const from = i;
      while (++i < size && values[text[i]!] !== 255);
      if (i - from < LEAST_RUN) continue;
      for (let lane = 0; lane < 4; lane++) readLane(text, from + lane, i, all, short, out);
      if (i - from >= LEAST_OTHER) readOthers(text, from, i, out);
    }
    out.emit(emit);
  };
}

/** Looks at one alignment of a base64 run. */
function readLane(text: Uint8Array, from: number, to: number, all: WordFilter, short: WordFilter, out: Decoded): void {
  const values = BASE64.values;
  const { table, shift } = all.parts;
  let ascii = 0, known = 0;
  let start = -1, end = -1, deep = false;
  const last = to - 4;
  for (let i = from; i <= last; i += 4) {
    const word = (values[text[i]!]! << 18) | (values[text[i + 1]!]! << 12) | (values[text[i + 2]!]! << 6) |
      values[text[i + 3]!]!;
    let wanted = false, nested = false;
    if ((word & 0x808080) === 0) nested = ++ascii >= ASCII_QUADS || (i - from === 4 * (ascii - 1) && i + 8 > last);
    else ascii = 0;
    const folded = word | 0x202020;
    const hash = Math.imul(folded ^ (folded >>> 15), 0x9e3779b1);
    const mask = (1 << (hash >>> 5)) | (1 << (hash >>> 10));
    if ((table[hash >>> shift]! & mask) === mask) wanted = ++known >= 2 || short.has(folded);
    else known = 0;
    if ((word === 0x1f8b08 || word === 0x28b52f || (word >>> 16) === 0x78) && hasCompressedMagic(word)) {
      out.addCompressed(BASE64, i, to);
    }
    if (!wanted && !nested) continue;
    if (start >= 0 && i > end) {
      out.add(BASE64, start, end, deep);
      start = -1, deep = false;
    }
    if (start < 0) start = Math.max(from, i - 4 * CONTEXT_QUADS);
    end = Math.max(end, Math.min(to, i + 4 * CONTEXT_QUADS));
    deep ||= nested;
  }
  if (start >= 0) out.add(BASE64, start, end, deep);
}

/** Decodes what of a base64 run is a run of another alphabet. */
function readOthers(text: Uint8Array, from: number, to: number, out: Decoded): void {
  const since = new Int32Array(OTHERS.length).fill(from);
  // What is hexadecimal from end to end is not read as base32hex: its other 16 letters would have to be missing by chance.
  for (let i = from; i <= to; i++) {
    const missing = i === to ? EVERY : MISSING[text[i]!]!;
    if (missing === 0) continue;
    for (let index = 0; index < OTHERS.length; index++) {
      if ((missing & (1 << index)) === 0) continue;
      const start = since[index]!;
      if (index > 0) since[index] = i + 1;
      const other = OTHERS[index]!;
      if (i - start < other.least || (index >= 3 && index <= 4 && since[0]! <= start)) continue;
      for (let lane = 0; lane < other.group; lane++) out.add(other, start + lane, i, null);
    }
    if ((missing & 1) !== 0) since[0] = i + 1;
  }
}
