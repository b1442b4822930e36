/**
 * Watches a run of outputs for pieces of values that are each too short to be masked (`cut -c1-8`, then `9-16`): what has
 * come out of a value adds up, and the piece that would make it as much as the mask never lets out at once is masked.
 *
 * Three sizes of pieces are told from chance in three ways (bits as in {@link pieceThreshold}):
 * - about 36 bits in a row: anywhere, in every view that the mask reads;
 * - about 24 bits: as a word of its own in a short output, forwards or backwards;
 * - less: as the whole output, where it goes on where an earlier output of that kind ended (`cut -c1`, `cut -c2`, …).
 *
 * Not seen: pieces of a few characters in another order than the value's, or hidden in other text; and what a program
 * makes up, as ever.
 */
import { decodeUtf8, encodeUtf8, type Secret } from "../base/mod.ts";
import { maskability } from "./maskability.ts";
import { patternsOf, pieceThreshold } from "./pattern.ts";
import { Scanner } from "./scanner.ts";

/** What became of a run's outputs. */
export interface Watched {
  /** The outputs, with pieces masked where they added up. */
  readonly outputs: string[];
  /** Names of the secrets of which pieces were masked. */
  readonly names: string[];
  readonly maskedCount: number;
}

/** An output of more words is not looked through for short ones: they would be there by chance. */
const MAX_WORDS = 256;
/** Pieces that are looked for of one value; of a longer value only every second, third or fourth place is. */
const MAX_WINDOWS = 512;

/** Tiny outputs that may lie between two steps of a run: programs that print digits take every way after a while. */
const MAX_GAP = 4;

interface Run {
  readonly bytes: number;
  readonly turn: number;
}

/** How much of one value has come out. */
class Exposure {
  readonly threshold: number;
  /** Length of the pieces that are found anywhere, and of the shortest words. */
  readonly windowBytes: number;
  readonly wordBytes: number;
  /** As in {@link Pattern.own}. */
  readonly #own: Uint32Array;
  /** For each byte whether it has come out; those that are public knowledge count as such from the start. */
  readonly #out: Uint8Array;
  /** Ordered runs of tiny outputs, by the place at which they end, or, backwards, begin. */
  readonly #ends = new Map<number, Run>();
  readonly #begins = new Map<number, Run>();
  #count = 0;

  constructor(readonly name: string, readonly value: Uint8Array) {
    this.threshold = pieceThreshold(value);
    this.windowBytes = Math.max(6, Math.ceil(0.6 * this.threshold));
    this.wordBytes = Math.ceil(0.4 * this.threshold);
    const own = this.#own = patternsOf(value, 0)[0]!.own;
    this.#out = value.map((_, i) => own[i + 1]! > own[i]! ? 0 : 1);
  }

  /** Pieces that are found anywhere, as places from and to: each holds enough that is the value's own. */
  windows(): [from: number, to: number][] {
    const step = Math.ceil(this.value.byteLength / MAX_WINDOWS);
    const places: [number, number][] = [];
    // A longer piece is masked by itself.
    if (this.windowBytes + step - 1 >= this.threshold) return places;
    for (let from = 0, to = 0; to < this.value.byteLength; from += step) {
      to = Math.max(to, from);
      while (to < this.value.byteLength && this.#own[to]! - this.#own[from]! < this.windowBytes) to++;
      if (this.#own[to]! - this.#own[from]! >= this.windowBytes) places.push([from, to]);
    }
    return places;
  }

  /** Takes note that these places came out. @returns whether that is too much, so that they must not */
  add(places: readonly number[]): boolean {
    const fresh = places.filter((place) => this.#out[place] === 0);
    if (fresh.length === 0) return false;
    if (this.#count + fresh.length >= this.threshold) return true;
    for (const place of fresh) this.#out[place] = 1;
    this.#count += fresh.length;
    return false;
  }

  /** Where `word` stands in the value, forwards or backwards; -1 where it does not. */
  placeOf(word: Uint8Array): number {
    const at = indexOf(this.value, word);
    return at >= 0 ? at : indexOf(this.value, word.toReversed());
  }

  /**
   * A tiny output.
   * @param turn how many tiny outputs there were before
   * @returns whether it goes on too long a run of them
   */
  follow(text: Uint8Array, turn: number): boolean {
    const size = text.byteLength;
    const before = (run: Run | undefined) => run !== undefined && turn - run.turn <= MAX_GAP ? run.bytes : 0;
    const steps: [runs: Map<number, Run>, place: number, bytes: number][] = [];
    for (let at = indexOf(this.value, text); at >= 0; at = indexOf(this.value, text, at + 1)) {
      steps.push([this.#ends, at + size, before(this.#ends.get(at)) + size]);
      steps.push([this.#begins, at, before(this.#begins.get(at + size)) + size]);
    }
    // What is masked goes on the run all the same: whoever takes the next step is still on their way.
    for (const [runs, place, bytes] of steps) runs.set(place, { bytes, turn });
    return steps.some(([, , bytes]) => bytes >= this.threshold);
  }
}

/** A piece in an output. */
interface Piece {
  from: number;
  to: number;
  readonly exposure: Exposure;
  readonly places: number[];
}

/** What has come out of each value in a run of outputs. */
export class PieceWatch {
  #exposures: Exposure[] = [];
  #scanner = new Scanner([], "all");
  /** Which piece each index of the scanner stands for. */
  #windows: { readonly exposure: Exposure; readonly from: number; readonly to: number }[] = [];
  #tinyOutputs = 0;

  /**
   * The outputs of one run, as they would be shown.
   * @param secrets every value of the env; copied as long as it stays the same
   */
  watch(secrets: readonly Secret[], outputs: readonly string[]): Watched {
    this.#take(secrets);
    const caught = new Set<string>();
    let maskedCount = 0;
    const shown = outputs.map((output) => {
      const bytes = encodeUtf8(output);
      const bad = this.#piecesOf(bytes, output).filter(({ exposure, places }) => exposure.add(places));
      bad.push(...this.#tiny(bytes, output));
      for (const { exposure } of bad) caught.add(exposure.name);
      maskedCount += bad.length;
      return bad.length === 0 ? output : replace(bytes, bad);
    });
    return { outputs: shown, names: [...caught].sort(), maskedCount };
  }

  /** Keeps what is known of values that are still the same. */
  #take(secrets: readonly Secret[]): void {
    let changed = false;
    const exposures: Exposure[] = [];
    for (const secret of secrets) {
      // EXPOSE: compared with the copy that is watched for, or copied once; see Masker.
      const value = secret.expose();
      const before = this.#exposures.find(({ name }) => name === secret.name);
      if (before !== undefined && indexOf(before.value, value) === 0 && before.value.length === value.length) {
        exposures.push(before);
        continue;
      }
      changed = true;
      if (maskability(value).maskable) exposures.push(new Exposure(secret.name, value.slice()));
    }
    if (!changed && exposures.length === this.#exposures.length) return;
    this.#exposures = exposures;
    this.#windows = exposures.flatMap((exposure) => exposure.windows().map(([from, to]) => ({ exposure, from, to })));
    const values = this.#windows.map(({ exposure, from, to }) => exposure.value.subarray(from, to));
    this.#scanner = new Scanner(values, "all");
  }

  /** Pieces and words, in the order in which they come; pieces of one value that touch are one. */
  #piecesOf(bytes: Uint8Array, output: string): Piece[] {
    const labels = labelsIn(output);
    const found: Piece[] = [];
    for (const { from, to, secret } of this.#scanner.scan(bytes)) {
      const window = this.#windows[secret]!;
      found.push({ from, to, exposure: window.exposure, places: span(window.from, window.to) });
    }
    for (const { from, to } of wordsIn(bytes)) {
      const word = bytes.subarray(from, to);
      for (const exposure of this.#exposures) {
        if (word.length < exposure.wordBytes || word.length >= exposure.windowBytes) continue;
        const at = exposure.placeOf(word);
        if (at >= 0) found.push({ from, to, exposure, places: span(at, at + word.length) });
      }
    }
    const pieces: Piece[] = [];
    for (const piece of found.sort((a, b) => a.from - b.from)) {
      if (labels.some(([from, to]) => piece.from < to && piece.to > from)) continue;
      const last = pieces.findLast(({ exposure }) => exposure === piece.exposure);
      if (last === undefined || piece.from > last.to) pieces.push({ ...piece, places: [...piece.places] });
      else {
        last.to = Math.max(last.to, piece.to);
        for (const place of piece.places) if (!last.places.includes(place)) last.places.push(place);
      }
    }
    return pieces;
  }

  /** An output that is one tiny word and nothing else. */
  #tiny(bytes: Uint8Array, output: string): Piece[] {
    const text = encodeUtf8(output.trim());
    if (text.length === 0) return [];
    const from = indexOf(bytes, text);
    const tiny = this.#exposures.filter((exposure) => text.length < exposure.wordBytes);
    if (tiny.length > 0) this.#tinyOutputs++;
    return tiny.filter((exposure) => exposure.follow(text, this.#tinyOutputs))
      .map((exposure) => ({ from, to: from + text.length, exposure, places: [] }));
  }
}

function span(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

/** Where `[ov:NAME]` stands: a name may look like a piece. */
function labelsIn(output: string): [number, number][] {
  const labels: [number, number][] = [];
  for (const match of output.matchAll(/\[ov:[A-Za-z0-9_+]+\]/g)) {
    const from = encodeUtf8(output.slice(0, match.index)).length;
    labels.push([from, from + match[0].length]);
  }
  return labels;
}

/** Words between white space, without quotes around them; none where there are too many. */
function wordsIn(bytes: Uint8Array): { from: number; to: number }[] {
  const words: { from: number; to: number }[] = [];
  const isQuote = (byte: number | undefined) => byte === 0x22 || byte === 0x27 || byte === 0x60;
  for (let at = 0; at < bytes.length;) {
    while (at < bytes.length && bytes[at]! <= 0x20) at++;
    let from = at;
    while (at < bytes.length && bytes[at]! > 0x20) at++;
    let to = at;
    if (isQuote(bytes[from])) from++;
    if (to > from && isQuote(bytes[to - 1])) to--;
    if (to > from && words.push({ from, to }) > MAX_WORDS) return [];
  }
  return words;
}

function replace(bytes: Uint8Array, pieces: readonly Piece[]): string {
  let text = "";
  let done = 0;
  for (const { from, to, exposure } of pieces.toSorted((a, b) => a.from - b.from)) {
    if (to <= done) continue;
    if (from >= done) text += `${textOf(bytes.subarray(done, from))}[ov:${exposure.name}]`;
    done = to;
  }
  return text + textOf(bytes.subarray(done));
}

function textOf(bytes: Uint8Array): string {
  return decodeUtf8(bytes) ?? new TextDecoder().decode(bytes);
}

/** The first place from `start` on at which `part` stands in `whole`; -1 where there is none. */
function indexOf(whole: Uint8Array, part: Uint8Array, start = 0): number {
  for (let at = start; at + part.length <= whole.length; at++) {
    let same = 0;
    while (same < part.length && whole[at + same] === part[same]) same++;
    if (same === part.length) return at;
  }
  return -1;
}
