import assert from "node:assert/strict";
import fc from "fast-check";
import { OvError } from "../../src/base/mod.ts";
import { parseProjectFile, serializeProjectFile } from "../../src/policy/mod.ts";

const read = (text: string) => parseProjectFile(text, "/proj/.ov.yaml");

/** The line that is refused, or 0. */
function refusedLine(text: string): number {
  try {
    read(text);
    return 0;
  } catch (error) {
    assert(error instanceof OvError);
    assert.equal(error.code, "usage/project-file");
    return Number(/^Cannot read \/proj\/\.ov\.yaml: line (\d+): /.exec(error.message)![1]);
  }
}

Deno.test("parseProjectFile() reads what the documentation shows", () => {
  const text =
    "# which vault\napp: my-worker   # the Worker\nenv: development\n\nsecrets:\n  - STRIPE_SECRET_KEY\n  - 'B'\n  - \"C\" # why\n";
  assert.deepEqual(read(text), { app: "my-worker", env: "development", secrets: ["STRIPE_SECRET_KEY", "B", "C"] });
});

Deno.test("parseProjectFile() reads the spellings of YAML that it allows", () => {
  assert.deepEqual(read(""), {});
  assert.deepEqual(read("# nothing\n\n   \n"), {});
  assert.deepEqual(read("\ufeff---\napp: a\n"), { app: "a" });
  assert.deepEqual(read("app: 'a'\r\nenv: \"b\"\r\n"), { app: "a", env: "b" });
  assert.deepEqual(read("app:   a   "), { app: "a" });
  assert.deepEqual(read("secrets: [A, 'B', \"C\"]"), { secrets: ["A", "B", "C"] });
  assert.deepEqual(read("secrets: [ A , B, ] # two"), { secrets: ["A", "B"] });
  assert.deepEqual(read("secrets: []"), { secrets: [] });
  assert.deepEqual(read("secrets:\n- A\n- B\nenv: x"), { secrets: ["A", "B"], env: "x" });
  assert.deepEqual(read("secrets:\n\n    - A\n  # between\n    - B"), { secrets: ["A", "B"] });
  assert.deepEqual(read("app: 123\nenv: no"), { app: "123", env: "no" });
});

Deno.test("parseProjectFile() refuses everything else with its line", () => {
  const bad: readonly (readonly [string, number])[] = [
    ["app: a\napp: b", 2],
    ["app: a\nmode: open", 2],
    ["app:", 1],
    ["app: My-App", 1],
    ["app: a b", 1],
    ["app: a#b", 1],
    ["app: 'a", 1],
    ["app: 'a\"", 1],
    ['app: "a\\n"', 1],
    ["app: &x a", 1],
    ["app: *x", 1],
    ["app: !!str a", 1],
    ["app: |\n  a", 1],
    ["app: {a: b}", 1],
    ["app:a", 1],
    [" app: a", 1],
    ["\tapp: a", 1],
    ["app: a\n...\n", 2],
    ["app: a\n---\nenv: b", 2],
    ["%YAML 1.2\n---\napp: a", 1],
    ["'app': a", 1],
    ["? app\n: a", 1],
    ["<<: x", 1],
    ["__proto__: x", 1],
    ["constructor: x", 1],
    ["- A", 1],
    ["app: a\n- A", 2],
    ["secrets: A", 1],
    ["secrets: [A", 1],
    ["secrets: [A,\n B]", 1],
    ["secrets: [A,,B]", 1],
    ["secrets: [,]", 1],
    ["secrets: [[A]]", 1],
    ["secrets: [A, A]", 1],
    ["secrets:\n  - A\n  - A", 3],
    ["secrets:\n  - A-B", 2],
    ["secrets:\n  - 1A", 2],
    ["secrets:\n  - A: b", 2],
    ["secrets:\n  - - A", 2],
    ["secrets:\n  -", 2],
    ["secrets:\n  - A\n   - B", 3],
    ["secrets:\n  -A", 2],
    ["app: a\0", 1],
    ["app: a\u2028env: b", 1],
    ["app: \u001ba", 1],
    ["#" + "x".repeat(70_000), 1],
  ];
  for (const [text, line] of bad) assert.equal(refusedLine(text), line, JSON.stringify(text.slice(0, 80)));
});

const slug = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);
const names = fc.uniqueArray(fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,20}$/), { maxLength: 6 });

Deno.test("serializeProjectFile() writes what parseProjectFile() reads back as the same", () => {
  const file = fc.record({ app: slug, env: slug, secrets: names }, { requiredKeys: [] });
  fc.assert(fc.property(file, (o) => assert.deepEqual({ ...read(serializeProjectFile(o)) }, { ...o })));
});

Deno.test("serializeProjectFile() refuses names that would not be read back", () => {
  for (const o of [{ app: 'a"\nmode: open' }, { env: "A" }, { secrets: ["A-B"] }, { secrets: ["A", "A"] }]) {
    assert.throws(() => serializeProjectFile(o), OvError);
  }
});

Deno.test("parseProjectFile() gives a file of the known shape or refuses, for any text", () => {
  const piece = fc.constantFrom(
    "app",
    "env",
    "secrets",
    ":",
    " ",
    "\n",
    "- ",
    "[",
    "]",
    ",",
    "'",
    '"',
    "#",
    "a",
    "B",
    "\\",
    "\t",
    "---",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
      const text = pieces.join("");
      let file;
      try {
        file = read(text);
      } catch (error) {
        assert(error instanceof OvError && error.code === "usage/project-file");
        return;
      }
      assert.deepEqual(read(serializeProjectFile(file)), file);
    }),
    { numRuns: 2000 },
  );
});
