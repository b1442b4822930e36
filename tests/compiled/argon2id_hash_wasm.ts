/**
 * Stands in for `src/crypto/argon2id.ts` in a test binary that an older Deno compiles: the same bytes from `hash-wasm`,
 * because that Deno's Web Crypto has no Argon2id yet. Never part of the product.
 */
import { argon2id } from "hash-wasm";

/** Argon2id, version 0x13, 32 bytes (RFC 9106). */
export async function deriveArgon2id(
  password: Uint8Array,
  salt: Uint8Array,
  cost: { readonly memoryKib: number; readonly passes: number; readonly parallelism: number },
): Promise<Uint8Array<ArrayBuffer>> {
  const derived = await argon2id({
    password,
    salt,
    memorySize: cost.memoryKib,
    iterations: cost.passes,
    parallelism: cost.parallelism,
    hashLength: 32,
    outputType: "binary",
  });
  return new Uint8Array(derived);
}
