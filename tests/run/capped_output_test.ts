import assert from "node:assert/strict";
import fc from "fast-check";
import { concatBytes, encodeUtf8 } from "../../src/base/mod.ts";
import { CappedOutput } from "../../src/run/mod.ts";

function kept(limit: number, ...chunks: Uint8Array[]): { text: string; truncated: boolean } {
  const output = new CappedOutput(limit);
  for (const chunk of chunks) output.write(chunk);
  return output.finish();
}

Deno.test("CappedOutput keeps everything up to its limit", () => {
  assert.deepEqual(kept(10, encodeUtf8("0123"), encodeUtf8("456789")), { text: "0123456789", truncated: false });
  assert.deepEqual(kept(10), { text: "", truncated: false });
});

Deno.test("CappedOutput cuts the middle and says how much is missing", () => {
  assert.deepEqual(kept(10, encodeUtf8("0123456789a")), {
    text: "01234\n[ov: 1 bytes left out]\n6789a",
    truncated: true,
  });
});

Deno.test("CappedOutput gives the same for every way of cutting the input into chunks", () => {
  const depth = Number(Deno.env.get("OV_TEST_DEPTH") ?? "1");
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", maxLength: 60 }).map(encodeUtf8),
      fc.array(fc.nat(60), { maxLength: 12 }),
      fc.integer({ min: 2, max: 40 }),
      (bytes, cuts, limit) => {
        const borders = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
        const chunks = borders.slice(1).map((end, i) => bytes.slice(borders[i], end));
        assert.deepEqual(concatBytes(...chunks), bytes);
        assert.deepEqual(kept(limit, ...chunks), kept(limit, bytes));
      },
    ),
    { numRuns: 500 * depth },
  );
});

Deno.test("CappedOutput never cuts a character in two", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 80 }),
      fc.integer({ min: 8, max: 60 }),
      (text, limit) => {
        const out = kept(limit, encodeUtf8(text));
        assert(!out.text.includes("\ufffd"));
        if (!out.truncated) return assert.equal(out.text, text);
        const match = /^([^]*)\n\[ov: (\d+) bytes left out\]\n([^]*)$/.exec(out.text)!;
        assert(text.startsWith(match[1]!) && text.endsWith(match[3]!));
        const sizes = [match[1]!, match[3]!].map((part) => encodeUtf8(part).length);
        assert.equal(sizes[0]! + sizes[1]! + Number(match[2]), encodeUtf8(text).length);
        assert(sizes[0]! + sizes[1]! <= limit);
      },
    ),
  );
});

Deno.test("CappedOutput shows bytes that are not UTF-8 as U+FFFD", () => {
  assert.equal(kept(10, new Uint8Array([0x61, 0xff, 0x62])).text, "a\ufffdb");
});

Deno.test("CappedOutput copies what it is given", () => {
  const chunk = encodeUtf8("abcdefgh");
  const output = new CappedOutput(4);
  output.write(chunk);
  chunk.fill(0x7a);
  assert.match(output.finish().text, /^ab\n.*\ngh$/s);
});

Deno.test("CappedOutput refuses a limit that holds nothing", () => {
  for (const limit of [0, 1, -1, NaN, 1.5]) assert.throws(() => new CappedOutput(limit), RangeError);
});
