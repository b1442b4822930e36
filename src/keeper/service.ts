import { OvError } from "../base/mod.ts";
import { recordRefusal } from "./denials.ts";
import type { Door } from "./door.ts";
import { type AgentHandlers, type Handlers, handlersFor } from "./handlers.ts";
import type { FromKeeper, Operation, Progress, ToKeeper } from "./protocol.ts";
import { isOpenTo } from "./roles.ts";
import { checkParams, isOperation } from "./validate.ts";

/** What a handler may do beside answering. */
export interface CallContext {
  /** Aborted when the front cancels the call. */
  readonly signal: AbortSignal;
  progress(progress: Progress): void;
}

/** Takes the messages of the front, checks them, and answers each call exactly once. */
export class Service {
  readonly #door: Door;
  readonly #send: (message: FromKeeper) => void;
  readonly #handlers: Handlers & Partial<AgentHandlers>;
  readonly #running = new Map<number, AbortController>();

  /**
   * @param send how an answer reaches the front
   * @param others what is carried out by those around the keeper
   */
  constructor(door: Door, send: (message: FromKeeper) => void, others: Partial<AgentHandlers> = {}) {
    this.#door = door;
    this.#send = send;
    this.#handlers = { ...handlersFor(door), ...others };
  }

  /** One message of the front; whatever is wrong with it is answered, never thrown. */
  receive(message: ToKeeper): void {
    if (typeof message !== "object" || message === null || !Number.isSafeInteger(message.id)) return;
    if (message.t === "cancel") this.#running.get(message.id)?.abort();
    else if (message.t === "call") void this.#answer(message.id, message.op, message.params);
  }

  /**
   * Answers a call with a refusal that was made before it came here, and records it.
   * @param refusal for the front
   */
  async turnAway(message: ToKeeper, refusal: FromKeeper): Promise<void> {
    if (message.t === "call" && isOperation(message.op) && refusal.t === "error") {
      await recordRefusal(this.#door, message.op, {}, OvError.fromWire(refusal.error));
    }
    this.#send(refusal);
  }

  /** Whoever calls is gone: ends everything that runs for them. */
  abandon(): void {
    for (const abort of this.#running.values()) abort.abort();
  }

  async #answer(id: number, op: unknown, params: unknown): Promise<void> {
    const abort = new AbortController();
    this.#running.set(id, abort);
    try {
      const value = await this.#call(op, params, {
        signal: abort.signal,
        progress: (progress) => this.#send({ t: "progress", id, progress }),
      });
      this.#send({ t: "result", id, value });
    } catch (error) {
      this.#send({ t: "error", id, error: OvError.from(error).toWire() });
      if (this.#door.start.environment["OV_DEBUG"] === "1") this.#debug(error);
    } finally {
      this.#running.delete(id);
    }
  }

  async #call(op: unknown, params: unknown, context: CallContext): Promise<unknown> {
    if (!isOperation(op)) throw new OvError("usage/invalid", "Cannot do that: no such operation");
    const { command } = this.#door.start;
    if (!isOpenTo(command, op)) {
      const refused = new OvError("policy/denied", `Cannot do ${op}: it is not open to \`ov ${command}\``);
      // No front of ours asks for that: what it said beside it is not looked at.
      await recordRefusal(this.#door, op, {}, refused);
      throw refused;
    }
    if (!Object.hasOwn(this.#handlers, op)) throw new OvError("usage/invalid", `Cannot do ${op}: not here`);
    const handler = this.#handlers[op as keyof Handlers] as (params: unknown, context: CallContext) => Promise<unknown>;
    const checked = checkParams<Operation>(op, params);
    try {
      return await handler(checked, context);
    } catch (error) {
      await recordRefusal(this.#door, op, checked, error);
      throw error;
    }
  }

  /** Only the stack's places: a foreign error's message may quote a value. */
  #debug(error: unknown): void {
    const cause = error instanceof OvError ? error.cause : error;
    const stack = cause instanceof Error ? cause.stack ?? "" : "";
    const places = stack.split("\n").filter((line) => /^\s+at /.test(line));
    this.#door.parts.terminal.show([`ov: debug: ${cause?.constructor.name ?? "error"}`, ...places, ""].join("\n"));
  }
}
