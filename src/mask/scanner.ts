/** Looks for every secret in every view of some bytes, views of views included, within a budget. */

import { type Hit, Matcher } from "./matcher.ts";
import { isAlphanumeric, type Pattern, patternsOf, skeletonPatternOf } from "./pattern.ts";
import type { Reader, View } from "./view.ts";
import { readBase85 } from "./views/base85.ts";
import { readCompressed } from "./views/compressed.ts";
import { escapeReaders } from "./views/escapes.ts";
import { readLines } from "./views/lines.ts";
import { readNumbers } from "./views/numbers.ts";
import { runReader } from "./views/runs.ts";
import { denseView, readTerminal, skeletonView, unwrappedView } from "./views/select.ts";
import { readLookAlikes } from "./views/unicode.ts";

/** Encodings inside one another that are undone: `base64(gzip(hex(json(value))))` is four. */
export const MAX_DEPTH = 4;
/** Bytes of views that one scan may look at, as a multiple of its input; what is direct in the input is always read. */
const BUDGET_FACTOR = 12;
const MIN_BUDGET_BYTES = 1 << 20;

/** What a text has in it, so that it is worth reading in a certain way. */
const HAS = { digit: 1, lineBreak: 2, wide: 4, terminal: 8, blank: 16, symbol: 32, escape: 0x3f00 } as const;
const FLAGS = Uint16Array.from({ length: 256 }, (_, byte) => {
  let flags = isAlphanumeric(byte) ? 0 : HAS.symbol as number;
  if (byte >= 0x30 && byte <= 0x39) flags |= HAS.digit;
  if (byte === 0x0a || byte === 0x0d) flags |= HAS.lineBreak;
  if (byte >= 0x80) flags |= HAS.wide;
  if (byte === 0x1b || byte === 0x08) flags |= HAS.terminal;
  if (byte <= 0x20 || byte === 0x7f) flags |= HAS.blank;
  return flags;
});
[...escapeReaders.keys()].forEach((marker, index) => FLAGS[marker]! |= 0x100 << index);

/** The union of the flags of every byte. */
function survey(text: Uint8Array): number {
  let has = 0;
  for (let i = 0; i < text.length; i++) has |= FLAGS[text[i]!]!;
  return has;
}

/** Which readings are made: every one, or only the bytes as they are. */
export type Views = "all" | "literal";

/** The pure function at the heart: bytes in, traces out. */
export class Scanner {
  readonly #matcher: Matcher;
  readonly #skeletons: Matcher;
  readonly #readRuns: Reader;
  readonly #views: Views;
  /** One scratch buffer for what is looked at and forgotten, and one for each depth. */
  readonly #scratch: Uint8Array[] = [];
  #budget = 0;

  /**
   * @param values what to look for; `null` stands for one that is not looked for
   * @param views how much is read
   */
  constructor(values: readonly (Uint8Array | null)[], views: Views) {
    const patterns: Pattern[] = [];
    const skeletons: Pattern[] = [];
    values.forEach((value, secret) => {
      if (value === null) return;
      patterns.push(...patternsOf(value, secret));
      const skeleton = skeletonPatternOf(value, secret);
      if (skeleton !== null) skeletons.push(skeleton);
    });
    this.#views = views;
    this.#matcher = new Matcher(patterns);
    this.#skeletons = new Matcher(skeletons);
    this.#readRuns = runReader(patterns);
  }

  /** Every trace in `bytes`, in no order; the same one may be told more than once. */
  scan(bytes: Uint8Array): Hit[] {
    const hits: Hit[] = [];
    if (this.#matcher.isEmpty) return hits;
    if (this.#views === "literal") {
      this.#matcher.find(bytes, hits);
      return hits;
    }
    this.#budget = Math.max(MIN_BUDGET_BYTES, BUDGET_FACTOR * bytes.byteLength);
    this.#read(bytes, 0, hits);
    return hits;
  }

  #read(text: Uint8Array, depth: number, hits: Hit[]): void {
    const has = survey(text);
    this.#matcher.find(text, hits);
    if ((has & HAS.blank) !== 0) {
      const dense = denseView(text, this.#buffer(0, text.length));
      this.#collect(dense, hits, (found) => this.#matcher.find(dense.bytes, found));
    }
    if (!this.#skeletons.isEmpty && (has & HAS.symbol) !== 0) {
      const skeleton = skeletonView(text, this.#buffer(0, text.length));
      this.#collect(skeleton, hits, (found) => this.#skeletons.find(skeleton.bytes, found));
    }
    // Colours are no encoding: what they hide is as deep as they are. Twice is enough, whatever is hidden in them.
    if ((has & HAS.terminal) !== 0) readTerminal(text, (view) => this.#into(view, depth + 1, hits));
    if (depth >= MAX_DEPTH) return;
    const emit = (view: View): void => this.#into(view, depth + 1, hits);
    if ((has & HAS.escape) !== 0) {
      for (const [marker, reader] of escapeReaders) if ((has & FLAGS[marker]!) !== 0) reader(text, emit);
    }
    if ((has & HAS.digit) !== 0) readNumbers(text, emit);
    if ((has & HAS.lineBreak) !== 0 || depth > 0) readLines(text, emit);
    if ((has & HAS.wide) !== 0) {
      readLookAlikes(text, emit);
      readCompressed(text, emit);
    }
    if ((has & HAS.lineBreak) === 0) {
      this.#readRuns(text, emit);
      readBase85(text, emit);
      return;
    }
    const lines = unwrappedView(text, this.#buffer(depth + 1, text.length));
    this.#collect(lines, hits, (found) => {
      const emitFound = (view: View): void => this.#into(view, depth + 1, found);
      this.#readRuns(lines.bytes, emitFound);
      readBase85(lines.bytes, emitFound);
    });
  }

  #into(view: View, depth: number, hits: Hit[]): void {
    // What is one step away is read whatever it costs: its readers are linear. What is further away is paid for.
    this.#budget -= view.bytes.length;
    if (depth > 1 && this.#budget < 0) return;
    this.#collect(view, hits, (found) => {
      if (view.deep === false) this.#matcher.find(view.bytes, found);
      else this.#read(view.bytes, depth, found);
    });
  }

  /** Runs `find` and adds what it found in the view at the place where it stands in the view's text. */
  #collect(view: View, hits: Hit[], find: (found: Hit[]) => void): void {
    const found: Hit[] = [];
    find(found);
    for (const hit of found) {
      const [from, to] = view.source(hit.from, hit.to);
      const open = hit.open && (view.continues?.(hit.to) ?? (view.open && hit.to === view.bytes.length));
      hits.push({ from, to, secret: hit.secret, open });
    }
  }

  #buffer(slot: number, size: number): Uint8Array {
    const have = this.#scratch[slot];
    if (have !== undefined && have.length >= size) return have;
    return this.#scratch[slot] = new Uint8Array(Math.max(4096, size + (size >> 1)));
  }
}
