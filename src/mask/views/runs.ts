/**
 * Views of runs in base64, base32, hexadecimal and binary, at every alignment, inside any longer run. Read after line breaks are
 * gone, so wrapped or not is the same.
 *
 * base64 is common where nothing is hidden, so it is decoded only where it may matter: where three bytes are a pattern's,
 * where many in a row are ASCII (another encoding may be inside), or where a compressed stream starts. The others are rare
 * as long runs, and decoded whole.
 */

import { byteClass, members } from "../kernels/tables.ts";
import type { Reader } from "../view.ts";
import type { Decompressor } from "./compressed.ts";
import { Decoded, type Radix } from "./decoded.ts";
import { Lanes, type Words } from "./lanes.ts";
import { HEX, IN_HEX, LEAST_HEX, LONG_HEX } from "./hex.ts";
import { nextStretch, stretchEnd } from "./stretch.ts";

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

const BASE2 = radix(1, 8, "01");
const BINARY = members(/[01]/);
/** What of base64 is in a run, as {@link Text.kinds} has it. */
const DIGIT = 1, SIGN = 2, CAPITAL = 4, SMALL = 8;
const IN_RUN = byteClass(BASE64.values.map((value) => value === 255 ? 0 : 1));
/** Alphabets that are rare as long runs, by what they are all part of. */
const RARE: readonly {
  either: Uint8Array;
  /** What one has of which kind. */
  letter: number;
  kinds: readonly { kind: Radix; member: Uint8Array; notHex: boolean }[];
}[] = [
  {
    either: members(/[A-Z0-9]/),
    letter: CAPITAL,
    kinds: [
      { kind: radix(5, 8, `${UPPER}234567`), member: members(/[A-Z2-7]/), notHex: false }, // RFC 4648 §6
      { kind: radix(5, 8, "0123456789ABCDEFGHIJKLMNOPQRSTUV"), member: members(/[A-V0-9]/), notHex: true }, // RFC 4648 §7
    ],
  },
  {
    either: members(/[a-z0-9]/),
    letter: SMALL,
    kinds: [
      { kind: radix(5, 8, `${UPPER}234567`), member: members(/[a-z2-7]/), notHex: false },
      { kind: radix(5, 8, "0123456789ABCDEFGHIJKLMNOPQRSTUV"), member: members(/[a-v0-9]/), notHex: true },
    ],
  },
];

/** The shortest runs (characters) that are read: six bytes, and what alignment may cost. */
const LEAST_RUN = 8, LEAST_RARE = 10, LEAST_BINARY = 48;
/** A run with a larger part of hexadecimal digits is taken for those, and not for base32hex. */
const MOSTLY_HEX = 0.95;
/** A shorter run without a digit is a word, or a name. */
const LEAST_WORDLESS = 24;

/** At an end of a {@link LONG_HEX} run that goes on, so much (characters) may be part of what stands beside it. */
const HEX_EDGE = 8;
/** So many decimal digits in a row are no encoding that has letters too. */
const LEAST_DIGITS = 16;
/** Different digits in so many of a hash. */
const LEAST_VARIED = 8;

/**
 * A reader of runs.
 *
 * @param words those of what is looked for
 * @param filter which of the filters that texts are loaded with is that of {@link Words.all}
 * @param leastBytes the fewest bytes that a trace takes
 */
export function runReader(words: Words, filter: number, leastBytes: number, decompressor: Decompressor): Reader {
  const base64 = new Lanes(BASE64, words), hex = new Lanes(BASE16, words);
  const leastRun = Math.max(LEAST_RUN, Math.ceil((8 * leastBytes) / 6));
  const leastHex = Math.max(LEAST_HEX, 2 * leastBytes);
  const leastRare = Math.max(LEAST_RARE, Math.ceil((8 * leastBytes) / 5));

  /** At every alignment: what is read may stand behind letters that are part of nothing. */
  const readLanes = (
    text: Uint8Array,
    kind: Radix,
    from: number,
    to: number,
    deep: false | null,
    out: Decoded,
  ): void => {
    out.add(kind, from, to, null);
    for (let start = from + 1; start < from + kind.group && to - start >= leastRare; start++) {
      if (deep === null || words.mayHold(text, kind, start, to)) out.add(kind, start, to, deep);
    }
  };
  const readRare = (text: Uint8Array, from: number, to: number, has: number, out: Decoded): void => {
    for (const { either, letter, kinds } of RARE) {
      if ((has & (letter | DIGIT)) === 0) continue;
      for (let first = from, last = 0; (first = nextStretch(text, either, first, to, leastRare)) >= 0; first = last) {
        last = stretchEnd;
        for (const { kind, member, notHex } of kinds) {
          for (
            let start = first;
            (start = nextStretch(text, member, start, last, leastRare)) >= 0;
            start = stretchEnd
          ) {
            const end = stretchEnd;
            const isShort = end - start < LEAST_WORDLESS;
            // What is mostly hexadecimal is not base32hex: its other sixteen letters would have to be missing by chance.
            if (notHex && countOf(text, HEX, start, end) > MOSTLY_HEX * (end - start)) continue;
            // A word, or a name; or base32 that has no digit by chance.
            if (isShort && !hasDigit(text, start, end)) readLanes(text, kind, start, end, false, out);
            else {
              out.addBare(kind, start, end);
              readLanes(text, kind, start, end, isShort ? false : null, out);
            }
          }
        }
      }
    }
  };

  return (loaded, emit) => {
    const { bytes: text } = loaded;
    // A view is read by this same reader again, but only once it is through with the text.
    const out = new Decoded(text, decompressor);
    base64.start(loaded, filter, out), hex.start(loaded, filter, out);
    const readOther = (from: number, to: number, has: number, isWord: boolean): void => {
      if (to - from < leastRun) return;
      // Without a capital and a digit it is words, or a path: chance leaves both out of no more than a few characters.
      if ((has & (CAPITAL | DIGIT)) !== 0 || words.maySmall) base64.read(from, to);
      // What only digits are is none of what has letters too, but a value that is digits may be meant as base64.
      if (to - from < LEAST_RARE || (has === DIGIT && to - from >= LEAST_DIGITS)) return;
      if (!isWord && !isIntegrity(text, from)) out.addBare(BASE64, from, to);
      readRare(text, from, to, has, out);
    };
    const hexes = loaded.stretchesOf(LEAST_HEX, IN_HEX);
    let nextHex = 0;
    const readRun = (from: number, to: number): void => {
      const has = loaded.kinds(from, to);
      // Text is never written in these without a digit, but for base32, and that is long then.
      const isWord = to - from < LEAST_WORDLESS && (has & (DIGIT | SIGN)) === 0;
      let other = from;
      while (nextHex < hexes.length && hexes[nextHex]! < from) nextHex += 2;
      for (; nextHex < hexes.length && hexes[nextHex]! < to; nextHex += 2) {
        if (isWord) continue;
        const start = hexes[nextHex]!, end = hexes[nextHex + 1]!;
        if (end - start < leastHex) continue;
        hex.read(start, end, has === DIGIT);
        // That no byte of a stream has a letter would be chance.
        if (has !== DIGIT || end - start < LEAST_DIGITS) out.addBare(BASE16, start, end);
        if (end - start < LONG_HEX) continue;
        for (let bits = start; (bits = nextStretch(text, BINARY, bits, end, LEAST_BINARY)) >= 0; bits = stretchEnd) {
          out.addBare(BASE2, bits, stretchEnd);
          for (let lane = 0; lane < BASE2.group; lane++) out.add(BASE2, bits + lane, stretchEnd, null);
        }
        // The same few over and over are base64 of something that is compressed well.
        if (!isVaried(text, start, start + LONG_HEX)) continue;
        if (start > other) readOther(other, start + HEX_EDGE, has, false);
        other = end < to ? end - HEX_EDGE : end;
      }
      readOther(other, to, has, isWord);
    };
    for (let from = 0; from < loaded.size;) {
      const count = loaded.stretches(from, loaded.size, leastRun, IN_RUN);
      from = loaded.resume;
      const { list } = loaded;
      for (let i = 0; i < count; i += 2) readRun(list[i]!, list[i + 1]!);
    }
    out.emit(emit);
  };
}

function countOf(text: Uint8Array, member: Uint8Array, from: number, to: number): number {
  let count = 0;
  for (let i = from; i < to; i++) count += member[text[i]!]!;
  return count;
}

/** Whether there are as many different hexadecimal digits as there always are in a hash. */
function isVaried(text: Uint8Array, from: number, to: number): boolean {
  let seen = 0, count = 0;
  for (let i = from; i < to && count < LEAST_VARIED; i++) {
    const bit = 1 << BASE16.values[text[i]!]!;
    if ((seen & bit) === 0) count++;
    seen |= bit;
  }
  return count >= LEAST_VARIED;
}

/** Whether a hash of SHA-2 starts there, as lockfiles have it (W3C Subresource Integrity §3.5): no stream starts with its name. */
function isIntegrity(text: Uint8Array, from: number): boolean {
  return text[from] === 0x73 && text[from + 1] === 0x68 && text[from + 2] === 0x61 && text[from + 6] === 0x2d &&
    text[from + 3]! <= 0x39 && text[from + 4]! <= 0x39 && text[from + 5]! <= 0x39;
}

function hasDigit(text: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (text[i]! <= 0x39) return true;
  return false;
}
