/** Reading a vector file, and everything that a vault holds. */
import { decodeHex, encodeHex, Secret } from "../../src/base/mod.ts";
import { VaultSession } from "../../src/keeper/vault_session.ts";
import { MemoryDisk, MemoryStore } from "../../src/store/mod.ts";
import { decodeSheetCode, decodeUnlockKey, type VaultRecord } from "../../src/vault/mod.ts";

interface HexRecord {
  kind: number;
  scope: string;
  id: string;
  body: string;
}

/** A file of `tests/vectors/vault/`; `scripts/vectors/main.ts` says what it holds. */
export interface VectorFile {
  about: string;
  expect: string;
  password: string;
  /** By one of these it is opened, where there is one. */
  code?: string;
  key?: string;
  now: number;
  records?: HexRecord[];
  contents?: Contents;
  base?: string;
  remove?: Omit<HexRecord, "body">[];
  put?: HexRecord[];
}

/** Everything in a vault, values in hex. */
export interface Contents {
  apps: string[];
  envs: { app: string; env: string; secrets: unknown[] }[];
  documents: { kind: string; id: string; value: unknown }[];
  audit: { at: number; entry: unknown }[];
}

const FOLDER = new URL("../vectors/vault/", import.meta.url);

export function vectorNames(): string[] {
  return [...Deno.readDirSync(FOLDER)].map((entry) => entry.name).sort();
}

export function readVector(name: string): VectorFile {
  return JSON.parse(Deno.readTextFileSync(new URL(name, FOLDER)));
}

/** The records of a vector, its base applied. */
export function recordsOf(vector: VectorFile): VaultRecord[] {
  const key = ({ kind, scope, id }: Omit<HexRecord, "body">) => `${kind}/${scope}/${id}`;
  const base = vector.base === undefined ? [] : readVector(vector.base).records!;
  const records = new Map([...base, ...vector.records ?? []].map((record) => [key(record), record]));
  for (const removed of vector.remove ?? []) records.delete(key(removed));
  for (const record of vector.put ?? []) records.set(key(record), record);
  return [...records.values()].map(({ kind, scope, id, body }) => ({
    kind,
    scope: decodeHex(scope)!,
    id: decodeHex(id)!,
    body: decodeHex(body)!,
  }));
}

export async function openVector(vector: VectorFile): Promise<{ session: VaultSession; disk: MemoryDisk }> {
  const disk = new MemoryDisk(recordsOf(vector));
  return { session: await open(vector, new MemoryStore(disk)), disk };
}

async function open({ password, code, key, now }: VectorFile, store: MemoryStore): Promise<VaultSession> {
  const utf8 = (text: string) => new TextEncoder().encode(text);
  if (code !== undefined) {
    const secret = await decodeSheetCode(new Secret("code", utf8(code)));
    return await VaultSession.openStoreByWrap(store, "sheet", secret!, () => now);
  }
  if (key !== undefined) {
    return await VaultSession.openStoreByWrap(store, "remembered", decodeUnlockKey(utf8(key))!, () => now);
  }
  return await VaultSession.openStore(store, Secret.fromText("password", password), () => now);
}

/** Every app, env, secret, version, document of these kinds and audit record. Removed secrets are restored on the way. */
export async function readEverything(session: VaultSession, kinds: readonly string[]): Promise<Contents> {
  const envs = [];
  for (const ref of await session.listEnvs()) {
    const secrets = [];
    for (const meta of await session.listSecrets(ref, { deleted: true })) {
      const { name, canary, maskable, createdAt, updatedAt, deletedAt } = meta;
      const versions = [];
      if (deletedAt !== null) await session.restoreSecret(ref, name);
      for (const { version, createdAt } of (await session.history(ref, name)).toReversed()) {
        const value = await session.getSecret(ref, name, version);
        // EXPOSE: compared with what the vector says
        versions.push({ version, createdAt, value: encodeHex(value.expose()) });
      }
      secrets.push({ name, canary, maskable, createdAt, updatedAt, deletedAt, versions });
    }
    envs.push({ ...ref, secrets });
  }
  const documents = [];
  for (const kind of kinds) {
    for (const { id, value } of await session.listDocuments(kind)) documents.push({ kind, id, value });
  }
  return { apps: await session.listApps(), envs, documents, audit: await session.listAudit() };
}
