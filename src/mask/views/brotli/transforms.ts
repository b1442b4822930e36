/** What a word of the dictionary may become (RFC 7932 §8 and Appendix B). */

import { encodeUtf8 } from "../../../base/mod.ts";

/**
 * What is done to a word: nothing, its first letter or all of them made capitals, or letters left out: below zero so many of the last
 * ones, above {@link OMIT} so many of the first ones.
 */
const AS_IS = 0, FIRST = 1, ALL = 2, OMIT = 10;

/** What is put before a word, what is done to it, what is put after it. */
const TRANSFORMS: readonly (readonly [before: string, change: number, after: string])[] = [
  ["", AS_IS, ""],
  ["", AS_IS, " "],
  [" ", AS_IS, " "],
  ["", OMIT + 1, ""],
  ["", FIRST, " "],
  ["", AS_IS, " the "],
  [" ", AS_IS, ""],
  ["s ", AS_IS, " "],
  ["", AS_IS, " of "],
  ["", FIRST, ""],
  ["", AS_IS, " and "],
  ["", OMIT + 2, ""],
  ["", -1, ""],
  [", ", AS_IS, " "],
  ["", AS_IS, ", "],
  [" ", FIRST, " "],
  ["", AS_IS, " in "],
  ["", AS_IS, " to "],
  ["e ", AS_IS, " "],
  ["", AS_IS, '"'],
  ["", AS_IS, "."],
  ["", AS_IS, '">'],
  ["", AS_IS, "\n"],
  ["", -3, ""],
  ["", AS_IS, "]"],
  ["", AS_IS, " for "],
  ["", OMIT + 3, ""],
  ["", -2, ""],
  ["", AS_IS, " a "],
  ["", AS_IS, " that "],
  [" ", FIRST, ""],
  ["", AS_IS, ". "],
  [".", AS_IS, ""],
  [" ", AS_IS, ", "],
  ["", OMIT + 4, ""],
  ["", AS_IS, " with "],
  ["", AS_IS, "'"],
  ["", AS_IS, " from "],
  ["", AS_IS, " by "],
  ["", OMIT + 5, ""],
  ["", OMIT + 6, ""],
  [" the ", AS_IS, ""],
  ["", -4, ""],
  ["", AS_IS, ". The "],
  ["", ALL, ""],
  ["", AS_IS, " on "],
  ["", AS_IS, " as "],
  ["", AS_IS, " is "],
  ["", -7, ""],
  ["", -1, "ing "],
  ["", AS_IS, "\n\t"],
  ["", AS_IS, ":"],
  [" ", AS_IS, ". "],
  ["", AS_IS, "ed "],
  ["", OMIT + 9, ""],
  ["", OMIT + 7, ""],
  ["", -6, ""],
  ["", AS_IS, "("],
  ["", FIRST, ", "],
  ["", -8, ""],
  ["", AS_IS, " at "],
  ["", AS_IS, "ly "],
  [" the ", AS_IS, " of "],
  ["", -5, ""],
  ["", -9, ""],
  [" ", FIRST, ", "],
  ["", FIRST, '"'],
  [".", AS_IS, "("],
  ["", ALL, " "],
  ["", FIRST, '">'],
  ["", AS_IS, '="'],
  [" ", AS_IS, "."],
  [".com/", AS_IS, ""],
  [" the ", AS_IS, " of the "],
  ["", FIRST, "'"],
  ["", AS_IS, ". This "],
  ["", AS_IS, ","],
  [".", AS_IS, " "],
  ["", FIRST, "("],
  ["", FIRST, "."],
  ["", AS_IS, " not "],
  [" ", AS_IS, '="'],
  ["", AS_IS, "er "],
  [" ", ALL, " "],
  ["", AS_IS, "al "],
  [" ", ALL, ""],
  ["", AS_IS, "='"],
  ["", ALL, '"'],
  ["", FIRST, ". "],
  [" ", AS_IS, "("],
  ["", AS_IS, "ful "],
  [" ", FIRST, ". "],
  ["", AS_IS, "ive "],
  ["", AS_IS, "less "],
  ["", ALL, "'"],
  ["", AS_IS, "est "],
  [" ", FIRST, "."],
  ["", ALL, '">'],
  [" ", AS_IS, "='"],
  ["", FIRST, ","],
  ["", AS_IS, "ize "],
  ["", ALL, "."],
  ["\u00a0", AS_IS, ""],
  [" ", AS_IS, ","],
  ["", FIRST, '="'],
  ["", ALL, '="'],
  ["", AS_IS, "ous "],
  ["", ALL, ", "],
  ["", FIRST, "='"],
  [" ", FIRST, ","],
  [" ", ALL, '="'],
  [" ", ALL, ", "],
  ["", ALL, ","],
  ["", ALL, "("],
  ["", ALL, ". "],
  [" ", ALL, "."],
  ["", ALL, "='"],
  [" ", ALL, ". "],
  [" ", FIRST, '="'],
  [" ", ALL, "='"],
  [" ", FIRST, "='"],
];

/** How many there are. */
export const TRANSFORM_COUNT = TRANSFORMS.length;

const AFFIXES = TRANSFORMS.map(([before, , after]) => [encodeUtf8(before), encodeUtf8(after)] as const);

/** `word` (borrowed) as the transformation with this number makes it. */
export function transform(word: Uint8Array, index: number): Uint8Array {
  const [before, after] = AFFIXES[index]!;
  const change = TRANSFORMS[index]![1];
  const from = change > OMIT ? Math.min(word.length, change - OMIT) : 0;
  const to = change < 0 ? Math.max(0, word.length + change) : word.length;
  const said = new Uint8Array(before.length + to - from + after.length);
  said.set(before);
  const middle = said.subarray(before.length, before.length + to - from);
  middle.set(word.subarray(from, to));
  said.set(after, before.length + to - from);
  if (change === FIRST) capitalize(middle, 0);
  if (change === ALL) { for (let at = 0; at < middle.length;) at += capitalize(middle, at); }
  return said;
}

/** §8: the standard's own idea of capitals, of UTF-8 of up to three bytes. @returns bytes of the character */
function capitalize(word: Uint8Array, at: number): number {
  const first = word[at]!;
  if (first < 0xc0) {
    if (first >= 0x61 && first <= 0x7a) word[at] = first ^ 0x20;
    return 1;
  }
  const [size, bits] = first < 0xe0 ? [2, 0x20] : [3, 0x05];
  if (at + size <= word.length) word[at + size - 1]! ^= bits;
  return size;
}
