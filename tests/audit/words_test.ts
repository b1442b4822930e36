import assert from "node:assert/strict";
import { isAlarm, readEntry, whoOf, wordsOf } from "../../src/audit/mod.ts";

const REF = { app: "shop", env: "staging" };
const RUN = {
  action: "run",
  origin: "agent",
  ...REF,
  secrets: ["A", "B"],
  program: "/usr/bin/node",
  files: ["/p/x.js"],
};

const TABLE: readonly [Record<string, unknown>, string][] = [
  [{ action: "init" }, "vault made"],
  [
    { ...RUN, reason: "grant 0123456789abcdef0123456789abcdef" },
    "ran node x.js with A, B of shop/staging (grant 01234567)",
  ],
  [{ ...RUN, secrets: [], raw: true }, "ran node x.js with no secret of shop/staging, output NOT masked"],
  [{ action: "get", ...REF, secrets: ["A"] }, "showed A of shop/staging in plain text"],
  [{ action: "import", ...REF, secrets: [] }, "imported nothing of shop/staging"],
  [{ action: "canary", ...REF, secrets: ["A"], op: "mcp.run" }, "CANARY touched: A of shop/staging (mcp.run), refused"],
  [{ action: "policy", ...REF, mode: "open", previous: "ask" }, "set the policy of shop/staging to open, was ask"],
  [
    { action: "grant", ...REF, program: "/bin/sh", secrets: ["A"], use: "always", grant: "0123456789" },
    "granted sh A of shop/staging, always (grant 01234567)",
  ],
  [{ action: "approve", ...REF, program: "/bin/sh", secrets: ["A"], decision: "deny" }, "refused sh A of shop/staging"],
  [{ action: "unlock", forMs: 28_800_000 }, "unlocked the agent for 8 h"],
  [{ action: "machine-key-create", ...REF, name: "ci" }, "made the machine key ci of shop/staging"],
  [{ action: "authorize", origin: "page" }, "authorised an agent's connection (on the page)"],
  [
    { action: "denied", ...REF, op: "run", code: "policy/denied", program: "curl", secrets: ["A"] },
    "refused curl A of shop/staging (policy/denied)",
  ],
  [{ action: "denied", code: "policy/denied" }, "refused (policy/denied)"],
  [
    { action: "intercepted", op: "mcp.run", ...REF, secrets: ["A"], passed: false },
    "refused a call that held the value of A of shop/staging (mcp.run)",
  ],
  [
    { action: "intercepted", op: "vault_run", rule: "jwt", passed: true },
    "let through a call that held a jwt (vault_run)",
  ],
];

Deno.test("wordsOf() says what each entry means", () => {
  for (const [entry, words] of TABLE) assert.equal(wordsOf(entry), words);
});

Deno.test("wordsOf() and readEntry() take whatever is stored, and name what they do not know", () => {
  for (const stored of [null, undefined, 7, "x", [], {}, { action: 7 }]) {
    assert.equal(wordsOf(stored), "unknown");
    assert.equal(whoOf(stored), "-");
    assert.equal(isAlarm(stored), false);
  }
  assert.equal(wordsOf({ action: "from-the-future", secrets: 7 }), "from-the-future");
  assert.equal(wordsOf({ action: "toString" }), "toString");
  for (const [{ action }] of TABLE) {
    assert.equal(typeof wordsOf({ action, secrets: [7], app: {}, program: null }), "string");
  }
  assert.deepEqual(readEntry({ action: "x", a: 1 }), { action: "x", a: 1 });
});

Deno.test("whoOf() and isAlarm() tell who asked, and what somebody should look at", () => {
  assert.deepEqual(["agent", "human", "page", "terminal", "x"].map((origin) => whoOf({ action: "run", origin })), [
    "agent",
    "human",
    "human",
    "human",
    "-",
  ]);
  assert.deepEqual(TABLE.filter(([entry]) => isAlarm(entry)).map(([{ action }]) => action), [
    "canary",
    "denied",
    "denied",
    "intercepted",
    "intercepted",
  ]);
});
