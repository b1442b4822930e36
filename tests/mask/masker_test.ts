import assert from "node:assert/strict";
import { concatBytes, encodeUtf8 } from "../../src/base/mod.ts";
import { masked, maskerOf, randomValue, utf8 } from "./fixtures.ts";

Deno.test("Masker.mask() counts its replacements and leaves the rest byte for byte", () => {
  const value = randomValue(30);
  const noise = crypto.getRandomValues(new Uint8Array(5000));
  const { bytes, maskedCount } = maskerOf({ KEY: value }).mask(
    concatBytes(noise, encodeUtf8(value), noise, encodeUtf8(value)),
  );
  assert.deepEqual(bytes, concatBytes(noise, encodeUtf8("[ov:KEY]"), noise, encodeUtf8("[ov:KEY]")));
  assert.equal(maskedCount, 2);
});

Deno.test("Masker.mask() finds what is nested four deep, and the neighbours of what it finds stay", () => {
  const value = randomValue(32);
  const masker = maskerOf({ KEY: value });
  const percent = (text: string): string => encodeURIComponent(text).replaceAll("%", "%25");
  const json = (text: string): string => JSON.stringify({ a: text });
  const base64 = (text: string): string => btoa(text);
  const hex = (text: string): string => encodeUtf8(text).toHex();
  const reverse = (text: string): string => [...text].reverse().join("");
  const steps = { percent, json, base64, hex };
  for (const [a, one] of Object.entries(steps)) {
    for (const [b, two] of Object.entries(steps)) {
      for (const [c, three] of Object.entries(steps)) {
        for (const inner of [value, reverse(value)]) {
          const output = masked(masker, `before ${three(two(one(inner)))} after`);
          assert.match(output, /^before .*\[ov:KEY\].* after$/s, `${a} ${b} ${c}`);
        }
      }
    }
  }
});

/** Characters that readers look at. */
const ODD = "%\\=&#x0a1b2;'\"\n \x1b[m|:H4sI";

Deno.test("Masker.mask() does not fail on any bytes", () => {
  const masker = maskerOf({ KEY: randomValue(32), SHORT: "x7Kq2p" });
  for (let round = 0; round < 40; round++) {
    const bytes = crypto.getRandomValues(new Uint8Array(3000));
    // Every third round in the alphabets that readers look at.
    const text = round % 3 === 0 ? bytes : bytes.map((byte) => ODD.charCodeAt(byte % ODD.length));
    assert.deepEqual(masker.mask(text).bytes, text);
  }
});

/** Inputs on which a reader that goes back over what it has read would not come to an end. */
const SLOW: Record<string, (size: number) => string> = {
  backslashes: (size) => "\\".repeat(size),
  "escapes of escapes": (size) => "%25".repeat(size / 3),
  "ampersands": (size) => "&amp;".repeat(size / 5),
  quotes: (size) => `"'`.repeat(size / 2),
  escs: (size) => "\x1b[".repeat(size / 2),
  "open strings": (size) => "\x1b]0;".repeat(size / 4),
  numbers: (size) => "1 ".repeat(size / 2),
  "one number": (size) => "7".repeat(size),
  "hexadecimal": (size) => "6a".repeat(size / 2),
  "base64 of base64 of ASCII": (size) => btoa(btoa("AAAA".repeat(size / 8))),
  "gzip magic": (size) => "H4sI".repeat(size / 4),
  "zlib magic": (size) => "eJwB".repeat(size / 4),
  "labelled lines": (size) => "0000: 41\n".repeat(size / 9),
  uuencode: (size) => "#86)C\n".repeat(size / 6),
  base85: (size) => "F),-!".repeat(size / 5),
  periods: (size) => "a,".repeat(size / 2),
  "one letter": (size) => "a".repeat(size),
};

for (const [name, make] of Object.entries(SLOW)) {
  Deno.test(`Masker.mask() comes to an end on ${name}`, () => {
    const text = make(600_000);
    assert.equal(masked(maskerOf({ KEY: randomValue(32) }), text).length, text.length);
  });
}

Deno.test("Masker.mask() reads no more of a compressed bomb than its limit", async () => {
  const zeros = new Blob([new Uint8Array(64 << 20)]).stream().pipeThrough(new CompressionStream("gzip"));
  const bomb = new Uint8Array(await new Response(zeros).arrayBuffer()).toBase64();
  assert.equal(masked(maskerOf({ KEY: randomValue(32) }), bomb), bomb);
});

Deno.test("Masker.maskText() gives text", () => {
  assert.equal(maskerOf({ KEY: "пароль-ключ" }).maskText("<пароль-ключ é>"), "<[ov:KEY] é>");
  assert.equal(
    utf8(maskerOf({ KEY: "пароль-ключ" }).mask(encodeUtf8("<ПАРОЛЬ-ключ>")).bytes),
    "<[ov:KEY]люч>",
    "no half character",
  );
});
