/** MCP's URL mode: the client has its user open a page, whose address is all that it learns. */
import assert from "node:assert/strict";
import { FakeKeeper } from "./fake_keeper.ts";
import { connect, type Json, toolErrorOf } from "./line_client.ts";

const URL_MODE = { elicitation: { url: {} } };
const NEW = { name: "NEW" };

Deno.test("a page is opened by a client that can, and the client is told when it is done with", async () => {
  const keeper = new FakeKeeper({ opens: true });
  const { client } = connect(keeper);
  const asked: Json[] = [];
  client.onRequest = (request) => (asked.push(request), { action: "accept" });
  await client.initialize(URL_MODE);
  assert.deepEqual((await client.tool("vault_create_secret", NEW)).structuredContent, { name: "NEW", version: 1 });
  assert.equal(asked.length, 1);
  assert.equal(asked[0].method, "elicitation/create");
  assert.deepEqual(asked[0].params, {
    mode: "url",
    elicitationId: "page-1",
    url: "http://127.0.0.1:1/open/abc",
    message: "Enter the value of NEW",
  });
  assert.deepEqual(keeper.paramsOf("mcp.create").map(({ opened }) => opened), [
    undefined,
    { id: "page-1", declined: false },
  ]);
  const told = await client.other(({ method }) => method === "notifications/elicitation/complete");
  assert.deepEqual(told.params, { elicitationId: "page-1" });
});

Deno.test("a page that the user declines to open, or a client that fails to, is a refusal", async () => {
  for (const answer of [{ action: "decline" }, { action: "cancel" }, { nonsense: 1 }]) {
    const { client } = connect(new FakeKeeper({ opens: true }));
    client.onRequest = () => answer;
    await client.initialize(URL_MODE);
    assert.equal(toolErrorOf(await client.tool("vault_create_secret", NEW)).code, "policy/denied");
  }
});

Deno.test("a client without URL mode is given no address", async () => {
  for (const capabilities of [{}, { elicitation: {} }, { elicitation: { form: {} } }]) {
    const { client } = connect(new FakeKeeper({ opens: true }));
    await client.initialize(capabilities);
    assert.equal((await client.tool("vault_create_secret", NEW)).structuredContent.version, 1);
    assert.ok(!client.lines.some((line) => line.includes("127.0.0.1")));
  }
});

Deno.test("2026-07-28: the page is the result, and the call that comes back is served", async () => {
  const keeper = new FakeKeeper({ opens: true });
  const { client } = connect(keeper);
  const params = { name: "vault_create_secret", arguments: NEW };
  const first = (await client.modern("tools/call", params, URL_MODE)).result;
  assert.equal(first.resultType, "input_required");
  assert.equal(first.requestState, "page-1");
  assert.deepEqual(first.inputRequests.page, {
    method: "elicitation/create",
    params: { mode: "url", url: "http://127.0.0.1:1/open/abc", message: "Enter the value of NEW" },
  });
  const again = async (action: string) => {
    const retry = { ...params, requestState: "page-1", inputResponses: { page: { action } } };
    return (await client.modern("tools/call", retry, URL_MODE)).result;
  };
  assert.equal((await again("accept")).structuredContent.version, 1);
  assert.equal(toolErrorOf(await again("decline")).code, "policy/denied");
});
