import assert from "node:assert/strict";
import { MINUTE, NOW, ov } from "../fake.ts";

Deno.test("ov secret canary names what it put, and never a value", async () => {
  const answers = { "secret.canary": { app: "shop", env: "development" } };
  const ran = await ov(["secret", "canary", "ADMIN_KEY"], answers);
  assert.deepEqual(ran.params("secret.canary"), { name: "ADMIN_KEY" });
  assert.equal(ran.out, "Put the canary ADMIN_KEY in shop/development.\n");
  assert.equal((await ov(["secret", "canary", "ADMIN_KEY", "value"], answers)).status, 2);
});

Deno.test("ov status says that a canary was touched", async () => {
  const report = {
    version: "1.2.3",
    vaultFolder: "/v",
    vaultExists: true,
    formatVersion: 1,
    sizeBytes: 1024,
    context: {
      app: "a",
      env: "e",
      appFrom: "default",
      envFrom: "default",
      projectFile: null,
      secrets: [],
    },
    bound: null,
    programs: "any",
    syncHost: null,
    canaries: { touches: 2, lastAt: NOW - 5 * MINUTE },
  } as const;
  const answers = { status: report, "agent.status": { agent: null } };
  assert.match((await ov(["status"], answers)).out, /^Canaries +TOUCHED 2 times, last 5 minutes ago: see ov audit$/m);
  const json = (await ov(["status", "--json"], answers)).json() as { canaries: unknown };
  assert.deepEqual(json.canaries, { touches: 2, last_at: "2026-03-01T11:55:00.000Z" });
  const quiet = await ov(["status"], { ...answers, status: { ...report, canaries: null } });
  assert.ok(!quiet.out.includes("Canaries"));
});

Deno.test("ov policy intercept says what becomes of calls that hold a secret", async () => {
  const done = { app: "shop", env: "development", mode: "warn", previous: "block" } as const;
  const ran = await ov(["policy", "intercept", "warn"], { "policy.intercept": done });
  assert.deepEqual(ran.params("policy.intercept"), { mode: "warn" });
  assert.match(
    ran.out,
    /^shop\/development: warn, was block \(calls that hold a secret are let through, and recorded\)/,
  );
  assert.equal((await ov(["policy", "intercept", "off"], { "policy.intercept": done })).status, 2);
});
