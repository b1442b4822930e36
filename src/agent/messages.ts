/**
 * What an agent and its client say to each other in the frames of `channel.ts`. There is no message that asks for a key
 * or a value, and none that answers with one: the agent starts the child itself, and only masked output comes back.
 *
 * ```text
 * client -> agent   PROOF     nothing              first: short, and only a reader of the key can make it
 *                   OPEN      JSON Open            second, once
 *                   CALL      JSON ToKeeper        keeper/protocol.ts, for the operations of the command that opened
 *                   EVENT     JSON ClientEvent     signals, window size, answers
 *                   STDIN     bytes                at most one that was not asked for; empty: the end
 *                   ENTRY     bytes                the password that was asked for, as it was typed; to unlock: keeper/opener.ts
 *                   FROM_PAGE FromPage             keeper/page_protocol.ts, for a client with a consent page
 *                   CONTROL   JSON Control         instead of everything else: status, lock, stop, unlock (ENTRY follows)
 * agent  -> client  OPENED    JSON Opened
 *                   ANSWER    JSON FromKeeper
 *                   ASK       JSON Ask             hidden entry, text for the terminal, more stdin, stopped
 *                   STDOUT, STDERR  bytes          masked
 *                   TO_PAGE   JSON ToPage
 *                   CONTROLLED  JSON ControlAnswer
 * ```
 */
import { concatBytes, decodeUtf8, encodeUtf8, type WireError } from "../base/mod.ts";
import type { WindowSize } from "../keeper/caller.ts";
import type { FromPage } from "../keeper/page_protocol.ts";
import type { AgentView } from "../keeper/protocol.ts";

/** Kinds of frame. */
export const KIND = {
  open: 1,
  call: 2,
  event: 3,
  stdin: 4,
  entry: 5,
  control: 6,
  proof: 7,
  fromPage: 8,
  opened: 17,
  answer: 18,
  ask: 19,
  stdout: 20,
  stderr: 21,
  controlled: 22,
  toPage: 23,
} as const;

/** Largest piece of stdin or of a child's output in one frame. */
export const MAX_PIECE_BYTES = 64 * 1024;

/** The first message: who asks, and from where. */
export interface Open {
  /** The subcommand, which decides the operations that are open: `run` or `mcp`, nothing else. */
  readonly command: "run" | "mcp";
  readonly configFolder: string;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Which of the caller's streams are a terminal, and its size; `null` where none is. */
  readonly terminal: ClientTerminal | null;
  /** Whether it has a consent page. */
  readonly page: boolean;
}

/** The caller's terminal. */
export interface ClientTerminal {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly size: WindowSize;
}

/** The agent's answer to {@link Open}. */
export interface Opened {
  readonly version: string;
  readonly locked: boolean;
}

/** Something that happened at the caller's. */
export type ClientEvent =
  | { readonly t: "signal"; readonly signal: string }
  | { readonly t: "resize"; readonly size: WindowSize }
  /** The caller was stopped with its child, and goes on. */
  | { readonly t: "continued" }
  /** No entry: why. */
  | { readonly t: "no-entry"; readonly error: WireError };

/** Something that the agent wants of the caller. */
export type Ask =
  | { readonly t: "entry"; readonly prompt: string }
  | { readonly t: "show"; readonly text: string }
  | { readonly t: "stdin" }
  /** The child's process group, for the client to end should the agent die. */
  | { readonly t: "started"; readonly pid: number; readonly onTerminal: boolean }
  | { readonly t: "ended" }
  | { readonly t: "stopped" };

/** What a person asks of the agent itself. */
export type Control =
  | { readonly t: "status" }
  | { readonly t: "lock" }
  | { readonly t: "stop" }
  /** What opens the vault follows as {@link KIND.entry}, by `keeper/opener.ts`. */
  | { readonly t: "unlock"; readonly limits: Limits };

/** How long an agent stays unlocked. */
export interface Limits {
  /** From the unlocking, in milliseconds. */
  readonly forMs: number;
  /** Without any request and without a running child, in milliseconds. */
  readonly idleMs: number;
}

/** The answer to a {@link Control}. */
export type ControlAnswer =
  | { readonly ok: true; readonly agent: AgentView }
  | { readonly ok: false; readonly error: WireError };

/** A message as the payload of a frame. */
export function encodeMessage(message: unknown): Uint8Array<ArrayBuffer> {
  return encodeUtf8(JSON.stringify(message));
}

/** The payload as JSON; `null` where it is none. */
export function decodeMessage(payload: Uint8Array): unknown {
  const text = decodeUtf8(payload);
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * A message of the consent page. What was typed on it crosses as bytes, not as text, so that it can be wiped.
 *
 * ```text
 * u32 length of the JSON | JSON, without the entries | u32 length of the password | password | value
 * ```
 */
export function encodeFromPage(message: FromPage): Uint8Array<ArrayBuffer> {
  const { password, value, ...answer } = message.t === "answer" ? message.answer : NO_ENTRIES;
  const head = encodeMessage(message.t === "answer" ? { ...message, answer } : message);
  const sizes = new DataView(new ArrayBuffer(8));
  sizes.setUint32(0, head.byteLength);
  sizes.setUint32(4, password.byteLength);
  const bytes = new Uint8Array(sizes.buffer);
  return concatBytes(bytes.subarray(0, 4), head, bytes.subarray(4), password, value);
}

/** What {@link encodeFromPage} made, its entries copied; `null` where it is anything else. The desk checks the rest. */
export function decodeFromPage(payload: Uint8Array<ArrayBuffer>): FromPage | null {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  if (payload.byteLength < 8) return null;
  const passwordAt = 4 + view.getUint32(0) + 4;
  if (passwordAt > payload.byteLength) return null;
  const valueAt = passwordAt + view.getUint32(passwordAt - 4);
  if (valueAt > payload.byteLength) return null;
  const message = decodeMessage(payload.subarray(4, passwordAt - 4));
  if (!isObject(message) || typeof message["t"] !== "string" || typeof message["id"] !== "string") return null;
  if (message["t"] !== "answer") return message as FromPage;
  if (!isObject(message["answer"])) return null;
  const entries = { password: payload.slice(passwordAt, valueAt), value: payload.slice(valueAt) };
  return { ...message, answer: { ...message["answer"], ...entries } } as FromPage;
}

const NO_ENTRIES = { password: new Uint8Array(0), value: new Uint8Array(0) };

/** As {@link Open}, checked field by field; `null` where it is anything else. */
export function parseOpen(value: unknown): Open | null {
  if (!isObject(value)) return null;
  const { command, configFolder, cwd, environment, terminal, page } = value;
  if (command !== "run" && command !== "mcp") return null;
  if (!isPath(configFolder) || !isPath(cwd) || !isObject(environment) || typeof page !== "boolean") return null;
  if (!Object.values(environment).every((text) => typeof text === "string")) return null;
  if (terminal !== null) {
    if (!isObject(terminal) || parseSize(terminal["size"]) === null) return null;
    if (!["stdin", "stdout", "stderr"].every((name) => typeof terminal[name] === "boolean")) return null;
  }
  return { command, configFolder, cwd, environment, terminal, page } as Open;
}

/** Signals that a client passes on. */
export const PASSED_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;

/** As {@link ClientEvent}; `null` where it is anything else. */
export function parseEvent(value: unknown): ClientEvent | null {
  if (!isObject(value)) return null;
  switch (value["t"]) {
    case "signal":
      return PASSED_SIGNALS.includes(value["signal"] as typeof PASSED_SIGNALS[number]) ? value as ClientEvent : null;
    case "resize":
      return parseSize(value["size"]) === null ? null : value as ClientEvent;
    case "continued":
      return { t: "continued" };
    case "no-entry": {
      const error = value["error"];
      const isError = isObject(error) && typeof error["code"] === "string" && typeof error["message"] === "string";
      return isError ? value as ClientEvent : null;
    }
    default:
      return null;
  }
}

/** As {@link Control}; `null` where it is anything else. */
export function parseControl(value: unknown): Control | null {
  if (!isObject(value)) return null;
  const { t, limits } = value;
  if (t === "status" || t === "lock" || t === "stop") return { t };
  if (t !== "unlock" || !isObject(limits)) return null;
  const { forMs, idleMs } = limits;
  return isDuration(forMs) && isDuration(idleMs) ? { t, limits: { forMs, idleMs } } : null;
}

function parseSize(value: unknown): WindowSize | null {
  if (!isObject(value)) return null;
  const { columns, rows } = value;
  const isCount = (n: unknown) => Number.isInteger(n) && (n as number) >= 0 && (n as number) <= 0xffff;
  return isCount(columns) && isCount(rows) ? value as unknown as WindowSize : null;
}

/** Longest time that an agent may be told to stay unlocked, in milliseconds: 30 days. */
export const MAX_LIMIT_MS = 30 * 24 * 60 * 60 * 1000;

function isDuration(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= MAX_LIMIT_MS;
}

function isPath(value: unknown): boolean {
  return typeof value === "string" && value.startsWith("/") && !value.includes("\0") && value.length <= 4096;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
