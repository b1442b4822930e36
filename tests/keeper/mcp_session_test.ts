import assert from "node:assert/strict";
import { OvError } from "../../src/base/mod.ts";
import { McpSession, notAuthorized } from "../../src/keeper/mcp_session.ts";
import type { Grant } from "../../src/policy/mod.ts";

const NOW = 1_000_000;
const TEN_MINUTES_MS = 600_000;
const ALL = ["once", "session", "always"] as const;

function authorized(): McpSession {
  const session = new McpSession(NOW);
  session.authorize();
  return session;
}

const refused = (code: string, message: RegExp) => (error: unknown) =>
  error instanceof OvError && error.code === code && message.test(error.message) && error.hint !== undefined;
const foreign = refused("policy/denied", /does not belong to this question/);
const no = refused("policy/denied", /the user said no/);

Deno.test("McpSession.answer() gives what was chosen, once", () => {
  for (const decision of ALL) {
    const session = authorized();
    const state = session.ask("f", ALL, NOW);
    assert.equal(session.answer({ state, decision }, "f", NOW), decision);
    assert.throws(() => session.answer({ state, decision }, "f", NOW), foreign);
  }
});

Deno.test("McpSession.answer() refuses an answer to a question about something else, and spends it", () => {
  const session = authorized();
  const state = session.ask("rm a", ALL, NOW);
  assert.throws(() => session.answer({ state, decision: "once" }, "rm b", NOW), foreign);
  assert.throws(() => session.answer({ state, decision: "once" }, "rm a", NOW), foreign);
});

Deno.test("McpSession.answer() refuses a state that was never handed out, or by another connection", () => {
  const session = authorized();
  const elsewhere = authorized().ask("f", ALL, NOW);
  for (const state of ["", "x", elsewhere, "__proto__"]) {
    assert.throws(() => session.answer({ state, decision: "once" }, "f", NOW), foreign);
  }
});

Deno.test("McpSession.answer() refuses an answer that comes too late", () => {
  const session = authorized();
  const inTime = session.ask("f", ALL, NOW);
  assert.equal(session.answer({ state: inTime, decision: "once" }, "f", NOW + TEN_MINUTES_MS), "once");
  const late = session.ask("f", ALL, NOW);
  assert.throws(() => session.answer({ state: late, decision: "once" }, "f", NOW + TEN_MINUTES_MS + 1), foreign);
});

Deno.test("McpSession.answer() refuses what was not among the choices, and a no", () => {
  const session = authorized();
  for (const decision of ["session", "always", "deny"] as const) {
    const state = session.ask("f", ["once"], NOW);
    assert.throws(() => session.answer({ state, decision }, "f", NOW), no);
    assert.throws(() => session.answer({ state, decision: "once" }, "f", NOW), foreign);
  }
});

Deno.test("McpSession.answer() counts nothing on a connection that nobody authorised", () => {
  const session = new McpSession(NOW);
  const state = session.ask("f", ALL, NOW);
  assert.throws(
    () => session.answer({ state, decision: "once" }, "f", NOW),
    refused("policy/not-authorized", /nobody/),
  );
  session.authorize();
  assert.throws(() => session.answer({ state, decision: "once" }, "f", NOW), foreign);
});

Deno.test("McpSession.ask() keeps 64 questions and lets the oldest go", () => {
  const session = authorized();
  const states = Array.from({ length: 65 }, (_, i) => session.ask(`f${i}`, ALL, NOW));
  assert.throws(() => session.answer({ state: states[0]!, decision: "once" }, "f0", NOW), foreign);
  for (let i = 1; i < 65; i++) {
    assert.equal(session.answer({ state: states[i]!, decision: "once" }, `f${i}`, NOW), "once");
  }
});

Deno.test("McpSession.ask() hands out references of 128 random bits that say nothing", () => {
  const session = authorized();
  const states = Array.from({ length: 50 }, () => session.ask("fingerprint", ALL, NOW));
  assert.equal(new Set(states).size, 50);
  for (const state of states) assert.match(state, /^[A-Za-z0-9_-]{22}$/);
});

Deno.test("McpSession keeps grants of its own until they are dropped", () => {
  const session = authorized();
  const grant = (id: string) => ({ id }) as Grant;
  session.addGrant(grant("a"));
  session.addGrant(grant("b"));
  session.dropGrant("a");
  assert.deepEqual(session.grants.map(({ id }) => id), ["b"]);
  assert.deepEqual(authorized().grants, []);
});

Deno.test("McpSession has an id of its own and starts unauthorised", () => {
  const [a, b] = [new McpSession(NOW), new McpSession(NOW)];
  assert.match(a.id, /^[0-9a-f]{32}$/);
  assert.notEqual(a.id, b.id);
  assert.equal(a.isAuthorized, false);
  assert.equal(a.startedAt, NOW);
  assert.equal(notAuthorized().code, "policy/not-authorized");
});
