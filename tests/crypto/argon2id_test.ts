import assert from "node:assert/strict";
import { decodeHex, encodeHex, encodeUtf8 } from "../../src/base/mod.ts";
import { deriveArgon2id } from "../../src/crypto/argon2id.ts";

const vector = JSON.parse(Deno.readTextFileSync(new URL("../vectors/rfc/argon2id.json", import.meta.url)));

Deno.test("Web Crypto's Argon2id gives the tag of RFC 9106 §5.3", async () => {
  const bytes = (field: string) => decodeHex(vector[field])!;
  const key = await crypto.subtle.importKey("raw-secret" as "raw", bytes("password"), "Argon2id", false, [
    "deriveBits",
  ]);
  const algorithm = {
    name: "Argon2id",
    nonce: bytes("salt"),
    secretValue: bytes("secret"),
    associatedData: bytes("associatedData"),
    memory: vector.memoryKib,
    passes: vector.passes,
    parallelism: vector.parallelism,
  };
  assert.equal(encodeHex(new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, 256))), vector.tag);
});

Deno.test("deriveArgon2id() gives the tags that the reference implementation published", async () => {
  assert.ok(vector.published.cases.length > 1);
  for (const { password, salt, tag, ...cost } of vector.published.cases) {
    assert.equal(encodeHex(await deriveArgon2id(encodeUtf8(password), encodeUtf8(salt), cost)), tag);
  }
});

Deno.test("deriveArgon2id() gives other bytes when password, salt or any cost differs", async () => {
  const cost = { memoryKib: 64, passes: 2, parallelism: 2 };
  const derive = async (password: string, salt: string, more = {}) =>
    encodeHex(await deriveArgon2id(encodeUtf8(password), encodeUtf8(salt.padEnd(16)), { ...cost, ...more }));
  const all = [
    await derive("a", "a"),
    await derive("b", "a"),
    await derive("a", "b"),
    await derive("a", "a", { memoryKib: 128 }),
    await derive("a", "a", { passes: 3 }),
    await derive("a", "a", { parallelism: 1 }),
  ];
  assert.equal(new Set(all).size, all.length);
  assert.equal(await derive("a", "a"), all[0]);
});
