import type { Libc } from "./libc.ts";

/** Bits of `poll(2)`, the same on Linux and macOS. */
export const POLLIN = 0x01;
export const POLLOUT = 0x04;
export const POLLERR = 0x08;
export const POLLHUP = 0x10;
export const POLLNVAL = 0x20;

/** Size of a `struct pollfd`: an `int` and two `short`s. */
const ENTRY_BYTES = 8;

interface Interest {
  readonly fd: number;
  readonly events: number;
  readonly resolve: (events: number) => void;
}

/** Waits for many descriptors with one thread of the runtime's pool. */
export class Poller {
  readonly #libc: Libc;
  readonly #wake: readonly [number, number];
  #interests: Interest[] = [];
  #polling = false;

  /** @throws {Error} where the process has no descriptor left */
  constructor(libc: Libc) {
    this.#libc = libc;
    const pipe = libc.pipe();
    if (pipe === null) throw new Error("poller: no descriptor left");
    for (const end of pipe) libc.setUp(end);
    this.#wake = pipe;
  }

  /**
   * Resolves when one of `events` is true of the descriptor, or it has failed, with the bits of `poll(2)`; with
   * {@link POLLNVAL} where it is closed by {@link Poller.forget} meanwhile.
   */
  wait(fd: number, events: number): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<number>();
    this.#interests.push({ fd, events, resolve });
    if (this.#polling) this.#interrupt();
    else this.#start();
    return promise;
  }

  /** Ends every wait for a descriptor; call it before closing the descriptor, whose number is used again. */
  forget(fd: number): void {
    const gone = this.#interests.filter((interest) => interest.fd === fd);
    if (gone.length === 0) return;
    this.#interests = this.#interests.filter((interest) => interest.fd !== fd);
    if (this.#polling) this.#interrupt();
    for (const { resolve } of gone) resolve(POLLNVAL);
  }

  #interrupt(): void {
    // A full pipe wakes as well, so a failed write is no loss.
    this.#libc.calls.write(this.#wake[1], new Uint8Array(1), 1n);
  }

  #start(): void {
    this.#polling = true;
    // A turn later: whatever becomes interesting in this turn waits in the same call.
    queueMicrotask(() => void this.#poll());
  }

  async #poll(): Promise<void> {
    while (this.#interests.length > 0) {
      const asked = [...this.#interests];
      const set = new DataView(new ArrayBuffer((asked.length + 1) * ENTRY_BYTES));
      const put = (index: number, fd: number, events: number) => {
        set.setInt32(index * ENTRY_BYTES, fd, true);
        set.setInt16(index * ENTRY_BYTES + 4, events, true);
      };
      put(0, this.#wake[0], POLLIN);
      for (const [index, { fd, events }] of asked.entries()) put(index + 1, fd, events);
      await this.#libc.calls.poll(new Uint8Array(set.buffer), BigInt(asked.length + 1), -1);
      const result = (index: number) => set.getInt16(index * ENTRY_BYTES + 6, true);
      if (result(0) !== 0) this.#libc.calls.read(this.#wake[0], new Uint8Array(64), 64n);
      const ready = new Map<Interest, number>();
      for (const [index, interest] of asked.entries()) {
        const events = result(index + 1);
        if (events !== 0) ready.set(interest, events);
      }
      // Only those that nobody has forgotten in between.
      const fired = this.#interests.filter((interest) => ready.has(interest));
      this.#interests = this.#interests.filter((interest) => !ready.has(interest));
      for (const interest of fired) interest.resolve(ready.get(interest)!);
      // Lets those that were woken say what they wait for next.
      await Promise.resolve();
      await Promise.resolve();
    }
    this.#polling = false;
  }
}
