/**
 * Views with escapes undone: backslash (JSON, JavaScript, Python, C, shell), percent, quoted-printable, HTML entities.
 *
 * Escapes are sparse in most text, so a view is made of each island: escapes near each other, with enough text around them
 * that what stands beyond is found without this view, and meets what is found with it.
 */

import { encodeUtf8 } from "../../base/mod.ts";
import type { Text } from "../kernels/kernels.ts";
import { type ByteClass, byteClass } from "../kernels/tables.ts";
import type { Span, View } from "../view.ts";
import { MARKERS } from "./select.ts";
import { isAssigned, MARGIN_BYTES, reachAfter, reachBefore } from "./reach.ts";

/** What one escape stands for: `size` bytes in `bytes`. */
interface Unit {
  bytes: Uint8Array;
  size: number;
}

/** Reads the escape at `at` into `unit`; how many bytes it takes, or 0 where there is none. */
type Undo = (text: Uint8Array, at: number, unit: Unit) => number;

/** Numbers that an island keeps of an escape: where it stands in the view and in the text, and how much it takes of each. */
const VIEW_AT = 0, TEXT_AT = 1, SIZE = 2, TAKEN = 3, NUMBERS = 4;

/**
 * Quoted-printable's place among the families. `rows=45` and `status=200` are as good as none of its escapes: a value with one in it is
 * found, but nothing else is looked for.
 */
const QUOTED_PRINTABLE = 2;

class Island {
  readonly #text: Uint8Array;
  readonly #from: number;
  readonly #family: number;
  #out = new Uint8Array(512);
  #size = 0;
  /** {@link NUMBERS} for each escape. */
  #escapes = new Int32Array(16 * NUMBERS);
  #escapesSize = 0;
  /** Families whose escapes what was undone may be the start of. */
  #brought = 0;
  /** Whether each escape may be what somebody assigned; see {@link QUOTED_PRINTABLE}. */
  #areAssigned: boolean;
  /** End of the last escape in the text. */
  end: number;

  constructor(text: Uint8Array, from: number, family: number) {
    this.#text = text;
    this.#from = from;
    this.#family = family;
    this.#areAssigned = family === QUOTED_PRINTABLE;
    this.end = from;
  }

  add(at: number, taken: number, unit: Unit): void {
    this.#copy(at, unit.size);
    this.#areAssigned &&= isAssigned(this.#text, at, at + taken);
    if (this.#escapesSize === this.#escapes.length) {
      const grown = new Int32Array(2 * this.#escapesSize);
      grown.set(this.#escapes);
      this.#escapes = grown;
    }
    const escapes = this.#escapes, e = this.#escapesSize, out = this.#out;
    escapes[e + VIEW_AT] = this.#size;
    escapes[e + TEXT_AT] = at;
    escapes[e + SIZE] = unit.size;
    escapes[e + TAKEN] = taken;
    this.#escapesSize = e + NUMBERS;
    for (let i = 0; i < unit.size; i++) out[this.#size++] = unit.bytes[i]!;
    if (unit.size > 0 && FAMILY[unit.bytes[0]!] !== 0) this.#brought |= 1 << (FAMILY[unit.bytes[0]!]! - 1);
    this.end = at + taken;
  }

  /** Copies text up to `to`, and makes room for `more` bytes after it. */
  #copy(to: number, more: number): void {
    const size = this.#size + to - this.end;
    if (size + more > this.#out.length) {
      const grown = new Uint8Array(2 * (size + more));
      grown.set(this.#out.subarray(0, this.#size));
      this.#out = grown;
    }
    const text = this.#text, out = this.#out;
    for (let i = this.end, o = this.#size; o < size; i++, o++) out[o] = text[i]!;
    this.#size = size;
    this.end = to;
  }

  close(): View {
    this.#copy(Math.max(this.end, reachAfter(this.#text, this.end)), 0);
    return {
      bytes: this.#out.subarray(0, this.#size),
      open: this.end === this.#text.length,
      deep: this.#family < FIRST_QUOTES && !this.#areAssigned,
      escapes: this.#brought | (ALL_ESCAPES & ~((2 << this.#family) - 1)),
      source: (from, to) => [this.#source(from)[0], this.#source(to - 1)[1]],
    };
  }

  /** Where the byte at `position` of the view stands in the text. */
  #source(position: number): Span {
    const escapes = this.#escapes;
    let low = -1, high = this.#escapesSize / NUMBERS - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (escapes[middle * NUMBERS + VIEW_AT]! <= position) low = middle;
      else high = middle - 1;
    }
    if (low < 0) return [this.#from + position, this.#from + position + 1];
    const e = low * NUMBERS, start = escapes[e + TEXT_AT]!, end = start + escapes[e + TAKEN]!;
    const behind = position - escapes[e + VIEW_AT]! - escapes[e + SIZE]!;
    return behind < 0 ? [start, end] : [end + behind, end + behind + 1];
  }
}

/** Value of a digit up to base 16, or 16. */
const DIGIT = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return byte >= 0x41 && lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : 16;
});

/** Reads up to `most` digits of `base` at `at`: the number of digits, with the value in `digitsValue`. */
let digitsValue = 0;
function digits(text: Uint8Array, at: number, base: number, most: number): number {
  let count = 0, value = 0;
  while (count < most && at + count < text.length && DIGIT[text[at + count]!]! < base) {
    value = value * base + DIGIT[text[at + count]!]!;
    count++;
  }
  digitsValue = value;
  return count;
}

function putByte(unit: Unit, byte: number): void {
  unit.bytes[0] = byte;
  unit.size = 1;
}

function putCodePoint(unit: Unit, codePoint: number): void {
  if (codePoint < 0x80) return putByte(unit, codePoint);
  const bytes = encodeUtf8(codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : "\ufffd");
  unit.bytes.set(bytes);
  unit.size = bytes.byteLength;
}

/** The control character that a letter after a backslash stands for, or 0. */
const CONTROL = new Uint8Array(256);
for (const [letter, control] of Object.entries({ a: 7, b: 8, e: 27, f: 12, n: 10, r: 13, t: 9, v: 11 })) {
  CONTROL[letter.charCodeAt(0)] = control;
}

const undoBackslash: Undo = (text, at, unit) => {
  const next = text[at + 1];
  if (next === undefined) return 0;
  if (next === 0x78) { // \x41, \x{41}
    const brace = text[at + 2] === 0x7b ? 1 : 0;
    const count = digits(text, at + 2 + brace, 16, brace === 1 ? 6 : 2);
    if (count > 0) {
      if (brace === 1) putCodePoint(unit, digitsValue);
      else putByte(unit, digitsValue);
      return 2 + count + 2 * brace;
    }
  } else if (next === 0x75 || next === 0x55) { // \u0041, \u{41}, \U00000041, and a surrogate pair
    const brace = text[at + 2] === 0x7b ? 1 : 0;
    const count = digits(text, at + 2 + brace, 16, next === 0x55 ? 8 : brace === 1 ? 6 : 4);
    if (count > 0) {
      const high = digitsValue;
      if (high >= 0xd800 && high < 0xdc00 && text[at + 6] === 0x5c && text[at + 7] === 0x75) {
        if (digits(text, at + 8, 16, 4) === 4 && digitsValue >= 0xdc00 && digitsValue < 0xe000) {
          putCodePoint(unit, 0x10000 + ((high - 0xd800) << 10) + digitsValue - 0xdc00);
          return 12;
        }
      }
      putCodePoint(unit, high);
      return 2 + count + 2 * brace;
    }
  } else if (next >= 0x30 && next <= 0x37) { // \163, \0163
    const count = digits(text, at + 1, 8, next === 0x30 ? 4 : 3);
    putByte(unit, digitsValue & 0xff);
    return 1 + count;
  } else if (CONTROL[next] !== 0) {
    putByte(unit, CONTROL[next]!);
    return 2;
  } else if (next === 0x27 && text[at - 1] === 0x27 && text[at + 2] === 0x27) {
    return 0; // 'it'\''s': the quote reader's
  } else if (next === 0x0a || (next === 0x0d && text[at + 2] === 0x0a)) {
    unit.size = 0; // a continued line
    return next === 0x0a ? 2 : 3;
  }
  putByte(unit, next);
  return 2;
};

const undoPercent: Undo = (text, at, unit) => {
  const wide = (text[at + 1]! | 0x20) === 0x75;
  const wanted = wide ? 4 : 2;
  if (digits(text, at + (wide ? 2 : 1), 16, wanted) < wanted) return 0;
  if (wide) putCodePoint(unit, digitsValue);
  else putByte(unit, digitsValue);
  return wanted + (wide ? 2 : 1);
};

/** RFC 2045 §6.7: `=XX` and the soft line break. */
const undoQuotedPrintable: Undo = (text, at, unit) => {
  if (text[at + 1] === 0x0a || (text[at + 1] === 0x0d && text[at + 2] === 0x0a)) {
    unit.size = 0;
    return text[at + 1] === 0x0a ? 2 : 3;
  }
  // Upper case, as the RFC wants it: `=de` is in too much of what people write.
  if (text[at + 1]! >= 0x61 || text[at + 2]! >= 0x61 || digits(text, at + 1, 16, 2) < 2) return 0;
  putByte(unit, digitsValue);
  return 3;
};

const ENTITIES: ReadonlyMap<string, string> = new Map(Object.entries({
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: "\u00a0",
  sol: "/",
  bsol: "\\",
  colon: ":",
  semi: ";",
  comma: ",",
  period: ".",
  plus: "+",
  equals: "=",
  lowbar: "_",
  UnderBar: "_",
  dollar: "$",
  excl: "!",
  num: "#",
  percnt: "%",
  ast: "*",
  midast: "*",
  commat: "@",
  quest: "?",
  lpar: "(",
  rpar: ")",
  lsqb: "[",
  lbrack: "[",
  rsqb: "]",
  rbrack: "]",
  lcub: "{",
  lbrace: "{",
  rcub: "}",
  rbrace: "}",
  verbar: "|",
  vert: "|",
  VerticalLine: "|",
  grave: "`",
  DiacriticalGrave: "`",
  Hat: "^",
  hyphen: "-",
  dash: "-",
  NewLine: "\n",
  Tab: "\t",
  AMP: "&",
  LT: "<",
  GT: ">",
  QUOT: '"',
}));

const undoEntity: Undo = (text, at, unit) => {
  if (text[at + 1] === 0x23) {
    const hex = text[at + 2] !== undefined && (text[at + 2]! | 0x20) === 0x78;
    const count = digits(text, at + (hex ? 3 : 2), hex ? 16 : 10, 10);
    if (count === 0) return 0;
    putCodePoint(unit, digitsValue);
    const end = at + (hex ? 3 : 2) + count;
    return end - at + (text[end] === 0x3b ? 1 : 0);
  }
  let name = "";
  for (let i = at + 1; i < text.length && name.length < 17; i++) {
    const byte = text[i]!;
    if (byte === 0x3b) {
      const meant = ENTITIES.get(name);
      if (meant === undefined) return 0;
      putCodePoint(unit, meant.codePointAt(0)!);
      return i + 1 - at;
    }
    const lower = byte | 0x20;
    if (lower < 0x61 || lower > 0x7a) return 0;
    name += String.fromCharCode(byte);
  }
  return 0;
};

/** Quotes as shells, CSV and SQL double them: `'\''`, `'"'"'`, `""`, `''`. */
const undoQuotes = (quote: number): Undo => (text, at, unit) => {
  const next = text[at + 1];
  if (next !== quote && (quote === 0x22 || (next !== 0x5c && next !== 0x22))) return 0;
  putByte(unit, quote);
  if (quote === 0x27) {
    if (text[at + 1] === 0x5c && text[at + 2] === 0x27 && text[at + 3] === 0x27) return 4;
    if (text[at + 1] === 0x22 && text[at + 2] === 0x27 && text[at + 3] === 0x22 && text[at + 4] === 0x27) return 5;
  }
  return text[at + 1] === quote ? 2 : 0;
};

/** The families of escapes, and for each byte which one's escapes begin with it (plus one). */
const FAMILIES: readonly Undo[] = [
  undoBackslash,
  undoPercent,
  undoQuotedPrintable,
  undoEntity,
  undoQuotes(0x27),
  undoQuotes(0x22),
];
const FAMILY = new Uint8Array(256);
MARKERS.forEach((marker, index) => FAMILY[marker] = index + 1);

/** A bit for each family. */
export const ALL_ESCAPES = (1 << FAMILIES.length) - 1;
/** Doubled quotes: nothing else hides in them. */
const FIRST_QUOTES = 4;

/** For each set of the families before the quotes, what their escapes begin with. */
const BEGINNINGS: readonly ByteClass[] = Array.from({ length: 1 << FIRST_QUOTES }, (_, wanted) => {
  return byteClass(FAMILY.map((family) => family > 0 && family <= FIRST_QUOTES ? (wanted >> (family - 1)) & 1 : 0));
});

/**
 * Each island of each family's escapes, undone, for the families in `wanted`.
 *
 * Other families' escapes stay as they are, for whoever reads the view. Two families that stand beside each other can be undone
 * in either order, so a view is only to be read for those that come later, or that this one brought to light.
 */
export function readEscapes(loaded: Text, wanted: number, emit: (view: View) => void): void {
  if (wanted === 0) return;
  const { bytes: text } = loaded;
  const beginnings = BEGINNINGS[wanted & (BEGINNINGS.length - 1)]!, quotes = wanted >> FIRST_QUOTES;
  let islands: (Island | null)[] = [], next: number[] = [], unit: Unit | null = null;
  for (let from = 0; from < text.length;) {
    const count = loaded.escapes(from, beginnings, quotes);
    from = loaded.resume;
    if (count === 0) continue;
    if (unit === null) {
      unit = { bytes: new Uint8Array(8), size: 0 };
      islands = [null, null, null, null, null, null];
      next = [0, 0, 0, 0, 0, 0];
    }
    const { list } = loaded;
    for (let i = 0; i < count; i++) {
      const at = list[i]!;
      const family = FAMILY[text[at]!]! - 1;
      if (next[family]! > at) continue;
      const taken = undo(family, text, at, unit);
      if (taken === 0) continue;
      let island: Island | null = islands[family] ?? null;
      if (island !== null && at - island.end > 2 * MARGIN_BYTES && at - MARGIN_BYTES > reachAfter(text, island.end)) {
        emit(island.close());
        island = null;
      }
      if (island === null) island = islands[family] = new Island(text, reachBefore(text, at), family);
      island.add(at, taken, unit);
      next[family] = at + taken;
    }
  }
  for (const island of islands) if (island !== null) emit(island.close());
}

/** Undoes the escape of `family` at `at`; see {@link Undo}. */
function undo(family: number, text: Uint8Array, at: number, unit: Unit): number {
  switch (family) {
    case 0:
      return undoBackslash(text, at, unit);
    case 1:
      return undoPercent(text, at, unit);
    case 2:
      return undoQuotedPrintable(text, at, unit);
    case 3:
      return undoEntity(text, at, unit);
    default:
      return FAMILIES[family]!(text, at, unit);
  }
}
