/**
 * Views of numbers of three digits with nothing between them: `112049…` (`%03d` of each byte) and the same in octal, at every
 * alignment inside any longer run of digits. Read after line breaks are gone.
 */

import type { Reader, View } from "../view.ts";
import { IN_DIGITS } from "./digits.ts";

const DIGITS = 3;
/** The shortest run (digits) that is read: six bytes. */
const LEAST_RUN = 6 * DIGITS;

/** Every run of digits, read as bytes. */
export const readPadded: Reader = (loaded, emit) => {
  const { bytes: text } = loaded;
  const found: View[] = [];
  for (let from = 0; from < text.length;) {
    const count = loaded.stretches(from, text.length, LEAST_RUN, IN_DIGITS);
    from = loaded.resume;
    const { list } = loaded;
    for (let i = 0; i < count; i += 2) {
      for (let lane = 0; lane < DIGITS; lane++) {
        for (const base of [10, 8]) readLane(text, list[i]! + lane, list[i + 1]!, base, found);
      }
    }
  }
  for (const view of found) emit(view);
};

/** Hands on each stretch of one alignment in which every number is a byte. */
function readLane(text: Uint8Array, from: number, to: number, base: number, found: View[]): void {
  const bytes = new Uint8Array(Math.floor((to - from) / DIGITS));
  let first = from, size = 0;
  const flush = (): void => {
    if (size >= LEAST_RUN / DIGITS) {
      const start = first;
      found.push({
        bytes: bytes.slice(0, size),
        open: start + DIGITS * (size + 1) > text.length,
        source: (low, high) => [start + DIGITS * low, start + DIGITS * high],
      });
    }
    size = 0;
  };
  for (let at = from; at + DIGITS <= to; at += DIGITS) {
    const byte = valueAt(text, at, base);
    if (byte < 0) flush();
    else {
      if (size === 0) first = at;
      bytes[size++] = byte;
    }
  }
  flush();
}

/** The byte that three digits stand for, or -1. */
function valueAt(text: Uint8Array, at: number, base: number): number {
  let value = 0;
  for (let k = 0; k < DIGITS; k++) {
    const digit = text[at + k]! - 0x30;
    if (digit >= base) return -1;
    value = value * base + digit;
  }
  return value <= 0xff ? value : -1;
}
