/** The page without isolate and browser: requests are handed to it, and the keeper is a list of messages. */
import { ConsentPage, type PageTimes } from "../../src/consent/mod.ts";
import type { FromPage, PageQuestion, PageVerdict, ToPage } from "../../src/keeper/page_protocol.ts";

export const PORT = 40_123;
export const ORIGIN = `http://127.0.0.1:${PORT}`;

const ASKER = { client: "agent 1", chain: [] };

/** A question for a value; nothing about it matters. */
export const VALUE_QUESTION: Extract<PageQuestion, { kind: "value" }> = {
  kind: "value",
  asker: ASKER,
  app: "shop",
  env: "development",
  name: "API_KEY",
  replaces: false,
};

/** An opened tab: where it is, and its cookie. */
export interface OpenTab {
  readonly path: string;
  readonly cookie: string;
}

/** The page with everything that it told the keeper. */
export class FakeDesk {
  readonly said: FromPage[] = [];
  readonly page: ConsentPage;
  /** What the keeper says to the next answers. */
  verdict: PageVerdict | null = { state: "allowed", message: "Fine." };
  /** The bytes of each answer, as text: password and value. */
  readonly answers: { decision: string; forMs: unknown; remember: unknown; password: string; value: string }[] = [];

  constructor(o: { times?: PageTimes; listen?: () => number } = {}) {
    this.page = new ConsentPage(
      (message, transfer) => this.#hear(structuredClone(message, { transfer })),
      o.listen ?? (() => PORT),
      o.times,
    );
  }

  /** Puts a question; its address. */
  ask(id = "q1", question: PageQuestion = VALUE_QUESTION): string {
    this.page.receive({ t: "ask", id, question });
    const asked = this.said.at(-1);
    if (asked?.t !== "asked" || asked.address === null) throw new Error("the page gave no address");
    return asked.address;
  }

  say(message: ToPage): void {
    this.page.receive(message);
  }

  /** A request as a browser's: `Host` is the right one unless told otherwise. */
  request(
    url: string,
    o: { method?: string; headers?: Record<string, string>; body?: BodyInit } = {},
  ): Promise<Response> {
    const { method = "GET", headers = {}, body = null } = o;
    // `fetch` would not let a test set these.
    const request = new Request(new URL(url, ORIGIN), { method, body });
    const all = new Headers({ host: new URL(ORIGIN).host, ...headers });
    if (body instanceof Uint8Array && !all.has("content-length")) all.set("content-length", String(body.byteLength));
    return this.page.handle(
      new Proxy(request, {
        get: (target, name) => {
          if (name === "headers") return all;
          const value = Reflect.get(target, name, target);
          return typeof value === "function" ? value.bind(target) : value;
        },
      }),
    );
  }

  /** Opens an address as the user's browser does. */
  async open(address: string): Promise<OpenTab> {
    const response = await this.request(address, { headers: { "sec-fetch-site": "none" } });
    const set = response.headers.get("set-cookie") ?? "";
    const [, cookie, path] = /^(ov=[^;]+); Path=([^;]+); HttpOnly; SameSite=Strict$/.exec(set) ?? [];
    if (response.status !== 200 || path === undefined) throw new Error(`not opened: ${response.status} ${set}`);
    await response.body?.cancel();
    return { path, cookie: cookie! };
  }

  /** Sends an answer as the page's script does. */
  answer(
    tab: OpenTab,
    head: Record<string, unknown> = {},
    o: { password?: string; value?: string; headers?: Record<string, string | null>; raw?: Uint8Array<ArrayBuffer> } =
      {},
  ): Promise<Response> {
    const utf8 = new TextEncoder();
    const [password, value] = [utf8.encode(o.password ?? "pw"), utf8.encode(o.value ?? "")];
    const full = {
      decision: "accept",
      forMs: null,
      remember: false,
      passwordBytes: password.byteLength,
      valueBytes: value.byteLength,
      ...head,
    };
    const line = utf8.encode(JSON.stringify(full) + "\n");
    const body = new Uint8Array([...line, ...password, ...value]);
    const headers: Record<string, string | null> = { ...this.scriptHeaders(tab), origin: ORIGIN, ...o.headers };
    const given = Object.fromEntries(Object.entries(headers).filter(([, text]) => text !== null)) as Record<
      string,
      string
    >;
    return this.request(`${tab.path}answer`, { method: "POST", headers: given, body: o.raw ?? body });
  }

  scriptHeaders(tab: OpenTab): Record<string, string> {
    return { cookie: tab.cookie, "sec-fetch-site": "same-origin", "x-ov": "1" };
  }

  #hear(message: FromPage): void {
    this.said.push(message);
    if (message.t !== "answer") return;
    const { password, value, ...rest } = message.answer;
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    this.answers.push({ ...rest, password: text(password), value: text(value) });
    const { verdict } = this;
    if (verdict !== null) queueMicrotask(() => this.page.receive({ t: "verdict", id: message.id, verdict }));
  }
}
