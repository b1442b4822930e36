/** The questions of the page and the tabs that show them: what is open, what was answered, and who looks at it. */
import { encodeBase64Url, encodeUtf8, equalBytes } from "../base/mod.ts";
import type { PageQuestion, PageVerdict } from "../keeper/page_protocol.ts";

/** One question. */
export interface Entry {
  readonly id: string;
  readonly question: PageQuestion;
  /** Whether a page with it was asked for. */
  isSeen: boolean;
  /** Set once it can not be answered any more. */
  verdict: PageVerdict | null;
  /** Takes the keeper's word on the answer that is being judged. */
  judged: ((verdict: PageVerdict) => void) | null;
}

/** What a waiting tab is told. */
export type TabNews = { readonly state: "next" } | PageVerdict;

/** How long a page takes from one request for news to the next, in milliseconds. */
const REPOLL_MS = 500;

/** One browser tab, and its copies. */
export class Tab {
  /** Part of the tab's paths, which the cookie is bound to: no other server of this machine is ever sent it. */
  readonly path: string = random();
  readonly cookie: string = random();
  entry: Entry;
  readonly #waiting = new Set<(news: TabNews | null) => void>();
  readonly #onAway: (entry: Entry) => void;
  #seenAt = -Infinity;
  #leaving: ReturnType<typeof setTimeout> | undefined;

  /** @param onAway called when nobody has looked at the question for a while */
  constructor(entry: Entry, onAway: (entry: Entry) => void) {
    this.entry = entry;
    this.#onAway = onAway;
  }

  /** Whether a page is open and waits for news, or has got some a moment ago and is about to wait for more. */
  get isWatched(): boolean {
    return this.#waiting.size > 0 || performance.now() - this.#seenAt < REPOLL_MS;
  }

  /** Whether that is the tab's cookie. */
  isKnownBy(cookie: string): boolean {
    return equalBytes(encodeUtf8(this.cookie), encodeUtf8(cookie));
  }

  /** Shows the next question where the last one was; a page that was closed meanwhile does not come for it. */
  show(entry: Entry): void {
    this.entry = entry;
    this.tell({ state: "next" });
    const timer = setTimeout(() => {
      if (this.entry === entry && !entry.isSeen && entry.verdict === null) this.#onAway(entry);
    }, REPOLL_MS * 3);
    Deno.unrefTimer(timer);
  }

  /** Wakes every page that waits. */
  tell(news: TabNews): void {
    for (const wake of [...this.#waiting]) wake(news);
  }

  /**
   * Waits for news.
   * @param signal of the page's request: the page may go away
   * @returns `null` after `waitMs`
   */
  wait(waitMs: number, graceMs: number, signal: AbortSignal): Promise<TabNews | null> {
    clearTimeout(this.#leaving);
    const { promise, resolve } = Promise.withResolvers<TabNews | null>();
    const timer = setTimeout(() => resolve(null), waitMs);
    const gone = () => resolve(null);
    signal.addEventListener("abort", gone, { once: true });
    this.#waiting.add(resolve);
    return promise.finally(() => {
      clearTimeout(timer);
      signal.removeEventListener("abort", gone);
      this.#waiting.delete(resolve);
      if (!signal.aborted) this.#seenAt = performance.now();
      if (this.#waiting.size > 0) return;
      clearTimeout(this.#leaving);
      const leaving = setTimeout(() => {
        if (this.#waiting.size === 0 && this.entry.verdict === null) this.#onAway(this.entry);
      }, graceMs);
      Deno.unrefTimer(leaving);
      this.#leaving = leaving;
    });
  }
}

/** 128 random bits for a path or a cookie. */
export function random(): string {
  return encodeBase64Url(crypto.getRandomValues(new Uint8Array(16)));
}
