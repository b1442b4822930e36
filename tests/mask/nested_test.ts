import assert from "node:assert/strict";
import { deflateRawSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { concatBytes, encodeUtf8 } from "../../src/base/mod.ts";
import { pieceThreshold } from "../../src/mask/mod.ts";
import { cutAt, depth, maskerOf, randomValue, streamed, text, utf8 } from "./fixtures.ts";
import { base32, base85 } from "./views/spell.ts";

type Step = (bytes: Uint8Array, random: number) => Uint8Array<ArrayBufferLike>;

const each = (form: (byte: number) => string): Step => (bytes) => encodeUtf8(Array.from(bytes, form).join(""));
const wrapped = (line: string, width: number): string => line.replace(new RegExp(`.{${width}}`, "g"), "$&\n");
const around = (bytes: Uint8Array, random: number): Uint8Array => {
  return concatBytes(encodeUtf8(["", "k="][random % 2]!), bytes, encodeUtf8("&z".slice(0, random % 2)));
};

const RAW_DEFLATE = "raw DEFLATE in base64";

/** One encoding each, of bytes or of text. */
const STEPS: Record<string, Step> = {
  base64: (bytes, random) => encodeUtf8(around(bytes, random).toBase64()),
  "base64 in lines": (bytes, random) => encodeUtf8(wrapped(bytes.toBase64(), [4, 20, 64, 76][random % 4]!)),
  "base64 behind a hash": (bytes) => encodeUtf8(`${"9f86d081884c7d65".repeat(4)}/${bytes.toBase64()}`),
  hex: (bytes) => encodeUtf8(bytes.toHex()),
  "hex within hex": (bytes, random) => encodeUtf8(`${"5a".repeat(random % 40)}${bytes.toHex()}${"c3".repeat(30)}`),
  base32: (bytes) => encodeUtf8(base32(bytes)),
  base85: (bytes) => encodeUtf8(base85(bytes)),
  percent: each((byte) => `%${byte.toString(16).padStart(2, "0")}`),
  entities: each((byte) => `&#${byte};`),
  "decimal list": (bytes) => encodeUtf8(Array.from(bytes).join(", ")),
  "escapes of JSON": each((byte) => `\\u00${byte.toString(16).padStart(2, "0")}`),
  "gzip in base64": (bytes) => encodeUtf8(new Uint8Array(gzipSync(bytes)).toBase64()),
  // It is found where something starts: nothing else tells it.
  [RAW_DEFLATE]: (bytes) => encodeUtf8(`'${new Uint8Array(deflateRawSync(bytes)).toBase64()}'`),
};

/** Output in which no value is, of the kinds that readers skip. */
const ORDINARY = [
  "GET /api/v1/users/3141592/orders?limit=20 200 17ms\n",
  '{"level":"info","message":"say \\"hi\\"\\n","path":"/a/b"} ',
  "drwxr-xr-x 2 root root 4096 ./node_modules/some_module/dist/index_of_things.js\n",
  "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08  ./file ",
  "if (a && b) { return c['d'](e % 10); } // 2025-01-02T03:04:05.678Z\n",
  "\x1b[32m✓\x1b[39m it works … \x1b[90m(12 ms)\x1b[0m\n",
];

Deno.test("MaskStream finds what up to three steps made of a value, in any output, at any place, however it is cut", () => {
  const name = fc.constantFrom(...Object.keys(STEPS));
  const lines = fc.array(fc.constantFrom(...ORDINARY), { maxLength: 12 });
  fc.assert(
    fc.property(
      fc.array(name, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(20, 24, 32, 40),
      lines,
      lines,
      fc.nat(),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 }),
      (names, length, before, after, random, places) => {
        const attempt = () => {
          const value = randomValue(length);
          const masker = maskerOf({ KEY: value, OTHER: randomValue(32), THIRD: crypto.randomUUID() });
          let bytes: Uint8Array = encodeUtf8(value);
          for (const name of names) bytes = STEPS[name]!(bytes, random);
          const output = concatBytes(
            encodeUtf8(before.join("")),
            encodeUtf8('"'),
            bytes,
            encodeUtf8(`"${after.join("")}`),
          );
          return { value, masker, output, whole: masker.mask(output).bytes };
        };
        let { value, masker, output, whole } = attempt();
        // Raw DEFLATE is told from noise by what it says: one stream in some hundreds is taken for noise, never two in a row.
        if (names.includes(RAW_DEFLATE) && !utf8(whole).includes("[ov:KEY]")) {
          ({ value, masker, output, whole } = attempt());
        }
        assert.match(utf8(whole), /\[ov:KEY\]/, names.join(", "));
        assert.ok(utf8(whole).startsWith(before.join("")), "what stands before stays");
        assert.deepEqual(streamed(masker, cutAt(output, places)), whole);
        const size = pieceThreshold(encodeUtf8(value));
        for (let i = 0; i + size <= value.length; i++) assert.ok(!text(whole).includes(value.slice(i, i + size)));
      },
    ),
    { numRuns: 250 * depth() },
  );
});
