/** Views that leave bytes out: control characters and white space, everything but letters and digits, ANSI sequences. */

import { isAlphanumeric } from "../pattern.ts";
import { located, type Reader, selection, type View } from "../view.ts";

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
} as const;

/** For each byte, what it is. */
const KIND = Uint8Array.from({ length: 256 }, (_, byte) => {
  let kind = byte <= 0x20 || byte === 0x7f ? HAS.control as number : 0;
  if (!isAlphanumeric(byte)) kind |= HAS.symbol;
  if (byte === 0x0a || byte === 0x0d) kind |= HAS.lineBreak;
  if (byte === 0x20 || byte === 0x09) kind |= HAS.blank;
  if (byte >= 0x30 && byte <= 0x39) kind |= HAS.digit;
  if (byte >= 0x80) kind |= HAS.wide;
  if (byte === 0x1b || byte === 0x08) kind |= HAS.terminal;
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
  #buffers: [Uint8Array, Uint8Array, Uint8Array] = [new Uint8Array(0), new Uint8Array(0), new Uint8Array(0)];

  /** The selections of `text`; they borrow this room until it is used again. */
  select(text: Uint8Array): Selections {
    const size = text.length;
    if (this.#buffers[0].length < size) {
      const room = Math.max(1024, size + (size >> 1));
      this.#buffers = [new Uint8Array(room), new Uint8Array(room), new Uint8Array(room)];
    }
    const [dense, skeleton, unwrapped] = this.#buffers;
    let has = 0, d = 0, s = 0, u = 0, after = 0;
    for (let i = 0; i < size; i++) {
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
    return {
      has,
      dense: selection(dense.subarray(0, d), true, () => positions(text, d, (kind) => 1 ^ (kind & 1))),
      skeleton: selection(skeleton.subarray(0, s), true, () => positions(text, s, (kind) => 1 ^ ((kind >> 1) & 1))),
      unwrapped: selection(unwrapped.subarray(0, u), true, () => {
        let after = 0;
        return positions(text, u, (kind) => {
          after = (kind >> 2) & 1 | (after & (kind >> 3));
          return 1 ^ after;
        });
      }),
    };
  }
}

/** Where each byte that `keep` keeps stands. */
function positions(text: Uint8Array, count: number, keep: (kind: number) => number): Int32Array {
  const at = new Int32Array(count);
  for (let i = 0, o = 0; o < count; i++) if (keep(KIND[text[i]!]!) === 1) at[o++] = i;
  return at;
}

const ESC = 0x1b, BEL = 0x07, BACKSPACE = 0x08;

/** Without terminal control sequences (ECMA-48 §5.4, OSC strings), and with what was struck over (`a`, backspace, `a`) once. */
export const readTerminal: Reader = (text, emit) => {
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
