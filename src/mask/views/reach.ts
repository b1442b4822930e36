/** How much of a text belongs to the escapes in it. */

/** Text on both sides of an escape that goes into its island; longer than any threshold and what it may be nested in. */
export const MARGIN_BYTES = 96;
/** So much of a run of base64 goes in with the escapes in it: a compressed stream is read whole, or only as far as it is there. */
const MAX_RUN_BYTES = 1 << 16;
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
