import assert from "node:assert/strict";
import fc from "fast-check";
import { quoted, visible } from "../../src/mcp/quote.ts";

Deno.test("quoted() keeps a plain argument as it is", () => {
  assert.equal(quoted("scripts/test-stripe-webhook.js --verbose=1"), '"scripts/test-stripe-webhook.js --verbose=1"');
});

Deno.test("quoted() shows what could fool a reader", () => {
  const cases: [string, string][] = [
    ["line\nbreak", '"line\\u{a}break"'],
    ["tab\tcr\rnul\0", '"tab\\u{9}cr\\u{d}nul\\u{0}"'],
    ["\u202egpj.sh", '"\\u{202e}gpj.sh"'],
    ["\u2066x\u2069", '"\\u{2066}x\\u{2069}"'],
    ["zero\u200bwidth", '"zero\\u{200b}width"'],
    ["\u0430pt", '"\\u{430}pt"'],
    ["\u{e0041}", '"\\u{e0041}"'],
    ["\ud800", '"\\u{d800}"'],
    ["\x1b[2K", '"\\u{1b}\\u{5b}2K"'],
    ['a" "b', '"a\\u{22} \\u{22}b"'],
    ["back\\slash", '"back\\u{5c}slash"'],
    ["<!-- gone -->", '"\\u{3c}!-- gone -->"'],
    ["&#8238;", '"\\u{26}#8238;"'],
    ["`code`", '"\\u{60}code\\u{60}"'],
    ["[safe](evil)", '"\\u{5b}safe](evil)"'],
    ["line\u2028sep", '"line\\u{2028}sep"'],
    ["", '""'],
  ];
  for (const [text, shown] of cases) assert.equal(quoted(text), shown);
});

Deno.test("visible() gives printable ASCII from which the text can be read back, for any text", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const shown = visible(text);
    assert.match(shown, /^[\x20-\x7e]*$/);
    assert.ok(!/["<&`[]/.test(shown));
    const back = shown.replace(/\\u\{([0-9a-f]+)\}/g, (_, hex) => String.fromCodePoint(parseInt(hex, 16)));
    assert.equal(back, text);
  }));
});
