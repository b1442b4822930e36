/** The client's side: finding the agent, asking it about itself, and having it carry out what the front asks for. */
import { OvError, type Secret } from "../base/mod.ts";
import type { Descriptors } from "../keeper/descriptors.ts";
import { encodeOpener, type Opener } from "../keeper/opener.ts";
import type { AgentView, FromKeeper, ToKeeper } from "../keeper/protocol.ts";
import type { FromPage, ToPage } from "../keeper/page_protocol.ts";
import type { OwnCaller } from "../keeper/own_caller.ts";
import { Channel } from "./channel.ts";
import {
  type Ask,
  type ClientEvent,
  type Control,
  type ControlAnswer,
  decodeMessage,
  encodeFromPage,
  encodeMessage,
  KIND,
  type Open,
  type Opened,
} from "./messages.ts";
import { type AgentPlace, mayBeServed, readAgentKey } from "./place.ts";
import { connectUnix } from "./unix_socket.ts";

/** From TERM to KILL for the command of an agent that died, in milliseconds. */
const GRACE_MS = 5000;

/** How often to look whether it has ended, in milliseconds. */
const POLL_MS = 20;

/** Time for an agent to say hello, in milliseconds: one that is stopped keeps nobody waiting for ever. */
const HELLO_MS = 10_000;

/** The same for one that a service manager starts first. */
const WAKE_MS = 30_000;

/** How often an agent that hangs up before it says hello is tried again: it was about to end. */
const WAKE_TRIES = 3;

/**
 * Connects to the agent of a vault.
 * @returns `null` where none answers
 * @throws OvError `vault/conflict` where one of another version answers
 */
export async function connectAgent(all: Descriptors, place: AgentPlace, uid: number): Promise<Channel | null> {
  if (!mayBeServed(place)) return null;
  const channel = await greet(all, place, uid, HELLO_MS);
  return channel === "silent" ? null : channel;
}

/**
 * As {@link connectAgent}, and where a service manager listens in the agent's place, it is made to start one. Nobody asks
 * so but a person who unlocks: a locked agent is of no other use.
 * @throws OvError `vault/conflict` also where somebody listens and no agent ever answers
 */
export async function wakeAgent(all: Descriptors, place: AgentPlace, uid: number): Promise<Channel | null> {
  for (let tries = 1; tries <= WAKE_TRIES; tries++) {
    const channel = await greet(all, place, uid, WAKE_MS);
    if (channel !== "silent") return channel;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new OvError("vault/conflict", "Cannot unlock: somebody listens at the agent's socket, and no agent answers", {
    hint:
      "If `ov agent install` made a service: see `systemctl --user status opaquevault-agent.service`; an agent that " +
      "was started before it must be ended first.",
  });
}

/** @returns `null` where nobody listens; `"silent"` where somebody does who is no agent of this user that we can talk to */
async function greet(
  all: Descriptors,
  place: AgentPlace,
  uid: number,
  timeoutMs: number,
): Promise<Channel | "silent" | null> {
  const connection = connectUnix(all, place.socket);
  if (connection === null) return null;
  const timer = setTimeout(() => connection.socket.close(), timeoutMs);
  const channel = connection.peer.uid === uid
    ? await Channel.open(connection.socket, () => readAgentKey(place, uid), "client")
    : null;
  clearTimeout(timer);
  if (channel instanceof Channel) return channel;
  connection.socket.close();
  if (channel === null) return "silent";
  throw new OvError("vault/conflict", "Cannot use the agent: it is of another version of ov", {
    hint: "Run `ov agent stop` with the version that started it, or end its process, and `ov unlock` again.",
  });
}

/**
 * Asks the agent something about itself.
 * @param opener for `unlock`, borrowed
 * @returns `null` where it went away
 * @throws OvError as the agent answers: `vault/wrong-password`, …
 */
export async function controlAgent(
  channel: Channel,
  control: Control,
  opener: Opener | null = null,
): Promise<AgentView | null> {
  try {
    await channel.send(KIND.control, encodeMessage(control));
    if (opener !== null) {
      const bytes = encodeOpener(opener);
      await channel.send(KIND.entry, bytes);
      bytes.fill(0);
    }
    const frame = await channel.receive();
    if (frame === null || frame.kind !== KIND.controlled) return null;
    const answer = decodeMessage(frame.payload) as ControlAnswer;
    if (!answer.ok) throw OvError.fromWire(answer.error);
    return answer.agent;
  } finally {
    channel.close();
  }
}

/** What a relay needs of the process. */
export interface RelayParts {
  readonly own: OwnCaller;
  /** Reads a hidden entry on this process's terminal. */
  readHidden(prompt: string): Promise<Secret>;
  show(text: string): void;
  /** An answer for the front. */
  send(message: FromKeeper): void;
  /** The channel to the consent page; `null` where there is none. */
  readonly page: MessagePort | null;
}

/** The agent in the place of the keeper: the front's calls go there, and its child's stdio is ours. */
export class Relay {
  readonly #channel: Channel;
  readonly #parts: RelayParts;
  readonly #open = new Set<number>();
  #child: number | null = null;
  #stopListening: (() => void) | null = null;
  #gone = false;
  /** Questions that the agent has put on the page: only their answers go to it. */
  readonly #questions = new Set<string>();

  private constructor(channel: Channel, parts: RelayParts) {
    this.#channel = channel;
    this.#parts = parts;
  }

  /** Opens a connection for a command. @returns `null` where the agent is locked or gone */
  static async open(channel: Channel, open: Open, parts: RelayParts): Promise<Relay | null> {
    void channel.send(KIND.proof, new Uint8Array(0));
    void channel.send(KIND.open, encodeMessage(open));
    const frame = await channel.receive();
    const opened = frame?.kind === KIND.opened ? decodeMessage(frame.payload) as Opened : null;
    if (opened === null || opened.locked) {
      channel.close();
      return null;
    }
    const relay = new Relay(channel, parts);
    parts.page?.addEventListener("message", ({ data }: MessageEvent<FromPage>) => relay.#fromPage(data));
    parts.page?.start();
    void relay.#attend();
    return relay;
  }

  /** Whether the agent went away. */
  get gone(): boolean {
    return this.#gone;
  }

  /** One message of the front. */
  receive(message: ToKeeper): void {
    if (message.t === "call") this.#open.add(message.id);
    if (this.#gone) return this.#failAll();
    void this.#channel.send(KIND.call, encodeMessage(message));
  }

  async #attend(): Promise<void> {
    for (let frame = await this.#channel.receive(); frame !== null; frame = await this.#channel.receive()) {
      switch (frame.kind) {
        case KIND.answer:
          this.#answer(decodeMessage(frame.payload) as FromKeeper);
          break;
        case KIND.ask:
          this.#do(decodeMessage(frame.payload) as Ask);
          break;
        case KIND.toPage: {
          const message = decodeMessage(frame.payload) as ToPage;
          this.#questions.add(message.id);
          this.#parts.page?.postMessage(message);
          break;
        }
        case KIND.stdout:
        case KIND.stderr:
          await this.#write(frame.kind === KIND.stdout ? "stdout" : "stderr", frame.payload);
          break;
      }
    }
    this.#gone = true;
    this.#channel.close();
    await this.#endOrphan();
    this.#settle();
    this.#failAll();
  }

  #fromPage(message: FromPage): void {
    if (this.#gone || !this.#questions.has(message.id)) return;
    const bytes = encodeFromPage(message);
    if (message.t === "answer") { for (const entry of [message.answer.password, message.answer.value]) entry.fill(0); }
    void this.#channel.send(KIND.fromPage, bytes).finally(() => bytes.fill(0));
  }

  #answer(message: FromKeeper): void {
    if (message.t !== "progress") this.#open.delete(message.id);
    this.#parts.send(message);
  }

  #do(ask: Ask): void {
    switch (ask.t) {
      case "entry":
        return void this.#enter(ask.prompt);
      case "show":
        return this.#parts.show(ask.text);
      case "stdin":
        return void this.#parts.own.read().then((bytes) => this.#channel.send(KIND.stdin, bytes ?? new Uint8Array(0)));
      case "started":
        this.#child = ask.pid;
        this.#listen();
        return this.#parts.own.started(ask.pid, ask.onTerminal);
      case "ended":
        this.#child = null;
        return this.#settle();
      case "stopped":
        return void this.#parts.own.stopped().then(() => {
          const size = this.#parts.own.windowSize();
          if (size !== null) this.#tell({ t: "resize", size });
          this.#tell({ t: "continued" });
        });
    }
  }

  async #enter(prompt: string): Promise<void> {
    try {
      const entry = await this.#parts.readHidden(prompt);
      // EXPOSE: to the agent of the same user, over its own authenticated socket, as the consent to this command
      const bytes = Uint8Array.from(entry.expose());
      entry.wipe();
      await this.#channel.send(KIND.entry, bytes);
      bytes.fill(0);
    } catch (error) {
      this.#tell({ t: "no-entry", error: OvError.from(error).toWire() });
    }
  }

  async #write(which: "stdout" | "stderr", bytes: Uint8Array): Promise<void> {
    try {
      await this.#parts.own.write(which, bytes);
    } catch {
      // Nobody reads ours any more: the command is to notice, as it would without us between.
      this.#channel.close();
    }
  }

  /** While the command runs, signals and the window's size are its own. */
  #listen(): void {
    const { own } = this.#parts;
    const stops = [
      own.onSignal((signal) => this.#tell({ t: "signal", signal })),
      own.onResize((size) => this.#tell({ t: "resize", size })),
    ];
    this.#stopListening = () => stops.forEach((stop) => stop());
  }

  #settle(): void {
    this.#stopListening?.();
    this.#stopListening = null;
    this.#parts.own.ended();
  }

  #tell(event: ClientEvent): void {
    if (!this.#gone) void this.#channel.send(KIND.event, encodeMessage(event));
  }

  /** The agent died with a command of ours running: it is ended here. */
  async #endOrphan(): Promise<void> {
    if (this.#child === null) return;
    const end = Date.now() + GRACE_MS;
    for (let signal: Deno.Signal = "SIGTERM"; signalGroup(this.#child, signal); signal = "SIGCONT") {
      if (Date.now() >= end) return void signalGroup(this.#child, "SIGKILL");
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  #failAll(): void {
    const error = new OvError("run/failed", "The agent has ended, and the command with it", {
      hint: "Unlock again with `ov unlock`, or run the command without an agent.",
    }).toWire();
    for (const id of this.#open) this.#parts.send({ t: "error", id, error });
    this.#open.clear();
  }
}

/** @returns whether there is such a group */
function signalGroup(pid: number, signal: Deno.Signal): boolean {
  try {
    Deno.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}
