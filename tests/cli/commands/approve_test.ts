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
  "approve.decide": { id: "r1", consent: CONSENT, decision: "once" as const },
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

Deno.test("ov approve ID passes the decision on, or leaves it to the keeper to ask", async () => {
  for (const decision of ["once", "session", "always", "deny"] as const) {
    const ran = await ov(["approve", "r1", `--${decision}`], {
      "approve.decide": { id: "r1", consent: CONSENT, decision },
    });
    assert.deepEqual(ran.params("approve.decide"), { id: "r1", decision });
    assert.equal(ran.status, 0);
    assert.match(ran.out, decision === "deny" ? /^Denied: / : new RegExp(`^Approved \\(${decision}\\): `));
    assert.match(ran.out, /STRIPE_SECRET_KEY for node a\.js \$'\\x1b\[2Jinnocent\\n'/);
  }
  const asked = await ov(["approve", "r1"], ANSWER);
  assert.deepEqual(asked.params("approve.decide"), { id: "r1", decision: null });
});

Deno.test("ov approve without a request lets the keeper ask on a terminal", async () => {
  const ran = await ov(["approve"], ANSWER, { terminal: true });
  assert.deepEqual(ran.params("approve.decide"), { id: null, decision: null });
  assert.equal(ran.params("approve.list"), undefined);
});

Deno.test("ov approve decides nothing when the answer is ambiguous or belongs to no request", async () => {
  for (const line of [["r1", "--once", "--deny"], ["--once"]]) {
    const ran = await ov(["approve", ...line], ANSWER);
    assert.deepEqual([ran.status, ran.params("approve.decide")], [2, undefined], line.join(" "));
  }
});

Deno.test("ov approve says on stderr that nothing waits", async () => {
  const ran = await ov(["approve"], { "approve.decide": null }, { terminal: true });
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
