/** The manifest (FORMAT §5): one sealed record that commits to every other. */
import { concatBytes, encodeUtf8, isSlug } from "../base/mod.ts";
import { encodeContext, u16, u32, u64, u8 } from "../crypto/envelope.ts";
import { compareBytes, compareText, isAscending, parseCanonical, type Reader } from "./layout.ts";
import { MAX_APPS, MAX_DOCUMENT_KINDS, MAX_ENVS, MAX_MANIFEST_BYTES } from "./limits.ts";
import { pad, unpad } from "./pad.ts";
import { tampered } from "./refusal.ts";
import type { RootKeys } from "./root_key.ts";

const KEY_BLOCK_BYTES = 12 + 64 + 16;

/** An app, with or without envs. */
export interface AppEntry {
  readonly app: string;
  readonly createdAt: number;
}

/** An env, its sealed keys, and the MAC over its secrets. */
export interface EnvEntry {
  readonly app: string;
  readonly env: string;
  /** 16 random bytes; the scope of the env's records. */
  readonly envId: Uint8Array;
  readonly createdAt: number;
  /** 1, and one more with each rotation of the env key. */
  readonly generation: number;
  /** 92 bytes: env key and index key, sealed. */
  readonly keyBlock: Uint8Array;
  readonly secretCount: number;
  readonly setMac: Uint8Array;
}

/** A kind of document that has at least one. */
export interface KindEntry {
  readonly kindId: Uint8Array;
  readonly count: number;
  readonly setMac: Uint8Array;
}

/** What the manifest says. Lists are kept sorted by {@link sealManifest}. */
export interface Manifest {
  readonly revision: number;
  readonly apps: readonly AppEntry[];
  readonly envs: readonly EnvEntry[];
  readonly kinds: readonly KindEntry[];
  readonly auditCount: number;
  /** Link of the last audit record, or 32 zeros. */
  readonly auditHead: Uint8Array;
}

/** The manifest of a vault that holds nothing. */
export const EMPTY_MANIFEST: Manifest = {
  revision: 0,
  apps: [],
  envs: [],
  kinds: [],
  auditCount: 0,
  auditHead: new Uint8Array(32),
};

/** The record's body. The caller has counted `revision` up, and keeps the numbers within FORMAT §5. */
export async function sealManifest(keys: RootKeys, manifest: Manifest): Promise<Uint8Array<ArrayBuffer>> {
  const revision = u64(manifest.revision);
  const context = encodeContext("manifest", keys.vaultId, revision);
  return concatBytes(revision, await keys.manifest.seal(context, pad(encodePayload(manifest))));
}

/** What {@link sealManifest} sealed; `vault/tampered` for anything else. */
export async function openManifest(keys: RootKeys, body: Uint8Array): Promise<Manifest> {
  if (body.byteLength < 8 || body.byteLength > MAX_MANIFEST_BYTES) {
    throw tampered("the manifest has an impossible size");
  }
  const revision = body.slice(0, 8);
  const padded = await keys.manifest.open(encodeContext("manifest", keys.vaultId, revision), body.slice(8));
  if (padded === null) throw tampered("the manifest does not open");
  const manifest = parsePayload(revision, padded);
  if (manifest === null) throw tampered("the manifest is not well-formed");
  return manifest;
}

/** Whether the numbers are within FORMAT §5. */
export function isWithinLimits(manifest: Manifest): boolean {
  return manifest.apps.length <= MAX_APPS && manifest.envs.length <= MAX_ENVS &&
    manifest.kinds.length <= MAX_DOCUMENT_KINDS;
}

function encodePayload(manifest: Manifest): Uint8Array<ArrayBuffer> {
  const apps = manifest.apps.toSorted(compareApps);
  const indexOf = new Map(apps.map((entry, index) => [entry.app, index]));
  const envs = manifest.envs.toSorted(compareEnvs);
  const kinds = manifest.kinds.toSorted(compareKinds);
  return concatBytes(
    u16(apps.length),
    ...apps.flatMap((entry) => [slug(entry.app), u64(entry.createdAt)]),
    u16(envs.length),
    ...envs.flatMap((entry) => [
      u16(indexOf.get(entry.app)!),
      slug(entry.env),
      entry.envId,
      u64(entry.createdAt),
      u32(entry.generation),
      entry.keyBlock,
      u32(entry.secretCount),
      entry.setMac,
    ]),
    u16(kinds.length),
    ...kinds.flatMap((entry) => [entry.kindId, u32(entry.count), entry.setMac]),
    u64(manifest.auditCount),
    manifest.auditHead,
  );
}

function parsePayload(revision: Uint8Array, padded: Uint8Array): Manifest | null {
  const payload = unpad(padded);
  if (payload === null) return null;
  const number = parseCanonical(revision, (reader) => reader.u64());
  if (number === null || number < 1) return null;
  return parseCanonical(payload, (reader) => {
    const apps = reader.list(reader.u16(), () => ({ app: readSlug(reader), createdAt: reader.u64() }));
    const envs = reader.list(reader.u16(), () => readEnv(reader, apps));
    const kinds = reader.list(reader.u16(), () => ({
      kindId: reader.take(32),
      count: reader.u32(),
      setMac: reader.take(32),
    }));
    const manifest = { revision: number, apps, envs, kinds, auditCount: reader.u64(), auditHead: reader.take(32) };
    reader.check(isAscending(apps, compareApps) && isAscending(envs, compareEnvs) && isAscending(kinds, compareKinds));
    reader.check(kinds.every((kind) => kind.count >= 1));
    reader.check(isWithinLimits(manifest));
    return manifest;
  });
}

function readEnv(reader: Reader, apps: readonly AppEntry[]): EnvEntry {
  const { app } = reader.require(apps[reader.u16()]);
  const entry = {
    app,
    env: readSlug(reader),
    envId: reader.take(16),
    createdAt: reader.u64(),
    generation: reader.u32(),
    keyBlock: reader.take(KEY_BLOCK_BYTES),
    secretCount: reader.u32(),
    setMac: reader.take(32),
  };
  reader.check(entry.generation >= 1);
  return entry;
}

function slug(text: string): Uint8Array<ArrayBuffer> {
  return concatBytes(u8(text.length), encodeUtf8(text));
}

function readSlug(reader: Reader): string {
  const text = reader.text(reader.u8());
  reader.check(isSlug(text));
  return text;
}

function compareApps(a: AppEntry, b: AppEntry): number {
  return compareText(a.app, b.app);
}

function compareEnvs(a: EnvEntry, b: EnvEntry): number {
  return compareText(a.app, b.app) || compareText(a.env, b.env);
}

function compareKinds(a: KindEntry, b: KindEntry): number {
  return compareBytes(a.kindId, b.kindId);
}
