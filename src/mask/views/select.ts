/** Views that leave bytes out: control characters and white space, everything but letters and digits, ANSI sequences. */

import { isAlphanumeric } from "../pattern.ts";
import { type Reader, selection, type View } from "../view.ts";

const DENSE = Uint8Array.from({ length: 256 }, (_, byte) => byte > 0x20 && byte !== 0x7f ? 1 : 0);
const SKELETON = Uint8Array.from({ length: 256 }, (_, byte) => isAlphanumeric(byte) ? 1 : 0);

/**
 * Without white space and control characters: wrapped encodings become one run, one character a line becomes a word, and
 * UTF-16 and UTF-32 of ASCII lose their zeros.
 *
 * @param scratch at least as long as the text; the view borrows it
 */
export function denseView(text: Uint8Array, scratch: Uint8Array): View {
  return selected(text, scratch, DENSE);
}

/** Letters and digits alone: any punctuation may stand between them. */
export function skeletonView(text: Uint8Array, scratch: Uint8Array): View {
  return selected(text, scratch, SKELETON);
}

function selected(text: Uint8Array, scratch: Uint8Array, keep: Uint8Array): View {
  let size = 0;
  for (let i = 0; i < text.length; i++) {
    const byte = text[i]!;
    scratch[size] = byte;
    size += keep[byte]!;
  }
  const count = size;
  return selection(scratch.subarray(0, count), true, () => {
    const at = new Int32Array(count);
    for (let i = 0, o = 0; o < count; i++) if (keep[text[i]!] === 1) at[o++] = i;
    return at;
  });
}

/**
 * With wrapped lines made whole: no line breaks, and no blanks after them. The text itself where it has one line.
 *
 * @param scratch at least as long as the text; the view borrows it
 */
export function unwrappedView(text: Uint8Array, scratch: Uint8Array): View {
  let size = 0;
  for (let i = 0; i < text.length; i++) {
    const byte = text[i]!;
    if (byte === 0x0a || byte === 0x0d) i = endOfBreak(text, i) - 1;
    else scratch[size++] = byte;
  }
  const count = size;
  return selection(scratch.subarray(0, count), true, () => {
    const at = new Int32Array(count);
    for (let i = 0, o = 0; o < count; i++) {
      if (text[i] === 0x0a || text[i] === 0x0d) i = endOfBreak(text, i) - 1;
      else at[o++] = i;
    }
    return at;
  });
}

function endOfBreak(text: Uint8Array, at: number): number {
  let i = at + 1;
  while (i < text.length && (text[i] === 0x20 || text[i] === 0x09)) i++;
  return i;
}

const ESC = 0x1b, BEL = 0x07, BACKSPACE = 0x08;

/** Without terminal control sequences (ECMA-48 §5.4, OSC strings), and with what was struck over (`a`, backspace, `a`) once. */
export const readTerminal: Reader = (text, emit) => {
  const bytes = new Uint8Array(text.length);
  const at = new Int32Array(text.length);
  let size = 0;
  for (let i = 0; i < text.length;) {
    const byte = text[i]!;
    if (byte === ESC) {
      i = endOfSequence(text, i);
    } else if (byte === BACKSPACE) {
      if (size > 0) size--;
      i++;
    } else {
      bytes[size] = byte;
      at[size++] = i++;
    }
  }
  emit(selection(bytes.subarray(0, size), true, () => at));
};

function endOfSequence(text: Uint8Array, esc: number): number {
  const kind = text[esc + 1];
  let i = esc + 2;
  if (kind === 0x5b) { // CSI: parameters and intermediates 0x20–0x3f, one final byte 0x40–0x7e
    while (i < text.length && text[i]! >= 0x20 && text[i]! <= 0x3f) i++;
    return i < text.length && text[i]! >= 0x40 && text[i]! <= 0x7e ? i + 1 : i;
  }
  if (kind === 0x5d || kind === 0x50 || kind === 0x5e || kind === 0x5f || kind === 0x58) {
    // OSC, DCS, PM, APC, SOS: up to BEL or ST. Their text is left in where no end is near: it may be what is looked for.
    const limit = Math.min(text.length, i + 256);
    for (let end = i; end < limit; end++) {
      if (text[end] === BEL) return end + 1;
      if (text[end] === ESC) return text[end + 1] === 0x5c ? end + 2 : end;
    }
    return i;
  }
  while (i - 1 < text.length && text[i - 1]! >= 0x20 && text[i - 1]! <= 0x2f) i++;
  return Math.min(i, text.length);
}
