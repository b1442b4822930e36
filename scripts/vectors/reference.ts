/**
 * A second implementation of `src/vault/FORMAT.md`, written from that file alone: Node's `crypto` and hash-wasm's Argon2id
 * instead of Web Crypto, plain numbers instead of classes. It imports nothing of `src/`, and must not.
 *
 * It writes vaults from a plan, wrong ones too, and reads any.
 */
import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync } from "node:crypto";
import { Buffer } from "node:buffer";
import { argon2id } from "hash-wasm";

export type Bytes = Uint8Array;
type Item = string | Bytes;

export interface Cost {
  memoryKib: number;
  passes: number;
  parallelism: number;
}

export function bytesOf(...items: Item[]): Bytes {
  return new Uint8Array(
    Buffer.concat(items.map((item) => typeof item === "string" ? Buffer.from(item, "utf8") : item)),
  );
}

export function be(value: number, width: 1 | 2 | 4 | 8): Bytes {
  const out = Buffer.alloc(8);
  out.writeBigUInt64BE(BigInt(value));
  return new Uint8Array(out.subarray(8 - width));
}

export function number(bytes: Bytes): number {
  return Number(BigInt("0x" + Buffer.from(bytes).toString("hex")));
}

export function hex(bytes: Bytes): string {
  return Buffer.from(bytes).toString("hex");
}

export function unhex(text: string): Bytes {
  return new Uint8Array(Buffer.from(text, "hex"));
}

/** §1.1 */
export function context(purpose: string, ...fields: Item[]): Bytes {
  return bytesOf(...["ov/1/" + purpose, ...fields].flatMap((field) => {
    const item = bytesOf(field);
    return [be(item.length, 4), item];
  }));
}

/** §1.2 */
export function seal(key: Bytes, nonce: Bytes, aad: Bytes, plaintext: Bytes): Bytes {
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  cipher.setAAD(aad);
  const body = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return bytesOf(nonce, body, cipher.getAuthTag());
}

/** §1.2; throws where the tag differs. */
export function open(key: Bytes, aad: Bytes, sealed: Bytes): Bytes {
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, 12));
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(-16));
  return bytesOf(decipher.update(sealed.subarray(12, -16)), decipher.final());
}

/** §1.3 */
export function bucket(n: number): number {
  if (n <= 256) return 256;
  let power = 256; // the greatest power of two that is at most n − 1
  while (power * 2 <= n - 1) power *= 2;
  const step = power / 4;
  let size = step;
  while (size < n) size += step;
  return size;
}

export function pad(content: Bytes): Bytes {
  return bytesOf(be(content.length, 4), content, new Uint8Array(bucket(content.length + 4) - content.length - 4));
}

export function unpad(padded: Bytes): Bytes {
  return padded.subarray(4, 4 + number(padded.subarray(0, 4)));
}

export function hmac(key: Bytes, data: Bytes): Bytes {
  return new Uint8Array(createHmac("sha256", key).update(data).digest());
}

export function sha256(data: Bytes): Bytes {
  return new Uint8Array(createHash("sha256").update(data).digest());
}

export function hkdf(ikm: Bytes, salt: Bytes, info: Bytes): Bytes {
  return new Uint8Array(hkdfSync("sha256", ikm, salt, info, 32));
}

const passwordKeys = new Map<string, Promise<Bytes>>();

/** §2: the password key; the same one is computed once. */
function passwordKeyOf(password: string, salt: Bytes, cost: Cost): Promise<Bytes> {
  const known = JSON.stringify([password, hex(salt), cost]);
  const found = passwordKeys.get(known) ?? argon2id({
    password: bytesOf(password),
    salt,
    memorySize: cost.memoryKib,
    iterations: cost.passes,
    parallelism: cost.parallelism,
    hashLength: 32,
    outputType: "binary",
  });
  passwordKeys.set(known, found);
  return found;
}

/** §2: the KEK of a vault without account key. */
export async function kek(password: string, salt: Bytes, vaultId: Bytes, cost: Cost): Promise<Bytes> {
  const passwordKey = await passwordKeyOf(password, salt, cost);
  return hkdf(passwordKey, vaultId, context("kek/password", be(0, 1)));
}

/** §4.1 */
export function header(cost: Cost, salt: Bytes, vaultId: Bytes, created: number): Bytes {
  return bytesOf(
    "OVLT",
    be(1, 2),
    be(1, 1),
    be(0, 1),
    be(cost.memoryKib, 4),
    be(cost.passes, 4),
    be(cost.parallelism, 2),
    salt,
    vaultId,
    be(created, 8),
    be(0, 4),
  );
}

/** §2: what an env's key block derives. */
export function envKeysOf(block: Bytes, vaultId: Bytes, envId: Bytes) {
  const derive = (ikm: Bytes, purpose: string) => hkdf(ikm, vaultId, context(purpose, envId));
  const envKey = block.subarray(0, 32);
  return {
    head: derive(envKey, "env/head"),
    dek: derive(envKey, "env/dek"),
    set: derive(envKey, "env/set"),
    index: derive(block.subarray(32), "env/index"),
  };
}

/** §§6.1, 7: the members of a set, as its MAC takes them. */
export function setItems(members: { id: Bytes; body: Bytes }[]): Bytes[] {
  const sorted = members.toSorted((a, b) => Buffer.compare(a.id, b.id));
  return [be(sorted.length, 4), ...sorted.map(({ id, body }) => bytesOf(id, body.subarray(0, 4), sha256(body)))];
}
