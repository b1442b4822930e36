import assert from "node:assert/strict";
import { ov } from "../fake.ts";

const OK = { name: "vault", result: "ok" as const, message: "opens", hint: null };
const WARNING = { name: "terminal", result: "warning" as const, message: "there is none", hint: "Use one." };
const PROBLEM = { name: "modes", result: "problem" as const, message: "others can read it", hint: "chmod 700" };

Deno.test("ov doctor lists checks with what to do, and fails only on a problem", async () => {
  const fine = await ov(["doctor"], { doctor: { checks: [OK, WARNING] } });
  assert.equal(fine.status, 0);
  assert.equal(
    fine.out,
    `ok       vault     opens
warning  terminal  there is none
                   Use one.

0 problems, 1 warning
`,
  );
  assert.equal((await ov(["doctor"], { doctor: { checks: [OK, PROBLEM] } })).status, 1);
});

Deno.test("ov doctor --json has a stable shape and the same status", async () => {
  const ran = await ov(["doctor", "--json"], { doctor: { checks: [PROBLEM] } });
  assert.equal(ran.status, 1);
  assert.deepEqual(ran.json(), { checks: [PROBLEM], problems: 1, warnings: 0 });
});
