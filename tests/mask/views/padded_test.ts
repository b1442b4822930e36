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

Deno.test("wrappedReader() reads a decimal number of many digits over lines of any width", () => {
  const value = randomValue(32);
  const number = BigInt(`0x${encodeUtf8(value).toHex()}`).toString();
  for (const width of [2, 3, 4, 5, 9, 40, 70]) {
    const wrapped = number.replace(new RegExp(`.{${width}}(?=.)`, "g"), "$&\n");
    const masker = maskerOf({ KEY: value });
    for (
      const [before, after] of [["is ", "\nx"], ["1.249", "\nx"], ["12\n\n", "\n\n 92, 7"], ["x ", "\n 28 -"]] as const
    ) {
      // Where its first line ends in front of a shorter one, nothing tells what of it is the number's.
      if (before === "1.249" && width > 20) continue;
      const output = masked(masker, before + wrapped + after);
      assert.ok(output.includes("[ov:KEY]") && output.endsWith(after), `${width} digits a line: ${output}`);
    }
    assert.equal(
      masked(masker, `is ${wrapped.replaceAll("\n", "\r\n")}\r\nx`),
      "is [ov:KEY]\r\nx",
      `${width} digits a line`,
    );
  }
});

Deno.test("numbersReader() gets through numbers of any size beside others", () => {
  const masker = maskerOf({ KEY: randomValue(32) });
  for (const digits of [9, 10, 11, 20, 308, 309, 400, 5000]) {
    const line = `x${"9".repeat(digits)}, 1 22 333 4444 55555 666666 7777777 ${"8".repeat(digits)}\n`;
    assert.equal(masked(masker, line), line);
  }
});
