import assert from "node:assert/strict";
import { inspect } from "node:util";
import { Secret } from "../../src/base/mod.ts";
import { VaultSession } from "../../src/keeper/vault_session.ts";
import { entry, type Fixture, kdf, password, ref, test, text } from "./vault_session_fixture.ts";

const OTHER = Secret.fromText("password", "another fake password");
const DAY_MS = 24 * 60 * 60 * 1_000;

async function fresh(fixture: Fixture, pw: Secret): Promise<void> {
  (await VaultSession.open({ folder: fixture.folder, password: pw, now: () => 0 })).close();
}

test("create() makes default/development and refuses to make it again", async ({ folder, session }) => {
  assert.deepEqual(await session.listApps(), ["default"]);
  assert.deepEqual(await session.listEnvs(), [ref]);
  assert.match(session.vaultId, /^[0-9a-f]{32}$/);
  await assert.rejects(VaultSession.create({ folder, password, now: () => 0, kdf }), { code: "vault/exists" });
});

for (const [what, bytes] of [["empty", 0], ["longer than 1024 bytes", 1_025]] as const) {
  Deno.test(`create() refuses a password that is ${what}, and makes nothing`, async () => {
    const parent = Deno.makeTempDirSync();
    const bad = new Secret("password", new Uint8Array(bytes).fill(65));
    const made = VaultSession.create({ folder: `${parent}/vault`, password: bad, now: () => 0, kdf });
    await assert.rejects(made, { code: "usage/value" });
    assert.deepEqual([...Deno.readDirSync(parent)], []);
    Deno.removeSync(parent);
  });
}

for (const cheap of [{ ...kdf, memoryKib: 19_455 }, { ...kdf, passes: 1 }, { ...kdf, parallelism: 17 }]) {
  Deno.test(`create() refuses a KDF cost out of bounds: ${JSON.stringify(cheap)}`, async () => {
    const folder = Deno.makeTempDirSync() + "/vault";
    await assert.rejects(VaultSession.create({ folder, password, now: () => 0, kdf: cheap }), RangeError);
    assert.equal(VaultSession.exists(folder), false);
  });
}

test("open() refuses a wrong password, and gives the vault for the right one", async (fixture) => {
  await assert.rejects(fresh(fixture, OTHER), { code: "vault/wrong-password" });
  await fresh(fixture, password);
});

Deno.test("open(), exists() and describe() make nothing when there is no vault", async () => {
  const folder = Deno.makeTempDirSync() + "/vault";
  await assert.rejects(VaultSession.open({ folder, password, now: () => 0 }), { code: "vault/not-found" });
  assert.equal(VaultSession.exists(folder), false);
  assert.equal(VaultSession.describe(folder), null);
  assert.throws(() => Deno.lstatSync(folder), Deno.errors.NotFound);
});

test("describe() tells version, cost, size and time without a password", (fixture) => {
  const { sizeBytes, ...rest } = VaultSession.describe(fixture.folder)!;
  const { vaultId } = fixture.session;
  const createdAt = fixture.clock.at;
  assert.deepEqual(rest, { formatVersion: 1, kdf, createdAt, vaultId, sheet: false, remembered: false });
  assert.ok(sizeBytes > 0);
  return Promise.resolve();
});

test("close() locks: every method refuses from then on, and so does what was under way", async ({ session }) => {
  await session.setSecrets(ref, [entry("A", "x")]);
  const pending = [session.getAllSecrets(ref), session.setSecrets(ref, [entry("A", "y")]), session.listAudit()];
  await Promise.resolve().then(() => {}).then(() => {});
  session.close();
  for (const call of pending) await assert.rejects(call, { code: "vault/locked" });
  assert.throws(() => session.vaultId, { code: "vault/locked" });
  for (
    const call of [
      () => session.listSecrets(ref),
      () => session.setSecrets(ref, [entry("A", "x")]),
      () => session.getDocument("grant", "one"),
      () => session.appendAudit({}),
      () => session.verifyPassword(password),
    ]
  ) await assert.rejects(call(), { code: "vault/locked" });
  session.close();
});

test("verifyPassword() knows the password as it stands now", async ({ session, open }) => {
  assert.equal(await session.verifyPassword(password), true);
  assert.equal(await session.verifyPassword(OTHER), false);
  assert.equal(await session.verifyPassword(new Secret("password", new Uint8Array(0))), false);
  await (await open()).changePassword(password, OTHER, { kdf });
  assert.equal(await session.verifyPassword(password), false);
  assert.equal(await session.verifyPassword(OTHER), true);
});

test("changePassword() replaces the old one and keeps what is stored", async (fixture) => {
  const { session } = fixture;
  await session.setSecrets(ref, [entry("A", "fake-one")]);
  await assert.rejects(session.changePassword(OTHER, OTHER, { kdf }), { code: "vault/wrong-password" });
  await assert.rejects(session.changePassword(password, Secret.fromText("p", ""), { kdf }), { code: "usage/value" });
  await fresh(fixture, password);
  const { vaultId } = session;
  await session.changePassword(password, OTHER, { kdf: { ...kdf, passes: 3 } });
  await assert.rejects(fresh(fixture, password), { code: "vault/wrong-password" });
  const reopened = await VaultSession.open({ folder: fixture.folder, password: OTHER, now: () => 0 });
  assert.equal(text(await reopened.getSecret(ref, "A")), "fake-one");
  assert.equal(reopened.vaultId, vaultId);
  assert.equal(VaultSession.describe(fixture.folder)!.kdf.passes, 3);
  reopened.close();
});

test("createApp() and createEnv() make what is then listed, sorted", async ({ session, open }) => {
  await session.createApp("my-saas");
  await session.createEnv({ app: "my-saas", env: "staging" });
  await session.createEnv({ app: "my-saas", env: "production" });
  await session.createApp("a-first");
  const other = await open();
  assert.deepEqual(await other.listApps(), ["a-first", "default", "my-saas"]);
  assert.deepEqual(await other.listEnvs(), [
    ref,
    { app: "my-saas", env: "production" },
    { app: "my-saas", env: "staging" },
  ]);
});

test("createApp() and createEnv() refuse what is there, what has no app, and what is no slug", async ({ session }) => {
  await assert.rejects(session.createApp("default"), { code: "app/exists" });
  await assert.rejects(session.createEnv(ref), { code: "env/exists" });
  await assert.rejects(session.createEnv({ app: "none", env: "development" }), { code: "app/not-found" });
  for (const bad of ["", "A", "a_b", "-a", "a-", "a/b", "a".repeat(64), "é", "a\n"]) {
    await assert.rejects(async () => await session.createApp(bad), { code: "usage/name" }, bad);
    await assert.rejects(async () => await session.createEnv({ app: "default", env: bad }), { code: "usage/name" });
  }
});

test("deleteEnv() and deleteApp() remove the secrets too; a new env of that name is empty", async ({ session }) => {
  const env = { app: "my-saas", env: "development" };
  await session.createApp("my-saas");
  await session.createEnv(env);
  await session.setSecrets(env, [entry("A", "fake-one")]);
  await session.deleteEnv(env);
  assert.deepEqual(await session.listApps(), ["default", "my-saas"]);
  await assert.rejects(session.getSecret(env, "A"), { code: "env/not-found" });
  await session.createEnv(env);
  assert.deepEqual(await session.listSecrets(env, { deleted: true }), []);
  await session.deleteApp("my-saas");
  await assert.rejects(session.listSecrets(env), { code: "app/not-found" });
  await assert.rejects(session.deleteApp("my-saas"), { code: "app/not-found" });
  await assert.rejects(session.deleteEnv({ app: "default", env: "none" }), { code: "env/not-found" });
  assert.deepEqual(await session.listEnvs(), [ref]);
});

test("setSecrets() stores values that getSecret() gives byte for byte, named after the secret", async ({ session }) => {
  const values = [
    new Uint8Array(0),
    new Uint8Array([0, 255, 10, 13, 0]),
    crypto.getRandomValues(new Uint8Array(65_536)),
  ];
  const entries = values.map((value, i) => ({ name: `V${i}`, value: new Secret("x", value), maskable: false }));
  await session.setSecrets(ref, entries);
  for (const [i, value] of values.entries()) {
    const secret = await session.getSecret(ref, `V${i}`);
    // EXPOSE: compared with what the test stored
    assert.deepEqual(secret.expose(), value);
    assert.equal(secret.name, `V${i}`);
    assert.equal(inspect(secret).includes("V"), true);
  }
});

test("setSecrets() counts versions, keeps the earlier ones, and tells what was created", async ({ session, clock }) => {
  assert.deepEqual(await session.setSecrets(ref, [entry("A", "fake-one"), entry("B", "fake")]), [
    { name: "A", version: 1, created: true },
    { name: "B", version: 1, created: true },
  ]);
  clock.at += 5;
  assert.deepEqual(await session.setSecrets(ref, [entry("A", "fake-longer", { maskable: false })]), [
    { name: "A", version: 2, created: false },
  ]);
  assert.equal(text(await session.getSecret(ref, "A")), "fake-longer");
  assert.equal(text(await session.getSecret(ref, "A", 1)), "fake-one");
  await assert.rejects(session.getSecret(ref, "A", 3), { code: "secret/not-found" });
  const at = clock.at;
  assert.deepEqual(await session.history(ref, "A"), [
    { version: 2, createdAt: at, sizeBytes: 11, deleted: false },
    { version: 1, createdAt: at - 5, sizeBytes: 8, deleted: false },
  ]);
  assert.deepEqual((await session.listSecrets(ref))[0], {
    name: "A",
    version: 2,
    createdAt: at - 5,
    updatedAt: at,
    deletedAt: null,
    sizeBytes: 11,
    canary: false,
    maskable: false,
  });
});

test("setSecrets() keeps the canary flag when it is left out, and changes it when it is given", async ({ session }) => {
  const flag = async () => (await session.listSecrets(ref))[0]!.canary;
  await session.setSecrets(ref, [entry("A", "fake", { canary: true })]);
  await session.setSecrets(ref, [entry("A", "fake-two")]);
  assert.equal(await flag(), true);
  await session.setSecrets(ref, [entry("A", "fake-three", { canary: false })]);
  assert.equal(await flag(), false);
});

test("setSecrets() stores nothing at all when one entry is refused", async ({ session }) => {
  await session.setSecrets(ref, [entry("THERE", "fake")]);
  const long = { name: "LONG", value: new Secret("LONG", new Uint8Array(65_537)), maskable: true };
  const cases: [ReturnType<typeof entry>[], "create" | "update" | "upsert", string][] = [
    [[entry("NEW", "x"), entry("THERE", "x")], "create", "secret/exists"],
    [[entry("THERE", "x"), entry("NEW", "x")], "update", "secret/not-found"],
    [[entry("NEW", "x"), entry("1NEW", "x")], "upsert", "usage/name"],
    [[entry("NEW", "x"), entry("NEW", "y")], "upsert", "usage/name"],
    [[entry("NEW", "x"), long], "upsert", "usage/value"],
  ];
  for (const [entries, mode, code] of cases) {
    await assert.rejects(async () => await session.setSecrets(ref, entries, { mode }), { code });
  }
  assert.deepEqual((await session.listSecrets(ref)).map(({ name, version }) => [name, version]), [["THERE", 1]]);
  assert.deepEqual(await session.setSecrets(ref, []), []);
});

test("setSecrets() refuses names that cannot be environment variables", async ({ session }) => {
  for (const bad of ["", "1A", "A-B", "A B", "A.B", "É", "A=B", "A\n", "A\0", "A".repeat(256)]) {
    await assert.rejects(async () => await session.setSecrets(ref, [entry(bad, "x")]), { code: "usage/name" }, bad);
  }
  await session.setSecrets(
    ref,
    ["_", "a", "A_1", "A".repeat(255), "__proto__", "constructor"].map((n) => entry(n, "x")),
  );
  assert.equal((await session.listSecrets(ref)).length, 6);
});

test("setSecrets() keeps the 100 latest versions", async ({ session }) => {
  for (let i = 1; i <= 103; i++) await session.setSecrets(ref, [entry("A", `fake-${i}`)]);
  const versions = (await session.history(ref, "A")).map(({ version }) => version);
  assert.deepEqual([versions[0], versions.at(-1), versions.length], [103, 4, 100]);
  assert.equal(text(await session.getSecret(ref, "A", 4)), "fake-4");
  await assert.rejects(session.getSecret(ref, "A", 3), { code: "secret/not-found" });
});

test("setSecrets() of two sessions at once loses none", async ({ session, open }) => {
  const other = await open();
  const calls = [...Array(20).keys()].map((i) =>
    (i % 2 ? session : other).setSecrets(ref, [entry("SHARED", `fake-${i}`), entry(`N${i}`, "fake")])
  );
  const results = await Promise.all(calls);
  assert.deepEqual(
    results.map(([shared]) => shared!.version).sort((a, b) => a - b),
    [...Array(20).keys()].map((i) => i + 1),
  );
  assert.equal((await other.listSecrets(ref)).length, 21);
});

test("setSecrets() with create succeeds in only one of two sessions", async ({ session, open }) => {
  const other = await open();
  const results = await Promise.allSettled(
    [session, other].map((each) => each.setSecrets(ref, [entry("A", "fake")], { mode: "create" })),
  );
  assert.deepEqual(results.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
});

test("getAllSecrets() gives the latest value of each that is not removed", async ({ session }) => {
  await session.setSecrets(ref, [entry("B", "fake-b"), entry("A", "fake-old"), entry("C", "fake-c")]);
  await session.setSecrets(ref, [entry("A", "fake-new")]);
  await session.removeSecret(ref, "C");
  const all = await session.getAllSecrets(ref);
  assert.deepEqual(all.map((secret) => [secret.name, text(secret)]), [["A", "fake-new"], ["B", "fake-b"]]);
});

test("removeSecret() hides a secret that restoreSecret() brings back", async ({ session, clock }) => {
  await session.setSecrets(ref, [entry("A", "fake-one")]);
  await session.removeSecret(ref, "A");
  for (const call of [() => session.getSecret(ref, "A"), () => session.removeSecret(ref, "A")]) {
    await assert.rejects(call(), { code: "secret/not-found" });
  }
  assert.deepEqual(await session.listSecrets(ref), []);
  assert.equal((await session.listSecrets(ref, { deleted: true }))[0]!.deletedAt, clock.at);
  assert.equal((await session.history(ref, "A"))[0]!.deleted, true);
  assert.equal(await session.restoreSecret(ref, "A"), 1);
  assert.equal(text(await session.getSecret(ref, "A")), "fake-one");
  await assert.rejects(session.restoreSecret(ref, "A"), { code: "secret/exists" });
  await assert.rejects(session.restoreSecret(ref, "NONE"), { code: "secret/not-found" });
});

test("restoreSecret() with a version sets that value as a new version", async ({ session }) => {
  for (const value of ["fake-one", "fake-two"]) await session.setSecrets(ref, [entry("A", value)]);
  assert.equal(await session.restoreSecret(ref, "A", 1), 3);
  assert.equal(text(await session.getSecret(ref, "A")), "fake-one");
  await session.removeSecret(ref, "A");
  assert.equal(await session.restoreSecret(ref, "A", 2), 4);
  assert.equal(text(await session.getSecret(ref, "A")), "fake-two");
  await assert.rejects(session.restoreSecret(ref, "A", 9), { code: "secret/not-found" });
});

test("setSecrets() over a removed secret counts on from its versions", async ({ session }) => {
  await session.setSecrets(ref, [entry("A", "fake-one")]);
  await session.removeSecret(ref, "A");
  await assert.rejects(session.setSecrets(ref, [entry("A", "x")], { mode: "update" }), { code: "secret/not-found" });
  assert.deepEqual(await session.setSecrets(ref, [entry("A", "fake-two")], { mode: "create" }), [
    { name: "A", version: 2, created: true },
  ]);
});

test("removed secrets are out of reach after 30 days, and the next write drops them", async ({ session, clock }) => {
  await session.setSecrets(ref, [entry("A", "fake-one"), entry("B", "fake-two")]);
  await session.removeSecret(ref, "A");
  clock.at += 30 * DAY_MS - 1;
  assert.equal((await session.history(ref, "A")).length, 1);
  clock.at += 1;
  assert.deepEqual((await session.listSecrets(ref, { deleted: true })).map(({ name }) => name), ["B"]);
  await assert.rejects(session.restoreSecret(ref, "A"), { code: "secret/not-found" });
  await assert.rejects(session.history(ref, "A"), { code: "secret/not-found" });
  await session.setSecrets(ref, [entry("B", "fake-three")]);
  clock.at -= DAY_MS; // even a clock put back does not bring it back
  await assert.rejects(session.history(ref, "A"), { code: "secret/not-found" });
  assert.deepEqual(await session.setSecrets(ref, [entry("A", "fake")]), [{ name: "A", version: 1, created: true }]);
});

test("purgeExpired() drops what was removed 30 days ago in every env", async ({ session, clock }) => {
  await session.createEnv({ app: "default", env: "staging" });
  for (const env of ["development", "staging"]) {
    await session.setSecrets({ app: "default", env }, [entry("A", "fake"), entry("KEPT", "fake")]);
    await session.removeSecret({ app: "default", env }, "A");
  }
  assert.equal(await session.purgeExpired(), 0);
  clock.at += 30 * DAY_MS;
  assert.equal(await session.purgeExpired(), 2);
  assert.equal(await session.purgeExpired(), 0);
  assert.equal(text(await session.getSecret(ref, "KEPT")), "fake");
});

test("methods refuse an app and an env that are not there", async ({ session }) => {
  for (
    const [unknown, code] of [[{ app: "none", env: "x" }, "app/not-found"], [
      { ...ref, env: "x" },
      "env/not-found",
    ]] as const
  ) {
    for (
      const call of [
        () => session.listSecrets(unknown),
        () => session.getSecret(unknown, "A"),
        () => session.getAllSecrets(unknown),
        () => session.setSecrets(unknown, [entry("A", "x")]),
        () => session.removeSecret(unknown, "A"),
        () => session.restoreSecret(unknown, "A"),
        () => session.history(unknown, "A"),
      ]
    ) await assert.rejects(call(), { code });
  }
});

test("vault file holds no name and no value in the clear", async ({ session, folder }) => {
  const needles = ["FAKE_SECRET_NAME", "fake-secret-value", "my-hidden-app", "my-grant-kind", "my-audit-entry"];
  await session.createApp(needles[2]!);
  await session.setSecrets(ref, [entry(needles[0]!, needles[1]!)]);
  await session.putDocument(needles[3]!, "id", {});
  await session.appendAudit(needles[4]);
  for (const file of Deno.readDirSync(folder)) {
    const raw = new TextDecoder("latin1").decode(Deno.readFileSync(`${folder}/${file.name}`));
    for (const needle of needles) assert.equal(raw.includes(needle), false, `${needle} in ${file.name}`);
  }
});
