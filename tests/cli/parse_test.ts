import assert from "node:assert/strict";
import { OvError } from "../../src/base/mod.ts";
import { parseDurationMs, parseNames, parseWhole } from "../../src/cli/parse.ts";

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

Deno.test("parseWhole() holds its bounds", () => {
  const bounds = { action: "x", what: "length", min: 8, max: 1024 };
  assert.equal(parseWhole("8", bounds), 8);
  for (const text of ["7", "1025", "8.5", "0x10", "", " 9"]) {
    assert.equal(code(() => parseWhole(text, bounds)), "usage/invalid", text);
  }
});
