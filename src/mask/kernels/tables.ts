/** Tables and sets of bytes that kernels look things up in: made known while modules load, written to each kernel's memory. */

/** Where in that memory tables start, and what is free behind them. */
const TABLES = 92224;
export const FREE = 108608;

/** A table that kernels know. */
export type Table = number & { readonly table: unique symbol };
/** A set of bytes that kernels know. */
export type ByteClass = Table & { readonly class: unique symbol };

/** Every table, and where it is. */
export const tables: { readonly at: number; readonly bytes: Uint8Array }[] = [];
let tablesEnd = TABLES;

/** Makes a table known; to be called while modules load. @param bytes borrowed for good */
export function tableOf(bytes: Uint8Array): Table {
  const at = tablesEnd;
  tablesEnd += (bytes.length + 15) & ~15;
  if (tablesEnd > FREE) throw new RangeError("No room for a table any more");
  tables.push({ at, bytes });
  return at as Table;
}

/**
 * Makes a set of bytes known; to be called while modules load.
 * @param member for each byte other than 0 where it belongs to the set
 */
export function byteClass(member: ArrayLike<number>): ByteClass {
  // A byte belongs to it where a bit is set for both of its nibbles: one bit for all high nibbles with the same low ones.
  const table = new Uint8Array(32);
  const bits = new Map<string, number>();
  for (let high = 0; high < 16; high++) {
    const lows = Array.from({ length: 16 }, (_, low) => member[(high << 4) | low] ? 1 : 0);
    if (!lows.includes(1)) continue;
    const key = lows.join("");
    if (!bits.has(key)) {
      if (bits.size === 8) throw new RangeError("Too many different rows in a class of bytes");
      bits.set(key, 1 << bits.size);
      lows.forEach((is, low) => table[low]! |= is * bits.get(key)!);
    }
    table[16 + high] = bits.get(key)!;
  }
  return tableOf(table) as ByteClass;
}

/** For each byte, whether it is one of `characters`. */
export function members(characters: RegExp): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => characters.test(String.fromCharCode(byte)) ? 1 : 0);
}

/** For each two characters (the first in the low byte), what {@link Text.heads} looks up. */
export let headsTable = new Uint8Array(1 << 16);

/** Sets what {@link Text.heads} looks up; to be called while modules load. @param table borrowed */
export function setHeads(table: Uint8Array): void {
  headsTable = table as Uint8Array<ArrayBuffer>;
}
