/** What we write, read by the second implementation: the other direction of the vectors. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { decodeHex, encodeHex, Secret } from "../../src/base/mod.ts";
import { type KdfCost, makeVaultRecords, VaultSession } from "../../src/keeper/vault_session.ts";
import { MemoryDisk, MemoryStore } from "../../src/store/mod.ts";
import { readVault } from "../../scripts/vectors/reader.ts";

const kdf: KdfCost = { memoryKib: 19_456, passes: 2, parallelism: 1 };

Deno.test("vault written here opens in the second implementation, with everything in it", async () => {
  const password = Secret.fromText("password", "fake pässword");
  const disk = new MemoryDisk(await makeVaultRecords(password, 1_800_000_000_000, kdf));
  const session = await VaultSession.openStore(new MemoryStore(disk), password, () => 1_800_000_000_005);
  const ref = { app: "my-saas", env: "staging" };
  await session.createApp(ref.app);
  await session.createEnv(ref);
  const values = [0, 252, 253, 5_000, 65_536].map((size) => crypto.getRandomValues(new Uint8Array(size % 65_537)));
  await session.setSecrets(ref, [
    ...values.map((value, i) => ({ name: `V${i}`, value: new Secret("v", value), maskable: true })),
    { name: "DECOY", value: Secret.fromText("d", "fake"), maskable: false, canary: true },
  ]);
  await session.setSecrets(ref, [{ name: "DECOY", value: Secret.fromText("d", "fake-two"), maskable: false }]);
  await session.removeSecret(ref, "V0");
  await session.putDocument("grant", "één", { uses: 1 });
  await session.putDocument("grant", "two", null);
  await session.updateDocuments("grant", (documents) => documents.set("two", [2]));
  const [code, key] = [new Uint8Array(20).fill(7), new Uint8Array(32).fill(8)];
  await session.makeRootWrap("sheet", password, new Secret("code", code), () => ({ event: "sheet" }));
  await session.makeRootWrap("remembered", password, new Secret("key", key), () => ({ event: "key" }));
  for (const event of ["one", "two"]) await session.appendAudit({ event });

  const found = await readVault(
    [...disk.records.values()].map(({ kind, scope, id, body }) => ({
      kind,
      scope: encodeHex(scope),
      id: encodeHex(id),
      body: encodeHex(body),
    })),
    "fake pässword",
    ["grant", "root-wrap"],
    { sheet: code, remembered: key },
  );
  const named = found.documents.filter(({ kind }) => kind === "root-wrap");
  assert.deepEqual(named.map(({ id, value }) => [id, (value as { createdAt: number }).createdAt]), [
    ["remembered", 1_800_000_000_005],
    ["sheet", 1_800_000_000_005],
  ]);
  found.documents = found.documents.filter(({ kind }) => kind !== "root-wrap");
  const secret = (name: string, flags: number, deleted: number, ...contents: Uint8Array[]) => ({
    name,
    flags,
    deleted,
    values: contents.map((bytes) => Buffer.from(bytes).toString("hex")),
  });
  const utf8 = (text: string) => new TextEncoder().encode(text);
  assert.deepEqual(found, {
    envs: [
      { app: "default", env: "development", secrets: [] },
      {
        ...ref,
        secrets: [
          secret("DECOY", 1, 0, utf8("fake"), utf8("fake-two")),
          secret("V0", 2, 1_800_000_000_005, values[0]!),
          ...[1, 2, 3, 4].map((i) => secret(`V${i}`, 2, 0, values[i]!)),
        ],
      },
    ],
    documents: [
      { kind: "grant", id: "two", revision: 2, value: [2] },
      { kind: "grant", id: "één", revision: 1, value: { uses: 1 } },
    ],
    audit: ["sheet", "key", "one", "two"].map((event) => ({ event })).map((entry) => ({
      at: 1_800_000_000_005,
      entry,
    })),
  });
  assert.ok(decodeHex(session.vaultId) !== null);
  session.close();
});
