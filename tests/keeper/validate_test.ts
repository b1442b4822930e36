import assert from "node:assert/strict";
import { OvError } from "../../src/base/mod.ts";
import { checkParams, isOperation } from "../../src/keeper/validate.ts";
import { GOOD, OPERATIONS } from "./good_params.ts";

type Json = Record<string, unknown>;

const MARK = "fake-mark-of-a-value";

/** Fields that may be left out; every other one must be there. */
const OPTIONAL = new Set([
  "grant.add.trees",
  "configure.app",
  "configure.env",
  "configure.passwordFile",
  "configure.nonInteractive",
  "app.use.env",
  "env.list.app",
  "env.create.app",
  "env.delete.app",
  "secret.get.version",
  "secret.restore.version",
  "init.emergencySheet",
  "agent.unlock.remember",
  "restore.sheet",
  "run.remember",
  "run.machineKey",
  "run.bundle",
  "export.machineKey",
  "export.bundle",
  "mcp.update.answer",
  "mcp.delete.answer",
  "mcp.run.answer",
  ...["list", "exists", "create", "update", "delete", "run"].flatMap((
    tool,
  ) => [`mcp.${tool}.peer`, `mcp.${tool}.opened`]),
]);

/** Fields for which `null` means something. */
const NULLABLE = new Set([
  "export.output",
  "export.only",
  "machine-key.create.expiresAt",
  "machine-key.create.output",
  "run.secrets",
  "run.timeoutMs",
  "shell.secrets",
  "agent.unlock.forMs",
  "agent.unlock.idleMs",
  "agent.serve.forMs",
  "agent.serve.idleMs",
  "approve.decide.id",
  "approve.decide.decision",
  "grant.add.until",
  "audit.list.since",
  "audit.list.last",
  "approve.decide.id",
  "approve.decide.decision",
  "mcp.create.generate",
  "mcp.update.generate",
  "mcp.run.workDir",
]);

function isRefused(op: string, params: unknown, what: string): void {
  assert.throws(() => checkParams(op as "run", params), (error: unknown) => {
    assert.ok(error instanceof OvError, what);
    assert.equal(error.code, "usage/invalid", what);
    assert.ok(error.message.startsWith(`Cannot do ${op}: `), what);
    assert.ok(!error.message.includes(MARK), what);
    return true;
  }, what);
}

/** Values that no field of the kind of `good` takes. */
function brokenValues(good: unknown, nullable: boolean): unknown[] {
  const all: unknown[] = [Symbol.iterator, () => 0, NaN, Infinity, 1n, -1, 0.5, new Date(0)];
  if (!nullable) all.push(null);
  if (typeof good !== "string") all.push(MARK);
  if (typeof good !== "number") all.push(7);
  if (typeof good !== "boolean") all.push(true, false);
  if (!Array.isArray(good)) all.push([], [MARK]);
  if (typeof good !== "object" || Array.isArray(good)) all.push({}, { [MARK]: 1 });
  if (typeof good === "string") all.push("x".repeat(128 * 1024 + 1), new String("a"));
  if (typeof good === "number") all.push(Number.MAX_SAFE_INTEGER + 1, "1");
  if (Array.isArray(good)) {
    all.push([1], [null], [["a"]], Array(65_537).fill("a"), { length: 1, 0: "a" }, ["x".repeat(131073)]);
  }
  if (typeof good === "object" && good !== null && !Array.isArray(good)) {
    const record = good as Json;
    all.push({ ...record, [MARK]: 1 }, { ...record, kind: MARK }, {});
    for (const field of Object.keys(record)) {
      const { [field]: _gone, ...rest } = record;
      all.push(rest, { ...record, [field]: null }, { ...record, [field]: { [MARK]: 1 } });
    }
  }
  return all;
}

for (const op of OPERATIONS) {
  Deno.test(`checkParams() takes the good shapes of ${op}`, () => {
    assert.ok(isOperation(op));
    for (const params of GOOD[op]) assert.deepEqual(checkParams(op, structuredClone(params)), params);
  });

  Deno.test(`checkParams() refuses ${op} with any field broken, missing or added`, () => {
    for (const params of [undefined, null, 7, MARK, true, () => 0]) isRefused(op, params, String(params));
    for (const good of GOOD[op] as readonly Json[]) {
      isRefused(op, { ...good, [MARK]: 1 }, "added");
      isRefused(op, { ...good, toString: 1 }, "added toString");
      isRefused(op, { ...good, ["__proto__"]: 1 }, "added __proto__");
      for (const [field, value] of Object.entries(good)) {
        const name = `${op}.${field}`;
        // The other sample of the operation has the kind that `null` stands in for.
        for (const broken of value === null ? [] : brokenValues(value, NULLABLE.has(name))) {
          isRefused(op, { ...good, [field]: broken }, `${name} ${typeof broken} ${Deno.inspect(broken).slice(0, 60)}`);
        }
        const { [field]: _gone, ...rest } = good;
        if (OPTIONAL.has(name)) assert.ok(checkParams(op, rest));
        else isRefused(op, rest, `${name} missing`);
        if (NULLABLE.has(name)) assert.ok(checkParams(op, { ...good, [field]: null }));
      }
    }
  });
}

Deno.test("checkParams() does not take a field from a prototype for one of its own", () => {
  const inherited = Object.create({ name: "A" }) as Json;
  isRefused("app.create", inherited, "inherited");
});

Deno.test("checkParams() takes no word but those of the table", () => {
  const TABLE: readonly [string, Json, string, readonly string[]][] = [
    ["policy.set", { mode: "ask" }, "mode", ["ask", "listed", "open"]],
    ["grant.add", { argv: [], secrets: [], use: "once", until: null }, "use", ["once", "until", "always"]],
    ["approve.decide", { id: "x", decision: "once" }, "decision", ["once", "session", "always", "deny"]],
    ["policy.intercept", { mode: "warn" }, "mode", ["block", "warn"]],
    ["export", { format: "json", output: null, only: null }, "format", ["dotenv", "json"]],
    ["import.plan", { source: { kind: "stdin" }, format: "auto", dryRun: true }, "format", ["auto", "dotenv", "json"]],
  ];
  const words = [
    "ask",
    "listed",
    "open",
    "once",
    "until",
    "session",
    "always",
    "deny",
    "auto",
    "dotenv",
    "json",
    "raw",
  ];
  for (const [op, good, field, allowed] of TABLE) {
    for (const word of [...words, "", "ONCE", "toString"]) {
      const params = { ...good, [field]: word };
      if (allowed.includes(word)) assert.ok(checkParams(op as "run", params));
      else isRefused(op, params, `${op} ${word}`);
    }
  }
});

Deno.test("checkParams() bounds every number", () => {
  const run = GOOD["mcp.run"][0] as unknown as Json;
  for (const seconds of [0, 86_401, 1.5]) isRefused("mcp.run", { ...run, timeoutSeconds: seconds }, String(seconds));
  const human = GOOD.run[0] as unknown as Json;
  for (const ms of [0, -1, 2 ** 31]) isRefused("run", { ...human, timeoutMs: ms }, String(ms));
  for (const length of [7, 1025, "8"]) {
    isRefused("secret.generate", { name: "A", generate: { length, charset: "hex" } }, String(length));
  }
  isRefused("secret.generate", { name: "A", generate: { length: 8, charset: "emoji" } }, "charset");
  for (const version of [0, -1, 1.5]) isRefused("secret.restore", { name: "A", version }, String(version));
});

Deno.test("checkParams() takes the longest argument and list, and not one more", () => {
  const good = GOOD.run[0] as unknown as Json;
  const longest = "x".repeat(128 * 1024);
  assert.ok(checkParams("run", { ...good, argv: Array(65_536).fill("a") }));
  assert.ok(checkParams("run", { ...good, argv: [longest] }));
  isRefused("run", { ...good, argv: Array(65_537).fill("a") }, "list");
  isRefused("run", { ...good, argv: [`${longest}x`] }, "text");
});

Deno.test("isOperation() knows the operations of the protocol and nothing else", () => {
  for (const op of OPERATIONS) assert.ok(isOperation(op));
  for (
    const op of [
      "",
      "toString",
      "__proto__",
      "constructor",
      "hasOwnProperty",
      "secret",
      "Run",
      1,
      null,
      undefined,
      {},
      ["run"],
    ]
  ) {
    assert.equal(isOperation(op), false, String(op));
  }
});
