import type { Limits } from "./messages.ts";

/** What a person gets who says nothing else: a working day, and half an hour without any use. */
export const DEFAULT_LIMITS: Limits = { forMs: 8 * 60 * 60 * 1000, idleMs: 30 * 60 * 1000 };

/** Time that passed on the wall and not for the process, from which on the machine is taken to have slept. */
export const SUSPENDED_MS = 30 * 1000;

/** Two clocks, both in milliseconds. */
export interface Clocks {
  /** Since the epoch; goes on while the machine sleeps, and may be set. */
  wall(): number;
  /** Steady; stands still while the machine sleeps. */
  steady(): number;
}

/**
 * Says when an agent must lock. It is asked often; between two questions it compares both clocks, so that neither sleep
 * nor a wall clock that was set back makes an unlocking last longer.
 */
export class TimeLimits {
  readonly #clocks: Clocks;
  #limits: Limits = DEFAULT_LIMITS;
  #unlockedAt = 0;
  #unlockedSteady = 0;
  #usedAt = 0;
  #usedSteady = 0;
  #askedAt = 0;
  #askedSteady = 0;

  constructor(clocks: Clocks) {
    this.#clocks = clocks;
    this.unlocked(DEFAULT_LIMITS);
  }

  /** The vault was unlocked just now. */
  unlocked(limits: Limits): void {
    this.#limits = limits;
    this.#unlockedAt = this.#usedAt = this.#askedAt = this.#clocks.wall();
    this.#unlockedSteady = this.#usedSteady = this.#askedSteady = this.#clocks.steady();
  }

  /** It was used just now. */
  used(): void {
    this.#usedAt = this.#clocks.wall();
    this.#usedSteady = this.#clocks.steady();
  }

  /**
   * Why it must lock now, in words, or `null`.
   * @param busy whether something runs: that counts as use
   */
  due(busy: boolean): string | null {
    const wall = this.#clocks.wall();
    const steady = this.#clocks.steady();
    const slept = wall - this.#askedAt - (steady - this.#askedSteady);
    this.#askedAt = wall;
    this.#askedSteady = steady;
    if (slept >= SUSPENDED_MS) return "the machine slept, or its clock was set";
    if (Math.max(wall - this.#unlockedAt, steady - this.#unlockedSteady) >= this.#limits.forMs) {
      return "its time was up";
    }
    if (busy) this.used();
    else if (Math.max(wall - this.#usedAt, steady - this.#usedSteady) >= this.#limits.idleMs) return "nobody used it";
    return null;
  }

  /** When it was unlocked and when it locks at the latest, on the wall clock. */
  get times(): { unlockedAt: number; locksAt: number; locksWhenIdleAt: number } {
    const { forMs, idleMs } = this.#limits;
    return {
      unlockedAt: this.#unlockedAt,
      locksAt: this.#unlockedAt + forMs,
      locksWhenIdleAt: Math.min(this.#usedAt + idleMs, this.#unlockedAt + forMs),
    };
  }
}
