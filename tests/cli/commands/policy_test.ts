import assert from "node:assert/strict";
import { ov } from "../fake.ts";
import { GRANT, GRANT_TEXT } from "../grant_fixture.ts";

Deno.test("ov policy show explains the mode and lists grants", async () => {
  const answer = { "policy.show": { app: "shop", env: "development", mode: "ask" as const, grants: [GRANT] } };
  assert.equal(
    (await ov(["policy", "show"], answer)).out,
    `shop/development: ask (ask before a command gets secrets, unless a grant covers it)\n\n${GRANT_TEXT}`,
  );
  const json = (await ov(["policy", "show", "--json"], answer)).json() as Record<string, unknown>;
  assert.deepEqual([json["app"], json["env"], json["mode"]], ["shop", "development", "ask"]);
});

Deno.test("ov policy set takes the three modes and no other", async () => {
  for (const mode of ["ask", "listed", "open"] as const) {
    const answer = { "policy.set": { app: "shop", env: "development", mode, previous: "ask" as const } };
    const ran = await ov(["policy", "set", mode], answer);
    assert.deepEqual(ran.params("policy.set"), { mode });
    assert.match(ran.out, new RegExp(`^shop/development: ${mode}, was ask \\(`));
    assert.deepEqual((await ov(["policy", "set", mode, "--json"], answer)).json(), answer["policy.set"]);
  }
  const ran = await ov(["policy", "set", "everything"]);
  assert.deepEqual([ran.status, ran.calls.length], [2, 0]);
});
