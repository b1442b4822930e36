import type { Libc } from "./libc.ts";
import { Poller, POLLERR, POLLHUP, POLLIN, POLLNVAL, POLLOUT } from "./poller.ts";

/** How often a descriptor may say that it takes bytes and then take none. */
const MAX_REFUSALS = 100;

/** The calls that a process makes on descriptors, with the one poller that they wait with. */
export class Descriptors {
  readonly libc: Libc;
  readonly poller: Poller;

  constructor(libc: Libc) {
    this.libc = libc;
    this.poller = new Poller(libc);
  }

  /** Takes a descriptor: it is ours to close, no child inherits it, and no call on it waits. */
  adopt(fd: number): Descriptor {
    this.libc.setUp(fd);
    return new Descriptor(this, fd);
  }
}

/** An open descriptor. One read and one write at a time. */
export class Descriptor {
  readonly #all: Descriptors;
  #fd: number;

  /** Use {@link Descriptors.adopt}. */
  constructor(all: Descriptors, fd: number) {
    this.#all = all;
    this.#fd = fd;
  }

  /** The number; -1 once closed. */
  get fd(): number {
    return this.#fd;
  }

  /** Reads what is there, at least one byte, into `into`. @returns how many; 0 at the end, or when it failed or was closed */
  async read(into: Uint8Array<ArrayBuffer>): Promise<number> {
    let failed = false;
    while (this.#fd >= 0) {
      const count = Number(this.#all.libc.calls.read(this.#fd, into, BigInt(into.byteLength)));
      if (count >= 0) return count;
      // Failed although it was ready: the other side of a terminal is gone, or the connection broke.
      if (failed) return 0;
      const events = await this.#all.poller.wait(this.#fd, POLLIN);
      if ((events & POLLNVAL) !== 0) return 0;
      failed = (events & (POLLERR | POLLHUP)) !== 0;
    }
    return 0;
  }

  /** Writes all bytes. @returns false where nobody reads any more, or it was closed */
  async write(bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
    let refusals = 0;
    for (let done = 0; done < bytes.byteLength;) {
      if (this.#fd < 0) return false;
      const rest = bytes.subarray(done);
      const count = Number(this.#all.libc.calls.write(this.#fd, rest, BigInt(rest.byteLength)));
      if (count > 0) {
        done += count;
        refusals = 0;
        continue;
      }
      if (refusals++ >= MAX_REFUSALS) return false;
      const events = await this.#all.poller.wait(this.#fd, POLLOUT);
      if ((events & (POLLERR | POLLHUP | POLLNVAL)) !== 0) return false;
    }
    return true;
  }

  /** Resolves with the events when the descriptor can be read. For those who read it otherwise (`accept`). */
  readable(): Promise<number> {
    return this.#fd < 0 ? Promise.resolve(POLLNVAL) : this.#all.poller.wait(this.#fd, POLLIN);
  }

  /** Ends reads and writes that wait, and closes. A second call does nothing. */
  close(): void {
    if (this.#fd < 0) return;
    const fd = this.#fd;
    this.#fd = -1;
    this.#all.poller.forget(fd);
    this.#all.libc.calls.close(fd);
  }
}
