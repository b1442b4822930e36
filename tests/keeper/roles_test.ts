import assert from "node:assert/strict";
import { isOpenTo, needsKeeper, startsPrograms } from "../../src/keeper/roles.ts";
import { OPERATIONS } from "./good_params.ts";
import { ROLES } from "./role_table.ts";

/** Commands that need no vault, and words that are no command. */
const OTHERS = ["", "help", "completions", "version", "toString", "__proto__", "constructor", "Run", "mcp.run"];

Deno.test("isOpenTo() opens to each command exactly what the table says", () => {
  for (const [command, open] of Object.entries(ROLES)) {
    assert.deepEqual(
      OPERATIONS.filter((op) => isOpenTo(command, op)).sort(),
      ["configure", ...open].sort(),
      command,
    );
  }
});

Deno.test("isOpenTo() opens nothing but configure to anything else", () => {
  for (const command of OTHERS) assert.deepEqual(OPERATIONS.filter((op) => isOpenTo(command, op)), ["configure"]);
});

Deno.test("every operation is open to some command", () => {
  const open = new Set(["configure", ...Object.values(ROLES).flat()]);
  assert.deepEqual(OPERATIONS.filter((op) => !open.has(op)), []);
});

Deno.test("needsKeeper() is true for the commands of the table alone", () => {
  for (const command of Object.keys(ROLES)) assert.equal(needsKeeper(command), true, command);
  for (const command of OTHERS) assert.equal(needsKeeper(command), false, command);
});

Deno.test("startsPrograms() is true only for commands that start the user's program, the agent, or git", () => {
  const all = [...Object.keys(ROLES), ...OTHERS];
  assert.deepEqual(all.filter(startsPrograms).sort(), [
    "agent",
    "doctor",
    "grant",
    "import",
    "mcp",
    "run",
    "secret",
    "shell",
    "unlock",
  ]);
});
