/** How much of a value an attacker holds. */

/** Shorter runs are found in anything. */
const LEAST_RUN = 6;

/** More than this share, and it is a leak: three tenths. The longest piece that the mask lets pass is 9 of 32 characters. */
export const LEAK_SHARE = 0.3;

/**
 * The best of what an attacker has decoded: characters of the value that stand in it in runs of six or more, or, where the
 * guess is as long as the value, those that stand at their place.
 *
 * @param value what was to be kept
 * @param guesses what the attacker's decoding gives
 * @returns 0 to 1
 */
export function recovered(value: string, guesses: Iterable<string>): number {
  let best = 0;
  for (const guess of guesses) {
    best = Math.max(best, covered(value, guess) / value.length, placed(value, guess) / value.length);
    if (best === 1) break;
  }
  return best;
}

function placed(value: string, guess: string): number {
  if (guess.length !== value.length) return 0;
  let same = 0;
  for (let i = 0; i < value.length; i++) if (guess[i] === value[i]) same++;
  // One in sixty is right by chance.
  return same < 3 ? 0 : same;
}

function covered(value: string, guess: string): number {
  const held = new Uint8Array(value.length);
  for (let from = 0; from + LEAST_RUN <= value.length;) {
    let to = from + LEAST_RUN;
    if (!guess.includes(value.slice(from, to))) {
      from++;
      continue;
    }
    while (to < value.length && guess.includes(value.slice(from, to + 1))) to++;
    held.fill(1, from, to);
    from = Math.max(from + 1, to - LEAST_RUN + 1);
  }
  return held.reduce((sum, one) => sum + one, 0);
}
