/** What stands before the data of a compressed meta-block (RFC 7932 §6, §7, §9.2): types of blocks, contexts, prefix codes. */

import type { BitReader } from "./bits.ts";
import { PrefixCode } from "./prefix_code.ts";
import { BLOCK_COUNT, COMMAND_SYMBOLS } from "./tables.ts";

const LITERAL_CONTEXTS = 64, DISTANCE_CONTEXTS = 4, MAX_TYPES = 256;
/** Bits that a distance's symbol may be followed by: as in the standard, and with a large window. */
const DISTANCE_BITS = 24, LARGE_DISTANCE_BITS = 62;

/** Codes that are used again for one stream after the other: a new one takes memory. */
class Codes {
  readonly #codes: PrefixCode[] = [];
  #used = 0;

  reset(): void {
    this.#used = 0;
  }

  next(): PrefixCode {
    return this.#codes[this.#used++] ??= (this.#codes.push(new PrefixCode()), this.#codes.at(-1)!);
  }

  /** Reads `count` codes over `size` symbols; `null` where one is none. */
  read(bits: BitReader, count: number, size: number): PrefixCode[] | null {
    const codes: PrefixCode[] = [];
    while (codes.length < count) {
      const code = this.next();
      if (!code.read(bits, size) || bits.isOver) return null;
      codes.push(code);
    }
    return codes;
  }
}

/** Which type the literals, commands or distances are of: it changes from block to block. */
export class Blocks {
  types = 1;
  type = 0;
  /** Symbols that are left in the block. */
  left = Infinity;
  #before = 1;
  #typeCode: PrefixCode | null = null;
  #countCode: PrefixCode | null = null;

  /** Reads how many types there are, and what says when they change. @returns whether that is possible */
  read(bits: BitReader, codes: Codes): boolean {
    this.types = fewOrMany(bits);
    this.type = 0;
    this.#before = 1;
    this.left = Infinity;
    if (this.types === 1) return true;
    this.#typeCode = codes.next();
    this.#countCode = codes.next();
    if (!this.#typeCode.read(bits, this.types + 2) || !this.#countCode.read(bits, BLOCK_COUNT.extra.length)) {
      return false;
    }
    this.left = this.#count(bits);
    return true;
  }

  /** Goes on to the next block. */
  next(bits: BitReader): void {
    const symbol = this.#typeCode!.symbol(bits);
    const type = symbol === 0 ? this.#before : symbol === 1 ? (this.type + 1) % this.types : symbol - 2;
    this.#before = this.type;
    this.type = type;
    this.left = this.#count(bits);
  }

  #count(bits: BitReader): number {
    const symbol = this.#countCode!.symbol(bits);
    return BLOCK_COUNT.least[symbol]! + bits.take(BLOCK_COUNT.extra[symbol]!);
  }
}

/** What a compressed meta-block is read by; used again for one after the other. */
export class MetaBlock {
  readonly literals = new Blocks();
  readonly commands = new Blocks();
  readonly distances = new Blocks();
  /** §4: low bits of a distance that stand in its symbol, and distances that have a symbol of their own. */
  postfixBits = 0;
  directDistances = 0;
  /** For each type of literals, how their contexts are told. */
  readonly modes = new Uint8Array(MAX_TYPES);
  /** For each context of each type, which code. */
  readonly literalMap = new Uint8Array(LITERAL_CONTEXTS * MAX_TYPES);
  readonly distanceMap = new Uint8Array(DISTANCE_CONTEXTS * MAX_TYPES);
  literalCodes: readonly PrefixCode[] = [];
  commandCodes: readonly PrefixCode[] = [];
  distanceCodes: readonly PrefixCode[] = [];
  readonly #codes = new Codes();

  /** Reads it. @returns whether it is one, and all there */
  read(bits: BitReader, largeWindow: boolean): boolean {
    const codes = this.#codes;
    codes.reset();
    for (const blocks of [this.literals, this.commands, this.distances]) if (!blocks.read(bits, codes)) return false;
    this.postfixBits = bits.take(2);
    this.directDistances = bits.take(4) << this.postfixBits;
    for (let type = 0; type < this.literals.types; type++) this.modes[type] = bits.take(2);
    const literals = fewOrMany(bits);
    if (!this.#readMap(bits, this.literalMap, LITERAL_CONTEXTS * this.literals.types, literals)) return false;
    const distances = fewOrMany(bits);
    if (!this.#readMap(bits, this.distanceMap, DISTANCE_CONTEXTS * this.distances.types, distances)) return false;
    const distanceBits = largeWindow ? LARGE_DISTANCE_BITS : DISTANCE_BITS;
    const symbols = 16 + this.directDistances + (distanceBits << (this.postfixBits + 1));
    const literalCodes = codes.read(bits, literals, 256);
    const commandCodes = literalCodes && codes.read(bits, this.commands.types, COMMAND_SYMBOLS);
    const distanceCodes = commandCodes && codes.read(bits, distances, symbols);
    if (literalCodes === null || commandCodes === null || distanceCodes === null) return false;
    this.literalCodes = literalCodes;
    this.commandCodes = commandCodes;
    this.distanceCodes = distanceCodes;
    return true;
  }

  /** §7.3: a map of `size` contexts to `count` codes. */
  #readMap(bits: BitReader, map: Uint8Array, size: number, count: number): boolean {
    map.fill(0, 0, size);
    if (count === 1) return true;
    const longestRun = bits.take(1) === 0 ? 0 : bits.take(4) + 1;
    const code = this.#codes.next();
    if (!code.read(bits, count + longestRun)) return false;
    for (let at = 0; at < size;) {
      if (bits.isOver) return false;
      const symbol = code.symbol(bits);
      if (symbol > longestRun) map[at++] = symbol - longestRun;
      else at += symbol === 0 ? 1 : (1 << symbol) + bits.take(symbol);
      if (at > size) return false;
    }
    if (bits.take(1) === 1) moveToFront(map.subarray(0, size));
    return true;
  }
}

/** §9.2: a number from 1 to 256, mostly 1. */
function fewOrMany(bits: BitReader): number {
  if (bits.take(1) === 0) return 1;
  const width = bits.take(3);
  return 1 + (1 << width) + bits.take(width);
}

const IN_ORDER = Uint8Array.from({ length: MAX_TYPES }, (_, i) => i), order = new Uint8Array(MAX_TYPES);

/** §7.3: undoes that each entry stands for its place among those that were used last. */
function moveToFront(map: Uint8Array): void {
  order.set(IN_ORDER);
  for (let at = 0; at < map.length; at++) {
    const place = map[at]!;
    const entry = order[place]!;
    order.copyWithin(1, 0, place);
    order[0] = entry;
    map[at] = entry;
  }
}
