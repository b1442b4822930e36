import assert from "node:assert/strict";
import type { Operation } from "../../src/keeper/protocol.ts";
import { isOpenTo, needsKeeper, startsPrograms } from "../../src/keeper/roles.ts";
import { OPERATIONS } from "./good_params.ts";

/** A literal, never imported from the source: a wider role must be meant twice. `configure` is open to all. */
const ROLES: Readonly<Record<string, readonly Operation[]>> = {
  status: ["status", "agent.status"],
  doctor: ["status", "doctor"],
  init: ["status", "init"],
  app: ["app.list", "app.create", "app.delete", "app.use"],
  env: ["env.list", "env.create", "env.delete", "env.use"],
  secret: [
    "secret.set",
    "secret.generate",
    "secret.list",
    "secret.get",
    "secret.rm",
    "secret.history",
    "secret.restore",
    "import.plan",
    "import.apply",
  ],
  import: ["import.plan", "import.apply"],
  export: ["export"],
  run: ["run"],
  shell: ["shell"],
  unlock: ["agent.unlock"],
  lock: ["agent.lock"],
  agent: [
    "agent.unlock",
    "agent.serve",
    "agent.lock",
    "agent.stop",
    "agent.status",
    "agent.install",
    "agent.uninstall",
  ],
  policy: ["policy.show", "policy.set"],
  grant: ["grant.list", "grant.add", "grant.revoke"],
  approve: ["approve.list", "approve.decide"],
  client: ["client.list", "client.revoke"],
  mcp: ["mcp.open", "mcp.status", "mcp.list", "mcp.exists", "mcp.create", "mcp.update", "mcp.delete", "mcp.run"],
};

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
    "import",
    "mcp",
    "run",
    "secret",
    "shell",
    "unlock",
  ]);
});
