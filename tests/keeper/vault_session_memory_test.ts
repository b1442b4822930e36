/** What an open session keeps of what it read: never anything that others have changed since, and nothing once closed. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { type VaultSession } from "../../src/keeper/vault_session.ts";
import { entry, type Fixture, ref, test, text } from "./vault_session_fixture.ts";

const GRANT = { app: "default", uses: 0, files: ["a"] };

/** A session that has read everything there is, twice. */
async function warm({ session }: Pick<Fixture, "session">): Promise<void> {
  await session.setSecrets(ref, [entry("A", "fake value a"), entry("B", "fake value b")]);
  await session.putDocument("grant", "one", GRANT);
  await session.putDocument("grant", "two", GRANT);
  for (let i = 0; i < 2; i++) await readAll(session);
}

async function readAll(session: VaultSession): Promise<{ values: string[]; names: string[]; grants: unknown[] }> {
  const values = await session.getAllSecrets(ref);
  const all = [text(await session.getSecret(ref, "A")), ...values.map(text)];
  for (const value of values) value.wipe();
  const names = (await session.listSecrets(ref)).map(({ name, version }) => `${name} ${version}`);
  const grants = (await session.listDocuments("grant")).map(({ value }) => value);
  assert.deepEqual(await session.getDocument("grant", "one"), grants[0] ?? null);
  return { values: all, names, grants };
}

/** Changes the file as no `ov` would, beside the session. */
function tamper(folder: string, sql: string): number {
  const database = new DatabaseSync(`${folder}/vault.db`);
  try {
    return Number(database.prepare(sql).run().changes);
  } finally {
    database.close();
  }
}

test("a session that has read everything reads the same again, and copies that are wiped take nothing away", async (fixture) => {
  await warm(fixture);
  for (let i = 0; i < 3; i++) {
    assert.deepEqual(await readAll(fixture.session), {
      values: ["fake value a", "fake value a", "fake value b"],
      names: ["A 1", "B 1"],
      grants: [GRANT, GRANT],
    });
  }
});

test("a session sees every change that another makes, and the other every change of its own", async (fixture) => {
  await warm(fixture);
  const { session } = fixture;
  const other = await fixture.open();
  await readAll(other);
  for (const [writer, reader] of [[other, session], [session, other]] as const) {
    const tag = writer === other ? "other" : "own";
    await writer.setSecrets(ref, [entry("A", `fake value of ${tag}`)]);
    assert.deepEqual((await readAll(reader)).values.slice(0, 2), [`fake value of ${tag}`, `fake value of ${tag}`]);
    await writer.setSecrets(ref, [entry("C", "fake value c")]);
    assert.equal((await readAll(reader)).values.at(-1), "fake value c");
    await writer.removeSecret(ref, "C");
    assert.equal((await readAll(reader)).values.at(-1), "fake value b");
    await writer.putDocument("grant", "one", { ...GRANT, by: tag });
    assert.deepEqual((await readAll(reader)).grants[0], { ...GRANT, by: tag });
    assert.equal(await writer.deleteDocument("grant", "two"), true);
    assert.equal((await readAll(reader)).grants.length, 1);
    await writer.putDocument("grant", "two", GRANT);
    await writer.rotateEnv(ref);
    assert.equal((await readAll(reader)).grants.length, 2);
    assert.deepEqual((await readAll(reader)).values.slice(2), ["fake value b"]);
  }
});

test("a value that was set back to what it was is a new version for a session that knew the old one", async (fixture) => {
  await warm(fixture);
  const other = await fixture.open();
  await other.setSecrets(ref, [entry("A", "fake value x")]);
  await other.setSecrets(ref, [entry("A", "fake value a")]);
  const { values, names } = await readAll(fixture.session);
  assert.deepEqual([values[0], names[0]], ["fake value a", "A 3"]);
});

test("an earlier version is the earlier value, whatever is known of the latest", async (fixture) => {
  await warm(fixture);
  await fixture.session.setSecrets(ref, [entry("A", "fake value a2")]);
  await readAll(fixture.session);
  assert.equal(text(await fixture.session.getSecret(ref, "A", 1)), "fake value a");
  assert.equal(text(await fixture.session.getSecret(ref, "A", 2)), "fake value a2");
});

test("what a caller changes in a document that it was given is not what the next one gets", async (fixture) => {
  await warm(fixture);
  for (let i = 0; i < 2; i++) {
    const [listed] = await fixture.session.listDocuments("grant");
    (listed!.value as { files: string[] }).files.push("planted");
    (await fixture.session.getDocument("grant", "one") as { uses: number }).uses = 99;
  }
  const edit = { uses: 1, files: ["a"] };
  await fixture.session.putDocument("grant", "one", edit);
  edit.files.push("planted");
  assert.deepEqual((await readAll(fixture.session)).grants, [{ uses: 1, files: ["a"] }, GRANT]);
});

test("a document reads as it was stored, in the session that wrote it too", async (fixture) => {
  await fixture.session.putDocument("grant", "one", { gone: undefined, at: new Date(0), list: [undefined] });
  const stored = { at: "1970-01-01T00:00:00.000Z", list: [null] };
  assert.deepEqual(await fixture.session.getDocument("grant", "one"), stored);
  assert.deepEqual(await (await fixture.open()).getDocument("grant", "one"), stored);
});

// Kinds of records: FORMAT §3.
const FAULTS: readonly (readonly [what: string, sql: string])[] = [
  ["a head is dropped", "DELETE FROM record WHERE rowid = (SELECT min(rowid) FROM record WHERE kind = $head)"],
  ["a head is changed", "UPDATE record SET body = zeroblob(length(body)) WHERE kind = $head"],
  ["a value is dropped", "DELETE FROM record WHERE kind = $version"],
  ["a value is changed", "UPDATE record SET body = zeroblob(length(body)) WHERE kind = $version"],
  ["the env's state is dropped", "DELETE FROM record WHERE kind = $envState"],
  ["a document is dropped", "DELETE FROM record WHERE rowid = (SELECT max(rowid) FROM record WHERE kind = $document)"],
  ["a document is changed", "UPDATE record SET body = zeroblob(length(body)) WHERE kind = $document"],
  ["the manifest is changed", "UPDATE record SET body = zeroblob(length(body)) WHERE kind = $manifest"],
];

for (const [what, sql] of FAULTS) {
  test(`a session that has read everything is vault/tampered when ${what} under it`, async (fixture) => {
    const { KIND, MANIFEST_KEY } = await import("../../src/vault/mod.ts");
    await warm(fixture);
    const kinds: Record<string, number> = { ...KIND, manifest: MANIFEST_KEY.kind };
    assert.ok(tamper(fixture.folder, sql.replace(/\$(\w+)/g, (_, name) => String(kinds[name]))) > 0);
    await assert.rejects(readAll(fixture.session), { code: "vault/tampered" });
  });
}

test("a session that has read everything is vault/tampered when older records are put back under it", async (fixture) => {
  await warm(fixture);
  const { KIND } = await import("../../src/vault/mod.ts");
  const database = new DatabaseSync(`${fixture.folder}/vault.db`);
  const rows = (kind: number) => database.prepare("SELECT * FROM record WHERE kind = ?").all(kind);
  const put = database.prepare("INSERT OR REPLACE INTO record (kind, scope, id, body) VALUES (?, ?, ?, ?)");
  try {
    for (const kind of [KIND.head, KIND.document]) {
      const old = rows(kind);
      await fixture.session.setSecrets(ref, [entry("A", `fake value beside ${kind}`)]);
      await fixture.session.putDocument("grant", "one", { beside: kind });
      await readAll(fixture.session);
      const current = rows(kind);
      for (const row of old) put.run(row.kind!, row.scope!, row.id!, row.body!);
      await assert.rejects(readAll(fixture.session), { code: "vault/tampered" });
      for (const row of current) put.run(row.kind!, row.scope!, row.id!, row.body!);
      await readAll(fixture.session);
    }
  } finally {
    database.close();
  }
});

test("a session is vault/tampered while the whole vault is an older copy of itself, whose used grants are unused", async (fixture) => {
  await warm(fixture);
  const database = new DatabaseSync(`${fixture.folder}/vault.db`);
  const rows = () => database.prepare("SELECT * FROM record").all();
  const put = (all: ReturnType<typeof rows>) => {
    const insert = database.prepare("INSERT INTO record (kind, scope, id, body) VALUES (?, ?, ?, ?)");
    database.exec("BEGIN; DELETE FROM record");
    for (const { kind, scope, id, body } of all) insert.run(kind!, scope!, id!, body!);
    database.exec("COMMIT");
  };
  try {
    const old = rows();
    assert.equal(await fixture.session.deleteDocument("grant", "one"), true);
    const current = rows();
    put(old);
    await assert.rejects(fixture.session.getDocument("grant", "one"), { code: "vault/tampered" });
    await assert.rejects(fixture.session.putDocument("grant", "three", GRANT), { code: "vault/tampered" });
    // What it can not know, having seen nothing newer (README).
    assert.deepEqual(await (await fixture.open()).getDocument("grant", "one"), GRANT);
    put(current);
    assert.equal(await fixture.session.getDocument("grant", "one"), null);
  } finally {
    database.close();
  }
});

test("a session that has read everything gives nothing once it is closed", async (fixture) => {
  await warm(fixture);
  const reading = fixture.session.getAllSecrets(ref);
  fixture.session.close();
  await assert.rejects(reading, { code: "vault/locked" });
  await assert.rejects(readAll(fixture.session), { code: "vault/locked" });
});

test("appendAudit() changes documents in the same transaction, or neither", async ({ session, open }) => {
  await session.putDocument("grant", "one", { uses: 0 });
  const count = (documents: Map<string, unknown>) => {
    const { uses } = documents.get("one") as { uses: number };
    documents.set("one", { uses: uses + 1 });
  };
  await session.appendAudit({ n: 1 }, { kind: "grant", change: count });
  const refuse = () => {
    throw new RangeError("no");
  };
  await assert.rejects(session.appendAudit({ n: 2 }, { kind: "grant", change: refuse }), RangeError);
  const tooLong = { n: "x".repeat(100_000) };
  await assert.rejects(session.appendAudit(tooLong, { kind: "grant", change: count }), { code: "usage/value" });
  const other = await open();
  await Promise.all(
    [session, other].flatMap((each) => [3, 4, 5].map((n) => each.appendAudit({ n }, { kind: "grant", change: count }))),
  );
  for (const each of [session, other]) {
    assert.deepEqual(await each.getDocument("grant", "one"), { uses: 7 });
    const numbers = (await each.listAudit()).map(({ entry }) => (entry as { n: number }).n);
    assert.deepEqual(numbers.toSorted(), [1, 3, 3, 4, 4, 5, 5]);
  }
});
