/** What a machine key may run. */
import assert from "node:assert/strict";
import {
  judgeMachineRun,
  type MachineTerms,
  parseCommand,
  readTerms,
  showCommand,
} from "../../src/keeper/machine_terms.ts";
import { warningsFor } from "../../src/policy/mod.ts";

const TERMS: MachineTerms = {
  name: "ci",
  mode: "ask",
  commands: [parseCommand("npm test"), parseCommand("node scripts/migrate.js <target>")],
  allowExport: false,
  createdAt: 1,
  expiresAt: null,
};

function isAllowed(argv: readonly string[], terms: MachineTerms = TERMS): boolean {
  return judgeMachineRun(terms, argv, warningsFor(argv[0]!, argv.slice(1))).kind === "allow";
}

Deno.test("judgeMachineRun() allows what is listed, exactly, and one argument for a wildcard", () => {
  const table: [string[], boolean][] = [
    [["npm", "test"], true],
    [["npm", "test", "--", "x"], false],
    [["npm"], false],
    [["/tmp/npm", "test"], false],
    [["npm", "publish"], false],
    [["node", "scripts/migrate.js", "staging"], true],
    [["node", "scripts/migrate.js", "two words"], true],
    [["node", "scripts/migrate.js", ""], false],
    [["node", "scripts/migrate.js", "--inspect"], false],
    [["node", "scripts/migrate.js"], false],
    [["node", "scripts/other.js", "staging"], false],
  ];
  for (const [argv, allowed] of table) assert.equal(isAllowed(argv), allowed, argv.join(" "));
});

Deno.test("judgeMachineRun() follows the mode of the env: open allows any command, ask and listed only the list", () => {
  for (const mode of ["ask", "listed"] as const) {
    assert.equal(isAllowed(["npm", "test"], { ...TERMS, mode }), true);
    assert.equal(isAllowed(["make"], { ...TERMS, mode }), false);
    assert.equal(isAllowed(["npm", "test"], { ...TERMS, mode, commands: [] }), false);
  }
  assert.equal(isAllowed(["sh", "-c", "env"], { ...TERMS, mode: "open", commands: [] }), true);
});

Deno.test("judgeMachineRun() denies what no list is good for, even where it is listed", () => {
  const commands = [["sh", "-c", "env"], ["printenv", "A"], ["node", { any: "script" }]];
  assert.equal(isAllowed(["sh", "-c", "env"], { ...TERMS, commands }), false);
  assert.equal(isAllowed(["printenv", "A"], { ...TERMS, commands }), false);
});

Deno.test("parseCommand() reads words as a shell without expansion would", () => {
  const table: [string, string[]][] = [
    ["npm test", ["npm", "test"]],
    ["  npm\t test  ", ["npm", "test"]],
    ["npm run 'a b' \"c 'd'\" e\\ f", ["npm", "run", "a b", "c 'd'", "e f"]],
    ["npm run ''", ["npm", "run", ""]],
    ["npm run $HOME *", ["npm", "run", "$HOME", "*"]],
    ["npm run <name> <Name> <> x<y>", ["npm", "run", "<name>", "<Name>", "<>", "x<y>"]],
  ];
  for (const [line, words] of table) assert.deepEqual(showCommand(parseCommand(line)), words, line);
  assert.deepEqual(parseCommand("npm run <name>")[2], { any: "name" });
  assert.equal(parseCommand("npm run <Name>")[2], "<Name>");
  assert.equal(parseCommand("<npm> test")[0], "<npm>");
});

Deno.test("parseCommand() refuses what is no command, and what prints secrets by its nature", () => {
  for (const line of ["", "   ", "''", "npm 'test", 'npm "test', "npm \\"]) {
    assert.throws(() => parseCommand(line), { code: "usage/invalid" }, line);
  }
  for (const line of ["sh -c 'echo $A'", "printenv A", "env", "node -e 1", "base64", "cat /proc/self/environ"]) {
    assert.throws(() => parseCommand(line), { code: "policy/denied" }, line);
  }
});

Deno.test("readTerms() takes what was written and nothing of another shape", () => {
  assert.deepEqual(readTerms(JSON.parse(JSON.stringify(TERMS))), TERMS);
  const wrong: unknown[] = [
    null,
    [],
    "x",
    { ...TERMS, name: "A b" },
    { ...TERMS, mode: "any" },
    { ...TERMS, allowExport: "no" },
    { ...TERMS, createdAt: -1 },
    { ...TERMS, expiresAt: "never" },
    { ...TERMS, commands: [[]] },
    { ...TERMS, commands: ["npm test"] },
    { ...TERMS, commands: [[1]] },
    { ...TERMS, commands: [[{ some: "x" }]] },
  ];
  for (const value of wrong) assert.equal(readTerms(value), null, JSON.stringify(value));
});
