import process from "node:process";

/** What an {@link Ending} needs of a child. */
export interface Endable {
  readonly pid: number;
  kill(signal: Deno.Signal): void;
}

/** How often to look whether a process group is empty, in milliseconds. */
const GROUP_POLL_MS = 20;

/**
 * Ends a child: TERM first, KILL after a grace period. Where the child leads a process group of its own, the signals go
 * to the whole group, so that what it started ends with it.
 */
export class Ending {
  readonly #child: Endable;
  readonly #group: boolean;
  readonly #graceMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #deadline = 0;
  #gone = false;

  /**
   * @param child the process; its `pid` is the group's id where `group`
   * @param o `graceMs`: from TERM to KILL
   */
  constructor(child: Endable, o: { readonly group: boolean; readonly graceMs: number }) {
    this.#child = child;
    this.#group = o.group && Deno.build.os !== "windows";
    this.#graceMs = o.graceMs;
  }

  /** Whether {@link begin} was called. */
  get begun(): boolean {
    return this.#deadline !== 0;
  }

  /** TERM now, KILL when the grace period is over; a second call does nothing. */
  begin(): void {
    if (this.begun || this.#gone) return;
    this.#deadline = performance.now() + this.#graceMs;
    this.send("SIGTERM");
    this.#timer = setTimeout(() => this.send("SIGKILL"), this.#graceMs);
  }

  /** Sends a signal to the group, or to the child alone; a process that is gone is no error. */
  send(signal: Deno.Signal): void {
    if (this.#group) {
      try {
        // Needs the full run permission. With a list of programs only the child itself can be reached.
        Deno.kill(-this.#child.pid, signal);
        return;
      } catch {
        // Falls through: the child alone.
      }
    }
    if (this.#gone) return;
    try {
      this.#child.kill(signal);
    } catch {
      // It has ended in between, or the platform does not know the signal.
    }
  }

  /**
   * The child has ended and was reaped. Where its group was being ended, waits for the rest of the group until the grace
   * period is over, then kills it.
   */
  async childGone(): Promise<void> {
    this.#gone = true;
    while (this.begun && this.#group && this.#groupAlive()) {
      const leftMs = this.#deadline - performance.now();
      if (leftMs <= 0) {
        this.send("SIGKILL");
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, Math.min(GROUP_POLL_MS, leftMs)));
    }
    clearTimeout(this.#timer);
  }

  #groupAlive(): boolean {
    try {
      process.kill(-this.#child.pid, 0);
      return true;
    } catch {
      return false;
    }
  }
}
