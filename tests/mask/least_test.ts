import assert from "node:assert/strict";
import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { encodeUtf8 } from "../../src/base/mod.ts";
import { leastTraceBytes } from "../../src/mask/least.ts";
import { patternsOf } from "../../src/mask/pattern.ts";
import { depth } from "./fixtures.ts";

Deno.test("leastTraceBytes() is the threshold of values in which nothing comes back", () => {
  assert.equal(leastTraceBytes(patternsOf(encodeUtf8("k3Jx9QwZ!7LmB2vR8sYd5NcP"), 0)), 9);
  assert.equal(leastTraceBytes(patternsOf(encodeUtf8("k3Jx9Q"), 0)), 6);
  assert.equal(leastTraceBytes([]), Infinity);
});

Deno.test("leastTraceBytes() is no more than any slice that counts takes, deflated", () => {
  const piece = fc.string({ unit: fc.constantFrom(..."abcdef0123456789XYZ"), minLength: 3, maxLength: 12 });
  fc.assert(
    fc.property(fc.array(piece, { minLength: 2, maxLength: 6 }), fc.nat(5), (pieces, again) => {
      const bytes = encodeUtf8(pieces.join("") + pieces[0]!.repeat(again));
      for (const pattern of patternsOf(bytes, 0)) {
        const least = leastTraceBytes([pattern]);
        for (let from = 0; from + pattern.threshold <= pattern.bytes.length; from++) {
          for (const to of [from + pattern.threshold, pattern.bytes.length]) {
            const size = deflateRawSync(pattern.bytes.slice(from, to), { level: 9 }).length;
            assert.ok(size >= least, `${size} < ${least}`);
          }
        }
      }
    }),
    { numRuns: 60 * depth() },
  );
});
