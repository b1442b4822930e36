import assert from "node:assert/strict";
import { ERROR_CODES, exitStatusOf, OvError, type WireError } from "../../src/base/errors.ts";

/** The exit statuses are a promise to scripts: a literal, so that a change of the table must be meant. */
const EXIT_STATUSES = {
  "internal": 1,
  "io/failed": 1,
  "io/no-space": 1,
  "io/read-only": 1,
  "io/interrupted": 130,
  "usage/invalid": 2,
  "usage/no-terminal": 2,
  "usage/name": 2,
  "usage/value": 2,
  "usage/file": 2,
  "usage/project-file": 2,
  "vault/locked": 3,
  "vault/wrong-password": 3,
  "vault/password-file": 3,
  "vault/not-found": 5,
  "vault/exists": 7,
  "vault/damaged": 6,
  "vault/tampered": 6,
  "vault/newer": 6,
  "vault/older": 6,
  "vault/not-private": 4,
  "vault/conflict": 7,
  "vault/busy": 7,
  "sheet/not-found": 5,
  "keyring/unavailable": 5,
  "app/not-found": 5,
  "app/exists": 7,
  "env/not-found": 5,
  "env/exists": 7,
  "env/not-bound": 4,
  "secret/not-found": 5,
  "secret/exists": 7,
  "secret/canary": 4,
  "policy/denied": 4,
  "policy/approval-required": 4,
  "policy/changed": 4,
  "policy/not-authorized": 4,
  "policy/not-baked": 4,
  "policy/intercepted": 4,
  "request/not-found": 5,
  "grant/not-found": 5,
  "client/not-found": 5,
  "machine-key/unusable": 3,
  "machine-key/not-good": 3,
  "machine-key/expired": 3,
  "machine-key/exists": 7,
  "machine-key/not-found": 5,
  "run/failed": 125,
  "run/not-executable": 126,
  "run/not-found": 127,
};

Deno.test("exitStatusOf() gives the documented status of every code", () => {
  assert.deepEqual({ ...ERROR_CODES }, EXIT_STATUSES);
  assert.equal(exitStatusOf("vault/tampered"), 6);
});

Deno.test("OvError.toWire() leaves cause and stack behind", () => {
  const error = new OvError("io/failed", "Cannot x: y", { hint: "Do z.", cause: new Error("holds a value") });
  assert.deepEqual(error.toWire(), { code: "io/failed", message: "Cannot x: y", hint: "Do z." });
  assert.deepEqual(new OvError("internal", "m").toWire(), { code: "internal", message: "m" });
  assert.equal(new OvError("internal", "m").hint, undefined);
  assert.equal("cause" in new OvError("internal", "m"), false);
});

Deno.test("OvError.fromWire() gives the same error back", () => {
  const wire: WireError = { code: "vault/locked", message: "m", hint: "h" };
  const error = OvError.fromWire(wire);
  assert.ok(error instanceof OvError);
  assert.equal(error.name, "OvError");
  assert.deepEqual(error.toWire(), wire);
});

Deno.test("OvError.fromWire() makes an unknown code internal, names of Object's own included", () => {
  for (const code of ["no/such", "toString", "__proto__", "constructor"]) {
    assert.equal(OvError.fromWire({ code, message: "m" } as unknown as WireError).code, "internal");
  }
});

Deno.test("OvError.from() names only the class of a foreign error, never its message", () => {
  const foreign = new TypeError("fake-value-in-a-message");
  const error = OvError.from(foreign);
  assert.equal(error.code, "internal");
  assert.equal(error.message, "Internal error: unexpected TypeError");
  assert.equal(error.cause, foreign);
  assert.ok(!JSON.stringify(error.toWire()).includes("fake-value"));
  assert.equal(OvError.from("fake-value").message, "Internal error: unexpected string");
  assert.equal(OvError.from(undefined).message, "Internal error: unexpected undefined");
});

Deno.test("OvError.from() gives an OvError as it is", () => {
  const error = new OvError("usage/name", "m");
  assert.equal(OvError.from(error), error);
});
