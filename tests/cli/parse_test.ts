import assert from "node:assert/strict";
import { OvError } from "../../src/base/mod.ts";
import { parseDurationMs, parseNames, parseTimeMs, parseWhole } from "../../src/cli/parse.ts";

function code(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof OvError) return error.code;
    throw error;
  }
  return "none";
}

Deno.test("parseNames() takes A,B in order and each once", () => {
  assert.deepEqual(parseNames("B, A,,B", "Cannot run"), ["B", "A"]);
});

Deno.test("parseNames() refuses an empty list and what cannot be a name", () => {
  for (const text of ["", ",", " "]) assert.equal(code(() => parseNames(text, "x")), "usage/invalid");
  for (const text of ["1A", "A-B", "A=1", "Ä"]) assert.equal(code(() => parseNames(text, "x")), "usage/name");
});

Deno.test("parseDurationMs() reads units and refuses the rest", () => {
  const good: [string, number][] = [["30s", 30_000], ["5m", 300_000], ["1.5h", 5_400_000], ["2", 2000], ["500ms", 500]];
  for (const [text, ms] of good) assert.equal(parseDurationMs(text, "x"), ms);
  for (const text of ["", "0", "-1s", "1 s", "1w", "1e3", "NaN", "9".repeat(20)]) {
    assert.equal(code(() => parseDurationMs(text, "x")), "usage/invalid", text);
  }
});

Deno.test("parseDurationMs() names what is allowed where one is too long", () => {
  const refusal = (text: string, max?: { ms: number; words: string }) => {
    try {
      return String(parseDurationMs(text, "Cannot x", max));
    } catch (error) {
      const { code, message, hint } = error as OvError;
      return `${code} ${message} ${hint}`;
    }
  };
  assert.equal(refusal("30d", { ms: 30 * 86_400_000, words: "30d" }), String(30 * 86_400_000));
  assert.equal(
    refusal("31d", { ms: 30 * 86_400_000, words: "30d" }),
    'usage/invalid Cannot x: "31d" is too long At most 30d.',
  );
  assert.equal(refusal("99999999d"), 'usage/invalid Cannot x: "99999999d" is too long At most 100 years.');
});

Deno.test("parseTimeMs() goes back no further than time does", () => {
  assert.equal(parseTimeMs("36500d", { action: "x", now: 5000, past: true }), 0);
  assert.equal(code(() => parseTimeMs("99999999d", { action: "x", now: 5000, past: true })), "usage/invalid");
});

Deno.test("parseWhole() holds its bounds", () => {
  const bounds = { action: "x", what: "length", min: 8, max: 1024 };
  assert.equal(parseWhole("8", bounds), 8);
  for (const text of ["7", "1025", "8.5", "0x10", "", " 9"]) {
    assert.equal(code(() => parseWhole(text, bounds)), "usage/invalid", text);
  }
});
