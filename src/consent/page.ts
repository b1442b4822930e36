/**
 * The page's server. What it takes from whoever can reach a loopback port (every program of the machine, every web page
 * that the user's browser shows):
 *
 * - `Host` must be the very address that it listens on, or a name that was bent to 127.0.0.1 would reach it.
 * - An address from `ov` opens once. What opened it gets a cookie, bound to a path of 128 random bits, since a cookie for
 *   127.0.0.1 goes to the servers of all its ports.
 * - An answer must come from the page itself (`Origin`, `Sec-Fetch-Site`, a header that no form can send), and holds the
 *   master password, which the keeper judges. Having the address or the cookie allows nothing.
 *
 * ```text
 * GET  /open/TOKEN        the question, once
 * GET  /q/PATH/           the same, or what became of it, for who has the cookie
 * GET  /q/PATH/wait       news, by long poll
 * POST /q/PATH/answer     { decision, forMs, remember, passwordBytes, valueBytes } "\n" password value
 * ```
 */
import { decodeUtf8, encodeUtf8 } from "../base/mod.ts";
import {
  type FromPage,
  MAX_ENTRY_BYTES,
  type PageVerdict,
  type ToPage,
  type WireAnswer,
} from "../keeper/page_protocol.ts";
import { noticeDocument, questionDocument } from "./document.ts";
import { type Entry, random, Tab } from "./tabs.ts";

/** Times, in milliseconds. */
export interface PageTimes {
  /** How long a request for news is held. */
  readonly waitMs: number;
  /** How long a page may be silent (a reload, a sleeping tab) before its question counts as left alone. */
  readonly graceMs: number;
}

const TIMES: PageTimes = { waitMs: 20_000, graceMs: 4_000 };

/** Longest first line of an answer. */
const MAX_HEAD_BYTES = 1024;
const MAX_BODY_BYTES = MAX_HEAD_BYTES + MAX_ENTRY_BYTES.password + MAX_ENTRY_BYTES.value;

const ENDED = "This question has ended. Nothing more can be answered here.";

/** All questions and tabs of one process. */
export class ConsentPage {
  readonly #send: (message: FromPage, transfer: Transferable[]) => void;
  readonly #listen: (handler: (request: Request) => Promise<Response>) => number;
  readonly #times: PageTimes;
  readonly #entries = new Map<string, Entry>();
  /** What an address stands for; `null` once it was opened. */
  readonly #tokens = new Map<string, Entry | null>();
  readonly #tabs = new Map<string, Tab>();
  #port: number | null = null;

  /**
   * @param send to the keeper
   * @param listen starts the server; gives its port
   */
  constructor(
    send: (message: FromPage, transfer: Transferable[]) => void,
    listen: (handler: (request: Request) => Promise<Response>) => number,
    times: PageTimes = TIMES,
  ) {
    this.#send = send;
    this.#listen = listen;
    this.#times = times;
  }

  /** One message of the keeper. */
  receive(message: ToPage): void {
    if (message.t === "ask") {
      const { id, question } = message;
      this.#ask(this.#entries.get(id) ?? { id, question, isSeen: false, verdict: null, judged: null });
      return;
    }
    const entry = this.#entries.get(message.id);
    if (entry === undefined) return;
    const verdict: PageVerdict = message.t === "verdict"
      ? message.verdict
      : { state: "ended", message: message.reason };
    if (verdict.state !== "again") {
      entry.verdict = verdict;
      this.#entries.delete(entry.id);
      for (const tab of this.#tabs.values()) if (tab.entry === entry) tab.tell(verdict);
    }
    entry.judged?.(verdict);
  }

  /** Answers one request. */
  async handle(request: Request): Promise<Response> {
    if (request.headers.get("host") !== `127.0.0.1:${this.#port}`) return refuse(421);
    const { pathname } = new URL(request.url);
    const [, first, second = "", third] = pathname.split("/");
    const site = request.headers.get("sec-fetch-site");
    if (first === "open" && third === undefined) {
      if (request.method !== "GET") return refuse(405);
      // Opened by the system, or typed; a link in some page is not how anybody comes here.
      return site === null || site === "none" || site === "same-origin" ? this.#open(second) : refuse(403);
    }
    const tab = first === "q" ? this.#tabs.get(second) : undefined;
    if (tab === undefined) return refuse(404);
    if (!tab.isKnownBy(cookieOf(request))) return notice(403, OTHER_BROWSER);
    if (third === "" && request.method === "GET") {
      return site === null || site === "none" || site === "same-origin" ? this.#show(tab) : refuse(403);
    }
    // A header that only a script of this very origin can send.
    if ((site !== null && site !== "same-origin") || request.headers.get("x-ov") !== "1") return refuse(403);
    if (third === "wait" && request.method === "GET") return this.#wait(tab);
    if (third !== "answer" || request.method !== "POST") return refuse(405);
    if (request.headers.get("origin") !== `http://127.0.0.1:${this.#port}`) return refuse(403);
    return await this.#answer(tab, request);
  }

  #ask(entry: Entry): void {
    try {
      this.#port ??= this.#listen((request) => this.handle(request));
    } catch {
      this.#send({ t: "failed", id: entry.id }, []);
      return;
    }
    this.#entries.set(entry.id, entry);
    // Where a page has just been answered and is still open, the next question comes there.
    const tab = [...this.#tabs.values()].find((tab) => tab.isWatched && tab.entry.verdict?.state === "allowed");
    if (tab !== undefined) {
      tab.show(entry);
      this.#send({ t: "asked", id: entry.id, address: null }, []);
      return;
    }
    const token = random();
    this.#tokens.set(token, entry);
    this.#send({ t: "asked", id: entry.id, address: `http://127.0.0.1:${this.#port}/open/${token}` }, []);
  }

  #open(token: string): Response {
    const entry = this.#tokens.get(token);
    if (entry === undefined) return refuse(404);
    if (entry === null) return notice(410, OPENED_BEFORE);
    this.#tokens.set(token, null);
    const tab = new Tab(entry, ({ id }) => this.#send({ t: "away", id }, []));
    this.#tabs.set(tab.path, tab);
    const response = this.#show(tab);
    response.headers.set("set-cookie", `ov=${tab.cookie}; Path=/q/${tab.path}/; HttpOnly; SameSite=Strict`);
    return response;
  }

  #show(tab: Tab): Response {
    const { entry } = tab;
    if (entry.verdict !== null) return notice(200, { title: "OpaqueVault", text: [entry.verdict.message] });
    if (!entry.isSeen) this.#send({ t: "opened", id: entry.id }, []);
    entry.isSeen = true;
    const nonce = random();
    return html(200, nonce, questionDocument(entry.question, { nonce, path: `/q/${tab.path}/` }));
  }

  /** News as a stream that has begun: that the page is gone shows in its being cancelled. */
  #wait(tab: Tab): Response {
    const { verdict } = tab.entry;
    // Answered here a moment ago: the page waits for what may come next.
    if (verdict !== null && verdict.state !== "allowed") return json(verdict);
    const gone = new AbortController();
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        void tab.wait(this.#times.waitMs, this.#times.graceMs, gone.signal).then((news) => {
          if (gone.signal.aborted) return;
          controller.enqueue(encodeUtf8(JSON.stringify(news ?? { state: "open" })));
          controller.close();
        });
      },
      cancel: () => gone.abort(),
    });
    return new Response(body, { headers: headers("application/json", "") });
  }

  async #answer(tab: Tab, request: Request): Promise<Response> {
    const { entry } = tab;
    const answer = closedBy(entry) === null ? await readAnswer(request) : null;
    // Looked at again: while it was coming in, another tab may have given its own.
    const closed = closedBy(entry);
    if (closed !== null) {
      answer?.password.fill(0);
      answer?.value.fill(0);
      return json(closed);
    }
    if (answer === null) return refuse(400);
    const { promise, resolve } = Promise.withResolvers<PageVerdict>();
    entry.judged = resolve;
    this.#send({ t: "answer", id: entry.id, answer }, [answer.password.buffer, answer.value.buffer]);
    const verdict = await promise;
    entry.judged = null;
    return json(verdict);
  }
}

const OPENED_BEFORE = {
  title: "This address was opened before",
  text: [
    "An address from ov opens once. If you opened it, the question is in the tab where you did.",
    "If you did not, another program on this machine was faster. It can not allow anything: that takes your master " +
    "password, typed on the page. Let your agent ask again, or run ov approve in a terminal.",
  ],
};

const OTHER_BROWSER = {
  title: "This page belongs to another browser",
  text: ["It shows its question only where it was opened first. Let your agent ask again."],
};

/** Why no answer is taken now; `null` where one is. */
function closedBy(entry: Entry): PageVerdict | null {
  if (entry.verdict !== null) return { state: "ended", message: ENDED };
  return entry.judged === null ? null : { state: "again", message: "Another answer is being looked at." };
}

async function readAnswer(request: Request): Promise<WireAnswer | null> {
  const body = await readBody(request);
  if (body === null) return null;
  try {
    const end = body.subarray(0, MAX_HEAD_BYTES).indexOf(0x0a);
    const text = end < 0 ? null : decodeUtf8(body.subarray(0, end));
    if (text === null) return null;
    const { decision, forMs, remember, passwordBytes, valueBytes } = JSON.parse(text);
    if (!isCount(passwordBytes) || !isCount(valueBytes)) return null;
    if (body.byteLength !== end + 1 + passwordBytes + valueBytes) return null;
    const password = body.slice(end + 1, end + 1 + passwordBytes);
    const value = body.slice(end + 1 + passwordBytes);
    // The rest is the keeper's to check.
    return { decision, forMs, remember, password, value };
  } catch {
    return null;
  } finally {
    body.fill(0);
  }
}

async function readBody(request: Request): Promise<Uint8Array<ArrayBuffer> | null> {
  const size = Number(request.headers.get("content-length") ?? NaN);
  if (!isCount(size) || size > MAX_BODY_BYTES || request.body === null) return null;
  const body = new Uint8Array(size);
  let at = 0;
  for await (const chunk of request.body) {
    if (at + chunk.byteLength > size) return null;
    body.set(chunk, at);
    chunk.fill(0);
    at += chunk.byteLength;
  }
  return at === size ? body : null;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function cookieOf(request: Request): string {
  return /(?:^|;\s*)ov=([A-Za-z0-9_-]+)/.exec(request.headers.get("cookie") ?? "")?.[1] ?? "";
}

/** What every answer says: stay here, load nothing, be in no frame, leave no trace. */
function headers(type: string, policy: string): Record<string, string> {
  return {
    "content-type": type,
    "content-security-policy":
      `default-src 'none'; ${policy}base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
  };
}

function html(status: number, nonce: string, document: string): Response {
  const policy = `script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; connect-src 'self'; `;
  return new Response(document, { status, headers: headers("text/html; charset=utf-8", policy) });
}

function notice(status: number, content: { title: string; text: readonly string[] }): Response {
  const nonce = random();
  return html(status, nonce, noticeDocument(content, nonce));
}

function json(value: unknown): Response {
  return new Response(JSON.stringify(value), { headers: headers("application/json", "") });
}

function refuse(status: number): Response {
  return new Response(null, { status, headers: headers("text/plain", "") });
}
