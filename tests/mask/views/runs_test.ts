import assert from "node:assert/strict";
import { deflateRawSync } from "node:zlib";
import { encodeUtf8 } from "../../../src/base/mod.ts";
import { masked, maskerOf, randomValue } from "../fixtures.ts";

/** Three letters whose base64 has neither a capital nor a digit. */
const SMALL: readonly string[] = (() => {
  const letters = "abcdefghijklmnopqrstuvwxyz";
  const all: string[] = [];
  for (const a of letters) {
    for (const b of letters) for (const c of letters) if (/^[a-z]{4}$/.test(btoa(a + b + c))) all.push(a + b + c);
  }
  return all;
})();

Deno.test("Masker.mask() finds base64 that has neither a capital nor a digit", () => {
  assert.ok(SMALL.length > 100);
  const value = Array.from({ length: 10 }, (_, i) => SMALL[(i * 37) % SMALL.length]!).join("");
  // With so much to look for, base64 is found where it is read alone.
  const masker = maskerOf({ KEY: value, LONG: randomValue(1 << 14) });
  const spelled = btoa(value);
  assert.match(spelled, /^[a-z]{40}$/);
  for (const behind of ["", "/dist/", "words", "sha512-"]) {
    const text = `x ${behind}${spelled} y`;
    assert.equal(masked(masker, text), `x ${behind}[ov:KEY] y`, behind);
  }
});

Deno.test("Masker.mask() finds a stream in base64 beside runs that are none, which have its ends and middle", () => {
  const value = randomValue(40);
  const masker = maskerOf({ KEY: value });
  const stream = deflateRawSync(encodeUtf8(value)).toString("base64").replace(/=+$/, "");
  const middle = stream.length >> 1;
  const none = [...stream].map((it, i) => i < 2 || i === middle || i > stream.length - 10 ? it : "_").join("");
  assert.equal(none.length, stream.length);
  assert.equal(
    masked(masker, `${none} ${none} ${stream} ${none} ${stream}`),
    `${none} ${none} [ov:KEY] ${none} [ov:KEY]`,
  );
});
