/** Views that leave bytes out: control characters and white space, everything but letters and digits, ANSI sequences. */

import { isAlphanumeric } from "../pattern.ts";
import { located, type Reader, selection, type View } from "../view.ts";
import { BLOCK_BYTES } from "./stretch.ts";

/** What a text has in it, so that it is worth reading in a certain way: {@link Selections.has}. */
export const HAS = {
  /** Anything that the dense view leaves out; a break; blanks; anything that the skeleton leaves out. */
  control: 1,
  symbol: 2,
  lineBreak: 4,
  blank: 8,
  digit: 16,
  wide: 32,
  terminal: 64,
  /** From this bit on: which families of escapes may be there, as {@link MARKERS} has them. */
  escapes: 128,
} as const;

/** What the escapes of each family begin with: backslash, percent, quoted-printable, HTML entities, quotes. */
export const MARKERS = [0x5c, 0x25, 0x3d, 0x26, 0x27, 0x22];

/** For each byte, what it is. */
const KIND = Uint16Array.from({ length: 256 }, (_, byte) => {
  let kind = byte <= 0x20 || byte === 0x7f ? HAS.control as number : 0;
  if (!isAlphanumeric(byte)) kind |= HAS.symbol;
  if (byte === 0x0a || byte === 0x0d) kind |= HAS.lineBreak;
  if (byte === 0x20 || byte === 0x09) kind |= HAS.blank;
  if (byte >= 0x30 && byte <= 0x39) kind |= HAS.digit;
  if (byte >= 0x80) kind |= HAS.wide;
  if (byte === 0x1b || byte === 0x08) kind |= HAS.terminal;
  const family = MARKERS.indexOf(byte);
  if (family >= 0) kind |= HAS.escapes << family;
  return kind;
});

/** Three selections of one text, made in one pass. */
export interface Selections {
  /** Union of {@link HAS}. */
  readonly has: number;
  /**
   * Without white space and control characters: one character a line becomes a word, and UTF-16 and UTF-32 of ASCII lose their
   * zeros.
   */
  readonly dense: View;
  /** Letters and digits alone: any punctuation may stand between them. */
  readonly skeleton: View;
  /** With wrapped lines made whole: no line breaks, and no blanks after them. */
  readonly unwrapped: View;
}

/** Room for three selections, used again and again. */
export class SelectionBuffers {
  #dense = new Uint8Array(0);
  #skeleton = new Uint8Array(0);
  #unwrapped = new Uint8Array(0);

  /** The selections of `text`; they borrow this room until it is used again. */
  select(text: Uint8Array): Selections {
    const size = text.length;
    if (this.#dense.length < size) {
      const room = Math.max(1024, size + (size >> 1));
      this.#dense = new Uint8Array(room);
      this.#skeleton = new Uint8Array(room);
      this.#unwrapped = new Uint8Array(room);
    }
    reached.fill(0);
    for (let from = 0; from < size; from += BLOCK_BYTES) {
      fill(text, from, Math.min(size, from + BLOCK_BYTES), this.#dense, this.#skeleton, this.#unwrapped);
    }
    const has = reached[HAS_WHAT]!,
      dense = reached[DENSE]!,
      skeleton = reached[SKELETON]!,
      unwrapped = reached[UNWRAPPED]!;
    return {
      has,
      dense: selection(this.#dense.subarray(0, dense), true, () => positions(text, dense, HAS.control)),
      skeleton: selection(this.#skeleton.subarray(0, skeleton), true, () => positions(text, skeleton, HAS.symbol)),
      unwrapped: selection(this.#unwrapped.subarray(0, unwrapped), true, () => unwrappedPositions(text, unwrapped)),
    };
  }
}

/** How far each selection has come, what was met, and whether blanks at hand follow a break. */
const reached = new Int32Array(5);
const HAS_WHAT = 0, DENSE = 1, SKELETON = 2, UNWRAPPED = 3, AFTER = 4;

/** Selects from bytes `from` up to `to`. No closure may hold its variables: they would not stay in registers. */
function fill(
  text: Uint8Array,
  from: number,
  to: number,
  dense: Uint8Array,
  skeleton: Uint8Array,
  unwrapped: Uint8Array,
): void {
  let has = reached[HAS_WHAT]!, d = reached[DENSE]!, s = reached[SKELETON]!, u = reached[UNWRAPPED]!;
  let after = reached[AFTER]!;
  for (let i = from; i < to; i++) {
    const byte = text[i]!;
    const kind = KIND[byte]!;
    has |= kind;
    dense[d] = byte;
    d += 1 ^ (kind & 1);
    skeleton[s] = byte;
    s += 1 ^ ((kind >> 1) & 1);
    unwrapped[u] = byte;
    after = (kind >> 2) & 1 | (after & (kind >> 3));
    u += 1 ^ after;
  }
  reached[HAS_WHAT] = has;
  reached[DENSE] = d;
  reached[SKELETON] = s;
  reached[UNWRAPPED] = u;
  reached[AFTER] = after;
}

/** Where each of the `count` bytes that are not of the kind `without` stands. */
function positions(text: Uint8Array, count: number, without: number): Int32Array {
  const at = new Int32Array(count);
  for (let i = 0, o = 0; o < count; i++) if ((KIND[text[i]!]! & without) === 0) at[o++] = i;
  return at;
}

function unwrappedPositions(text: Uint8Array, count: number): Int32Array {
  const at = new Int32Array(count);
  let after = 0;
  for (let i = 0, o = 0; o < count; i++) {
    const kind = KIND[text[i]!]!;
    after = (kind >> 2) & 1 | (after & (kind >> 3));
    if (after === 0) at[o++] = i;
  }
  return at;
}

const ESC = 0x1b, BEL = 0x07, BACKSPACE = 0x08;

/** Without terminal control sequences (ECMA-48 §5.4, OSC strings), and with what was struck over (`a`, backspace, `a`) once. */
export const readTerminal: Reader = (text, emit) => {
  if (text.includes(BACKSPACE)) return readStruck(text, emit);
  const bytes = new Uint8Array(text.length);
  let size = 0;
  for (let from = 0; from < text.length;) {
    const next = text.indexOf(ESC, from);
    const to = next < 0 ? text.length : next;
    for (let i = from; i < to; i++) bytes[size++] = text[i]!;
    from = next < 0 ? to : endOfSequence(text, next);
  }
  emit(selection(bytes.subarray(0, size), true, () => {
    const at = new Int32Array(size);
    for (let i = 0, o = 0; o < size;) {
      if (text[i] === ESC) i = endOfSequence(text, i);
      else at[o++] = i++;
    }
    return at;
  }));
};

function readStruck(text: Uint8Array, emit: (view: View) => void): void {
  const bytes = new Uint8Array(text.length);
  const starts = new Int32Array(text.length), ends = new Int32Array(text.length);
  let size = 0;
  // Where what was struck over began; the byte that takes its place stands there too.
  let struck = -1;
  for (let i = 0; i < text.length;) {
    const byte = text[i]!;
    if (byte === ESC) {
      i = endOfSequence(text, i);
    } else if (byte === BACKSPACE) {
      if (size > 0) struck = starts[--size]!;
      i++;
    } else {
      bytes[size] = byte;
      starts[size] = struck >= 0 ? struck : i;
      ends[size++] = ++i;
      struck = -1;
    }
  }
  emit(located(bytes.subarray(0, size), true, starts, ends));
}

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
