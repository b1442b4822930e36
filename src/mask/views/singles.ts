/**
 * Views of single characters (or pairs) that stand in the same place again and again, whatever is between them:
 * `{"0":"s","1":"e"}`, `<c>s</c><c>e</c>`, `next s then next e then`.
 *
 * A place is what stands right around it: two bytes before and one after, none of those beside it a letter or digit.
 */

import type { Text } from "../kernels/kernels.ts";
import { type Reader, selection, type View } from "../view.ts";

/** Two characters further apart (bytes) do not belong together; `kernels.wat` has this number too. */
const MAX_GAP = 96;
const LEAST_CHARACTERS = 6;
/** From so many characters on an encoding may be in them. */
const LEAST_DEEP = 16;
/** A shorter text has no room for so many of them. */
const LEAST_BYTES = 3 * LEAST_CHARACTERS;

/** What each place says, one view for each. */
export const readSingles: Reader = (text, emit) => {
  const { size } = text;
  if (size < LEAST_BYTES) return;
  const found: View[] = [];
  for (let from = 2, isLast = false; !isLast;) {
    isLast = from >= size - 1;
    const count = text.singles(from);
    if (!isLast) from = text.resume;
    if (count === 0) continue;
    const { list, nodes } = text;
    for (let i = 0; i < count; i += 2) found.push(said(text, nodes, list[i]!, list[i + 1]!));
  }
  for (const view of found) emit(view);
};

/** What stood in a place, the last of it at `node`. */
function said(text: Text, nodes: Int32Array, last: number, count: number): View {
  const bytes = new Uint8Array(count), at = new Int32Array(count);
  let digits = true;
  for (let node = last, k = count - 1; k >= 0; node = nodes[2 * node + 1]!) {
    const place = nodes[2 * node]! >> 1;
    for (let pair = nodes[2 * node]! & 1; pair >= 0; pair--, k--) {
      at[k] = place + pair;
      bytes[k] = text.bytes[place + pair]!;
      digits &&= isDigit(bytes[k]!);
    }
  }
  const { open, source } = selection(bytes, at[count - 1]! + MAX_GAP >= text.bytes.length, () => at);
  // Few characters, or digits alone (dates, counts), are the value itself or nothing.
  return { bytes, open, source, deep: count >= LEAST_DEEP && !digits };
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
