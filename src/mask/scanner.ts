/** Looks for every secret in every view of some bytes, views of views included, within a budget. */

import { type Hit, Matcher } from "./matcher.ts";
import { type Pattern, patternsOf, skeletonPatternOf } from "./pattern.ts";
import { TripleFilter } from "./triples.ts";
import type { Reader, View } from "./view.ts";
import { base85Readers } from "./views/base85.ts";
import { readCompressed } from "./views/compressed.ts";
import { escapeReaders } from "./views/escapes.ts";
import { readLabelledLines, readUuencode } from "./views/lines.ts";
import { readNumbers } from "./views/numbers.ts";
import { BASE16, BASE32, BASE32HEX, BASE64, BINARY, radixReader } from "./views/radix.ts";
import { denseView, readTerminal, skeletonView } from "./views/select.ts";
import { readLookAlikes } from "./views/unicode.ts";

/** Encodings inside one another that are undone: `base64(gzip(hex(json(value))))` is four. */
export const MAX_DEPTH = 4;
/** Bytes of views that one scan may look at, as a multiple of its input; what is direct in the input is always read. */
const BUDGET_FACTOR = 12;
const MIN_BUDGET_BYTES = 1 << 20;

/** Which readings are made: every one, or only the bytes as they are. */
export type Views = "all" | "literal";

/** The pure function at the heart: bytes in, traces out. */
export class Scanner {
  readonly #matcher: Matcher;
  readonly #skeletons: Matcher;
  readonly #textReaders: readonly Reader[];
  readonly #denseReaders: readonly Reader[];
  readonly #views: Views;
  /** Two scratch buffers for each depth. */
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
    const triples = new TripleFilter(patterns);
    this.#textReaders = [
      ...escapeReaders,
      readNumbers,
      readLabelledLines,
      readUuencode,
      readLookAlikes,
      readCompressed,
    ];
    this.#denseReaders = [
      ...[BASE64, BASE32, BASE32HEX, BASE16, BINARY].map((kind) => radixReader(kind, triples)),
      ...base85Readers(triples),
    ];
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
    readTerminal(bytes, (view) => this.#into(view, 0, hits));
    return hits;
  }

  #read(text: Uint8Array, depth: number, hits: Hit[]): void {
    this.#matcher.find(text, hits);
    const dense = denseView(text, this.#buffer(2 * depth, text.length));
    if (dense.bytes.length < text.length) this.#collect(dense, hits, (found) => this.#matcher.find(dense.bytes, found));
    if (!this.#skeletons.isEmpty) {
      const skeleton = skeletonView(text, this.#buffer(2 * depth + 1, text.length));
      this.#collect(skeleton, hits, (found) => this.#skeletons.find(skeleton.bytes, found));
    }
    if (depth >= MAX_DEPTH) return;
    for (const reader of this.#textReaders) reader(text, (view) => this.#into(view, depth + 1, hits));
    this.#collect(dense, hits, (found) => {
      for (const reader of this.#denseReaders) reader(dense.bytes, (view) => this.#into(view, depth + 1, found));
    });
  }

  #into(view: View, depth: number, hits: Hit[]): void {
    // What is one step away is read whatever it costs: its readers are linear. What is further away is paid for.
    this.#budget -= view.bytes.length;
    if (depth > 1 && this.#budget < 0) return;
    this.#collect(view, hits, (found) => this.#read(view.bytes, depth, found));
  }

  /** Runs `find` and adds what it found in the view at the place where it stands in the view's text. */
  #collect(view: View, hits: Hit[], find: (found: Hit[]) => void): void {
    const found: Hit[] = [];
    find(found);
    for (const hit of found) {
      const [from, to] = view.source(hit.from, hit.to);
      hits.push({ from, to, secret: hit.secret, open: hit.open && view.open });
    }
  }

  #buffer(slot: number, size: number): Uint8Array {
    const have = this.#scratch[slot];
    if (have !== undefined && have.length >= size) return have;
    return this.#scratch[slot] = new Uint8Array(Math.max(4096, size + (size >> 1)));
  }
}
