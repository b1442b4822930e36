import assert from "node:assert/strict";
import { constants, deflateRawSync, deflateSync } from "node:zlib";
import fc from "fast-check";
import { concatBytes, encodeUtf8 } from "../../../src/base/mod.ts";
import { mayBeDeflate } from "../../../src/mask/views/deflate.ts";
import { depth } from "../fixtures.ts";

const STRATEGIES = [constants.Z_DEFAULT_STRATEGY, constants.Z_FILTERED, constants.Z_HUFFMAN_ONLY, constants.Z_FIXED];
const HEAD_BYTES = 64;

/** The first block is stored: nothing tells it, and what it holds stands there as it is. */
const isStored = (stream: Uint8Array): boolean => (stream[0]! & 6) === 0;

Deno.test("mayBeDeflate() lets every stream of text pass, whatever made it", () => {
  const text = fc.oneof(
    fc.string({ minLength: 8, maxLength: 400 }),
    fc.string({ unit: "grapheme", minLength: 8, maxLength: 60 }),
    fc.tuple(fc.string({ minLength: 3, maxLength: 9 }), fc.integer({ min: 3, max: 90 })).map(([s, n]) => s.repeat(n)),
    fc.lorem({ maxCount: 120 }),
  );
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 9 }), fc.constantFrom(...STRATEGIES), (text, level, strategy) => {
      const stream = new Uint8Array(deflateRawSync(encodeUtf8(text), { level, strategy }));
      if (stream.length < 10 || isStored(stream)) return;
      assert.ok(mayBeDeflate(stream.subarray(0, HEAD_BYTES), false));
    }),
    { numRuns: 1500 * depth() },
  );
});

Deno.test("mayBeDeflate() lets a stream of a stream pass, with text before it", () => {
  for (let round = 0; round < 60 * depth(); round++) {
    const inner = deflateSync(crypto.randomUUID().slice(0, 12 + round % 24));
    const stream = new Uint8Array(deflateRawSync(concatBytes(encodeUtf8("the key is ".slice(0, round % 12)), inner)));
    if (!isStored(stream)) assert.ok(mayBeDeflate(stream.subarray(0, HEAD_BYTES), false));
  }
});

Deno.test("mayBeDeflate() lets hardly any noise pass", () => {
  const rounds = 20_000;
  let passed = 0;
  for (let round = 0; round < rounds; round++) {
    if (mayBeDeflate(crypto.getRandomValues(new Uint8Array(15 + round % 50)), false)) passed++;
  }
  assert.ok(passed < rounds / 100, `${passed} of ${rounds}`);
});
