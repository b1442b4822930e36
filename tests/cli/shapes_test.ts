/**
 * The shape of every command's `--json` document, pinned in `tests/pins/json.txt`: programs read them, so a key that goes
 * or changes its type breaks somebody. A command that is in neither table fails the test.
 */
import assert from "node:assert/strict";
import { Cli } from "../../src/cli/command.ts";
import { buildProgram, leaves } from "../../src/cli/program.ts";
import type { AgentView, Consent } from "../../src/keeper/protocol.ts";
import { FakeIo, FakeKeeper, NOW, ov } from "./fake.ts";
import { GRANT } from "./grant_fixture.ts";

const GOLDEN = new URL("../pins/json.txt", import.meta.url);

type Answers = Parameters<typeof ov>[1];

const REF = { app: "shop", env: "ci" };
const STRENGTH = { score: 4, words: "strong" };
const SECRET = {
  name: "A",
  version: 1,
  createdAt: NOW,
  updatedAt: NOW,
  deletedAt: NOW,
  sizeBytes: 9,
  canary: false,
  maskable: true,
};
const ITEM = {
  name: "A",
  line: 1,
  kind: "secret" as const,
  reason: "r",
  problem: "p",
  maskable: true,
  state: "new" as const,
};
const PLAN = {
  planId: "p1",
  target: REF,
  chosen: true,
  targetExists: true,
  items: [{ ...ITEM, problem: null }, { ...ITEM, name: "B" }],
  notes: [{ line: 2, message: "dropped" }],
  warnings: ["w"],
  path: "/w/.dev.vars",
  rewritable: true,
  projectFile: "/w/.ov.yaml",
};
const IMPORTED = {
  target: REF,
  created: true,
  imported: [{ name: "A", version: 1, changed: true, replaced: false }],
  settings: ["B"],
  total: 2,
  rewritten: true,
  projectFileWritten: "/w/.ov.yaml",
  warnings: ["w"],
};
const AGENT: AgentView = {
  pid: 1,
  version: "1.2.3",
  locked: false,
  reason: "r",
  unlockedAt: NOW,
  locksAt: NOW,
  locksWhenIdleAt: NOW,
  clients: 0,
  running: 0,
  runs: 0,
};
const CONSENT: Consent = {
  ...REF,
  action: "run",
  secrets: ["A"],
  program: "/usr/bin/node",
  argv: ["node"],
  workDir: "/w",
  pins: [{ path: "/w/a.js", sha256: "00" }],
  warnings: ["w"],
  choices: ["once"],
};
const KEY = {
  id: "k",
  name: "ci",
  mode: "ask" as const,
  commands: [["npm", "test"]],
  allowExport: false,
  createdAt: NOW,
  expiresAt: NOW,
};
const PROJECT = { context: REF, file: "/w/.ov.yaml" };
const END = { exitCode: 0, signal: "SIGTERM", maskedCount: 0, timedOut: false };
const ENTRY = { sequence: 1, at: NOW, who: "agent", text: "t", alarm: false, entry: { at: NOW, action: "run" } };
const STATUS = {
  version: "1.2.3",
  vaultFolder: "/v",
  vaultExists: true,
  formatVersion: 1,
  sizeBytes: 1,
  context: { ...REF, appFrom: "flag", envFrom: "flag", projectFile: "/w/.ov.yaml", secrets: ["A"] },
  bound: true,
  programs: "any",
  syncHost: "h",
  sheet: true,
  remembered: true,
  canaries: { touches: 1, lastAt: NOW },
} as const;
const CLIENT = { id: "c", client: "x", program: "/p", commandLine: "p", createdAt: NOW, until: NOW };
const SET = {
  version: 1,
  created: true,
  sizeBytes: 9,
  newlineRemoved: false,
  maskable: true,
  warnings: ["w"],
};

/** Each command line with what the keeper answers, by the words that lead to the command. */
const DOCUMENTS: Readonly<Record<string, readonly [string, Answers]>> = {
  "init": ["", { init: { folder: "/v", strength: STRENGTH } }],
  "import": ["--yes", { "import.plan": PLAN, "import.apply": IMPORTED }],
  "import --dry-run": ["", { "import.plan": PLAN }],
  "status": ["", { status: STATUS, "agent.status": { agent: AGENT } }],
  "doctor": ["", { doctor: { checks: [{ name: "vault", result: "ok", message: "m", hint: "h" }] } }],
  "secret set": ["A --stdin", { "secret.set": SET }],
  "secret list": ["", { "secret.list": { context: REF, secrets: [SECRET] } }],
  "secret get": ["A", { "secret.get": { sizeBytes: 9 } }],
  "secret rm": ["A --yes", { "secret.rm": { recoverableUntil: NOW } }],
  "secret history": ["A", {
    "secret.history": { versions: [{ version: 1, createdAt: NOW, sizeBytes: 9, deleted: false }] },
  }],
  "secret restore": ["A", { "secret.restore": { version: 2 } }],
  "secret generate": ["A", { "secret.generate": { version: 1, created: true } }],
  "secret canary": ["A", { "secret.canary": REF }],
  "secret import": ["--yes", { "import.plan": PLAN, "import.apply": IMPORTED }],
  "app create": ["shop", { "app.create": {} }],
  "app list": ["", { "app.list": { apps: [{ name: "shop", envs: ["ci"] }] } }],
  "app use": ["shop", { "app.use": PROJECT }],
  "app delete": ["shop --yes", { "app.delete": { secrets: 1 } }],
  "env create": ["ci", { "env.create": REF }],
  "env list": ["", { "env.list": { app: "shop", envs: ["ci"] } }],
  "env use": ["ci", { "env.use": PROJECT }],
  "env delete": ["ci --yes", { "env.delete": { secrets: 1 } }],
  "export": ["--plain --output f", { export: { names: ["A"], output: "/w/f", unmasked: ["A"] } }],
  "export --plain": ["", { export: { names: ["A"], output: null, unmasked: ["A"] } }],
  "export --bundle": ["f", { "export.bundle": { ...REF, secrets: 1, keys: 1, output: "/w/f" } }],
  "run": ["--secrets A -- true", { run: END }],
  "shell": ["--secrets A", { shell: { exitCode: 0, signal: "SIGTERM", maskedCount: 0 } }],
  "unlock": ["", { "agent.unlock": { agent: AGENT, started: true } }],
  "unlock --forget": ["", { "agent.forget": { revoked: true, keyring: true } }],
  "lock": ["", { "agent.lock": { was: "unlocked" } }],
  "agent start": ["", { "agent.unlock": { agent: AGENT, started: true } }],
  "agent start --foreground": ["", { "agent.serve": { reason: "r" } }],
  "agent stop": ["", { "agent.stop": { stopped: true } }],
  "agent status": ["", { "agent.status": { agent: AGENT } }],
  "agent install": ["", { "agent.install": { files: ["f"], next: ["n"] } }],
  "agent uninstall": ["", { "agent.uninstall": { files: ["f"], next: ["n"] } }],
  "machine-key create": ["ci --output f --allow-export", {
    "machine-key.create": { ...REF, key: KEY, output: "/w/f" },
  }],
  "machine-key list": ["", { "machine-key.list": { ...REF, keys: [KEY] } }],
  "machine-key revoke": ["ci", { "machine-key.revoke": { ...REF, id: "k" } }],
  "policy show": ["", { "policy.show": { ...REF, mode: "ask", grants: [GRANT] } }],
  "policy set": ["open", { "policy.set": { ...REF, mode: "open", previous: "ask" } }],
  "policy intercept": ["warn", { "policy.intercept": { ...REF, mode: "warn", previous: "block" } }],
  "grant add": ["--secrets A -- true", { "grant.add": { grant: GRANT, warnings: ["w"] } }],
  "grant list": ["", { "grant.list": { grants: [GRANT] } }],
  "grant show": ["g7k2m", { "grant.list": { grants: [GRANT] } }],
  "grant revoke": ["g7k2m", { "grant.revoke": {} }],
  "approve": ["", { "approve.list": { pending: [{ id: "r", createdAt: NOW, client: "x", consent: CONSENT }] } }],
  "approve --once": ["r", { "approve.decide": { id: "r", consent: CONSENT, decision: "once" } }],
  "audit": ["", { "audit.list": { entries: [ENTRY], total: 1 } }],
  "audit --verify": ["", { "audit.verify": { entries: 1 } }],
  "client list": ["", { "client.list": { clients: [CLIENT] } }],
  "client revoke": ["c", { "client.revoke": {} }],
  "backup": ["f", { backup: { output: "/w/f", sizeBytes: 1, envs: 1, secrets: 1 } }],
  "restore": ["f", { restore: { folder: "/v", kept: "/v/k", envs: 1, secrets: 1 } }],
  "password change": ["", { "password.change": { strength: STRENGTH, passwordFile: true } }],
  "password sheet": ["", { "password.sheet": { sheet: "made" } }],
  "password reset": ["", { "password.reset": { strength: STRENGTH, passwordFile: true } }],
  "rotate": ["", { rotate: { rotated: [{ ...REF, secrets: 1, machineKeys: 1 }] } }],
};

/** Commands whose output is a protocol's, a script or help. */
const WITHOUT = ["mcp", "completions bash", "completions zsh", "completions fish", "help"];

/** Keys with the types of their values; the first element stands for a list. */
function shapeOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.length === 0 ? "" : shapeOf(value[0])}]`;
  if (value === null) return "null";
  if (typeof value !== "object") return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(`${value}`) ? "time" : typeof value;
  return `{${Object.entries(value).map(([key, inner]) => `${key}: ${shapeOf(inner)}`).join(", ")}}`;
}

Deno.test("every command's --json document has the pinned shape, on stdout or else on stderr, and stands alone there", async () => {
  let text = "";
  for (const [path, [rest, answers]] of Object.entries(DOCUMENTS)) {
    const line = `--json ${path} ${rest}`.trim();
    const ran = await ov(line.split(" "), answers);
    assert.equal(ran.status, 0, `${line}: ${ran.err}`);
    assert.ok(ran.out === "" || ran.err === "", line);
    text += `ov ${path}${ran.out === "" ? " (stderr)" : ""}\n  ${shapeOf(JSON.parse(ran.out || ran.err))}\n`;
  }
  if (Deno.env.get("OV_UPDATE_PINS") === "1") await Deno.writeTextFile(GOLDEN, text);
  assert.equal(text, await Deno.readTextFile(GOLDEN));
});

Deno.test("every command has a pinned document, or is one that writes none", async () => {
  const cli = new Cli({ keeper: new FakeKeeper({}), io: new FakeIo(), version: "1.2.3" });
  const paths = leaves(await buildProgram(cli, "all")).map(([path]) => path);
  const covered = new Set([...Object.keys(DOCUMENTS).map((path) => path.replace(/ --.*/, "")), ...WITHOUT]);
  assert.deepEqual(paths.filter((path) => !covered.has(path)), []);
});
