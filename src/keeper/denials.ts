/** What was refused goes into the audit log: at one place, for every operation. */
import { OvError } from "../base/mod.ts";
import { Masker } from "../mask/mod.ts";
import type { Door } from "./door.ts";
import type { Operation } from "./protocol.ts";

/** Errors whose refusal is in the log already, or is none that anybody should be shown. */
const recorded = new WeakSet<Error>();

/** Marks an error as recorded; gives it back. */
export function markRecorded<E extends Error>(error: E): E {
  recorded.add(error);
  return error;
}

/**
 * Codes that are refusals. A wrong password, and nobody at a terminal to type one, count where the vault is open all the
 * same: somebody tried to approve, or to have what only the typed password allows.
 */
const REFUSALS: readonly string[] = ["env/not-bound", "vault/wrong-password", "usage/no-terminal"];

function isRefusal({ code }: OvError): boolean {
  return code.startsWith("policy/") || REFUSALS.includes(code);
}

/**
 * Records that a call was refused, where the vault is open: a locked one can not be written to. What was refused stays
 * refused whether or not it can be recorded.
 *
 * @param params of the call, as the front gave them: only names that the vault holds, and a masked program, are kept
 */
export async function recordRefusal(door: Door, op: Operation, params: unknown, error: unknown): Promise<void> {
  const { session } = door;
  if (session === null || !(error instanceof OvError) || recorded.has(error) || !isRefusal(error)) return;
  try {
    const given = (typeof params === "object" && params !== null ? params : {}) as Record<string, unknown>;
    const { app, env } = door.context();
    const envs = await session.listEnvs();
    const isThere = envs.some((each) => each.app === app && each.env === env);
    const held = isThere ? (await session.listSecrets({ app, env })).map(({ name }) => name) : [];
    const wanted = [given["name"], ...Array.isArray(given["secrets"]) ? given["secrets"] : []];
    const program = isThere ? await programOf(door, given) : null;
    await session.appendAudit({
      action: "denied",
      origin: door.start.command === "mcp" ? "agent" : "human",
      op,
      code: error.code,
      app,
      env,
      secrets: held.filter((name) => wanted.includes(name)),
      ...(program === null ? {} : { program }),
    });
  } catch {
    // Nothing was allowed; that it can not be recorded changes nothing about that.
  }
}

/** The first word of the command. It was typed by somebody, or by a model: a value in it must not be kept. */
async function programOf(door: Door, given: Readonly<Record<string, unknown>>): Promise<string | null> {
  const argv = given["command"] ?? given["argv"];
  const word: unknown = Array.isArray(argv) ? argv[0] : undefined;
  if (typeof word !== "string" || door.session === null) return null;
  const secrets = await door.session.getAllSecrets(door.context());
  try {
    return new Masker(secrets).maskText(word.slice(0, 1024));
  } finally {
    for (const secret of secrets) secret.wipe();
  }
}
