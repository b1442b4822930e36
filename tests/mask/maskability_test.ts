import assert from "node:assert/strict";
import { encodeUtf8, Secret } from "../../src/base/mod.ts";
import { maskability, Masker, MIN_MASKABLE_BYTES } from "../../src/mask/mod.ts";
import { masked, maskerOf } from "./fixtures.ts";

const unmaskable: [string, RegExp][] = [
  ["", /empty/],
  ["      ", /blank/],
  ["\n\t \r\n\u00a0\u2003", /blank/],
  ["\0\0\0\0\0\0\0", /blank/],
  ["a", /shorter/],
  ["abc12", /shorter/],
  ["  abc12  ", /shorter/],
  ["aaaaaaaaaa", /repeated/],
  ["********", /repeated/],
  ["localhost", /common/],
  ["LocalHost", /common/],
  ["development", /common/],
  ["password", /common/],
  ["http://localhost:8787", /common/],
  [" production\n", /common/],
];

for (const [value, reason] of unmaskable) {
  Deno.test(`maskability() refuses ${JSON.stringify(value)}`, () => {
    const result = maskability(encodeUtf8(value));
    assert.ok(!result.maskable);
    assert.match(result.reason, reason);
    assert.ok(value.trim().length < 3 || !result.reason.includes(value.trim()), "the reason quotes no value");
  });
}

Deno.test("maskability() takes values of six bytes and more, also those that are not UTF-8", () => {
  assert.equal(MIN_MASKABLE_BYTES, 6);
  for (
    const value of [encodeUtf8("x7Kq2p"), encodeUtf8("äöü"), Uint8Array.of(255, 254, 0, 1, 2, 3), encodeUtf8("a b c d")]
  ) {
    assert.deepEqual(maskability(value), { maskable: true });
  }
});

Deno.test("Masker leaves output alone that holds values which are not maskable, and names them", () => {
  const values = Object.fromEntries(unmaskable.map(([value], i) => [`N${i}`, value]));
  const masker = maskerOf({ ...values, KEY: "x7Kq2p-99" });
  assert.deepEqual(masker.names, ["KEY"]);
  assert.equal(masker.unmaskable.length, unmaskable.length);
  const output = "a aaaaaaaaaa password for localhost in development:       abc12\n";
  assert.equal(masked(masker, output), output);
  assert.equal(masked(masker, `${output}x7Kq2p-99`), `${output}[ov:KEY]`);
});

Deno.test("Masker without secrets changes nothing", () => {
  const masker = new Masker([]);
  const output = "anything at all \x1b[31m\x00\xff aGVsbG8gd29ybGQ=";
  assert.equal(masked(masker, output), output);
  assert.equal(new Masker([Secret.fromText("BLANK", "")]).mask(encodeUtf8(output)).maskedCount, 0);
});
