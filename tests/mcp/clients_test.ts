/** The two SDKs' clients against a real process. Their own checks count too: they validate every result's schema. */
import assert from "node:assert/strict";
import { Client as V2Client } from "@modelcontextprotocol/client";
import { StdioClientTransport as V2Stdio } from "@modelcontextprotocol/client/stdio";
import { Client as V1Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as V1Stdio } from "@modelcontextprotocol/sdk/client/stdio.js";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import type { FakeOptions } from "./fake_keeper.ts";
import { toolErrorOf } from "./line_client.ts";
import { fakeServer } from "./servers.ts";

/** What the tests need of a client, whichever it is. */
interface Peer {
  // deno-lint-ignore no-explicit-any
  listTools(): Promise<any>;
  // deno-lint-ignore no-explicit-any
  callTool(params: any, options?: any): Promise<any>;
  close(): Promise<void>;
}

/** What the peer's user answers, and what they were shown. */
interface User {
  answer: { action: "accept" | "decline" | "cancel"; content?: Record<string, string> };
  shown: string[];
}

const PIN = JSON.parse(await Deno.readTextFile(new URL("../pins/mcp_tools.json", import.meta.url)));
const INFO = { name: "peer", version: "1.0.0" };
const RUN = { command: ["node", "x.js"], secrets: ["STRIPE_SECRET_KEY"] };

async function connectV1(options: FakeOptions, user?: User): Promise<Peer> {
  const client = new V1Client(INFO, { capabilities: user === undefined ? {} : { elicitation: { form: {} } } });
  if (user !== undefined) {
    client.setRequestHandler(ElicitRequestSchema, (request: { params: { message: string } }) => {
      user.shown.push(request.params.message);
      return user.answer;
    });
  }
  await client.connect(new V1Stdio({ ...fakeServer(options), stderr: "inherit" }));
  return client as unknown as Peer;
}

async function connectV2(mode: "legacy" | "auto" | { pin: string }, options: FakeOptions, user?: User): Promise<Peer> {
  const client = new V2Client(INFO, {
    capabilities: user === undefined ? {} : { elicitation: { form: {} } },
    versionNegotiation: { mode },
  });
  if (user !== undefined) {
    client.setRequestHandler("elicitation/create", (request) => {
      user.shown.push(request.params.message);
      return user.answer;
    });
  }
  await client.connect(new V2Stdio({ ...fakeServer(options), stderr: "inherit" }));
  return client as unknown as Peer;
}

const PEERS: [string, (options: FakeOptions, user?: User) => Promise<Peer>][] = [
  ["the v1 client", connectV1],
  ["the v2 client of 2025-11-25", (options, user) => connectV2("legacy", options, user)],
  ["the v2 client that finds the era out", (options, user) => connectV2("auto", options, user)],
  ["the v2 client of 2026-07-28", (options, user) => connectV2({ pin: "2026-07-28" }, options, user)],
];

for (const [name, connect] of PEERS) {
  Deno.test(`${name} lists the pinned tools and takes every result`, async () => {
    const client = await connect({});
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
    const client = await connect({ asks: true }, user);
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
    const client = await connect({ asks: true });
    const refused = await client.callTool({ name: "vault_run", arguments: RUN });
    assert.equal(toolErrorOf(refused).hint, "Run in a terminal: ov approve 7f3a");
    await client.close();
  });

  Deno.test(`${name} sees progress and can cancel`, async () => {
    const client = await connect({ untilCancelled: { reports: 2 } });
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
