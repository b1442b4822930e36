import assert from "node:assert/strict";
import { encodeUtf8 } from "../../src/base/mod.ts";
import { pieceThreshold } from "../../src/mask/mod.ts";
import { masked, maskerOf, randomValue } from "./fixtures.ts";

const thresholds: [string, string, number][] = [
  ["six bytes", "x7Kq2p", 6],
  ["eight mixed", "x7Kq2pZ9", 8],
  ["sixteen mixed", "x7Kq2pZ9x7Kq2pZ8", 8],
  ["nineteen mixed", "x7Kq2pZ9x7Kq2pZ8abc", 10],
  ["forty mixed", "x7Kq2pZ9".repeat(5), 10],
  ["forty hexadecimal", "0f3a9c21".repeat(5), 14],
  ["twelve hexadecimal", "0f3a9c21bb7d", 12],
  ["forty digits", "8350271946".repeat(4), 17],
  ["twenty lower case", "kqzwpvxjmbkqzwpvxjmb", 12],
];

for (const [what, value, expected] of thresholds) {
  Deno.test(`pieceThreshold() of ${what} is ${expected}`, () =>
    assert.equal(pieceThreshold(encodeUtf8(value)), expected));
}

Deno.test("a slice as long as the threshold is masked wherever it is cut, one byte less is not", () => {
  const value = randomValue(40);
  const masker = maskerOf({ KEY: value });
  const size = pieceThreshold(encodeUtf8(value));
  for (let at = 0; at + size <= value.length; at++) {
    assert.equal(masked(masker, `<${value.slice(at, at + size)}>`), "<[ov:KEY]>", `at ${at}`);
    assert.equal(masked(masker, `<${value.slice(at, at + size - 1)}>`), `<${value.slice(at, at + size - 1)}>`);
  }
});

Deno.test("what everybody knows of a value is no trace of it", () => {
  const token = randomValue(24);
  const masker = maskerOf({
    PEM: `-----BEGIN PRIVATE KEY-----\n${randomValue(64)}\n${randomValue(30)}\n-----END PRIVATE KEY-----\n`,
    DATABASE_URL: `postgresql://app:${randomValue(20)}@localhost:5432/production`,
    STRIPE: `${"sk"}_test_${token}`,
    COUNTED: `0123456789abcdef-${randomValue(12)}`,
    JSON: `{"type": "service_account", "private_key_id": "${randomValue(20)}"}`,
  });
  for (
    const known of [
      "-----BEGIN PRIVATE KEY-----",
      "-----END PRIVATE KEY-----",
      "postgresql://user@localhost:5432",
      `keys start with ${"sk"}_test_ or ${"sk"}_live_`,
      "const HEX = '0123456789abcdef';",
      '"type": "service_account"',
    ]
  ) assert.equal(masked(masker, known), known);
  assert.equal(masked(masker, token), "[ov:STRIPE]");
  assert.equal(masked(masker, `<${"sk"}_test_${token}>`), "<[ov:STRIPE]>");
});

Deno.test("a value that is itself an encoding is known by what it stands for", () => {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  for (const value of [bytes.toHex(), bytes.toBase64(), bytes.toBase64({ alphabet: "base64url" })]) {
    const masker = maskerOf({ KEY: value });
    for (const form of [bytes.toHex(), bytes.toBase64(), Array.from(bytes).join(", "), bytes.toHex().toUpperCase()]) {
      assert.match(masked(masker, `<${form}>`), /^<\[ov:KEY\]=*>$/, form);
    }
  }
});

Deno.test("of two secrets with one value the first is named; of two that share a start, the one that is there", () => {
  const start = randomValue(12);
  const [one, two] = [start + randomValue(12), start + randomValue(12)];
  const masker = maskerOf({ ONE: one, TWO: two, AGAIN: two });
  assert.equal(masked(masker, `${one} ${two}`), "[ov:ONE] [ov:TWO]");
});
