import assert from "node:assert/strict";
import fc from "fast-check";
import { concatBytes, decodeHex, decodeUtf8, encodeHex, encodeUtf8 } from "../../src/base/bytes.ts";

Deno.test("concatBytes() joins in order into a new array", () => {
  fc.assert(fc.property(fc.array(fc.uint8Array()), (parts) => {
    assert.deepEqual([...concatBytes(...parts)], parts.flatMap((part) => [...part]));
  }));
  const only = new Uint8Array([1]);
  const joined = concatBytes(only);
  joined[0] = 2;
  assert.equal(only[0], 1);
});

Deno.test("decodeUtf8() reads back what encodeUtf8() wrote, a byte order mark and NULs included", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    assert.equal(decodeUtf8(encodeUtf8(text)), text);
  }));
  assert.equal(decodeUtf8(encodeUtf8("\ufeffa\0")), "\ufeffa\0");
});

Deno.test("decodeUtf8() gives null when the bytes are not well-formed", () => {
  for (const bytes of [[0xff], [0xc3], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0x80]]) {
    assert.equal(decodeUtf8(new Uint8Array(bytes)), null, String(bytes));
  }
});

Deno.test("encodeHex() and decodeHex() are each other's inverse", () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => assert.deepEqual(decodeHex(encodeHex(bytes)), bytes)));
  assert.equal(encodeHex(new Uint8Array([0, 15, 255])), "000fff");
});

Deno.test("decodeHex() gives null when it is not lower-case pairs", () => {
  for (const text of ["0", "0G", "AA", "0x", " 00", "00 ", "00\n", "０0"]) assert.equal(decodeHex(text), null, text);
});
