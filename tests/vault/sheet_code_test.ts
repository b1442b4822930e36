/** The code of the emergency sheet as text, against `tests/vectors/sheet/codes.json` of the second implementation. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { makeCodes } from "../../scripts/vectors/main.ts";
import { spellCode, spellKey } from "../../scripts/vectors/sheet.ts";
import { decodeUtf8, encodeHex, encodeUtf8, Secret } from "../../src/base/mod.ts";
import {
  decodeSheetCode,
  decodeUnlockKey,
  encodeSheetCode,
  encodeUnlockKey,
  makeSheetCode,
  makeUnlockKey,
} from "../../src/vault/mod.ts";

const PATH = new URL("../vectors/sheet/codes.json", import.meta.url);
const CASES: { about: string; typed: string; code: string | null }[] = JSON.parse(Deno.readTextFileSync(PATH));
const RUNS = { numRuns: 200 * Number(Deno.env.get("OV_TEST_DEPTH") ?? 1) };

const typed = (text: string) => new Secret("typed", encodeUtf8(text));
// EXPOSE: a test compares them.
const bytesOf = (secret: Secret) => Uint8Array.from(secret.expose());
const textOf = (secret: Secret) => decodeUtf8(bytesOf(secret))!;
const hexOf = (secret: Secret | null) => secret === null ? null : encodeHex(bytesOf(secret));

Deno.test("the codes of the second implementation are there, good ones and bad ones, and are made as they are", () => {
  assert.ok(CASES.filter(({ code }) => code !== null).length >= 12);
  assert.ok(CASES.filter(({ code }) => code === null).length >= 14);
  assert.equal(Deno.readTextFileSync(PATH), makeCodes());
});

for (const { about, typed: text, code } of CASES) {
  Deno.test(`decodeSheetCode() ${code === null ? "refuses" : "reads"} ${about}`, async () => {
    assert.equal(hexOf(await decodeSheetCode(typed(text))), code);
  });
}

Deno.test("encodeSheetCode() spells every code as the second implementation, and decodeSheetCode() reads it back", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 20, maxLength: 20 }), async (bytes) => {
      const text = textOf(await encodeSheetCode(new Secret("code", bytes)));
      assert.equal(text, spellCode(bytes));
      assert.equal(hexOf(await decodeSheetCode(typed(text))), encodeHex(bytes));
    }),
    RUNS,
  );
});

Deno.test("decodeSheetCode() refuses every single wrong symbol of a code", async () => {
  const text = textOf(await encodeSheetCode(makeSheetCode()));
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "-") continue;
    const other = text[at] === "7" ? "8" : "7";
    assert.equal(await decodeSheetCode(typed(text.slice(0, at) + other + text.slice(at + 1))), null);
  }
});

Deno.test("makeSheetCode() and makeUnlockKey() never give the same twice", () => {
  const codes = new Set(Array.from({ length: 50 }, () => hexOf(makeSheetCode())));
  const keys = new Set(Array.from({ length: 50 }, () => hexOf(makeUnlockKey())));
  assert.deepEqual([codes.size, keys.size], [50, 50]);
});

Deno.test("encodeUnlockKey() is what the format says; decodeUnlockKey() refuses anything else", () => {
  const bytes = new Uint8Array(32).map((_, i) => 255 - i);
  const text = textOf(encodeUnlockKey(new Secret("key", bytes)));
  assert.equal(text, spellKey(bytes));
  assert.equal(hexOf(decodeUnlockKey(encodeUtf8(text))), encodeHex(bytes));
  const others = ["", "ov1.", text.slice(4), text.slice(0, -1), `${text}=`, `${text}A`, `${text}\n`, ` ${text}`];
  for (const other of [...others, `ov2.${text.slice(4)}`, text.toUpperCase(), "ov1." + "é".repeat(43)]) {
    assert.equal(decodeUnlockKey(encodeUtf8(other)), null, JSON.stringify(other.length));
  }
  assert.equal(decodeUnlockKey(Uint8Array.of(0xff, 0xfe)), null);
});
