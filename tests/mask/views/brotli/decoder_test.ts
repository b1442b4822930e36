import assert from "node:assert/strict";
import { brotliCompressSync, brotliDecompressSync, constants, createBrotliCompress } from "node:zlib";
import fc from "fast-check";
import { concatBytes, encodeUtf8 } from "../../../../src/base/mod.ts";
import { BrotliDecoder } from "../../../../src/mask/views/brotli/decoder.ts";
import { depth } from "../../fixtures.ts";
import { Bits, closed, CONTENTS, opened } from "./streams.ts";

const DEPTH = depth();
const LIMIT = 1 << 20;
const decoder = new BrotliDecoder();

/** What the runtime's own encoder makes of `content`. */
function compressed(content: Uint8Array, quality = 11, window = 22, more: Record<number, number> = {}): Uint8Array {
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN } = constants;
  const params = { [BROTLI_PARAM_QUALITY]: quality, [BROTLI_PARAM_LGWIN]: window, ...more };
  return new Uint8Array(brotliCompressSync(content, { params }));
}

/** Asserts that `stream` says `content`. */
function assertSays(stream: Uint8Array, content: Uint8Array, name: string): void {
  assert.equal(decoder.read(stream, LIMIT), "whole", name);
  assert.equal(decoder.consumed, stream.length, name);
  assert.deepEqual(decoder.bytes, content, name);
}

const WINDOWS = DEPTH > 1 ? Array.from({ length: 15 }, (_, i) => 10 + i) : [10, 16, 17, 18, 22, 24];

for (const [kind, content] of Object.entries(CONTENTS)) {
  Deno.test(`BrotliDecoder.read() reads every quality, window and mode of another's encoder: ${kind}`, () => {
    for (let quality = 0; quality <= 11; quality++) {
      for (const window of WINDOWS) {
        for (const mode of quality > 9 ? [0, 1, 2] : [window % 3]) {
          const stream = compressed(content, quality, window, { [constants.BROTLI_PARAM_MODE]: mode });
          assertSays(stream, content, `quality ${quality}, window ${window}, mode ${mode}`);
        }
      }
    }
  });
}

/** What Node 20 wrote with settings that this runtime's encoder has not: made once, by `zlib.brotliCompressSync`. */
const VECTORS: Readonly<Record<string, string>> = {
  "postfix 3, direct distances 120":
    "G4MD+OWxsbG2IEYiYkKmB6yfbBnBiLp8iw9gxzzL271vSclCEYpQhCJkoSmymWYEwQgm8QEGKI2fb7VHeutybL35j0QgweChz/VfYRZv0foy" +
    "of7ungKwaag1kKVQFZth/5cMWd8D1BRTlRemW4X+2edTWW6GJwAmrXCah3cf+HbCSkZ7yaUrQE/e+dQ3MUqEo1MPREGmDdcuAodz8CHzccPO" +
    "hHfpupimHQ7HWT7IsLiWygvyjrcH/O9j6DduIVlGKSDN9u21n81K4u8oMcQyrhcRzWrVYwB3npfaK0ayQ0CXxZTX6E424pIMOkLuz+lVc/Dm" +
    "ydSTuiMKBp8VaVXfGi2Mnr+DhwI=",
  "large window of 2^26, postfix 3, direct distances 8":
    "EVoMDoCSx4nHdSsZK5IJaR4ATaVXhu6SYHFuzzw9tfT5FkJrH2CA0vj5VnuEG8ux9eY/EsEDGH3oc/wrzOItWl8m1M/uKUA3DbUGshSqYjPd" +
    "/yVD1vcANcVU5YXpVqF/9vlUlpvhCYBJK5zm4d0Hvp2wklEuubACcPLOJ97UUSIcnXogCnbaMDt3gNNz8CH344adCe/SdTFNOxweWAcAGVav" +
    "pfYFecfLAf/7GPjGHbWoLQEgzfbttZ/NSuLvKDHEMq6XjExQJXcz0LnPS+0VI9khoMtiymt0J/XQcx1XnJz6Jua1mMY1N7N+U/09cfbxFqdS" +
    "WsPInugv1To=",
};

for (const [settings, stream] of Object.entries(VECTORS)) {
  Deno.test(`BrotliDecoder.read() reads distances however they are spelled: ${settings}`, () => {
    const content = Uint8Array.from({ length: 900 }, (_, i) => 97 + (i * i + (i >> 5) * (i >> 6)) % 26);
    assertSays(Uint8Array.fromBase64(stream), content, settings);
  });
}

Deno.test("BrotliDecoder.read() reads whatever another's encoder makes of anything", () => {
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc.string({ unit: "binary", maxLength: 300 }).map(encodeUtf8),
    fc.array(fc.constantFrom("the ", "government", " information ", "\n", '="http://www.', ".com/", "Для ", "x"), {
      maxLength: 200,
    }).map((words) => encodeUtf8(words.join(""))),
  );
  const settings = fc.tuple(fc.integer({ min: 0, max: 11 }), fc.integer({ min: 10, max: 24 }));
  fc.assert(
    fc.property(content, settings, (content, [quality, window]) => {
      assertSays(compressed(content, quality, window), new Uint8Array(content), `${quality} ${window}`);
    }),
    { numRuns: 300 * DEPTH },
  );
});

Deno.test("BrotliDecoder.read() reads a stream that was flushed: metadata, stored and compressed parts", async () => {
  const parts = ["key=", "0123456789abcdef".repeat(20), "", "and so on and so on and so on"];
  const stream = createBrotliCompress();
  const chunks: Uint8Array[] = [];
  stream.on("data", (chunk: Uint8Array) => chunks.push(new Uint8Array(chunk)));
  const ended = new Promise((resolve) => stream.on("end", resolve));
  for (const part of parts) {
    if (part !== "") stream.write(part);
    await new Promise<void>((resolve) => stream.flush(() => resolve()));
  }
  stream.end();
  await ended;
  assert.equal(decoder.read(concatBytes(...chunks), LIMIT), "whole");
  assert.equal(new TextDecoder().decode(decoder.bytes), parts.join(""));
});

Deno.test("BrotliDecoder.read() gives what a stream says up to where it is cut", () => {
  for (const name of ["words", "text", "mixed", "digits", "period"]) {
    const content = CONTENTS[name]!;
    for (const quality of [1, 5, 11]) {
      const stream = compressed(content, quality);
      let least = 0;
      for (let size = 0; size < stream.length; size += stream.length > 2000 ? 23 : 1) {
        assert.equal(decoder.read(stream.subarray(0, size), LIMIT), "cut", `${name}, ${size} of ${stream.length}`);
        const { bytes } = decoder;
        assert.ok(bytes.length >= least);
        least = bytes.length;
        assert.deepEqual(bytes, content.slice(0, bytes.length), `${name}, ${size} of ${stream.length}`);
      }
    }
  }
  // Nearly all of it, where nearly nothing is missing.
  const { length } = CONTENTS["digits"]!;
  const stream = compressed(CONTENTS["digits"]!);
  decoder.read(stream.subarray(0, stream.length - 10), LIMIT);
  assert.ok(decoder.sizeBytes > length - 40, `${decoder.sizeBytes} of ${length}`);
});

Deno.test("BrotliDecoder.read() gives what a stream says up to where it is broken, and goes on to nothing", () => {
  for (const name of ["words", "text", "mixed", "random"]) {
    const content = CONTENTS[name]!;
    const stream = compressed(content, 9);
    fc.assert(
      fc.property(fc.nat(stream.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const broken = stream.slice();
        broken[at]! ^= change;
        decoder.read(broken, LIMIT);
        const { bytes } = decoder;
        assert.ok(bytes.length <= LIMIT);
        // What stands before the change was read before it.
        decoder.read(stream.subarray(0, at), LIMIT);
        const before = decoder.bytes;
        if (bytes.length >= before.length) assert.deepEqual(bytes.subarray(0, before.length), before);
        else assert.equal(bytes.length, 0, "what was said is not taken back");
      }),
      { numRuns: 200 * DEPTH },
    );
  }
});

Deno.test("BrotliDecoder.read() ends on any bytes, within the limit", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      decoder.read(bytes, 5000);
      assert.ok(decoder.sizeBytes <= 5000 && decoder.bytes.length === decoder.sizeBytes);
    }),
    { numRuns: 20_000 * DEPTH },
  );
});

Deno.test("BrotliDecoder.read() stops at the limit, whatever the stream would grow to", () => {
  const stream = compressed(new Uint8Array(32 << 20), 5, 24);
  assert.ok(stream.length < 1000);
  for (const limit of [0, 1, 1000, LIMIT]) {
    assert.equal(decoder.read(stream, limit), "limit");
    assert.deepEqual(decoder.bytes, new Uint8Array(limit));
  }
  // Exactly what it says is no more than the limit.
  assert.equal(decoder.read(compressed(CONTENTS["text"]!), CONTENTS["text"]!.length), "whole");
});

Deno.test("BrotliDecoder.read() says nothing of what stands in the input as it is, where the end is missing", () => {
  const content = CONTENTS["random"]!;
  const stream = compressed(content);
  assert.ok(stream.length > content.length);
  assert.equal(decoder.read(stream.subarray(0, stream.length - 1), LIMIT), "cut");
  assert.equal(decoder.sizeBytes, 0);
});

Deno.test("BrotliDecoder.read() does not wait for a stored part that is longer than all there is", () => {
  const stream = opened().put(0, 3).put(999, 16).put(1, 1).bytes();
  assert.equal(decoder.read(stream, LIMIT, 500), "broken");
  assert.equal(decoder.read(stream, LIMIT, 5000), "cut");
});

const BROKEN: Readonly<Record<string, Uint8Array>> = {
  "a reserved bit of a large window": new Bits().put(0x91, 8).put(0, 64).bytes(),
  "a large window that is too small": new Bits().put(0x11, 8).put(9, 6).put(0, 64).bytes(),
  "a size with more digits than it needs": opened().put(0, 1).put(1, 2).put(0xffff, 20).put(0, 64).bytes(),
  "metadata in the last block": opened().put(1, 1).put(0, 1).put(3, 2).put(0, 64).bytes(),
  "a reserved bit of metadata": opened().put(0, 1).put(3, 2).put(1, 1).put(0, 64).bytes(),
  "a size of metadata with more digits than it needs": opened().put(0, 1).put(3, 2).put(0, 1).put(2, 2).put(5, 16)
    .put(0, 64).bytes(),
  "something between metadata and its bytes": opened().put(0, 1).put(3, 2).put(0, 1).put(1, 2).put(5, 8)
    .put(1, 1).put(0, 64).bytes(),
  "something between the size of a stored block and its bytes": opened().put(0, 3).put(9, 16).put(1, 1).put(1, 1)
    .put(0, 128).bytes(),
  "something after the end": opened().put(3, 2).put(1, 1).bytes(),
  "a symbol twice in a code": opened().put(0, 3).put(9, 16).put(0, 14).put(1, 2).put(1, 2).put(65, 8).put(65, 8)
    .put(0, 64).bytes(),
  "a code for lengths that is not complete": opened().put(0, 3).put(9, 16).put(0, 14).put(0, 2).put(0, 128).bytes(),
};

for (const [name, stream] of Object.entries(BROKEN)) {
  Deno.test(`BrotliDecoder.read() refuses ${name}`, () => {
    assert.equal(decoder.read(stream, LIMIT), "broken");
    assert.equal(decoder.sizeBytes, 0);
  });
}

Deno.test("BrotliDecoder.read() reads what follows the end of a stream as no part of it", () => {
  for (const content of [CONTENTS["words"]!, CONTENTS["text"]!]) {
    const stream = compressed(content);
    assert.equal(decoder.read(concatBytes(stream, encodeUtf8("\nmore")), LIMIT), "whole");
    assert.equal(decoder.consumed, stream.length);
    assert.deepEqual(decoder.bytes, content);
  }
  assert.deepEqual(new Uint8Array(brotliDecompressSync(closed(opened()))), new Uint8Array(0));
  assert.equal(decoder.read(closed(opened()), LIMIT), "whole");
});
