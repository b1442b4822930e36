/** Masks for the same values again: making one takes longer than masking a short output with it. */
import type { Secret } from "../base/mod.ts";
import { Masker } from "../mask/mod.ts";
import { WholeValues } from "./whole_values.ts";

/** Sets of values whose masks are kept: those that a call looks for, and those that a run injects first. */
const MAX_MASKERS = 4;

interface Known {
  /** Copies. */
  readonly secrets: readonly Secret[];
  masker: Masker | null;
  whole: WholeValues | null;
}

/** Masks by what they look for. */
export class MaskerCache {
  #known: Known[] = [];
  #closed = false;

  /** The mask for these values, which are compared one by one. @param secrets borrowed */
  for(secrets: readonly Secret[]): Masker {
    if (this.#closed) return new Masker(secrets);
    return this.#of(secrets).masker ??= new Masker(secrets);
  }

  /** What finds these values where they are whole. @param secrets borrowed */
  wholeFor(secrets: readonly Secret[]): WholeValues {
    if (this.#closed) return new WholeValues(secrets);
    return this.#of(secrets).whole ??= new WholeValues(secrets);
  }

  #of(secrets: readonly Secret[]): Known {
    const index = this.#known.findIndex((known) => isSame(known.secrets, secrets));
    const found = index < 0
      ? { secrets: secrets.map((secret) => secret.renamed(secret.name)), masker: null, whole: null }
      : this.#known.splice(index, 1)[0]!;
    // The one that was used last stands first.
    for (const old of this.#known.splice(MAX_MASKERS - 1)) wipe(old);
    this.#known.unshift(found);
    return found;
  }

  /** Forgets all of them, and keeps none from now on. */
  close(): void {
    this.#closed = true;
    for (const known of this.#known) wipe(known);
    this.#known = [];
  }
}

function isSame(a: readonly Secret[], b: readonly Secret[]): boolean {
  return a.length === b.length && a.every((secret, i) => secret.name === b[i]!.name && secret.equals(b[i]!));
}

function wipe({ secrets }: Known): void {
  for (const secret of secrets) secret.wipe();
}
