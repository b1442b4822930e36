import assert from "node:assert/strict";
import { findTool, TOOLS } from "../../src/mcp/tools.ts";

function everySchemaIn(value: unknown, visit: (node: Record<string, unknown>) => void): void {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) visit(value as Record<string, unknown>);
  for (const inner of Object.values(value)) everySchemaIn(inner, visit);
}

Deno.test("TOOLS are the seven of the design, in its order", () => {
  assert.deepEqual(TOOLS.map((tool) => tool.name), [
    "vault_run",
    "vault_list_secrets",
    "vault_secret_exists",
    "vault_create_secret",
    "vault_update_secret",
    "vault_delete_secret",
    "vault_status",
  ]);
});

Deno.test("TOOLS hold no combinator, no reference and no list of types, at any depth", () => {
  let seen = 0;
  everySchemaIn(TOOLS.map((tool) => [tool.inputSchema, tool.outputSchema]), (node) => {
    seen++;
    for (const key of ["anyOf", "oneOf", "allOf", "not", "if", "$ref", "$defs"]) assert.ok(!Object.hasOwn(node, key));
    if (typeof node.type !== "object") assert.ok(node.type !== "null");
  });
  assert.ok(seen > 50);
});

Deno.test("TOOLS have descriptions under 2 KB", () => {
  for (const { name, description } of TOOLS) {
    assert.ok(new TextEncoder().encode(description).length < 2_000, name);
    assert.ok(description.length > 40, name);
  }
});

Deno.test("TOOLS take no value and hand out none", () => {
  for (const { name, inputSchema, outputSchema } of TOOLS) {
    everySchemaIn([inputSchema, outputSchema], (node) => {
      const names = Object.keys((node.properties ?? {}) as Record<string, unknown>);
      assert.ok(!names.some((property) => /^(value|values|secret|plaintext|password)$/.test(property)), name);
    });
  }
});

Deno.test("TOOLS are marked as reading only where they change nothing", () => {
  const readers = TOOLS.filter((tool) => tool.annotations.readOnlyHint).map((tool) => tool.name);
  assert.deepEqual(readers, ["vault_list_secrets", "vault_secret_exists", "vault_status"]);
  const destructive = TOOLS.filter((tool) => tool.annotations.destructiveHint).map((tool) => tool.name);
  assert.deepEqual(destructive, ["vault_run", "vault_update_secret", "vault_delete_secret"]);
});

Deno.test("findTool() gives undefined when there is no such tool, also for inherited names", () => {
  assert.equal(findTool("vault_run")?.name, "vault_run");
  assert.equal(findTool("constructor"), undefined);
  assert.equal(findTool(""), undefined);
});
