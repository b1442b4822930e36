/** The two SDKs' clients, made alike: each validates what it gets, so their own checks count too. */
import { Client as V2Client } from "@modelcontextprotocol/client";
import { StdioClientTransport as V2Stdio } from "@modelcontextprotocol/client/stdio";
import { Client as V1Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as V1Stdio } from "@modelcontextprotocol/sdk/client/stdio.js";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import type { ServerCommand } from "./servers.ts";

/** What the tests need of a client, whichever it is. */
export interface Peer {
  // deno-lint-ignore no-explicit-any
  listTools(): Promise<any>;
  // deno-lint-ignore no-explicit-any
  callTool(params: any, options?: any): Promise<any>;
  close(): Promise<void>;
}

/** What the peer's user answers, and what they were shown. */
export interface User {
  answer: { action: "accept" | "decline" | "cancel"; content?: Record<string, string> };
  shown: string[];
}

const INFO = { name: "peer", version: "1.0.0" };

async function connectV1(server: ServerCommand, user?: User): Promise<Peer> {
  const client = new V1Client(INFO, { capabilities: user === undefined ? {} : { elicitation: { form: {} } } });
  if (user !== undefined) {
    client.setRequestHandler(ElicitRequestSchema, (request: { params: { message: string } }) => {
      user.shown.push(request.params.message);
      return user.answer;
    });
  }
  await client.connect(new V1Stdio({ ...server, stderr: "inherit" }));
  return client as unknown as Peer;
}

async function connectV2(mode: "legacy" | "auto" | { pin: string }, server: ServerCommand, user?: User): Promise<Peer> {
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
  await client.connect(new V2Stdio({ ...server, stderr: "inherit" }));
  return client as unknown as Peer;
}

/** Each client by name, and how it connects; without a user it can not show forms. */
export const PEERS: [string, (server: ServerCommand, user?: User) => Promise<Peer>][] = [
  ["the v1 client", connectV1],
  ["the v2 client of 2025-11-25", (server, user) => connectV2("legacy", server, user)],
  ["the v2 client that finds the era out", (server, user) => connectV2("auto", server, user)],
  ["the v2 client of 2026-07-28", (server, user) => connectV2({ pin: "2026-07-28" }, server, user)],
];
