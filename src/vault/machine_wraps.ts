/**
 * The wrap of a machine key (FORMAT §9.1): what lets 32 random bytes open exactly one env, and nothing else.
 *
 * ```text
 * seal(machine key's KEK, "wrap/machine", link key) (60) ‖ seal("root/machine", "wrap/machine-owner", link key) (60)
 * ‖ seal(HKDF(link key), "wrap/machine-keys", pad(generation u32 ‖ app ‖ env ‖ env key ‖ index key ‖ terms JSON))
 * ```
 *
 * The owner reaches the link key by the root key, so a rotation or a change of the terms needs no machine key.
 */
import { concatBytes, decodeUtf8, encodeUtf8, isSlug, type Secret } from "../base/mod.ts";
import {
  DerivationKey,
  encodeContext,
  KEY_BYTES,
  makeRandom,
  SEAL_OVERHEAD_BYTES,
  SealKey,
  u32,
  u8,
  withWiped,
} from "../crypto/envelope.ts";
import { type EnvContext, type EnvKeys, importEnvKeys, withKeyBlock } from "./env_keys.ts";
import { parseCanonical } from "./layout.ts";
import type { EnvEntry } from "./manifest.ts";
import { pad, unpad } from "./pad.ts";
import { KIND, type RecordKey } from "./records.ts";
import { tampered } from "./refusal.ts";
import type { RootKeys } from "./root_key.ts";

/** Bytes of a machine key. */
export const MACHINE_KEY_BYTES = 32;

/** Largest wrap, checked before it is opened: the terms are at most 64 KiB. */
export const MAX_MACHINE_WRAP_BYTES = 131_072;

const MAX_TERMS_BYTES = 65_536;
const RECIPIENT_MACHINE = 2;
const RECIPIENT_ID_BYTES = 16;
const LINK_BYTES = SEAL_OVERHEAD_BYTES + KEY_BYTES;

/** What a machine key opens. */
export interface OpenedWrap {
  readonly keys: EnvKeys;
  /** JSON that came with the wrap; who reads it checks its shape. */
  readonly terms: unknown;
}

/** What the owner reads of a wrap. */
export interface OwnedWrap {
  readonly recipientId: Uint8Array<ArrayBuffer>;
  /** Of the env key that it holds; an older one than the env's is a wrap that was put back. */
  readonly generation: number;
  readonly terms: unknown;
}

/** A fresh recipient id. */
export function makeRecipientId(): Uint8Array<ArrayBuffer> {
  return makeRandom(RECIPIENT_ID_BYTES);
}

/** Where the wrap of a machine key is found. */
export function machineWrapKey(envId: Uint8Array, recipientId: Uint8Array): RecordKey {
  return { kind: KIND.wrap, scope: envId, id: concatBytes(u8(RECIPIENT_MACHINE), recipientId) };
}

/** The recipient id in the id of a wrap record, or `null` where it is a wrap of another kind. */
export function recipientIdOf(id: Uint8Array): Uint8Array<ArrayBuffer> | null {
  return id.byteLength === 1 + RECIPIENT_ID_BYTES && id[0] === RECIPIENT_MACHINE ? id.slice(1) : null;
}

/** The wrap's body for a new machine key. @param machineKey 32 bytes, borrowed @param terms JSON */
export async function sealMachineWrap(
  root: RootKeys,
  entry: EnvEntry,
  recipientId: Uint8Array,
  machineKey: Secret,
  terms: unknown,
): Promise<Uint8Array<ArrayBuffer>> {
  const at = { vaultId: root.vaultId, envId: entry.envId, recipientId };
  return await withWiped(Promise.resolve(makeRandom(KEY_BYTES)), async (link) => {
    const kek = await machineKek(machineKey, at);
    const byMachine = await kek.seal(contextOf("wrap/machine", at), link);
    const byOwner = await root.machine.seal(contextOf("wrap/machine-owner", at), link);
    return concatBytes(byMachine, byOwner, await sealKeys(root, entry, at, link, terms));
  });
}

/**
 * The same wrap with the env's keys as they are in `entry`, and with these terms: after a rotation, or a change of policy.
 * @throws OvError `vault/tampered` where the body was not sealed for this env and recipient
 */
export async function renewMachineWrap(
  root: RootKeys,
  entry: EnvEntry,
  recipientId: Uint8Array,
  body: Uint8Array,
  terms: unknown,
): Promise<Uint8Array<ArrayBuffer>> {
  const at = { vaultId: root.vaultId, envId: entry.envId, recipientId };
  return await withOwnedLink(
    root,
    at,
    body,
    async (link) => concatBytes(body.slice(0, 2 * LINK_BYTES), await sealKeys(root, entry, at, link, terms)),
  );
}

/** What the owner sees of a wrap. @throws OvError `vault/tampered` */
export async function openOwnedWrap(
  root: RootKeys,
  entry: Pick<EnvEntry, "envId" | "app" | "env">,
  recipientId: Uint8Array<ArrayBuffer>,
  body: Uint8Array,
): Promise<OwnedWrap> {
  const at = { vaultId: root.vaultId, envId: entry.envId, recipientId };
  return await withOwnedLink(root, at, body, async (link) => {
    const opened = await openKeys(at, link, body);
    opened.block.fill(0);
    if (opened.app !== entry.app || opened.env !== entry.env) throw tampered("a machine key's wrap is of another env");
    return { recipientId, generation: opened.generation, terms: opened.terms };
  });
}

/**
 * What a machine key opens, or `null` where the wrap is another key's.
 *
 * @param machineKey borrowed
 * @throws OvError `vault/tampered` where it is this key's wrap and was changed
 */
export async function openMachineWrap(
  machineKey: Secret,
  vaultId: Uint8Array,
  envId: Uint8Array,
  recipientId: Uint8Array,
  body: Uint8Array,
): Promise<OpenedWrap | null> {
  requireSize(body);
  const at = { vaultId, envId, recipientId };
  const kek = await machineKek(machineKey, at);
  const link = await kek.open(contextOf("wrap/machine", at), body.slice(0, LINK_BYTES));
  if (link === null) return null;
  return await withWiped(Promise.resolve(link), async (bytes) => {
    const { block, terms, ...of } = await openKeys(at, bytes, body);
    const context: EnvContext = { vaultId, envId, ...of };
    return { keys: await withWiped(Promise.resolve(block), (opened) => importEnvKeys(context, opened)), terms };
  });
}

interface Place {
  readonly vaultId: Uint8Array;
  readonly envId: Uint8Array;
  readonly recipientId: Uint8Array;
}

async function machineKek(machineKey: Secret, at: Place): Promise<SealKey> {
  if (machineKey.sizeBytes !== MACHINE_KEY_BYTES) throw new RangeError(`a machine key has ${MACHINE_KEY_BYTES} bytes`);
  // EXPOSE: derives the key that opens its own wrap, which is the only use that it has
  const derivation = await DerivationKey.import(machineKey.expose(), at.vaultId);
  return await derivation.deriveSealKey(encodeContext("kek/machine", at.envId, at.recipientId));
}

async function bodyKey(link: Uint8Array, at: Place): Promise<SealKey> {
  const derivation = await DerivationKey.import(link, at.vaultId);
  return await derivation.deriveSealKey(encodeContext("kek/machine-keys", at.envId, at.recipientId));
}

async function sealKeys(root: RootKeys, entry: EnvEntry, at: Place, link: Uint8Array, terms: unknown) {
  const json = encodeUtf8(JSON.stringify(terms));
  if (json.byteLength > MAX_TERMS_BYTES) throw new RangeError("terms too long");
  const key = await bodyKey(link, at);
  return await withKeyBlock(root, { vaultId: root.vaultId, ...entry }, entry.keyBlock, async (block) => {
    const padded = pad(concatBytes(u32(entry.generation), text(entry.app), text(entry.env), block, json));
    return await withWiped(Promise.resolve(padded), (bytes) => key.seal(contextOf("wrap/machine-keys", at), bytes));
  });
}

async function openKeys(at: Place, link: Uint8Array, body: Uint8Array) {
  const key = await bodyKey(link, at);
  const padded = await key.open(contextOf("wrap/machine-keys", at), body.slice(2 * LINK_BYTES));
  const payload = padded === null ? null : unpad(padded);
  padded?.fill(0);
  if (payload === null) throw tampered("the wrap of a machine key does not open");
  const read = parseCanonical(payload, (reader) => {
    const generation = reader.u32();
    const [app, env] = [reader.text(reader.u8()), reader.text(reader.u8())];
    reader.check(generation >= 1 && isSlug(app) && isSlug(env));
    return { generation, app, env, block: reader.take(2 * KEY_BYTES), json: reader.rest() };
  });
  payload.fill(0);
  const terms = read === null ? undefined : parseJson(read.json);
  if (read === null || terms === undefined) throw tampered("the wrap of a machine key is not well-formed");
  const { json: _json, ...rest } = read;
  return { ...rest, terms };
}

async function withOwnedLink<T>(
  root: RootKeys,
  at: Place,
  body: Uint8Array,
  use: (link: Uint8Array) => Promise<T>,
): Promise<T> {
  requireSize(body);
  const sealed = body.slice(LINK_BYTES, 2 * LINK_BYTES);
  const link = await root.machine.open(contextOf("wrap/machine-owner", at), sealed);
  if (link === null) throw tampered("the wrap of a machine key does not open");
  return await withWiped(Promise.resolve(link), use);
}

function requireSize(body: Uint8Array): void {
  if (body.byteLength <= 2 * LINK_BYTES || body.byteLength > MAX_MACHINE_WRAP_BYTES) {
    throw tampered("the wrap of a machine key has an impossible size");
  }
}

function contextOf(purpose: string, { vaultId, envId, recipientId }: Place) {
  return encodeContext(purpose, vaultId, envId, recipientId);
}

function text(slug: string): Uint8Array<ArrayBuffer> {
  return concatBytes(u8(slug.length), encodeUtf8(slug));
}

function parseJson(bytes: Uint8Array): unknown {
  const json = decodeUtf8(bytes);
  if (json === null) return undefined;
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
