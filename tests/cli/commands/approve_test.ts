import assert from "node:assert/strict";
import type { Consent, PendingView } from "../../../src/keeper/protocol.ts";
import { MINUTE, NOW, ov } from "../fake.ts";

const CONSENT: Consent = {
  action: "run",
  app: "shop",
  env: "development",
  secrets: ["STRIPE_SECRET_KEY"],
  program: "/usr/bin/node",
  argv: ["node", "a.js", "\x1b[2Jinnocent\n"],
  workDir: "/w",
  pins: [{ path: "/w/a.js", sha256: "ab".repeat(32) }],
  warnings: ["can send the secret to the network"],
  choices: ["once", "always"],
};
const PENDING: PendingView = { id: "r1", createdAt: NOW - 3 * MINUTE, consent: CONSENT, client: "an agent 1.0" };
const ANSWER = {
  "approve.list": { pending: [PENDING] },
  "approve.decide": { consent: CONSENT, decision: "once" },
};

Deno.test("ov approve lists when nobody can be asked, with everything inbound escaped", async () => {
  const ran = await ov(["approve"], ANSWER, { columns: 200 });
  assert.equal(
    ran.out,
    `ID  ASKED          BY            WHAT
r1  3 minutes ago  an agent 1.0  STRIPE_SECRET_KEY for node a.js $'\\x1b[2Jinnocent\\n'
`,
  );
  assert.equal(ran.params("approve.decide"), undefined);
});

Deno.test("ov approve ID shows the consent in words and passes the decision on", async () => {
  for (const decision of ["once", "session", "always", "deny"] as const) {
    const ran = await ov(["approve", "r1", `--${decision}`], ANSWER);
    assert.deepEqual(ran.params("approve.decide"), { id: "r1", decision });
    assert.equal(ran.status, 0);
    assert.equal(
      ran.err,
      `Action     Run a command with secrets
Command    node a.js $'\\x1b[2Jinnocent\\n'
Program    /usr/bin/node
Directory  /w
Secrets    STRIPE_SECRET_KEY
From       shop/development
Files      /w/a.js (sha256 abababababab…)
Warning    can send the secret to the network

`,
    );
    assert.match(ran.out, decision === "deny" ? /^Denied: / : new RegExp(`^Approved \\(${decision}\\): `));
  }
});

Deno.test("ov approve lets the person choose request and answer, of those that are possible", async () => {
  const ran = await ov(["approve"], ANSWER, { terminal: true, replies: ["r1", "always"] });
  assert.deepEqual(ran.params("approve.decide"), { id: "r1", decision: "always" });
  assert.deepEqual(ran.io.questions[1]!.labels, [
    "Yes, this once",
    "Yes, always, while command and files stay as they are",
    "No",
  ]);
});

Deno.test("ov approve decides nothing when interrupted, unknown, ambiguous or unanswered", async () => {
  const interrupted = await ov(["approve"], ANSWER, { terminal: true, replies: [] });
  assert.deepEqual([interrupted.status, interrupted.params("approve.decide")], [130, undefined]);
  const cases: [string[], number][] = [
    [["r2", "--once"], 5],
    [["r1", "--once", "--deny"], 2],
    [["--once"], 2],
    [["r1"], 2],
  ];
  for (const [line, status] of cases) {
    const ran = await ov(["approve", ...line], ANSWER);
    assert.deepEqual([ran.status, ran.params("approve.decide")], [status, undefined], line.join(" "));
  }
});

Deno.test("ov approve says on stderr that nothing waits", async () => {
  const ran = await ov(["approve"], { "approve.list": { pending: [] } }, { terminal: true });
  assert.deepEqual([ran.status, ran.out, ran.err], [0, "", "Nothing is waiting for an answer.\n"]);
});

Deno.test("ov approve --json has stable shapes", async () => {
  const consent = {
    action: "run",
    app: "shop",
    env: "development",
    secrets: ["STRIPE_SECRET_KEY"],
    program: "/usr/bin/node",
    argv: CONSENT.argv,
    work_dir: "/w",
    pins: CONSENT.pins,
    warnings: CONSENT.warnings,
    choices: ["once", "always"],
  };
  assert.deepEqual((await ov(["approve", "--json"], ANSWER)).json(), {
    pending: [{ id: "r1", created_at: "2026-03-01T11:57:00.000Z", consent, client: "an agent 1.0" }],
  });
  assert.deepEqual((await ov(["approve", "r1", "--once", "--json"], ANSWER)).json(), {
    id: "r1",
    decision: "once",
    consent,
  });
});
