/**
 * One connection of `ov run` or `ov mcp` to the agent: a door and a service of their own, over the vault that the agent
 * has open. The door asks the client for a password where consent needs one; that the vault is open is consent to nothing.
 */
import { OvError, Secret } from "../base/mod.ts";
import type { Caller, CallerTerminal, WindowSize } from "../keeper/caller.ts";
import { Door, type DoorParts } from "../keeper/door.ts";
import { pageDesk, type PagePort } from "../keeper/page_desk.ts";
import type { FromPage } from "../keeper/page_protocol.ts";
import type { FromKeeper, ToKeeper } from "../keeper/protocol.ts";
import { Service } from "../keeper/service.ts";
import type { Terminal } from "../keeper/terminal.ts";
import type { VaultSession } from "../keeper/vault_session.ts";
import type { Channel, Frame } from "./channel.ts";
import {
  type Ask,
  decodeFromPage,
  decodeMessage,
  encodeMessage,
  KIND,
  MAX_PIECE_BYTES,
  type Open,
  parseEvent,
} from "./messages.ts";

/** Longest password that is taken from a client, as `keeper/terminal.ts` takes one. */
const MAX_ENTRY_BYTES = 72 * 1024;

/** What the agent gives to each of its connections. */
export interface AttendantParts extends Pick<DoorParts, "start" | "hardening" | "now" | "terminals" | "guard"> {
  readonly session: VaultSession;
  /** Called when a command of the client starts, and when it has ended. */
  readonly onRun: (change: 1 | -1) => void;
  /** Called when the client asks for something. */
  readonly onUse: () => void;
  /** Called when it has its answer. */
  readonly onAnswered: () => void;
}

/** Answers one client until it goes. */
export class Attendant implements Caller, Terminal {
  readonly terminal: CallerTerminal | null;
  readonly #channel: Channel;
  readonly #service: Service;
  readonly #parts: AttendantParts;
  readonly #signals = new Set<(signal: Deno.Signal) => void>();
  readonly #resizes = new Set<(size: WindowSize) => void>();
  /** The client's consent page, as the desk speaks to it. */
  readonly #pagePort: PagePort = {
    postMessage: (message) => void this.#send(KIND.toPage, encodeMessage(message)),
    addEventListener: (_type, listener) => this.#pageListener = listener,
    start: () => {},
  };
  #pageListener: ((event: MessageEvent<FromPage>) => void) | null = null;
  readonly #stdin: (Uint8Array<ArrayBuffer> | null)[] = [];
  #reading: ((bytes: Uint8Array<ArrayBuffer> | null) => void) | null = null;
  #entry: { resolve(secret: Secret): void; reject(error: OvError): void; name: string } | null = null;
  #continued: (() => void) | null = null;
  #gone = false;
  /** Calls that have no answer yet. */
  readonly #unanswered = new Set<number>();

  /**
   * @param open what the client said first
   * @param clientPid the process at the other end, as the system says
   */
  constructor(channel: Channel, open: Open, parts: AttendantParts, clientPid: number | null) {
    this.#channel = channel;
    this.#parts = parts;
    this.terminal = open.terminal;
    const { command, configFolder, cwd, environment } = open;
    const start = { ...parts.start, command, configFolder, cwd, environment };
    const door = new Door({
      start,
      terminal: this,
      hardening: parts.hardening,
      now: parts.now,
      rate: null,
      caller: this,
      terminals: parts.terminals ?? null,
      guard: {
        begin: (pid) => {
          parts.onRun(1);
          parts.guard?.begin(pid);
        },
        end: (pid) => {
          parts.onRun(-1);
          parts.guard?.end(pid);
        },
      },
      ...(open.page ? { page: pageDesk(this.#pagePort, start, clientPid ?? undefined) } : {}),
      ...(clientPid === null ? {} : { clientPid }),
    });
    door.adopt(parts.session);
    this.#service = new Service(door, (message: FromKeeper) => void this.#answer(message));
  }

  /** Takes the client's frames until it goes; then ends what ran for it. */
  async attend(): Promise<void> {
    for (let frame = await this.#channel.receive(); frame !== null; frame = await this.#channel.receive()) {
      if (!this.#take(frame)) break;
    }
    this.#gone = true;
    this.#channel.close();
    this.#service.abandon();
    this.#reading?.(null);
    this.#continued?.();
    this.#entry?.reject(new OvError("io/interrupted", "Cannot read the entry: the client went away"));
  }

  /** Whether the client waits for an answer. */
  get isBusy(): boolean {
    return this.#unanswered.size > 0;
  }

  /** Ends what runs for the client, as the end of the agent does. */
  dismiss(): void {
    this.#service.abandon();
  }

  /** @returns false where the frame is nothing that a client of ours sends */
  #take({ kind, payload }: Frame): boolean {
    switch (kind) {
      case KIND.call: {
        this.#parts.onUse();
        const message = decodeMessage(payload) as ToKeeper | null;
        if (message === null || !Number.isSafeInteger(message.id)) return false;
        if (message.t === "call") this.#unanswered.add(message.id);
        this.#service.receive(message);
        return true;
      }
      case KIND.stdin: {
        const bytes = payload.byteLength === 0 ? null : payload;
        if (this.#reading === null && this.#stdin.length > 1) return false;
        if (this.#reading === null) this.#stdin.push(bytes);
        else this.#reading(bytes);
        this.#reading = null;
        return true;
      }
      case KIND.entry: {
        const entry = this.#entry;
        this.#entry = null;
        if (entry !== null && payload.byteLength <= MAX_ENTRY_BYTES) entry.resolve(new Secret(entry.name, payload));
        payload.fill(0);
        return entry !== null;
      }
      case KIND.event:
        return this.#happened(payload);
      case KIND.fromPage: {
        this.#parts.onUse();
        const message = decodeFromPage(payload);
        payload.fill(0);
        if (message !== null) this.#pageListener?.(new MessageEvent("message", { data: message }));
        return message !== null && this.#pageListener !== null;
      }
      default:
        return false;
    }
  }

  #happened(payload: Uint8Array): boolean {
    const event = parseEvent(decodeMessage(payload));
    switch (event?.t) {
      case "signal":
        for (const listener of this.#signals) listener(event.signal as Deno.Signal);
        return true;
      case "resize":
        for (const listener of this.#resizes) listener(event.size);
        return true;
      case "continued":
        this.#continued?.();
        return true;
      case "no-entry":
        this.#entry?.reject(OvError.fromWire(event.error));
        this.#entry = null;
        return true;
      default:
        return false;
    }
  }

  // --- the terminal: the client's ------------------------------------------------------------------------------------

  show(text: string): void {
    this.#ask({ t: "show", text });
  }

  readHidden(prompt: string, name: string): Promise<Secret> {
    if (this.#gone || this.#entry !== null) {
      return Promise.reject(new OvError("usage/no-terminal", "Cannot ask for a hidden entry: nobody is there"));
    }
    const { promise, resolve, reject } = Promise.withResolvers<Secret>();
    this.#entry = { resolve, reject, name };
    this.#ask({ t: "entry", prompt });
    return promise;
  }

  /** No operation that a client of ours may ask for waits for a key. */
  readKey(): Promise<string> {
    return Promise.reject(new OvError("usage/no-terminal", "Cannot ask for a key: not through the agent"));
  }

  // --- the caller: its stdio -----------------------------------------------------------------------------------------

  read(): Promise<Uint8Array<ArrayBuffer> | null> {
    const next = this.#stdin.shift();
    if (next !== undefined) return Promise.resolve(next);
    if (this.#gone) return Promise.resolve(null);
    this.#ask({ t: "stdin" });
    const { promise, resolve } = Promise.withResolvers<Uint8Array<ArrayBuffer> | null>();
    this.#reading = resolve;
    return promise;
  }

  async write(which: "stdout" | "stderr", bytes: Uint8Array): Promise<void> {
    for (let from = 0; from < bytes.byteLength; from += MAX_PIECE_BYTES) {
      const piece = bytes.slice(from, from + MAX_PIECE_BYTES);
      if (!await this.#send(KIND[which], piece)) throw new Deno.errors.BrokenPipe("the client is gone");
    }
  }

  onSignal(listener: (signal: Deno.Signal) => void): () => void {
    this.#signals.add(listener);
    return () => this.#signals.delete(listener);
  }

  onResize(listener: (size: WindowSize) => void): () => void {
    this.#resizes.add(listener);
    return () => this.#resizes.delete(listener);
  }

  stopped(): Promise<void> {
    if (this.#gone) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#continued = resolve;
    this.#ask({ t: "stopped" });
    return promise;
  }

  started(pid: number, onTerminal: boolean): void {
    this.#ask({ t: "started", pid, onTerminal });
  }

  ended(): void {
    this.#ask({ t: "ended" });
  }

  async #answer(message: FromKeeper): Promise<void> {
    await this.#send(KIND.answer, encodeMessage(message));
    if (message.t === "progress") return;
    this.#unanswered.delete(message.id);
    this.#parts.onAnswered();
  }

  #ask(ask: Ask): void {
    void this.#send(KIND.ask, encodeMessage(ask));
  }

  #send(kind: number, payload: Uint8Array<ArrayBuffer>): Promise<boolean> {
    return this.#gone ? Promise.resolve(false) : this.#channel.send(kind, payload);
  }
}
