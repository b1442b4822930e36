/** How much of a text belongs to the escapes in it. */

/** Text on both sides of an escape that goes into its island; longer than any threshold and what it may be nested in. */
export const MARGIN_BYTES = 96;
/** So much of a run of base64 goes in with the escapes in it: a compressed stream is read whole, or only as far as it is there. */
const MAX_RUN_BYTES = 1 << 16;
/** Characters that a name has, and what may be in base64 has. */
const LEAST_NAME = 2, LONG_NAME = 24, LEAST_WORD = 12;
const IN_RUN = Uint8Array.from({ length: 256 }, (_, byte) => /[A-Za-z0-9+/_-]/.test(String.fromCharCode(byte)) ? 1 : 0);

/** Where what goes into an island begins whose first escape is at `at`. */
export function reachBefore(text: Uint8Array, at: number): number {
  let from = at;
  while (from > 0 && at - from < MAX_RUN_BYTES && IN_RUN[text[from - 1]!] === 1) from--;
  return Math.max(0, Math.min(from, at - MARGIN_BYTES));
}

/** Where what goes into an island ends whose last escape ends at `at`. */
export function reachAfter(text: Uint8Array, at: number): number {
  let to = at;
  while (to < text.length && to - at < MAX_RUN_BYTES && IN_RUN[text[to]!] === 1) to++;
  return Math.min(text.length, Math.max(to, at + MARGIN_BYTES));
}

/**
 * Whether the `=` at `from` stands behind a name and before a number or a short word that starts with one, as in `rows=45`: both
 * together, or the word alone behind a name in small letters, are too short for an encoding.
 * @param to where the word goes on behind two digits
 */
export function isAssigned(text: Uint8Array, from: number, to: number): boolean {
  for (let i = from + 1; i < to; i++) if (text[i]! < 0x30 || text[i]! > 0x39) return false;
  let start = from, end = to, isName = true;
  for (; start > 0 && from - start < LONG_NAME && IN_RUN[text[start - 1]!] === 1; start--) {
    isName &&= text[start - 1]! >= 0x61 || text[start - 1] === 0x5f || text[start - 1] === 0x2d;
  }
  while (end < text.length && end - to < LEAST_WORD && IN_RUN[text[end]!] === 1) end++;
  const name = from - start;
  return name >= LEAST_NAME && name < LONG_NAME && text[start]! > 0x39 &&
    end - to + (isName ? 1 : 1 + name) < LEAST_WORD;
}
