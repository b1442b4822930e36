import assert from "node:assert/strict";
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { concatBytes, encodeUtf8 } from "../../../src/base/mod.ts";
import { masked, maskerOf, randomValue } from "../fixtures.ts";
import { base32, base85 } from "./spell.ts";

const bytesOf = (buffer: Uint8Array): Uint8Array => new Uint8Array(buffer);

/** A ZIP archive of one deflated file, without its directory. */
function zip(content: Uint8Array): Uint8Array {
  const header = new Uint8Array(35), view = new DataView(header.buffer);
  view.setUint32(0, 0x04034b50, true);
  view.setUint16(8, 8, true);
  view.setUint16(26, 5, true);
  header.set(encodeUtf8("a.txt"), 30);
  return concatBytes(header, deflateRawSync(content), encodeUtf8("PK\x05\x06"));
}

const COMPRESSIONS: Readonly<Record<string, (content: Uint8Array) => Uint8Array>> = {
  gzip: (content) => bytesOf(gzipSync(content)),
  zlib: (content) => bytesOf(deflateSync(content)),
  "raw DEFLATE": (content) => bytesOf(deflateRawSync(content)),
  zip,
};
const SPELLINGS: Readonly<Record<string, (bytes: Uint8Array) => string | Uint8Array>> = {
  "as it is": (bytes) => bytes,
  "on a line of its own": (bytes) => concatBytes(encodeUtf8("out:\n"), bytes),
  base64: (bytes) => bytes.toBase64(),
  "base64 after a name": (bytes) => `SAMLRequest=${encodeURIComponent(bytes.toBase64())}`,
  hexadecimal: (bytes) => `<${bytes.toHex()}>`,
  base32: (bytes) => base32(bytes),
  base85: (bytes) => `b'${base85(bytes)}'`,
  "a list": (bytes) => JSON.stringify({ type: "Buffer", data: [...bytes] }),
};

for (const [name, compress] of Object.entries(COMPRESSIONS)) {
  for (const [how, spell] of Object.entries(SPELLINGS)) {
    Deno.test(`Masker.mask() finds what ${name} holds: ${how}`, () => {
      for (let round = 0; round < 10; round++) {
        const value = randomValue(32);
        const masker = maskerOf({ KEY: value });
        const story =
          `the quick brown fox and the slow brown dog and the key is ${value} and so on and so on and so on`;
        for (const content of [value, story]) {
          assert.match(masked(masker, spell(compress(encodeUtf8(content)))), /\[ov:KEY\]/, `${content.length} bytes`);
        }
      }
    });
  }
}

Deno.test("Masker.mask() finds a compressed stream behind one or two bytes of the same base64", () => {
  const value = randomValue(32);
  for (const before of ["", "a", "ab", "abc", "abcd"]) {
    for (const compress of [gzipSync, deflateSync]) {
      const bytes = concatBytes(encodeUtf8(before), compress(value));
      assert.match(masked(maskerOf({ KEY: value }), bytes.toBase64()), /^.{0,5}\[ov:KEY\]$/, before);
    }
  }
});

Deno.test("Masker.mask() changes no noise, whatever it could be the start of", () => {
  const masker = maskerOf({ KEY: randomValue(32) });
  for (let round = 0; round < 50; round++) {
    const noise = crypto.getRandomValues(new Uint8Array(40 + 20 * round));
    // Two of three look like DEFLATE.
    if (round % 3 > 0) noise[0] = round % 3 === 1 ? 0x05 : 0x03;
    for (const spell of Object.values(SPELLINGS)) {
      const text = spell(noise);
      assert.deepEqual(masker.mask(typeof text === "string" ? encodeUtf8(text) : text).maskedCount, 0);
    }
  }
});
