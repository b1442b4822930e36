import assert from "node:assert/strict";
import { ov } from "../fake.ts";

const DONE = {
  version: 1,
  created: true,
  sizeBytes: 32,
  newlineRemoved: false,
  maskable: true,
  warnings: [] as string[],
};
const ANSWER = { "secret.set": DONE };

Deno.test("ov secret set tells the keeper where the value comes from", async () => {
  const cases: [string[], unknown][] = [
    [[], { kind: "terminal" }],
    [["--stdin"], { kind: "stdin", exact: false }],
    [["--stdin", "--exact"], { kind: "stdin", exact: true }],
    [["--file", "key.pem"], { kind: "file", path: "key.pem", exact: false }],
    [["--file=key.pem", "--exact"], { kind: "file", path: "key.pem", exact: true }],
  ];
  for (const [flags, source] of cases) {
    const ran = await ov(["secret", "set", "A", ...flags], ANSWER);
    assert.deepEqual(ran.params("secret.set"), { name: "A", source });
    assert.equal(ran.out, "Set A in shop/development (version 1, 32 bytes).\n");
  }
});

Deno.test("ov secret set refuses a value on the command line with the reason, and never repeats it", async () => {
  const value = "sk_" + "live_abc123";
  const lines = [
    ["A", value],
    [`A=${value}`],
    ["A", value, "more"],
    [`${value}=`, "x"],
    ["A", "--", value],
    ["A", `-${value}`],
    ["A", `--${value}`],
    ["A", "--stdin", value],
    ["--json", "A", value],
  ];
  for (const line of lines) {
    const ran = await ov(["secret", "set", ...line], ANSWER);
    assert.deepEqual([ran.status, ran.out, ran.params("secret.set")], [2, "", undefined], line.join(" "));
    assert.ok(!ran.err.includes("abc123"), ran.err);
    assert.match(ran.err, /command line/);
  }
  const ran = await ov(["secret", "set", "A", value], ANSWER);
  assert.match(ran.err, /can be read by other programs and stays in the shell's history/);
  assert.match(ran.err, /ov secret set NAME/);
});

Deno.test("ov secret set refuses what cannot be a name, and does not repeat it, since it may be the value", async () => {
  for (const name of ["sk-" + "abc123", "1abc123", "abc123 x", ""]) {
    const ran = await ov(["secret", "set", name], ANSWER);
    assert.deepEqual([ran.status, ran.params("secret.set")], [2, undefined], name);
    assert.ok(!ran.err.includes("abc123"), ran.err);
  }
});

Deno.test("ov secret set refuses sources that exclude each other", async () => {
  for (const flags of [["--stdin", "--file", "x"], ["--exact"]]) {
    const ran = await ov(["secret", "set", "A", ...flags], ANSWER);
    assert.deepEqual([ran.status, ran.params("secret.set")], [2, undefined]);
  }
});

Deno.test("ov secret set passes warnings on, and says when a line feed was taken off", async () => {
  const done = { ...DONE, created: false, newlineRemoved: true, maskable: false, warnings: ["A cannot be masked"] };
  const ran = await ov(["secret", "set", "A", "--stdin"], { "secret.set": done });
  assert.match(ran.out, /^Replaced A in/);
  assert.equal(
    ran.err,
    "The line break at the end was taken off; use --exact to keep it.\nwarning: A cannot be masked\n",
  );
  assert.deepEqual((await ov(["secret", "set", "A", "--stdin", "--json"], { "secret.set": done })).json(), {
    name: "A",
    app: "shop",
    env: "development",
    version: 1,
    created: false,
    size_bytes: 32,
    newline_removed: true,
    maskable: false,
    warnings: ["A cannot be masked"],
  });
});
