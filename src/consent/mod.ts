/**
 * The consent page: an isolate of its own that may listen on a free loopback port and do nothing else. It shows what is
 * asked, takes what is typed, and hands that to the keeper through a channel that the front never sees. It decides
 * nothing, keeps nothing, imports no npm package, loads nothing from elsewhere, and must never put a password or a value
 * into a page, a log, an address or an error. Only `main.ts` starts it.
 */
export * from "./document.ts";
export * from "./page.ts";
export * from "./tabs.ts";
