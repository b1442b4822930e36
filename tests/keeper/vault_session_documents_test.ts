import assert from "node:assert/strict";
import { entry, ref, test } from "./vault_session_fixture.ts";

test("putDocument() stores what getDocument() and listDocuments() give, sorted by id", async ({ session, open }) => {
  await session.putDocument("grant", "two", { uses: 2, of: ["a", null, "é"] });
  await session.putDocument("grant", "one", "text");
  await session.putDocument("policy", "one", false);
  const other = await open();
  assert.deepEqual(await other.getDocument("grant", "two"), { uses: 2, of: ["a", null, "é"] });
  assert.equal(await other.getDocument("policy", "one"), false);
  assert.equal(await other.getDocument("policy", "two"), null);
  assert.equal(await other.getDocument("none", "one"), null);
  assert.deepEqual((await other.listDocuments("grant")).map(({ id }) => id), ["one", "two"]);
  assert.deepEqual(await other.listDocuments("none"), []);
});

test("putDocument() replaces, and with ifAbsent refuses to", async ({ session }) => {
  await session.putDocument("grant", "one", 1);
  await session.putDocument("grant", "one", 2);
  await assert.rejects(session.putDocument("grant", "one", 3, { ifAbsent: true }), { code: "vault/conflict" });
  assert.equal(await session.getDocument("grant", "one"), 2);
});

test("putDocument() refuses what is no JSON, too long, or badly labelled", async ({ session }) => {
  const cases: [string, string, unknown][] = [
    ["grant", "one", undefined],
    ["grant", "one", "x".repeat(1_048_576)],
    ["", "one", 1],
    ["grant", "", 1],
    ["grant", "x".repeat(256), 1],
  ];
  for (const [kind, id, value] of cases) {
    await assert.rejects(session.putDocument(kind, id, value), { code: "usage/value" });
  }
  assert.deepEqual(await session.listDocuments("grant"), []);
});

test("deleteDocument() tells whether there was one", async ({ session }) => {
  await session.putDocument("grant", "one", 1);
  assert.equal(await session.deleteDocument("grant", "two"), false);
  assert.equal(await session.deleteDocument("grant", "one"), true);
  assert.equal(await session.deleteDocument("grant", "one"), false);
  assert.deepEqual(await session.listDocuments("grant"), []);
});

test("updateDocuments() writes values that were edited in place, added and removed", async ({ session }) => {
  await session.putDocument("grant", "edited", { uses: 1 });
  await session.putDocument("grant", "removed", 1);
  const result = await session.updateDocuments("grant", (documents) => {
    (documents.get("edited") as { uses: number }).uses += 1;
    documents.delete("removed");
    documents.set("added", 1);
    return documents.size;
  });
  assert.equal(result, 2);
  assert.deepEqual(await session.listDocuments("grant"), [
    { id: "added", value: 1 },
    { id: "edited", value: { uses: 2 } },
  ]);
});

test("updateDocuments() writes nothing when the change throws", async ({ session }) => {
  await session.putDocument("grant", "one", { uses: 1 });
  const failing = session.updateDocuments("grant", (documents) => {
    documents.clear();
    throw new RangeError("no");
  });
  await assert.rejects(failing, RangeError);
  assert.deepEqual(await session.getDocument("grant", "one"), { uses: 1 });
});

test("updateDocuments() of two sessions at once counts every use", async ({ session, open }) => {
  const other = await open();
  await session.putDocument("grant", "one", { uses: 0 });
  const use = (documents: Map<string, unknown>) => void (documents.get("one") as { uses: number }).uses++;
  await Promise.all([...Array(20).keys()].map((i) => (i % 2 ? session : other).updateDocuments("grant", use)));
  assert.deepEqual(await session.getDocument("grant", "one"), { uses: 20 });
});

test("appendAudit() keeps one chain for two sessions, in order, with times", async ({ session, open, clock }) => {
  const other = await open();
  for (let i = 0; i < 6; i++) {
    await (i % 2 ? session : other).appendAudit({ event: "run", i });
    clock.at += 10;
  }
  const log = await session.listAudit();
  assert.deepEqual(log.map(({ entry }) => (entry as { i: number }).i), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual((await other.listAudit({ since: clock.at - 20 })).map(({ entry }) => (entry as { i: number }).i), [
    4,
    5,
  ]);
  assert.deepEqual(await other.verifyAudit(), { entries: 6 });
});

test("appendAudit() refuses what is no JSON or too long, and the chain stays whole", async ({ session }) => {
  await assert.rejects(session.appendAudit(undefined), { code: "usage/value" });
  await assert.rejects(session.appendAudit("x".repeat(65_536)), { code: "usage/value" });
  await session.appendAudit(null);
  assert.deepEqual(await session.verifyAudit(), { entries: 1 });
});

test("sessions see what another wrote at once, with no stale copy", async ({ session, open }) => {
  const other = await open();
  for (let i = 0; i < 5; i++) {
    await session.setSecrets(ref, [entry(`N${i}`, "fake")]);
    assert.equal((await other.listSecrets(ref)).length, i + 1);
    await other.deleteEnv(ref);
    await assert.rejects(session.listSecrets(ref), { code: "env/not-found" });
    await other.createEnv(ref);
    await session.setSecrets(ref, [...Array(i + 1).keys()].map((n) => entry(`N${n}`, "fake")));
  }
});
