import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import fc from "fast-check";
import { concatBytes, decodeHex, encodeHex, encodeUtf8 } from "../../src/base/mod.ts";
import {
  type Context,
  DerivationKey,
  deriveDigest,
  encodeContext,
  MacKey,
  makeRandom,
  SEAL_OVERHEAD_BYTES,
  SealKey,
  withWiped,
} from "../../src/crypto/envelope.ts";

function vectors<T>(name: string): T[] {
  const { cases } = JSON.parse(Deno.readTextFileSync(new URL(`../vectors/rfc/${name}.json`, import.meta.url)));
  assert.ok(cases.length > 2);
  return cases;
}

const hex = (text: string) => decodeHex(text)!;
const asContext = (text: string) => hex(text) as Uint8Array as Context;
const context = encodeContext("test", "one");

Deno.test("SealKey.open() gives the plaintexts of the GCM test cases", async () => {
  for (const { key, nonce, aad, plaintext, ciphertext, tag } of vectors<Record<string, string>>("aes_gcm")) {
    const sealed = hex(nonce! + ciphertext! + tag!);
    const opened = await (await SealKey.import(hex(key!))).open(asContext(aad!), sealed);
    assert.equal(opened === null ? null : encodeHex(opened), plaintext);
  }
});

Deno.test("MacKey.mac() gives the MACs of RFC 4231", async () => {
  for (const { key, data, mac } of vectors<Record<string, string>>("hmac_sha256")) {
    const padded = concatBytes(hex(key!), new Uint8Array(32 - key!.length / 2));
    assert.equal(encodeHex(await (await MacKey.import(padded)).mac(asContext(data!))), mac);
  }
});

Deno.test("DerivationKey derives the keys of RFC 5869", async () => {
  for (const { ikm, salt, info, okm } of vectors<Record<string, string>>("hkdf_sha256")) {
    const base = await DerivationKey.import(hex(ikm!), hex(salt!));
    const expected = createHmac("sha256", hex(okm!)).update(context).digest("hex");
    assert.equal(encodeHex(await (await base.deriveMacKey(asContext(info!))).mac(context)), expected);
    const sealed = await (await SealKey.import(hex(okm!))).seal(context, encodeUtf8("text"));
    assert.deepEqual(await (await base.deriveSealKey(asContext(info!))).open(context, sealed), encodeUtf8("text"));
  }
});

Deno.test("deriveDerivationKey() gives a key of its own when the context differs", async () => {
  const base = await DerivationKey.import(makeRandom(32), makeRandom(16));
  const derive = async (purpose: string) =>
    encodeHex(
      await (await (await base.deriveDerivationKey(encodeContext(purpose))).deriveMacKey(context)).mac(context),
    );
  assert.equal(await derive("a"), await derive("a"));
  assert.notEqual(await derive("a"), await derive("b"));
});

Deno.test("SealKey.open() gives what seal() was given, for any text and context", async () => {
  const key = await SealKey.import(makeRandom(32));
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.string(), async (text, field) => {
    const sealed = await key.seal(encodeContext("p", field), text);
    assert.equal(sealed.byteLength, text.byteLength + SEAL_OVERHEAD_BYTES);
    assert.deepEqual(await key.open(encodeContext("p", field), sealed), new Uint8Array(text));
  }));
});

Deno.test("SealKey.open() gives null when any bit, the key or the context differs", async () => {
  const key = await SealKey.import(makeRandom(32));
  const sealed = await key.seal(context, encodeUtf8("some text"));
  for (let bit = 0; bit < 8 * sealed.byteLength; bit++) {
    const changed = new Uint8Array(sealed);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    assert.equal(await key.open(context, changed), null, `bit ${bit}`);
  }
  for (let size = 0; size < sealed.byteLength; size++) {
    assert.equal(await key.open(context, sealed.slice(0, size)), null);
  }
  assert.equal(await key.open(encodeContext("test", "two"), sealed), null);
  assert.equal(await (await SealKey.import(makeRandom(32))).open(context, sealed), null);
});

Deno.test("SealKey.seal() never gives the same nonce twice", async () => {
  const key = await SealKey.import(makeRandom(32));
  const nonces = new Set<string>();
  for (let i = 0; i < 2_000; i++) nonces.add(encodeHex((await key.seal(context, new Uint8Array(0))).slice(0, 12)));
  assert.equal(nonces.size, 2_000);
});

Deno.test("SealKey and MacKey refuse key bytes of another length", async () => {
  for (const size of [0, 16, 31, 33]) {
    await assert.rejects(SealKey.import(new Uint8Array(size)), RangeError);
    await assert.rejects(MacKey.import(new Uint8Array(size)), RangeError);
  }
});

Deno.test("keys show and serialise nothing", async () => {
  const bytes = makeRandom(32);
  const keys = [await SealKey.import(bytes), await MacKey.import(bytes), await DerivationKey.import(bytes, bytes)];
  for (const key of keys) {
    assert.equal(JSON.stringify(key), "{}");
    assert.deepEqual(Object.keys(key), []);
    assert.deepEqual({ ...structuredClone(key) }, {});
  }
});

Deno.test("withWiped() overwrites the bytes when it ends and when it throws", async () => {
  const bytes = makeRandom(32);
  assert.equal(await withWiped(Promise.resolve(bytes), (lent) => Promise.resolve(lent.byteLength)), 32);
  assert.ok(bytes.every((byte) => byte === 0));
  const other = makeRandom(32);
  await assert.rejects(withWiped(Promise.resolve(other), () => Promise.reject(new RangeError())), RangeError);
  assert.ok(other.every((byte) => byte === 0));
});

Deno.test("deriveDigest() is SHA-256 (FIPS 180-2, abc)", async () => {
  const expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  assert.equal(encodeHex(await deriveDigest(encodeUtf8("abc"))), expected);
});
