import assert from "node:assert/strict";
import { parseDotenv } from "../../src/dotenv/mod.ts";

function values(text: string, options?: { expand: boolean }): Record<string, string> {
  return Object.fromEntries(parseDotenv(text, options).entries.map(({ key, value }) => [key, value]));
}

function notes(text: string, options?: { expand: boolean }): string[] {
  return parseDotenv(text, options).notes.map(({ line, kind }) => `${line} ${kind}`);
}

/** The table of `shared/FIELD.md` in full, and what must be said about each line. */
const TABLE: [text: string, values: Record<string, string>, notes: string[]][] = [
  ["A: b", { A: "b" }, []],
  ["A:b", {}, ["1 dropped"]],
  ["export A=b", { A: "b" }, []],
  ["1A=b", { "1A": "b" }, []],
  ["a.b-c_D9=x", { "a.b-c_D9": "x" }, []],
  ["é=b", {}, ["1 dropped"]],
  ["A B=1", {}, ["1 dropped"]],
  ["A", {}, ["1 dropped"]],
  ["__proto__=b", {}, ["1 dropped"]],
  ["A=b#c", { A: "b" }, ["1 differs"]],
  ["A=b # c", { A: "b" }, []],
  ['A={"k":"v#1"}', { A: '{"k":"v' }, ["1 differs"]],
  ["A='b\nc'", { A: "b\nc" }, []],
  ['A="b\nc"', { A: "b\nc" }, []],
  ["A=`b\nc`", { A: "b\nc" }, []],
  ['A="b\\nc\\rd\\te"', { A: "b\nc\rd\\te" }, ["1 differs", "1 differs"]],
  ["A='b\\nc'", { A: "b\\nc" }, []],
  ['A="b\\\\nc"', { A: "b\\\nc" }, ["1 differs", "1 differs"]],
  ['A="b\\"c"', { A: 'b\\"c' }, ["1 differs"]],
  ["A='b\\'c'", { A: "b\\'c" }, ["1 differs"]],
  ['A="b\nB=c', { A: '"b', B: "c" }, ["1 differs"]],
  ['A="b"junk', { A: '"b"junk' }, ["1 differs"]],
  ['A=""b""', { A: '"b"' }, ["1 differs"]],
  ["A=1 B=2", { A: "1 B=2" }, ["1 differs"]],
  ["A=b=c==", { A: "b=c==" }, []],
  ["A=1\nB=2\nA=3", { A: "3", B: "2" }, ["1 duplicate"]],
  ["A=1\r\nB=2\r\n", { A: "1", B: "2" }, []],
  ["A=1\rB=2\r", { A: "1", B: "2" }, []],
  ["\ufeffA=1", { A: "1" }, []],
  ["A=\u00a0 b \u00a0", { A: "b" }, ["1 differs"]],
  ["A='\u00a0 b '", { A: "\u00a0 b " }, []],
  ["A=", { A: "" }, []],
  ["A=#b", { A: "" }, ["1 differs"]],
  ["A=\n'b'", { A: "b" }, ["1 differs"]],
  ["A\n=b", { A: "b" }, ["1 differs"]],
  ["A='b\nB=c\nD=e'", { A: "b\nB=c\nD=e" }, ["1 differs"]],
  ["A=${B}", { A: "${B}" }, ["1 differs"]],
  ["A=$2a$10$abc", { A: "$2a$10$abc" }, []],
  ["# A=b\n\n   \n#", {}, []],
  ["-----END\nnonsense=\n:x", { nonsense: "" }, ["1 dropped", "3 dropped"]],
];

for (const [text, expected, expectedNotes] of TABLE) {
  Deno.test(`parseDotenv() reads ${JSON.stringify(text)} as Wrangler does and says what is odd`, () => {
    assert.deepEqual(values(text), expected);
    assert.deepEqual(notes(text), expectedNotes);
  });
}

Deno.test("parseDotenv() expands as .env files are, in single quotes too, when told to", () => {
  assert.deepEqual(values("H='$2a$10$abc'", { expand: true }), { H: "$2a$10" });
  assert.deepEqual(notes("H='$2a$10$abc'", { expand: true }), ["1 differs"]);
  assert.deepEqual(values("H='\\$2a\\$10\\$abc'", { expand: true }), { H: "$2a$10$abc" });
  assert.deepEqual(values("A=1\nB=${A}2\nC=$D\nD=3\nE=${F:-x}\nG=${A:+y}", { expand: true }), {
    A: "1",
    B: "12",
    C: "",
    D: "3",
    E: "x",
    G: "y",
  });
  assert.deepEqual(notes("A=b", { expand: true }), []);
});

Deno.test("parseDotenv() takes names of the prototype for names", () => {
  const text = "constructor=a\ntoString=$constructor\nX=$hasOwnProperty";
  assert.deepEqual(values(text, { expand: true }), { constructor: "a", toString: "a", X: "" });
});

Deno.test("parseDotenv() refuses an expansion that does not end", () => {
  // The package would loop: `$&` in a replacement stands for what is replaced.
  const text = "A='x\\$&'\nB=$A\n";
  assert.throws(() => values(text, { expand: true }), { code: "usage/file" });
  const growing = [
    "A=aaaaaaaaaaaaaaaa",
    ..."BCDEFGHIJ".split("").map((key, i) => `${key}=${`$${"ABCDEFGHI"[i]}`.repeat(9)}`),
  ];
  assert.throws(() => values(growing.join("\n"), { expand: true }), { code: "usage/file" });
});

Deno.test("parseDotenv() tells where each entry stands and how it is written", () => {
  const { entries } = parseDotenv("# c\r\nexport A='1\r\n2' # x\r\n\r\nB=\"3\"\r\nC=`4`\r\nB=5");
  assert.deepEqual(entries, [
    { key: "A", value: "1\n2", startLine: 2, endLine: 3, quote: "'", exported: true, shadowed: false },
    { key: "B", value: "3", startLine: 5, endLine: 5, quote: '"', exported: false, shadowed: true },
    { key: "C", value: "4", startLine: 6, endLine: 6, quote: "`", exported: false, shadowed: false },
    { key: "B", value: "5", startLine: 7, endLine: 7, quote: "", exported: false, shadowed: false },
  ]);
});

Deno.test("parseDotenv() puts no part of the file into a note", () => {
  const canary = "c4n4ry";
  for (const [text] of TABLE) {
    const marked = text.replaceAll(/[a-z]+/g, (word) => word === "export" || word === "__proto__" ? word : canary);
    for (const expand of [false, true]) {
      for (const note of parseDotenv(marked, { expand }).notes) assert.ok(!note.message.includes(canary), note.message);
    }
  }
});

Deno.test("parseDotenv() stays fast where a regular expression would not", () => {
  // Each needs seconds to hours with dotenv's own expression; here a test that hangs is the failure.
  const many = 100_000;
  assert.equal(parseDotenv("A='x\n".repeat(many)).entries.length, many);
  assert.equal(parseDotenv("A='x\\' y\n".repeat(many)).entries.length, many);
  assert.equal(parseDotenv("\n".repeat(many) + "A").entries.length, 0);
  assert.equal(parseDotenv(`A="${"\n".repeat(many)}"`).entries.length, 1);
});
