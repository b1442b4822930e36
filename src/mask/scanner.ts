/** Looks for every secret in every view of some bytes, views of views included, within a budget. */

import { leastTraceBytes } from "./least.ts";
import { type Hit, Matcher } from "./matcher.ts";
import { type Pattern, patternsOf, respelledPatternsOf, skeletonPatternsOf } from "./pattern.ts";
import type { Reader, View } from "./view.ts";
import { base85Reader } from "./views/base85.ts";
import { Decompressor } from "./views/compressed.ts";
import { ALL_ESCAPES, readEscapes } from "./views/escapes.ts";
import { readLines } from "./views/lines.ts";
import { readNumbers } from "./views/numbers.ts";
import { readPadded } from "./views/padded.ts";
import { readPeriodic } from "./views/periodic.ts";
import { runReader } from "./views/runs.ts";
import { HAS, readTerminal, SelectionBuffers } from "./views/select.ts";
import { readSingles } from "./views/singles.ts";
import { readLookAlikes } from "./views/unicode.ts";
import { WARM_UP } from "./warm_up.ts";

/** Encodings inside one another that are undone: `base64(gzip(hex(json(value))))` is four. */
export const MAX_DEPTH = 4;
/** Bytes of views that one scan may look at, as a multiple of its input; what is direct in the input is always read. */
const BUDGET_FACTOR = 12;
const MIN_BUDGET_BYTES = 1 << 20;
/** Up to so many bytes of values, encodings are looked for spelled backwards, in rot13 and between separators too. */
const MAX_RESPELLED_BYTES = 1 << 14;

/** Whether this program has read {@link WARM_UP}. */
let isWarm = false;

/** Which readings are made: every one, or only the bytes as they are. */
export type Views = "all" | "literal";

/** The pure function at the heart: bytes in, traces out. */
export class Scanner {
  readonly #matcher: Matcher;
  readonly #skeletons: Matcher;
  readonly #readRuns: Reader;
  readonly #readBase85: Reader;
  readonly #decompressor = new Decompressor();
  readonly #views: Views;
  /** Room for each depth. */
  readonly #selections = Array.from({ length: MAX_DEPTH + 1 }, () => new SelectionBuffers());
  /** What is shorter holds no trace (bytes). */
  readonly #leastBytes: number;
  #budget = 0;

  /**
   * @param values what to look for; `null` stands for one that is not looked for
   * @param views how much is read
   */
  constructor(values: readonly (Uint8Array | null)[], views: Views) {
    const patterns: Pattern[] = [];
    const skeletons: Pattern[] = [];
    const total = values.reduce((sum, value) => sum + (value?.byteLength ?? 0), 0);
    const respelled: Pattern[] = [];
    values.forEach((value, secret) => {
      if (value === null) return;
      const few = total <= MAX_RESPELLED_BYTES;
      patterns.push(...patternsOf(value, secret));
      if (few && views === "all") respelled.push(...respelledPatternsOf(value, secret));
      skeletons.push(...skeletonPatternsOf(value, secret, few));
    });
    this.#views = views;
    this.#matcher = new Matcher([...patterns, ...respelled]);
    this.#skeletons = new Matcher(skeletons);
    const leastBytes = leastTraceBytes([...patterns, ...respelled, ...skeletons]);
    this.#leastBytes = leastBytes;
    this.#readRuns = runReader(patterns, leastBytes, this.#decompressor);
    this.#readBase85 = base85Reader(leastBytes, this.#decompressor);
    if (isWarm || views !== "all" || this.#matcher.isEmpty) return;
    isWarm = true;
    for (const text of WARM_UP) this.scan(text);
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
    this.#decompressor.reset();
    this.#read(bytes, 0, hits);
    for (const hit of hits) widenToCharacters(bytes, hit);
    return hits;
  }

  #read(text: Uint8Array, depth: number, hits: Hit[], escapes = ALL_ESCAPES): void {
    const { has, dense, skeleton, unwrapped } = this.#selections[depth]!.select(text);
    this.#matcher.find(text, hits);
    if ((has & HAS.control) !== 0) this.#collect(dense, hits, (found) => this.#matcher.find(dense.bytes, found));
    if ((has & HAS.symbol) !== 0) this.#collect(skeleton, hits, (found) => this.#skeletons.find(skeleton.bytes, found));
    if (depth >= MAX_DEPTH) return;
    const emit = (view: View): void => this.#into(view, depth + 1, hits);
    if ((has & HAS.wide) !== 0) this.#decompressor.read(text, emit);
    if ((has & HAS.terminal) !== 0) {
      // What is left is all of it, and read instead of it.
      readTerminal(text, emit);
      return;
    }
    if ((has & HAS.symbol) !== 0) {
      readEscapes(text, escapes & (has / HAS.escapes), emit);
      readLines(text, emit);
      readSingles(text, emit);
    }
    if ((has & HAS.digit) !== 0) readNumbers(text, emit);
    if ((has & HAS.wide) !== 0) readLookAlikes(text, emit);
    readPeriodic(text, emit);
    const lines = unwrapped.bytes;
    this.#collect(unwrapped, hits, (found) => {
      const emitFound = (view: View): void => this.#into(view, depth + 1, found);
      this.#readRuns(lines, emitFound);
      this.#readBase85(lines, emitFound);
      if ((has & HAS.digit) !== 0) readPadded(lines, emitFound);
    });
  }

  #into(view: View, depth: number, hits: Hit[]): void {
    if (view.bytes.length < this.#leastBytes) return;
    // What is one step away is read whatever it costs: its readers are linear. What is further away is paid for.
    this.#budget -= view.bytes.length;
    if (depth > 1 && this.#budget < 0) return;
    this.#collect(view, hits, (found) => {
      if (view.deep === false) this.#matcher.find(view.bytes, found);
      else this.#read(view.bytes, depth, found, view.escapes);
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
}

/** Widens a trace that begins or ends inside a UTF-8 character: half of one must not be left. */
function widenToCharacters(bytes: Uint8Array, hit: Hit): void {
  const head = characterAround(bytes, hit.from);
  if (head !== null) hit.from = head[0];
  const tail = characterAround(bytes, hit.to);
  if (tail !== null) hit.to = tail[1];
}

/** The UTF-8 character that a cut at `at` would split, or `null`. */
function characterAround(bytes: Uint8Array, at: number): [number, number] | null {
  const isTail = (i: number): boolean => i < bytes.length && (bytes[i]! & 0xc0) === 0x80;
  if (!isTail(at)) return null;
  let start = at - 1;
  while (start > at - 3 && isTail(start)) start--;
  const lead = bytes[start] ?? 0;
  const length = lead >= 0xf0 && lead < 0xf5
    ? 4
    : lead >= 0xe0 && lead < 0xf0
    ? 3
    : lead >= 0xc2 && lead < 0xe0
    ? 2
    : 0;
  if (start + length <= at) return null;
  for (let i = start + 1; i < start + length; i++) if (!isTail(i)) return null;
  return [start, start + length];
}
