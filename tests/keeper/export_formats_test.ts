/** Plain text formats: each read back by what it is for. */
import assert from "node:assert/strict";
import { formatEntries, githubEnvironment, registerMasks } from "../../src/keeper/export_formats.ts";
import { Runner } from "../runner/github.ts";

const PEM = ["-----BEGIN FAKE-----", "AbCdEfGh01234567", "  indented-line-99", "}", "-----END FAKE-----", ""].join(
  "\n",
);
const NASTY = [
  { key: "PLAIN", value: "fake-value-1234" },
  { key: "QUOTES", value: `it's "quoted" \`and\` $HOME \\ #x` },
  { key: "PERCENT", value: "100%25 of %0A and ::add-mask::x" },
  { key: "LINES", value: PEM },
  { key: "CRLF", value: "first-line-fake\r\nsecond-line-fake" },
  { key: "EMPTY", value: "" },
  { key: "SHORT", value: "ab" },
  { key: "COMMON", value: "production" },
];
const RANDOM = new Uint8Array(16).fill(0xab);

Deno.test("formatEntries() for a shell gives every value back byte for byte", async () => {
  const script = formatEntries("shell", NASTY) + NASTY.map(({ key }) => `printf '%s\\0' "$${key}"\n`).join("");
  const { stdout, success } = await new Deno.Command("sh", { args: ["-c", script], stdout: "piped" }).output();
  assert.ok(success);
  assert.deepEqual(new TextDecoder().decode(stdout).split("\0").slice(0, -1), NASTY.map(({ value }) => value));
});

Deno.test("formatEntries() for docker gives one line each, and refuses what has several", () => {
  const single = NASTY.filter(({ value }) => !/[\r\n]/.test(value));
  assert.equal(formatEntries("docker", single), single.map(({ key, value }) => `${key}=${value}\n`).join(""));
  for (const entry of NASTY.filter(({ value }) => /[\r\n]/.test(value))) {
    assert.throws(() => formatEntries("docker", [entry]), { code: "usage/value" });
  }
});

Deno.test("formatEntries() refuses a NUL byte where the format can not hold it, and never quotes the value", () => {
  const entries = [{ key: "NUL", value: "fake\0value" }];
  for (
    const write of [
      () => formatEntries("dotenv", entries),
      () => formatEntries("shell", entries),
      () => formatEntries("docker", entries),
      () => githubEnvironment(entries, RANDOM),
    ]
  ) {
    assert.throws(write, (error: Error) => /NUL/.test(error.message) && !error.message.includes("fake"));
  }
  assert.deepEqual(JSON.parse(formatEntries("json", entries)), { NUL: "fake\0value" });
});

Deno.test("registerMasks() has the runner mask each value and each line of one, and its log shows none of them", () => {
  const runner = new Runner();
  const { commands, unmasked } = registerMasks(NASTY);
  runner.print(commands);
  assert.equal(runner.log, "");
  assert.deepEqual(unmasked, ["EMPTY", "SHORT", "COMMON"]);
  assert.ok(runner.masks.includes("fake-value-1234") && runner.masks.includes("indented-line-99"));
  assert.ok(runner.masks.includes("100%25 of %0A and ::add-mask::x"));
  runner.print("build in production, ab } ok");
  assert.equal(runner.log, "build in production, ab } ok\n");
  for (const { key, value } of NASTY.filter(({ key }) => !unmasked.includes(key))) {
    runner.log = "";
    runner.print(`${key}: ${value}`);
    for (const line of value.split(/\r?\n/).filter((text) => text.length >= 6)) {
      assert.ok(!runner.log.includes(line.trim()), `${key}: ${line}`);
    }
  }
});

Deno.test("registerMasks() writes one command on each line, whatever a value holds", () => {
  for (const line of registerMasks(NASTY).commands.trimEnd().split("\n")) {
    assert.match(line, /^::add-mask::[^\r\n]{6,}$/);
  }
});

Deno.test("githubEnvironment() gives the runner every value back, and no value ends another's", () => {
  const runner = new Runner();
  runner.readEnvironment(githubEnvironment(NASTY, RANDOM));
  assert.deepEqual(runner.variables, Object.fromEntries(NASTY.map(({ key, value }) => [key, value])));
});
