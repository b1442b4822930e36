/** Views that leave bytes out: control characters and white space, everything but letters and digits, ANSI sequences. */

import type { Selected, Text } from "../kernels/kernels.ts";
import { byteClass } from "../kernels/tables.ts";
import { isAlphanumeric } from "../pattern.ts";
import { located, type Reader, selection, type Span, type View } from "../view.ts";

/** What the escapes of each family begin with, in the order of {@link Selected.flags}: backslash, percent, quoted-printable, … */
export const MARKERS = [0x5c, 0x25, 0x3d, 0x26, 0x27, 0x22];
/** Bits of {@link Selected.flags}: a family of escapes each; what terminals act on. */
export const ESCAPE_FLAGS = 0x3f, TERMINAL_FLAGS = 0xc0;

/** A selection of a text: where it was loaded, and as a view. */
class Selection implements View {
  readonly open = true;
  readonly text: Text;
  readonly #of: Text;
  /** Asked for each byte of the text in turn. */
  readonly #stays: (byte: number) => boolean;
  #positions: Int32Array | null = null;

  constructor(text: Text, of: Text, stays: (byte: number) => boolean) {
    this.text = text;
    this.#of = of;
    this.#stays = stays;
  }

  get bytes(): Uint8Array {
    return this.text.bytes;
  }

  /** Where its bytes stand. */
  get positions(): Int32Array {
    return this.#positions ??= positionsOf(this.#of.bytes, this.text.size, this.#stays);
  }

  source(from: number, to: number): Span {
    const { positions } = this;
    return [positions[from]!, positions[to - 1]! + 1];
  }
}

/** Where the `size` bytes that stay stand. */
function positionsOf(bytes: Uint8Array, size: number, stays: (byte: number) => boolean): Int32Array {
  const at = new Int32Array(size);
  for (let i = 0, o = 0; o < size; i++) if (stays(bytes[i]!)) at[o++] = i;
  return at;
}

/**
 * Without white space and control characters: one character a line becomes a word, and UTF-16 and UTF-32 of ASCII lose their
 * zeros.
 */
export function denseOf(text: Text, { dense }: Selected): Selection {
  return new Selection(dense, text, isDense);
}

function isDense(byte: number): boolean {
  return byte > 0x20 && byte !== 0x7f;
}

/** Letters and digits alone: any punctuation may stand between them. */
export function skeletonOf(text: Text, { skeleton }: Selected): Selection {
  return new Selection(skeleton, text, isAlphanumeric);
}

/** With wrapped lines made whole: no line breaks, and no blanks after them. */
export function unwrappedOf(text: Text, { unwrapped }: Selected): Selection {
  let after = false;
  return new Selection(unwrapped, text, (byte) => {
    after = byte === 0x0a || byte === 0x0d || (after && (byte === 0x20 || byte === 0x09));
    return !after;
  });
}

const ESC = 0x1b, BEL = 0x07, BACKSPACE = 0x08;
const STRIKES = byteClass(Array.from({ length: 256 }, (_, byte) => byte === BACKSPACE ? 1 : 0));

/** Without terminal control sequences (ECMA-48 §5.4, OSC strings), and with what was struck over (`a`, backspace, `a`) once. */
export const readTerminal: Reader = (loaded, emit) => {
  const { bytes: text } = loaded;
  if (loaded.next(0, loaded.size, STRIKES) < loaded.size) return readStruck(text, emit);
  const plain = loaded.plain();
  emit(selection(plain.bytes, true, () => {
    const at = new Int32Array(plain.size);
    for (let i = 0, o = 0; o < at.length;) {
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

/** Where what starts with the escape at `esc` ends; `kernels.wat` does the same. */
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
    return Math.min(i, text.length);
  }
  while (i - 1 < text.length && text[i - 1]! >= 0x20 && text[i - 1]! <= 0x2f) i++;
  return Math.min(i, text.length);
}
