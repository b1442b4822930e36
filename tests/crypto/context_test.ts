import assert from "node:assert/strict";
import fc from "fast-check";
import { encodeHex } from "../../src/base/mod.ts";
import { encodeContext, u16, u32, u64, u8 } from "../../src/crypto/envelope.ts";

Deno.test("encodeContext() gives the bytes that FORMAT §1.1 prescribes", () => {
  const bytes = encodeContext("name", "é", new Uint8Array([1, 2, 3]), "");
  assert.equal(
    encodeHex(bytes),
    "00000009" + "6f762f312f6e616d65" + "00000002" + "c3a9" + "00000003" + "010203" + "00000000",
  );
});

Deno.test("encodeContext() differs when purpose or fields differ in any way", () => {
  const context = fc.tuple(fc.string(), fc.array(fc.string({ maxLength: 3 }), { maxLength: 4 }));
  fc.assert(fc.property(context, context, ([purpose, fields], [otherPurpose, otherFields]) => {
    const same = JSON.stringify([purpose, fields]) === JSON.stringify([otherPurpose, otherFields]);
    const a = encodeHex(encodeContext(purpose, ...fields));
    assert.equal(a === encodeHex(encodeContext(otherPurpose, ...otherFields)), same);
  }));
  assert.notDeepEqual(encodeContext("p", "ab", "c"), encodeContext("p", "a", "bc"));
  assert.notDeepEqual(encodeContext("p", "a", ""), encodeContext("p", "a"));
});

Deno.test("u8() to u64() are big-endian and refuse what does not fit", () => {
  assert.equal(encodeHex(u8(255)), "ff");
  assert.equal(encodeHex(u16(258)), "0102");
  assert.equal(encodeHex(u32(0xfffefdfc)), "fffefdfc");
  assert.equal(encodeHex(u64(Number.MAX_SAFE_INTEGER)), "001fffffffffffff");
  for (
    const bad of [() => u8(256), () => u16(-1), () => u32(2 ** 32), () => u64(2 ** 53), () => u8(0.5), () => u32(NaN)]
  ) {
    assert.throws(bad, RangeError);
  }
});
