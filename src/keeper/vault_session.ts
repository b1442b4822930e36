/**
 * An open vault: the keeper's way to everything that is stored. Values come out as `Secret`s and go nowhere from here.
 *
 * Every read sees one moment of the vault and checks it against the manifest; every change is one transaction. Other
 * processes may do the same at the same time: what they wrote is seen, and no change of either is lost.
 */
import { encodeHex, OvError, type Secret } from "../base/mod.ts";
import type { KdfCost } from "../crypto/envelope.ts";
import {
  type Bundle,
  createSqliteVault,
  hasSqliteVault,
  SqliteStore,
  sqliteVaultSize,
  type Store,
} from "../store/mod.ts";
import { damaged, FORMAT_VERSION, HEADER_KEY, KDF_DEFAULT, parseHeader, type RootWrapKind } from "../vault/mod.ts";
import { appendAudit, type DocumentsChange, listAudit } from "./session_audit.ts";
import { createApp, createEnv, deleteApp, deleteEnv, listApps, listEnvs } from "./session_catalog.ts";
import { type EnvRef, SessionCore } from "./session_core.ts";
import type { SecretEntry, SetMode, SetResult } from "./session_env_editor.ts";
import { type MachineTerms } from "./machine_terms.ts";
import { MaskerCache } from "./masker_cache.ts";
import { draftDocuments, getDocument, listDocuments, updateDocuments } from "./session_documents.ts";
import {
  addMachineKey,
  draftTerms,
  listMachineKeys,
  type MachineKeyEntry,
  makeBundle,
  revokeMachineKey,
} from "./session_machine_keys.ts";
import { changePassword } from "./session_password.ts";
import { hasRootWrap, makeRootWrap, openByRootWrap, removeRootWrap, resetPassword } from "./session_root_wraps.ts";
import { type RotatedEnv, rotateEnv, rotateEnvs } from "./session_rotate.ts";
import {
  getAllSecrets,
  getSecret,
  listSecrets,
  listVersions,
  purgeExpired,
  removeSecret,
  restoreSecret,
  type SecretMeta,
  setSecrets,
  type VersionMeta,
} from "./session_secrets.ts";
import { verifyWhole, type WholeVault } from "./session_verify.ts";
import { makeVaultRecords } from "./vault_records.ts";

export type { KdfCost } from "../crypto/envelope.ts";
export type { EnvRef } from "./session_core.ts";
export type { SecretEntry, SetMode, SetResult } from "./session_env_editor.ts";
export type { MachineKeyEntry } from "./session_machine_keys.ts";
export type { RotatedEnv } from "./session_rotate.ts";
export type { SecretMeta, VersionMeta } from "./session_secrets.ts";
export { FIRST_ENV, makeVaultRecords } from "./vault_records.ts";

/** What can be said about a vault without its password. */
export interface VaultDescription {
  readonly formatVersion: number;
  readonly kdf: KdfCost;
  readonly sizeBytes: number;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** 32 hex digits. */
  readonly vaultId: string;
  /** Whether there is an emergency sheet, and an unlock key in a keyring. */
  readonly sheet: boolean;
  readonly remembered: boolean;
}

/** An open vault. Its methods throw `vault/locked` once closed, `vault/tampered`, `vault/damaged`, `vault/busy`, `io/…`. */
export class VaultSession {
  /** Masks for values of this vault; forgotten when it is closed. */
  readonly maskers: MaskerCache = new MaskerCache();
  readonly #core: SessionCore;

  private constructor(core: SessionCore) {
    this.#core = core;
  }

  /** Whether there is a vault file in the folder, of whatever state. */
  static exists(folder: string): boolean {
    return hasSqliteVault(folder);
  }

  /**
   * Makes a vault with `default/development` and opens it. `kdf` is for tests; `ov` leaves it out.
   *
   * @throws `vault/exists`, `vault/not-private`, `usage/value` for an empty or huge password, `io/…`
   */
  static async create(
    o: { folder: string; password: Secret; now: () => number; kdf?: KdfCost },
  ): Promise<VaultSession> {
    // Before the expensive derivation; `createSqliteVault` decides.
    if (hasSqliteVault(o.folder)) throw new OvError("vault/exists", "Cannot create vault: there is one already");
    createSqliteVault(o.folder, await makeVaultRecords(o.password, o.now(), o.kdf ?? KDF_DEFAULT));
    return await VaultSession.open(o);
  }

  /**
   * @throws `vault/not-found`, `vault/wrong-password`, `vault/not-private`, `vault/damaged`, `vault/tampered`,
   * `vault/newer`, `vault/older`, `vault/busy`, `io/…`
   */
  static async open(o: { folder: string; password: Secret; now: () => number }): Promise<VaultSession> {
    return await VaultSession.openStore(SqliteStore.open(o.folder), o.password, o.now);
  }

  /** Opens the vault in a store, which the session closes. As {@link VaultSession.open}. */
  static async openStore(store: Store, password: Secret, now: () => number): Promise<VaultSession> {
    return new VaultSession(await SessionCore.open(store, password, now));
  }

  /**
   * Opens a vault by its emergency sheet or by a remembered key (FORMAT §4.3). @param secret borrowed
   * @throws as {@link VaultSession.open}, and `sheet/not-found`
   */
  static async openByWrap(
    o: { folder: string; kind: RootWrapKind; secret: Secret; now: () => number },
  ): Promise<VaultSession> {
    return await VaultSession.openStoreByWrap(SqliteStore.open(o.folder), o.kind, o.secret, o.now);
  }

  /** {@link VaultSession.openByWrap} for the vault in a store, which the session closes. */
  static async openStoreByWrap(
    store: Store,
    kind: RootWrapKind,
    secret: Secret,
    now: () => number,
  ): Promise<VaultSession> {
    return new VaultSession(await openByRootWrap(store, kind, secret, now));
  }

  /** What shows without a password; `null` where there is no vault. As {@link VaultSession.open}, less the password. */
  static describe(folder: string): VaultDescription | null {
    if (!hasSqliteVault(folder)) return null;
    const store = SqliteStore.open(folder);
    try {
      const snapshot = store.snapshot();
      const body = snapshot.get(HEADER_KEY);
      const ways = { sheet: hasRootWrap(snapshot, "sheet"), remembered: hasRootWrap(snapshot, "remembered") };
      snapshot.close();
      if (body === null) throw damaged("it has no header");
      const { kdf, createdAt, vaultId } = parseHeader(body);
      const sizeBytes = sqliteVaultSize(folder);
      return { formatVersion: FORMAT_VERSION, kdf, sizeBytes, createdAt, vaultId: encodeHex(vaultId), ...ways };
    } finally {
      store.close();
    }
  }

  /** 32 hex digits. */
  get vaultId(): string {
    return encodeHex(this.#core.keys.vaultId);
  }

  /** Forgets the keys; any other method throws `vault/locked` from then on. */
  close(): void {
    this.maskers.close();
    this.#core.close();
  }

  /** Whether this is the master password as it stands now. */
  verifyPassword(password: Secret): Promise<boolean> {
    return this.#core.isPassword(password);
  }

  /** Changes the master password, at once for every process. `vault/wrong-password`, `usage/value`. */
  changePassword(
    old: Secret,
    replacement: Secret,
    o: { kdf?: KdfCost; audit?: unknown } = {},
  ): Promise<void> {
    return changePassword(this.#core, old, replacement, o.kdf ?? KDF_DEFAULT, o.audit ?? null);
  }

  /** Sets a new password by the code of the emergency sheet. `vault/wrong-password`, `sheet/not-found`, `usage/value`. */
  resetPassword(code: Secret, replacement: Secret, o: { kdf?: KdfCost; audit: unknown }): Promise<void> {
    return resetPassword(this.#core, code, replacement, o.kdf ?? KDF_DEFAULT, o.audit);
  }

  /** Makes a further way to the root key, in the place of the one of its kind; gives whether there was one. */
  makeRootWrap(
    kind: RootWrapKind,
    password: Secret,
    secret: Secret,
    entry: (replaced: boolean) => unknown,
  ): Promise<boolean> {
    return makeRootWrap(this.#core, kind, password, secret, entry);
  }

  /** Takes one back; gives whether there was one. */
  removeRootWrap(kind: RootWrapKind, entry: unknown): Promise<boolean> {
    return removeRootWrap(this.#core, kind, entry);
  }

  /** Opens all that is stored; gives how much there is. What does not open is `vault/tampered`. */
  verifyWhole(): Promise<WholeVault> {
    return verifyWhole(this.#core);
  }

  /** Slugs of the apps, sorted. */
  listApps(): Promise<string[]> {
    return listApps(this.#core);
  }

  /** The envs, sorted by app, then env. */
  listEnvs(): Promise<EnvRef[]> {
    return listEnvs(this.#core);
  }

  /** Makes an app without envs. `usage/name`, `app/exists`. */
  createApp(app: string): Promise<void> {
    return createApp(this.#core, app);
  }

  /** Removes an app with its envs and secrets, for good. `app/not-found`. */
  deleteApp(app: string): Promise<void> {
    return deleteApp(this.#core, app);
  }

  /** Makes an env in an app that is there. `usage/name`, `app/not-found`, `env/exists`. */
  createEnv(ref: EnvRef): Promise<void> {
    return createEnv(this.#core, ref);
  }

  /** Removes an env with its secrets, for good; the app stays. `app/not-found`, `env/not-found`. */
  deleteEnv(ref: EnvRef): Promise<void> {
    return deleteEnv(this.#core, ref);
  }

  /** Secrets sorted by name; removed ones too with `deleted`. `app/not-found`, `env/not-found`, as all that follow. */
  listSecrets(ref: EnvRef, o: { deleted?: boolean } = {}): Promise<SecretMeta[]> {
    return listSecrets(this.#core, ref, o.deleted ?? false);
  }

  /** The value, named after the secret; the caller wipes it. A canary gives its decoy. `secret/not-found`. */
  getSecret(ref: EnvRef, name: string, version?: number): Promise<Secret> {
    return getSecret(this.#core, ref, name, version);
  }

  /** The latest values of all secrets that are not removed, sorted by name: what a mask watches for. */
  getAllSecrets(ref: EnvRef): Promise<Secret[]> {
    return getAllSecrets(this.#core, ref);
  }

  /** Sets all entries or none, in one transaction. `usage/name`, `usage/value`, `secret/exists`, `secret/not-found`. */
  setSecrets(ref: EnvRef, entries: readonly SecretEntry[], o: { mode?: SetMode } = {}): Promise<SetResult[]> {
    return setSecrets(this.#core, ref, entries, o.mode ?? "upsert");
  }

  /** Removes a secret; it can be restored for 30 days. `secret/not-found`. */
  removeSecret(ref: EnvRef, name: string): Promise<void> {
    return removeSecret(this.#core, ref, name);
  }

  /** Brings back a removed secret, or an earlier value as a new version; gives the version now. `secret/not-found`, `secret/exists`. */
  restoreSecret(ref: EnvRef, name: string, version?: number): Promise<number> {
    return restoreSecret(this.#core, ref, name, version);
  }

  /** The versions that are kept (at most 100), latest first; of a removed secret too. `secret/not-found`. */
  history(ref: EnvRef, name: string): Promise<VersionMeta[]> {
    return listVersions(this.#core, ref, name);
  }

  /** Drops what was removed more than 30 days ago; gives how many. Such secrets are out of reach before, too. */
  purgeExpired(): Promise<number> {
    return purgeExpired(this.#core);
  }

  /** Stores JSON under a kind and an id. `vault/conflict` with `ifAbsent` where it is there; `usage/value`. */
  async putDocument(kind: string, id: string, value: unknown, o: { ifAbsent?: boolean } = {}): Promise<void> {
    await this.updateDocuments(kind, (documents) => {
      if (o.ifAbsent && documents.has(id)) {
        throw new OvError("vault/conflict", `Cannot store ${kind}: ${JSON.stringify(id)} is there already`);
      }
      documents.set(id, value);
    });
  }

  /** A document's value, or `null`. */
  getDocument(kind: string, id: string): Promise<unknown | null> {
    return getDocument(this.#core, kind, id);
  }

  /** The documents of a kind, sorted by id. */
  listDocuments(kind: string): Promise<{ id: string; value: unknown }[]> {
    return listDocuments(this.#core, kind);
  }

  /** Removes a document; `false` where there was none. */
  deleteDocument(kind: string, id: string): Promise<boolean> {
    return this.updateDocuments(kind, (documents) => documents.delete(id));
  }

  /**
   * Reads the documents of a kind, lets `change` edit them, and writes what differs, in one transaction; gives what
   * `change` gave. It runs again where another process was first, so it must depend on nothing but the map. What it
   * throws is thrown, and nothing is written.
   */
  updateDocuments<T>(kind: string, change: (documents: Map<string, unknown>) => T): Promise<T> {
    return updateDocuments(this.#core, kind, change);
  }

  /**
   * {@link VaultSession.updateDocuments}, and in the same transaction other terms for every machine key of an env.
   * `change` gives the terms that follow from what it wrote.
   */
  updateDocumentsAndTerms(
    kind: string,
    ref: EnvRef,
    change: (documents: Map<string, unknown>) => (terms: MachineTerms) => MachineTerms,
  ): Promise<void> {
    return this.#core.change(async (draft) => {
      await draftTerms(this.#core, draft, ref, await draftDocuments(this.#core, draft, kind, change));
    });
  }

  /** Adds a machine key to an env; gives its id. `usage/name`, `machine-key/exists`, `env/not-found`. */
  addMachineKey(ref: EnvRef, machineKey: Secret, terms: MachineTerms, o: { rotate?: boolean } = {}): Promise<string> {
    return addMachineKey(this.#core, ref, machineKey, terms, o.rotate === true);
  }

  /** The machine keys of an env, sorted by name. */
  listMachineKeys(ref: EnvRef): Promise<MachineKeyEntry[]> {
    return listMachineKeys(this.#core, ref);
  }

  /** Removes a machine key and rotates the env's key. `machine-key/not-found`. */
  revokeMachineKey(ref: EnvRef, name: string): Promise<MachineKeyEntry> {
    return revokeMachineKey(this.#core, ref, name);
  }

  /** Makes a new env key and seals heads and DEKs with it; machine keys stay good. */
  rotateEnv(ref: EnvRef): Promise<void> {
    return rotateEnv(this.#core, ref);
  }

  /** Rotates envs (`null`: all) as one change; the audit log tells of it. `app/not-found`, `env/not-found`. */
  rotateEnvs(refs: readonly EnvRef[] | null, o: { dropMachineKeys: boolean }): Promise<RotatedEnv[]> {
    return rotateEnvs(this.#core, refs, o);
  }

  /** The sealed records of an env, to be opened with a machine key; how many secrets and keys are in it. */
  makeBundle(ref: EnvRef): Promise<{ bundle: Bundle; secrets: number; keys: number }> {
    return makeBundle(this.#core, ref);
  }

  /**
   * Adds to the audit chain, with the time now. `usage/value` where it is no JSON or longer than 64 KiB.
   * @param also changes documents in the same transaction, as {@link VaultSession.updateDocuments}
   */
  appendAudit(entry: unknown, also: DocumentsChange | null = null): Promise<void> {
    return appendAudit(this.#core, entry, also);
  }

  /** The audit log, oldest first, from `since` on (milliseconds since 1970); the whole chain is checked. */
  async listAudit(o: { since?: number } = {}): Promise<{ at: number; entry: unknown }[]> {
    return (await listAudit(this.#core)).filter(({ at }) => at >= (o.since ?? 0));
  }

  /** Checks every link of the audit chain against the manifest; gives how many there are. */
  async verifyAudit(): Promise<{ entries: number }> {
    return { entries: (await listAudit(this.#core)).length };
  }
}
