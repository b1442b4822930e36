/** `ov mcp` beside an agent, as a real process with a real client. */
import assert from "node:assert/strict";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { ovCommand, TYPE_PASSWORD } from "../e2e/ov.ts";
import { AgentWorld, NAME, until } from "./world.ts";

async function connected(agent: AgentWorld, more: readonly string[] = []) {
  const [command, ...args] = ovCommand();
  // No display and no browser: nothing can be asked on the page.
  const env = agent.world.environment({ BROWSER: "false" });
  const transport = new StdioClientTransport({
    command,
    args: [...args, ...more, "mcp"],
    cwd: agent.world.project,
    env,
    stderr: "ignore",
  });
  const client = new Client({ name: "test", version: "1.0.0" });
  await client.connect(transport);
  return {
    call: async (name: string, parameters: Record<string, unknown> = {}) => {
      const result = await client.callTool({ name, arguments: parameters });
      const content = result.content as readonly { text?: string }[];
      const text = content.map((part) => part.text ?? "").join("\n");
      return { isError: result.isError === true, text, data: result.structuredContent as Record<string, unknown> };
    },
    pid: transport.pid!,
    [Symbol.asyncDispose]: () => client.close(),
  };
}

Deno.test("ov mcp uses an agent that runs: what was granted runs, masked, and nothing else does", async () => {
  await using agent = await AgentWorld.unlocked();
  const script = await agent.world.write("ok.sh", `#!/bin/sh\necho "value $${NAME}"\n`, 0o755);
  await agent.grant(script);
  await using at = await connected(agent);
  const status = await at.call("vault_status");
  assert.equal(status.data["unlocked"], true, status.text);
  assert.equal(status.data["authorized"], false);
  const granted = await at.call("vault_run", { command: [script], secrets: [NAME] });
  assert.equal(granted.data["stdout"], `value [ov:${NAME}]\n`, granted.text);
  const other = await at.call("vault_run", { command: ["sh", "-c", `echo $${NAME}`], secrets: [NAME] });
  assert.ok(other.isError && /approv|authoris/.test(other.text), other.text);
  assert.ok(!other.text.includes(agent.value));
  assert.equal((await agent.status())!["runs"], 1);
});

Deno.test("ov mcp finds an agent that comes later, and says that it is locked when the agent goes", async () => {
  await using agent = await AgentWorld.create();
  await agent.grant("true");
  await using at = await connected(agent);
  const run = () => at.call("vault_run", { command: ["true"], secrets: [NAME] });
  assert.ok((await run()).isError);
  await agent.unlock();
  const first = await run();
  assert.equal(first.data?.["exit_code"], 0, first.text);
  assert.equal((await agent.world.ov(["lock"])).code, 0);
  await until("the vault is locked for it", async () => (await run()).isError);
  await agent.unlock();
  const again = await run();
  assert.equal(again.data?.["exit_code"], 0, again.text);
});

Deno.test("ov mcp with a password file is authorised, through an agent too", async () => {
  await using agent = await AgentWorld.unlocked();
  await using at = await connected(agent, ["--password-file", agent.world.passwordFile]);
  await until("it is authorised", async () => (await at.call("vault_status")).data["authorized"] === true);
  assert.equal((await agent.status())!["clients"], 1);
});

Deno.test("ov mcp through an agent uses and masks what another process has changed since, and no revoked grant", async () => {
  await using agent = await AgentWorld.unlocked();
  const { world } = agent;
  const script = await world.write("show.sh", `#!/bin/sh\necho "$${NAME} \${#${NAME}}"\n`, 0o755);
  await agent.grant(script);
  await using at = await connected(agent);
  const stdout = async () => (await at.call("vault_run", { command: [script], secrets: [NAME] })).data["stdout"];
  for (let i = 0; i < 2; i++) assert.equal(await stdout(), `[ov:${NAME}] ${agent.value.length}\n`);
  const later = `later-${agent.value}-${crypto.randomUUID()}`;
  const set = await world.ovUnlocked(["secret", "set", NAME, "--stdin"], { stdin: later });
  assert.equal(set.code, 0, set.stderr);
  for (let i = 0; i < 2; i++) assert.equal(await stdout(), `[ov:${NAME}] ${later.length}\n`);
  const { grants } = await world.json(["grant", "list"]) as { grants: { id: string; uses: number }[] };
  assert.deepEqual(grants.map(({ uses }) => uses), [4]);
  const revoked = await world.ovUnlocked(["grant", "revoke", grants[0]!.id]);
  assert.equal(revoked.code, 0, revoked.stderr);
  const refused = await at.call("vault_run", { command: [script], secrets: [NAME] });
  assert.ok(refused.isError && /approv|authoris/.test(refused.text), refused.text);
});

Deno.test("what an agent was allowed reads no input, whoever runs it: the grant was given to a command without any", async () => {
  await using agent = await AgentWorld.unlocked();
  await agent.world.write("read.sh", 'read -r line\necho "got $line"\nif [ -e wait ]; then exec sleep 600; fi\n');
  const command = ["sh", "read.sh"];
  await using at = await connected(agent);
  const asked = await at.call("vault_run", { command, secrets: [NAME] });
  const id = /ov approve (\w+)/.exec(asked.text)?.[1];
  assert.ok(id !== undefined, asked.text);
  const approved = await agent.world.terminal(["approve", id, "--always"], [
    TYPE_PASSWORD,
    { expect: "Allow it, always: \\[y\\]es, \\[n\\]o\\? $", send: "y" },
  ]);
  assert.equal(approved.code, 0, approved.transcript);
  const attack = { stdin: "eval 'echo $API_TOKEN | rev'\n" };
  assert.equal((await agent.run(command, attack)).stdout, "got \n");
  // On a terminal as well, which an attacker can make.
  const typed = await agent.world.terminal(["run", "--secrets", NAME, "--", ...command], []);
  assert.match(typed.transcript, /got \r*\n/);
  // Its keys go nowhere, but Ctrl-C still ends it.
  const wait = await agent.world.write("wait", "");
  const ended = await agent.world.terminal(["run", "--secrets", NAME, "--", ...command], [
    { expect: "got ", send: "\x03", again: true },
  ]);
  assert.deepEqual([ended.code, ended.signal], [130, null], ended.transcript);
  await Deno.remove(wait);
  // Whoever opens the vault for the run, which nobody else has open, decides about its input as well.
  await agent.world.ov(["lock"]);
  const own = ["run", "--secrets", NAME, "--", ...command];
  assert.equal((await agent.world.ovUnlocked(own, { stdin: "a line\n" })).stdout, "got a line\n");
  await agent.unlock();
  // A person who grants it for themselves types to it.
  await agent.world.ovUnlocked(["grant", "revoke", await onlyGrant(agent)]);
  await agent.grant(...command);
  assert.equal((await agent.run(command, { stdin: "a line\n" })).stdout, "got a line\n");
});

async function onlyGrant(agent: AgentWorld): Promise<string> {
  const { stdout } = await agent.world.ovUnlocked(["grant", "list", "--json"]);
  return JSON.parse(stdout).grants[0].id;
}
