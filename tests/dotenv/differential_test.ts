import assert from "node:assert/strict";
import dotenv from "dotenv";
import dotenvExpand from "dotenv-expand";
import { OvError } from "../../src/base/mod.ts";
import { parseDotenv } from "../../src/dotenv/mod.ts";
import { CONSTRUCTS, filesToTry, generateFile, seeded } from "./generate.ts";

/** What a program that uses the entries would see. */
function effective(text: string, options?: { expand: boolean }): Record<string, string> {
  const entries = parseDotenv(text, options).entries.filter(({ shadowed }) => !shadowed);
  return Object.fromEntries(entries.map(({ key, value }) => [key, value]));
}

/** dotenv's own answer, as in Node: Deno alone lets `__proto__` be an ordinary property. */
function reference(text: string): Record<string, string> {
  const parsed = dotenv.parse(text);
  Reflect.deleteProperty(parsed, "__proto__");
  return { ...parsed };
}

Deno.test("parseDotenv() gives what dotenv 16.3.1 gives on 24,000 generated files", () => {
  const random = seeded(0x0f17);
  const met = new Map<string, number>();
  const files = filesToTry(24_000);
  let values = 0;
  for (let i = 0; i < files; i++) {
    const { text, constructs } = generateFile(random);
    for (const construct of constructs) met.set(construct, (met.get(construct) ?? 0) + 1);
    const expected = reference(text);
    values += Object.keys(expected).length;
    assert.deepEqual(effective(text), expected, JSON.stringify(text));
  }
  assert.ok(files >= 20_000);
  assert.ok(values > files, "the files hold entries");
  for (const construct of CONSTRUCTS) assert.ok((met.get(construct) ?? 0) > 100, `${construct} was generated`);
});

Deno.test("parseDotenv() gives what dotenv 16.3.1 gives on every text of up to 7 of the format's characters", () => {
  const alphabet = ["A", "=", "'", '"', "\\", "#", "\n", ":"];
  let tried = 0;
  const visit = (text: string, left: number) => {
    assert.deepEqual(effective(text), reference(text), JSON.stringify(text));
    tried++;
    if (left > 0) { for (const character of alphabet) visit(text + character, left - 1); }
  };
  for (const start of ["A=", "A:"]) visit(start, 5);
  assert.equal(tried, 2 * 37449);
});

Deno.test("parseDotenv() expands as dotenv-expand 12.0.2 does on generated files", () => {
  const random = seeded(0x0e17);
  let changed = 0;
  let endless = 0;
  const files = filesToTry(20_000);
  for (let i = 0; i < files; i++) {
    const { text } = generateFile(random);
    let ours: Record<string, string>;
    try {
      ours = effective(text, { expand: true });
    } catch (error) {
      // The package would not come back from this file.
      assert.ok(error instanceof OvError && error.code === "usage/file");
      endless++;
      continue;
    }
    const parsed = reference(text);
    const expanded = dotenvExpand.expand({ parsed: { ...parsed }, processEnv: {} }).parsed;
    assert.deepEqual(ours, { ...expanded }, JSON.stringify(text));
    if (JSON.stringify(parsed) !== JSON.stringify(expanded)) changed++;
  }
  assert.ok(changed > files / 50, `${changed} files were changed by expansion`);
  assert.ok(endless < files / 100, `${endless} files do not end`);
});

for (
  const text of [
    "A='\\$B'\nB=1\nC=$A\nD=x$A",
    "A=$A\nA=$A",
    "A=1\nB=$nullA\nC=$nullable\nAnull=2",
    "A=${A:-${B:-c}}\nB=${A:+${A}x}",
    "2=a\n1=$2\n0=${1}${2}",
    "A=\\\\$B\nB=\\${A}",
  ]
) {
  Deno.test(`parseDotenv() expands ${JSON.stringify(text)} as dotenv-expand 12.0.2 does`, () => {
    const expanded = dotenvExpand.expand({ parsed: reference(text), processEnv: {} }).parsed;
    assert.deepEqual(effective(text, { expand: true }), { ...expanded });
  });
}
