import assert from "node:assert/strict";
import { OvError } from "../../src/base/mod.ts";
import { parseArguments } from "../../src/mcp/schema.ts";
import { findTool, type ToolName } from "../../src/mcp/tools.ts";

function parse(name: ToolName, args: Record<string, unknown>): Record<string, unknown> {
  return parseArguments(name, findTool(name)!.inputSchema, args);
}

function refusal(name: ToolName, args: Record<string, unknown>): OvError {
  try {
    parse(name, args);
  } catch (error) {
    assert.ok(error instanceof OvError);
    assert.equal(error.code, "usage/invalid");
    assert.doesNotMatch(error.message, /\n/);
    return error;
  }
  throw new Error("it was accepted");
}

Deno.test("parseArguments() fills in defaults", () => {
  assert.deepEqual(parse("vault_run", { command: ["true"], secrets: [] }), {
    command: ["true"],
    secrets: [],
    timeout_seconds: 300,
  });
  assert.deepEqual(parse("vault_create_secret", { name: "A", generate: {} }), {
    name: "A",
    generate: { length: 32, charset: "alphanumeric" },
  });
  assert.deepEqual(parse("vault_create_secret", { name: "A" }), { name: "A" });
});

Deno.test("parseArguments() names the field and says what is wanted when it refuses", () => {
  const cases: [ToolName, Record<string, unknown>, RegExp][] = [
    ["vault_run", {}, /"command" is missing; it must be a list of at least one string$/],
    ["vault_run", { command: "node x.js", secrets: [] }, /"command" must be a list of at least one string$/],
    ["vault_run", { command: [], secrets: [] }, /"command" must be a list of at least one string$/],
    ["vault_run", { command: [1], secrets: [] }, /"command\[0\]" must be a string$/],
    ["vault_run", { command: ["a"] }, /"secrets" is missing; it must be a list of strings$/],
    ["vault_run", { command: ["a"], secrets: [null] }, /"secrets\[0\]" must be a string that matches /],
    ["vault_run", { command: ["a"], secrets: ["A B"] }, /"secrets\[0\]" must be a string that matches /],
    ["vault_run", { command: ["a"], secrets: ["A\n"] }, /"secrets\[0\]" must be a string that matches /],
    ["vault_run", { command: ["a"], secrets: ["A".repeat(256)] }, /"secrets\[0\]" must be a string that matches /],
    ["vault_run", { command: ["a"], secrets: [], work_dir: "" }, /"work_dir" must be a string that is not empty$/],
    ["vault_run", { command: ["a"], secrets: [], work_dir: null }, /"work_dir" must be a string that is not empty$/],
    ["vault_run", { command: ["a"], secrets: [], timeout_seconds: 0 }, /must be a whole number from 1 to 86400$/],
    ["vault_run", { command: ["a"], secrets: [], timeout_seconds: 1.5 }, /must be a whole number from 1 to 86400$/],
    ["vault_run", { command: ["a"], secrets: [], timeout_seconds: "9" }, /must be a whole number from 1 to 86400$/],
    [
      "vault_create_secret",
      { name: "A", generate: { length: 7 } },
      /"generate\.length" must be a whole number from 8 /,
    ],
    [
      "vault_create_secret",
      { name: "A", generate: { charset: "x" } },
      /"generate\.charset" must be one of alphanumeric/,
    ],
    ["vault_create_secret", { name: "A", generate: true }, /"generate" must be an object$/],
    ["vault_create_secret", { name: "A", generate: { seed: 1 } }, /"generate" has an unknown field$/],
    ["vault_create_secret", { name: "A", value: "v" }, /the call has an unknown field$/],
    ["vault_list_secrets", { all: true }, /the call has an unknown field$/],
  ];
  for (const [name, args, message] of cases) assert.match(refusal(name, args).message, message);
});

Deno.test("parseArguments() repeats nothing of what came when it refuses", () => {
  const planted = "PLANTED-text-1234";
  const cases: [ToolName, Record<string, unknown>][] = [
    ["vault_run", { command: planted, secrets: [] }],
    ["vault_run", { command: ["a"], secrets: [planted] }],
    ["vault_run", { command: ["a"], secrets: [], timeout_seconds: planted }],
    ["vault_create_secret", { name: planted }],
    ["vault_create_secret", { name: "A", [planted]: 1 }],
    ["vault_create_secret", { name: "A", generate: { [planted]: 1 } }],
    ["vault_create_secret", { name: "A", generate: { charset: planted } }],
  ];
  for (const [name, args] of cases) {
    const { message, hint } = refusal(name, args);
    assert.ok(!`${message} ${hint}`.includes(planted), message);
  }
});

Deno.test("parseArguments() takes no inherited field for one that was given", () => {
  assert.match(refusal("vault_run", Object.create({ command: ["a"], secrets: [] })).message, /"command" is missing/);
  assert.match(refusal("vault_list_secrets", JSON.parse('{"__proto__":1}')).message, /unknown field/);
});
