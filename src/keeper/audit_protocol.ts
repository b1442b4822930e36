/** The part of the protocol that is about the audit log, canaries and the interceptor; `protocol.ts` joins it. */

/** What becomes of a call of an agent that holds a secret: refused, or let through and counted. */
export type InterceptorMode = "block" | "warn";

/** An entry of the audit log as it is shown. */
export interface AuditView {
  /** Its number in the chain, from 1. */
  readonly sequence: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Who asked: `agent`, `human`, `-`. */
  readonly who: string;
  /** In words, not escaped. */
  readonly text: string;
  /** Whether something was refused or caught. */
  readonly alarm: boolean;
  /** As it was written: names, never values. */
  readonly entry: Readonly<Record<string, unknown>>;
}

/** That canaries were touched and nobody has looked at the log since. */
export interface CanaryNotice {
  readonly touches: number;
  /** When the last one was, in milliseconds since the epoch. */
  readonly lastAt: number;
}

/** Their operations. */
export interface AuditOperations {
  /** The whole chain is checked before anything is shown. `since`: milliseconds since the epoch; `last`: how many. */
  "audit.list": {
    params: { since: number | null; last: number | null };
    result: { entries: readonly AuditView[]; total: number };
  };
  "audit.verify": { params: Record<never, never>; result: { entries: number } };
  /** A decoy under a name that an agent would like to have. */
  "secret.canary": { params: { name: string }; result: { app: string; env: string } };
  "policy.intercept": {
    params: { mode: InterceptorMode };
    result: { app: string; env: string; mode: InterceptorMode; previous: InterceptorMode };
  };
  /** The front recognised a secret by its shape in a call: what becomes of the call. */
  "mcp.intercepted": { params: { tool: string; field: string; rule: string }; result: { refuse: boolean } };
}
