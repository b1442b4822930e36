/**
 * What the keeper and the consent page say to each other, over a channel of their own that the front never sees: both
 * ends are given away before any npm package is loaded. It is the one place where a password or a value crosses an
 * isolate's border: as bytes that are transferred, not copied.
 *
 * ```text
 * keeper -> page    { t: "ask", id, question } | { t: "verdict", id, verdict } | { t: "withdraw", id, reason }
 * page   -> keeper  { t: "asked", id, address } | { t: "opened" | "away", id } | { t: "answer", id, answer }
 * ```
 */
import { Secret } from "../base/mod.ts";
import type { Consent } from "./protocol.ts";

/** One program behind a connection, as far as the platform tells. */
export interface ChainLink {
  readonly pid: number;
  /** Absolute path of the program's file; `null` where it is not told. */
  readonly path: string | null;
  /** SHA-256 of that file, in lower-case hexadecimal; `null` where it can not be read. */
  readonly sha256: string | null;
  /** Its command line, as the system shows it; empty where it does not. */
  readonly commandLine: string;
}

/** Who asks. */
export interface Asker {
  /** What the agent's program calls itself. It proves nothing. */
  readonly client: string;
  /** The programs behind the connection, the nearest first; empty where the platform tells none. */
  readonly chain: readonly ChainLink[];
}

/** What a person is asked on the page. Never a value. */
export type PageQuestion =
  /** Whether the connection may use the vault at all; unlocks it. */
  | {
    readonly kind: "connection";
    readonly asker: Asker;
    /** What the agent wants at this moment, in one line. */
    readonly wants: string;
    readonly locked: boolean;
    /** Days for which the client can be remembered; `null` where it can not. */
    readonly rememberDays: number | null;
  }
  /** Whether a command may run, or a secret be deleted or replaced. */
  | { readonly kind: "consent"; readonly asker: Asker; readonly consent: Consent }
  /** A value that only the person has. */
  | {
    readonly kind: "value";
    readonly asker: Asker;
    readonly app: string;
    readonly env: string;
    readonly name: string;
    readonly replaces: boolean;
  };

/** Answers on the page. `accept`: to a connection, or with a value. */
export type PageDecision = "accept" | "once" | "session" | "until" | "always" | "deny";

/** What was answered on the page. */
export interface PageAnswer {
  readonly decision: PageDecision;
  /** How long `until` lasts, in milliseconds. */
  readonly forMs: number | null;
  /** Whether the client is to be remembered. */
  readonly remember: boolean;
  /** As typed; empty with `deny`. */
  readonly password: Secret;
  /** The value that was entered; empty but for a question of that kind. */
  readonly value: Secret;
}

/** An answer as it crosses: the bytes are transferred. */
export interface WireAnswer extends Omit<PageAnswer, "password" | "value"> {
  readonly password: Uint8Array<ArrayBuffer>;
  readonly value: Uint8Array<ArrayBuffer>;
}

/** What became of an answer, for the person. `again`: it can be answered once more. */
export interface PageVerdict {
  readonly state: "again" | "allowed" | "refused" | "ended";
  readonly message: string;
}

/** From the keeper to the page. */
export type ToPage =
  | { readonly t: "ask"; readonly id: string; readonly question: PageQuestion }
  | { readonly t: "verdict"; readonly id: string; readonly verdict: PageVerdict }
  | { readonly t: "withdraw"; readonly id: string; readonly reason: string };

/** From the page to the keeper. */
export type FromPage =
  /** `address`: to be opened; `null` where a tab that is open already shows it. */
  | { readonly t: "asked"; readonly id: string; readonly address: string | null }
  | { readonly t: "failed"; readonly id: string }
  | { readonly t: "opened" | "away"; readonly id: string }
  | { readonly t: "answer"; readonly id: string; readonly answer: WireAnswer };

/** Longest password and longest value that are taken from the page, in bytes. */
export const MAX_ENTRY_BYTES = { password: 4096, value: 64 * 1024 } as const;

/** Longest time that a grant of the page lasts: 30 days, in milliseconds. */
export const MAX_UNTIL_MS = 30 * 86_400_000;

const DECISIONS: readonly string[] = ["accept", "once", "session", "until", "always", "deny"];

/** An answer that came over the channel, checked; its bytes are overwritten. `null` where it is anything else. */
export function readAnswer(wire: unknown): PageAnswer | null {
  if (typeof wire !== "object" || wire === null) return null;
  const { decision, forMs, remember, password, value } = wire as Record<string, unknown>;
  if (!isEntry(password, MAX_ENTRY_BYTES.password) || !isEntry(value, MAX_ENTRY_BYTES.value)) return null;
  const answer = { password: taken("password", password), value: taken("value", value) };
  const isTime = Number.isSafeInteger(forMs) && (forMs as number) >= 60_000 && (forMs as number) <= MAX_UNTIL_MS;
  if (
    typeof decision !== "string" || !DECISIONS.includes(decision) || typeof remember !== "boolean" ||
    (decision === "until" ? !isTime : forMs !== null)
  ) {
    answer.password.wipe();
    answer.value.wipe();
    return null;
  }
  return { decision: decision as PageDecision, forMs: forMs as number | null, remember, ...answer };
}

function isEntry(bytes: unknown, max: number): bytes is Uint8Array {
  return bytes instanceof Uint8Array && bytes.byteLength <= max;
}

function taken(name: string, bytes: Uint8Array): Secret {
  const secret = new Secret(name, bytes);
  bytes.fill(0);
  return secret;
}
