/**
 * Slices of a value, encoded, at every place that a character of the encoding can stand: a piece above the threshold is a trace
 * wherever it begins.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { encodeUtf8 } from "../../../src/base/mod.ts";
import { pieceThreshold } from "../../../src/mask/mod.ts";
import { patternsOf } from "../../../src/mask/pattern.ts";
import { depth, masked, maskerOf, randomValue } from "../fixtures.ts";
import { ASCII85, base32, BASE32HEX, base85, Z85 } from "./spell.ts";

const LETTERS = "abcdefghijklmnopqrstuvwxyz", CAPITALS = LETTERS.toUpperCase(), DIGITS = "0123456789";

/** An encoding: how a slice is spelled, and what may stand around it that is spelled alike. */
interface Encoding {
  readonly spell: (slice: Uint8Array) => string;
  readonly around: string;
  /** Bytes of a slice that what stands around it makes something else of. */
  readonly lost?: number;
  /** Where a slice that is as long as the threshold may not be enough: how long one must be. */
  readonly least?: number;
  /** Whether it may be taken for something else. */
  readonly isUnlikely?: (spelled: string) => boolean;
}

/** Mostly hexadecimal: base32hex by chance. */
const isHexadecimal = (spelled: string): boolean =>
  spelled.replace(/[^0-9a-f]/gi, "").length > 0.75 * spelled.replace(/=+$/, "").length;

const small = (text: string): string => text.toLowerCase();
const ENCODINGS: Readonly<Record<string, Encoding>> = {
  base32: { spell: (slice) => base32(slice), around: `${CAPITALS}234567` },
  "base32 without padding": { spell: (slice) => base32(slice).replace(/=+$/, ""), around: `${CAPITALS}234567` },
  "small base32": { spell: (slice) => small(base32(slice)), around: `${LETTERS}234567` },
  base32hex: { spell: (slice) => base32(slice, BASE32HEX), around: BASE32HEX, isUnlikely: isHexadecimal },
  "small base32hex": {
    spell: (slice) => small(base32(slice, BASE32HEX)),
    around: small(BASE32HEX),
    isUnlikely: isHexadecimal,
  },
  base64: { spell: (slice) => slice.toBase64(), around: `${LETTERS}${CAPITALS}${DIGITS}+/` },
  base64url: {
    spell: (slice) => slice.toBase64({ alphabet: "base64url", omitPadding: true }),
    around: `${LETTERS}${CAPITALS}${DIGITS}-_`,
  },
  hexadecimal: { spell: (slice) => slice.toHex(), around: "0123456789abcdef" },
  "capital hexadecimal": { spell: (slice) => slice.toHex().toUpperCase(), around: "0123456789ABCDEF" },
  "decimal without blanks": { spell: (slice) => numbers(slice, 10, "", 3), around: DIGITS },
  "octal without blanks": { spell: (slice) => numbers(slice, 8, "", 3), around: "01234567" },
  "bits without blanks": { spell: (slice) => numbers(slice, 2, "", 8), around: "01" },
  // A digit that touches the first or the last number makes another number of it.
  "a decimal list": { spell: (slice) => numbers(slice, 10, ","), around: DIGITS, lost: 2 },
  "an octal list": { spell: (slice) => numbers(slice, 8, " "), around: "01234567", lost: 2 },
  // Three whole groups, wherever they begin; the last one goes on in what follows.
  base85: { spell: (slice) => base85(slice), around: `${LETTERS}${CAPITALS}${DIGITS}`, lost: 3, least: 12 },
  ascii85: { spell: (slice) => base85(slice, ASCII85), around: `${LETTERS}${CAPITALS}${DIGITS}`, lost: 3, least: 12 },
  z85: { spell: (slice) => base85(slice, Z85), around: `${LETTERS}${CAPITALS}${DIGITS}`, lost: 3, least: 12 },
};

function numbers(slice: Uint8Array, base: number, separator: string, width = 0): string {
  return Array.from(slice, (byte) => byte.toString(base).padStart(width, "0")).join(separator);
}

const FRAMES: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => `the part is ${text} of it`,
  (text) => JSON.stringify({ a: text }),
  (text) => `part=${text};`,
];

const VALUES: Readonly<Record<string, () => string>> = {
  "40 characters": () => randomValue(40),
  "16 characters": () => randomValue(16),
  hexadecimal: () => crypto.getRandomValues(new Uint8Array(32)).toHex(),
  symbols: () => `${randomValue(30)}!-_#`,
};

for (const [name, { spell, around, lost = 0, least = 0, isUnlikely }] of Object.entries(ENCODINGS)) {
  Deno.test(`Masker.mask() finds a slice above the threshold behind anything: ${name}`, () => {
    const letters = (maxLength: number) =>
      fc.array(fc.constantFrom(...around), { maxLength }).map((chars) => chars.join(""));
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(VALUES)).map((make) => make()),
        fc.constantFrom(...FRAMES),
        fc.nat(),
        fc.nat(6),
        letters(17),
        letters(3),
        (value, frame, from, more, before, after) => {
          const bytes = encodeUtf8(value);
          // What everybody knows does not count: bytes in a row of a constant step, or `eyJ` by chance.
          fc.pre(patternsOf(bytes, 0)[0]!.own.at(-1) === bytes.length);
          const threshold = pieceThreshold(bytes);
          const size = Math.min(bytes.length, Math.max(threshold + lost, least) + more);
          const at = from % (bytes.length - size + 1);
          const spelled = before + spell(bytes.subarray(at, at + size)) + after;
          fc.pre(isUnlikely?.(spelled) !== true);
          const text = frame(spelled);
          assert.match(masked(maskerOf({ KEY: value }), text), /\[ov:KEY\]/, `${size} bytes of ${value}: ${text}`);
        },
      ),
      { numRuns: 250 * depth() },
    );
  });
}

Deno.test("Masker.mask() finds numbers in a row beside words and numbers that are none of them", () => {
  for (let round = 0; round < 20; round++) {
    const value = randomValue(32);
    const masker = maskerOf({ KEY: value });
    for (const [base, separator] of [[10, ", "], [10, " "], [8, " "], [8, "\n"]] as const) {
      const spelled = numbers(encodeUtf8(value), base, separator);
      for (const before of ['{"a":[', "feed: ", "ab cd ef = ", "70000 ", "a 1 b 2 c 3 ", "0x1f: ", "8 9 "]) {
        assert.match(masked(masker, `${before}${spelled}`), /\[ov:KEY\]/, `${before}${spelled}`);
      }
    }
  }
});

Deno.test("Masker.mask() finds numbers in a row to which words are joined at both ends, whole", () => {
  for (let round = 0; round < 20; round++) {
    const value = randomValue(20);
    const masker = maskerOf({ KEY: value });
    for (const [base, separator] of [[10, ", "], [10, " "], [8, " "]] as const) {
      const spelled = numbers(encodeUtf8(value), base, separator, base === 8 ? 3 : 0);
      for (const [before, after] of [["free", "fy"], ["Z", ""], ["", "Z, more"], ["x-ray", "th of"]]) {
        assert.equal(masked(masker, `${before}${spelled}${after}`), `${before}[ov:KEY]${after}`);
      }
    }
  }
});

Deno.test("Masker.mask() finds what stands right behind and before a hash, or between two", () => {
  // Of what touches a hash some characters may be taken for its own: a group of base85, a byte of the others.
  const spellings: Readonly<Record<string, (bytes: Uint8Array) => string>> = {
    "as it is": (bytes) => new TextDecoder().decode(bytes),
    base64: (bytes) => bytes.toBase64({ omitPadding: true }),
    base32: (bytes) => base32(bytes).replace(/=+$/, ""),
    base85: (bytes) => base85(bytes),
    ascii85: (bytes) => base85(bytes, ASCII85),
    z85: (bytes) => base85(bytes, Z85),
    "a decimal list": (bytes) => ` ${numbers(bytes, 10, " ")} `,
    "a hexadecimal list": (bytes) => ` ${numbers(bytes, 16, " ", 2)} `,
  };
  for (let round = 0; round < 25 * depth(); round++) {
    const value = randomValue(40), masker = maskerOf({ KEY: value });
    const hash = (size: number) => crypto.getRandomValues(new Uint8Array(size)).toHex();
    for (const [name, spell] of Object.entries(spellings)) {
      const spelled = spell(encodeUtf8(value));
      for (const [before, after] of [[32, 0], [0, 32], [20, 64], [64, 24], [10, 32]] as const) {
        const text = `${hash(before)}${spelled}${hash(after)}`;
        const left = masked(masker, text).replaceAll(/\[ov:KEY\]/g, "").length - 2 * (before + after);
        assert.ok(left <= 10, `${name} between ${before} and ${after} bytes: ${left} characters are left`);
      }
    }
  }
});
