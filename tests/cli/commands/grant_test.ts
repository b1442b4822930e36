import assert from "node:assert/strict";
import { MINUTE, NOW, ov } from "../fake.ts";
import { GRANT, GRANT_TEXT } from "../grant_fixture.ts";

const ADDED = { "grant.add": { grant: GRANT, warnings: ["prints its environment"] } };

Deno.test("ov grant add passes the exact command on, and shows the grant with warnings", async () => {
  const ran = await ov(["grant", "add", "--secrets", "A,B", "--", "node", "x", "--once"], ADDED);
  assert.deepEqual(ran.params("grant.add"), {
    argv: ["node", "x", "--once"],
    secrets: ["A", "B"],
    use: "always",
    until: null,
  });
  assert.equal(ran.out, GRANT_TEXT);
  assert.equal(ran.err, "warning: prints its environment\n");
});

Deno.test("ov grant add --once and --for limit it", async () => {
  const once = await ov(["grant", "add", "--secrets", "A", "--once", "x"], ADDED);
  assert.deepEqual(once.params("grant.add"), { argv: ["x"], secrets: ["A"], use: "once", until: null });
  const until = await ov(["grant", "add", "--secrets", "A", "--for", "8h", "x"], ADDED);
  assert.deepEqual(until.params("grant.add"), {
    argv: ["x"],
    secrets: ["A"],
    use: "until",
    until: NOW + 480 * MINUTE,
  });
});

Deno.test("ov grant add refuses half a request", async () => {
  const lines = [["x"], ["--secrets", "A"], ["--secrets", "A", "--once", "--for", "1h", "x"], ["--secrets", "", "x"]];
  for (const line of lines) {
    const ran = await ov(["grant", "add", ...line], ADDED);
    assert.deepEqual([ran.status, ran.params("grant.add")], [2, undefined], line.join(" "));
  }
});

Deno.test("ov grant list shows each grant in words, and its stable shape", async () => {
  const expired = { ...GRANT, id: "g2", use: "until" as const, until: NOW - 1, uses: 0, lastUsedAt: null };
  const ran = await ov(["grant", "list"], { "grant.list": { grants: [GRANT, expired] } });
  assert.ok(ran.out.startsWith(`${GRANT_TEXT}\nGrant      g2\n`));
  assert.match(ran.out, /Lasts +expired\nUsed +never\n$/);
  const empty = await ov(["grant", "list"], { "grant.list": { grants: [] } });
  assert.deepEqual([empty.out, empty.err], ["", "No grants in shop/development.\n"]);
  assert.deepEqual((await ov(["grant", "list", "--json"], { "grant.list": { grants: [GRANT] } })).json(), {
    grants: [{
      id: "g7k2m",
      app: "shop",
      env: "development",
      secrets: ["STRIPE_SECRET_KEY"],
      program: "/usr/bin/node",
      argv: ["scripts/a b.js"],
      work_dir: "/w",
      pins: [{ path: "/w/scripts/a b.js", sha256: "0123456789abcdef".repeat(4) }],
      trees: [],
      use: "always",
      until: null,
      created_at: "2026-02-28T12:00:00.000Z",
      last_used_at: "2026-03-01T11:55:00.000Z",
      uses: 2,
    }],
  });
});

Deno.test("ov grant revoke names it", async () => {
  const ran = await ov(["grant", "revoke", "g7k2m"], { "grant.revoke": {} });
  assert.deepEqual(ran.params("grant.revoke"), { id: "g7k2m" });
  assert.equal(ran.out, "Revoked g7k2m.\n");
  assert.deepEqual((await ov(["grant", "revoke", "g7k2m", "--json"], { "grant.revoke": {} })).json(), { id: "g7k2m" });
});
