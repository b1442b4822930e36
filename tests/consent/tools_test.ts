/** What the tools do with the page, by a client that can show no form and a person who answers by hand. */
import assert from "node:assert/strict";
import { toolErrorOf } from "../mcp/line_client.ts";
import { HandTab } from "./hand_tab.ts";
import { PageWorld, PASSWORD } from "./page_world.ts";

const RUN = { command: ["node", "show.js"], secrets: ["STRIPE_SECRET_KEY"] };

/** Opens what `ov` has opened, and answers it. */
async function answer(page: PageWorld, decision: string, value = ""): Promise<{ shown: string; state: string }> {
  const tab = new HandTab(await page.opened());
  const shown = await tab.open();
  const { state } = await tab.answer(decision, decision === "deny" ? "" : PASSWORD, value);
  return { shown, state };
}

Deno.test("deleting and replacing are asked about on the page, where the client can not ask", async () => {
  await using page = await PageWorld.start();
  const { client } = page;
  await client.initialize();
  const made = client.tool("vault_create_secret", { name: "SESSION_SECRET", generate: {} });
  await answer(page, "accept");
  assert.equal((await made).structuredContent.version, 1);
  const kept = client.tool("vault_delete_secret", { name: "SESSION_SECRET" });
  const refused = await answer(page, "deny");
  assert.match(refused.shown, /An agent wants to delete a secret/);
  assert.equal(toolErrorOf(await kept).code, "policy/denied");
  const replaced = client.tool("vault_update_secret", { name: "SESSION_SECRET", generate: {} });
  assert.match((await answer(page, "once")).shown, /An agent wants to replace a secret/);
  assert.equal((await replaced).structuredContent.version, 2);
  const deleted = client.tool("vault_delete_secret", { name: "SESSION_SECRET" });
  await answer(page, "once");
  assert.match((await deleted).structuredContent.recoverable_until, /^\d{4}-/);
});

Deno.test("a wrong password on the page is in the log, once the vault is open", async () => {
  await using page = await PageWorld.start();
  const { client, world } = page;
  await client.initialize();
  const call = client.tool("vault_run", RUN);
  await answer(page, "accept");
  const tab = new HandTab(await page.opened());
  await tab.open();
  assert.equal((await tab.answer("always", "not-the-password")).state, "again");
  assert.equal((await tab.answer("deny", "")).state, "refused");
  assert.equal(toolErrorOf(await call).code, "policy/denied");
  const { entries } = await world.json(["audit"]) as { entries: { text: string }[] };
  const texts = entries.map(({ text }) => text).filter((text) => text.startsWith("refused"));
  assert.deepEqual(texts, [
    "refused node STRIPE_SECRET_KEY of default/development (vault/wrong-password)",
    "refused node STRIPE_SECRET_KEY of default/development (policy/denied)",
  ]);
});

Deno.test("a value for a secret that exists replaces it, and one for a secret that does not is refused before asking", async () => {
  await using page = await PageWorld.start();
  const { client } = page;
  await client.initialize();
  const call = client.tool("vault_update_secret", { name: "DATABASE_URL" });
  await answer(page, "accept");
  assert.match((await answer(page, "accept", "a-new-made-up-value")).shown, /Enter a new value for a secret/);
  assert.deepEqual((await call).structuredContent, { name: "DATABASE_URL", version: 2 });
  assert.equal(toolErrorOf(await client.tool("vault_update_secret", { name: "NOPE" })).code, "secret/not-found");
  assert.equal(toolErrorOf(await client.tool("vault_create_secret", { name: "DATABASE_URL" })).code, "secret/exists");
  assert.equal(page.openedCount, 2);
});

Deno.test("an always of the page is a grant that outlives the connection, and a choice that is not offered is none", async () => {
  await using page = await PageWorld.start();
  const { client } = page;
  await client.initialize();
  const call = client.tool("vault_run", RUN);
  await answer(page, "accept");
  assert.equal((await answer(page, "always")).state, "allowed");
  assert.equal((await call).structuredContent.exit_code, 0);
  const { grants } = await page.world.json(["grant", "list"]) as { grants: { use: string }[] };
  assert.deepEqual(grants.map(({ use }) => use), ["always"]);
  const inline = client.tool("vault_run", { command: ["node", "-e", "1"], secrets: ["STRIPE_SECRET_KEY"] });
  const tab = new HandTab(await page.opened());
  assert.match(await tab.open(), /Look twice/);
  for (const decision of ["always", "session", "accept"]) {
    assert.equal((await tab.answer(decision, PASSWORD)).state, "again", decision);
  }
  assert.equal((await tab.answer("once", PASSWORD)).state, "allowed");
  assert.equal((await inline).structuredContent.exit_code, 0);
  const status = (await client.tool("vault_status")).structuredContent;
  assert.equal(status.runs, 2);
  assert.equal(status.allowed.length, 2);
});

Deno.test("a vault that the agent has unlocked is not an authorised connection: the page asks, and can remember", async () => {
  const first = await PageWorld.start();
  const { world } = first;
  await first.end();
  await world.ovUnlocked(["unlock"]);
  try {
    // Each connection is a process of the same program, started in the same way.
    for (const [expected, remembered] of [[1, false], [1, true], [0, true]] as const) {
      const page = await PageWorld.start({ world });
      const before = page.openedCount;
      await page.client.initialize({ elicitation: { form: {} } });
      page.client.onRequest = () => ({ action: "accept", content: { decision: "once" } });
      const listed = (await page.client.tool("vault_list_secrets")).structuredContent;
      assert.equal(listed.secrets.length, 2);
      const call = page.client.tool("vault_run", RUN);
      if (expected === 1) {
        const tab = new HandTab(await page.opened(before));
        assert.match(await tab.open(), /the answers that you give in the agent/);
        assert.equal((await tab.answer("accept", PASSWORD, "", remembered)).state, "allowed");
      }
      assert.equal((await call).structuredContent.exit_code, 0);
      assert.equal(page.openedCount - before, expected);
      await page.end();
    }
  } finally {
    await world.ovUnlocked(["agent", "stop"]);
    await world[Symbol.asyncDispose]();
  }
});
