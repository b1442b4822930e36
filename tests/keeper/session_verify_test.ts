import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { entry, ref, test } from "./vault_session_fixture.ts";

test("verifyWhole() opens everything and says how much there is", async ({ session }) => {
  assert.deepEqual(await session.verifyWhole(), { envs: 1, secrets: 0 });
  await session.createEnv({ app: "default", env: "ci" });
  await session.setSecrets(ref, [entry("A", "fake-1"), entry("B", "fake-2")]);
  await session.setSecrets(ref, [entry("A", "fake-3")]);
  await session.removeSecret(ref, "B");
  await session.putDocument("grant", "one", { a: 1 });
  await session.appendAudit({ a: 1 });
  assert.deepEqual(await session.verifyWhole(), { envs: 2, secrets: 2 });
});

const FAULTS: [string, string][] = [
  [
    "an earlier value is gone",
    "DELETE FROM record WHERE kind = 6 AND rowid = (SELECT min(rowid) FROM record WHERE kind = 6)",
  ],
  ["a value is other bytes", "UPDATE record SET body = zeroblob(length(body)) WHERE kind = 6"],
  ["a secret is gone", "DELETE FROM record WHERE kind = 5"],
  ["an env's state is gone", "DELETE FROM record WHERE kind = 4"],
  ["a document is gone", "DELETE FROM record WHERE kind = 7"],
  ["a document is other bytes", "UPDATE record SET body = zeroblob(length(body)) WHERE kind = 7"],
  [
    "a document of an unknown kind was added",
    "INSERT INTO record VALUES (7, zeroblob(32), zeroblob(32), zeroblob(99))",
  ],
  ["the log is cut short", "DELETE FROM record WHERE kind = 8"],
];
for (const [what, sql] of FAULTS) {
  test(`verifyWhole() is vault/tampered when ${what}`, async ({ folder, session }) => {
    await session.setSecrets(ref, [entry("A", "fake-1")]);
    await session.setSecrets(ref, [entry("A", "fake-2")]);
    await session.putDocument("grant", "one", { a: 1 });
    await session.appendAudit({ a: 1 });
    const database = new DatabaseSync(`${folder}/vault.db`);
    database.exec(sql);
    database.close();
    await assert.rejects(session.verifyWhole(), { code: "vault/tampered" });
  });
}
