import assert from "node:assert/strict";
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
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

function brotli(content: Uint8Array, quality: number): Uint8Array {
  return bytesOf(brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } }));
}

const COMPRESSIONS: Readonly<Record<string, (content: Uint8Array) => Uint8Array>> = {
  gzip: (content) => bytesOf(gzipSync(content)),
  zlib: (content) => bytesOf(deflateSync(content)),
  "raw DEFLATE": (content) => bytesOf(deflateRawSync(content)),
  zip,
  Brotli: (content) => brotli(content, 11),
  "fast Brotli": (content) => brotli(content, 1),
  "Brotli in gzip": (content) => bytesOf(gzipSync(brotli(content, 11))),
};
const SPELLINGS: Readonly<Record<string, (bytes: Uint8Array) => string | Uint8Array>> = {
  "as it is": (bytes) => bytes,
  "on a line of its own": (bytes) => concatBytes(encodeUtf8("out:\n"), bytes),
  base64: (bytes) => bytes.toBase64(),
  "base64 after a name": (bytes) => `SAMLRequest=${encodeURIComponent(bytes.toBase64())}`,
  hexadecimal: (bytes) => `<${bytes.toHex()}>`,
  base32: (bytes) => base32(bytes),
  base85: (bytes) => `b'${base85(bytes)}'`,
  base64url: (bytes) => `?state=${bytes.toBase64({ alphabet: "base64url", omitPadding: true })}&x=1`,
  "base64 in lines": (bytes) => bytes.toBase64().replace(/.{10}/g, "$&\n"),
  "a byte string": (bytes) => `b'${[...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("")}'`,
  "percent signs": (bytes) => [...bytes].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""),
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

Deno.test("Masker.mask() finds what a stream of Brotli holds in so far as it is there: cut, or broken", () => {
  for (let round = 0; round < 10; round++) {
    const value = randomValue(32);
    const masker = maskerOf({ KEY: value });
    const story = `${"a story of the key: ".repeat(round)}${value}, and on it goes: ${randomValue(400)}`;
    for (const quality of [1, 5, 11]) {
      const stream = brotli(encodeUtf8(story), quality);
      const half = stream.subarray(0, stream.length - 200);
      assert.match(masked(masker, half.toBase64()), /\[ov:KEY\]/, `cut, quality ${quality}`);
      assert.match(masked(masker, `${half.toBase64()} and`), /^\[ov:KEY\] and$/, `cut, quality ${quality}`);
      const broken = stream.slice();
      crypto.getRandomValues(broken.subarray(stream.length - 100));
      assert.match(masked(masker, broken.toHex()), /\[ov:KEY\]/, `broken, quality ${quality}`);
    }
  }
});

Deno.test("Masker.mask() finds what Brotli holds in a long text, behind what it stores, and in encodings inside it", () => {
  for (let round = 0; round < 5; round++) {
    const value = randomValue(32);
    const masker = maskerOf({ KEY: value });
    const noise = crypto.getRandomValues(new Uint8Array(40_000));
    for (
      const content of [
        encodeUtf8("abc ".repeat(20_000) + value + "xyz ".repeat(20_000)),
        concatBytes(noise, encodeUtf8(`${"and the key is ".repeat(40)}${btoa(`key:${value}`)}`)),
        brotli(encodeUtf8(JSON.stringify({ key: encodeUtf8(value).toHex() })), 11),
        bytesOf(gzipSync(`${"the quick brown fox ".repeat(9)}${value}`)),
      ]
    ) {
      for (const quality of [4, 9]) {
        const stream = brotli(content, quality);
        for (const spelled of [stream, stream.toBase64(), stream.toHex()]) {
          assert.match(masked(masker, spelled), /\[ov:KEY\]/, `${content.length} bytes, quality ${quality}`);
        }
      }
    }
  }
});

Deno.test("Masker.mask() finds what a stream holds that repeats itself so well that its base64 does too", () => {
  for (let round = 0; round < 4; round++) {
    const value = randomValue(32);
    for (const part of ["abc\n", "a", "\0", "0123456789", randomValue(5 + round)]) {
      const filler = part.repeat(100_000 / part.length);
      for (
        const compress of [(text: string) => bytesOf(gzipSync(text)), (text: string) => brotli(encodeUtf8(text), 5)]
      ) {
        const spelled = compress(filler + value + filler).toBase64();
        for (const text of [spelled, spelled.replace(/.{76}/g, "$&\n")]) {
          assert.match(masked(maskerOf({ KEY: value }), text), /\[ov:KEY\]/, JSON.stringify(part));
        }
      }
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
