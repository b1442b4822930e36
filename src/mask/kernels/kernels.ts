/**
 * The loops that every byte of output goes through, in WebAssembly (`kernels.wat`): sixteen bytes at a time, which is what
 * makes reading a text in every way affordable. They find places that may matter; what stands there is looked at by the views.
 *
 * A text is copied into the memory of the kernels of its depth, and stays there until the next text of that depth comes. The module
 * imports nothing: it can do nothing but read and write its own memory.
 */

import type { WordFilter } from "../filter.ts";
import { BINARY } from "./binary.ts";
import { type ByteClass, FREE, headsTable, type Table, tables } from "./tables.ts";

/** What the module exports; places count from the text's address `at`. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  select(at: number, size: number, dense: number, skeleton: number, unwrapped: number): void;
  find(at: number, from: number, to: number, table: number, shift: number, cut: number): number;
  next(at: number, from: number, to: number, class_: number): number;
  stretches(at: number, from: number, to: number, least: number, class_: number): number;
  magic(at: number, from: number, to: number): number;
  strange(at: number, from: number, to: number): number;
  places(at: number, from: number, to: number, class_: number): number;
  plain(at: number, size: number, out: number): number;
  escapes(at: number, from: number, to: number, class_: number, quotes: number): number;
  singles(at: number, from: number, size: number, text: number, nodes: number, node: number): number;
  lastSingles(text: number): number;
  periodic(at: number, from: number, to: number, period: number): number;
  letters(at: number, from: number, to: number): number;
  heads(at: number, from: number, first: number, to: number, values: number): number;
  digits(at: number, from: number, to: number, bits: number, digits: number): void;
  starts(digits: number, from: number, size: number, bits: number, starts: number, count: number): number;
  traces(
    digits: number,
    from: number,
    size: number,
    bits: number,
    row: number,
    table: number,
    shift: number,
    count: number,
  ): number;
  texts(digits: number, from: number, size: number, bits: number, row: number, count: number): number;
  lanes(
    at: number,
    from: number,
    to: number,
    bits: number,
    digits: number,
    starts: number,
    row: number,
    asciiRow: number,
    table: number,
    shift: number,
  ): number;
  kinds(at: number, from: number, to: number): number;
}

/** Where `kernels.wat` has what. */
const SHUFFLES = 0, HEADS = 2048, RESULTS = 67584, LIST = 67648, SECOND_LIST = 75840;
const LIST_SIZE = 2048, RESULTS_SIZE = 16;
/** Blanks on both sides of a text: kernels load up to 64 bytes past a place. */
const PAD_BYTES = 128;
const PAGE_BYTES = 1 << 16;

/** One for each depth: views are read while the text that they are of is. */
const kernels: Kernels[] = [];
/** What {@link Text.select} found in a text; see `views/select.ts`. */
export interface Selected {
  /** A bit each for backslash, percent, equals, ampersand, single and double quote, escape and backspace. */
  flags: number;
  digit: boolean;
  wide: boolean;
  control: boolean;
  symbol: boolean;
  dense: Text;
  skeleton: Text;
  unwrapped: Text;
}

let module: WebAssembly.Module | null = null;

/** Kernels with a memory of their own. */
class Kernels {
  readonly exports: Exports;
  /** Where a kernel went on to, and other results. */
  results!: Int32Array;
  /** What a kernel listed. */
  list!: Int32Array;
  secondList!: Int32Array;
  #bytes!: Uint8Array<ArrayBuffer>;
  #filters: readonly WordFilter[] = [];
  /** Where the table of each filter is. */
  readonly tables: number[] = [];
  /** Where texts start. */
  #texts = FREE;
  /** Where nodes of single characters are, two numbers each, and how many there are of the last text. */
  nodesAt = 0;
  nodesSize = 0;
  /** Room for digits, the same as nodes have. */
  digits: Uint8Array | null = null;
  /** Tells one text from the next. */
  turn = 0;

  constructor() {
    module ??= new WebAssembly.Module(Uint8Array.fromBase64(BINARY));
    this.exports = new WebAssembly.Instance(module).exports as unknown as Exports;
    this.#look();
    for (let mask = 0; mask < 256; mask++) {
      for (let bit = 0, at = SHUFFLES + 8 * mask; bit < 8; bit++) {
        if ((mask & (1 << bit)) !== 0) this.#bytes[at++] = bit;
      }
    }
    this.#bytes.set(headsTable, HEADS);
    for (const { at, bytes } of Object.freeze(tables)) this.#bytes.set(bytes, at);
  }

  #look(): void {
    const { buffer } = this.exports.memory;
    this.#bytes = new Uint8Array(buffer);
    this.results = new Int32Array(buffer, RESULTS, RESULTS_SIZE);
    this.list = new Int32Array(buffer, LIST, LIST_SIZE);
    this.secondList = new Int32Array(buffer, SECOND_LIST, LIST_SIZE);
  }

  #reserve(size: number): void {
    const missing = size - this.#bytes.length;
    if (missing <= 0) return;
    this.exports.memory.grow(Math.ceil(Math.max(missing, this.#bytes.length / 2) / PAGE_BYTES));
    this.#look();
  }

  load(text: Uint8Array, filters: readonly WordFilter[]): Text {
    if (filters !== this.#filters) this.#install(filters);
    const room = text.length + 2 * PAD_BYTES;
    // The text and its selections, and a node for each byte; digits take the same room.
    this.#reserve(this.#texts + 4 * room + 8 * text.length + 8);
    this.digits = null;
    this.nodesAt = (this.#texts + 4 * room + 7) & ~7;
    const at = this.#texts + PAD_BYTES;
    this.#bytes.fill(0x20, at - PAD_BYTES, at);
    this.#bytes.set(text, at);
    this.#bytes.fill(0x20, at + text.length, at + text.length + PAD_BYTES);
    return new Text(this, at, text.length);
  }

  /** Makes room for another text's single characters. */
  beginSingles(): void {
    this.turn = (this.turn + 1) | 0;
    this.nodesSize = 0;
  }

  #install(filters: readonly WordFilter[]): void {
    this.#texts = FREE + filters.reduce((sum, { parts }) => sum + parts.table.byteLength, 0);
    this.#reserve(this.#texts);
    let at = FREE;
    filters.forEach(({ parts: { table } }, index) => {
      this.tables[index] = at;
      this.#bytes.set(new Uint8Array(table.buffer, table.byteOffset, table.byteLength), at);
      at += table.byteLength;
    });
    this.#filters = filters;
  }

  filter(index: number): WordFilter {
    return this.#filters[index]!;
  }

  bytesAt(at: number, size: number): Uint8Array {
    return this.#bytes.subarray(at, at + size);
  }
}

/**
 * Loads a text, in the place of the last one of this depth.
 *
 * @param bytes copied
 * @param filters what {@link Text.find} is asked for by index; the same array every time for the same filters
 */
export function load(bytes: Uint8Array, depth: number, filters: readonly WordFilter[] = NO_FILTERS): Text {
  return (kernels[depth] ??= new Kernels()).load(bytes, filters);
}

const NO_FILTERS: readonly WordFilter[] = [];

/** A text in a kernel's memory. */
export class Text {
  readonly #kernels: Kernels;
  readonly #at: number;
  /** Bytes. */
  readonly size: number;
  #bytes: Uint8Array | null = null;
  /** What {@link Text.stretchesOf} gave last. */
  #stretches: { least: number; class_: ByteClass; places: readonly number[] } | null = null;

  constructor(kernels: Kernels, at: number, size: number) {
    this.#kernels = kernels;
    this.#at = at;
    this.size = size;
  }

  /** What it says; gone when the next text of this depth is loaded. */
  get bytes(): Uint8Array {
    return this.#bytes ??= this.#kernels.bytesAt(this.#at, this.size);
  }

  /** What the last call listed; gone with the next one of any text of this depth. */
  get list(): Int32Array {
    return this.#kernels.list;
  }

  /** The same of {@link Text.heads} and of what reads digits. */
  get secondList(): Int32Array {
    return this.#kernels.secondList;
  }

  /** Where the kernel that was called last goes on: what it lists may be more than the list has room for. */
  get resume(): number {
    return this.#kernels.results[0]!;
  }

  /** Selections of this text, and what is in it. The selections are gone with it. */
  select(): Selected {
    const { size } = this, room = size + 2 * PAD_BYTES, at = this.#at;
    this.#kernels.exports.select(at, size, at + room, at + 2 * room, at + 3 * room);
    const r = this.#kernels.results;
    return {
      flags: r[0]!,
      digit: r[1] !== 0,
      wide: r[2] !== 0,
      control: r[3] !== 0,
      symbol: r[4] !== 0,
      dense: new Text(this.#kernels, at + room, r[5]!),
      skeleton: new Text(this.#kernels, at + 2 * room, r[6]!),
      unwrapped: new Text(this.#kernels, at + 3 * room, r[7]!),
    };
  }

  /** Lists every fourth place from `from` on where a word stands that the filter may have. @returns how many */
  find(from: number, filter: number, cut: number): number {
    const k = this.#kernels;
    const { shift } = k.filter(filter).parts;
    return k.exports.find(this.#at, from, this.size & ~3, k.tables[filter]!, shift, cut);
  }

  /** The first place from `from` up to `to` with a byte of the class, or `to`. */
  next(from: number, to: number, class_: ByteClass): number {
    return this.#kernels.exports.next(this.#at, from, to, class_);
  }

  /** Lists where each stretch of at least `least` (8 or more) bytes of a class starts and ends. @returns how many numbers */
  stretches(from: number, to: number, least: number, class_: ByteClass): number {
    return this.#kernels.exports.stretches(this.#at, from, to, least, class_);
  }

  /** Where each stretch of at least `least` (8 or more) bytes of a class starts and ends; asked again, the same. */
  stretchesOf(least: number, class_: ByteClass): readonly number[] {
    if (this.#stretches?.least === least && this.#stretches.class_ === class_) return this.#stretches.places;
    const places: number[] = [];
    for (let from = 0; from < this.size;) {
      const count = this.stretches(from, this.size, least, class_);
      from = this.resume;
      const { list } = this;
      for (let i = 0; i < count; i++) places.push(list[i]!);
    }
    this.#stretches = { least, class_, places };
    return places;
  }

  /** The first place from `from` up to `to` where a magic number's first two bytes stand, or `to`. */
  magic(from: number, to: number): number {
    return this.#kernels.exports.magic(this.#at, from, to);
  }

  /**
   * The first place from `from` on at which no text in UTF-8 goes on (a control character other than white space and escape, or a
   * byte that is part of no character), or the text's length.
   */
  strange(from: number): number {
    return this.#kernels.exports.strange(this.#at, from, this.size);
  }

  /** Lists the places from `from` on with a byte of the class. @returns how many */
  places(from: number, class_: ByteClass): number {
    return this.#kernels.exports.places(this.#at, from, this.size, class_);
  }

  /** It without terminal control sequences, as `views/select.ts` has them; in the place of the selections. */
  plain(): Text {
    const out = this.#at + this.size + 2 * PAD_BYTES;
    return new Text(this.#kernels, out, this.#kernels.exports.plain(this.#at, this.size, out));
  }

  /**
   * Lists where escapes may begin.
   * @param class_ which bytes, of backslash, percent, equals and ampersand
   * @param quotes 1 for single ones, 2 for double ones, 3 for both
   */
  escapes(from: number, class_: ByteClass, quotes: number): number {
    return this.#kernels.exports.escapes(this.#at, from, this.size, class_, quotes);
  }

  /**
   * Lists the last node and the number of characters of each place that single characters stood in, as far as it is not met any
   * more, from `from` on; at the text's end, of all. Begins with `from` = 2. @returns how many numbers
   */
  singles(from: number): number {
    const k = this.#kernels, { size } = this;
    if (from === 2) k.beginSingles();
    if (from >= size - 1) return k.exports.lastSingles(k.turn);
    const count = k.exports.singles(this.#at, from, size, k.turn, k.nodesAt, k.nodesSize);
    k.nodesSize = k.results[1]!;
    return count;
  }

  /** Of each node of {@link Text.singles} twice the place where it stands, plus one for a pair, and the number of the one before. */
  get nodes(): Int32Array {
    const k = this.#kernels;
    return new Int32Array(k.exports.memory.buffer, k.nodesAt, 2 * k.nodesSize);
  }

  /** The first place from `from` on whose byte stands there for the eighth time at this distance, no ruler; or the text's length. */
  periodic(from: number, period: number): number {
    return this.#kernels.exports.periodic(this.#at, from, this.size, period);
  }

  /** How many small letters, capitals and digits are among at most 255 bytes: eight bits each, the first lowest. */
  letters(from: number, to: number): number {
    return this.#kernels.exports.letters(this.#at, from, to);
  }

  /**
   * Lists groups of base85 in the word up to `to`; see `views/base85.ts`.
   * @param values of each of three alphabets the value of each byte as a digit, or 255
   */
  heads(from: number, first: number, to: number, values: Table): number {
    return this.#kernels.exports.heads(this.#at, from, first, to, values);
  }

  /**
   * What the characters `from` up to `to`, all of which are digits of so many bits (base64: 6, hexadecimal: 4), stand for, a byte
   * each; until the next ones are asked for, or single characters are.
   */
  digits(from: number, to: number, bits: number): Uint8Array {
    const k = this.#kernels;
    k.exports.digits(this.#at, from, to, bits, k.nodesAt);
    return this.lastDigits;
  }

  /** Lists in pairs, from the even place `from` on, where 12 bits of `size` digits are such as the table has, and what it has. */
  starts(from: number, size: number, bits: number, table: Table): number {
    const k = this.#kernels;
    return k.exports.starts(k.nodesAt, from, size, bits, table, 0);
  }

  /**
   * Lists in pairs places in `size` digits where three bytes stand that a filter may have, and those with their case folded. In each
   * alignment one place in `row` is looked at, the first of which is in the group at `from`.
   */
  traces(from: number, size: number, bits: number, row: number, filter: number): number {
    const k = this.#kernels;
    return k.exports.traces(k.nodesAt, from, size, bits, row, k.tables[filter]!, k.filter(filter).parts.shift, 0);
  }

  /** Lists in pairs (with nothing) places in `size` digits with `row` words of three bytes of ASCII around; see {@link Text.traces}. */
  texts(from: number, size: number, bits: number, row: number): number {
    const k = this.#kernels;
    return k.exports.texts(k.nodesAt, from, size, bits, row, 0);
  }

  /**
   * {@link Text.digits}, {@link Text.starts}, {@link Text.traces} and {@link Text.texts} at once, for at most {@link SHORT_RUN}
   * characters; {@link Text.partEnds} tells them apart. @returns how many numbers were listed
   */
  lanes(from: number, to: number, bits: number, starts: Table, row: number, textRow: number, filter: number): number {
    const k = this.#kernels;
    const { shift } = k.filter(filter).parts;
    return k.exports.lanes(this.#at, from, to, bits, k.nodesAt, starts, row, textRow, k.tables[filter]!, shift);
  }

  /** Where in what {@link Text.lanes} listed the first part ends, and the second. */
  get partEnds(): [starts: number, traces: number] {
    const { results } = this.#kernels;
    return [results[0]!, results[1]!];
  }

  /** The digits that were read last. */
  get lastDigits(): Uint8Array {
    const k = this.#kernels;
    return k.digits ??= k.bytesAt(k.nodesAt, 8 * this.size);
  }

  /** What of base64 is in at least eight of its characters: 1 for digits, 2 for signs, 4 for capitals, 8 for the rest. */
  kinds(from: number, to: number): number {
    return this.#kernels.exports.kinds(this.#at, from, to);
  }
}

/** The most characters that {@link Text.lanes} takes: what it lists has room. */
export const SHORT_RUN = 256;
