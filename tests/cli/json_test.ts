import assert from "node:assert/strict";
import { jsonDocument, toJsonValue } from "../../src/cli/json.ts";
import { NOW } from "./fake.ts";

Deno.test("toJsonValue() writes snake_case keys and ISO times", () => {
  assert.deepEqual(
    toJsonValue({
      sizeBytes: 3,
      updatedAt: NOW,
      deletedAt: null,
      until: NOW,
      recoverableUntil: NOW,
      a: [{ bC: "At" }],
    }),
    {
      size_bytes: 3,
      updated_at: "2026-03-01T12:00:00.000Z",
      deleted_at: null,
      until: "2026-03-01T12:00:00.000Z",
      recoverable_until: "2026-03-01T12:00:00.000Z",
      a: [{ b_c: "At" }],
    },
  );
});

Deno.test("jsonDocument() holds no character that a terminal acts on, and parses to the same", () => {
  const text = jsonDocument({ name: "a\x1b\u009b\u202e\u2028\ufeff" });
  assert.equal(text, '{\n  "name": "a\\u001b\\u009b\\u202e\\u2028\\ufeff"\n}\n');
  assert.deepEqual(JSON.parse(text), { name: "a\x1b\u009b\u202e\u2028\ufeff" });
});
