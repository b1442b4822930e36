/** Each client against the real `ov mcp`. */
import assert from "node:assert/strict";
import { inspect } from "./inspector.ts";
import { toolErrorOf } from "./line_client.ts";
import { FAKE_VALUE, holdsValue, mcpCommand, projectWorld } from "./ov_world.ts";
import { PEERS, type User } from "./sdk_clients.ts";

const PIN = JSON.parse(await Deno.readTextFile(new URL("../pins/mcp_tools.json", import.meta.url)));
const SHOW = { command: ["node", "show.js"], secrets: ["STRIPE_SECRET_KEY"] };

for (const [name, connect] of PEERS) {
  Deno.test(`${name} gets a command run by ov mcp, is asked, and never sees the value`, async () => {
    await using world = await projectWorld();
    const user: User = { answer: { action: "accept", content: { decision: "once" } }, shown: [] };
    const client = await connect(mcpCommand(world), user);
    assert.deepEqual((await client.listTools()).tools, PIN.tools);
    const result = await client.callTool({ name: "vault_run", arguments: SHOW });
    assert.ok(!result.isError);
    assert.equal(result.structuredContent.exit_code, 0);
    assert.match(result.structuredContent.stdout, new RegExp(`^length ${FAKE_VALUE.length} as is \\[ov:`));
    assert.ok(!holdsValue(JSON.stringify(result)));
    assert.equal(user.shown.length, 1);
    assert.ok(!holdsValue(user.shown[0]!));
    user.answer = { action: "decline" };
    assert.equal(toolErrorOf(await client.callTool({ name: "vault_run", arguments: SHOW })).code, "policy/denied");
    const list = await client.callTool({ name: "vault_list_secrets", arguments: {} });
    assert.deepEqual(list.structuredContent.secrets.map((secret: { name: string }) => secret.name).sort(), [
      "DATABASE_URL",
      "STRIPE_SECRET_KEY",
    ]);
    await client.close();
  });
}

Deno.test("the Inspector lists and calls the tools of ov mcp", async () => {
  await using world = await projectWorld();
  const list = await inspect(mcpCommand(world), ["--method", "tools/list", "--strict"]);
  assert.deepEqual(JSON.parse(list.stdout).tools, PIN.tools, list.stderr);
  const call = await inspect(mcpCommand(world), [
    ...["--method", "tools/call", "--tool-name", "vault_secret_exists"],
    ...["--tool-arg", "name=STRIPE_SECRET_KEY"],
  ]);
  assert.equal(JSON.parse(call.stdout).structuredContent.exists, true, call.stderr);
});
