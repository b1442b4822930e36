/**
 * The only door to cryptography: sealing, MACs, derivation, digests, random bytes. Web Crypto does the work; no other
 * module calls it. Must never hand out the bytes of a key that it holds, or use a key for two purposes.
 *
 * Called by `vault/` (which says what is sealed with what) and by `keeper/`. `derive*` is deterministic, `make*` random.
 */
import { concatBytes } from "../base/mod.ts";
import { deriveArgon2id, type KdfCost } from "./argon2id.ts";
import { type Context, encodeContext, u8 } from "./context.ts";

export { type KdfCost } from "./argon2id.ts";
export { type Context, type ContextField, encodeContext, u16, u32, u64, u8 } from "./context.ts";

/** Bytes of each key. */
export const KEY_BYTES = 32;
/** Bytes that a seal adds: nonce and tag. */
export const SEAL_OVERHEAD_BYTES = 12 + 16;

const NONCE_BYTES = 12;

type Bytes = Uint8Array<ArrayBuffer>;

/** A key that seals and opens (AES-256-GCM, FORMAT §1.2). Its bytes are out of reach. */
export class SealKey {
  readonly #key: CryptoKey;

  private constructor(key: CryptoKey) {
    this.#key = key;
  }

  /** @param bytes 32 bytes, copied; the caller wipes its own */
  static async import(bytes: Uint8Array): Promise<SealKey> {
    requireKeyLength(bytes);
    return new SealKey(
      await crypto.subtle.importKey("raw", bytes as Bytes, "AES-GCM", false, ["encrypt", "decrypt"]),
    );
  }

  /** `nonce ‖ ciphertext ‖ tag`, with a fresh nonce. `context` is authenticated, not stored. */
  async seal(context: Context, plaintext: Uint8Array): Promise<Bytes> {
    const nonce = makeRandom(NONCE_BYTES);
    const algorithm = { name: "AES-GCM", iv: nonce, additionalData: context };
    const sealed = await crypto.subtle.encrypt(algorithm, this.#key, plaintext as Bytes);
    return concatBytes(nonce, new Uint8Array(sealed));
  }

  /** The plaintext, or `null` where `sealed` was not made by this key for this context, or was changed. */
  async open(context: Context, sealed: Uint8Array): Promise<Bytes | null> {
    if (sealed.byteLength < SEAL_OVERHEAD_BYTES) return null;
    const algorithm = { name: "AES-GCM", iv: sealed.slice(0, NONCE_BYTES), additionalData: context };
    try {
      return new Uint8Array(
        await crypto.subtle.decrypt(algorithm, this.#key, sealed.slice(NONCE_BYTES)),
      );
    } catch {
      return null; // the tag differs; Web Crypto tells no more than that, and neither do we
    }
  }
}

/** A key that makes and checks MACs (HMAC-SHA-256). */
export class MacKey {
  readonly #key: CryptoKey;

  private constructor(key: CryptoKey) {
    this.#key = key;
  }

  /** @param bytes 32 bytes, copied; the caller wipes its own */
  static async import(bytes: Uint8Array): Promise<MacKey> {
    requireKeyLength(bytes);
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    return new MacKey(
      await crypto.subtle.importKey("raw", bytes as Bytes, algorithm, false, ["sign"]),
    );
  }

  /** 32 bytes over a context. Compare with `equalBytes`, which takes constant time. */
  async mac(context: Context): Promise<Bytes> {
    return new Uint8Array(await crypto.subtle.sign("HMAC", this.#key, context));
  }
}

/** A key that only derives others (HKDF-SHA-256, RFC 5869), for one vault. */
export class DerivationKey {
  readonly #key: CryptoKey;
  readonly #salt: Bytes;

  private constructor(key: CryptoKey, salt: Bytes) {
    this.#key = key;
    this.#salt = salt;
  }

  /**
   * @param bytes key material, copied; the caller wipes its own
   * @param salt the vault id
   */
  static async import(bytes: Uint8Array, salt: Uint8Array): Promise<DerivationKey> {
    const key = await crypto.subtle.importKey("raw", bytes as Bytes, "HKDF", false, ["deriveBits"]);
    return new DerivationKey(key, new Uint8Array(salt));
  }

  /** A sealing key for one purpose. */
  async deriveSealKey(context: Context): Promise<SealKey> {
    return await withWiped(this.#derive(context), (bytes) => SealKey.import(bytes));
  }

  /** A MAC key for one purpose. */
  async deriveMacKey(context: Context): Promise<MacKey> {
    return await withWiped(this.#derive(context), (bytes) => MacKey.import(bytes));
  }

  /** A further derivation key for one purpose. */
  async deriveDerivationKey(context: Context): Promise<DerivationKey> {
    return await withWiped(this.#derive(context), (bytes) => DerivationKey.import(bytes, this.#salt));
  }

  async #derive(context: Context): Promise<Bytes> {
    const algorithm = { name: "HKDF", hash: "SHA-256", salt: this.#salt, info: context };
    return new Uint8Array(await crypto.subtle.deriveBits(algorithm, this.#key, 8 * KEY_BYTES));
  }
}

/**
 * The KEK of FORMAT §2.
 *
 * @param password borrowed
 * @param accountKey 16 bytes, or `null` for a vault without one
 */
export async function deriveKek(
  password: Uint8Array,
  accountKey: Uint8Array | null,
  salt: Uint8Array,
  vaultId: Uint8Array,
  cost: KdfCost,
): Promise<DerivationKey> {
  const passwordKey = await deriveArgon2id(password, salt, cost);
  const material = concatBytes(passwordKey, accountKey ?? new Uint8Array(0));
  passwordKey.fill(0);
  const mixed = await withWiped(Promise.resolve(material), (bytes) => DerivationKey.import(bytes, vaultId));
  return await mixed.deriveDerivationKey(encodeContext("kek/password", u8(accountKey === null ? 0 : 1)));
}

/** SHA-256 of `bytes`. */
export async function deriveDigest(bytes: Uint8Array): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Bytes));
}

/** Fresh bytes from the system's generator. */
export function makeRandom(sizeBytes: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(sizeBytes));
}

/** Hands the bytes to `use` and overwrites them afterwards, whatever happens. */
export async function withWiped<B extends Uint8Array, T>(bytes: Promise<B>, use: (bytes: B) => Promise<T>): Promise<T> {
  const material = await bytes;
  try {
    return await use(material);
  } finally {
    material.fill(0);
  }
}

function requireKeyLength(bytes: Uint8Array): void {
  if (bytes.byteLength !== KEY_BYTES) throw new RangeError(`a key has ${KEY_BYTES} bytes`);
}
