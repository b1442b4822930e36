/**
 * The isolate of the commands that may use the vault's agent, or are it. Where an agent answers, the front's calls go to
 * it, and of the keeper nothing is loaded; else this isolate is the keeper, as `keeper/worker.ts` is for the other
 * commands. It imports no npm package, and speaks to `main.ts` and the front as that one does. Who may start it: `main.ts`.
 */
import type { Descriptors, TerminalCalls } from "../keeper/descriptors.ts";
import { openActivation, openDescriptors, openTerminals } from "../keeper/descriptors.ts";
import { hardenProcess } from "../keeper/native.ts";
import { OwnCaller } from "../keeper/own_caller.ts";
import type { FromKeeper, KeeperStart, ToKeeper } from "../keeper/protocol.ts";
import { PROTOCOL_VERSION } from "../keeper/protocol.ts";
import type { Door } from "../keeper/door.ts";
import type { Service } from "../keeper/service.ts";
import { refuseUntyped } from "../keeper/typed.ts";
import { connectAgent, Relay } from "./client.ts";
import { agentPlace } from "./place.ts";

// Native code: what is needed is looked up, then the process is hardened and the right to more is given up.
const descriptors = openDescriptors(Deno.build.os);
const terminals = openTerminals(Deno.build.os);
const activation = openActivation(Deno.build.os);
const hardening = hardenProcess(Deno.build.os);

self.addEventListener("message", (event: MessageEvent<KeeperStart>) => {
  const start = event.data;
  if (start.t !== "start" || start.protocol !== PROTOCOL_VERSION) throw new TypeError("keeper: bad start message");
  const desk = new Desk(start, descriptors, terminals, event.ports[0] ?? null);
  self.addEventListener("message", (next: MessageEvent<ToKeeper>) => void desk.receive(next.data));
  self.postMessage("started");
}, { once: true });

self.postMessage("ready");

type Call = Extract<ToKeeper, { t: "call" }>;

/** Decides for each call of the front who answers: the agent, or the keeper that this isolate then becomes. */
class Desk {
  readonly #start: KeeperStart;
  readonly #descriptors: Descriptors | null;
  readonly #terminals: TerminalCalls | null;
  readonly #page: MessagePort | null;
  /** One call after the other until it is decided where it goes. */
  #turn: Promise<void> = Promise.resolve();
  #relay: Relay | null = null;
  #keeper: { readonly door: Door; readonly service: Service } | null = null;
  /** Whether the keeper here answers to the end; an `ov mcp` that nobody has unlocked still looks for an agent. */
  #decided = false;
  /** What whoever answers next must have heard: the options, and the opening of an MCP session. */
  readonly #preamble: Call[] = [];
  #nextReplay = -1;

  /** @param page the channel to the consent page, where there is one */
  constructor(
    start: KeeperStart,
    descriptors: Descriptors | null,
    terminals: TerminalCalls | null,
    page: MessagePort | null,
  ) {
    this.#start = start;
    this.#descriptors = descriptors;
    this.#terminals = terminals;
    this.#page = page;
  }

  receive(message: ToKeeper): Promise<void> {
    this.#turn = this.#turn.then(() => this.#deliver(message)).catch((error) => this.#refuse(message, error));
    return this.#turn;
  }

  async #deliver(message: ToKeeper): Promise<void> {
    const refusal = refuseUntyped(this.#start.argv, message);
    if (refusal !== null) return this.#keeper?.service.turnAway(message, refusal) ?? answer(refusal);
    const addressee = await this.#addressee(message);
    addressee.receive(message);
    if (message.t === "call" && (message.op === "configure" || message.op === "mcp.open")) {
      this.#preamble.push(message);
    }
  }

  async #addressee(message: ToKeeper): Promise<Relay | Service> {
    if (!this.#decided && !needsOwnKeeper(this.#start, message)) {
      const { command } = this.#start;
      const mayRelay = (command === "run" || command === "mcp") && (this.#keeper?.door.session ?? null) === null;
      if (mayRelay && message.t === "call" && this.#relay?.gone !== false) this.#relay = await this.#openRelay();
      if (mayRelay && this.#relay !== null) return this.#relay;
    }
    const keeper = this.#keeper ??= await this.#openKeeper();
    const waits = this.#start.command === "mcp" &&
      ![...this.#preamble, message].some((call) =>
        needsOwnKeeper(this.#start, call) || unlocksItself(this.#start, call)
      );
    if (!waits) this.#decided = true;
    return keeper.service;
  }

  async #openRelay(): Promise<Relay | null> {
    if (this.#descriptors === null) return null;
    const { vaultFolder, configFolder, cwd, environment, command } = this.#start;
    const channel = await connectAgent(this.#descriptors, agentPlace(vaultFolder), Deno.uid()!);
    if (channel === null) return null;
    const own = new OwnCaller();
    const open = {
      command: command as "run" | "mcp",
      configFolder,
      cwd,
      environment,
      terminal: own.terminal,
      page: this.#page !== null,
    };
    const relay = await Relay.open(channel, open, {
      own,
      readHidden: async (prompt) => await (await this.#terminal()).readHidden(prompt, "password"),
      show: (text) => void this.#terminal().then((terminal) => terminal.show(text)),
      send: answer,
      page: this.#page,
    });
    for (const call of this.#preamble) relay?.receive(this.#replay(call));
    return relay;
  }

  async #openKeeper(): Promise<{ door: Door; service: Service }> {
    const [{ Door }, { Service }, { pageDesk }, terminal] = await Promise.all([
      import("../keeper/door.ts"),
      import("../keeper/service.ts"),
      import("../keeper/page_desk.ts"),
      this.#terminal(),
    ]);
    const [descriptors, calls] = [this.#descriptors, this.#terminals];
    const door = new Door({
      start: this.#start,
      terminal,
      hardening,
      now: Date.now,
      rate: null,
      terminals: descriptors === null || calls === null ? null : { descriptors, calls },
      ...(this.#page === null ? {} : { page: pageDesk(this.#page, this.#start) }),
    });
    const service = new Service(door, answer, await this.#operations(door));
    for (const call of this.#preamble) service.receive(this.#replay(call));
    return { door, service };
  }

  async #operations(door: Door) {
    if (["run", "mcp", "shell"].includes(this.#start.command)) return {};
    const { agentHandlers } = await import("./operations.ts");
    return agentHandlers({ door, descriptors: this.#descriptors, terminals: this.#terminals, activation });
  }

  async #terminal() {
    const { SystemTerminal } = await import("../keeper/terminal.ts");
    return new SystemTerminal(this.#start.platform);
  }

  /** A call again, for another ear; its answer is nobody's, and nobody is asked for a password because of it. */
  #replay(call: Call): Call {
    const params = call.op === "mcp.open" ? { authorize: false } : call.params;
    return { ...call, params, id: this.#nextReplay-- };
  }

  async #refuse(message: ToKeeper, cause: unknown): Promise<void> {
    const { OvError } = await import("../base/mod.ts");
    answer({ t: "error", id: message.id, error: OvError.from(cause).toWire() });
  }
}

function answer(message: FromKeeper): void {
  if (message.id >= 0) self.postMessage(message);
}

/** Whether the password comes with this process, for the connection that it is. */
function unlocksItself({ environment }: KeeperStart, message: ToKeeper): boolean {
  if (message.t !== "call") return false;
  const { passwordFile, authorize } = (message.params ?? {}) as Record<string, unknown>;
  return (environment["OV_PASSWORD_FILE"] ?? "") !== "" ||
    (message.op === "configure" && typeof passwordFile === "string") ||
    (message.op === "mcp.open" && authorize === true);
}

/** Whether a call is for a keeper that opens the vault itself: raw output, and whoever brings another key. */
function needsOwnKeeper({ environment }: KeeperStart, message: ToKeeper): boolean {
  if (message.t !== "call") return false;
  const params = (message.params ?? {}) as Record<string, unknown>;
  if (message.op === "run") {
    const others = [params["bundle"], params["machineKey"]].some((param) => typeof param === "string");
    if (params["raw"] === true || others) return true;
  }
  return ["OV_MACHINE_KEY", "OV_MACHINE_KEY_FILE"].some((name) => (environment[name] ?? "") !== "");
}
