/** Numbers in a row: what a character may be part of, and where each number stands. */

/** What a digit is: none of octal, none of decimal, part of a word. 1 is any digit. */
export const DECIMAL = 2, HEXADECIMAL = 4, OTHER = 8;
/** All that may be in a hash. */
export const ALL_DIGITS = 7;
/** 0: separates; else bits of what a character can be. */
export const CLASS = Uint8Array.from({ length: 256 }, (_, byte) => {
  const lower = byte | 0x20;
  if (byte >= 0x30 && byte <= 0x37) return 1;
  if (byte === 0x38 || byte === 0x39) return DECIMAL;
  if (byte >= 0x41 && lower >= 0x61 && lower <= 0x66) return HEXADECIMAL;
  if ((byte >= 0x41 && lower >= 0x67 && lower <= 0x7a) || byte >= 0x80) return OTHER;
  return 0;
});

/** An address has more digits than most numbers. */
const LEAST_ADDRESS_DIGITS = 6;
const FIRST_ROOM = 1 << 8;

/** Numbers, in room that is used again. */
export class Row {
  /** Where each one's digits start and end. */
  starts = new Int32Array(FIRST_ROOM);
  ends = new Int32Array(FIRST_ROOM);
  /** The classes of its digits. */
  classes = new Uint8Array(FIRST_ROOM);
  /** Whether it stands at the start of a line: then it may be an address. */
  heads = new Uint8Array(FIRST_ROOM);
  /** What it is if its digits are decimal. */
  values = new Float64Array(FIRST_ROOM);
  size = 0;

  /** Adds the number whose digits are from `start` to `end`. */
  add(text: Uint8Array, start: number, end: number, isHead: boolean): void {
    if (this.size === this.starts.length) this.#grow();
    let classes = 0, value = 0;
    for (let i = start; i < end; i++) {
      classes |= CLASS[text[i]!]!;
      value = 10 * value + text[i]! - 0x30;
    }
    this.starts[this.size] = start;
    this.ends[this.size] = end;
    this.classes[this.size] = classes;
    this.values[this.size] = value;
    this.heads[this.size++] = isHead ? 1 : 0;
  }

  /** Takes what numbers `first` up to `end` of another row are without addresses. @returns whether some are, and something else is there */
  takeWithoutAddresses(row: Row, first: number, end: number): boolean {
    let isAddressed = false, others = 0;
    for (let t = first; t < end; t++) {
      if (row.heads[t] === 0) others++;
      else if (row.ends[t]! - row.starts[t]! >= LEAST_ADDRESS_DIGITS) isAddressed = true;
    }
    if (!isAddressed || others === 0) return false;
    this.size = 0;
    for (let t = first; t < end; t++) {
      if (row.heads[t] !== 0) continue;
      if (this.size === this.starts.length) this.#grow();
      this.starts[this.size] = row.starts[t]!;
      this.ends[this.size] = row.ends[t]!;
      this.classes[this.size] = row.classes[t]!;
      this.values[this.size] = row.values[t]!;
      this.heads[this.size++] = 0;
    }
    return true;
  }

  #grow(): void {
    const room = 2 * this.size;
    const { starts, ends, classes, heads, values } = this;
    this.starts = new Int32Array(room), this.ends = new Int32Array(room), this.classes = new Uint8Array(room);
    this.heads = new Uint8Array(room), this.values = new Float64Array(room);
    this.starts.set(starts), this.ends.set(ends), this.classes.set(classes);
    this.heads.set(heads), this.values.set(values);
  }
}
