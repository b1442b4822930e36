import assert from "node:assert/strict";
import { brotliDecompressSync, crc32 } from "node:zlib";
import { BrotliDecoder } from "../../../../src/mask/views/brotli/decoder.ts";
import { dictionary, dictionaryWord } from "../../../../src/mask/views/brotli/dictionary.ts";
import { transform, TRANSFORM_COUNT } from "../../../../src/mask/views/brotli/transforms.ts";
import { closed, opened, word } from "./streams.ts";

/** For each length of words how many there are, as RFC 7932 §8 has it: NDBITS. */
const NDBITS = [0, 0, 0, 0, 10, 10, 11, 11, 10, 10, 10, 10, 10, 9, 9, 8, 7, 7, 8, 7, 7, 6, 6, 5, 5];

Deno.test("dictionary() is that of RFC 7932, Appendix A", () => {
  const bytes = dictionary();
  assert.equal(bytes.length, 122_784);
  assert.equal(crc32(bytes), 0x5136cb04);
  assert.ok(new TextDecoder().decode(bytes).startsWith("timedownlifeleftback"));
});

Deno.test("dictionaryWord() gives every word in each of its forms, as another's decoder does", () => {
  const decoder = new BrotliDecoder();
  for (let length = 4; length <= 24; length++) {
    const out = opened();
    let said = 0;
    for (let form = 0; form < TRANSFORM_COUNT; form++) {
      // Words from the whole of the dictionary: most of the later ones are not ASCII.
      const number = (form << NDBITS[length]!) + ((form * 977) % (1 << NDBITS[length]!));
      const { length: size } = dictionaryWord(length, number)!;
      if (size === 0) continue;
      word(out, length, number, said, size);
      said += size;
    }
    const stream = closed(out);
    const expected = new Uint8Array(brotliDecompressSync(stream));
    assert.equal(expected.length, said);
    assert.equal(decoder.read(stream, 1 << 20), "whole");
    assert.deepEqual(decoder.bytes, expected);
  }
});

Deno.test("dictionaryWord() knows no word of another length, and no further form", () => {
  assert.equal(dictionaryWord(3, 0), null);
  assert.equal(dictionaryWord(25, 0), null);
  assert.equal(dictionaryWord(4, TRANSFORM_COUNT << 10), null);
  assert.notEqual(dictionaryWord(4, (TRANSFORM_COUNT << 10) - 1), null);
  const decoder = new BrotliDecoder();
  assert.equal(decoder.read(closed(word(opened(), 4, TRANSFORM_COUNT << 10, 0, 9)), 1 << 20), "broken");
  assert.equal(decoder.sizeBytes, 0);
});

Deno.test("transform() takes off what there is of a short word, and leaves the word as it is", () => {
  const short = new TextEncoder().encode("abcd");
  let nothing = 0;
  for (let index = 0; index < TRANSFORM_COUNT; index++) {
    if (transform(short, index).length === 0) nothing++;
    assert.equal(new TextDecoder().decode(short), "abcd");
  }
  // Of the forms that take off four to nine letters, those that put nothing on.
  assert.equal(nothing, 11);
});
