/** Views of decimal numbers of many digits that are wrapped: read after line breaks are gone. */

import type { Text } from "../../kernels/kernels.ts";
import type { Span, View } from "../../view.ts";
import { IN_DIGITS } from "../digits.ts";
import { LEAST_LARGE_DIGITS, MOST_LARGE_DIGITS, readLarge } from "./interpret.ts";
import type { Views } from "./views.ts";

const CR = 0x0d;
/** Where more blocks of lines follow each other, each line is a number of its own, if it has so many digits, or they are not so many. */
const MOST_BLOCKS = 4, LEAST_NUMBER = 6, LEAST_LINES = 12;

/** Some text without its line breaks, and where its bytes stand with them. */
interface Unwrapped {
  readonly text: Text;
  readonly positions: Int32Array;
}

/**
 * A reader of every large decimal number that stands in more than one line; others are read where they stand.
 * @param views takes what they stand for
 */
export function wrappedReader(
  views: Views,
): (text: Uint8Array, unwrapped: Unwrapped, emit: (view: View) => void) => void {
  return (text, unwrapped, emit) => {
    for (const [from, to] of stretches(unwrapped.text)) {
      const { positions } = unwrapped;
      if (positions[to - 1]! - positions[from]! === to - 1 - from) continue;
      for (const lines of linesOf(text, positions, from, to)) readLines(unwrapped, lines, views);
    }
    views.emit(emit);
  };
}

/** Lines of one width: where the first starts, and the last ends, with and without a shorter one behind them. */
interface Block {
  readonly width: number;
  readonly from: number;
  readonly ends: readonly number[];
  /** Where it starts if digits stand in front of it that are not its own: then its first line is longer than the next. */
  readonly inner: number;
}

/** Reads each number that is wrapped in some lines; `lines` has where each starts, and the last ends. */
function readLines({ text: { bytes } }: Unwrapped, lines: readonly number[], views: Views): void {
  const blocks = blocksOf(lines);
  for (const { from, inner, ends, width } of blocks) {
    if (blocks.length > MOST_BLOCKS && (width >= LEAST_NUMBER || ends[0]! - from < LEAST_LINES * width)) continue;
    for (const end of ends) {
      for (const start of from === inner ? [from] : [from, inner]) {
        if (end - start >= LEAST_LARGE_DIGITS && end - start <= MOST_LARGE_DIGITS) readLarge(bytes, start, end, views);
      }
    }
  }
}

/** The blocks of lines. */
function blocksOf(lines: readonly number[]): Block[] {
  const widthOf = (line: number): number => lines[line + 1]! - lines[line]!;
  const blocks: Block[] = [], count = lines.length - 1;
  for (let line = 0; line + 1 < count;) {
    const width = widthOf(line + 1);
    let last = line + 1;
    while (last + 1 < count && widthOf(last + 1) === width) last++;
    const from = lines[line]!, to = lines[last + 1]!;
    blocks.push({
      width,
      from,
      inner: widthOf(line) > width ? lines[line + 1]! - width : from,
      ends: last + 1 < count && widthOf(last + 1) < width ? [to, lines[last + 2]!] : [to],
    });
    line = last;
  }
  return blocks;
}

/** Where the lines of digits `from` up to `to` start, and the last ends: a list for those with nothing but a line break between. */
function linesOf(text: Uint8Array, positions: Int32Array, from: number, to: number): number[][] {
  let lines = [from];
  const found = [lines];
  for (let at = from + 1; at < to; at++) {
    const end = positions[at - 1]! + 1, size = positions[at]! - end;
    if (size === 0) continue;
    lines.push(at);
    if (size > 1 && !(size === 2 && text[end] === CR)) found.push(lines = [at]);
  }
  lines.push(to);
  return found;
}

/** Where digits stand: as a list, since the text's own is used again. */
function stretches(text: Text): Span[] {
  const found: Span[] = [];
  for (let from = 0; from < text.size;) {
    const count = text.stretches(from, text.size, LEAST_LARGE_DIGITS, IN_DIGITS);
    from = text.resume;
    const { list } = text;
    for (let i = 0; i < count; i += 2) found.push([list[i]!, list[i + 1]!]);
  }
  return found;
}
