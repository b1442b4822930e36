/** A vault file read whole, and put in the place of another. Every state that a crash leaves holds one of the two. */
import { OvError } from "../base/mod.ts";
import { damaged, KIND, MANIFEST_KEY, type VaultRecord } from "../vault/mod.ts";
import { failureOf } from "./failure.ts";
import { lstat } from "./private_files.ts";
import {
  createSqliteFile,
  createSqliteVault,
  hasSqliteVault,
  overwriteSqliteFile,
  SqliteStore,
  VAULT_FILE,
} from "./sqlite_store.ts";
import type { Change, Snapshot, Store } from "./store.ts";

/** Each failed attempt means that somebody else wrote meanwhile. */
const MAX_ATTEMPTS = 50;

/** Every record of the vault in a folder, as it was at one moment. As {@link SqliteStore.open}. */
export function readSqliteVault(folder: string): VaultRecord[] {
  const store = SqliteStore.open(folder);
  try {
    return recordsOf(store);
  } finally {
    store.close();
  }
}

/**
 * Puts records in the place of the vault in a folder, which is kept beside it as a vault file of its own. Where it can
 * be read, it is replaced by one transaction, so that processes which have it open see the change as any other; where it
 * is damaged, its files are set aside as they are.
 *
 * @param keepAs name of the file to keep it in, which must not be there
 * @returns whether there was a vault
 * @throws `vault/exists` where `keepAs` is there, `vault/not-private`, `vault/busy`, `io/…`: the vault is as it was
 */
export function replaceSqliteVault(folder: string, records: readonly VaultRecord[], keepAs: string): boolean {
  if (!hasSqliteVault(folder)) {
    createSqliteVault(folder, records);
    return false;
  }
  let store: SqliteStore | null = null;
  try {
    store = SqliteStore.open(folder);
    replaceIn(store, folder, records, keepAs);
  } catch (error) {
    store?.close();
    store = null;
    if (!isUnreadable(error)) throw error;
    setAside(folder, records, keepAs);
  } finally {
    store?.close();
  }
  return true;
}

function replaceIn(store: Store, folder: string, records: readonly VaultRecord[], keepAs: string): void {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const before = recordsOf(store);
    const manifest = before.find(({ kind }) => kind === MANIFEST_KEY.kind);
    if (manifest === undefined) throw damaged("it has no manifest");
    createSqliteFile(folder, keepAs, before);
    const changes: Change[] = [
      ...before.map((remove) => ({ remove })),
      ...records.map((put) => ({ put })),
    ];
    if (store.commit(manifest.body, changes)) return;
    Deno.removeSync(`${folder}/${keepAs}`);
  }
  throw new OvError("vault/busy", "Cannot change vault: others keep changing it", { hint: "Try again." });
}

/** The log must not be there when the new file is, or SQLite would play it into that; it is kept with the old one. */
function setAside(folder: string, records: readonly VaultRecord[], keepAs: string): void {
  const [file, kept] = [`${folder}/${VAULT_FILE}`, `${folder}/${keepAs}`];
  try {
    if (lstat(kept) === null) Deno.linkSync(file, kept);
    for (const suffix of ["-wal", "-shm", "-journal"]) {
      if (lstat(file + suffix) !== null) Deno.renameSync(file + suffix, kept + suffix);
    }
  } catch (error) {
    throw failureOf("Cannot set the damaged vault aside", error);
  }
  overwriteSqliteFile(folder, VAULT_FILE, records);
}

function isUnreadable(error: unknown): boolean {
  return error instanceof OvError && ["vault/damaged", "vault/newer", "vault/older"].includes(error.code);
}

function recordsOf(store: Store): VaultRecord[] {
  const snapshot = store.snapshot();
  try {
    return Object.values(KIND).flatMap((kind) => recordsOfKind(snapshot, kind));
  } finally {
    snapshot.close();
  }
}

function recordsOfKind(snapshot: Snapshot, kind: number): VaultRecord[] {
  return snapshot.scopes(kind).flatMap((scope) => snapshot.list(kind, scope).map((each) => ({ kind, scope, ...each })));
}
