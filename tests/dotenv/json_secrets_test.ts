import assert from "node:assert/strict";
import fc from "fast-check";
import { OvError } from "../../src/base/mod.ts";
import { parseJsonSecrets } from "../../src/dotenv/mod.ts";

Deno.test("parseJsonSecrets() takes strings as they are, and numbers and booleans as their text with a note", () => {
  const text = '\ufeff{\n  "A": "x\\n\\u00e9",\n  "B": 12345678901234567890,\n  "C": true,\n  "D": null\n}\n';
  assert.deepEqual(parseJsonSecrets(text), {
    entries: [{ key: "A", value: "x\né" }, { key: "B", value: "12345678901234567890" }, { key: "C", value: "true" }],
    notes: [
      { line: 3, kind: "differs", message: "not a string: its JSON text becomes the value" },
      { line: 4, kind: "differs", message: "not a string: its JSON text becomes the value" },
      { line: 5, kind: "dropped", message: "null is no value" },
    ],
  });
});

Deno.test("parseJsonSecrets() takes the last of a duplicate key and says so", () => {
  const { entries, notes } = parseJsonSecrets('{"A": "1",\n"B": "2",\n"\\u0041": "3"}');
  assert.deepEqual(entries, [{ key: "B", value: "2" }, { key: "A", value: "3" }]);
  assert.deepEqual(notes, [{ line: 1, kind: "duplicate", message: "overridden by line 3" }]);
});

for (
  const [name, text] of [
    ["an object as value", '{"A": {"B": "c4n4ry"}}'],
    ["an array as value", '{"A": ["c4n4ry"]}'],
    ["a nested value that a duplicate hides", '{"A": {"c4n4ry": ""}, "A": "x"}'],
    ["an array", '["c4n4ry"]'],
    ["a string", '"c4n4ry"'],
    ["no JSON", "c4n4ry=1"],
    ["a comment", '{"A": "b"} // c4n4ry'],
    ["nothing", ""],
  ] as const
) {
  Deno.test(`parseJsonSecrets() refuses ${name} and quotes nothing of it`, () => {
    assert.throws(() => parseJsonSecrets(text), (error) => {
      assert.ok(error instanceof OvError && error.code === "usage/file" && error.cause === undefined);
      assert.ok(!`${error.message}${error.hint}`.includes("c4n4ry"));
      return true;
    });
  });
}

Deno.test("parseJsonSecrets() agrees with JSON.parse on every flat object", () => {
  const flat = fc.dictionary(fc.string({ unit: "binary" }), fc.oneof(fc.string(), fc.integer(), fc.boolean()));
  fc.assert(
    fc.property(flat, fc.constantFrom(0, 2), (object, indent) => {
      const { entries } = parseJsonSecrets(JSON.stringify(object, null, indent));
      assert.deepEqual(
        new Map(entries.map(({ key, value }) => [key, value])),
        new Map(Object.entries(object).map(([k, v]) => [k, String(v)])),
      );
    }),
    { seed: 5 },
  );
});
