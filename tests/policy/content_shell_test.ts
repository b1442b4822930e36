import assert from "node:assert/strict";
import fc from "fast-check";
import { shellCommands } from "../../src/policy/content_shell.ts";

const words = (text: string) => shellCommands(text).map((command) => command.words.join("|")).join(" / ");

const TABLE: readonly (readonly [string, string])[] = [
  ["", ""],
  ["a", "a"],
  ["a b  c", "a|b|c"],
  ["a && b || c; d & e | f", "a / b / c / d / e / f"],
  ["a\nb\r\nc", "a / b / c"],
  ["A=1 B='x y' cmd C=2", "cmd|C=2"],
  ["A=1", ""],
  ["a 'b c' \"d e\" f\\ g", "a|b c|d e|f g"],
  ["a 'b'\"c\"d", "a|bcd"],
  ["a ''", "a|"],
  ["a 'unterminated", "a|unterminated"],
  ['a "x \\" y"', 'a|x " y'],
  ["a # comment\nb", "a / b"],
  ["a b#c", "a|b#c"],
  ["a > out.txt b", "a|b"],
  ["a 2>&1 >>log <in b", "a|b|in"],
  ["a < one <two > out; b", "a|one|two / b"],
  ["a <<EOF b", "a|b"],
  ["a <<< text b", "a|b"],
  ["a <&3 b", "a|b"],
  ["a <(b c)", "a / b|c"],
  ["while a; do b; done < in", "a / b"],
  ["a &> all", "a"],
  ["if a; then b; else c; fi", "a / b / c"],
  ["while a; do b; done", "a / b"],
  ["! a", "a"],
  ["{ a; }", "a"],
  ["(a b)", "a|b"],
  ["a $(b c) d", "a / b|c / d"],
  ["a `b c`", "a / b|c"],
  ['a "x $(b c)"', "b|c / a|x $(b c)"],
  ["a \\\n b", "a|b"],
  ["exec a", "a"],
];

Deno.test("shellCommands() names the commands of a text", () => {
  for (const [text, expected] of TABLE) assert.equal(words(text), expected, JSON.stringify(text));
});

Deno.test("shellCommands() ends for any text, and gives no empty command", () => {
  const piece = fc.constantFrom(
    "a",
    "'",
    '"',
    "\\",
    "$(",
    ")",
    "`",
    ">",
    "<",
    "|",
    "&",
    ";",
    "\n",
    "#",
    " ",
    "=",
    "if",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      for (const command of shellCommands(pieces.join(""))) assert(command.words.length > 0);
    }),
    { numRuns: 2000 },
  );
});
