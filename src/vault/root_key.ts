/** The root key: made once, wrapped by the password (FORMAT §4.2), used only to derive (FORMAT §2). */
import { concatBytes, equalBytes, OvError, type Secret } from "../base/mod.ts";
import {
  DerivationKey,
  deriveKek,
  encodeContext,
  KEY_BYTES,
  MacKey,
  makeRandom,
  SealKey,
  u8,
} from "../crypto/envelope.ts";
import { encodeHeader, type Header } from "./header.ts";
import { MAX_PASSWORD_BYTES } from "./limits.ts";
import { ZERO_ID } from "./records.ts";
import { damaged, tampered } from "./refusal.ts";

const CHECK_BYTES = 32;
const WRAP_BYTES = CHECK_BYTES + 12 + KEY_BYTES + 16;
const RECIPIENT_PASSWORD = 1;

/** The keys that stand directly under the root key. None of them gives its bytes. */
export interface RootKeys {
  readonly vaultId: Uint8Array;
  readonly manifest: SealKey;
  readonly envKey: SealKey;
  readonly document: SealKey;
  readonly documentIndex: MacKey;
  readonly documentSet: MacKey;
  readonly audit: SealKey;
  readonly auditChain: MacKey;
  /** Seals the link keys of machine keys (FORMAT §9.1). */
  readonly machine: SealKey;
}

/** A fresh root key and its password wrap; the caller wipes the root key. */
export async function makeRootKey(
  header: Header,
  password: Secret,
): Promise<{ rootKey: Uint8Array<ArrayBuffer>; wrap: Uint8Array<ArrayBuffer> }> {
  const rootKey = makeRandom(KEY_BYTES);
  return { rootKey, wrap: await wrapRootKey(header, password, rootKey) };
}

/** The wrap of a root key that is there already, for a new password or header. `usage/value` for an empty or huge password. */
export async function wrapRootKey(
  header: Header,
  password: Secret,
  rootKey: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  if (password.sizeBytes < 1 || password.sizeBytes > MAX_PASSWORD_BYTES) {
    throw new OvError("usage/value", `Cannot use master password: it must have 1 to ${MAX_PASSWORD_BYTES} bytes`);
  }
  const { wrapKey, check } = await derivePasswordKeys(header, password);
  return concatBytes(check, await wrapKey.seal(wrapContext(header), rootKey));
}

/**
 * The root key out of its wrap; the caller wipes it. `vault/wrong-password` where the check differs, `vault/tampered`
 * where it agrees and the seal does not open, `vault/damaged` where the wrap has another length.
 */
export async function openRootKey(
  header: Header,
  password: Secret,
  wrap: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  if (wrap.byteLength !== WRAP_BYTES) throw damaged("the password wrap is not well-formed");
  if (header.needsAccountKey) {
    throw new OvError("vault/locked", "Cannot open vault: it needs the account key of this device", {
      hint: "Update ov, or log in on this device.",
    });
  }
  const wrong = new OvError("vault/wrong-password", "Cannot open vault: the master password is wrong");
  if (password.sizeBytes < 1 || password.sizeBytes > MAX_PASSWORD_BYTES) throw wrong;
  const { wrapKey, check } = await derivePasswordKeys(header, password);
  if (!equalBytes(check, wrap.slice(0, CHECK_BYTES))) throw wrong;
  const rootKey = await wrapKey.open(wrapContext(header), wrap.slice(CHECK_BYTES));
  if (rootKey === null) throw tampered("the wrapped root key does not open");
  return rootKey;
}

/** Everything that the root key derives. */
export async function deriveRootKeys(rootKey: Uint8Array, vaultId: Uint8Array): Promise<RootKeys> {
  const root = await DerivationKey.import(rootKey, vaultId);
  const sealKey = (purpose: string) => root.deriveSealKey(encodeContext(purpose));
  const macKey = (purpose: string) => root.deriveMacKey(encodeContext(purpose));
  return {
    vaultId,
    manifest: await sealKey("root/manifest"),
    envKey: await sealKey("root/env-key"),
    document: await sealKey("root/document"),
    documentIndex: await macKey("root/document-index"),
    documentSet: await macKey("root/document-set"),
    audit: await sealKey("root/audit"),
    auditChain: await macKey("root/audit-chain"),
    machine: await sealKey("root/machine"),
  };
}

async function derivePasswordKeys(
  header: Header,
  password: Secret,
): Promise<{ wrapKey: SealKey; check: Uint8Array }> {
  // EXPOSE: the password goes into the KDF, which is the only use that it has
  const kek = await deriveKek(password.expose(), null, header.salt, header.vaultId, header.kdf);
  const wrapKey = await kek.deriveSealKey(encodeContext("kek/wrap"));
  const checkKey = await kek.deriveMacKey(encodeContext("kek/check"));
  return { wrapKey, check: await checkKey.mac(encodeContext("kek/check", encodeHeader(header))) };
}

function wrapContext(header: Header) {
  return encodeContext("wrap/root", encodeHeader(header), u8(RECIPIENT_PASSWORD), ZERO_ID);
}
