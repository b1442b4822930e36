import type { ChainLink } from "./page_protocol.ts";
import { newId } from "./grant_store.ts";
import type { ClientView } from "./protocol.ts";
import type { VaultSession } from "./vault_session.ts";

const CLIENT = "client";

/** How long a client is remembered. */
export const REMEMBER_DAYS = 30;
const REMEMBER_MS = REMEMBER_DAYS * 86_400_000;

/** Most clients that are remembered; the oldest goes first. */
const MAX_CLIENTS = 64;

/** A client that a person chose to remember: sealed in the vault, as a grant is. */
interface RememberedClient extends ClientView {
  /** Path and digest of each program behind it, the nearest first. */
  readonly chain: readonly { readonly path: string | null; readonly sha256: string | null }[];
}

/**
 * Whether a chain can be remembered: the program that talks to us must be known by path and content.
 * @param chain the programs behind the connection, the nearest first
 */
export function canRemember(chain: readonly ChainLink[]): boolean {
  const [nearest] = chain;
  return nearest !== undefined && nearest.path !== null && nearest.sha256 !== null && nearest.commandLine !== "";
}

/** Remembers a client, bound to the chain and to how its nearest program was started. */
export async function rememberClient(
  vault: VaultSession,
  client: string,
  chain: readonly ChainLink[],
  now: number,
): Promise<void> {
  const remembered: RememberedClient = {
    id: newId().slice(0, 8),
    client,
    program: chain[0]!.path!,
    commandLine: chain[0]!.commandLine,
    chain: chain.map(({ path, sha256 }) => ({ path, sha256 })),
    createdAt: now,
    until: now + REMEMBER_MS,
  };
  await vault.updateDocuments(CLIENT, (documents) => {
    for (const [id, value] of documents) {
      const other = value as RememberedClient;
      if (other.until < now || isSame(other, chain)) documents.delete(id);
    }
    const oldest = [...documents.values()].map((value) => value as RememberedClient)
      .sort((a, b) => a.createdAt - b.createdAt)[0];
    if (documents.size >= MAX_CLIENTS && oldest !== undefined) documents.delete(oldest.id);
    documents.set(remembered.id, remembered);
  });
}

/** The remembered client with exactly this chain, or `null`. */
export async function findClient(
  vault: VaultSession,
  chain: readonly ChainLink[],
  now: number,
): Promise<ClientView | null> {
  if (!canRemember(chain)) return null;
  const documents = await vault.listDocuments(CLIENT);
  const clients = documents.map(({ value }) => value as RememberedClient);
  return clients.find((client) => now < client.until && isSame(client, chain)) ?? null;
}

/** The clients that are remembered, oldest first. */
export async function listClients(vault: VaultSession, now: number): Promise<ClientView[]> {
  const documents = await vault.listDocuments(CLIENT);
  return documents.map(({ value }) => value as RememberedClient)
    .filter((client) => now < client.until)
    .sort((a, b) => a.createdAt - b.createdAt)
    .map(({ chain: _chain, ...view }) => view);
}

/** Forgets a client. @returns false where there is none of that id */
export function forgetClient(vault: VaultSession, id: string): Promise<boolean> {
  return vault.deleteDocument(CLIENT, id);
}

function isSame(client: RememberedClient, chain: readonly ChainLink[]): boolean {
  return client.commandLine === chain[0]?.commandLine && client.chain.length === chain.length &&
    client.chain.every(({ path, sha256 }, i) => path === chain[i]!.path && sha256 === chain[i]!.sha256);
}
