import assert from "node:assert/strict";
import { maskerOf, text } from "./fixtures.ts";

interface Pair {
  values: [string, string];
  cases: Record<string, [string, string]>;
}

const pairs: Record<string, Pair> = JSON.parse(
  Deno.readTextFileSync(new URL("../vectors/mask/forms.json", import.meta.url)),
);

/** A compressed stream's length tells how well its content packs, so what stands beside it may move. */
const SIZES_DIFFER = /gzip|zlib/;

Deno.test("the forms that real encoders wrote are there", () => {
  assert.deepEqual(Object.keys(pairs), ["token", "punctuated", "lines", "short"]);
  for (const { cases } of Object.values(pairs)) assert.ok(Object.keys(cases).length >= 240);
});

for (const [pair, { values, cases }] of Object.entries(pairs)) {
  Deno.test(`Masker.mask() masks every form of the ${pair} value, and what is left does not depend on it`, () => {
    const maskers = values.map((value) => maskerOf({ KEY: value }));
    const wrong: string[] = [];
    for (const [name, data] of Object.entries(cases)) {
      const results = data.map((base64, i) => maskers[i]!.mask(Uint8Array.fromBase64(base64)));
      const [one, two] = results.map(({ bytes }) => text(bytes));
      if (results.some(({ maskedCount }) => maskedCount === 0)) wrong.push(`${name}: not masked: ${one}`);
      else if (one !== two && !SIZES_DIFFER.test(name)) wrong.push(`${name}: ${one} | ${two}`);
    }
    assert.deepEqual(wrong, []);
  });
}
