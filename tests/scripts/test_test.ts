import assert from "node:assert/strict";
import { closing, countsIn } from "../../scripts/test.ts";

Deno.test("countsIn() reads the summary of deno test", () => {
  const cases: [string, boolean, [number, number, number]][] = [
    ["a ... ok (1ms)\n\nok | 12 passed | 0 failed (3s)\n", true, [12, 0, 0]],
    ["\nok | 1 passed (3 steps) | 0 failed | 2 ignored (1m3s)\n", true, [1, 0, 2]],
    ["\nFAILED | 7 passed (2 steps) | 2 failed (1 step) (5ms)\n\nerror: Test failed\n", false, [7, 2, 0]],
    ["\nok | 0 passed | 0 failed | 4 ignored | 2 filtered out (0ms)\n", true, [0, 0, 4]],
  ];
  for (const [output, success, [passed, failed, skipped]] of cases) {
    assert.deepEqual(countsIn(output, success), { passed, failed, skipped }, output);
  }
});

Deno.test("countsIn() takes the last summary when a test printed one of its own", () => {
  assert.deepEqual(countsIn("ok | 99 passed | 0 failed (1s)\nFAILED | 1 passed | 1 failed (1s)\n", false), {
    passed: 1,
    failed: 1,
    skipped: 0,
  });
});

Deno.test("countsIn() counts a failure when the run ended without a summary, or badly after a good one", () => {
  assert.deepEqual(countsIn("error: Type checking failed.\n", false), { passed: 0, failed: 1, skipped: 0 });
  assert.deepEqual(countsIn("", true), { passed: 0, failed: 1, skipped: 0 });
  assert.deepEqual(countsIn("ok | 3 passed | 0 failed (1s)\n", false), { passed: 3, failed: 1, skipped: 0 });
});

Deno.test("closing() ends with the line that a reader looks for", () => {
  assert.equal(closing({ passed: 3, failed: 0, skipped: 0 }), "3 passed, 0 failed");
  assert.equal(closing({ passed: 3, failed: 1, skipped: 2 }).split("\n").at(-1), "3 passed, 1 failed");
  assert.match(closing({ passed: 3, failed: 1, skipped: 2 }), /^2 skipped/);
});
