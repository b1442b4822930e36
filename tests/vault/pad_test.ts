import assert from "node:assert/strict";
import fc from "fast-check";
import { bucketOf, pad, unpad } from "../../src/vault/pad.ts";

const numRuns = 200 * Number(Deno.env.get("OV_TEST_DEPTH") ?? 1);

Deno.test("bucketOf() gives the sizes that FORMAT §1.3 prescribes", () => {
  const cases = [[0, 256], [256, 256], [257, 320], [320, 320], [321, 384], [512, 512], [513, 640], [1_024, 1_024]];
  for (const [size, bucket] of [...cases, [1_025, 1_280], [65_540, 81_920]]) assert.equal(bucketOf(size!), bucket);
});

Deno.test("bucketOf() is at least the size, at most a quarter more, and never goes down", () => {
  for (let size = 257; size < 70_000; size++) {
    const bucket = bucketOf(size);
    assert.ok(bucket >= size && bucket <= 1.25 * size && bucket >= bucketOf(size - 1), String(size));
  }
});

Deno.test("unpad() gives what pad() was given", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2_000 }), (content) => {
      const padded = pad(content);
      assert.equal(padded.byteLength, bucketOf(4 + content.byteLength));
      assert.deepEqual(unpad(padded), new Uint8Array(content));
    }),
    { numRuns },
  );
});

Deno.test("unpad() accepts only what pad() writes, when any byte is changed or any number added or cut", () => {
  let accepted = 0;
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 400 }),
      fc.nat({ max: 1_023 }),
      fc.integer({ min: 1, max: 255 }),
      fc.integer({ min: -70, max: 70 }),
      (content, at, change, resize) => {
        const padded = pad(content);
        const other = new Uint8Array(padded.byteLength + resize);
        other.set(padded.subarray(0, other.byteLength));
        if (at < other.byteLength) other[at]! ^= change;
        const found = unpad(other);
        if (found === null) return;
        accepted += 1;
        assert.deepEqual(pad(found), other);
      },
    ),
    { numRuns },
  );
  assert.ok(accepted > 0, "nothing was accepted: the law was not tried");
});
