/** The numbers of RFC 7932 §5 to §7: what symbols of lengths and counts stand for, and contexts of literals. */

/** For each symbol the least that it stands for, and how many bits follow that say how much more. */
export interface Ranges {
  readonly least: Int32Array;
  readonly extra: Uint8Array;
}

/** Each range starts where the one before it ends. */
function ranges(first: number, extra: readonly number[]): Ranges {
  const least = new Int32Array(extra.length);
  for (let i = 0, at = first; i < extra.length; at += 1 << extra[i++]!) least[i] = at;
  return { least, extra: Uint8Array.from(extra) };
}

/** §5: literals that a command inserts, and bytes that it copies. */
export const INSERTED = ranges(0, [0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 9, 10, 12, 14, 24]);
export const COPIED = ranges(2, [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 9, 10, 24]);
/** §6: how many symbols a block has. */
export const BLOCK_COUNT = ranges(
  1,
  [2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 6, 6, 7, 8, 9, 10, 11, 12, 13, 24],
);

/** §5: for each 64 symbols of a command, the first code of what is inserted and of what is copied. */
export const INSERT_CODE = [0, 0, 0, 0, 8, 8, 0, 16, 8, 16, 16] as const;
export const COPY_CODE = [0, 8, 0, 8, 0, 8, 16, 0, 16, 8, 16] as const;
/** Symbols of commands; those below take the distance of the command before. */
export const COMMAND_SYMBOLS = 704, SAME_DISTANCE_SYMBOLS = 128;

/** §4: which of the last four distances the first 16 symbols of distances mean, and what is added to it. */
export const LAST_DISTANCE = [0, 1, 2, 3, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1] as const;
export const DISTANCE_ADDED = [0, 0, 0, 0, -1, 1, -2, 2, -3, 3, -1, 1, -2, 2, -3, 3] as const;

/** §7.1: a quarter of what each byte of ASCII says about the one after it, by kinds of characters. */
const KINDS = "00000000011001000000000000000000" + "2343353467338393bbbbbbbbbb886a73" +
  "3cdddcdddcdddddcdddddcddddd63733" + "3efffefffefffffefffffefffff63730";

/** For each mode of §7.1 what a literal's context takes from the byte before it, and from the one before that. */
const MODES: readonly (readonly [last: (byte: number) => number, before: (byte: number) => number])[] = [
  [(byte) => byte & 0x3f, () => 0],
  [(byte) => byte >> 2, () => 0],
  [
    (byte) => byte < 0x80 ? 4 * Number.parseInt(KINDS[byte]!, 16) : (byte & 1) | (byte < 0xc0 ? 0 : 2),
    (byte) => {
      const character = String.fromCharCode(byte);
      if (byte >= 0xe0 || /[A-Z0-9]/.test(character)) return 2;
      return /[a-z]/.test(character) ? 3 : byte > 0x20 && byte < 0x7f ? 1 : 0;
    },
  ],
  [(byte) => signed(byte) << 3, signed],
];
/** The same for each byte, one mode after the other. */
export const LAST_BYTE = Uint8Array.from({ length: 4 << 8 }, (_, i) => MODES[i >> 8]![0](i & 0xff));
export const BYTE_BEFORE = Uint8Array.from({ length: 4 << 8 }, (_, i) => MODES[i >> 8]![1](i & 0xff));

function signed(byte: number): number {
  return [1, 16, 64, 128, 192, 240, 255].filter((least) => byte >= least).length;
}
