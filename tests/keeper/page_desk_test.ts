import assert from "node:assert/strict";
import { OvError, Secret } from "../../src/base/mod.ts";
import { type Asking, type DeskTimes, PageDesk, type PagePort } from "../../src/keeper/page_desk.ts";
import {
  type FromPage,
  type PageAnswer,
  type PageQuestion,
  readAnswer,
  type ToPage,
} from "../../src/keeper/page_protocol.ts";

const QUESTION: PageQuestion = {
  kind: "value",
  asker: { client: "agent", chain: [] },
  app: "a",
  env: "e",
  name: "N",
  replaces: false,
};

/** A page that does what the test tells it to. */
class FakePage implements PagePort {
  readonly heard: ToPage[] = [];
  readonly opened: string[] = [];
  readonly desk: PageDesk;
  hasBrowser = true;
  canListen = true;
  /** Whether a tab is open that shows the next question. */
  hasTab = false;
  #listener: (event: MessageEvent<FromPage>) => void = () => {};

  constructor(times?: Partial<DeskTimes>) {
    this.desk = new PageDesk(this, (address) => {
      this.opened.push(address);
      return Promise.resolve(this.hasBrowser);
    }, { waitMs: 60_000, openMs: 60_000, ...times });
  }

  postMessage(message: ToPage): void {
    this.heard.push(message);
    if (message.t !== "ask") return;
    const { id } = message;
    queueMicrotask(() => {
      if (!this.canListen) this.say({ t: "failed", id });
      else this.say({ t: "asked", id, address: this.hasTab ? null : `http://127.0.0.1:1/open/${this.heard.length}` });
    });
  }

  addEventListener(_type: "message", listener: (event: MessageEvent<FromPage>) => void): void {
    this.#listener = listener;
  }

  start(): void {}

  say(message: FromPage): void {
    this.#listener(new MessageEvent("message", { data: message }));
  }

  /** Answers the question that was put last, or the one of that id. */
  answer(decision: string, more: { id?: string; password?: string; [field: string]: unknown } = {}): void {
    const { id = this.lastId, password = "pw", ...rest } = more;
    const bytes = (text: string) => new TextEncoder().encode(text);
    const answer = { decision, forMs: null, remember: false, password: bytes(password), value: bytes("v"), ...rest };
    this.say({ t: "answer", id, answer: answer as never });
  }

  get lastId(): string {
    return this.heard.findLast(({ t }) => t === "ask")!.id;
  }

  get lastVerdict(): { state: string; message: string } {
    const last = this.heard.findLast(({ t }) => t === "verdict");
    if (last?.t !== "verdict") throw new Error("no verdict");
    return last.verdict;
  }
}

function asking<T = string>(key = "k", o: Partial<Asking<T>> = {}): Asking<T> {
  return {
    key,
    question: QUESTION,
    byClient: false,
    judge: ({ password }: PageAnswer) => {
      // EXPOSE: the stand-in for the vault compares it.
      if (new TextDecoder().decode(password.expose()) !== "pw") {
        throw new OvError("vault/wrong-password", "Cannot unlock: wrong password");
      }
      return Promise.resolve({ value: key as T, said: "Fine.", keep: true });
    },
    ...o,
  };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

Deno.test("ask() opens the browser, and wait() gives what was answered, once", async () => {
  const page = new FakePage();
  const ticket = (await page.desk.ask(asking()))!;
  assert.equal(page.opened.length, 1);
  const waiting = page.desk.wait(ticket);
  page.answer("accept");
  assert.deepEqual(await waiting, { kind: "allowed", value: "k" });
  assert.deepEqual(page.lastVerdict, { state: "allowed", message: "Fine." });
  // Taken: whoever asks the same again asks anew.
  const again = (await page.desk.ask(asking()))!;
  assert.notEqual(again.id, ticket.id);
  page.desk.withdraw(again);
});

Deno.test("ask() shows one page for one thing, however many calls wait for it, and one of them gets it", async () => {
  const page = new FakePage();
  const first = (await page.desk.ask(asking()))!;
  const second = (await page.desk.ask(asking()))!;
  assert.equal(first, second);
  assert.equal(page.opened.length, 1);
  const both = [page.desk.wait(first), page.desk.wait(second)];
  page.answer("accept");
  const kinds = (await Promise.all(both)).map(({ kind }) => kind);
  assert.deepEqual(kinds.sort(), ["allowed", "ended"]);
});

Deno.test("ask() gives null where nothing can be shown, and leaves nothing behind", async () => {
  const page = new FakePage();
  page.hasBrowser = false;
  assert.equal(await page.desk.ask(asking()), null);
  page.hasBrowser = true;
  page.canListen = false;
  assert.equal(await page.desk.ask(asking()), null);
  page.canListen = true;
  const ticket = await page.desk.ask(asking());
  assert.notEqual(ticket, null);
  page.desk.withdraw(ticket!);
});

Deno.test("ask() opens no browser where an open tab shows it, or the client opens the address itself", async () => {
  const page = new FakePage();
  const byClient = (await page.desk.ask(asking("a", { byClient: true })))!;
  assert.match(byClient.address!, /^http:\/\/127\.0\.0\.1:1\/open\//);
  page.hasTab = true;
  const inTab = (await page.desk.ask(asking("b")))!;
  assert.equal(inTab.address, null);
  assert.deepEqual(page.opened, []);
  page.desk.withdraw(byClient);
  page.desk.withdraw(inTab);
});

Deno.test("ask() opens no more than 8 pages at once", async () => {
  const page = new FakePage();
  const tickets = [];
  for (let i = 0; i < 8; i++) tickets.push((await page.desk.ask(asking(`k${i}`)))!);
  assert.equal(await page.desk.ask(asking("one more")), null);
  page.desk.withdraw(tickets[0]!);
  tickets.push((await page.desk.ask(asking("one more")))!);
  for (const ticket of tickets) page.desk.withdraw(ticket);
});

Deno.test("a wrong password can be corrected four times, and the fifth ends the question", async () => {
  const page = new FakePage();
  const ticket = (await page.desk.ask(asking()))!;
  const waiting = page.desk.wait(ticket);
  for (let left = 4; left > 0; left--) {
    page.answer("accept", { password: "no" });
    await settle();
    assert.equal(page.lastVerdict.state, "again");
    assert.match(page.lastVerdict.message, new RegExp(`${left} tr(y|ies) left`));
  }
  page.answer("accept", { password: "no" });
  const outcome = await waiting;
  assert.equal(outcome.kind, "ended");
  assert.equal(page.heard.at(-1)!.t, "withdraw");
  page.answer("accept");
  await settle();
  assert.notEqual(page.lastVerdict.state, "allowed");
});

Deno.test("what the vault refuses is said on the page without the password's tries, and can be answered again", async () => {
  const page = new FakePage();
  let full = true;
  const ticket = (await page.desk.ask(asking("k", {
    judge: () => {
      if (full) throw new OvError("io/no-space", "Cannot write the vault: no space left", { hint: "Make room." });
      return Promise.resolve({ value: "v", said: "Fine.", keep: true });
    },
  })))!;
  const waiting = page.desk.wait(ticket);
  for (let i = 0; i < 7; i++) {
    page.answer("accept");
    await settle();
    assert.deepEqual(page.lastVerdict, {
      state: "again",
      message: "Cannot write the vault: no space left. Make room.",
    });
  }
  full = false;
  page.answer("accept");
  assert.equal((await waiting).kind, "allowed");
});

Deno.test("a refusal is final and never judged", async () => {
  const page = new FakePage();
  let judged = 0;
  const ticket = (await page.desk.ask(asking("k", { judge: () => (judged++, Promise.reject(new Error("no"))) })))!;
  const waiting = page.desk.wait(ticket);
  page.answer("deny", { password: "" });
  assert.deepEqual(await waiting, { kind: "refused" });
  page.answer("accept", { id: ticket.id });
  await settle();
  assert.equal(judged, 0);
});

Deno.test("an answer after the wait is kept for the next call, or not, as its judge says", async () => {
  for (const keep of [true, false]) {
    const page = new FakePage({ waitMs: 1 });
    const judge = () => Promise.resolve({ value: "late", said: "Fine.", keep });
    const ticket = (await page.desk.ask(asking("k", { judge })))!;
    assert.deepEqual(await page.desk.wait(ticket), { kind: "away" });
    page.answer("once");
    await settle();
    const next = (await page.desk.ask(asking("k", { judge })))!;
    assert.equal(next === ticket, keep);
    if (keep) assert.deepEqual(await page.desk.wait(next), { kind: "allowed", value: "late" });
    else page.desk.withdraw(next);
  }
});

Deno.test("a question has its time, and its answer none after it", async () => {
  const page = new FakePage({ openMs: 1 });
  const ticket = (await page.desk.ask(asking()))!;
  const outcome = await page.desk.wait(ticket);
  assert.equal(outcome.kind, "ended");
  page.answer("accept", { id: ticket.id });
  await settle();
  assert.equal(page.heard.some(({ t }) => t === "verdict"), false);
});

Deno.test("a closed tab frees the call, and whoever asks again gets the same question shown again", async () => {
  const page = new FakePage();
  const ticket = (await page.desk.ask(asking()))!;
  const waiting = page.desk.wait(ticket);
  page.say({ t: "opened", id: ticket.id });
  page.say({ t: "away", id: ticket.id });
  assert.deepEqual(await waiting, { kind: "away" });
  assert.equal(await page.desk.ask(asking()), ticket);
  assert.equal(page.opened.length, 2);
  const again = page.desk.wait(ticket);
  page.answer("accept");
  assert.equal((await again).kind, "allowed");
});

Deno.test("a question that was given to a tab that had just been closed is opened in another", async () => {
  const page = new FakePage();
  page.hasTab = true;
  const ticket = (await page.desk.ask(asking()))!;
  assert.deepEqual(page.opened, []);
  page.hasTab = false;
  page.say({ t: "away", id: ticket.id });
  await settle();
  assert.equal(page.opened.length, 1);
  page.desk.withdraw(ticket);
});

Deno.test("a cancelled call stops waiting", async () => {
  const page = new FakePage();
  const ticket = (await page.desk.ask(asking()))!;
  const abort = new AbortController();
  const waiting = page.desk.wait(ticket, abort.signal);
  abort.abort();
  assert.deepEqual(await waiting, { kind: "away" });
  page.desk.withdraw(ticket);
});

Deno.test("messages about questions that are not there change nothing", async () => {
  const page = new FakePage();
  const ticket = (await page.desk.ask(asking()))!;
  page.answer("accept", { id: "made up" });
  page.say({ t: "away", id: "made up" });
  page.say({ t: "asked", id: "made up", address: "http://127.0.0.1:1/" });
  await settle();
  assert.equal(ticket.outcome, null);
  page.desk.withdraw(ticket);
});

Deno.test("readAnswer() takes what the page sends, overwrites it, and nothing else", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const good = () => ({ decision: "until", forMs: 60_000, remember: false, password: bytes("pw"), value: bytes("v") });
  const wire = good();
  const answer = readAnswer(wire)!;
  assert.ok(answer.password.equals(Secret.fromText("x", "pw")));
  assert.deepEqual([[...wire.password], [...wire.value]], [[0, 0], [0]]);
  const wrong: Record<string, unknown>[] = [
    { decision: "yes" },
    { decision: "once" },
    { decision: "__proto__" },
    { forMs: null },
    { forMs: 59_999 },
    { forMs: 31 * 86_400_000 },
    { forMs: "60000" },
    { remember: 1 },
    { password: "pw" },
    { password: null },
    { password: new Uint8Array(5000) },
    { value: new Uint8Array(64 * 1024 + 1) },
    { value: [1] },
  ];
  for (const part of wrong) assert.equal(readAnswer({ ...good(), ...part }), null, JSON.stringify(part));
  for (const other of [null, undefined, "x", 1, []]) assert.equal(readAnswer(other), null);
});
