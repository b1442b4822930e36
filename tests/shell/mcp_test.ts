/** `ov mcp` in the hands of somebody with a shell. */
import assert from "node:assert/strict";
import { toolErrorOf } from "../mcp/line_client.ts";
import { Attacked, NAME } from "./attacked.ts";

const SHOW = { command: ["sh", "show.sh"], secrets: [NAME] };

async function world(): Promise<Attacked> {
  const at = await Attacked.start();
  await at.world.write("show.sh", `printf %s "$${NAME}" | tr A-Za-z B-ZAb-za\n`);
  return at;
}

Deno.test("a client of the attacker's own that accepts everything gets nothing, with the vault locked or unlocked", async () => {
  await using at = await world();
  for (const unlocked of [false, true]) {
    if (unlocked) assert.equal((await at.world.ovUnlocked(["unlock"])).code, 0);
    const client = await at.mcp({ authorized: false, answer: "always" });
    for (const command of [SHOW.command, ["env"], ["sh", "-c", `echo $${NAME}`]]) {
      assert.equal((await client.tool("vault_run", { ...SHOW, command })).isError, true);
    }
    assert.equal((await client.tool("vault_status")).structuredContent.authorized, false);
    assert.equal((await client.tool("vault_delete_secret", { name: NAME })).isError, true);
    assert.equal((await client.tool("vault_update_secret", { name: NAME, generate: {} })).isError, true);
  }
});

Deno.test("a connection beside an authorised one has none of its rights and none of its session's grants", async () => {
  await using at = await world();
  const agent = await at.mcp({ authorized: true, answer: "always" });
  agent.onRequest = () => ({ action: "accept", content: { decision: "session" } });
  assert.equal((await agent.tool("vault_run", SHOW)).structuredContent.exit_code, 0);
  const other = await at.mcp({ authorized: false, answer: "always" });
  assert.equal((await other.tool("vault_run", SHOW)).isError, true);
  assert.equal((await other.tool("vault_list_secrets")).isError, true);
});

Deno.test("what an allowed command wrote to a file, a later command without secrets does not print", async () => {
  await using at = await world();
  await at.world.write("write.sh", `echo "token: $${NAME}" > out; printf %s "$${NAME}" | base64 > out64\n`);
  const agent = await at.mcp({ authorized: true, answer: "always" });
  agent.onRequest = () => ({ action: "accept", content: { decision: "once" } });
  const written = await agent.tool("vault_run", { command: ["sh", "write.sh"], secrets: [NAME] });
  assert.equal(written.structuredContent.exit_code, 0);
  for (const command of [["cat", "out"], ["cat", "out64"], ["base64", "out"], ["rev", "out"]]) {
    const read = await agent.tool("vault_run", { command, secrets: [] });
    assert.match(read.structuredContent.stdout, new RegExp(`\\[ov:${NAME}\\]`));
    at.keeps(read.structuredContent.stdout);
  }
});

Deno.test("a refused command has not run", async () => {
  await using at = await world();
  await at.world.write("leave.sh", `printf %s "$${NAME}" | tr A-Za-z B-ZAb-za > left\n`);
  const agent = await at.mcp({ authorized: true, answer: "decline" });
  const refused = await agent.tool("vault_run", { command: ["sh", "leave.sh"], secrets: [NAME] });
  assert.equal(toolErrorOf(refused).code, "policy/denied");
  await assert.rejects(at.world.read("left"));
});
