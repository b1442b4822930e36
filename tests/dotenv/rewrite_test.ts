import assert from "node:assert/strict";
import dotenv from "dotenv";
import { OvError } from "../../src/base/mod.ts";
import { parseDotenv, rewriteDotenv } from "../../src/dotenv/mod.ts";
import { filesToTry, generateFile, seeded } from "./generate.ts";

const ARTICLE = [
  "# settings",
  "ENVIRONMENT=development",
  "",
  "# keys",
  'SECRET_API_KEY="not-a-real-key-0001"',
  "DATABASE_URL='postgres://me:password@localhost/db' # local",
  "LOG_LEVEL=debug",
  "",
].join("\n");

const SECRETS = new Set(["SECRET_API_KEY", "DATABASE_URL"]);

Deno.test("rewriteDotenv() keeps settings, comments, blank lines and order", () => {
  const expected = "# settings\nENVIRONMENT=development\n\n# keys\nLOG_LEVEL=debug\n";
  assert.equal(rewriteDotenv(ARTICLE, SECRETS), expected);
});

Deno.test("rewriteDotenv() puts the comment once, where the first entry stood", () => {
  const once = rewriteDotenv(ARTICLE, SECRETS, { comment: "secrets: see ov" });
  assert.equal(once, "# settings\nENVIRONMENT=development\n\n# keys\n# secrets: see ov\nLOG_LEVEL=debug\n");
  const again = rewriteDotenv(once + "SECRET_API_KEY=x\n", SECRETS, { comment: "secrets: see ov" });
  assert.equal(again, once);
  assert.equal(rewriteDotenv("A=1\n", SECRETS, { comment: "c" }), "A=1\n");
});

Deno.test("rewriteDotenv() keeps line ends and the byte order mark", () => {
  assert.equal(rewriteDotenv("\ufeffA=1\r\nB=2\r\nC=3", new Set(["A"]), { comment: "c" }), "\ufeff# c\r\nB=2\r\nC=3");
  assert.equal(rewriteDotenv("A=1\rB=2\rC=3", new Set(["B"])), "A=1\rC=3");
  assert.equal(rewriteDotenv("A=1\nB='2\n3'\nC=3", new Set(["B", "C"])), "A=1\n");
});

Deno.test("rewriteDotenv() takes every duplicate and every commented copy with it", () => {
  const text = [
    "KEY=old-value-1",
    "# KEY=older-value-0",
    "#export KEY='older-value-00'",
    "# used by KEY, see the docs",
    "# it was new-value-2 once",
    "OTHER=1 # same as new-value-2",
    "some text with old-value-1 in it",
    "KEY=new-value-2",
    "",
  ].join("\n");
  assert.equal(rewriteDotenv(text, new Set(["KEY"])), "# used by KEY, see the docs\nOTHER=1\n");
});

Deno.test("rewriteDotenv() takes the commented lines of a value with several", () => {
  const lines = ["-----BEGIN X-----", "line-of-key-0001", "-----END X-----"];
  const text = `K="${lines.join("\n")}"\n${lines.map((line) => `# ${line}\n`).join("")}# kept\n`;
  assert.equal(rewriteDotenv(text, new Set(["K"])), "# kept\n");
});

Deno.test("rewriteDotenv() keeps a comment that only shares a word with a value", () => {
  const text = "PASSWORD=password\n# the password of the test user\n# default: password\nA=1\n";
  assert.equal(rewriteDotenv(text, new Set(["PASSWORD"])), "# the password of the test user\nA=1\n");
});

Deno.test("rewriteDotenv() keeps its neighbours apart where they would run together", () => {
  for (
    const text of [
      "A=\nB=1\n'x'\n",
      "FOO\nB=1\n=x\n",
      "X='a\nB=it's\nC=c'\n",
      'X="a\nB=i"s\nC=c"\n',
      "X=`a\nB=i`s\nC=c`\n",
      "X='a\\'\nB=it's\nC=c'\n",
    ]
  ) {
    const result = rewriteDotenv(text, new Set(["B"]));
    const expected = { ...dotenv.parse(text) };
    delete expected["B"];
    assert.deepEqual({ ...dotenv.parse(result) }, expected, JSON.stringify(result));
    assert.ok(!result.includes("B="));
  }
});

Deno.test("rewriteDotenv() keeps a value open-ended where it takes the comment behind it", () => {
  const text = "A='b#c'd secret-value-1\nZ=z'\nK=secret-value-1\n";
  const result = rewriteDotenv(text, new Set(["K"]));
  assert.deepEqual({ ...dotenv.parse(result) }, { A: "'b", Z: "z'" });
  assert.ok(!result.includes("secret-value-1"));
});

Deno.test("rewriteDotenv() gives a file that reads as before less the removed keys, for random files and keys", () => {
  const random = seeded(0x7e37);
  let removed = 0;
  let refused = 0;
  const files = filesToTry(20_000);
  for (let i = 0; i < files; i++) {
    const { text } = generateFile(random);
    const before = parseDotenv(text).entries;
    const keys = new Set(before.filter(() => random() < 0.5).map(({ key }) => key));
    removed += keys.size;
    let result: string;
    try {
      result = rewriteDotenv(text, keys, random() < 0.5 ? { comment: "moved: run `ov status`" } : {});
    } catch (error) {
      assert.ok(error instanceof OvError && error.code === "usage/file");
      refused++;
      continue;
    }
    const pairs = ({ key, value }: { key: string; value: string }) => [key, value];
    const wanted = before.filter(({ key }) => !keys.has(key)).map(pairs);
    assert.deepEqual(parseDotenv(result).entries.map(pairs), wanted, JSON.stringify([text, [...keys]]));
    const expected = dotenv.parse(text);
    for (const key of [...keys, "__proto__"]) Reflect.deleteProperty(expected, key);
    const actual = dotenv.parse(result);
    Reflect.deleteProperty(actual, "__proto__");
    assert.deepEqual({ ...actual }, { ...expected });
    if (keys.size === 0) assert.equal(result, text);
  }
  assert.ok(removed > files / 2);
  assert.equal(refused, 0, `${refused} files were refused`);
});
