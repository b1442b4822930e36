/** How long texts are gone through: block by block, or from one stretch of some kind to the next. */

/**
 * A long text is read in blocks of so many bytes, each by a call of its own: what the engine makes fast while a loop runs is of
 * no use to the next text, what it makes fast between calls is. A block stays in the nearest cache, too.
 */
export const BLOCK_BYTES = 1 << 12;

/** Where the stretch that {@link nextStretch} gave last ends. */
export let stretchEnd = 0;

/**
 * Where the next stretch of at least `least` members within `from` and `to` starts, or -1; {@link stretchEnd} tells its end.
 *
 * @param member 1 for each byte that is one, else 0
 */
export function nextStretch(text: Uint8Array, member: Uint8Array, from: number, to: number, least: number): number {
  let start = from;
  for (let end = from + least - 1; end < to;) {
    let i = end;
    while (i >= start && member[text[i]!] === 1) i--;
    if (i >= start) {
      start = i + 1;
      end = i + least;
      continue;
    }
    while (++end < to && member[text[end]!] === 1);
    stretchEnd = end;
    return start;
  }
  return -1;
}

/** Union of the kinds in the stretch that {@link nextRun} gave last. */
export let stretchKinds = 0;

/**
 * As {@link nextStretch}; {@link stretchKinds} tells what is in it, too.
 *
 * @param kinds bits for each byte that is a member, else 0
 */
export function nextRun(text: Uint8Array, kinds: Uint8Array, from: number, to: number, least: number): number {
  let start = from;
  for (let end = from + least - 1; end < to;) {
    let i = end, union = 0, kind = 0;
    while (i >= start && (kind = kinds[text[i]!]!) !== 0) {
      union |= kind;
      i--;
    }
    if (i >= start) {
      start = i + 1;
      end = i + least;
      continue;
    }
    while (++end < to && (kind = kinds[text[end]!]!) !== 0) union |= kind;
    stretchEnd = end;
    stretchKinds = union;
    return start;
  }
  return -1;
}
