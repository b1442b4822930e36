import { encodeHex, OvError } from "../base/mod.ts";
import { type Grant, type GrantUse, isLive, type RunRequest, showArgs } from "../policy/mod.ts";
import type { Consent, EnvRef, GrantView, PendingView } from "./protocol.ts";
import type { VaultSession } from "./vault_session.ts";

const GRANT = "grant";
const PENDING = "pending";

/** How long a single-use grant waits for its use, and a request for its answer. */
export const ONCE_MS = 10 * 60 * 1000;
export const PENDING_MS = 60 * 60 * 1000;

/** The longest that a grant for a session is kept; the session's own end makes it void before. */
export const SESSION_MS = 24 * 60 * 60 * 1000;

/** Most requests that wait at once: an agent that asks without end must not fill the vault. */
const MAX_PENDING = 32;

/** A request of an agent that nobody on its connection could answer. */
export interface Pending {
  readonly id: string;
  readonly createdAt: number;
  readonly client: string;
  readonly request: RunRequest;
  readonly consent: Consent;
}

/** A grant of exactly what was asked for. */
export function grantFor(request: RunRequest, use: GrantUse, now: number, until: number | null = null): Grant {
  return {
    id: newId(),
    app: request.app,
    env: request.env,
    secrets: request.secrets,
    program: request.program,
    programSha256: request.programSha256,
    argv: request.argv,
    workDir: request.workDir,
    pins: request.pins,
    ...(request.base === undefined ? {} : { base: request.base }),
    ...(request.origin === "agent" ? { origin: "agent" } : {}),
    use,
    until: use === "once" ? now + ONCE_MS : use === "session" ? now + SESSION_MS : until,
    session: use === "session" ? request.session : null,
    createdAt: now,
    lastUsedAt: null,
    uses: 0,
  };
}

/**
 * Records that something is allowed from now on; comes before it is.
 * @param origin whose question it was that a person said yes to
 */
export async function recordGrant(session: VaultSession, grant: Grant, origin: "agent" | "human"): Promise<void> {
  const { id, app, env, secrets, program, use, until } = grant;
  await session.appendAudit({ action: "grant", origin, app, env, grant: id, program, secrets, use, until });
}

/** The stored grants of an env. */
export async function listGrants(session: VaultSession, ref: EnvRef): Promise<Grant[]> {
  const documents = await session.listDocuments(GRANT);
  return documents.map(({ value }) => value as Grant).filter((grant) => grant.app === ref.app && grant.env === ref.env);
}

/** The stored grants of an env that are good at `now` (ms since the epoch) in a session. */
export async function liveGrants(session: VaultSession, ref: EnvRef, id: string, now: number): Promise<Grant[]> {
  return (await listGrants(session, ref)).filter((grant) => isLive(grant, id, now));
}

/** Stores a grant; those that have expired go in the same change. */
export async function storeGrant(session: VaultSession, grant: Grant, now: number): Promise<void> {
  await session.updateDocuments(GRANT, (documents) => {
    for (const [id, value] of documents) if (hasExpired(value as Grant, now)) documents.delete(id);
    documents.set(grant.id, grant);
  });
}

/**
 * Records a run, and in the same transaction counts the use of the stored grant that it has; one for a single use is gone
 * afterwards. A grant of the session's memory is counted nowhere.
 *
 * @param id of the grant; `null` where there is none
 * @throws OvError `policy/approval-required` where the grant was used up or revoked meanwhile: nothing is recorded then
 */
export async function recordUse(session: VaultSession, id: string | null, entry: unknown, now: number): Promise<void> {
  if (id === null || id.startsWith(MEMORY_PREFIX)) return await session.appendAudit(entry);
  const change = (documents: Map<string, unknown>) => {
    const grant = documents.get(id) as Grant | undefined;
    if (grant === undefined || hasExpired(grant, now)) {
      throw new OvError("policy/approval-required", "Cannot run: the grant was used up or revoked meanwhile", {
        hint: "Ask again.",
      });
    }
    if (grant.use === "once") documents.delete(id);
    else documents.set(id, { ...grant, uses: grant.uses + 1, lastUsedAt: now });
  };
  await session.appendAudit(entry, { kind: GRANT, change });
}

/** Ids of grants that live in an `ov mcp` process only. */
export const MEMORY_PREFIX = "memory-";

/** Fewest characters of a grant's id that name it, where no other begins with them. */
const MIN_PREFIX = 4;

/** The stored grant of that id, or of the only one that begins so. @throws OvError `grant/not-found` */
export async function findGrant(session: VaultSession, id: string): Promise<Grant> {
  const grants = (await session.listDocuments(GRANT)).map(({ value }) => value as Grant);
  const exact = grants.find((grant) => grant.id === id);
  if (exact !== undefined) return exact;
  const [found, ...others] = id.length < MIN_PREFIX ? [] : grants.filter((grant) => grant.id.startsWith(id));
  if (found !== undefined && others.length === 0) return found;
  throw new OvError(
    "grant/not-found",
    `Cannot find the grant: there is ${others.length > 0 ? "more than one" : "no"} such grant`,
    {
      hint: "`ov grant list` shows them.",
    },
  );
}

/** Removes a grant. @throws OvError `grant/not-found` */
export async function revokeGrant(session: VaultSession, id: string): Promise<void> {
  if (await session.deleteDocument(GRANT, id)) return;
  throw new OvError("grant/not-found", `Cannot revoke the grant: there is no such grant`, {
    hint: "`ov grant list` shows them.",
  });
}

/** As it is shown. */
export function viewOf(grant: Grant): GrantView {
  const { programSha256: _digest, session: _session, base: _base, origin: _origin, ...view } = grant;
  return {
    ...view,
    argv: showArgs(grant.argv),
    trees: (grant.trees ?? []).map(({ folder, files }) => ({ folder, files })),
  };
}

/** Keeps a request for `ov approve`; an equal one that waits already is kept instead. @returns its id */
export async function storePending(
  session: VaultSession,
  request: RunRequest,
  consent: Consent,
  client: string,
  now: number,
): Promise<string> {
  let id = newId().slice(0, 8);
  await session.updateDocuments(PENDING, (documents) => {
    for (const [key, value] of documents) if ((value as Pending).createdAt + PENDING_MS < now) documents.delete(key);
    const wanted = JSON.stringify(request);
    for (const [key, value] of documents) {
      if (JSON.stringify((value as Pending).request) === wanted) id = key;
    }
    const oldest = [...documents.values()].map((value) => value as Pending).sort((a, b) => a.createdAt - b.createdAt);
    if (!documents.has(id) && documents.size >= MAX_PENDING) documents.delete(oldest[0]!.id);
    documents.set(id, { id, createdAt: now, client, request, consent } satisfies Pending);
  });
  return id;
}

/** The requests that wait. */
export async function listPending(session: VaultSession, now: number): Promise<Pending[]> {
  const documents = await session.listDocuments(PENDING);
  return documents.map(({ value }) => value as Pending)
    .filter((pending) => pending.createdAt + PENDING_MS >= now)
    .sort((a, b) => a.createdAt - b.createdAt);
}

/** As it is shown. */
export function pendingView({ id, createdAt, client, consent }: Pending): PendingView {
  return { id, createdAt, client, consent };
}

/** Takes a request off the list. */
export async function removePending(session: VaultSession, id: string): Promise<void> {
  await session.deleteDocument(PENDING, id);
}

/** 128 random bits. */
export function newId(): string {
  return encodeHex(crypto.getRandomValues(new Uint8Array(16)));
}

function hasExpired(grant: Grant, now: number): boolean {
  return grant.until !== null && grant.until < now;
}
