/** Streams of Brotli that no encoder writes, bit by bit (RFC 7932), and inputs for those that one does. */

import { encodeUtf8 } from "../../../../src/base/mod.ts";

/** Writes bits, the least significant first. */
export class Bits {
  readonly #bits: number[] = [];

  put(value: number, count: number): this {
    for (let k = 0; k < count; k++) this.#bits.push(Math.floor(value / 2 ** k) % 2);
    return this;
  }

  /** §3.4: a code of one symbol, which takes no bits. */
  one(symbol: number, width: number): this {
    return this.put(1, 2).put(0, 2).put(symbol, width);
  }

  bytes(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(Math.ceil(this.#bits.length / 8));
    this.#bits.forEach((bit, i) => bytes[i >> 3]! |= bit << (i & 7));
    return bytes;
  }
}

/** Window of 64 KiB (§9.1), so that what is before everything that was said is in the dictionary. */
export function opened(): Bits {
  return new Bits().put(0, 1);
}

/** §9.2: a compressed meta-block that is not the last one and says `size` bytes, of one type of everything. */
function block(out: Bits, size: number): Bits {
  return out.put(0, 3).put(size - 1, 16).put(0, 1).put(0, 13);
}

/** A meta-block that is one reference to the dictionary: a word of `length` bytes, by its number past the `said` bytes before it. */
export function word(out: Bits, length: number, number: number, said: number, size: number): Bits {
  const copies = [2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 18, 22], extras = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3];
  const copy = copies.findLastIndex((least) => least <= length);
  const distance = said + 1 + number + 3;
  const width = Math.floor(Math.log2(distance)) - 1;
  block(out, size).one(0, 8).one((copy < 8 ? 128 : 192) + copy % 8, 10);
  out.one(14 + 2 * width + Math.floor(distance / 2 ** width) % 2, 6);
  return out.put(length - copies[copy]!, extras[copy]!).put(distance % 2 ** width, width);
}

/** §9.2: the last meta-block, an empty one. */
export function closed(out: Bits): Uint8Array<ArrayBuffer> {
  return out.put(3, 2).bytes();
}

const HTML = encodeUtf8(
  '<div class="content"><a href="http://www.example.com/">The government of the United States</a> — ' +
    "Для того чтобы, 中国 is international: function(event) { return document.getElementById('information'); }\n",
);

/** What is compressed, by kind. */
export const CONTENTS: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
  empty: new Uint8Array(0),
  byte: Uint8Array.of(0x41),
  words: HTML,
  text: repeated(HTML, 40),
  repeated: new Uint8Array(6000).fill(0x61),
  period: Uint8Array.from({ length: 5000 }, (_, i) => i % 251),
  random: crypto.getRandomValues(new Uint8Array(3000)),
  digits: crypto.getRandomValues(new Uint8Array(3000)).map((byte) => 0x30 + byte % 10),
  // Two kinds that take turns: types of blocks, and codes by context.
  mixed: Uint8Array.from({ length: 9000 }, (_, i) => {
    return Math.floor(i / 1500) % 2 === 0 ? HTML[i % HTML.length]! : (i * i * 2654435761) >>> 24;
  }),
};

function repeated(part: Uint8Array, times: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(part.length * times);
  // Not quite the same each time.
  for (let k = 0; k < times; k++) bytes.set(part.map((byte, i) => i % 37 === k ? byte ^ 1 : byte), k * part.length);
  return bytes;
}
