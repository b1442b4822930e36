/** The two SDKs' clients against a process around the fake keeper. */
import assert from "node:assert/strict";
import { toolErrorOf } from "./line_client.ts";
import { PEERS, type User } from "./sdk_clients.ts";
import { fakeServer } from "./servers.ts";

const PIN = JSON.parse(await Deno.readTextFile(new URL("../pins/mcp_tools.json", import.meta.url)));
const RUN = { command: ["node", "x.js"], secrets: ["STRIPE_SECRET_KEY"] };

for (const [name, connect] of PEERS) {
  Deno.test(`${name} lists the pinned tools and takes every result`, async () => {
    const client = await connect(fakeServer());
    const { tools } = await client.listTools();
    assert.deepEqual(tools, PIN.tools);
    const calls: [string, Record<string, unknown>][] = [
      ["vault_run", RUN],
      ["vault_list_secrets", {}],
      ["vault_secret_exists", { name: "STRIPE_SECRET_KEY" }],
      ["vault_create_secret", { name: "A", generate: { length: 16, charset: "hex" } }],
      ["vault_update_secret", { name: "A", generate: {} }],
      ["vault_delete_secret", { name: "A" }],
      ["vault_status", {}],
    ];
    for (const [tool, args] of calls) {
      const result = await client.callTool({ name: tool, arguments: args });
      assert.ok(!result.isError, tool);
      assert.deepEqual(JSON.parse(result.content[0].text), result.structuredContent);
    }
    const refused = await client.callTool({ name: "vault_run", arguments: { command: "node", secrets: [] } });
    assert.equal(toolErrorOf(refused).code, "usage/invalid");
    await client.close();
  });

  Deno.test(`${name} asks its user, and the answer decides`, async () => {
    const user: User = { answer: { action: "accept", content: { decision: "once" } }, shown: [] };
    const client = await connect(fakeServer({ asks: true }), user);
    const allowed = await client.callTool({ name: "vault_run", arguments: RUN });
    assert.equal(allowed.structuredContent.exit_code, 0);
    assert.equal(user.shown.length, 1);
    assert.match(user.shown[0]!, /Secrets: "STRIPE_SECRET_KEY"\n/);
    user.answer = { action: "decline" };
    const refused = await client.callTool({ name: "vault_run", arguments: RUN });
    assert.equal(toolErrorOf(refused).code, "policy/denied");
    await client.close();
  });

  Deno.test(`${name} without forms gets the line to run`, async () => {
    const client = await connect(fakeServer({ asks: true }));
    const refused = await client.callTool({ name: "vault_run", arguments: RUN });
    assert.equal(toolErrorOf(refused).hint, "Run in a terminal: ov approve 7f3a");
    await client.close();
  });

  Deno.test(`${name} sees progress and can cancel`, async () => {
    const client = await connect(fakeServer({ untilCancelled: { reports: 2 } }));
    const controller = new AbortController();
    const seen: number[] = [];
    const call = client.callTool(
      { name: "vault_run", arguments: RUN },
      ...(name === "the v1 client" ? [undefined] : []),
      {
        signal: controller.signal,
        onprogress: ({ progress }: { progress: number }) => {
          seen.push(progress);
          if (progress === 2) controller.abort("enough");
        },
      },
    );
    await assert.rejects(call);
    assert.deepEqual(seen, [1, 2]);
    assert.ok(!(await client.callTool({ name: "vault_status", arguments: {} })).isError);
    await client.close();
  });
}
