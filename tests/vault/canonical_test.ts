/** The law of FORMAT §1: what is accepted is spelt as we would spell it. Tried under keys that the test knows. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { OvError } from "../../src/base/mod.ts";
import { encodeContext, makeRandom, SealKey, u64 } from "../../src/crypto/envelope.ts";
import { openKeyBlock } from "../../src/vault/env_keys.ts";
import { makeKeyBlock } from "../../src/vault/env_keys.ts";
import { type Manifest, openManifest, sealManifest } from "../../src/vault/manifest.ts";
import { pad, unpad } from "../../src/vault/pad.ts";
import { deriveRootKeys } from "../../src/vault/root_key.ts";
import { deriveNameId, type Head, openHead, sealHead } from "../../src/vault/secret_records.ts";

const numRuns = 600 * Number(Deno.env.get("OV_TEST_DEPTH") ?? 1);
const vaultId = makeRandom(16);
const known = await SealKey.import(makeRandom(32));
const keys = { ...await deriveRootKeys(makeRandom(32), vaultId), manifest: known };

const filled = (size: number, value: number) => new Uint8Array(size).fill(value);
const env = (name: string, value: number) => ({
  app: "b",
  env: name,
  envId: filled(16, value),
  createdAt: 5,
  generation: 1,
  keyBlock: filled(92, value),
  secretCount: 2,
  setMac: filled(32, value),
});
const MANIFEST: Manifest = {
  revision: 3,
  apps: [{ app: "a", createdAt: 1 }, { app: "b", createdAt: 2 }],
  envs: [env("one", 7), env("two", 8)],
  kinds: [{ kindId: filled(32, 1), count: 1, setMac: filled(32, 2) }, {
    kindId: filled(32, 3),
    count: 2,
    setMac: filled(32, 4),
  }],
  auditCount: 4,
  auditHead: filled(32, 9),
};

/** Edits of a payload: bytes set, cut or added. Half of them keep to the first bytes, where counts and lengths are. */
function editsOf(payload: Uint8Array): fc.Arbitrary<Uint8Array<ArrayBuffer>> {
  const at = fc.oneof(fc.nat(payload.byteLength - 1), fc.nat(Math.min(40, payload.byteLength - 1)));
  const edits = fc.array(fc.record({ at, value: fc.nat(255) }), { minLength: 1, maxLength: 2 });
  return fc.record({
    edits,
    resize: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.integer({ min: -3, max: 3 })),
  })
    .map(({ edits, resize }) => {
      const out = new Uint8Array(payload.byteLength + resize);
      out.set(payload.subarray(0, out.byteLength));
      for (const { at, value } of edits) if (at < out.byteLength) out[at] = value;
      return out;
    });
}

Deno.test("openManifest() gives what sealManifest() was given, sorted when it was not", async () => {
  assert.deepEqual(await openManifest(keys, await sealManifest(keys, MANIFEST)), MANIFEST);
  const shuffled = {
    ...MANIFEST,
    apps: MANIFEST.apps.toReversed(),
    envs: MANIFEST.envs.toReversed(),
    kinds: MANIFEST.kinds.toReversed(),
  };
  assert.deepEqual(await openManifest(keys, await sealManifest(keys, shuffled)), MANIFEST);
});

Deno.test("openManifest() accepts only what sealManifest() writes", async () => {
  const revision = u64(3);
  const context = encodeContext("manifest", vaultId, revision);
  const payloadOf = async (body: Uint8Array) => unpad((await known.open(context, body.slice(8)))!)!;
  const valid = await payloadOf(await sealManifest(keys, MANIFEST));
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(editsOf(valid), async (payload) => {
      const body = new Uint8Array([...revision, ...await known.seal(context, pad(payload))]);
      const manifest = await refusedOr(openManifest(keys, body));
      if (manifest === null) return;
      accepted += 1;
      assert.deepEqual(await payloadOf(await sealManifest(keys, manifest)), payload);
    }),
    { numRuns },
  );
  assert.ok(accepted > 50, `${accepted} accepted: the law was hardly tried`);
});

Deno.test("openHead() accepts only what sealHead() writes", async () => {
  const of = { vaultId, app: "a", env: "e", envId: filled(16, 1), generation: 1 };
  const envKeys = { ...await openKeyBlock(keys, of, await makeKeyBlock(keys, of)), head: known };
  const nameId = await deriveNameId(envKeys, "NAME");
  const version = (n: number) => ({ version: n, createdAt: n, sizeBytes: n, digest: filled(32, n) });
  const head: Head = {
    name: "NAME",
    canary: true,
    maskable: false,
    createdAt: 1,
    updatedAt: 2,
    deletedAt: null,
    versions: [version(2), version(3)],
  };
  assert.deepEqual(await openHead(envKeys, nameId, await sealHead(envKeys, nameId, head)), head);
  const latest = filled(4, 0);
  latest[3] = 3;
  const context = encodeContext("head", vaultId, "a", "e", nameId, latest);
  const payloadOf = async (body: Uint8Array) => unpad((await known.open(context, body.slice(4)))!)!;
  const valid = await payloadOf(await sealHead(envKeys, nameId, head));
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(editsOf(valid), async (payload) => {
      const body = new Uint8Array([...latest, ...await known.seal(context, pad(payload))]);
      const found = await refusedOr(openHead(envKeys, nameId, body));
      if (found === null) return;
      accepted += 1;
      assert.deepEqual(await payloadOf(await sealHead(envKeys, nameId, found)), payload);
    }),
    { numRuns },
  );
  assert.ok(accepted > 50, `${accepted} accepted: the law was hardly tried`);
});

async function refusedOr<T>(opened: Promise<T>): Promise<T | null> {
  try {
    return await opened;
  } catch (error) {
    assert.ok(error instanceof OvError && error.code === "vault/tampered", String(error));
    return null;
  }
}
