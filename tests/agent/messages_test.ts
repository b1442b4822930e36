import assert from "node:assert/strict";
import fc from "fast-check";
import {
  decodeFromPage,
  decodeMessage,
  encodeFromPage,
  encodeMessage,
  MAX_LIMIT_MS,
  parseControl,
  parseEvent,
  parseOpen,
} from "../../src/agent/messages.ts";

const OPEN = {
  command: "run",
  configFolder: "/home/dev/.config/x",
  cwd: "/home/dev",
  environment: { PATH: "/bin" },
  terminal: { stdin: true, stdout: true, stderr: false, size: { columns: 80, rows: 24 } },
  page: false,
};

Deno.test("parseOpen() takes what a client sends, and nothing that differs in one place", () => {
  assert.deepEqual(parseOpen(OPEN), OPEN);
  assert.deepEqual(parseOpen({ ...OPEN, command: "mcp", terminal: null })?.command, "mcp");
  const wrong: unknown[] = [
    null,
    [],
    "run",
    { ...OPEN, command: "export" },
    { ...OPEN, cwd: "relative" },
    { ...OPEN, cwd: "/a\0b" },
    { ...OPEN, configFolder: 1 },
    { ...OPEN, environment: null },
    { ...OPEN, environment: { A: 1 } },
    { ...OPEN, page: "yes" },
    { ...OPEN, terminal: {} },
    { ...OPEN, terminal: { ...OPEN.terminal, stdin: 1 } },
    { ...OPEN, terminal: { ...OPEN.terminal, size: { columns: -1, rows: 24 } } },
    { ...OPEN, terminal: { ...OPEN.terminal, size: { columns: 70_000, rows: 24 } } },
  ];
  for (const value of wrong) assert.equal(parseOpen(value), null, JSON.stringify(value));
});

Deno.test("parseEvent() takes the signals that are passed on and no other", () => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"]) assert.ok(parseEvent({ t: "signal", signal }));
  for (const signal of ["SIGKILL", "SIGSTOP", "SIGUSR1", "", 9]) {
    assert.equal(parseEvent({ t: "signal", signal }), null);
  }
  assert.ok(parseEvent({ t: "resize", size: { columns: 1, rows: 1 } }));
  assert.equal(parseEvent({ t: "resize", size: { columns: 1.5, rows: 1 } }), null);
  assert.equal(parseEvent({ t: "no-entry", error: "no" }), null);
  assert.equal(parseEvent({ t: "unlock" }), null);
});

Deno.test("parseControl() takes four requests, with limits that end", () => {
  for (const t of ["status", "lock", "stop"] as const) assert.deepEqual(parseControl({ t, more: 1 }), { t });
  assert.ok(parseControl({ t: "unlock", limits: { forMs: 1, idleMs: MAX_LIMIT_MS } }));
  for (const forMs of [0, -1, 1.5, MAX_LIMIT_MS + 1, Infinity, "1", null]) {
    assert.equal(parseControl({ t: "unlock", limits: { forMs, idleMs: 1 } }), null);
  }
  assert.equal(parseControl({ t: "export" }), null);
});

Deno.test("encodeFromPage() and decodeFromPage() keep every entry byte for byte", () => {
  fc.assert(fc.property(fc.uint8Array(), fc.uint8Array(), fc.string(), (password, value, id) => {
    const answer = { decision: "accept", forMs: null, remember: false } as const;
    const entries = { password: Uint8Array.from(password), value: Uint8Array.from(value) };
    const message = { t: "answer", id, answer: { ...answer, ...entries } } as const;
    assert.deepEqual(decodeFromPage(encodeFromPage(message)), message);
    assert.deepEqual(decodeFromPage(encodeFromPage({ t: "asked", id, address: null })), {
      t: "asked",
      id,
      address: null,
    });
  }));
});

Deno.test("encodeFromPage() puts no entry into the text", () => {
  const password = new TextEncoder().encode("correct horse");
  const answer = { decision: "once", forMs: null, remember: false, password, value: new Uint8Array(0) } as const;
  const bytes = encodeFromPage({ t: "answer", id: "x", answer });
  const length = new DataView(bytes.buffer).getUint32(0);
  assert.ok(!new TextDecoder().decode(bytes.subarray(4, 4 + length)).includes("horse"));
});

Deno.test("decodeFromPage() and decodeMessage() bear any bytes", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
    decodeFromPage(Uint8Array.from(bytes));
    decodeMessage(bytes);
  }));
  const cut = encodeFromPage({ t: "opened", id: "x" });
  for (let size = 0; size < cut.byteLength; size++) assert.equal(decodeFromPage(cut.slice(0, size)), null);
  assert.deepEqual(decodeMessage(encodeMessage({ a: [1] })), { a: [1] });
});
