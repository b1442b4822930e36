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

const BASE16 = radix(4, 2, "0123456789ABCDEF");
const LEAST_HEX = 12;
/** Alphabets that are rare as long runs, in one case or the other, each with the shortest run (characters) that is read. */
const RARE: readonly { kind: Radix; member: Uint8Array; least: number; notHex: boolean }[] = [
  rare(radix(5, 8, `${UPPER}234567`), /[A-Z2-7]/, 16), // RFC 4648 §6
  rare(radix(5, 8, `${UPPER}234567`), /[a-z2-7]/, 24),
  rare(radix(5, 8, "0123456789ABCDEFGHIJKLMNOPQRSTUV"), /[A-V0-9]/, 16, true), // RFC 4648 §7
  rare(radix(5, 8, "0123456789ABCDEFGHIJKLMNOPQRSTUV"), /[a-v0-9]/, 24, true),
  rare(radix(1, 8, "01"), /[01]/, 48),
];

function rare(kind: Radix, characters: RegExp, least: number, notHex = false) {
  const member = Uint8Array.from({ length: 256 }, (_, byte) => characters.test(String.fromCharCode(byte)) ? 1 : 0);
  return { kind, member, least, notHex };
}

const LEAST_RUN = 8;

/** Bytes decoded on both sides of what looked like something. */
const CONTEXT_BYTES = 72;
/** Bytes of ASCII in a row that are worth reading. */
const ASCII_BYTES = 12;
/** From this threshold on, a trace holds two words of three bytes in a row at any alignment. */
const TWO_WORDS_BYTES = 8;

/** A reader of runs, for these patterns. */
export function runReader(patterns: readonly Pattern[]): Reader {
  const total = patterns.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
  const all = new WordFilter(total);
  const short = new WordFilter(256);
  for (const { bytes, threshold } of patterns) {
    for (let i = 0; i + 3 <= bytes.byteLength; i++) {
      const word = ((bytes[i]! << 16) | (bytes[i + 1]! << 8) | bytes[i + 2]!) | 0x202020;
      all.add(word);
      if (threshold < TWO_WORDS_BYTES) short.add(word);
    }
  }
  const values = BASE64.values;
  const hex = BASE16.values;

  return (text, emit) => {
    const size = text.length;
    const out = new Decoded(text);
    for (let i = 0; i < size; i++) {
      if (values[text[i]!] === 255) continue;
      const from = i;
      while (++i < size && values[text[i]!] !== 255);
      if (i - from < LEAST_RUN) continue;
      readPacked(text, BASE64, from, i, all, short, out);
      if (i - from < LEAST_HEX) continue;
      eachRun(
        text,
        hex,
        255,
        from,
        i,
        LEAST_HEX,
        (start, end) => readPacked(text, BASE16, start, end, all, short, out),
      );
      if (i - from >= 16) {
        for (const { kind, member, least, notHex } of RARE) {
          eachRun(text, member, 0, from, i, least, (start, end) => {
            // What is mostly hexadecimal is not base32hex: its other sixteen letters would have to be missing by chance.
            if (notHex && countOf(text, hex, start, end) > 0.8 * (end - start)) return;
            for (let lane = 0; lane < kind.group; lane++) out.add(kind, start + lane, end, null);
          });
        }
      }
    }
    out.emit(emit);
  };
}

/** Calls `found` for each run of at least `least` bytes whose entry in `table` is not `none`; most bytes are not looked at. */
function eachRun(
  text: Uint8Array,
  table: Uint8Array,
  none: number,
  from: number,
  to: number,
  least: number,
  found: (from: number, to: number) => void,
): void {
  let start = from;
  for (let end = from + least - 1; end < to;) {
    let i = end;
    while (i >= start && table[text[i]!] !== none) i--;
    if (i >= start) {
      start = i + 1;
      end = i + least;
      continue;
    }
    while (++end < to && table[text[end]!] !== none);
    found(start, end);
    start = end + 1;
    end += least;
  }
}

function countOf(text: Uint8Array, values: Uint8Array, from: number, to: number): number {
  let count = 0;
  for (let i = from; i < to; i++) if (values[text[i]!] !== 255) count++;
  return count;
}

/** For each alignment: where the last ASCII word and the last word of a pattern ended, and how many there were in a row. */
const asciiAt = new Int32Array(4), asciiCount = new Int32Array(4);
const knownAt = new Int32Array(4), knownCount = new Int32Array(4);
/** For each alignment: what is to be decoded, `from` < 0 where nothing is. */
const wantedFrom = new Int32Array(4), wantedTo = new Int32Array(4), wantedDeep = new Uint8Array(4);

/** Reads a run of characters of 4 or 6 bits, every alignment at once, keeping the last 24 bits. */
function readPacked(
  text: Uint8Array,
  kind: Radix,
  from: number,
  to: number,
  all: WordFilter,
  short: WordFilter,
  out: Decoded,
): void {
  const { bits, values, group } = kind;
  const { table, shift } = all.parts;
  const wordChars = 24 / bits;
  const groupBytes = (group * bits) / 8;
  const context = Math.ceil(CONTEXT_BYTES / groupBytes) * group;
  const asciiGroups = Math.ceil((ASCII_BYTES - 3) / groupBytes) + 1;
  const lanes = group - 1;
  asciiAt.fill(-9), knownAt.fill(-9), wantedFrom.fill(-1), wantedDeep.fill(0);
  const first = from + wordChars - 1;
  let word = 0;
  for (let i = from; i < to; i++) {
    word = ((word << bits) | values[text[i]!]!) & 0xffffff;
    if (i < first) continue;
    let wanted = false, nested = false;
    if ((word & 0x808080) === 0) {
      const lane = i & lanes;
      const count = asciiCount[lane] = asciiAt[lane] === i - group ? asciiCount[lane]! + 1 : 1;
      asciiAt[lane] = i;
      // What is ASCII from one end of a short run to the other counts too.
      nested = count >= asciiGroups || (i - first === group * (count - 1) && i + group >= to);
    }
    const folded = word | 0x202020;
    const hash = Math.imul(folded ^ (folded >>> 15), 0x9e3779b1);
    const mask = (1 << (hash >>> 5)) | (1 << (hash >>> 10));
    if ((table[hash >>> shift]! & mask) === mask) {
      const lane = i & lanes;
      const count = knownCount[lane] = knownAt[lane] === i - group ? knownCount[lane]! + 1 : 1;
      knownAt[lane] = i;
      wanted = count >= 2 || short.has(folded);
    }
    if ((word === 0x1f8b08 || word === 0x28b52f || (word >>> 16) === 0x78) && hasCompressedMagic(word)) {
      out.addCompressed(kind, i + 1 - wordChars, to);
    }
    if (!wanted && !nested) continue;
    const lane = i & lanes;
    const start = i + 1 - wordChars;
    if (wantedFrom[lane]! >= 0 && start > wantedTo[lane]!) {
      out.add(kind, wantedFrom[lane]!, wantedTo[lane]!, wantedDeep[lane] === 1);
      wantedFrom[lane] = -1, wantedDeep[lane] = 0;
    }
    if (wantedFrom[lane]! < 0) {
      wantedFrom[lane] = start - Math.min(context, start - from - ((start - from) % group));
    }
    wantedTo[lane] = Math.min(to, start + context);
    if (nested) wantedDeep[lane] = 1;
  }
  for (let lane = 0; lane < group; lane++) {
    if (wantedFrom[lane]! >= 0) out.add(kind, wantedFrom[lane]!, wantedTo[lane]!, wantedDeep[lane] === 1);
  }
}
