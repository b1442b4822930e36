/**
 * Finds runs of many patterns in bytes, in one pass.
 *
 * A run of at least seven bytes holds a whole 4-byte word at a place divisible by four, so only every fourth
 * one is looked at (`kernels/`): one load, one multiplication, one mask (where a pattern has six bytes, words are cut to three). Where it
 * fits, windows of each threshold's length around it are looked up by a polynomial hash (Karp and Rabin), compared,
 * and extended as far as the pattern agrees. Letters are compared without case.
 *
 * Cost is linear in the input whatever it holds: each window is looked up once, and at most {@link MAX_TWINS} patterns
 * share a hash entry. A window left out for that reason is in a run that another pattern of the same text already covers.
 */

import { SELDOM_LOG2_WORDS, WordFilter } from "./filter.ts";
import type { Text } from "./kernels/kernels.ts";
import type { Pattern } from "./pattern.ts";

/** A trace of a secret: bytes `from` up to `to`. */
export interface Hit {
  from: number;
  to: number;
  /** Index of the secret. */
  secret: number;
  /** The pattern goes on where this ends: if the bytes end here too, more of it may follow. */
  open: boolean;
}

const MAX_TWINS = 8;
/** How far left of a window a run may reach: only what {@link Pattern.own} does not count lies there. */
const MAX_LEFT = 512;
/** From here on a run that differs in case counts as a trace: shorter ones are words. */
const MIN_FOLDED_BYTES = 8;
const MIN_FOLDED_PIECE_BYTES = 12;
const WORD_MULTIPLIER = 0x9e3779b1 | 0;
const HASH_BASE = 0x01000193;

/** Lower case for ASCII letters, every other byte as it is. */
const LOWER = Uint8Array.from({ length: 256 }, (_, byte) => byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte);

/** A set of patterns, ready to be looked for. */
export class Matcher {
  readonly #patterns: readonly Pattern[];
  /** The distinct thresholds, ascending, with the hash base's power for each. */
  readonly #sizes: number[];
  readonly #powers: Int32Array;
  readonly #largest: number;
  /** 0xffffff where words are cut to three bytes. */
  readonly #wordMask: number;
  readonly #wordBytes: number;
  readonly #filter: WordFilter;
  /** Words and the two bytes after them: asked where the first filter does not say no. */
  readonly #longer: WordFilter;
  /** Open addressing: slot → entry index + 1. */
  readonly #slots: Int32Array;
  readonly #keys: Int32Array;
  readonly #entryPattern: Int32Array;
  readonly #entryAt: Int32Array;
  readonly #entryTwin: Int32Array;
  #entries = 0;
  /** Per threshold: the first window that was not looked up yet. */
  readonly #next: Int32Array;
  readonly #prefix: Int32Array;

  /** @param patterns borrowed: they must not change */
  constructor(patterns: readonly Pattern[]) {
    this.#patterns = patterns;
    this.#sizes = [...new Set(patterns.map((pattern) => pattern.threshold))].sort((a, b) => a - b);
    this.#powers = Int32Array.from(this.#sizes, (size) => {
      let power = 1;
      for (let i = 0; i < size; i++) power = Math.imul(power, HASH_BASE);
      return power;
    });
    this.#largest = this.#sizes.at(-1) ?? 0;
    this.#wordBytes = (this.#sizes[0] ?? 7) < 7 ? 3 : 4;
    this.#wordMask = this.#wordBytes === 3 ? 0x00ffffff : -1;
    this.#next = new Int32Array(this.#sizes.length);
    this.#prefix = new Int32Array(2 * this.#largest + 8);
    const total = patterns.reduce((sum, pattern) => sum + pattern.bytes.byteLength, 0);
    this.#filter = new WordFilter(total);
    this.#longer = new WordFilter(total, SELDOM_LOG2_WORDS);
    this.#slots = new Int32Array(1 << Math.max(4, Math.ceil(Math.log2(2 * total + 1))));
    this.#keys = new Int32Array(total);
    this.#entryPattern = new Int32Array(total);
    this.#entryAt = new Int32Array(total);
    this.#entryTwin = new Int32Array(total).fill(-1);
    patterns.forEach((pattern, index) => this.#add(pattern, index));
  }

  /** The words that may be in a run: what {@link Matcher.find} needs the text to be loaded with. */
  get filter(): WordFilter {
    return this.#filter;
  }

  /** Whether there is nothing to look for. */
  get isEmpty(): boolean {
    return this.#patterns.length === 0;
  }

  #add(pattern: Pattern, index: number): void {
    const { bytes, threshold, own } = pattern;
    for (let at = 0; at + this.#wordBytes <= bytes.byteLength; at++) {
      const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | ((bytes[at + 3] ?? 0) << 24);
      this.#filter.add((word | 0x20202020) & this.#wordMask);
      if (at + this.#wordBytes + 2 <= bytes.byteLength) this.#longer.add(this.#longWord(bytes, at));
    }
    const group = this.#sizes.indexOf(threshold);
    const ownBytes = own[bytes.byteLength]!;
    for (let at = 0; at + threshold <= bytes.byteLength; at++) {
      // A window of public knowledge is no way into a pattern, unless the pattern has no other.
      if (own[at + threshold]! === own[at]! && ownBytes >= 1) continue;
      this.#addWindow(index, at, windowHash(bytes, at, threshold) ^ group, threshold);
    }
  }

  #addWindow(index: number, at: number, key: number, size: number): void {
    const mask = this.#slots.length - 1;
    let slot = slotOf(key, mask);
    let twins = 0;
    for (; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot]! - 1;
      if (this.#keys[entry] !== key) continue;
      const other = this.#patterns[this.#entryPattern[entry]!]!.bytes;
      if (!sameFolded(other, this.#entryAt[entry]!, this.#patterns[index]!.bytes, at, size)) continue;
      let last = entry;
      for (;;) {
        if (++twins >= MAX_TWINS || this.#entryPattern[last] === index) return;
        if (this.#entryTwin[last]! < 0) break;
        last = this.#entryTwin[last]!;
      }
      this.#entryTwin[last] = this.#newEntry(index, at, key);
      return;
    }
    this.#slots[slot] = this.#newEntry(index, at, key) + 1;
  }

  #newEntry(index: number, at: number, key: number): number {
    const entry = this.#entries++;
    this.#keys[entry] = key;
    this.#entryPattern[entry] = index;
    this.#entryAt[entry] = at;
    return entry;
  }

  /**
   * Appends to `hits` every run of a pattern in `text` that is at least its threshold long.
   * @param filter which of the filters that the text was loaded with is this matcher's
   */
  find(text: Text, filter: number, hits: Hit[]): void {
    const { size } = text;
    if (this.#patterns.length === 0 || size < 6) return;
    let isFirst = true;
    for (let from = 0; from + 4 <= size; from = text.resume) {
      const count = text.find(from, filter, this.#wordMask);
      if (count === 0) continue;
      if (isFirst) this.#next.fill(0);
      isFirst = false;
      const { list, bytes } = text;
      for (let i = 0; i < count; i++) if (this.#mayHold(bytes, list[i]!)) this.#probe(bytes, list[i]!, hits);
    }
    if (this.#wordBytes === 3 && (size & 3) === 3) {
      if (isFirst) this.#next.fill(0);
      this.#probe(text.bytes, size - 3, hits);
    }
  }

  /** A hash of the word at `at` and the two bytes after it. */
  #longWord(bytes: Uint8Array, at: number): number {
    const three = (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16)) | 0x202020;
    const next = at + 3;
    const rest = bytes[next]! | (bytes[next + 1]! << 8) | (this.#wordBytes === 4 ? bytes[next + 2]! << 16 : 0) |
      0x202020;
    return Math.imul(three, HASH_BASE) ^ rest;
  }

  /** Whether a run can hold the word at `at`: two bytes more of it stand after the word, or before it. */
  #mayHold(bytes: Uint8Array, at: number): boolean {
    return (at + this.#wordBytes + 2 <= bytes.byteLength && this.#longer.has(this.#longWord(bytes, at))) ||
      (at >= 2 && this.#longer.has(this.#longWord(bytes, at - 2)));
  }

  /** Looks up every window that holds the word at `at`. */
  #probe(bytes: Uint8Array, at: number, hits: Hit[]): void {
    const lowest = Math.max(0, at + this.#wordBytes - this.#largest);
    const highest = Math.min(bytes.byteLength, at + this.#largest);
    const prefix = this.#prefix;
    let hash = 0;
    for (let i = lowest; i < highest; i++) {
      hash = (Math.imul(hash, HASH_BASE) + (bytes[i]! | 0x20)) | 0;
      prefix[i - lowest + 1] = hash;
    }
    const mask = this.#slots.length - 1;
    for (let group = 0; group < this.#sizes.length; group++) {
      const size = this.#sizes[group]!, power = this.#powers[group]!;
      const last = Math.min(at, highest - size);
      let start = Math.max(lowest, at + this.#wordBytes - size, this.#next[group]!);
      for (; start <= last; start++) {
        const key = (prefix[start + size - lowest]! - Math.imul(prefix[start - lowest]!, power)) ^ group;
        for (let slot = slotOf(key, mask); this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
          const entry = this.#slots[slot]! - 1;
          if (this.#keys[entry] !== key) continue;
          const end = this.#longest(bytes, start, size, entry, hits);
          if (end === 0) continue;
          start = Math.max(start, end - size);
          break;
        }
      }
      if (start > this.#next[group]!) this.#next[group] = start;
    }
  }

  /** Reports the longest run through the window at `start` among the entry's twins; its end, or 0 where none counts. */
  #longest(bytes: Uint8Array, start: number, size: number, entry: number, hits: Hit[]): number {
    let best: Hit | null = null;
    for (let twin = entry; twin >= 0; twin = this.#entryTwin[twin]!) {
      const hit = this.#run(bytes, start, size, this.#patterns[this.#entryPattern[twin]!]!, this.#entryAt[twin]!);
      if (hit === null) continue;
      if (best === null || hit.to - hit.from > best.to - best.from) best = hit;
    }
    if (best === null) return 0;
    hits.push(best);
    return best.to;
  }

  #run(bytes: Uint8Array, start: number, size: number, pattern: Pattern, at: number): Hit | null {
    const wanted = pattern.bytes;
    if (!sameFolded(bytes, start, wanted, at, size)) return null;
    let from = start, head = at;
    const leftMost = Math.max(0, at - MAX_LEFT);
    while (head > leftMost && from > 0 && LOWER[bytes[from - 1]!] === LOWER[wanted[head - 1]!]) from--, head--;
    let to = start + size, tail = at + size;
    while (tail < wanted.byteLength && to < bytes.byteLength && LOWER[bytes[to]!] === LOWER[wanted[tail]!]) {
      to++, tail++;
    }
    const whole = head === 0 && tail === wanted.byteLength;
    const own = pattern.own[tail]! - pattern.own[head]!;
    // What is the same but for case counts only where it is long: else what is the same to the letter, around the window.
    let counts = whole
      ? to - from >= MIN_FOLDED_BYTES
      : own >= pattern.threshold && to - from >= MIN_FOLDED_PIECE_BYTES;
    if (!counts) {
      let low = start, high = start;
      const shift = at - start;
      while (high < to && bytes[high] === wanted[high + shift]) high++;
      if (high < start + size) return null;
      while (low > from && bytes[low - 1] === wanted[low - 1 + shift]) low--;
      head += low - from, from = low;
      tail -= to - high, to = high;
      counts = (head === 0 && tail === wanted.byteLength) ||
        pattern.own[tail]! - pattern.own[head]! >= pattern.threshold;
    }
    return counts ? { from, to, secret: pattern.secret, open: tail < wanted.byteLength } : null;
  }
}

function slotOf(key: number, mask: number): number {
  return (Math.imul(key, WORD_MULTIPLIER) >>> 8) & mask;
}

function windowHash(bytes: Uint8Array, at: number, size: number): number {
  let hash = 0;
  for (let i = at; i < at + size; i++) hash = (Math.imul(hash, HASH_BASE) + (bytes[i]! | 0x20)) | 0;
  return hash;
}

function sameFolded(a: Uint8Array, aAt: number, b: Uint8Array, bAt: number, size: number): boolean {
  for (let i = 0; i < size; i++) if (LOWER[a[aAt + i]!] !== LOWER[b[bAt + i]!]) return false;
  return true;
}
