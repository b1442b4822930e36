/** How parts of texts are gone through, from one stretch of some kind to the next; whole texts are by `kernels/`. */

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
