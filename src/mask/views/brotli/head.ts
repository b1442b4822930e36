/** Tells what may be a short stream of Brotli from noise, by its first bits (RFC 7932 §9): most runs of a text are hashes. */

/** A shorter stream has one type of each block: to tell more apart takes more than it could save. */
const SHORT_BYTES = 64;

/** Whether `head`, which is all there is, may be a stream; longer ones are not told. */
export function mayBeBrotli(head: Uint8Array): boolean {
  if (head.length > SHORT_BYTES) return true;
  const first = head[0]!;
  // The window takes one bit, four, or seven; with a large one, 14.
  let at = (first & 1) === 0 ? 1 : (first & 0x0e) !== 0 ? 4 : (first & 0x70) !== 0x10 ? 7 : 14;
  const isLast = bitsAt(head, at++, 1) === 1;
  // The last one is empty.
  if (isLast && bitsAt(head, at++, 1) === 1) return false;
  const nibbles = bitsAt(head, at, 2);
  at += 2;
  // Metadata: none of it, as where a stream was flushed.
  if (nibbles === 3) return !isLast && bitsAt(head, at, 3) === 0;
  const size = bitsAt(head, at, 16);
  at += 4 * (4 + nibbles);
  // Stored, and more of it than there is.
  if (!isLast && bitsAt(head, at++, 1) === 1) return nibbles === 0 && size < head.length;
  return bitsAt(head, at, 3) === 0;
}

/** Up to 16 bits, the least significant first; zeros past the end. */
function bitsAt(bytes: Uint8Array, at: number, count: number): number {
  const from = at >> 3;
  const word = (bytes[from] ?? 0) | ((bytes[from + 1] ?? 0) << 8) | ((bytes[from + 2] ?? 0) << 16);
  return (word >> (at & 7)) & ((1 << count) - 1);
}
