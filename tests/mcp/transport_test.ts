import assert from "node:assert/strict";
import fc from "fast-check";
import { MAX_MESSAGE_BYTES, StdioTransport } from "../../src/mcp/transport.ts";

const utf8 = new TextEncoder();

/** What a transport makes of these chunks: the messages it hands on and the lines it writes. */
async function feed(chunks: readonly Uint8Array[]): Promise<{ received: unknown[]; written: string[] }> {
  const received: unknown[] = [];
  let written = "";
  const transport = new StdioTransport(
    ReadableStream.from(chunks),
    new WritableStream({
      write(bytes) {
        written += new TextDecoder().decode(bytes);
      },
    }),
  );
  transport.onmessage = (message) => void received.push(message);
  await transport.start();
  await transport.closed;
  return { received, written: written.split("\n").filter((line) => line !== "") };
}

const PING = { jsonrpc: "2.0", id: 1, method: "ping" };
const NOTE = { jsonrpc: "2.0", method: "notifications/initialized", params: { text: "grüße 🙂\u2028" } };

Deno.test("StdioTransport reads the same messages however the bytes are cut", async () => {
  const bytes = utf8.encode([PING, NOTE, PING].map((message) => JSON.stringify(message) + "\r\n").join(""));
  await fc.assert(fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 12 }), async (cuts) => {
    const ends = [...cuts.sort((a, b) => a - b), bytes.length];
    const chunks = ends.map((end, i) => bytes.slice(i === 0 ? 0 : ends[i - 1], end));
    const { received, written } = await feed(chunks);
    assert.deepEqual(received, [PING, NOTE, PING]);
    assert.deepEqual(written, []);
  }));
});

Deno.test("StdioTransport answers a line that is no message, repeats nothing of it and goes on", async () => {
  const lines = ["garbage PLANTED", "{", "[]", '{"PLANTED":1}', '"PLANTED"', "null", "\xff\xfe", "", "  ", "\r"];
  for (const line of lines) {
    const { received, written } = await feed([utf8.encode(`${line}\n${JSON.stringify(PING)}\n`)]);
    assert.deepEqual(received, [PING]);
    assert.equal(written.length, line.trim() === "" ? 0 : 1);
    for (const answer of written) {
      assert.ok(!answer.includes("PLANTED"));
      const message = JSON.parse(answer);
      assert.deepEqual(Object.keys(message), ["jsonrpc", "error"]);
      assert.ok(message.error.code === -32700 || message.error.code === -32600);
    }
  }
});

Deno.test("StdioTransport answers a broken request under its id", async () => {
  const { written } = await feed([utf8.encode('{"id":7,"method":"tools/list","params":3}\n{"id":{},"method":"x"}\n')]);
  assert.deepEqual(written.map((line) => JSON.parse(line).id), [7, undefined]);
});

Deno.test("StdioTransport refuses a line that is too long and reads the next", async () => {
  const long = utf8.encode("x".repeat(MAX_MESSAGE_BYTES / 4));
  const { received, written } = await feed([long, long, long, long, long, utf8.encode(`\n${JSON.stringify(PING)}\n`)]);
  assert.deepEqual(received, [PING]);
  assert.deepEqual(written.map((line) => JSON.parse(line).error.message), ["Invalid request: the message is too long"]);
});

Deno.test("StdioTransport drops what stands after the last line break", async () => {
  const { received } = await feed([utf8.encode(`${JSON.stringify(PING)}\n${JSON.stringify(PING)}`)]);
  assert.deepEqual(received, [PING]);
});

Deno.test("StdioTransport.send() writes one line for any text", async () => {
  const lines: string[] = [];
  const output = new WritableStream<Uint8Array>({
    write(bytes) {
      lines.push(new TextDecoder().decode(bytes));
    },
  });
  const transport = new StdioTransport(new ReadableStream(), output);
  await fc.assert(fc.asyncProperty(fc.string({ unit: "binary" }), async (text) => {
    lines.length = 0;
    await transport.send({ jsonrpc: "2.0", id: 1, result: { text } });
    assert.equal(lines.length, 1);
    assert.equal(lines[0]!.indexOf("\n"), lines[0]!.length - 1);
    assert.equal(JSON.parse(lines[0]!).result.text, text);
  }));
});

Deno.test("StdioTransport closes once when its reader is gone", async () => {
  const output = new WritableStream<Uint8Array>({
    write() {
      throw new Error("broken pipe");
    },
  });
  const transport = new StdioTransport(new ReadableStream(), output);
  let closed = 0;
  transport.onclose = () => void closed++;
  await transport.send({ jsonrpc: "2.0", id: 1, result: {} });
  await transport.closed;
  await transport.send({ jsonrpc: "2.0", id: 2, result: {} });
  await transport.close();
  assert.equal(closed, 1);
});
