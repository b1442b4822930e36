/** The MCP Inspector's command line as a third peer, which also judges how portable the schemas are. */
import assert from "node:assert/strict";
import { inspect } from "./inspector.ts";
import { fakeServer } from "./servers.ts";

const PIN = JSON.parse(await Deno.readTextFile(new URL("../pins/mcp_tools.json", import.meta.url)));

Deno.test("the Inspector lists the pinned tools and finds no problem of portability", async () => {
  const { code, stdout, stderr } = await inspect(fakeServer(), ["--method", "tools/list", "--strict"]);
  assert.equal(code, 0, stderr);
  assert.deepEqual(JSON.parse(stdout).tools, PIN.tools);
  const said = stderr.split("\n").filter((line) => line !== "" && !/secret/i.test(line));
  assert.deepEqual(said, []);
});

Deno.test("the Inspector calls tools", async () => {
  const run = await inspect(fakeServer(), [
    ...["--method", "tools/call", "--tool-name", "vault_run"],
    ...["--tool-arg", 'command=["node","x.js"]', 'secrets=["STRIPE_SECRET_KEY"]'],
  ]);
  assert.equal(run.code, 0, run.stderr);
  assert.equal(JSON.parse(run.stdout).structuredContent.exit_code, 0);
  const status = await inspect(fakeServer(), ["--method", "tools/call", "--tool-name", "vault_status"]);
  assert.equal(JSON.parse(status.stdout).structuredContent.unlocked, true);
});
