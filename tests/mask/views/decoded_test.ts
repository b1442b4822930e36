import assert from "node:assert/strict";
import { encodeUtf8 } from "../../../src/base/mod.ts";
import { masked, maskerOf, randomValue } from "../fixtures.ts";
import { base32 } from "./spell.ts";

Deno.test("Masker.mask() takes the padding of what it masks with it", () => {
  for (let length = 20; length < 30; length++) {
    const value = randomValue(length);
    const masker = maskerOf({ KEY: value });
    for (const spelled of [btoa(value), base32(encodeUtf8(value)), encodeURIComponent(btoa(value))]) {
      assert.equal(masked(masker, `x ${spelled} y`), "x [ov:KEY] y", spelled);
    }
  }
});

Deno.test("Masker.mask() leaves the padding of what goes on behind a value", () => {
  const value = randomValue(30);
  assert.equal(masked(maskerOf({ KEY: value }), btoa(`${value} abcde=`)), "[ov:KEY]IGFiY2RlPQ==");
});
