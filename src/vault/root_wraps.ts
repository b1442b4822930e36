/**
 * Further wraps of the root key (FORMAT §4.3): for the emergency sheet and for a key that a keyring keeps.
 *
 * ```text
 * check (32) ‖ seal(wrap key, context("wrap/root-key", vault id, created u64, u8 recipient kind, recipient id), root key)
 * ```
 *
 * What opens them is drawn at random and whole: 20 or 32 bytes that nobody chose. So HKDF derives the KEK where the password
 * needs Argon2id, and a wrong one costs no more than a right one.
 */
import { concatBytes, equalBytes, type Secret } from "../base/mod.ts";
import { DerivationKey, encodeContext, KEY_BYTES, SEAL_OVERHEAD_BYTES, u64, u8 } from "../crypto/envelope.ts";
import type { Header } from "./header.ts";
import { KIND, type RecordKey, ZERO_ID } from "./records.ts";
import { damaged, tampered } from "./refusal.ts";

/** What a further wrap is for. */
export type RootWrapKind = "sheet" | "remembered";

/** Bytes of the secret that opens each. */
export const ROOT_SECRET_BYTES: Readonly<Record<RootWrapKind, number>> = { sheet: 20, remembered: 32 };

/** Every kind. */
export const ROOT_WRAP_KINDS = ["sheet", "remembered"] as const satisfies readonly RootWrapKind[];

const RECIPIENT: Readonly<Record<RootWrapKind, number>> = { sheet: 4, remembered: 5 };
const CHECK_BYTES = 32;
const WRAP_BYTES = CHECK_BYTES + SEAL_OVERHEAD_BYTES + KEY_BYTES;

/** Where such a wrap is found: there is at most one of each kind. */
export function rootWrapKey(kind: RootWrapKind): RecordKey {
  return { kind: KIND.wrap, scope: ZERO_ID, id: concatBytes(u8(RECIPIENT[kind]), ZERO_ID) };
}

/**
 * The wrap's body.
 *
 * @param of vault id and time; they stay when the password changes
 * @param secret of {@link ROOT_SECRET_BYTES}, from the system's generator; borrowed, as is `rootKey`
 */
export async function sealRootWrap(
  kind: RootWrapKind,
  of: Pick<Header, "vaultId" | "createdAt">,
  secret: Secret,
  rootKey: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  const { wrapKey, check } = await deriveKeys(kind, of, secret);
  return concatBytes(check, await wrapKey.seal(encodeContext("wrap/root-key", ...placeOf(kind, of)), rootKey));
}

/**
 * The root key out of a wrap, which the caller wipes; `null` where the secret is another one.
 *
 * @throws OvError `vault/tampered` where it is the right one and the wrap was changed, `vault/damaged` for another length
 */
export async function openRootWrap(
  kind: RootWrapKind,
  of: Pick<Header, "vaultId" | "createdAt">,
  secret: Secret,
  body: Uint8Array,
): Promise<Uint8Array<ArrayBuffer> | null> {
  if (body.byteLength !== WRAP_BYTES) throw damaged(`the wrap of the ${NAMES[kind]} is not well-formed`);
  if (secret.sizeBytes !== ROOT_SECRET_BYTES[kind]) return null;
  const { wrapKey, check } = await deriveKeys(kind, of, secret);
  if (!equalBytes(check, body.slice(0, CHECK_BYTES))) return null;
  const rootKey = await wrapKey.open(encodeContext("wrap/root-key", ...placeOf(kind, of)), body.slice(CHECK_BYTES));
  if (rootKey === null) throw tampered(`the root key in the wrap of the ${NAMES[kind]} does not open`);
  return rootKey;
}

const NAMES: Readonly<Record<RootWrapKind, string>> = { sheet: "emergency sheet", remembered: "remembered key" };

async function deriveKeys(kind: RootWrapKind, of: Pick<Header, "vaultId" | "createdAt">, secret: Secret) {
  if (secret.sizeBytes !== ROOT_SECRET_BYTES[kind]) {
    throw new RangeError(`a ${kind} has ${ROOT_SECRET_BYTES[kind]} bytes`);
  }
  const place = placeOf(kind, of);
  // EXPOSE: derives the key that opens its own wrap, which is the only use that it has
  const material = await DerivationKey.import(secret.expose(), of.vaultId);
  const kek = await material.deriveDerivationKey(encodeContext("kek/root-key", ...place));
  const wrapKey = await kek.deriveSealKey(encodeContext("kek/wrap"));
  const checkKey = await kek.deriveMacKey(encodeContext("kek/check"));
  return { wrapKey, check: await checkKey.mac(encodeContext("kek/check", ...place)) };
}

function placeOf(kind: RootWrapKind, { vaultId, createdAt }: Pick<Header, "vaultId" | "createdAt">) {
  return [vaultId, u64(createdAt), u8(RECIPIENT[kind]), ZERO_ID] as const;
}
