import assert from "node:assert/strict";
import { scanArgv } from "../../src/cli/argv.ts";

Deno.test("scanArgv() finds the command behind global options and their values", () => {
  const cases: [string, string | null][] = [
    ["", null],
    ["status", "status"],
    ["--app x --env=y status", "status"],
    ["--app status", null],
    ["--json secret --env z get A", "secret get"],
    ["secret frobnicate", "secret"],
    ["nonsense set", "nonsense"],
    ["run secret set", "run"],
    ["-- run", null],
    ["grant add --secrets A node", "grant add"],
  ];
  for (const [line, command] of cases) assert.equal(scanArgv(line.split(" ").filter(Boolean)).command, command, line);
});

Deno.test("scanArgv() sees help and the version only where they are ov's own", () => {
  const help = [
    "--help",
    "-h",
    "--version",
    "-V",
    "status --help",
    "run --help",
    "--app x secret get -h",
    "grant add -h",
  ];
  for (const line of help) assert.equal(scanArgv(line.split(" ")).help, true, line);
  const not = [
    "run node --help",
    "run --secrets A node -h",
    "run -- --help",
    "run --timeout --help node",
    "grant add --secrets A node --help",
    "secret get A --version 2",
    "--app --help status",
  ];
  for (const line of not) assert.equal(scanArgv(line.split(" ")).help, false, line);
});

Deno.test("scanArgv() sees --json only before the child's command", () => {
  for (const line of ["--json status", "status --json", "run --json -- x"]) {
    assert.equal(scanArgv(line.split(" ")).json, true, line);
  }
  for (const line of ["run x --json", "run -- x --json", "--app --json status"]) {
    assert.equal(scanArgv(line.split(" ")).json, false, line);
  }
});
