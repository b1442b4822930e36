import assert from "node:assert/strict";
import { encodeUtf8 } from "../../../src/base/mod.ts";
import { masked, maskerOf, randomValue } from "../fixtures.ts";

Deno.test("readPadded() reads bytes of three digits at every alignment, wrapped or not", () => {
  const value = randomValue(32);
  const masker = maskerOf({ KEY: value });
  for (const base of [10, 8]) {
    const digits = Array.from(encodeUtf8(value), (byte) => byte.toString(base).padStart(3, "0")).join("");
    for (const before of ["", "9", "99", "x "]) {
      assert.equal(masked(masker, `${before}${digits}\n`), `${before}[ov:KEY]\n`);
      assert.equal(masked(masker, `${before}${digits.replace(/.{40}/g, "$&\n")} y`), `${before}[ov:KEY] y`);
    }
  }
});

Deno.test("readPadded() leaves other digits", () => {
  const digits = Array.from(crypto.getRandomValues(new Uint8Array(3000)), (byte) => byte % 10).join("");
  assert.equal(masked(maskerOf({ KEY: randomValue(32) }), digits), digits);
});
