import type { InterceptorMode } from "./audit_protocol.ts";
import type { EnvRef, Mode } from "./protocol.ts";
import type { VaultSession } from "./vault_session.ts";

const POLICY = "policy";
const MODES: readonly string[] = ["ask", "listed", "open"];

interface Stored {
  readonly mode?: unknown;
  readonly interceptor?: unknown;
}

/** The policy mode of an env; `ask` where none was set, and where what is stored is not understood. */
export async function readMode(session: VaultSession, ref: EnvRef): Promise<Mode> {
  const mode = (await read(session, ref))?.mode;
  return typeof mode === "string" && MODES.includes(mode) ? mode as Mode : "ask";
}

/** Sets the policy mode of an env; its machine keys follow in the same transaction. @throws OvError `env/not-found` */
export async function writeMode(session: VaultSession, ref: EnvRef, mode: Mode): Promise<void> {
  await session.updateDocumentsAndTerms(POLICY, ref, (documents) => {
    merge(documents, ref, { mode });
    return (terms) => ({ ...terms, mode });
  });
}

/** What becomes of calls that hold a secret; `block` where nothing else was set. */
export async function readInterceptor(session: VaultSession, ref: EnvRef): Promise<InterceptorMode> {
  return (await read(session, ref))?.interceptor === "warn" ? "warn" : "block";
}

/** Sets what becomes of calls that hold a secret. */
export async function writeInterceptor(
  session: VaultSession,
  ref: EnvRef,
  interceptor: InterceptorMode,
): Promise<void> {
  await write(session, ref, { interceptor });
}

async function read(session: VaultSession, ref: EnvRef): Promise<Stored | null> {
  const stored = await session.getDocument(POLICY, idOf(ref));
  return typeof stored === "object" ? stored as Stored | null : null;
}

async function write(session: VaultSession, ref: EnvRef, part: Stored): Promise<void> {
  await session.updateDocuments(POLICY, (documents) => merge(documents, ref, part));
}

function merge(documents: Map<string, unknown>, ref: EnvRef, part: Stored): void {
  const before = documents.get(idOf(ref));
  const kept = typeof before === "object" && before !== null && !Array.isArray(before) ? before : {};
  documents.set(idOf(ref), { ...kept, ...part });
}

function idOf({ app, env }: EnvRef): string {
  return `${app}/${env}`;
}
