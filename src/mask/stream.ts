import type { Hit } from "./matcher.ts";
import type { Scanner } from "./scanner.ts";

/** Bytes that one window gives out. Fixed, so that what is masked can not depend on how the output was cut. */
const WINDOW_BYTES = 1 << 18;

/** A trace, at absolute offsets in the stream. */
interface Range {
  from: number;
  to: number;
  secret: number;
}

/** Traces that overlap, and so are replaced together. */
interface Region {
  from: number;
  to: number;
  /** In the order in which they begin; one that lies inside another is not named. */
  secrets: number[];
}

/**
 * Masks one output as it comes.
 *
 * The stream is cut into windows at fixed offsets, each scanned together with a margin of what follows it, as soon as all of
 * that is there: a trace that begins in a window and is no longer than the margin is seen whole. What is masked is the union
 * of what the windows show; so it is a function of the whole output, whatever the chunks were.
 */
export class MaskStream {
  readonly #scanner: Scanner;
  readonly #names: readonly string[];
  readonly #margin: number;
  readonly #window: number;
  /** The window and its margin; what is before `#released` in it has gone out. */
  #buffer: Uint8Array<ArrayBuffer>;
  #size = 0;
  /** Offset in the stream of the buffer's first byte. */
  #base = 0;
  /** Offset up to which the stream has been given out or masked. */
  #released = 0;
  #ranges: Range[] = [];
  #region: Region | null = null;
  #maskedCount = 0;
  #out = new Output();

  /**
   * @param scanner what finds traces
   * @param names for each secret's index, what its replacement says
   * @param marginBytes the longest trace that is sure to be seen whole
   */
  constructor(scanner: Scanner, names: readonly string[], marginBytes: number) {
    this.#scanner = scanner;
    this.#names = names;
    this.#margin = marginBytes;
    this.#window = Math.max(WINDOW_BYTES, 2 * marginBytes);
    this.#buffer = new Uint8Array(8192);
  }

  /** How many replacements have been written. */
  get maskedCount(): number {
    return this.#maskedCount;
  }

  /** Takes `chunk` (borrowed) and gives what can go out by now, which is often nothing: see {@link MaskStream.pause}. */
  push(chunk: Uint8Array): Uint8Array<ArrayBuffer> {
    const capacity = this.#window + this.#margin;
    for (let taken = 0; taken < chunk.byteLength;) {
      const part = Math.min(chunk.byteLength - taken, capacity - this.#size);
      this.#reserve(this.#size + part);
      this.#buffer.set(chunk.subarray(taken, taken + part), this.#size);
      this.#size += part;
      taken += part;
      if (this.#size < capacity) continue;
      this.#scan();
      this.#emit(this.#base + this.#window);
      this.#forget(this.#window);
    }
    return this.#out.take();
  }

  /**
   * Called when the child has been silent for a moment: gives out everything but a tail that in some view already matches a
   * value for as long as its threshold and may go on. What follows is masked as if nothing had gone out.
   */
  pause(): Uint8Array<ArrayBuffer> {
    const end = this.#base + this.#size;
    if (end > this.#released) {
      let limit = end;
      const hits = this.#scan();
      for (const hit of hits) if (hit.open) limit = Math.min(limit, this.#base + hit.from);
      // A trace that overlaps one that is held is held with it.
      for (let moved = true; moved;) {
        moved = false;
        for (const { from, to } of this.#ranges) {
          if (from < limit && to > limit) limit = from, moved = true;
        }
      }
      if (limit > this.#released) this.#emit(limit);
      this.#ranges = [];
      this.#forget(Math.max(0, Math.min(this.#size, this.#released - this.#margin - this.#base)));
    }
    return this.#out.take();
  }

  /** Gives the rest. The stream can not be used afterwards. */
  end(): Uint8Array<ArrayBuffer> {
    if (this.#base + this.#size > this.#released) this.#scan();
    this.#emit(this.#base + this.#size);
    this.#forget(this.#size);
    this.#buffer = new Uint8Array(0);
    return this.#out.take();
  }

  /** Scans the buffer and keeps what is found; returns it as it was found. */
  #scan(): Hit[] {
    const hits = this.#scanner.scan(this.#buffer.subarray(0, this.#size));
    for (const { from, to, secret } of hits) {
      const start = Math.max(this.#base + from, this.#region === null ? this.#released : 0);
      const end = this.#base + to;
      if (end > start) this.#ranges.push({ from: start, to: end, secret });
    }
    this.#ranges.sort((a, b) => a.from - b.from || b.to - a.to || a.secret - b.secret);
    return hits;
  }

  /** Writes what is before the offset `limit`; every trace that begins there is known. */
  #emit(limit: number): void {
    let index = 0;
    for (; index < this.#ranges.length && this.#ranges[index]!.from < limit; index++) {
      const { from, to, secret } = this.#ranges[index]!;
      if (this.#region !== null && from < this.#region.to) {
        if (to <= this.#region.to) continue;
        this.#region.to = to;
        if (!this.#region.secrets.includes(secret)) this.#region.secrets.push(secret);
        continue;
      }
      this.#closeRegion();
      if (to <= this.#released) continue;
      this.#region = { from, to, secrets: [secret] };
    }
    this.#ranges.splice(0, index);
    if (this.#region !== null && this.#region.to <= limit) this.#closeRegion();
    if (this.#region === null) {
      this.#copy(limit);
    } else {
      this.#copy(this.#region.from);
      this.#released = Math.max(this.#released, limit);
    }
  }

  #closeRegion(): void {
    if (this.#region === null) return;
    const { from, to, secrets } = this.#region;
    this.#copy(from);
    this.#out.add(new TextEncoder().encode(`[ov:${secrets.map((secret) => this.#names[secret]).join("+")}]`));
    this.#maskedCount++;
    this.#released = Math.max(this.#released, to);
    this.#region = null;
  }

  /** Copies what has not gone out, up to the offset `to`. */
  #copy(to: number): void {
    if (to <= this.#released) return;
    this.#out.add(this.#buffer.subarray(this.#released - this.#base, to - this.#base));
    this.#released = to;
  }

  /** Drops the first `count` bytes of the buffer. */
  #forget(count: number): void {
    this.#buffer.copyWithin(0, count, this.#size);
    this.#size -= count;
    this.#base += count;
  }

  #reserve(size: number): void {
    if (size <= this.#buffer.byteLength) return;
    const grown = new Uint8Array(Math.min(this.#window + this.#margin, Math.max(size, 2 * this.#buffer.byteLength)));
    grown.set(this.#buffer.subarray(0, this.#size));
    this.#buffer = grown;
  }
}

/** What goes out of one call. */
class Output {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #size = 0;

  add(bytes: Uint8Array): void {
    const size = this.#size + bytes.byteLength;
    if (size > this.#bytes.byteLength) {
      const grown = new Uint8Array(Math.max(size, 2 * this.#bytes.byteLength));
      grown.set(this.#bytes.subarray(0, this.#size));
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, this.#size);
    this.#size = size;
  }

  /** What was added, in an array that is the caller's. */
  take(): Uint8Array<ArrayBuffer> {
    const bytes = this.#bytes.subarray(0, this.#size);
    this.#bytes = new Uint8Array(0);
    this.#size = 0;
    return bytes;
  }
}
