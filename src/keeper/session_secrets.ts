/** Secrets of a session: setting, reading, listing, removing, restoring. */
import { encodeHex, isSecretName, MAX_VALUE_BYTES, OvError, type Secret } from "../base/mod.ts";
import { type Head, latestOf, type SetMember } from "../vault/mod.ts";
import type { EnvRef, LoadedEnv, SessionCore } from "./session_core.ts";
import { EnvEditor, type SecretEntry, type SetMode, type SetResult } from "./session_env_editor.ts";
import {
  findHead,
  notFound,
  type OpenHead,
  openHeads,
  openValue,
  readValue,
  versionBody,
  versionOf,
} from "./session_heads.ts";

/** What is known about a secret without its value. Times are milliseconds since 1970. */
export interface SecretMeta {
  readonly name: string;
  /** The latest. */
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** `null`: it is not removed. */
  readonly deletedAt: number | null;
  readonly sizeBytes: number;
  readonly canary: boolean;
  /** As it was said to be when it was set. */
  readonly maskable: boolean;
}

/** One version of a secret. */
export interface VersionMeta {
  readonly version: number;
  readonly createdAt: number;
  readonly sizeBytes: number;
  /** Whether the secret that it belongs to is removed. */
  readonly deleted: boolean;
}

/** Secrets of the env, sorted by name; removed ones too where `deleted` is set. */
export function listSecrets(core: SessionCore, ref: EnvRef, deleted: boolean): Promise<SecretMeta[]> {
  return core.read(async (view) => {
    const heads = await openHeads(await core.loadEnv(view, ref), core.now());
    return heads.map(({ head }) => metaOf(head)).filter((meta) => deleted || meta.deletedAt === null);
  });
}

/** The value of a secret, or of an earlier version of it. `secret/not-found`. */
export function getSecret(core: SessionCore, ref: EnvRef, name: string, version?: number): Promise<Secret> {
  return core.read(async (view) => {
    const env = await core.loadEnv(view, ref);
    const found = await findHead(env, core.now(), name);
    if (found === null || found.head.deletedAt !== null) throw notFound("read", name, found !== null);
    const entry = versionOf(found.head, version);
    const body = versionBody(view.snapshot, env, found, entry);
    const known = core.values.get(ownerOf(env), headOf(env, found), body);
    return known?.renamed(name) ?? await openValue(env, found, entry, body);
  });
}

/** The latest value of every secret that is not removed, sorted by name. */
export function getAllSecrets(core: SessionCore, ref: EnvRef): Promise<Secret[]> {
  return core.read(async (view) => {
    const env = await core.loadEnv(view, ref);
    const live = (await openHeads(env, core.now())).filter(({ head }) => head.deletedAt === null);
    const values = await Promise.all(live.map(async (found) => {
      const [head, entry] = [headOf(env, found), latestOf(found.head)];
      const body = versionBody(view.snapshot, env, found, entry);
      const known = core.values.get(ownerOf(env), head, body);
      return { head, body, value: known?.renamed(known.name) ?? await openValue(env, found, entry, body) };
    }));
    void core.keys; // refuses where it was locked meanwhile: nothing is kept then
    core.values.keep(ownerOf(env), values);
    return values.map(({ value }) => value);
  });
}

function ownerOf({ entry }: LoadedEnv): string {
  return encodeHex(entry.envId);
}

function headOf({ heads }: LoadedEnv, { nameId }: OpenHead): SetMember {
  return heads.get(encodeHex(nameId))!;
}

/** Sets all the entries, or none. `usage/name`, `usage/value`, `secret/exists`, `secret/not-found`. */
export function setSecrets(
  core: SessionCore,
  ref: EnvRef,
  entries: readonly SecretEntry[],
  mode: SetMode,
): Promise<SetResult[]> {
  requireEntries(entries);
  return core.change(async (draft) => {
    const editor = await EnvEditor.load(core, draft, ref);
    const results: SetResult[] = [];
    for (const entry of entries) results.push(await editor.set(entry, mode));
    if (entries.length > 0) await editor.finish();
    return results;
  });
}

/** Removes a secret; it can be restored for 30 days. `secret/not-found`. */
export function removeSecret(core: SessionCore, ref: EnvRef, name: string): Promise<void> {
  return core.change(async (draft) => {
    const editor = await EnvEditor.load(core, draft, ref);
    const found = editor.find(name);
    if (found === null || found.head.deletedAt !== null) throw notFound("remove", name, found !== null);
    // At least 1: a clock at zero must not read as "not removed".
    await editor.write(found.nameId, { ...found.head, deletedAt: Math.max(1, core.now()) });
    await editor.finish();
  });
}

/**
 * Brings a removed secret back, or with `version` the value that it had then, as a new version. Gives the version that
 * holds now. `secret/not-found`; `secret/exists` where it is not removed and no version is named.
 */
export function restoreSecret(core: SessionCore, ref: EnvRef, name: string, version?: number): Promise<number> {
  return core.change(async (draft) => {
    const editor = await EnvEditor.load(core, draft, ref);
    const found = editor.find(name);
    if (found === null) throw notFound("restore", name, false);
    if (found.head.deletedAt === null && version === undefined) {
      throw new OvError("secret/exists", `Cannot restore secret: ${name} is not removed`, {
        hint: `Name a version: \`ov secret history ${name}\` lists them.`,
      });
    }
    const entry = versionOf(found.head, version);
    let head: Head = { ...found.head, deletedAt: null, updatedAt: core.now() };
    if (entry !== latestOf(head)) {
      const value = await readValue(draft.snapshot, editor.env, found, entry);
      head = await editor.addVersion(found.nameId, head, value);
      value.wipe();
    }
    await editor.write(found.nameId, head);
    await editor.finish();
    return latestOf(head).version;
  });
}

/** The versions that are kept, the latest first; of a removed secret too. `secret/not-found`. */
export function listVersions(core: SessionCore, ref: EnvRef, name: string): Promise<VersionMeta[]> {
  return core.read(async (view) => {
    const found = await findHead(await core.loadEnv(view, ref), core.now(), name);
    if (found === null) throw notFound("read", name, false);
    const deleted = found.head.deletedAt !== null;
    return found.head.versions.toReversed().map(({ version, createdAt, sizeBytes }) => ({
      version,
      createdAt,
      sizeBytes,
      deleted,
    }));
  });
}

/** Drops the records of secrets that were removed more than 30 days ago, in every env; gives how many. */
export async function purgeExpired(core: SessionCore): Promise<number> {
  return await core.change(async (draft) => {
    let purged = 0;
    for (const ref of draft.manifest.envs) {
      const editor = await EnvEditor.load(core, draft, ref);
      if (editor.purged > 0) await editor.finish();
      purged += editor.purged;
    }
    return purged;
  });
}

/** What is said of a head. */
export function metaOf(head: Head): SecretMeta {
  const { name, createdAt, updatedAt, deletedAt, canary, maskable } = head;
  const { version, sizeBytes } = latestOf(head);
  return { name, version, createdAt, updatedAt, deletedAt, sizeBytes, canary, maskable };
}

function requireEntries(entries: readonly SecretEntry[]): void {
  const names = new Set<string>();
  for (const { name, value } of entries) {
    if (!isSecretName(name)) {
      throw new OvError("usage/name", `Cannot name secret: ${JSON.stringify(name)} cannot be an environment variable`, {
        hint: "Use letters, digits and underscores, not beginning with a digit, at most 255.",
      });
    }
    if (names.has(name)) throw new OvError("usage/name", `Cannot set secrets: ${name} is named twice`);
    names.add(name);
    if (value.sizeBytes > MAX_VALUE_BYTES) {
      throw new OvError("usage/value", `Cannot set ${name}: its value is longer than ${MAX_VALUE_BYTES} bytes`);
    }
  }
}
