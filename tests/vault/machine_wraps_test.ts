/** The wrap of a machine key, against the second implementation that is written from FORMAT.md alone. */
import assert from "node:assert/strict";
import { be, bytesOf, context, hkdf, hmac, open, pad, seal, unpad } from "../../scripts/vectors/reference.ts";
import { Secret } from "../../src/base/mod.ts";
import { encodeContext } from "../../src/crypto/envelope.ts";
import {
  deriveRootKeys,
  type EnvEntry,
  makeKeyBlock,
  openMachineWrap,
  openOwnedWrap,
  renewMachineWrap,
  rotateKeyBlock,
  sealMachineWrap,
} from "../../src/vault/mod.ts";

const rootKey = new Uint8Array(32).fill(1);
const vaultId = new Uint8Array(16).fill(2);
const envId = new Uint8Array(16).fill(3);
const recipientId = new Uint8Array(16).fill(4);
const machineBytes = new Uint8Array(32).fill(5);
const machineKey = new Secret("machine key", machineBytes);
const TERMS = { name: "ci", commands: [["npm", { any: "x" }]], note: "é" };

async function made(): Promise<{ root: Awaited<ReturnType<typeof deriveRootKeys>>; entry: EnvEntry }> {
  const root = await deriveRootKeys(rootKey, vaultId);
  const at = { vaultId, app: "shop", env: "ci", envId, generation: 3 };
  const keyBlock = await makeKeyBlock(root, at);
  return { root, entry: { ...at, createdAt: 1, keyBlock, secretCount: 0, setMac: new Uint8Array(32) } };
}

/** The parts of a wrap as FORMAT §9.1 gives them. */
function read(body: Uint8Array) {
  const at = [vaultId, envId, recipientId] as const;
  const kek = hkdf(machineBytes, vaultId, context("kek/machine", envId, recipientId));
  const link = open(kek, context("wrap/machine", ...at), body.subarray(0, 60));
  const owner = hkdf(rootKey, vaultId, context("root/machine"));
  assert.deepEqual(open(owner, context("wrap/machine-owner", ...at), body.subarray(60, 120)), link);
  const key = hkdf(link, vaultId, context("kek/machine-keys", envId, recipientId));
  return unpad(open(key, context("wrap/machine-keys", ...at), body.subarray(120)));
}

/** Env key and index key of a block, by the same text. */
function blockOf({ keyBlock, generation }: Pick<EnvEntry, "keyBlock" | "generation">): Uint8Array {
  const key = hkdf(rootKey, vaultId, context("root/env-key"));
  return open(key, context("env-key", vaultId, "shop", "ci", envId, be(generation, 4)), keyBlock);
}

Deno.test("sealMachineWrap() writes what the format says", async () => {
  const { root, entry } = await made();
  const body = await sealMachineWrap(root, entry, recipientId, machineKey, TERMS);
  const expected = bytesOf(be(3, 4), be(4, 1), "shop", be(2, 1), "ci", blockOf(entry), JSON.stringify(TERMS));
  assert.deepEqual(read(body), expected);
});

function write(payload: Uint8Array): Uint8Array {
  const at = [vaultId, envId, recipientId] as const;
  const [nonce, link] = [new Uint8Array(12).fill(6), new Uint8Array(32).fill(7)];
  const kek = hkdf(machineBytes, vaultId, context("kek/machine", envId, recipientId));
  const owner = hkdf(rootKey, vaultId, context("root/machine"));
  const key = hkdf(link, vaultId, context("kek/machine-keys", envId, recipientId));
  return bytesOf(
    seal(kek, nonce, context("wrap/machine", ...at), link),
    seal(owner, nonce, context("wrap/machine-owner", ...at), link),
    seal(key, nonce, context("wrap/machine-keys", ...at), payload),
  );
}

const BLOCK = new Uint8Array(64).map((_, i) => i);
const GOOD = bytesOf(be(3, 4), be(4, 1), "shop", be(2, 1), "ci", BLOCK, '{"a":1}');

Deno.test("openMachineWrap() opens what another implementation wrote, and derives the same keys", async () => {
  const opened = await openMachineWrap(machineKey, vaultId, envId, recipientId, write(pad(GOOD)));
  assert.deepEqual([opened!.terms, opened!.keys.app, opened!.keys.env, opened!.keys.generation], [
    { a: 1 },
    "shop",
    "ci",
    3,
  ]);
  const set = hkdf(BLOCK.subarray(0, 32), vaultId, context("env/set", envId));
  assert.deepEqual(await opened!.keys.set.mac(encodeContext("x")), hmac(set, context("x")));
  const index = hkdf(BLOCK.subarray(32), vaultId, context("env/index", envId));
  assert.deepEqual(await opened!.keys.index.mac(encodeContext("x")), hmac(index, context("x")));
});

const FAULTS: Readonly<Record<string, Uint8Array>> = {
  "generation 0": pad(bytesOf(be(0, 4), GOOD.subarray(4))),
  "an app that is no slug": pad(bytesOf(be(3, 4), be(4, 1), "Shop", GOOD.subarray(9))),
  "an empty env": pad(bytesOf(be(3, 4), be(4, 1), "shop", be(0, 1), BLOCK, "{}")),
  "a block that is cut": pad(GOOD.subarray(0, 40)),
  "no terms": pad(GOOD.subarray(0, -7)),
  "terms that are no JSON": pad(bytesOf(GOOD, "x")),
  "terms that are not UTF-8": pad(bytesOf(GOOD.subarray(0, -7), Uint8Array.of(0x22, 0xff, 0x22))),
  "padding that is not zero": pad(GOOD).with(-1, 1),
  "another bucket": bytesOf(pad(GOOD), new Uint8Array(64)),
  "no padding": GOOD,
  "nothing": new Uint8Array(0),
};
for (const [what, payload] of Object.entries(FAULTS)) {
  Deno.test(`openMachineWrap() refuses ${what} under the right seal`, async () => {
    const opened = openMachineWrap(machineKey, vaultId, envId, recipientId, write(payload));
    await assert.rejects(opened, { code: "vault/tampered" });
  });
}

Deno.test("openMachineWrap() is null for another key, vault, env or recipient, and refuses every changed byte", async () => {
  const body = write(pad(GOOD));
  const other = new Uint8Array(16).fill(9);
  const stranger = new Secret("machine key", new Uint8Array(32).fill(8));
  assert.equal(await openMachineWrap(stranger, vaultId, envId, recipientId, body), null);
  assert.equal(await openMachineWrap(machineKey, other, envId, recipientId, body), null);
  assert.equal(await openMachineWrap(machineKey, vaultId, other, recipientId, body), null);
  assert.equal(await openMachineWrap(machineKey, vaultId, envId, other, body), null);
  for (let i = 0; i < body.length; i++) {
    const changed = body.with(i, body[i]! ^ 1);
    // The owner's part is not the machine's to read: bytes 60 to 119.
    if (i < 60) assert.equal(await openMachineWrap(machineKey, vaultId, envId, recipientId, changed), null);
    else if (i >= 120) {
      await assert.rejects(openMachineWrap(machineKey, vaultId, envId, recipientId, changed), {
        code: "vault/tampered",
      });
    }
  }
  for (const size of [0, 60, 119, 120]) {
    const cut = openMachineWrap(machineKey, vaultId, envId, recipientId, body.subarray(0, size));
    await assert.rejects(cut, { code: "vault/tampered" });
  }
  const huge = openMachineWrap(machineKey, vaultId, envId, recipientId, new Uint8Array(131_073));
  await assert.rejects(huge, { code: "vault/tampered" });
});

Deno.test("renewMachineWrap() carries the next generation to the same machine key, without it", async () => {
  const { root, entry } = await made();
  const body = await sealMachineWrap(root, entry, recipientId, machineKey, TERMS);
  const keyBlock = await rotateKeyBlock(root, { vaultId, ...entry }, entry.keyBlock);
  const next = { ...entry, generation: 4, keyBlock };
  const renewed = await renewMachineWrap(root, next, recipientId, body, { other: true });
  const owned = await openOwnedWrap(root, next, recipientId, renewed);
  assert.deepEqual([owned.generation, owned.terms], [4, { other: true }]);
  const [before, after] = [blockOf(entry), blockOf(next)];
  assert.notDeepEqual(after.subarray(0, 32), before.subarray(0, 32));
  assert.deepEqual(after.subarray(32), before.subarray(32));
  assert.deepEqual((await openMachineWrap(machineKey, vaultId, envId, recipientId, renewed))!.keys.generation, 4);
  const stranger = renewMachineWrap(root, next, new Uint8Array(16).fill(9), body, {});
  await assert.rejects(stranger, { code: "vault/tampered" });
});
