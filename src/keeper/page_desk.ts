/**
 * The keeper's side of the consent page: puts questions, opens the browser, judges answers, and keeps what was answered
 * until the call that it is for takes it. One question for one thing: whoever asks the same again waits for the same page.
 */
import { encodeHex, OvError } from "../base/mod.ts";
import { openBrowser } from "./browser.ts";
import {
  type FromPage,
  type PageAnswer,
  type PageQuestion,
  type PageVerdict,
  readAnswer,
  type ToPage,
} from "./page_protocol.ts";
import type { KeeperStart } from "./protocol.ts";

/** The channel to the page isolate. */
export interface PagePort {
  postMessage(message: ToPage): void;
  addEventListener(type: "message", listener: (event: MessageEvent<FromPage>) => void): void;
  start(): void;
}

/** How a question is put. */
export interface Asking<T> {
  /** Everything that the answer is for: an answer to one key never serves another. */
  readonly key: string;
  readonly question: PageQuestion;
  /** Whether the agent's own program shows the address to its user (MCP's URL mode); else the browser is opened. */
  readonly byClient: boolean;
  /**
   * Acts on an answer that is not a refusal; the answer's secrets are wiped afterwards.
   * @throws OvError `vault/wrong-password` to let the person try again; any other is shown, and can be tried again too
   */
  judge(answer: PageAnswer): Promise<Judged<T>>;
}

/** An answer that was good. */
export interface Judged<T> {
  readonly value: T;
  /** For the person, one or two sentences. */
  readonly said: string;
  /** Whether it waits for its call where none is waiting; else it has done its work. */
  readonly keep: boolean;
}

/** How a question stands. `away`: its tab was closed, or no answer came for now; it can still be answered. */
export type Outcome<T> =
  | { readonly kind: "allowed"; readonly value: T }
  | { readonly kind: "refused" }
  | { readonly kind: "ended"; readonly reason: string }
  | { readonly kind: "away" };

/** Times, in milliseconds. */
export interface DeskTimes {
  /** How long a call waits for an answer. Some clients give a tool call one minute in all. */
  readonly waitMs: number;
  /** How long a question can be answered, and how long an answer waits for its call. */
  readonly openMs: number;
}

const TIMES: DeskTimes = { waitMs: 45_000, openMs: 10 * 60_000 };

/** How often a wrong password may be typed into one page. */
const TRIES = 5;

/** Most questions that are open at once: an agent that asks without end must not fill the screen. */
const MAX_OPEN = 8;

/** A question that was put. */
export class Ticket<T> {
  readonly id: string = encodeHex(crypto.getRandomValues(new Uint8Array(16)));
  /** Where the agent's program sends its user; `null` where `ov` has opened the page itself. */
  address: string | null = null;
  outcome: Outcome<T> | null = null;
  triesLeft = TRIES;
  /** Its tab was closed: whoever asks again gets it shown again. */
  isLeft = false;
  /** Whether a page with it was seen at all. */
  isSeen = false;
  isJudged = false;
  /** Ends it when its time is up. */
  timer: ReturnType<typeof setTimeout> | undefined;
  readonly asking: Asking<T>;
  #watchers = new Set<(outcome: Outcome<T>) => void>();

  constructor(asking: Asking<T>) {
    this.asking = asking;
  }

  /** Tells whoever waits; an outcome other than `away` is for good. */
  tell(outcome: Outcome<T>): void {
    if (this.outcome !== null) return;
    if (outcome.kind !== "away") this.outcome = outcome;
    for (const watcher of [...this.#watchers]) watcher(outcome);
  }

  get isAwaited(): boolean {
    return this.#watchers.size > 0;
  }

  /** Waits for what comes next. */
  next(waitMs: number, signal?: AbortSignal): Promise<Outcome<T>> {
    if (this.outcome !== null) return Promise.resolve(this.outcome);
    const { promise, resolve } = Promise.withResolvers<Outcome<T>>();
    const away = () => resolve({ kind: "away" });
    const timer = setTimeout(away, waitMs);
    signal?.addEventListener("abort", away, { once: true });
    this.#watchers.add(resolve);
    return promise.finally(() => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", away);
      this.#watchers.delete(resolve);
    });
  }
}

/** The desk over a channel to the page; the browser is that of whoever started this `ov`. */
export function pageDesk(port: PagePort, start: KeeperStart, clientPid: number = Deno.pid): PageDesk {
  const { platform, environment, cwd } = start;
  const place = { platform, environment, workDir: cwd, pid: clientPid };
  return new PageDesk(port, (address) => openBrowser(address, place));
}

/** Everything that is asked on the page of one process. */
export class PageDesk {
  readonly #port: PagePort;
  readonly #openBrowser: (address: string) => Promise<boolean>;
  readonly #times: DeskTimes;
  readonly #tickets = new Map<string, Ticket<unknown>>();
  readonly #byId = new Map<string, Ticket<unknown>>();
  readonly #placing = new Map<string, (address: string | null | undefined) => void>();

  /**
   * @param openBrowser opens an address in the user's browser; false where there is none
   */
  constructor(port: PagePort, openBrowser: (address: string) => Promise<boolean>, times: DeskTimes = TIMES) {
    this.#port = port;
    this.#openBrowser = openBrowser;
    this.#times = times;
    port.addEventListener("message", ({ data }) => this.#receive(data));
    port.start();
  }

  /**
   * Puts a question, or finds it where it was put before.
   * @returns `null` where it can not be shown: no browser, or too many questions wait already
   */
  async ask<T>(asking: Asking<T>): Promise<Ticket<T> | null> {
    const before = this.#tickets.get(asking.key);
    if (before !== undefined) {
      if (before.isLeft && before.outcome === null) await this.#show(before);
      return before as unknown as Ticket<T>;
    }
    if (this.#tickets.size >= MAX_OPEN) return null;
    const ticket = new Ticket(asking);
    this.#tickets.set(asking.key, ticket as unknown as Ticket<unknown>);
    this.#byId.set(ticket.id, ticket as unknown as Ticket<unknown>);
    if (!await this.#show(ticket)) {
      this.#end(ticket.id, { kind: "ended", reason: "no browser" });
      this.#forget(ticket);
      return null;
    }
    const timer = setTimeout(() => {
      this.#end(ticket.id, { kind: "ended", reason: "The time to answer is up. Nothing was allowed." });
      this.#forget(ticket);
    }, this.#times.openMs);
    // A question that nobody answers does not keep the process alive.
    Deno.unrefTimer(timer);
    ticket.timer = timer;
    return ticket;
  }

  /** Waits for the outcome; one that is for good is taken, once. */
  async wait<T>(ticket: Ticket<T>, signal?: AbortSignal): Promise<Outcome<T>> {
    const outcome = await ticket.next(this.#times.waitMs, signal);
    if (outcome.kind === "away") return outcome;
    // Another call of the same key may have taken it.
    if (this.#forget(ticket) || outcome.kind !== "allowed") return outcome;
    return { kind: "ended", reason: "the answer was used already" };
  }

  /** Takes a question back, for example because the user declined to open it. */
  withdraw<T>(ticket: Ticket<T>): void {
    this.#end(ticket.id, { kind: "ended", reason: "The question was taken back. Nothing was allowed." });
    this.#forget(ticket);
  }

  /** Whether it was still known. */
  #forget<T>(ticket: Ticket<T>): boolean {
    clearTimeout(ticket.timer);
    const { key } = ticket.asking;
    return this.#tickets.get(key) === ticket as unknown && this.#tickets.delete(key);
  }

  /** Has the page made, and opened. @returns false where it can not be */
  async #show<T>(ticket: Ticket<T>): Promise<boolean> {
    const { byClient, question } = ticket.asking;
    const address = await this.#place(ticket.id, question);
    if (address === undefined) return false;
    ticket.isLeft = false;
    ticket.address = byClient ? address : null;
    return address === null || byClient || await this.#openBrowser(address);
  }

  #place(id: string, question: PageQuestion): Promise<string | null | undefined> {
    const { promise, resolve } = Promise.withResolvers<string | null | undefined>();
    this.#placing.set(id, resolve);
    this.#port.postMessage({ t: "ask", id, question });
    return promise;
  }

  #receive(message: FromPage): void {
    const placing = this.#placing.get(message.id);
    if (message.t === "asked" || message.t === "failed") {
      this.#placing.delete(message.id);
      placing?.(message.t === "asked" ? message.address : undefined);
      return;
    }
    const ticket = this.#byId.get(message.id);
    if (ticket === undefined) return;
    if (message.t === "away") {
      // The tab that was to show it had just been closed: another is opened.
      if (!ticket.isSeen) return void this.#show(ticket);
      ticket.isLeft = true;
      ticket.tell({ kind: "away" });
    } else if (message.t === "opened") {
      ticket.isSeen = true;
      ticket.isLeft = false;
    } else if (message.t === "answer") void this.#answer(ticket, message.answer);
  }

  async #answer(ticket: Ticket<unknown>, wire: unknown): Promise<void> {
    const answer = readAnswer(wire);
    if (answer === null) return this.#verdict(ticket, { state: "again", message: "That could not be read." });
    try {
      if (ticket.isJudged) return;
      ticket.isJudged = true;
      if (answer.decision === "deny") {
        this.#end(ticket.id, { kind: "refused" });
        return;
      }
      const { value, said, keep } = await ticket.asking.judge(answer);
      if (!keep && !ticket.isAwaited) this.#forget(ticket);
      ticket.tell({ kind: "allowed", value });
      this.#byId.delete(ticket.id);
      this.#verdict(ticket, { state: "allowed", message: said });
    } catch (error) {
      this.#again(ticket, OvError.from(error));
    } finally {
      ticket.isJudged = false;
      answer.password.wipe();
      answer.value.wipe();
    }
  }

  #again(ticket: Ticket<unknown>, error: OvError): void {
    if (error.code !== "vault/wrong-password") {
      const hint = error.hint === undefined ? "" : ` ${error.hint}`;
      return this.#verdict(ticket, { state: "again", message: `${error.message}.${hint}` });
    }
    if (--ticket.triesLeft <= 0) {
      this.#end(ticket.id, { kind: "ended", reason: "The password was wrong too often. Nothing was allowed." });
      return;
    }
    const left = `${ticket.triesLeft} ${ticket.triesLeft === 1 ? "try" : "tries"} left`;
    this.#verdict(ticket, { state: "again", message: `That is not the master password; ${left}.` });
  }

  #end(id: string, outcome: Outcome<unknown>): void {
    const ticket = this.#byId.get(id);
    if (ticket === undefined) return;
    this.#byId.delete(id);
    ticket.tell(outcome);
    if (outcome.kind === "refused") {
      this.#verdict(ticket, { state: "refused", message: "Refused. Nothing was allowed." });
    } else if (outcome.kind === "ended") {
      this.#port.postMessage({ t: "withdraw", id, reason: outcome.reason });
    }
  }

  #verdict({ id }: Ticket<unknown>, verdict: PageVerdict): void {
    this.#port.postMessage({ t: "verdict", id, verdict });
  }
}
