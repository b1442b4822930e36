/**
 * The state of one `ov mcp` connection: whether a person authorised it, what was allowed on it, and the questions that
 * wait for an answer. Lives in the keeper's memory only.
 */
import { encodeBase64Url, encodeHex, OvError } from "../base/mod.ts";
import { PieceWatch } from "../mask/mod.ts";
import type { Grant } from "../policy/mod.ts";
import type { Consent, ConsentAnswer } from "./protocol.ts";

/** A question that was handed out and not answered yet. */
interface Question {
  readonly fingerprint: string;
  readonly expires: number;
  readonly choices: Consent["choices"];
}

/** How long an answer to a question counts. */
const QUESTION_MS = 10 * 60 * 1000;

/** Most questions that wait at once; the oldest goes first. */
const MAX_QUESTIONS = 64;

/** Counters that `vault_status` shows. */
export interface Counts {
  runs: number;
  denied: number;
  intercepted: number;
  /** Calls that held a secret and were let through, as the policy says. */
  warned: number;
  masked: number;
}

/** One connection. */
export class McpSession {
  readonly id: string = encodeHex(crypto.getRandomValues(new Uint8Array(16)));
  readonly startedAt: number;
  readonly counts: Counts = { runs: 0, denied: 0, intercepted: 0, warned: 0, masked: 0 };
  /** What was allowed, for the person who looks: how often each command ran, and why it last did. */
  readonly allowed = new Map<string, { readonly runs: number; readonly reason: string }>();
  /** What has come out of each value so far, in pieces too short to be masked alone. */
  readonly pieces = new PieceWatch();
  #authorized = false;
  #grants: Grant[] = [];
  readonly #questions = new Map<string, Question>();

  /** @param now milliseconds since the epoch */
  constructor(now: number) {
    this.startedAt = now;
  }

  /** Whether the master password was given for this connection: only then do its client's answers count. */
  get isAuthorized(): boolean {
    return this.#authorized;
  }

  authorize(): void {
    this.#authorized = true;
  }

  /** Grants for as long as the connection lives. */
  get grants(): readonly Grant[] {
    return this.#grants;
  }

  addGrant(grant: Grant): void {
    this.#grants.push(grant);
  }

  /** Takes back the grants that are void, for example those whose files have changed. */
  dropGrant(id: string): void {
    this.#grants = this.#grants.filter((grant) => grant.id !== id);
  }

  /**
   * Hands out a question.
   * @param fingerprint of everything that the answer is for; {@link answer} wants the same
   * @returns an opaque reference of 128 random bits: it comes back through the client, and nobody can make one up
   */
  ask(fingerprint: string, choices: Consent["choices"], now: number): string {
    for (const [state, question] of this.#questions) if (question.expires < now) this.#questions.delete(state);
    const oldest = this.#questions.keys().next().value;
    if (this.#questions.size >= MAX_QUESTIONS && oldest !== undefined) this.#questions.delete(oldest);
    const state = encodeBase64Url(crypto.getRandomValues(new Uint8Array(16)));
    this.#questions.set(state, { fingerprint, choices, expires: now + QUESTION_MS });
    return state;
  }

  /**
   * Takes an answer, once.
   * @throws OvError `policy/denied` where it was refused, is not one of the choices, was given before, came too late, or
   * is for something else; `policy/not-authorized` where nobody authorised the connection
   */
  answer(answer: ConsentAnswer, fingerprint: string, now: number): "once" | "session" | "always" {
    const question = this.#questions.get(answer.state);
    this.#questions.delete(answer.state);
    if (!this.#authorized) throw notAuthorized();
    if (question === undefined || question.expires < now || question.fingerprint !== fingerprint) {
      throw new OvError("policy/denied", "Refused: the answer does not belong to this question", {
        hint: "Call the tool again; the user is asked anew.",
      });
    }
    if (answer.decision === "deny" || !question.choices.includes(answer.decision)) {
      throw new OvError("policy/denied", "Refused: the user said no", {
        hint: "Do not repeat the call; ask the user what they want instead.",
      });
    }
    return answer.decision;
  }
}

/** Nobody gave the password for this connection. */
export function notAuthorized(): OvError {
  return new OvError("policy/not-authorized", "Refused: nobody authorised this connection", {
    hint: "The user starts the server with --password-file FILE, or with --authorize in a terminal.",
  });
}
