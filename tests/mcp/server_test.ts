import assert from "node:assert/strict";
import { OvError } from "../../src/base/mod.ts";
import { FAKE_CONSENT, FakeKeeper } from "./fake_keeper.ts";
import { connect, type Json, toolErrorOf } from "./line_client.ts";
import { plantedKey } from "./planted.ts";

const RUN = { command: ["node", "scripts/test-stripe-webhook.js"], secrets: ["STRIPE_SECRET_KEY"] };
const FORM = { elicitation: { form: {} } };
const PIN = JSON.parse(await Deno.readTextFile(new URL("../pins/mcp_tools.json", import.meta.url)));

Deno.test("2025-11-25: tools/list is the pinned literal", async () => {
  const { client } = connect(new FakeKeeper());
  await client.initialize();
  assert.deepEqual((await client.request("tools/list")).result, PIN);
});

Deno.test("2026-07-28: tools/list is the pinned literal with how long and by whom it may be cached", async () => {
  const { client } = connect(new FakeKeeper());
  const { _meta, ...list } = (await client.modern("tools/list")).result;
  assert.deepEqual(list, { ...PIN, resultType: "complete", ttlMs: 3_600_000, cacheScope: "public" });
  assert.equal(_meta["io.modelcontextprotocol/serverInfo"].name, "opaquevault");
});

Deno.test("2026-07-28: server/discover answers without a handshake", async () => {
  const { client } = connect(new FakeKeeper());
  const { result } = await client.modern("server/discover");
  assert.deepEqual(result.supportedVersions, ["2026-07-28"]);
  assert.deepEqual(result.capabilities, { tools: {} });
  assert.match(result.instructions, /vault_run/);
});

Deno.test("2025-11-25: initialize names the server and what it can do", async () => {
  const { client } = connect(new FakeKeeper());
  const { result } = await client.initialize();
  assert.equal(result.protocolVersion, "2025-11-25");
  assert.deepEqual(result.capabilities, { tools: {} });
  assert.deepEqual(result.serverInfo, { name: "opaquevault", title: "OpaqueVault", version: "0.0.0-test" });
});

Deno.test("initialize and tools/list are answered while the vault is still being unlocked", async () => {
  class SlowKeeper extends FakeKeeper {
    override call: FakeKeeper["call"] = () => new Promise(() => {});
  }
  const { client } = connect(new SlowKeeper());
  await client.initialize();
  assert.equal((await client.request("tools/list")).result.tools.length, 7);
});

Deno.test("a result is structured and the same as text", async () => {
  const { client } = connect(new FakeKeeper());
  await client.initialize();
  const calls: [string, Json][] = [
    ["vault_run", RUN],
    ["vault_list_secrets", {}],
    ["vault_secret_exists", { name: "A" }],
    ["vault_create_secret", { name: "A", generate: {} }],
    ["vault_update_secret", { name: "A", generate: {} }],
    ["vault_delete_secret", { name: "A" }],
    ["vault_status", {}],
  ];
  for (const [name, args] of calls) {
    const result = await client.tool(name, args);
    assert.equal(result.isError, undefined);
    assert.deepEqual(JSON.parse(result.content[0].text), result.structuredContent);
    const { outputSchema } = PIN.tools.find((tool: Json) => tool.name === name);
    const fields = Object.keys(result.structuredContent);
    assert.ok(fields.every((field) => Object.hasOwn(outputSchema.properties, field)), name);
    assert.ok(outputSchema.required.every((field: string) => fields.includes(field)), name);
  }
});

Deno.test("a command that fails is a result and not an error", async () => {
  const { client } = connect(new FakeKeeper({ output: { exitCode: 3, stderr: "no" } }));
  await client.initialize();
  const result = await client.tool("vault_run", RUN);
  assert.equal(result.isError, undefined);
  assert.equal(result.structuredContent.exit_code, 3);
  assert.equal(result.structuredContent.stderr, "no");
});

Deno.test("the keeper's refusal is a tool error: one line with code, message and hint", async () => {
  const error = new OvError("vault/locked", "Cannot open vault: it is locked", { hint: "Run: ov unlock" });
  const { client } = connect(new FakeKeeper({ errors: { "mcp.run": error } }));
  await client.initialize();
  const result = await client.tool("vault_run", RUN);
  assert.deepEqual(toolErrorOf(result), {
    code: "vault/locked",
    message: "Cannot open vault: it is locked",
    hint: "Run: ov unlock",
  });
  assert.equal(result.content.length, 1);
  assert.ok(!result.content[0].text.includes("\n"));
  assert.equal(result.structuredContent, undefined);
});

Deno.test("failed input validation is a tool error in both eras", async () => {
  const legacy = connect(new FakeKeeper()).client;
  await legacy.initialize();
  const bad = { command: "node x.js", secrets: [] };
  assert.equal(toolErrorOf(await legacy.tool("vault_run", bad)).code, "usage/invalid");
  const modern = connect(new FakeKeeper()).client;
  const { result } = await modern.modern("tools/call", { name: "vault_run", arguments: bad });
  assert.equal(toolErrorOf(result).code, "usage/invalid");
});

Deno.test("an unknown tool is a protocol error that does not repeat the name", async () => {
  const { client } = connect(new FakeKeeper());
  await client.initialize();
  const { error } = await client.request("tools/call", { name: "vault_PLANTED", arguments: {} });
  assert.deepEqual(error, { code: -32602, message: "Unknown tool" });
});

Deno.test("an unknown method is a protocol error that does not repeat the name", async () => {
  const { client } = connect(new FakeKeeper());
  await client.initialize();
  assert.deepEqual((await client.request("resources/PLANTED")).error, { code: -32601, message: "Method not found" });
  assert.deepEqual((await client.request("resources/list")).error, { code: -32601, message: "Method not found" });
});

Deno.test("no answer repeats a secret that came in, whatever it came in as", async () => {
  const key = plantedKey();
  const { client } = connect(new FakeKeeper());
  await client.initialize();
  const requests: [string, Json][] = [
    ["tools/call", { name: key }],
    ["tools/call", { name: "vault_run", arguments: key }],
    ["tools/call", { name: "vault_run", arguments: [key] }],
    ["tools/call", { name: { [key]: key } }],
    ["tools/call", { name: "vault_run", arguments: { command: [key], secrets: [] } }],
    ["tools/call", { name: "vault_create_secret", arguments: { name: "A", value: key } }],
    ["tools/call", { name: "vault_create_secret", arguments: { name: "A", [key]: 1 } }],
    ["tools/call", { name: "vault_status", arguments: {}, _meta: { progressToken: { [key]: key } } }],
    [key, {}],
    ["tools/list", { cursor: { [key]: key } }],
    ["initialize", { protocolVersion: 1, capabilities: key, clientInfo: key }],
  ];
  for (const [method, params] of requests) await client.request(method, params);
  await client.write(`${key}\n{"${key}":1}\n{"jsonrpc":"2.0","method":"${key}"}\n`);
  await client.tool("vault_status");
  assert.ok(client.lines.length >= requests.length + 3);
  assert.ok(!client.lines.some((line) => line.includes(key)));
});

Deno.test("2025-11-25: a client with forms is asked, and its user's choice goes to the keeper", async () => {
  for (const decision of FAKE_CONSENT.choices) {
    const keeper = new FakeKeeper({ asks: true });
    const { client } = connect(keeper);
    client.onRequest = () => ({ action: "accept", content: { decision } });
    await client.initialize(FORM);
    const result = await client.tool("vault_run", RUN);
    assert.equal(result.structuredContent.exit_code, 0);
    const asked = client.others.find((message) => message.method === "elicitation/create");
    assert.equal(asked.params.mode, "form");
    assert.match(asked.params.message, /Secrets: "STRIPE_SECRET_KEY"\n/);
    assert.deepEqual(asked.params.requestedSchema.properties.decision.enum, ["once", "session", "always"]);
    assert.deepEqual(keeper.paramsOf("mcp.run").at(-1)?.answer, { state: "state-1", decision });
  }
});

Deno.test("a client that names elicitation without modes can show forms", async () => {
  const { client } = connect(new FakeKeeper({ asks: true }));
  client.onRequest = () => ({ action: "accept", content: { decision: "once" } });
  await client.initialize({ elicitation: {} });
  assert.equal((await client.tool("vault_run", RUN)).structuredContent.exit_code, 0);
  const modern = connect(new FakeKeeper({ asks: true })).client;
  const params = { name: "vault_run", arguments: RUN };
  assert.equal((await modern.modern("tools/call", params, { elicitation: {} })).result.resultType, "input_required");
});

Deno.test("2025-11-25: whatever is not plainly a choice is a refusal", async () => {
  const answers: Json[] = [
    { action: "decline" },
    { action: "cancel" },
    { action: "accept", content: {} },
    { action: "accept", content: { decision: "forever" } },
    { action: "decline", content: { decision: "always" } },
    { action: "surprise" },
  ];
  for (const answer of answers) {
    const keeper = new FakeKeeper({ asks: true });
    const { client } = connect(keeper);
    client.onRequest = () => answer;
    await client.initialize(FORM);
    assert.equal(toolErrorOf(await client.tool("vault_run", RUN)).code, "policy/denied");
    assert.deepEqual(keeper.paramsOf("mcp.run").at(-1)?.answer, { state: "state-1", decision: "deny" });
  }
});

Deno.test("a client without forms is not asked, and gets the line to run", async () => {
  for (const capabilities of [{}, { elicitation: { url: {} } }]) {
    const keeper = new FakeKeeper({ asks: true });
    const { client } = connect(keeper);
    await client.initialize(capabilities);
    assert.deepEqual(toolErrorOf(await client.tool("vault_run", RUN)), {
      code: "policy/approval-required",
      message: "Cannot run the command: it has not been approved",
      hint: "Run in a terminal: ov approve 7f3a",
    });
    assert.deepEqual(keeper.paramsOf("mcp.run").map((params) => params.canAsk), [false]);
    const modern = connect(new FakeKeeper({ asks: true })).client;
    const { result } = await modern.modern("tools/call", { name: "vault_run", arguments: RUN }, capabilities);
    assert.equal(toolErrorOf(result).code, "policy/approval-required");
  }
});

Deno.test("a question that is too long for a form is left to ov approve", async () => {
  const keeper = new FakeKeeper({ asks: true, consent: { argv: ["node", "x".repeat(9_000)] } });
  const { client } = connect(keeper);
  await client.initialize(FORM);
  assert.equal(toolErrorOf(await client.tool("vault_run", RUN)).code, "policy/approval-required");
  assert.deepEqual(keeper.paramsOf("mcp.run").map((params) => params.canAsk), [true, false]);
});

Deno.test("a keeper that asks again and again is given up on", async () => {
  class RestlessKeeper extends FakeKeeper {
    override async call(op: Json, params: Json): Promise<Json> {
      this.calls.push({ op, params });
      return await (op === "mcp.run" ? { kind: "consent", consent: FAKE_CONSENT, state: "s" } : {});
    }
  }
  const keeper = new RestlessKeeper();
  const { client } = connect(keeper);
  client.onRequest = () => ({ action: "accept", content: { decision: "once" } });
  await client.initialize(FORM);
  assert.equal(toolErrorOf(await client.tool("vault_run", RUN)).code, "policy/denied");
  assert.equal(client.others.filter((message) => message.method === "elicitation/create").length, 3);
});

Deno.test("2026-07-28: the question is the result, and the call that comes back with answer and state is served", async () => {
  const keeper = new FakeKeeper({ asks: true });
  const { client } = connect(keeper);
  const params = { name: "vault_run", arguments: RUN };
  const first = (await client.modern("tools/call", params, FORM)).result;
  assert.equal(first.resultType, "input_required");
  assert.equal(first.requestState, "state-1");
  const question = first.inputRequests.consent;
  assert.equal(question.method, "elicitation/create");
  assert.match(question.params.message, /Secrets: "STRIPE_SECRET_KEY"\n/);
  const retry = {
    ...params,
    requestState: first.requestState,
    inputResponses: { consent: { action: "accept", content: { decision: "session" } } },
  };
  const second = (await client.modern("tools/call", retry, FORM)).result;
  assert.equal(second.resultType, "complete");
  assert.equal(second.structuredContent.exit_code, 0);
  assert.deepEqual(keeper.paramsOf("mcp.run").at(-1)?.answer, { state: "state-1", decision: "session" });
  // The keeper takes a state once.
  assert.equal(toolErrorOf((await client.modern("tools/call", retry, FORM)).result).code, "policy/denied");
});

Deno.test("2026-07-28: a refusal goes to the keeper, and an answer without a state or a state without an answer asks again", async () => {
  const keeper = new FakeKeeper({ asks: true });
  const { client } = connect(keeper);
  const params = { name: "vault_run", arguments: RUN };
  const { requestState } = (await client.modern("tools/call", params, FORM)).result;
  const accepted = { consent: { action: "accept", content: { decision: "once" } } };
  for (const incomplete of [{ requestState }, { inputResponses: accepted }, { requestState, inputResponses: {} }]) {
    const { result } = await client.modern("tools/call", { ...params, ...incomplete }, FORM);
    assert.equal(result.resultType, "input_required");
  }
  const declined = { requestState, inputResponses: { consent: { action: "decline" } } };
  const { result } = await client.modern("tools/call", { ...params, ...declined }, FORM);
  assert.equal(toolErrorOf(result).code, "policy/denied");
  assert.equal(keeper.paramsOf("mcp.run").at(-1)?.answer?.decision, "deny");
});

Deno.test("deleting and replacing are asked about in both eras", async () => {
  for (const name of ["vault_delete_secret", "vault_update_secret"]) {
    const legacy = connect(new FakeKeeper({ asks: true })).client;
    legacy.onRequest = () => ({ action: "accept", content: { decision: "once" } });
    await legacy.initialize(FORM);
    assert.equal((await legacy.tool(name, { name: "A" })).structuredContent.name, "A");
    assert.equal(legacy.others.length, 1);
    const modern = connect(new FakeKeeper({ asks: true })).client;
    const { result } = await modern.modern("tools/call", { name, arguments: { name: "A" } }, FORM);
    assert.equal(result.resultType, "input_required");
  }
});

Deno.test("the client's own name goes to the keeper, made visible and cut", async () => {
  const keeper = new FakeKeeper();
  const { client } = connect(keeper);
  await client.request("initialize", {
    protocolVersion: "2025-06-18",
    capabilities: {},
    clientInfo: { name: "evil\nclient" + "x".repeat(200), version: "1" },
  });
  await client.tool("vault_run", RUN);
  const [params] = keeper.paramsOf("mcp.run");
  assert.match(params!.client, /^evil\\u\{a\}client/);
  assert.equal(params!.client.length, 100);
});

Deno.test("a long run reports progress when the client gave a token, and a cancelled one ends", async () => {
  const keeper = new FakeKeeper({ untilCancelled: { reports: 3 } });
  const { client, session } = connect(keeper);
  await client.initialize();
  const { id } = await client.start("tools/call", {
    name: "vault_run",
    arguments: RUN,
    _meta: { progressToken: "token-1" },
  });
  const third = await client.other((message) => message.params?.progress === 3);
  assert.equal(third.method, "notifications/progress");
  assert.deepEqual(third.params, {
    progressToken: "token-1",
    progress: 3,
    message: "Running for 3 s, 30 bytes of output",
  });
  assert.deepEqual(client.others.map((message) => message.params.progress), [1, 2, 3]);
  await client.send({ method: "notifications/cancelled", params: { requestId: id, reason: "enough" } });
  await session.settled();
  assert.equal(keeper.calls.at(-1)?.params, "cancelled");
  // A cancelled request is not answered.
  await client.tool("vault_status");
  assert.ok(!client.lines.some((line) => JSON.parse(line).id === id));
});

Deno.test("a run without a token reports nothing", async () => {
  const keeper = new FakeKeeper({ untilCancelled: { reports: 3 } });
  const { client } = connect(keeper);
  await client.initialize();
  const { id } = await client.start("tools/call", { name: "vault_run", arguments: RUN });
  await client.send({ method: "notifications/cancelled", params: { requestId: id } });
  await client.tool("vault_status");
  assert.deepEqual(client.others, []);
});

Deno.test("a closed input cancels what is running", async () => {
  const keeper = new FakeKeeper({ untilCancelled: { reports: 1 } });
  const { client, session, closed } = connect(keeper);
  await client.initialize();
  await client.start("tools/call", { name: "vault_run", arguments: RUN, _meta: { progressToken: 1 } });
  await client.other((message) => message.method === "notifications/progress");
  await client.close();
  await closed;
  await session.settled();
  assert.equal(keeper.calls.at(-1)?.params, "cancelled");
});

Deno.test("2025-11-25: a question that is still open when the call is cancelled is a refusal", async () => {
  const keeper = new FakeKeeper({ asks: true });
  const { client, session } = connect(keeper);
  await client.initialize(FORM);
  const { id } = await client.start("tools/call", { name: "vault_run", arguments: RUN });
  await client.other((message) => message.method === "elicitation/create");
  await client.send({ method: "notifications/cancelled", params: { requestId: id } });
  await client.other((message) => message.method === "notifications/cancelled");
  await session.settled();
  await client.tool("vault_status");
  assert.equal(keeper.paramsOf("mcp.run").at(-1)?.answer?.decision, "deny");
});
