import assert from "node:assert/strict";
import dotenv from "dotenv";
import dotenvExpand from "dotenv-expand";
import fc from "fast-check";
import { OvError } from "../../src/base/mod.ts";
import { parseDotenv, serializeDotenv } from "../../src/dotenv/mod.ts";
import { filesToTry } from "./generate.ts";

Deno.test("serializeDotenv() writes plain values bare and others in quotes that fit", () => {
  const entries = [
    { key: "A", value: "plain-1" },
    { key: "B", value: "" },
    { key: "C", value: "two words # and more" },
    { key: "D", value: "it's" },
    { key: "E", value: "line 1\nline 2\n" },
    { key: "F", value: "literal \\n and 'single'" },
    { key: "G", value: "a\rb" },
  ];
  const text = serializeDotenv(entries);
  assert.deepEqual({ ...dotenv.parse(text) }, Object.fromEntries(entries.map(({ key, value }) => [key, value])));
  assert.match(text, /^A=plain-1\nB=''\nC='two words # and more'\n/);
});

Deno.test("serializeDotenv() refuses what the format can not hold, and quotes no value", () => {
  const impossible = ["'\"`\n'\"`", "literal \\n\rand CR", 'a\'\n"b"\n`c`', "\ud800"];
  for (const value of impossible) {
    assert.throws(
      () => serializeDotenv([{ key: "A", value }]),
      (error) => error instanceof OvError && error.code === "usage/value" && !error.message.includes(value),
    );
  }
  for (const key of ["", "A B", "é", "__proto__", "A\n"]) {
    assert.throws(() => serializeDotenv([{ key, value: "" }]), { code: "usage/name" });
  }
  const twice = { key: "A", value: "" };
  assert.throws(() => serializeDotenv([twice, twice]), { code: "usage/name" });
});

const value = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.array(fc.constantFrom(..."'\"`#\\$ \n\r=nAb", "${A}", "\u2028", "\ufeff"), { maxLength: 12 }).map((parts) =>
    parts.join("")
  ),
);
const entries = fc.uniqueArray(fc.record({ key: fc.constantFrom("A", "B_1", "c.d", "2", "export"), value }), {
  selector: ({ key }) => key,
});

Deno.test("serializeDotenv() writes what dotenv reads back, or refuses", () => {
  let written = 0;
  fc.assert(
    fc.property(entries, (list) => {
      let text: string;
      try {
        text = serializeDotenv(list);
      } catch (error) {
        assert.ok(error instanceof OvError && error.code === "usage/value");
        return;
      }
      written++;
      const expected = Object.fromEntries(list.map(({ key, value }) => [key, value]));
      assert.deepEqual({ ...dotenv.parse(text) }, expected);
      assert.deepEqual(parseDotenv(text).entries.length, list.length);
    }),
    { numRuns: filesToTry(3000), seed: 3 },
  );
  assert.ok(written > 1000);
});

Deno.test("serializeDotenv() with expand writes what a reader that expands reads back", () => {
  let dollars = 0;
  fc.assert(
    fc.property(entries, (list) => {
      let text: string;
      try {
        text = serializeDotenv(list, { expand: true });
      } catch {
        return;
      }
      const parsed = dotenvExpand.expand({ parsed: dotenv.parse(text), processEnv: {} }).parsed;
      assert.deepEqual({ ...parsed }, Object.fromEntries(list.map(({ key, value }) => [key, value])));
      if (list.some(({ value }) => value.includes("$"))) dollars++;
    }),
    { numRuns: filesToTry(2000), seed: 4 },
  );
  assert.ok(dollars > 100);
});
