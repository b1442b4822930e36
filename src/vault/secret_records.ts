/** A secret's two records: the head, which names and lists, and one version for each value (FORMAT §6). */
import { concatBytes, encodeUtf8, equalBytes, isSecretName, MAX_VALUE_BYTES } from "../base/mod.ts";
import {
  deriveDigest,
  encodeContext,
  KEY_BYTES,
  makeRandom,
  SEAL_OVERHEAD_BYTES,
  SealKey,
  u16,
  u32,
  u64,
  u8,
  withWiped,
} from "../crypto/envelope.ts";
import type { EnvKeys } from "./env_keys.ts";
import { isAscending, parseCanonical, type Reader } from "./layout.ts";
import { MAX_HEAD_BYTES, MAX_VERSIONS } from "./limits.ts";
import { pad, unpad } from "./pad.ts";
import { tampered } from "./refusal.ts";

const FLAG_CANARY = 1;
const FLAG_MASKABLE = 2;
const SEALED_DEK_BYTES = SEAL_OVERHEAD_BYTES + KEY_BYTES;

/** One version of a secret, as its head lists it. */
export interface VersionEntry {
  readonly version: number;
  readonly createdAt: number;
  readonly sizeBytes: number;
  /** SHA-256 of the version record's body. */
  readonly digest: Uint8Array;
}

/** What a head says. Times are milliseconds since 1970. */
export interface Head {
  readonly name: string;
  readonly canary: boolean;
  readonly maskable: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** `null`: it is not deleted. */
  readonly deletedAt: number | null;
  /** Ascending; at least one. */
  readonly versions: readonly VersionEntry[];
}

/** The latest version of a head. */
export function latestOf(head: Head): VersionEntry {
  return head.versions.at(-1)!;
}

/** Where the records of `name` are found in its env. */
export async function deriveNameId(keys: EnvKeys, name: string): Promise<Uint8Array<ArrayBuffer>> {
  return await keys.index.mac(encodeContext("name", keys.app, keys.env, name));
}

/** Where a version's record is found in its env. */
export function versionId(nameId: Uint8Array, version: number): Uint8Array<ArrayBuffer> {
  return concatBytes(nameId, u32(version));
}

/** The head record's body. */
export async function sealHead(keys: EnvKeys, nameId: Uint8Array, head: Head): Promise<Uint8Array<ArrayBuffer>> {
  const version = u32(latestOf(head).version);
  return concatBytes(version, await keys.head.seal(contextOf("head", keys, nameId, version), pad(encodeHead(head))));
}

/** What {@link sealHead} sealed for this env and name id; `vault/tampered` for anything else. */
export async function openHead(keys: EnvKeys, nameId: Uint8Array, body: Uint8Array): Promise<Head> {
  if (body.byteLength < 4 || body.byteLength > MAX_HEAD_BYTES) throw tampered("a record has an impossible size");
  const version = body.slice(0, 4);
  const padded = await keys.head.open(contextOf("head", keys, nameId, version), body.slice(4));
  if (padded === null) throw tampered(`a record of ${keys.app}/${keys.env} does not open`);
  const payload = unpad(padded);
  const head = payload === null ? null : parseCanonical(payload, readHead);
  if (head === null || !equalBytes(u32(latestOf(head).version), version)) {
    throw tampered(`a record of ${keys.app}/${keys.env} is not well-formed`);
  }
  if (!equalBytes(await deriveNameId(keys, head.name), nameId)) {
    throw tampered(`a record of ${keys.app}/${keys.env} stands under another name`);
  }
  return head;
}

/** A version record's body and its entry for the head. `value` is borrowed and at most 65,536 bytes. */
export async function sealVersion(
  keys: EnvKeys,
  nameId: Uint8Array,
  version: number,
  value: Uint8Array,
  createdAt: number,
): Promise<{ body: Uint8Array<ArrayBuffer>; entry: VersionEntry }> {
  if (value.byteLength > MAX_VALUE_BYTES) throw new RangeError("value too long");
  const number = u32(version);
  const body = await withWiped(Promise.resolve(makeRandom(KEY_BYTES)), async (dek) => {
    const sealedDek = await keys.dek.seal(contextOf("dek", keys, nameId, number), dek);
    const valueKey = await SealKey.import(dek);
    return await withWiped(
      Promise.resolve(pad(value)),
      async (padded) => concatBytes(sealedDek, await valueKey.seal(contextOf("value", keys, nameId, number), padded)),
    );
  });
  return { body, entry: { version, createdAt, sizeBytes: value.byteLength, digest: await deriveDigest(body) } };
}

/** The value, which the caller wipes; `vault/tampered` where the body is not the one that `entry` lists. */
export async function openVersion(
  keys: EnvKeys,
  nameId: Uint8Array,
  entry: VersionEntry,
  body: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  if (!equalBytes(await deriveDigest(body), entry.digest)) throw tampered("a value is not the one that was stored");
  const version = u32(entry.version);
  const dek = await keys.dek.open(contextOf("dek", keys, nameId, version), body.slice(0, SEALED_DEK_BYTES));
  if (dek?.byteLength !== KEY_BYTES) throw tampered("the key of a value does not open");
  const valueKey = await withWiped(Promise.resolve(dek), (bytes) => SealKey.import(bytes));
  const padded = await valueKey.open(contextOf("value", keys, nameId, version), body.slice(SEALED_DEK_BYTES));
  if (padded === null) throw tampered("a value does not open");
  const value = unpad(padded);
  padded.fill(0);
  if (value === null || value.byteLength !== entry.sizeBytes || value.byteLength > MAX_VALUE_BYTES) {
    throw tampered("a value is not well-formed");
  }
  return value;
}

/**
 * A version record under the next env key: its DEK is sealed anew, the value's own seal is not touched (FORMAT §2).
 * `vault/tampered` where the body is not the one that `entry` lists.
 */
export async function rewrapVersion(
  from: EnvKeys,
  to: EnvKeys,
  nameId: Uint8Array,
  entry: VersionEntry,
  body: Uint8Array,
): Promise<{ body: Uint8Array<ArrayBuffer>; entry: VersionEntry }> {
  if (!equalBytes(await deriveDigest(body), entry.digest)) throw tampered("a value is not the one that was stored");
  const version = u32(entry.version);
  const dek = await from.dek.open(contextOf("dek", from, nameId, version), body.slice(0, SEALED_DEK_BYTES));
  if (dek?.byteLength !== KEY_BYTES) throw tampered("the key of a value does not open");
  const sealedDek = await withWiped(
    Promise.resolve(dek),
    (bytes) => to.dek.seal(contextOf("dek", to, nameId, version), bytes),
  );
  const next = concatBytes(sealedDek, body.slice(SEALED_DEK_BYTES));
  return { body: next, entry: { ...entry, digest: await deriveDigest(next) } };
}

function encodeHead(head: Head): Uint8Array<ArrayBuffer> {
  return concatBytes(
    u8((head.canary ? FLAG_CANARY : 0) | (head.maskable ? FLAG_MASKABLE : 0)),
    u64(head.createdAt),
    u64(head.updatedAt),
    u64(head.deletedAt ?? 0),
    u8(head.name.length),
    encodeUtf8(head.name),
    u16(head.versions.length),
    ...head.versions.flatMap((entry) => [
      u32(entry.version),
      u64(entry.createdAt),
      u32(entry.sizeBytes),
      entry.digest,
    ]),
  );
}

function readHead(reader: Reader): Head {
  const flags = reader.u8();
  reader.check((flags & ~(FLAG_CANARY | FLAG_MASKABLE)) === 0);
  const times = { createdAt: reader.u64(), updatedAt: reader.u64(), deletedAt: reader.u64() || null };
  const name = reader.text(reader.u8());
  reader.check(isSecretName(name));
  const versions = reader.list(reader.u16(), () => ({
    version: reader.u32(),
    createdAt: reader.u64(),
    sizeBytes: reader.u32(),
    digest: reader.take(32),
  }));
  reader.check(versions.length >= 1 && versions.length <= MAX_VERSIONS && versions[0]!.version >= 1);
  reader.check(isAscending(versions, (a, b) => a.version - b.version));
  return {
    name,
    canary: (flags & FLAG_CANARY) !== 0,
    maskable: (flags & FLAG_MASKABLE) !== 0,
    ...times,
    versions,
  };
}

function contextOf(purpose: string, keys: EnvKeys, nameId: Uint8Array, version: Uint8Array) {
  return encodeContext(purpose, keys.vaultId, keys.app, keys.env, nameId, version);
}
