import assert from "node:assert/strict";
import fc from "fast-check";
import { encodeUtf8 } from "../../src/base/mod.ts";
import { load } from "../../src/mask/kernels/kernels.ts";
import { type Hit, Matcher } from "../../src/mask/matcher.ts";
import { type Pattern, patternsOf } from "../../src/mask/pattern.ts";
import { depth, randomValue } from "./fixtures.ts";

/** A pattern all of which is its own. */
function pattern(text: string, secret: number, threshold: number): Pattern {
  const bytes = encodeUtf8(text);
  return { bytes, secret, threshold, own: Uint32Array.from({ length: bytes.length + 1 }, (_, i) => i) };
}

function findIn(matcher: Matcher, text: Uint8Array, hits: Hit[]): void {
  matcher.find(load(text, 0, [matcher.filter]), 0, hits);
}

function covered(size: number, hits: readonly Hit[]): boolean[] {
  const marks = new Array<boolean>(size).fill(false);
  for (const { from, to } of hits) marks.fill(true, from, to);
  return marks;
}

Deno.test("Matcher.find() covers what a search for every window of every pattern covers", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "1"), minLength: 6, maxLength: 14 });
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), fc.array(word, { maxLength: 8 }), (words, texts) => {
      const patterns = words.map((text, i) => pattern(text, i, Math.min(text.length, 6 + i % 4)));
      const text = texts.join("b1");
      const hits: Hit[] = [];
      findIn(new Matcher(patterns), encodeUtf8(text), hits);
      const expected = new Array<boolean>(text.length).fill(false);
      for (const { bytes, threshold } of patterns) {
        const value = new TextDecoder().decode(bytes);
        for (let at = 0; at + threshold <= value.length; at++) {
          const window = value.slice(at, at + threshold);
          for (let i = text.indexOf(window); i >= 0; i = text.indexOf(window, i + 1)) {
            expected.fill(true, i, i + threshold);
          }
        }
      }
      assert.deepEqual(covered(text.length, hits), expected);
    }),
    { numRuns: 2000 * depth() },
  );
});

Deno.test("Matcher.find() finds a value at every place, of every length, whatever the text's alignment", () => {
  for (const length of [6, 7, 8, 9, 12, 33]) {
    const value = randomValue(length);
    const matcher = new Matcher(patternsOf(encodeUtf8(value), 3));
    for (let at = 0; at < 9; at++) {
      for (let after = 0; after < 5; after++) {
        for (let skew = 0; skew < 4; skew++) {
          const text = encodeUtf8(" ".repeat(skew) + ".".repeat(at) + value + ".".repeat(after)).subarray(skew);
          const hits: Hit[] = [];
          findIn(matcher, text, hits);
          assert.ok(hits.some(({ from, to, secret }) => from === at && to === at + length && secret === 3));
        }
      }
    }
  }
});

Deno.test("Matcher.find() says of a run that ends before its pattern does that it is open", () => {
  const matcher = new Matcher([pattern("abcdefgh12345", 0, 8)]);
  const open = (text: string): boolean[] => {
    const hits: Hit[] = [];
    findIn(matcher, encodeUtf8(text), hits);
    return hits.map((hit) => hit.open);
  };
  assert.deepEqual(open("xx abcdefgh12"), [true]);
  assert.deepEqual(open("xx abcdefgh12345"), [false]);
  assert.deepEqual(open("xx abcdefg"), []);
});

Deno.test("Matcher.find() takes letters in another case for the same only in runs that are long enough", () => {
  const matcher = new Matcher([pattern("wordAb-Kq27", 0, 8), pattern("zYxw7q", 1, 6)]);
  const count = (text: string): number => {
    const hits: Hit[] = [];
    findIn(matcher, encodeUtf8(text), hits);
    return hits.length;
  };
  assert.equal(count("WORDaB-kQ27"), 1);
  assert.equal(count("wordab-k"), 0, "a piece in another case is a word");
  assert.equal(count("zyxw7q"), 0);
  assert.equal(count("zYxw7q"), 1);
  assert.equal(count("word\u0001b-Kq27"), 0, "case is for letters alone");
});

Deno.test("Matcher.find() ends in time that grows with the text alone, whatever text and patterns repeat", () => {
  const same = pattern("a".repeat(60_000), 0, 12);
  const prefixed = Array.from(
    { length: 1000 },
    (_, i) => pattern(`common-prefix-of-all-${i}-${randomValue(12)}`, i, 12),
  );
  for (
    const [patterns, text] of [
      [[same], "a".repeat(2_000_000)],
      [[pattern("ab".repeat(30_000), 0, 12), same], "ab".repeat(1_000_000)],
      [prefixed, "common-prefix-of-all-".repeat(80_000)],
    ] as [Pattern[], string][]
  ) {
    const hits: Hit[] = [];
    findIn(new Matcher(patterns), encodeUtf8(text), hits);
    assert.ok(hits.length > 0 && hits.length < text.length / 8);
  }
});
