/**
 * Argon2id (RFC 9106) by Web Crypto, and nothing else: only Deno 2.9 and later have it, so a test build for an older
 * one swaps this file.
 */

/** What a password guess costs. */
export interface KdfCost {
  /** Memory in KiB. */
  readonly memoryKib: number;
  /** Passes over that memory. */
  readonly passes: number;
  /** Lanes. */
  readonly parallelism: number;
}

/**
 * 32 bytes from a password.
 *
 * @param password borrowed; any length above 0
 * @param salt 16 bytes
 * @param cost checked by the caller against the bounds of FORMAT §4.1
 */
export async function deriveArgon2id(password: Uint8Array, salt: Uint8Array, cost: KdfCost): Promise<Uint8Array> {
  // The DOM types do not know these two names yet.
  const key = await crypto.subtle.importKey(
    "raw-secret" as "raw",
    password as Uint8Array<ArrayBuffer>,
    "Argon2id",
    false,
    ["deriveBits"],
  );
  const algorithm = {
    name: "Argon2id",
    nonce: salt,
    memory: cost.memoryKib,
    passes: cost.passes,
    parallelism: cost.parallelism,
  };
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, 256));
}
