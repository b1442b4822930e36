/**
 * Values of the vault in what an agent passes: looked for in every form that the mask knows, refused or counted. Whole
 * ones: that a piece was found would tell what it is a piece of (`whole_values.ts`).
 */
import { OvError, type Secret } from "../base/mod.ts";
import { refuseCanaries } from "./canary.ts";
import { markRecorded } from "./denials.ts";
import type { Door } from "./door.ts";
import type { Counts } from "./mcp_session.ts";
import { readInterceptor } from "./policy_store.ts";
import type { EnvRef, Params } from "./protocol.ts";
import type { VaultSession } from "./vault_session.ts";

/** A call that is looked at. */
export interface Passed {
  readonly ref: EnvRef;
  /** The operation, for the log. */
  readonly op: string;
  /** Every value of the env; borrowed. */
  readonly secrets: readonly Secret[];
  /** Every text that came with the call. */
  readonly given: readonly string[];
  /** What the texts are, for the message. */
  readonly what: string;
}

/**
 * Refuses a call that holds a value: it would be on a command line. Where the policy says `warn`, it is let through.
 * Either way it is counted and recorded first.
 *
 * @param counts of the connection; changed
 * @returns what to tell the user, where it was let through
 * @throws OvError `policy/intercepted`; `secret/canary` where the value is a decoy's
 */
export async function interceptValues(
  door: Door,
  session: VaultSession,
  counts: Counts,
  { ref, op, secrets, given, what }: Passed,
): Promise<string[]> {
  const name = session.maskers.wholeFor(secrets).nameIn(given);
  if (name === null) return [];
  await refuseCanaries(door, session, ref, [name], op);
  const passed = await readInterceptor(session, ref) === "warn";
  counts[passed ? "warned" : "intercepted"]++;
  const { app, env } = ref;
  await session.appendAudit({ action: "intercepted", origin: "agent", op, app, env, secrets: [name], passed });
  if (passed) return [`${what} holds the value of ${name}: every program of this machine's user can read it there`];
  throw markRecorded(
    new OvError("policy/intercepted", `Refused: ${what} holds the value of ${name}`, {
      hint: "Name the secret in `secrets` and let the program read it from its environment.",
    }),
  );
}

/**
 * Counts and records what the front recognised by its shape. A locked vault has no policy to ask, and no log: refused.
 * @returns whether the call is to be refused
 */
export async function judgeFinding(
  door: Door,
  session: VaultSession | null,
  counts: Counts,
  { tool, field, rule }: Params<"mcp.intercepted">,
): Promise<boolean> {
  if (session === null) {
    counts.intercepted++;
    return true;
  }
  const { app, env } = door.context();
  const passed = await readInterceptor(session, { app, env }) === "warn";
  counts[passed ? "warned" : "intercepted"]++;
  await session.appendAudit({ action: "intercepted", origin: "agent", op: tool, app, env, field, rule, passed });
  return !passed;
}
