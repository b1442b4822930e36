import assert from "node:assert/strict";
import type { Operation, ToKeeper } from "../../src/keeper/protocol.ts";
import { refuseUntyped } from "../../src/keeper/typed.ts";

const ARGV = [
  ...["run", "--secrets", "A,B", "--app=shop", "--env", "staging", "--password-file", "/p", "--raw"],
  ...["--", "node", "x.js", "--", "a b"],
];
const RUN = { argv: ["node", "x.js", "--", "a b"], secrets: ["A"], raw: false, timeoutMs: null };

function isTaken(op: Operation, params: unknown, argv: readonly string[] = ARGV): boolean {
  const refusal = refuseUntyped(argv, { t: "call", id: 7, op, params });
  if (refusal === null) return true;
  assert.deepEqual([refusal.t, refusal.id], ["error", 7]);
  assert.ok(refusal.t === "error" && refusal.error.code === "policy/denied");
  return false;
}

const TAKEN: readonly [string, Operation, unknown][] = [
  ["the command that was typed", "run", RUN],
  ["a machine key and a bundle that were typed", "run", { ...RUN, machineKey: "/p", bundle: "/p" }],
  ["a format, which has a default", "export", { format: "dotenv", output: null, only: null }],
  ["all the names", "run", { ...RUN, secrets: ["B", "A"] }],
  ["the names of .ov.yaml", "run", { ...RUN, secrets: null }],
  ["fewer names", "run", { ...RUN, secrets: [] }],
  ["an option that was typed", "run", { ...RUN, raw: true }],
  ["a time-out", "run", { ...RUN, timeoutMs: 1000 }],
  ["app and env in either spelling", "configure", { app: "shop", env: "staging" }],
  ["the password file that was typed", "configure", { passwordFile: "/p" }],
  ["no option at all", "configure", {}],
  ["a backup into the file that was typed", "backup", { output: "/p" }],
  ["a rotation of one env", "rotate", { all: false, dropMachineKeys: false }],
  ["names for a sub-shell", "shell", { secrets: ["A"] }],
  ["a vault without a sheet", "init", {}],
  ["unlocking for any time", "agent.unlock", { forMs: 1000, idleMs: null }],
  ["what only looks", "secret.list", { deleted: false }],
  ["what is refused for its shape later", "run", null],
];
for (const [what, op, params] of TAKEN) {
  Deno.test(`refuseUntyped() lets through ${what}`, () => assert.equal(isTaken(op, params), true));
}

const REFUSED: readonly [string, Operation, unknown][] = [
  ["another command", "run", { ...RUN, argv: ["sh", "-c", "x"] }],
  ["the end of the command alone", "run", { ...RUN, argv: ["x.js", "--", "a b"] }],
  ["a change that another subcommand makes", "secret.rm", { name: "OTHER" }],
  ["a grant", "grant.add", { argv: ["sh"], secrets: [], use: "always", until: null }],
  ["a binding", "env.use", { name: "production", here: true }],
  ["more arguments", "run", { ...RUN, argv: [...RUN.argv, "more"] }],
  ["fewer arguments", "run", { ...RUN, argv: ["node", "x.js"] }],
  ["more than the whole line", "run", { ...RUN, argv: ["x", ...ARGV] }],
  ["another secret", "run", { ...RUN, secrets: ["A", "C"] }],
  ["a secret by a part of its name", "run", { ...RUN, secrets: [""] }],
  ["an option that was not typed", "run", { ...RUN, remember: true }],
  ["another machine key", "run", { ...RUN, machineKey: "/other" }],
  ["another bundle", "run", { ...RUN, bundle: "/other" }],
  ["an export into another file", "export", { format: "dotenv", output: "/other", only: null }],
  ["a backup into another file", "backup", { output: "/other" }],
  ["a restore of another file", "restore", { file: "/other", force: false }],
  ["a restore by force that was not typed", "restore", { file: "/p", force: true }],
  ["a rotation of everything", "rotate", { all: true, dropMachineKeys: false }],
  ["dropping machine keys", "rotate", { all: false, dropMachineKeys: true }],
  ["another app", "configure", { app: "other" }],
  ["another password file", "configure", { passwordFile: "/other" }],
  ["--non-interactive that was not typed", "configure", { nonInteractive: true }],
  ["another secret for a sub-shell", "shell", { secrets: ["C"] }],
  ["a sheet that was not asked for", "init", { emergencySheet: true }],
  ["a key in the keyring that was not asked for", "agent.unlock", { forMs: null, idleMs: null, remember: true }],
  ["a new sheet where another command was typed", "password.sheet", { revoke: false }],
  ["a reset where another command was typed", "password.reset", {}],
  ["revoking a sheet where that was not typed", "password.sheet", { revoke: true }],
  ["a restore by a sheet that was not typed", "restore", { file: "/p", force: false, sheet: true }],
];
for (const [what, op, params] of REFUSED) {
  Deno.test(`refuseUntyped() refuses ${what}`, () => assert.equal(isTaken(op, params), false));
}

Deno.test("refuseUntyped() passes on what is no call, for the service to judge", () => {
  for (const message of [null, undefined, 7, {}, { t: "cancel", id: 1 }]) {
    assert.equal(refuseUntyped(ARGV, message as ToKeeper), null);
  }
});

Deno.test("refuseUntyped() lets through the change that was typed, by its word", () => {
  assert.equal(isTaken("secret.rm", { name: "A" }, ["secret", "rm", "A"]), true);
  assert.equal(isTaken("secret.set", { name: "A" }, ["secret", "rm", "A"]), false);
  assert.equal(isTaken("grant.list", {}, ["grant", "show", "3f2a"]), true);
  assert.equal(isTaken("machine-key.create", {}, ["machine-key", "list"]), false);
});

Deno.test("refuseUntyped() binds what is done about the sheet to the words that were typed", () => {
  const sheet = ["password", "sheet"];
  assert.equal(isTaken("password.sheet", { revoke: false }, sheet), true);
  assert.equal(isTaken("password.sheet", { revoke: true }, sheet), false);
  assert.equal(isTaken("password.sheet", { revoke: true }, [...sheet, "--revoke"]), true);
  assert.equal(isTaken("password.reset", {}, sheet), false);
  assert.equal(isTaken("password.reset", {}, ["password", "reset"]), true);
  assert.equal(isTaken("init", { emergencySheet: true }, ["init", "--emergency-sheet"]), true);
  assert.equal(isTaken("agent.unlock", { forMs: null, idleMs: null, remember: true }, ["unlock", "--remember"]), true);
});
