import assert from "node:assert/strict";
import { constants, deflateRawSync, deflateSync, inflateRawSync } from "node:zlib";
import fc from "fast-check";
import { concatBytes, encodeUtf8 } from "../../../src/base/mod.ts";
import { fixedStream, mayBeDeflate } from "../../../src/mask/views/deflate.ts";
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

/** What zlib says that a stream, as far as it is there, says; and how many bytes of it that took. */
function inflated(input: Uint8Array): { bytes: Uint8Array; consumed: number } {
  const options = { finishFlush: constants.Z_SYNC_FLUSH, info: true };
  const { buffer, engine } = inflateRawSync(input, options) as unknown as {
    buffer: Uint8Array;
    engine: { bytesWritten: number };
  };
  return { bytes: new Uint8Array(buffer), consumed: engine.bytesWritten };
}

Deno.test("fixedStream() says what zlib says, wherever the stream is cut and whatever follows it", () => {
  const text = fc.oneof(
    fc.string({ maxLength: 60 }),
    fc.uint8Array({ maxLength: 50 }),
    fc.tuple(fc.string({ minLength: 1, maxLength: 9 }), fc.integer({ min: 2, max: 25 })).map(([s, n]) => s.repeat(n)),
  );
  let whole = 0, cut = 0;
  fc.assert(
    fc.property(text, fc.nat(5), (text, rest) => {
      const said = typeof text === "string" ? encodeUtf8(text) : text;
      const stream = new Uint8Array(deflateRawSync(said, { strategy: constants.Z_FIXED }));
      // What zlib takes for a shorter spelling.
      if (isStored(stream) || said.length > 256) return;
      whole++;
      assert.deepEqual(fixedStream(concatBytes(stream, crypto.getRandomValues(new Uint8Array(rest)))), {
        bytes: said,
        consumed: stream.length,
      });
      for (let size = 1; size < stream.length; size++) {
        const part = stream.slice(0, size);
        assert.deepEqual(fixedStream(part), inflated(part), `cut after ${size}`);
        cut++;
      }
    }),
    { numRuns: 300 * depth() },
  );
  assert.ok(whole > 100 && cut > 1000);
});

Deno.test("fixedStream() leaves to zlib what is longer, has other codes or goes on in another block", () => {
  const fixed = (text: string) => new Uint8Array(deflateRawSync(text, { strategy: constants.Z_FIXED }));
  assert.equal(fixedStream(fixed("ab".repeat(129))), null);
  assert.equal(fixedStream(fixed("ab".repeat(128)))?.bytes.length, 256);
  const own = new Uint8Array(deflateRawSync("abacabad".repeat(40), { strategy: constants.Z_HUFFMAN_ONLY }));
  assert.equal((own[0]! >> 1) & 3, 2);
  assert.equal(fixedStream(own), null);
  // The first bit says that a block is the last one.
  const another = fixed("some text");
  another[0]! &= 0xfe;
  assert.equal(fixedStream(another), null);
});

Deno.test("fixedStream() reads noise as zlib does, or says that it is no stream", () => {
  let broken = 0, read = 0;
  for (let round = 0; round < 4000 * depth(); round++) {
    const noise = crypto.getRandomValues(new Uint8Array(8 + round % 40));
    noise[0] = (noise[0]! & 0xf8) | 3;
    let wanted: ReturnType<typeof inflated> | null = null;
    try {
      wanted = inflated(noise);
    } catch {
      broken++;
    }
    if (wanted !== null && wanted.bytes.length > 256) wanted = null;
    if (wanted !== null) read++;
    assert.deepEqual(fixedStream(noise), wanted);
  }
  assert.ok(broken > 100 && read > 100, `${broken} ${read}`);
});
