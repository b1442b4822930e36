import assert from "node:assert/strict";
import { failing, ov } from "../fake.ts";

const END = { exitCode: 0, signal: null, maskedCount: 1, timedOut: false };
const ANSWER = { run: END };

Deno.test("ov run leaves everything behind the command to the child", async () => {
  const cases: [string[], string[]][] = [
    [["--", "node", "x.js"], ["node", "x.js"]],
    [["node", "x.js", "--json", "--secrets", "B"], ["node", "x.js", "--json", "--secrets", "B"]],
    [["--secrets", "A", "--", "npm", "test", "--", "--watch"], ["npm", "test", "--", "--watch"]],
    [["--secrets", "A", "ls", "-h"], ["ls", "-h"]],
    [["--", "--weird"], ["--weird"]],
    [["node", ""], ["node", ""]],
  ];
  for (const [line, argv] of cases) {
    const ran = await ov(["run", ...line], ANSWER);
    assert.deepEqual((ran.params("run") as { argv: unknown }).argv, argv);
    assert.deepEqual([ran.out, ran.err], ["", ""]);
  }
});

Deno.test("ov run passes its options on", async () => {
  const bare = await ov(["run", "x"], ANSWER);
  assert.deepEqual(bare.params("run"), { argv: ["x"], secrets: null, raw: false, timeoutMs: null });
  const full = await ov(["run", "--secrets", "B,A", "--raw", "--timeout", "30s", "x"], ANSWER);
  assert.deepEqual(full.params("run"), { argv: ["x"], secrets: ["B", "A"], raw: true, timeoutMs: 30_000 });
  const remembered = await ov(["run", "--remember", "x"], ANSWER);
  assert.deepEqual(remembered.params("run"), { ...bare.params("run") as object, remember: true });
});

Deno.test("ov run ends with the child's status", async () => {
  for (const exitCode of [0, 1, 2, 42, 126, 127, 130, 143, 255]) {
    assert.equal((await ov(["run", "x"], { run: { ...END, exitCode } })).status, exitCode);
  }
});

Deno.test("ov run --json writes its document to stderr, because stdout is the child's", async () => {
  const ran = await ov(["run", "--json", "x"], { run: { ...END, exitCode: 143, signal: "SIGTERM", timedOut: true } });
  assert.equal(ran.out, "");
  assert.deepEqual(JSON.parse(ran.err), { exit_code: 143, signal: "SIGTERM", masked_count: 1, timed_out: true });
});

Deno.test("ov run says that it timed out", async () => {
  const ran = await ov(["run", "--timeout", "1s", "x"], { run: { ...END, exitCode: 143, timedOut: true } });
  assert.equal(ran.err, "ov: Run: timed out after 1s\n");
});

Deno.test("ov run refuses an empty command and bad options without running", async () => {
  const lines = [[], ["--"], ["--", ""], [""], ["--timeout", "soon", "x"], ["--secrets", "A B", "x"], [
    "--secrets",
    "",
    "x",
  ]];
  for (const line of lines) {
    const ran = await ov(["run", ...line], ANSWER);
    assert.deepEqual([ran.status, ran.params("run")], [2, undefined], JSON.stringify(line));
  }
});

Deno.test("ov run reports what stopped it with that error's status", async () => {
  const cases = [
    ["run/not-found", 127],
    ["run/not-executable", 126],
    ["run/failed", 125],
    ["vault/wrong-password", 3],
    ["policy/denied", 4],
  ] as const;
  for (const [code, status] of cases) {
    assert.equal((await ov(["run", "x"], { run: failing(code, "Cannot run: state") })).status, status);
  }
});

Deno.test("ov run hands a machine key and a bundle to the keeper, and their values are not the command", async () => {
  const answer = { run: { exitCode: 0, signal: null, maskedCount: 0, timedOut: false } };
  const ran = await ov(
    ["run", "--bundle", "b", "--machine-key", "k", "--secrets", "A", "npm", "test", "--bundle"],
    answer,
  );
  assert.deepEqual(ran.params("run"), {
    argv: ["npm", "test", "--bundle"],
    secrets: ["A"],
    raw: false,
    timeoutMs: null,
    machineKey: "k",
    bundle: "b",
  });
});
