import assert from "node:assert/strict";
import { OvError } from "../../src/base/mod.ts";
import { intercept, MAX_ARGUMENT_LENGTH, refusedFor } from "../../src/mcp/interceptor.ts";
import { findTool } from "../../src/mcp/tools.ts";
import { plantedKey } from "./planted.ts";

const RUN = findTool("vault_run")!;

function refusal(args: Record<string, unknown>): OvError {
  try {
    const found = intercept(RUN, args);
    if (found !== null) return refusedFor(RUN, found);
  } catch (error) {
    assert.ok(error instanceof OvError);
    return error;
  }
  throw new Error("it was let through");
}

Deno.test("intercept() lets ordinary arguments through", () => {
  const found = intercept(RUN, {
    command: ["npx", "wrangler", "deploy", "--commit", "9fceb02d0ae598e95dc970b74767f19372d61af8"],
    secrets: ["STRIPE_SECRET_KEY", "DATABASE_URL"],
    work_dir: "/home/dev/my-worker",
    timeout_seconds: 60,
  });
  assert.equal(found, null);
  assert.equal(intercept(RUN, {}), null);
});

Deno.test("intercept() refuses a recognised secret in any string, and names field and rule", () => {
  const key = plantedKey();
  const cases: [Record<string, unknown>, RegExp][] = [
    [{ command: ["curl", "-H", `Authorization: Bearer ${key}`] }, /: "command" holds what looks like a secret \(.+\)$/],
    [{ secrets: [key] }, /: "secrets" holds/],
    [{ work_dir: `/tmp/${key}` }, /: "work_dir" holds/],
    [{ value: key }, /: an unknown field holds/],
    [{ [key]: 1 }, /: a field's name holds/],
    [{ command: [{ deep: [[{ deeper: key }]] }] }, /: "command" holds/],
    [{ command: [{ [key]: null }] }, /: "command" holds/],
  ];
  for (const [args, message] of cases) {
    const error = refusal(args);
    assert.equal(error.code, "policy/intercepted");
    assert.match(error.message, message);
    assert.ok(!JSON.stringify(error.toWire()).includes(key));
  }
});

Deno.test("intercept() refuses arguments that are too long to be looked at", () => {
  assert.equal(refusal({ command: ["x".repeat(MAX_ARGUMENT_LENGTH), "y"] }).code, "usage/invalid");
});

Deno.test("intercept() survives nesting as deep as a message allows", () => {
  let nested: unknown = plantedKey();
  for (let i = 0; i < 100_000; i++) nested = [nested];
  assert.equal(refusal({ command: nested }).code, "policy/intercepted");
});
