/** An MCP client that hides nothing: lines in, lines out. */
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { createServer } from "../../src/mcp/server.ts";
import { McpSession } from "../../src/mcp/session.ts";
import { StdioTransport } from "../../src/mcp/transport.ts";
import type { FakeKeeper } from "./fake_keeper.ts";

/** A JSON-RPC message, unchecked. */
// deno-lint-ignore no-explicit-any
export type Json = any;

/** What a 2026-07-28 request must carry in its `_meta`. */
export function modernMeta(capabilities: Json = {}): Json {
  return {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": capabilities,
    "io.modelcontextprotocol/clientInfo": { name: "line-client", version: "1" },
  };
}

/** The client, over two byte streams. */
export class LineClient {
  /** Every line that came, as it came. */
  readonly lines: string[] = [];
  /** Every message that is not an answer to a request of ours. */
  readonly others: Json[] = [];
  /** Answers a request of the server; the result. Set it to be asked. */
  onRequest: ((request: Json) => Json | Promise<Json>) | undefined;
  /** Resolves when the server's side has ended. */
  readonly ended: Promise<void>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #waiting = new Map<number, (message: Json) => void>();
  readonly #arrivals = new Set<() => void>();
  #next = 1;

  constructor(input: WritableStream<Uint8Array>, output: ReadableStream<Uint8Array>) {
    this.#writer = input.getWriter();
    this.ended = this.#read(output);
  }

  /** Writes text as it is. */
  async write(text: string): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(text));
  }

  /** One message, on a line. */
  async send(message: Json): Promise<void> {
    await this.write(JSON.stringify({ jsonrpc: "2.0", ...message }) + "\n");
  }

  /** A request; the whole answer. */
  async request(method: string, params: Json = {}): Promise<Json> {
    const { answer } = await this.start(method, params);
    return await answer;
  }

  /** A request that is not waited for: its id, and the promise of its answer. */
  async start(method: string, params: Json = {}): Promise<{ id: number; answer: Promise<Json> }> {
    const id = this.#next++;
    const answer = new Promise<Json>((resolve) => this.#waiting.set(id, resolve));
    await this.send({ id, method, params });
    return { id, answer };
  }

  /** A request of 2026-07-28. */
  modern(method: string, params: Json = {}, capabilities: Json = {}): Promise<Json> {
    return this.request(method, { ...params, _meta: { ...modernMeta(capabilities), ...params._meta } });
  }

  /** The handshake of 2025-11-25. */
  async initialize(capabilities: Json = {}): Promise<Json> {
    const answer = await this.request("initialize", {
      protocolVersion: "2025-11-25",
      capabilities,
      clientInfo: { name: "line-client", version: "1" },
    });
    await this.send({ method: "notifications/initialized" });
    return answer;
  }

  /** A tool call; its result. */
  async tool(name: string, args: Json = {}, more: Json = {}): Promise<Json> {
    return (await this.request("tools/call", { name, arguments: args, ...more })).result;
  }

  /** Waits until a message that is no answer fits. */
  async other(fits: (message: Json) => boolean): Promise<Json> {
    for (;;) {
      const found = this.others.find(fits);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#arrivals.add(resolve));
    }
  }

  /** Closes the server's input. */
  async close(): Promise<void> {
    await this.#writer.close().catch(() => {});
  }

  async #read(output: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of output) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop()!;
      for (const line of lines) await this.#receive(line);
    }
    if (rest !== "") this.lines.push(rest);
  }

  async #receive(line: string): Promise<void> {
    this.lines.push(line);
    const message = JSON.parse(line);
    if (message.method === undefined && this.#waiting.has(message.id)) {
      this.#waiting.get(message.id)!(message);
      this.#waiting.delete(message.id);
      return;
    }
    this.others.push(message);
    for (const arrived of this.#arrivals) arrived();
    this.#arrivals.clear();
    if (message.id !== undefined && message.method !== undefined && this.onRequest !== undefined) {
      await this.send({ id: message.id, result: await this.onRequest(message) });
    }
  }
}

/** A server in this process around `keeper`, with a client at its other end. */
export function connect(keeper: FakeKeeper, options: { authorize?: boolean } = {}): {
  client: LineClient;
  session: McpSession;
  closed: Promise<void>;
} {
  const up = new TransformStream<Uint8Array, Uint8Array>();
  const down = new TransformStream<Uint8Array, Uint8Array>();
  const session = new McpSession(keeper, { authorize: options.authorize ?? false });
  session.open();
  const transport = new StdioTransport(up.readable, down.writable);
  serveStdio(({ era }) => createServer(session, { era, version: "0.0.0-test" }), { transport });
  return { client: new LineClient(up.writable, down.readable), session, closed: transport.closed };
}

/** The error that a tool's result holds. */
export function toolErrorOf(result: Json): { code: string; message: string; hint?: string } {
  if (result.isError !== true) throw new Error("not a tool error");
  return JSON.parse(result.content[0].text).error;
}
