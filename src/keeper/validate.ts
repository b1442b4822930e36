/**
 * Every call is checked here, field by field, before the keeper acts on it: the front may be hostile. Unknown fields are
 * refused, lengths are bounded, and no message quotes what it was given.
 */
import { OvError } from "../base/mod.ts";
import type { Operation, Params } from "./protocol.ts";

/** Checks one field; `true` where it is of the right shape. */
type Check = (value: unknown) => boolean;
interface Shape {
  readonly [field: string]: Check;
}

/** As long as one argument of a program may be on Linux (MAX_ARG_STRLEN). */
const MAX_TEXT = 128 * 1024;
/** More files than a shell's pattern names; the system's own limit on a command line is near. */
const MAX_ITEMS = 65_536;

const text: Check = (value) => typeof value === "string" && value.length <= MAX_TEXT;
const boolean: Check = (value) => typeof value === "boolean";
const wholeNumber = (min: number, max: number): Check => (value) =>
  Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max;
const oneOf = (...allowed: string[]): Check => (value) => typeof value === "string" && allowed.includes(value);
const list = (item: Check): Check => (value) => Array.isArray(value) && value.length <= MAX_ITEMS && value.every(item);
const optional = (check: Check): Check => (value) => value === undefined || check(value);
const orNull = (check: Check): Check => (value) => value === null || check(value);
const either = (...checks: Check[]): Check => (value) => checks.some((check) => check(value));
const object = (shape: Shape): Check => (value) => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const given = value as Record<string, unknown>;
  return Object.keys(given).every((field) => Object.hasOwn(shape, field)) &&
    Object.entries(shape).every(([field, check]) => check(Object.hasOwn(given, field) ? given[field] : undefined));
};

const version = wholeNumber(1, Number.MAX_SAFE_INTEGER);
const time = wholeNumber(0, Number.MAX_SAFE_INTEGER);
const generate = object({
  length: wholeNumber(8, 1024),
  charset: oneOf("alphanumeric", "hex", "base64url", "ascii"),
});
const valueSource = either(
  object({ kind: oneOf("terminal") }),
  object({ kind: oneOf("stdin"), exact: boolean }),
  object({ kind: oneOf("file"), path: text, exact: boolean }),
);
const importSource = either(object({ kind: oneOf("file"), path: text }), object({ kind: oneOf("stdin") }));
const answer = object({ state: text, decision: oneOf("once", "session", "always", "deny") });
/** What the front says of an intercepted call goes into the log: words of ours, never what came in. */
const word: Check = (value) => typeof value === "string" && /^[a-z][a-z0-9_-]{0,40}$/.test(value);
const fieldWord: Check = (value) => typeof value === "string" && /^(?:"[a-z_]{1,32}"|an? [a-z' ]{1,24})$/.test(value);
const nothing: Shape = {};
const tool: Shape = {
  peer: optional(object({ client: text, canAsk: boolean, canOpen: boolean })),
  opened: optional(object({ id: text, declined: boolean })),
};
/** Up to 30 days. */
const limit = orNull(wholeNumber(1, 30 * 86_400_000));
const limits: Shape = { forMs: limit, idleMs: limit };

const SHAPES: Readonly<Record<Operation, Shape>> = {
  configure: {
    app: optional(text),
    env: optional(text),
    passwordFile: optional(text),
    nonInteractive: optional(boolean),
  },
  status: nothing,
  doctor: nothing,
  init: { emergencySheet: optional(boolean) },
  "password.change": nothing,
  "password.sheet": { revoke: boolean },
  "password.reset": nothing,
  rotate: { all: boolean, dropMachineKeys: boolean },
  backup: { output: text },
  restore: { file: text, force: boolean, sheet: optional(boolean) },
  "app.list": nothing,
  "app.create": { name: text },
  "app.delete": { name: text },
  "app.use": { name: text, env: optional(text), here: boolean },
  "env.list": { app: optional(text) },
  "env.create": { app: optional(text), name: text },
  "env.delete": { app: optional(text), name: text },
  "env.use": { name: text, here: boolean },
  "secret.set": { name: text, source: valueSource },
  "secret.generate": { name: text, generate },
  "secret.list": { deleted: boolean },
  "secret.get": { name: text, version: optional(version), newline: boolean },
  "secret.rm": { name: text },
  "secret.history": { name: text },
  "secret.restore": { name: text, version: optional(version) },
  "import.plan": { source: importSource, format: oneOf("auto", "dotenv", "json"), dryRun: boolean },
  "import.apply": { planId: text, names: list(text), rewrite: boolean, projectFile: boolean, replace: boolean },
  export: {
    format: oneOf("dotenv", "json", "shell", "docker", "gha"),
    output: orNull(text),
    only: orNull(list(text)),
    machineKey: optional(text),
    bundle: optional(text),
  },
  "export.bundle": { output: text },
  "machine-key.create": {
    name: text,
    expiresAt: orNull(time),
    commands: list(text),
    allowExport: boolean,
    rotate: boolean,
    output: orNull(text),
  },
  "machine-key.list": nothing,
  "machine-key.revoke": { name: text },
  run: {
    argv: list(text),
    secrets: orNull(list(text)),
    raw: boolean,
    timeoutMs: orNull(wholeNumber(1, 2 ** 31 - 1)),
    remember: optional(boolean),
    machineKey: optional(text),
    bundle: optional(text),
  },
  shell: { secrets: orNull(list(text)) },
  "agent.unlock": { ...limits, remember: optional(boolean) },
  "agent.forget": nothing,
  "agent.serve": { ...limits, locked: boolean, fromPipe: boolean, activated: boolean },
  "agent.lock": nothing,
  "agent.stop": nothing,
  "agent.status": nothing,
  "agent.install": nothing,
  "agent.uninstall": nothing,
  "policy.show": nothing,
  "policy.set": { mode: oneOf("ask", "listed", "open") },
  "grant.list": nothing,
  "grant.add": {
    argv: list(text),
    secrets: list(text),
    use: oneOf("once", "until", "always"),
    until: orNull(time),
    trees: optional(list(text)),
  },
  "grant.revoke": { id: text },
  "approve.list": nothing,
  "approve.decide": { id: orNull(text), decision: orNull(oneOf("once", "session", "always", "deny")) },
  "audit.list": { since: orNull(time), last: orNull(wholeNumber(1, 1_000_000)) },
  "audit.verify": nothing,
  "secret.canary": { name: text },
  "policy.intercept": { mode: oneOf("block", "warn") },
  "mcp.intercepted": { tool: word, field: fieldWord, rule: word },
  "mcp.open": { authorize: boolean },
  "mcp.status": nothing,
  "client.list": nothing,
  "client.revoke": { id: text },
  "mcp.list": tool,
  "mcp.exists": { ...tool, name: text },
  "mcp.create": { ...tool, name: text, generate: orNull(generate) },
  "mcp.update": { ...tool, name: text, generate: orNull(generate), answer: optional(answer) },
  "mcp.delete": { ...tool, name: text, answer: optional(answer) },
  "mcp.run": {
    ...tool,
    command: list(text),
    secrets: list(text),
    workDir: orNull(text),
    timeoutSeconds: wholeNumber(1, 86_400),
    client: text,
    canAsk: boolean,
    answer: optional(answer),
  },
};

/** Whether `op` names an operation at all. */
export function isOperation(op: unknown): op is Operation {
  return typeof op === "string" && Object.hasOwn(SHAPES, op);
}

/**
 * The parameters of a call, checked whole.
 * @throws OvError `usage/invalid` that names the first field of a wrong shape, never what it held
 */
export function checkParams<O extends Operation>(op: O, params: unknown): Params<O> {
  const shape = SHAPES[op];
  if (typeof params !== "object" || params === null) throw refused(op, "parameters");
  const given = params as Record<string, unknown>;
  for (const field of Object.keys(given)) if (!Object.hasOwn(shape, field)) throw refused(op, "an unknown field");
  for (const [field, check] of Object.entries(shape)) {
    if (!check(Object.hasOwn(given, field) ? given[field] : undefined)) throw refused(op, field);
  }
  return given as Params<O>;
}

function refused(op: string, field: string): OvError {
  return new OvError("usage/invalid", `Cannot do ${op}: ${field} is missing, too long or of the wrong kind`);
}
