import assert from "node:assert/strict";
import fc from "fast-check";
import { count, printable, quoteArgument, quoteCommand, relativeTime, size, table } from "../../src/cli/text.ts";
import { DAY, MINUTE, NOW } from "./fake.ts";

Deno.test("printable() escapes what a terminal would act on or hide when text comes from elsewhere", () => {
  const cases: [string, string][] = [
    ["plain ünïcödé 日本語 🙂", "plain ünïcödé 日本語 🙂"],
    ["a\x1b[2Kb", "a\\x1b[2Kb"],
    ["a\nb\r\tc", "a\\nb\\r\\tc"],
    ["a\u009b31mb", "a\\x9b31mb"],
    ["a\u202egpj.exe", "a\\u{202e}gpj.exe"],
    ["a\u200bb\ufeff", "a\\u{200b}b\\u{feff}"],
    ["a\u2028b", "a\\u{2028}b"],
    ["a\u{e0041}b", "a\\u{e0041}b"],
    ["a\ud800b", "a\\u{d800}b"],
    ["\x7f\x00", "\\x7f\\x00"],
  ];
  for (const [given, shown] of cases) assert.equal(printable(given), shown);
});

Deno.test("printable() leaves no control, format or line-separating character for any text", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    assert.doesNotMatch(printable(text), /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
  }));
});

Deno.test("quoteArgument() shows where an argument begins and ends", () => {
  const cases: [string, string][] = [
    ["node", "node"],
    ["--flag=a/b.js", "--flag=a/b.js"],
    ["", "''"],
    ["a b", "'a b'"],
    ["$(rm -rf ~)", "'$(rm -rf ~)'"],
    ["it's", "$'it\\'s'"],
    ["a\nb", "$'a\\nb'"],
    ["\x1b]0;x\x07", "$'\\x1b]0;x\\x07'"],
    ["back\\slash", "$'back\\\\slash'"],
    ["x\u202ey", "$'x\\U0000202ey'"],
  ];
  for (const [given, shown] of cases) assert.equal(quoteArgument(given), shown);
  assert.equal(quoteCommand(["sh", "-c", "echo 'a b'"]), "sh -c $'echo \\'a b\\''");
});

Deno.test("quoteCommand() is read back by bash as the same arguments", async () => {
  const hard = [
    "a b",
    "it's",
    "\\",
    "$HOME",
    "`id`",
    "a\nb",
    "\x1b[1m",
    "é",
    "\u202e",
    "'\\''",
    "",
    "!x",
    "*",
    "a\\nb",
  ];
  const words = hard.concat(fc.sample(fc.string({ unit: "grapheme" }), { numRuns: 100, seed: 7 }))
    .filter((word) => !word.includes("\0"));
  const { stdout } = await new Deno.Command("bash", {
    args: ["-c", `printf '%s\\0' ${quoteCommand(words)}`],
    env: { LC_ALL: "C.UTF-8" },
  }).output();
  assert.deepEqual(new TextDecoder().decode(stdout).split("\0").slice(0, -1), words);
});

Deno.test("table() aligns columns, ignores styles, and cuts at the width of the terminal", () => {
  assert.equal(table([["A", "B"], ["long", "x"]]), "A     B\nlong  x\n");
  assert.equal(table([["\x1b[1mA\x1b[0m", "B"], ["long", "x"]]), "\x1b[1mA\x1b[0m     B\nlong  x\n");
  assert.equal(table([["a", "b".repeat(40)]], 20), `a  ${"b".repeat(16)}…\n`);
  assert.equal(table([["a", ""]]), "a\n");
  assert.equal(table([]), "");
});

Deno.test("relativeTime() says how long ago or how far ahead in the largest unit", () => {
  const cases: [number, string][] = [
    [0, "just now"],
    [-59_000, "just now"],
    [-MINUTE, "1 minute ago"],
    [-90 * MINUTE, "1 hour ago"],
    [-3 * DAY, "3 days ago"],
    [-65 * DAY, "2 months ago"],
    [-800 * DAY, "2 years ago"],
    [-40 * DAY, "40 days ago"],
    [30_000, "in 1 minute"],
    [90 * DAY, "in 3 months"],
    [30 * DAY, "in 30 days"],
    [30 * DAY - 100, "in 30 days"],
    [8 * 60 * MINUTE - 700, "in 8 hours"],
    [29 * DAY, "in 29 days"],
  ];
  for (const [distance, text] of cases) assert.equal(relativeTime(NOW + distance, NOW), text);
});

Deno.test("size() and count() speak of one and of many", () => {
  assert.deepEqual([1, 1023, 2048, 5_000_000].map(size), ["1 byte", "1023 bytes", "2 KiB", "4.8 MiB"]);
  assert.deepEqual([count(1, "secret"), count(0, "secret"), count(2, "entry", "entries")], [
    "1 secret",
    "0 secrets",
    "2 entries",
  ]);
});
