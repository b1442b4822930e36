import assert from "node:assert/strict";
import { brotliCompressSync, constants } from "node:zlib";
import { concatBytes, encodeUtf8 } from "../../../../src/base/mod.ts";
import { BrotliDecoder } from "../../../../src/mask/views/brotli/decoder.ts";
import { mayBeBrotli } from "../../../../src/mask/views/brotli/head.ts";
import { randomValue } from "../../fixtures.ts";

Deno.test("mayBeBrotli() takes every short stream that says something", () => {
  const decoder = new BrotliDecoder();
  const contents = ["government", "abc ".repeat(500), '{"id":7,"key":"', "0123456789abcdef0123", "01".repeat(400)];
  contents.push("abc ".repeat(40) + randomValue(20), "a b e d c a c b d e ".repeat(2) + "e d c a b b a d e c e a");
  for (let i = 0; i < 20; i++) {
    contents.push(randomValue(6 + 2 * i), `${"x".repeat(i)}${randomValue(20)}${"y".repeat(90)}`);
  }
  let seen = 0;
  for (const content of contents) {
    for (const quality of [0, 1, 2, 5, 9, 10, 11]) {
      for (const window of [10, 16, 18, 22]) {
        const params = { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_LGWIN]: window };
        const stream = new Uint8Array(brotliCompressSync(encodeUtf8(content), { params }));
        decoder.read(stream, 1 << 20);
        if (stream.length > 64 || decoder.sizeBytes === 0) continue;
        assert.ok(mayBeBrotli(stream), `${content}, quality ${quality}, window ${window}`);
        seen++;
      }
    }
  }
  assert.ok(seen > 200);
});

Deno.test("mayBeBrotli() takes few hashes, and whatever is long", () => {
  let taken = 0;
  for (let i = 0; i < 5000; i++) if (mayBeBrotli(crypto.getRandomValues(new Uint8Array(32)))) taken++;
  assert.ok(taken < 500, `${taken}`);
  assert.ok(mayBeBrotli(concatBytes(new Uint8Array(64).fill(255), Uint8Array.of(1))));
  assert.equal(mayBeBrotli(new Uint8Array(64).fill(255)), false);
});
