/** A new master password, typed twice on the terminal. */
import { OvError, type Secret } from "../base/mod.ts";
import type { Door } from "./door.ts";
import type { Strength } from "./protocol.ts";

/** What a score of the estimator means, from 0 to 4. */
const STRENGTH_WORDS = ["very weak", "weak", "fair", "good", "strong"] as const;

/** Below this score a typed password is asked for again. */
const WEAK_BELOW = 2;

/** Shortest master password that is taken, in characters. */
const MIN_PASSWORD_BYTES = 8;

/**
 * Asks twice; a weak password is shown as such and must be confirmed by being typed again.
 *
 * @returns the password, the caller's to wipe, and its score from 0 to 4; `null` where there is no estimator
 * @throws OvError `usage/no-terminal`, `io/interrupted`
 */
export async function typeNewPassword(door: Door): Promise<{ password: Secret; strength: number | null }> {
  const { terminal, rate } = door.parts;
  if (door.nonInteractive) {
    throw new OvError("usage/no-terminal", "Cannot make a vault: --non-interactive is set and no password file", {
      hint: "Name one with --password-file FILE.",
    });
  }
  terminal.show(
    "The master password opens this vault. Without it only an emergency sheet does: keep it where you will find it.\n",
  );
  for (;;) {
    const password = await terminal.readHidden("New password: ", "password");
    try {
      requireLength(password);
    } catch (error) {
      password.wipe();
      terminal.show(`${(error as OvError).message}\n`);
      continue;
    }
    const strength = await rate?.(password) ?? null;
    if (strength !== null) {
      terminal.show(
        `Strength: ${STRENGTH_WORDS[strength]}${strength < WEAK_BELOW ? "; four random words are better" : ""}\n`,
      );
    }
    const again = await terminal.readHidden("Once more: ", "password");
    const same = again.equals(password);
    again.wipe();
    if (same) return { password, strength };
    password.wipe();
    terminal.show("The two are not the same; start again.\n");
  }
}

/** @throws OvError `usage/value` */
export function requireLength(password: Secret): void {
  if (password.sizeBytes >= MIN_PASSWORD_BYTES) return;
  throw new OvError("usage/value", `Cannot use the password: it is shorter than ${MIN_PASSWORD_BYTES} characters`, {
    hint: "Four random words are easy to type and hard to guess.",
  });
}

/** A score in words; `null` for none. */
export function strengthOf(score: number | null): Strength | null {
  return score === null ? null : { score, words: STRENGTH_WORDS[score]! };
}
