/** The audit log and canaries with real processes. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { startMcp } from "../mcp/ov_world.ts";
import { toolErrorOf } from "../mcp/line_client.ts";
import { type Json } from "../mcp/line_client.ts";
import { refused } from "./assertions.ts";
import { World } from "./ov.ts";

interface Entry {
  sequence: number;
  text: string;
  entry: { action: string; secrets?: string[]; origin?: string };
}

async function log(world: World): Promise<Entry[]> {
  return (await world.json(["audit", "--last", "1000"]))["entries"] as Entry[];
}

Deno.test("a canary that an agent asks for is refused, and status and audit tell of it", async () => {
  await using world = await World.withVault();
  await world.json(["secret", "canary", "STRIPE_ADMIN_KEY"]);
  const before = await world.ov(["status"]);
  assert.ok(!before.stdout.includes("Canaries"), before.stdout);
  {
    await using mcp = startMcp(world);
    await mcp.client.initialize();
    const listed: Json = await mcp.client.tool("vault_list_secrets");
    assert.deepEqual(listed.structuredContent.secrets.map(({ name }: Json) => name), ["STRIPE_ADMIN_KEY"]);
    assert.ok(!JSON.stringify(listed).includes("canary"));
    const touched = await mcp.client.tool("vault_run", { command: ["true"], secrets: ["STRIPE_ADMIN_KEY"] });
    assert.equal(toolErrorOf(touched).code, "secret/canary");
    // A person who listens on the agent's channel for the value hears nothing of it.
    assert.ok(mcp.client.lines.every((line) => !line.includes("sk_" + "live_")));
  }
  // Nobody has to unlock anything to see that it happened.
  const after = await world.ov(["status"]);
  assert.match(after.stdout, /^Canaries +TOUCHED 1 time, last .*: see ov audit$/m);
  refused(
    await world.ovUnlocked(["run", "--secrets", "STRIPE_ADMIN_KEY", "--", "true"]),
    4,
    /STRIPE_ADMIN_KEY is not for use/,
  );
  const entries = await log(world);
  assert.deepEqual(
    entries.filter(({ entry }) => entry.action === "canary").map(({ entry }) => [entry.origin, entry.secrets]),
    [["agent", ["STRIPE_ADMIN_KEY"]], ["human", ["STRIPE_ADMIN_KEY"]]],
  );
  assert.ok(!(await world.ov(["status"])).stdout.includes("Canaries"));
  const verified = await world.ovUnlocked(["audit", "--verify"]);
  assert.match(verified.stdout, /^The audit log is whole: \d+ entries, each chained to the one before\.\n$/);
});

Deno.test("processes that run at once keep one chain, with an entry for each run", async () => {
  await using world = await World.withVault();
  await world.json(["secret", "set", "API_KEY", "--stdin"], { stdin: "fake-api-value-5b9e21" });
  const runs = 6;
  const ended = await Promise.all(
    Array.from({ length: runs }, () => world.ovUnlocked(["run", "--secrets", "API_KEY", "--", "true"])),
  );
  for (const { code, stderr } of ended) assert.equal(code, 0, stderr);
  const entries = await log(world);
  assert.deepEqual(entries.map(({ sequence }) => sequence), entries.map((_, i) => i + 1));
  assert.equal(entries.filter(({ entry }) => entry.action === "run").length, runs);
  assert.equal((await world.json(["audit", "--verify"]))["whole"], true);
});

Deno.test("ov audit needs the password, and refuses a log that was cut", async () => {
  await using world = await World.withVault();
  await world.json(["secret", "set", "API_KEY", "--stdin"], { stdin: "fake-api-value-5b9e21" });
  refused(await world.ov(["--non-interactive", "audit"]), 3, /Cannot unlock the vault/);
  // The database of before, beside the one of now: a record less than the manifest counts.
  const { DatabaseSync } = await import("node:sqlite");
  const { KIND } = await import("../../src/vault/mod.ts");
  const database = new DatabaseSync(join(world.ovHome, "vault.db"));
  database.exec(
    `DELETE FROM record WHERE kind = ${KIND.audit} AND id = (SELECT max(id) FROM record WHERE kind = ${KIND.audit})`,
  );
  database.close();
  for (const line of [["audit"], ["audit", "--verify"]]) {
    refused(await world.ovUnlocked(line), 6, /the audit log has \d+ of \d+ records/);
  }
});
