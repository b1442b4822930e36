import assert from "node:assert/strict";
import { MAX_MESSAGE_BYTES } from "../../src/mcp/transport.ts";
import { bareEnvironment, fakeServer, startLines } from "./servers.ts";

const RUN = { command: ["node", "x.js"], secrets: ["STRIPE_SECRET_KEY"] };

Deno.test("serveMcp() needs no permission and no variable but those that every client passes", async () => {
  const server = fakeServer();
  assert.deepEqual(Object.keys(bareEnvironment("/")), ["HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER"]);
  // From source the runtime has to find its modules; main.ts has loaded them by the time that it gives everything up.
  assert.deepEqual(Object.keys(server.env), [...Object.keys(bareEnvironment("/")), "DENO_DIR"]);
  assert.ok(!server.args.some((arg) => /^(-A|-P|--allow|--permission)/.test(arg)));
  const { client, process, stderr } = startLines(server);
  await client.initialize();
  assert.equal((await client.request("tools/list")).result.tools.length, 7);
  assert.equal((await client.tool("vault_run", RUN)).structuredContent.exit_code, 0);
  await client.close();
  assert.equal((await process.status).code, 0);
  assert.equal(await stderr, "");
});

Deno.test("serveMcp() writes one message per line to stdout and nothing else", async () => {
  const { client, process, stderr } = startLines(fakeServer({ output: { stdout: "a\nb\r\n\u2028c" } }));
  await client.initialize();
  await client.request("tools/list");
  await client.tool("vault_run", RUN);
  await client.tool("vault_run", { command: "no" });
  await client.request("tools/call", { name: "nope" });
  await client.write("garbage\n\n[1]\n");
  await client.tool("vault_status");
  await client.close();
  await client.ended;
  assert.equal(client.lines.length, 8);
  for (const line of client.lines) assert.equal(JSON.parse(line).jsonrpc, "2.0");
  assert.equal((await process.status).code, 0);
  assert.equal(await stderr, "");
});

Deno.test("serveMcp() goes on after garbage and after a huge line", async () => {
  const { client, process } = startLines(fakeServer());
  await client.initialize();
  await client.write("{".repeat(1000) + "\n\0\xff\n");
  const block = "x".repeat(1_048_576);
  for (let size = 0; size <= 2 * MAX_MESSAGE_BYTES; size += block.length) await client.write(block);
  await client.write("\n");
  assert.equal((await client.request("tools/list")).result.tools.length, 7);
  assert.deepEqual(client.others.map((message) => message.error.code), [-32700, -32700, -32600]);
  await client.close();
  assert.equal((await process.status).code, 0);
});

Deno.test("serveMcp() ends with 0 when stdin closes: at once, after the handshake, and in the middle of a run", async () => {
  const early = startLines(fakeServer());
  await early.client.close();
  assert.equal((await early.process.status).code, 0);

  const idle = startLines(fakeServer());
  await idle.client.initialize();
  await idle.client.close();
  assert.equal((await idle.process.status).code, 0);

  const busy = startLines(fakeServer({ untilCancelled: { reports: 1, lingersMs: 200 } }));
  await busy.client.initialize();
  await busy.client.start("tools/call", { name: "vault_run", arguments: RUN, _meta: { progressToken: "p" } });
  await busy.client.other((message) => message.method === "notifications/progress");
  await busy.client.close();
  assert.equal((await busy.process.status).code, 0);
  // Not before the command that was running has ended.
  assert.equal(await busy.stderr, "the command has ended\n");
});

Deno.test("serveMcp() ends when nobody reads its answers any more", async () => {
  const process = new Deno.Command(fakeServer().command, {
    args: fakeServer().args,
    env: fakeServer().env,
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  await process.stdout.cancel();
  const writer = process.stdin.getWriter();
  const ping = new TextEncoder().encode('{"jsonrpc":"2.0","id":1,"method":"ping"}\n');
  // Its end shows on our side as a pipe that takes no more.
  while (await writer.write(ping).then(() => true, () => false)) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.equal((await process.status).code, 0);
});
