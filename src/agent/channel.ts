/**
 * Authenticated frames over a Unix socket.
 *
 * ```text
 * client -> agent   HELLO: "ov-agent" | u16 version | 32 random bytes
 * agent  -> client  HELLO: "ov-agent" | u16 version | 32 random bytes
 * both              KEY = HMAC-SHA-256(key file, "ov-agent " | direction | client's HELLO | agent's HELLO)
 * frame             u32 length of the rest | u8 kind | payload | HMAC-SHA-256(KEY, u64 counter | kind | payload)
 * ```
 * Numbers are big-endian; `direction` is `to agent` or `to client`; the counter starts at 0 in each direction. A
 * process that can not read the key file can not make a frame; one from another connection, or sent twice, or
 * out of its order, has another key or counter and is refused: the connection ends with the first frame that is wrong.
 */
import { concatBytes, encodeUtf8, equalBytes, OvError } from "../base/mod.ts";
import type { Descriptor } from "../keeper/descriptors.ts";

/** Version of the frames and of the messages in them. An agent and its client of different versions do not talk. */
export const AGENT_PROTOCOL = 2;

const MAGIC = encodeUtf8("ov-agent");
const NONCE_BYTES = 32;
const HELLO_BYTES = MAGIC.byteLength + 2 + NONCE_BYTES;
const MAC_BYTES = 32;

/** Largest payload: an environment and arguments as long as a system takes, and more than any piece of output. */
export const MAX_PAYLOAD_BYTES = 8 * 1024 * 1024;

/** Largest payload of the first frame that the agent reads, whose sender has proven nothing yet. */
export const MAX_FIRST_PAYLOAD_BYTES = 1024;

const READ_BYTES = 128 * 1024;

/** One frame as it arrived; the payload is the receiver's. */
export interface Frame {
  readonly kind: number;
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** Which end this is. */
export type Side = "agent" | "client";

/** A connection whose other end is about to be proven: it is trusted from the first frame that is read. */
export class Channel {
  readonly #socket: Descriptor;
  readonly #reader: Reader;
  readonly #sendKey: CryptoKey;
  readonly #receiveKey: CryptoKey;
  #sent = 0n;
  #received = 0n;
  #sending: Promise<unknown> = Promise.resolve();
  #maxPayload: number;

  private constructor(socket: Descriptor, reader: Reader, keys: { send: CryptoKey; receive: CryptoKey }, side: Side) {
    this.#socket = socket;
    this.#reader = reader;
    this.#sendKey = keys.send;
    this.#receiveKey = keys.receive;
    this.#maxPayload = side === "agent" ? MAX_FIRST_PAYLOAD_BYTES : MAX_PAYLOAD_BYTES;
  }

  /**
   * Exchanges hellos.
   * @param readKey gives the content of the key file; called when the other end has said hello, as an agent that starts
   *   for its first client makes a new key before it says so. `null` where there is none
   * @returns `null` where the other end goes away or says something else; `"version"` where it is of another version
   */
  static async open(
    socket: Descriptor,
    readKey: () => Uint8Array<ArrayBuffer> | null,
    side: Side,
  ): Promise<Channel | "version" | null> {
    const mine = makeHello();
    const reader = new Reader(socket);
    if (side === "client" && !await socket.write(mine)) return null;
    const theirs = await reader.take(HELLO_BYTES);
    if (theirs === null || !equalBytes(theirs.subarray(0, MAGIC.byteLength), MAGIC)) return null;
    if (side === "agent" && !await socket.write(mine)) return null;
    if (new DataView(theirs.buffer, theirs.byteOffset).getUint16(MAGIC.byteLength) !== AGENT_PROTOCOL) return "version";
    const key = readKey();
    if (key === null) return null;
    const hellos = side === "client" ? concatBytes(mine, theirs) : concatBytes(theirs, mine);
    const [toAgent, toClient] = await Promise.all(
      ["to agent", "to client"].map((direction) => deriveKey(key, direction, hellos)),
    );
    const keys = side === "client" ? { send: toAgent!, receive: toClient! } : { send: toClient!, receive: toAgent! };
    return new Channel(socket, reader, keys, side);
  }

  /** Sends one frame, after those before it. @returns false where the other end is gone */
  send(kind: number, payload: Uint8Array<ArrayBuffer>): Promise<boolean> {
    if (payload.byteLength > MAX_PAYLOAD_BYTES) throw new OvError("usage/value", "Cannot ask the agent: too long");
    const counter = this.#sent++;
    const size = 8 + 1 + payload.byteLength;
    const bytes = new Uint8Array(size + MAC_BYTES);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(0, counter);
    bytes[8] = kind;
    bytes.set(payload, 9);
    const turn = this.#sending.then(async () => {
      bytes.set(new Uint8Array(await crypto.subtle.sign("HMAC", this.#sendKey, bytes.subarray(0, size))), size);
      // The counter's place in front of the kind holds the length when it goes out.
      view.setUint32(4, 1 + payload.byteLength + MAC_BYTES);
      return await this.#socket.write(bytes.subarray(4));
    });
    this.#sending = turn.catch(() => {});
    return turn;
  }

  /** The next frame; `null` where the other end is gone, or sent what only a stranger sends. */
  async receive(): Promise<Frame | null> {
    const head = await this.#reader.take(4);
    if (head === null) return null;
    const length = new DataView(head.buffer, head.byteOffset).getUint32(0);
    if (length < 1 + MAC_BYTES || length > 1 + MAC_BYTES + this.#maxPayload) return null;
    const rest = await this.#reader.take(length);
    if (rest === null) return null;
    const body = new Uint8Array(8 + length - MAC_BYTES);
    new DataView(body.buffer).setBigUint64(0, this.#received++);
    body.set(rest.subarray(0, length - MAC_BYTES), 8);
    const mac = rest.slice(length - MAC_BYTES);
    if (!await crypto.subtle.verify("HMAC", this.#receiveKey, mac, body)) return null;
    this.#maxPayload = MAX_PAYLOAD_BYTES;
    return { kind: body[8]!, payload: body.subarray(9) };
  }

  /** Waits until everything is sent, then closes. */
  async finish(): Promise<void> {
    await this.#sending;
    this.close();
  }

  close(): void {
    this.#socket.close();
  }
}

/** Cuts a stream into pieces of a known length. */
class Reader {
  readonly #socket: Descriptor;
  #buffer = new Uint8Array(READ_BYTES);
  #from = 0;
  #to = 0;

  constructor(socket: Descriptor) {
    this.#socket = socket;
  }

  /** The next `count` bytes, borrowed until the next call; `null` where the stream ends before. */
  async take(count: number): Promise<Uint8Array<ArrayBuffer> | null> {
    if (this.#from + count > this.#buffer.byteLength) {
      const grown = count > this.#buffer.byteLength ? new Uint8Array(count) : this.#buffer;
      const rest = this.#buffer.subarray(this.#from, this.#to);
      if (grown === this.#buffer) grown.copyWithin(0, this.#from, this.#to);
      else grown.set(rest);
      this.#to = rest.byteLength;
      this.#from = 0;
      this.#buffer = grown;
    }
    while (this.#to - this.#from < count) {
      const got = await this.#socket.read(this.#buffer.subarray(this.#to));
      if (got === 0) return null;
      this.#to += got;
    }
    const piece = this.#buffer.subarray(this.#from, this.#from + count);
    this.#from += count;
    if (this.#from === this.#to) this.#from = this.#to = 0;
    return piece;
  }
}

function makeHello(): Uint8Array<ArrayBuffer> {
  const hello = new Uint8Array(HELLO_BYTES);
  hello.set(MAGIC);
  new DataView(hello.buffer).setUint16(MAGIC.byteLength, AGENT_PROTOCOL);
  crypto.getRandomValues(hello.subarray(MAGIC.byteLength + 2));
  return hello;
}

async function deriveKey(key: Uint8Array<ArrayBuffer>, direction: string, hellos: Uint8Array): Promise<CryptoKey> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const base = await crypto.subtle.importKey("raw", key, algorithm, false, ["sign"]);
  const derived = await crypto.subtle.sign("HMAC", base, concatBytes(encodeUtf8(`ov-agent ${direction}`), hellos));
  return await crypto.subtle.importKey("raw", derived, algorithm, false, ["sign", "verify"]);
}
