import type { Operation, Params } from "../../src/keeper/protocol.ts";

const TOOL = { peer: { client: "c", canAsk: true, canOpen: false }, opened: { id: "p", declined: false } } as const;

/** Parameters of a right shape for every operation, several where a field has several shapes. */
export const GOOD: { readonly [O in Operation]: readonly Params<O>[] } = {
  configure: [{}, { app: "a", env: "b", passwordFile: "/p", nonInteractive: true }],
  status: [{}],
  doctor: [{}],
  init: [{}],
  "app.list": [{}],
  "app.create": [{ name: "a" }],
  "app.delete": [{ name: "a" }],
  "app.use": [{ name: "a", here: true }, { name: "a", env: "b", here: false }],
  "env.list": [{}, { app: "a" }],
  "env.create": [{ name: "b" }, { app: "a", name: "b" }],
  "env.delete": [{ name: "b" }, { app: "a", name: "b" }],
  "env.use": [{ name: "b", here: false }],
  "secret.set": [
    { name: "A", source: { kind: "terminal" } },
    { name: "A", source: { kind: "stdin", exact: false } },
    { name: "A", source: { kind: "file", path: "f", exact: true } },
  ],
  "secret.generate": [{ name: "A", generate: { length: 8, charset: "hex" } }],
  "secret.list": [{ deleted: false }],
  "secret.get": [{ name: "A", newline: true }, { name: "A", version: 1, newline: false }],
  "secret.rm": [{ name: "A" }],
  "secret.history": [{ name: "A" }],
  "secret.restore": [{ name: "A" }, { name: "A", version: 2 }],
  "import.plan": [
    { source: { kind: "file", path: ".env" }, format: "auto", dryRun: true },
    { source: { kind: "stdin" }, format: "json", dryRun: false },
  ],
  "import.apply": [{ planId: "p", names: ["A"], rewrite: true, projectFile: false }],
  export: [
    { format: "dotenv", output: null, only: null },
    { format: "gha", output: "f", only: ["A"], machineKey: "k", bundle: "b" },
  ],
  run: [
    { argv: ["node", "x"], secrets: null, raw: false, timeoutMs: null },
    { argv: [], secrets: ["A"], raw: true, timeoutMs: 1, remember: true, machineKey: "k", bundle: "b" },
  ],
  shell: [{ secrets: null }, { secrets: ["A"] }],
  "agent.unlock": [{ forMs: null, idleMs: null }, { forMs: 60_000, idleMs: 60_000 }],
  "agent.serve": [
    { forMs: null, idleMs: null, locked: true, fromPipe: false },
    { forMs: 60_000, idleMs: 60_000, locked: false, fromPipe: true },
  ],
  "agent.lock": [{}],
  "agent.stop": [{}],
  "agent.status": [{}],
  "agent.install": [{}],
  "agent.uninstall": [{}],
  "policy.show": [{}],
  "policy.set": [{ mode: "listed" }],
  "grant.list": [{}],
  "grant.add": [
    { argv: ["node"], secrets: ["A"], use: "always", until: null },
    { argv: ["node"], secrets: ["A"], use: "until", until: 5 },
  ],
  "grant.revoke": [{ id: "x" }],
  "approve.list": [{}],
  "approve.decide": [{ id: "x", decision: "session" }, { id: null, decision: null }],
  "machine-key.create": [
    { name: "ci", expiresAt: null, commands: [], allowExport: false, rotate: false, output: null },
    { name: "ci", expiresAt: 5, commands: ["npm test"], allowExport: true, rotate: true, output: "x" },
  ],
  "machine-key.list": [{}],
  "machine-key.revoke": [{ name: "x" }],
  "export.bundle": [{ output: "x" }],
  "client.list": [{}],
  "client.revoke": [{ id: "x" }],
  "audit.list": [{ since: null, last: null }, { since: 5, last: 1 }],
  "audit.verify": [{}],
  "secret.canary": [{ name: "A" }],
  "policy.intercept": [{ mode: "warn" }],
  "mcp.intercepted": [
    { tool: "vault_run", field: '"command"', rule: "stripe-secret-key" },
    { tool: "vault_run", field: "a field's name", rule: "jwt" },
  ],
  "mcp.open": [{ authorize: true }],
  "mcp.status": [{}],
  "mcp.list": [{}, TOOL],
  "mcp.exists": [{ name: "A" }, { ...TOOL, name: "A" }],
  "mcp.create": [{ name: "A", generate: null }, { ...TOOL, name: "A", generate: { length: 1024, charset: "ascii" } }],
  "mcp.update": [
    { name: "A", generate: null },
    {
      ...TOOL,
      name: "A",
      generate: { length: 32, charset: "base64url" },
      answer: { state: "s", decision: "deny" },
    },
  ],
  "mcp.delete": [{ name: "A" }, { ...TOOL, name: "A", answer: { state: "s", decision: "once" } }],
  "mcp.run": [
    { command: ["node"], secrets: [], workDir: null, timeoutSeconds: 1, client: "c", canAsk: false },
    {
      ...TOOL,
      command: ["node"],
      secrets: ["A"],
      workDir: "/w",
      timeoutSeconds: 86_400,
      client: "c",
      canAsk: true,
      answer: { state: "s", decision: "always" },
    },
  ],
};

/** Every operation. */
export const OPERATIONS = Object.keys(GOOD) as Operation[];
