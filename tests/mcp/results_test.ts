import assert from "node:assert/strict";
import { OvError } from "../../src/base/mod.ts";
import { runResult, toCallResult, toErrorResult } from "../../src/mcp/results.ts";

const RUN = {
  exitCode: 1,
  signal: null,
  stdout: "out",
  stderr: "err",
  secretsInjected: ["A", "B"],
  maskedCount: 2,
  timedOut: false,
  cancelled: false,
  truncated: true,
  warnings: [],
};

Deno.test("runResult() gives the design's fields and leaves out what is absent", () => {
  assert.deepEqual(runResult(RUN), {
    structured: {
      exit_code: 1,
      stdout: "out",
      stderr: "err",
      secrets_injected: ["A", "B"],
      masked_count: 2,
      timed_out: false,
      truncated: true,
    },
    note: "Secrets in its environment: A, B. Places of the output that are masked as [ov:NAME]: 2.",
  });
  const { structured } = runResult({ ...RUN, signal: "SIGKILL", warnings: ["careful"] });
  assert.equal(structured.signal, "SIGKILL");
  assert.deepEqual(structured.warnings, ["careful"]);
});

Deno.test("toCallResult() repeats the structured result as text", () => {
  const result = toCallResult(runResult(RUN));
  assert.deepEqual(JSON.parse(result.content[0]!.text), result.structuredContent);
  assert.equal(result.isError, undefined);
});

Deno.test("toErrorResult() is one line with code, message and hint", () => {
  const result = toErrorResult(new OvError("vault/locked", "Cannot open vault: it is locked", { hint: "Do this" }));
  assert.deepEqual(result, {
    content: [{
      type: "text",
      text: '{"error":{"code":"vault/locked","message":"Cannot open vault: it is locked","hint":"Do this"}}',
    }],
    isError: true,
  });
});

Deno.test("toErrorResult() tells nothing of an unexpected error but its class", () => {
  const { text } = toErrorResult(new RangeError("planted-text")).content[0]!;
  assert.equal(JSON.parse(text).error.code, "internal");
  assert.ok(!text.includes("planted-text"));
});
