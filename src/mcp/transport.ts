import { parseJSONRPCMessage, type Transport } from "@modelcontextprotocol/server";

type Message = Parameters<Transport["send"]>[0];

/** Longest line that is read as a message. */
export const MAX_MESSAGE_BYTES = 4 * 1_048_576;

const NEWLINE = 0x0a;

/**
 * The MCP stdio binding over two byte streams: one JSON-RPC message per line, and nothing else.
 *
 * The SDK's own transport ends the connection at an overlong line and says nothing about a line that is no message;
 * this one answers both with a JSON-RPC error (without an id where none can be read, as 2025-11-25 allows), which repeats
 * nothing of the line, and goes on.
 */
export class StdioTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: NonNullable<Transport["onmessage"]>;
  /** Resolves when either side is gone, or {@link StdioTransport.close} was called. */
  readonly closed: Promise<void>;

  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #utf8 = new TextEncoder();
  #resolveClosed: () => void;
  #isClosed = false;

  /**
   * @param input where messages come from; locked and read to its end
   * @param output where messages go; locked, not closed
   */
  constructor(input: ReadableStream<Uint8Array>, output: WritableStream<Uint8Array>) {
    this.#reader = input.getReader();
    this.#writer = output.getWriter();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    this.#resolveClosed = resolve;
  }

  start(): Promise<void> {
    this.#read().then(() => this.close(), () => this.close());
    return Promise.resolve();
  }

  /** Writes one line. `JSON.stringify` escapes every line break, so a message can not become two. */
  async send(message: Message): Promise<void> {
    if (this.#isClosed) return;
    try {
      await this.#writer.write(this.#utf8.encode(JSON.stringify(message) + "\n"));
    } catch {
      // The client does not read any more; nobody is left to tell.
      await this.close();
    }
  }

  close(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    this.#isClosed = true;
    this.#reader.cancel().catch(() => {});
    this.onclose?.();
    this.#resolveClosed();
    return Promise.resolve();
  }

  async #read(): Promise<void> {
    let parts: Uint8Array[] = [];
    let size = 0;
    for (;;) {
      const { value, done } = await this.#reader.read();
      if (done) return;
      let start = 0;
      for (let end = value.indexOf(NEWLINE); end !== -1; end = value.indexOf(NEWLINE, start)) {
        size += end - start;
        if (size <= MAX_MESSAGE_BYTES) this.#receive([...parts, value.subarray(start, end)]);
        else this.#refuse(-32600, "Invalid request: the message is too long");
        parts = [];
        size = 0;
        start = end + 1;
      }
      size += value.length - start;
      // What is too long already is counted, not kept.
      if (size <= MAX_MESSAGE_BYTES) parts.push(value.slice(start));
      else parts = [];
    }
  }

  #receive(parts: readonly Uint8Array[]): void {
    const decoder = new TextDecoder();
    const line = parts.map((part) => decoder.decode(part, { stream: true })).join("") + decoder.decode();
    if (line.trim() === "") return;
    let message: unknown;
    try {
      message = JSON.parse(line);
    } catch {
      return this.#refuse(-32700, "Parse error: the line is not JSON");
    }
    let parsed: Message;
    try {
      parsed = parseJSONRPCMessage(message);
    } catch {
      return this.#refuse(-32600, "Invalid request: not a JSON-RPC 2.0 message", idOf(message));
    }
    this.onmessage?.(parsed);
  }

  #refuse(code: number, message: string, id?: string | number): void {
    this.send({ jsonrpc: "2.0", ...(id === undefined ? {} : { id }), error: { code, message } } as Message);
  }
}

/** The id of what would have been a request, so that its sender need not wait. */
function idOf(message: unknown): string | number | undefined {
  if (typeof message !== "object" || message === null || !("id" in message) || !("method" in message)) return undefined;
  return typeof message.id === "string" || typeof message.id === "number" ? message.id : undefined;
}
