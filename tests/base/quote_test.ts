import assert from "node:assert/strict";
import fc from "fast-check";
import { quoteArgument } from "../../src/base/mod.ts";

const QUOTED: readonly [string, string][] = [
  ["node", "node"],
  ["scripts/test-webhook.js", "scripts/test-webhook.js"],
  ["--key=a,b:c@d%e+f", "--key=a,b:c@d%e+f"],
  ["", "''"],
  ["a b", "'a b'"],
  ["$HOME", "'$HOME'"],
  ["`id`", "'`id`'"],
  ["it's", "$'it\\'s'"],
  ["a;b", "'a;b'"],
  ["~", "'~'"],
  ["é", "'é'"],
  ["a\nb", "$'a\\nb'"],
  ["\x1b[2K", "$'\\x1b[2K'"],
  ["a\rb", "$'a\\rb'"],
  ["\u202Etxt.js", "$'\\U0000202etxt.js'"],
  ["a\u200Bb", "$'a\\U0000200bb'"],
  ["a\u2066b", "$'a\\U00002066b'"],
  ["a\u2028b", "$'a\\U00002028b'"],
  ["\u{E0041}", "$'\\U000e0041'"],
  ["\u009b31m", "$'\\U0000009b31m'"],
  ["\u3164", "$'\\U00003164'"],
  ["a\uFE0Fb", "$'a\\U0000fe0fb'"],
  ["\ud800", "$'\\U0000d800'"],
  ["it's\t\\", "$'it\\'s\\t\\\\'"],
];

for (const [argument, quoted] of QUOTED) {
  Deno.test(`quoteArgument() shows ${JSON.stringify(argument)} as it is meant`, () => {
    assert.equal(quoteArgument(argument), quoted);
  });
}

Deno.test("quoteArgument() gives one line of visible characters, and different text for different arguments", () => {
  const text = fc.string({
    unit: fc.constantFrom("a", "'", "\\", "$", " ", "\n", "\u202e", "\x1b", "u", "0", "\u{E0001}"),
  });
  fc.assert(fc.property(text, text, (a, b) => {
    assert.doesNotMatch(quoteArgument(a), /[\p{C}\p{Zl}\p{Zp}]/u);
    assert.equal(quoteArgument(a) === quoteArgument(b), a === b);
  }));
});

Deno.test("quoteArgument() is what bash reads back", async () => {
  const words = QUOTED.map(([argument]) => argument).filter((word) => !word.includes("\ud800"));
  const line = `printf '%s\\0' ${words.map(quoteArgument).join(" ")}`;
  const { stdout } = await new Deno.Command("bash", { args: ["-c", line], env: { LC_ALL: "C.UTF-8" } }).output();
  assert.deepEqual(new TextDecoder().decode(stdout).split("\0").slice(0, -1), words);
});
