/** A vault in one SQLite file (FORMAT §11). */
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { equalBytes, OvError } from "../base/mod.ts";
import { damaged, FORMAT_VERSION, MANIFEST_KEY, requireFormatVersion, type VaultRecord } from "../vault/mod.ts";
import { failureOf } from "./failure.ts";
import { lstat, makePrivateFolder, requirePrivate, vaultNotFound } from "./private_files.ts";
import type { Change, Snapshot, Store } from "./store.ts";

/** Name of the file in the vault's folder. */
export const VAULT_FILE = "vault.db";

const FILES = [VAULT_FILE, `${VAULT_FILE}-wal`, `${VAULT_FILE}-shm`, `${VAULT_FILE}-journal`];
const APPLICATION_ID = 0x4f564c54; // "OVLT"
const SCHEMA =
  "CREATE TABLE record (kind INTEGER NOT NULL, scope BLOB NOT NULL, id BLOB NOT NULL, body BLOB NOT NULL, PRIMARY KEY (kind, scope, id)) STRICT";
/** How long a write waits for another process before it is `vault/busy`. Writes take milliseconds. */
const BUSY_TIMEOUT_MS = 5_000;

/** Whether there is a vault file in the folder, of whatever state. */
export function hasSqliteVault(folder: string): boolean {
  return lstat(`${folder}/${VAULT_FILE}`) !== null;
}

/** Size of the vault file in bytes, without its write-ahead log. */
export function sqliteVaultSize(folder: string): number {
  return lstat(`${folder}/${VAULT_FILE}`)?.size ?? 0;
}

/**
 * Makes a vault file of these records. It is built under another name and linked into place when it is whole, so that no
 * crash leaves half of one; a vault that is there is never replaced.
 *
 * @throws `vault/exists`, `vault/not-private`, `io/…`
 */
export function createSqliteVault(folder: string, records: readonly VaultRecord[]): void {
  createSqliteFile(folder, VAULT_FILE, records);
}

/** {@link createSqliteVault} under another name in the folder: a vault that is kept, not used. */
export function createSqliteFile(folder: string, name: string, records: readonly VaultRecord[]): void {
  putSqliteFile(folder, name, records, publish);
}

/** Puts the file in the place of the one of that name, in one step. Nobody may have that one open, nor its log be there. */
export function overwriteSqliteFile(folder: string, name: string, records: readonly VaultRecord[]): void {
  putSqliteFile(folder, name, records, Deno.renameSync);
}

function putSqliteFile(
  folder: string,
  name: string,
  records: readonly VaultRecord[],
  put: (building: string, path: string) => void,
): void {
  try {
    makePrivateFolder(folder);
    requirePrivate(folder, []);
    const path = `${folder}/${name}`;
    if (put === publish && lstat(path) !== null) throw vaultExists();
    const building = Deno.makeTempFileSync({ dir: folder, prefix: `${VAULT_FILE}.new-` }); // mode 0600
    try {
      writeNewDatabase(building, records);
      put(building, path);
      syncFolder(folder);
    } finally {
      for (const suffix of ["", "-wal", "-shm", "-journal"]) removeIfThere(building + suffix);
    }
  } catch (error) {
    throw failureOf("Cannot create vault", error);
  }
}

/** A handle on the SQLite file of a vault. */
export class SqliteStore implements Store {
  readonly #database: DatabaseSync;
  readonly #get: StatementSync;
  readonly #list: StatementSync;
  readonly #scopes: StatementSync;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;
  readonly #removeScope: StatementSync;
  readonly #begin: StatementSync;
  readonly #beginChange: StatementSync;
  readonly #end: StatementSync;
  #closed = false;

  private constructor(database: DatabaseSync) {
    this.#database = database;
    this.#get = database.prepare("SELECT body FROM record WHERE kind = ? AND scope = ? AND id = ?");
    this.#list = database.prepare("SELECT id, body FROM record WHERE kind = ? AND scope = ? ORDER BY id");
    this.#scopes = database.prepare("SELECT DISTINCT scope FROM record WHERE kind = ? ORDER BY scope");
    this.#put = database.prepare("INSERT OR REPLACE INTO record (kind, scope, id, body) VALUES (?, ?, ?, ?)");
    this.#remove = database.prepare("DELETE FROM record WHERE kind = ? AND scope = ? AND id = ?");
    this.#removeScope = database.prepare("DELETE FROM record WHERE kind = ? AND scope = ?");
    this.#begin = database.prepare("BEGIN");
    this.#beginChange = database.prepare("BEGIN IMMEDIATE");
    this.#end = database.prepare("COMMIT");
  }

  /**
   * Opens a vault file that is there; never makes one, and changes nothing in a file that is no vault.
   *
   * @throws `vault/not-found`, `vault/not-private`, `vault/damaged`, `vault/newer`, `vault/older`, `vault/busy`, `io/…`
   */
  static open(folder: string): SqliteStore {
    let database: DatabaseSync | null = null;
    try {
      requirePrivate(folder, FILES);
      if (!hasSqliteVault(folder)) throw vaultNotFound();
      database = new DatabaseSync(`${folder}/${VAULT_FILE}`, { timeout: BUSY_TIMEOUT_MS });
      requireVaultSchema(database);
      configure(database);
      return new SqliteStore(database);
    } catch (error) {
      database?.close();
      throw failureOf("Cannot open vault", error);
    }
  }

  snapshot(): Snapshot {
    this.#attempt("Cannot read vault", () => this.#begin.run());
    let open = true;
    return {
      get: (key) =>
        this.#attempt("Cannot read vault", () => {
          const row = this.#get.get(key.kind, key.scope, key.id);
          return row === undefined ? null : blob(row.body);
        }),
      list: (kind, scope) =>
        this.#attempt(
          "Cannot read vault",
          () => this.#list.all(kind, scope).map((row) => ({ id: blob(row.id), body: blob(row.body) })),
        ),
      scopes: (kind) => this.#attempt("Cannot read vault", () => this.#scopes.all(kind).map((row) => blob(row.scope))),
      close: () => {
        const ends = open && !this.#closed && this.#database.isTransaction;
        open = false;
        // In a damaged file the end of a transaction can fail as any read of it can.
        if (ends) this.#attempt("Cannot read vault", () => this.#end.run());
      },
    };
  }

  commit(manifest: Uint8Array, changes: readonly Change[]): boolean {
    return this.#attempt("Cannot change vault", () => {
      this.#beginChange.run();
      try {
        const { kind, scope, id } = MANIFEST_KEY;
        const current = this.#get.get(kind, scope, id);
        const isCurrent = current !== undefined && equalBytes(blob(current.body), manifest);
        if (isCurrent) { for (const change of changes) this.#apply(change); }
        if (isCurrent) this.#end.run();
        else execute(this.#database, "ROLLBACK");
        return isCurrent;
      } catch (error) {
        // SQLite has rolled back by itself after some errors (a full disk); a second time would be an error of its own.
        if (this.#database.isTransaction) execute(this.#database, "ROLLBACK");
        throw error;
      }
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#database.close();
  }

  #apply(change: Change): void {
    if ("put" in change) {
      const { kind, scope, id, body } = change.put;
      this.#put.run(kind, scope, id, body);
    } else if ("remove" in change) {
      this.#remove.run(change.remove.kind, change.remove.scope, change.remove.id);
    } else {
      this.#removeScope.run(change.removeScope.kind, change.removeScope.scope);
    }
  }

  #attempt<T>(action: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw failureOf(action, error);
    }
  }
}

function writeNewDatabase(path: string, records: readonly VaultRecord[]): void {
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    execute(database, "PRAGMA synchronous = FULL");
    execute(database, "BEGIN IMMEDIATE");
    execute(database, `PRAGMA application_id = ${APPLICATION_ID}`);
    execute(database, `PRAGMA user_version = ${FORMAT_VERSION}`);
    execute(database, SCHEMA);
    const put = database.prepare("INSERT INTO record (kind, scope, id, body) VALUES (?, ?, ?, ?)");
    for (const { kind, scope, id, body } of records) put.run(kind, scope, id, body);
    execute(database, "COMMIT");
  } finally {
    database.close();
  }
}

/** A hard link fails where the name is taken, which renaming would not; file systems without links get the rename. */
function publish(building: string, path: string): void {
  try {
    Deno.linkSync(building, path);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) throw vaultExists();
    const { code } = error as { code?: unknown };
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "EOPNOTSUPP" && code !== "ENOSYS") throw error;
    if (lstat(path) !== null) throw vaultExists();
    Deno.renameSync(building, path);
  }
}

/** The name of a new file is on the disk only when its folder is; Windows does not let a folder be opened. */
function syncFolder(folder: string): void {
  if (Deno.build.os === "windows") return;
  const handle = Deno.openSync(folder, { read: true });
  try {
    handle.syncSync();
  } finally {
    handle.close();
  }
}

function removeIfThere(path: string): void {
  if (lstat(path) !== null) Deno.removeSync(path);
}

/** Reads only: the file may be anything. A view or a trigger would run when we read or write, so the schema must be ours. */
function requireVaultSchema(database: DatabaseSync): void {
  execute(database, "PRAGMA trusted_schema = OFF");
  if (pragma(database, "application_id") !== APPLICATION_ID) throw damaged("the file is not a vault");
  requireFormatVersion(Number(pragma(database, "user_version")));
  const schema = database.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL").all();
  if (schema.length !== 1 || schema[0]!.sql !== SCHEMA) throw damaged("the file has another schema");
}

function configure(database: DatabaseSync): void {
  if (pragma(database, "journal_mode") !== "wal") execute(database, "PRAGMA journal_mode = WAL");
  execute(database, "PRAGMA synchronous = FULL");
  execute(database, "PRAGMA secure_delete = ON");
}

/** Not `exec`, whose errors come without SQLite's result code in Deno 2.9. */
function execute(database: DatabaseSync, sql: string): void {
  database.prepare(sql).all();
}

function pragma(database: DatabaseSync, name: string): unknown {
  return database.prepare(`PRAGMA ${name}`).get()?.[name];
}

function blob(value: unknown): Uint8Array<ArrayBuffer> {
  if (!(value instanceof Uint8Array)) throw damaged("a record is not bytes");
  return value as Uint8Array<ArrayBuffer>;
}

function vaultExists(): OvError {
  return new OvError("vault/exists", "Cannot create vault: there is one already", {
    hint: "Use it, or move it away first.",
  });
}
