/** Looks for every secret in every view of some bytes, views of views included, within a budget. */

import type { WordFilter } from "./filter.ts";
import { load, type Text } from "./kernels/kernels.ts";
import { leastTraceBytes } from "./least.ts";
import { type Hit, Matcher } from "./matcher.ts";
import { type Pattern, patternsOf, respelledPatternsOf, skeletonPatternsOf } from "./pattern.ts";
import type { Reader, View } from "./view.ts";
import { base85Reader } from "./views/base85.ts";
import { Decompressor } from "./views/compressed.ts";
import { ALL_ESCAPES, readEscapes } from "./views/escapes.ts";
import { Words } from "./views/lanes.ts";
import { readLines } from "./views/lines.ts";
import { numbersReader } from "./views/numbers/reader.ts";
import { Views as NumberViews } from "./views/numbers/views.ts";
import { wrappedReader } from "./views/numbers/wrapped.ts";
import { readPadded } from "./views/padded.ts";
import { readPeriodic } from "./views/periodic.ts";
import { runReader } from "./views/runs.ts";
import { denseOf, ESCAPE_FLAGS, readTerminal, skeletonOf, TERMINAL_FLAGS, unwrappedOf } from "./views/select.ts";
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

/** Places in the list of filters that texts are loaded with. */
const VALUES = 0, SKELETONS = 1, WORDS = 2;

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
  readonly #readNumbers: Reader;
  readonly #readWrapped: ReturnType<typeof wrappedReader>;
  readonly #views: Views;
  /** Of the matcher, of the skeletons', and of words in runs. */
  readonly #filters: readonly WordFilter[];
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
    const words = new Words(patterns);
    this.#filters = [this.#matcher.filter, this.#skeletons.filter, words.all];
    const leastBytes = leastTraceBytes([...patterns, ...respelled, ...skeletons]);
    this.#leastBytes = leastBytes;
    // Each hands on what it has found before the other begins.
    const numbers = new NumberViews(leastBytes, ownBytes([...patterns, ...respelled]), this.#decompressor);
    this.#readNumbers = numbersReader(numbers);
    this.#readWrapped = wrappedReader(numbers);
    this.#readRuns = runReader(words, WORDS, leastBytes, this.#decompressor);
    this.#readBase85 = base85Reader(leastBytes, this.#decompressor);
    if (isWarm || views !== "all" || this.#matcher.isEmpty) return;
    isWarm = true;
    for (const text of WARM_UP) this.scan(text);
  }

  /** Every trace in `bytes`, in no order; the same one may be told more than once. */
  scan(bytes: Uint8Array): Hit[] {
    const hits: Hit[] = [];
    if (this.#matcher.isEmpty) return hits;
    const text = load(bytes, 0, this.#filters);
    if (this.#views === "literal") {
      this.#matcher.find(text, VALUES, hits);
      return hits;
    }
    this.#budget = Math.max(MIN_BUDGET_BYTES, BUDGET_FACTOR * bytes.byteLength);
    this.#decompressor.reset();
    this.#read(text, 0, hits);
    for (const hit of hits) widenToCharacters(bytes, hit);
    return hits;
  }

  #read(text: Text, depth: number, hits: Hit[], escapes = ALL_ESCAPES): void {
    const selected = text.select();
    const { flags, control, symbol, digit, wide } = selected;
    this.#matcher.find(text, VALUES, hits);
    if (control) {
      const dense = denseOf(text, selected);
      this.#collect(dense, hits, (found) => this.#matcher.find(dense.text, VALUES, found));
    }
    if (symbol) {
      const skeleton = skeletonOf(text, selected);
      this.#collect(skeleton, hits, (found) => this.#skeletons.find(skeleton.text, SKELETONS, found));
    }
    if (depth >= MAX_DEPTH) return;
    const emit = (view: View): void => this.#into(view, depth + 1, hits);
    if (wide) this.#decompressor.read(text, emit);
    if ((flags & TERMINAL_FLAGS) !== 0) {
      // What is left is all of it, and read instead of it.
      readTerminal(text, emit);
      return;
    }
    if (symbol) {
      readEscapes(text, escapes & flags & ESCAPE_FLAGS, emit);
      readLines(text, emit);
      readSingles(text, emit);
    }
    if (digit) this.#readNumbers(text, emit);
    if (wide) readLookAlikes(text, emit);
    readPeriodic(text, emit);
    const unwrapped = unwrappedOf(text, selected);
    this.#collect(unwrapped, hits, (found) => {
      const emitFound = (view: View): void => this.#into(view, depth + 1, found);
      this.#readRuns(unwrapped.text, emitFound);
      this.#readBase85(unwrapped.text, emitFound);
      if (!digit) return;
      readPadded(unwrapped.text, emitFound);
      this.#readWrapped(text.bytes, unwrapped, emitFound);
    });
  }

  #into(view: View, depth: number, hits: Hit[]): void {
    if (view.bytes.length < this.#leastBytes) return;
    // What is one step away is read whatever it costs: its readers are linear. What is further away is paid for.
    this.#budget -= view.bytes.length;
    if (depth > 1 && this.#budget < 0) return;
    this.#collect(view, hits, (found) => {
      const text = load(view.bytes, depth, this.#filters);
      if (view.deep === false) this.#matcher.find(text, VALUES, found);
      else this.#read(text, depth, found, view.escapes);
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

/** 1 for each byte that some pattern has, in either case. */
function ownBytes(patterns: readonly Pattern[]): Uint8Array {
  const own = new Uint8Array(256);
  for (const { bytes } of patterns) {
    for (const byte of bytes) {
      own[byte] = 1;
      const lower = byte | 0x20;
      if (lower >= 0x61 && lower <= 0x7a) own[byte ^ 0x20] = 1;
    }
  }
  return own;
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
