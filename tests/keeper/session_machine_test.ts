/** Machine keys over a real vault: what one opens, what it never opens, and what ends it. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { Secret } from "../../src/base/mod.ts";
import type { MachineTerms } from "../../src/keeper/machine_terms.ts";
import { writeMode } from "../../src/keeper/policy_store.ts";
import { MachineSession } from "../../src/keeper/session_machine.ts";
import type { VaultSession } from "../../src/keeper/vault_session.ts";
import { type Bundle, encodeBundle, parseBundle } from "../../src/store/mod.ts";
import { KIND } from "../../src/vault/mod.ts";
import { entry, type Fixture, ref, test, text } from "./vault_session_fixture.ts";

const OTHERS = [{ app: "default", env: "production" }, { app: "shop", env: "development" }, { app: "shop", env: "ci" }];

function terms(name: string, more: Partial<MachineTerms> = {}): MachineTerms {
  return { name, mode: "ask", commands: [], allowExport: false, createdAt: 1, expiresAt: null, ...more };
}

async function addKey(
  session: VaultSession,
  at = ref,
  more: Partial<MachineTerms> = {},
  rotate = false,
): Promise<Secret> {
  const key = new Secret("machine key", crypto.getRandomValues(new Uint8Array(32)));
  await session.addMachineKey(at, key, terms("ci", more), { rotate });
  return key;
}

function open({ folder, clock }: Fixture, key: Secret): Promise<MachineSession> {
  return MachineSession.openVault(folder, key, () => clock.at);
}

async function openBundle(fixture: Fixture, key: Secret, bundle?: Bundle): Promise<MachineSession> {
  const made = bundle ?? (await fixture.session.makeBundle(ref)).bundle;
  return await MachineSession.openBundle(parseBundle(encodeBundle(made)), key, () => fixture.clock.at);
}

async function values(session: MachineSession): Promise<Record<string, string>> {
  const all = await session.getAllSecrets(session.ref);
  return Object.fromEntries(all.map((secret) => [secret.name, text(secret)]));
}

test("a machine key opens its env, from the vault and from a bundle, and knows which it is", async (fixture) => {
  const { session } = fixture;
  await session.setSecrets(ref, [entry("A", "old"), entry("B", "two")]);
  await session.setSecrets(ref, [entry("A", "one"), entry("GONE", "x")]);
  await session.removeSecret(ref, "GONE");
  const key = await addKey(session);
  for (const opened of [await open(fixture, key), await openBundle(fixture, key)]) {
    assert.deepEqual([opened.ref, opened.terms.name], [ref, "ci"]);
    assert.deepEqual(await values(opened), { A: "one", B: "two" });
    assert.deepEqual((await opened.listSecrets(ref)).map(({ name, version }) => [name, version]), [["A", 2], ["B", 1]]);
    assert.equal(text(await opened.getSecret(ref, "A")), "one");
    for (const name of ["GONE", "NONE"]) {
      await assert.rejects(opened.getSecret(ref, name), { code: "secret/not-found" });
    }
  }
});

test("a machine key opens exactly one env, tried against every other", async (fixture) => {
  const { session } = fixture;
  await session.createApp("shop");
  for (const other of OTHERS) await session.createEnv(other);
  const envs = await session.listEnvs();
  assert.equal(envs.length, 4);
  for (const at of envs) await session.setSecrets(at, [entry("WHERE", `${at.app}/${at.env}`)]);
  for (const at of envs) {
    const key = await addKey(session, at);
    const opened = await open(fixture, key);
    assert.deepEqual([opened.ref, await values(opened)], [at, { WHERE: `${at.app}/${at.env}` }]);
    for (const other of envs) {
      const { bundle } = await session.makeBundle(other);
      if (other === at) {
        await openBundle(fixture, key, bundle);
        continue;
      }
      await assert.rejects(openBundle(fixture, key, bundle), { code: "machine-key/not-good" });
      await assert.rejects(opened.getAllSecrets(other), { code: "env/not-found" });
      await assert.rejects(opened.listSecrets(other), { code: "env/not-found" });
      await assert.rejects(opened.getSecret(other, "WHERE"), { code: "env/not-found" });
      // Nor does it help to put this env's wrap beside the other env's records, under either env's id.
      const wrap = (await session.makeBundle(at)).bundle.records.find(({ kind }) => kind === KIND.wrap)!;
      for (const scope of [wrap.scope, bundle.envId]) {
        const records = [...bundle.records.filter(({ kind }) => kind !== KIND.wrap), { ...wrap, scope }];
        const mixed = MachineSession.openBundle({ ...bundle, records }, key, () => 0);
        await assert.rejects(
          mixed,
          (error: { code: string }) => ["machine-key/not-good", "vault/tampered"].includes(error.code),
        );
      }
    }
  }
});

test("another key opens nothing, and neither does a key of the vault's own", async (fixture) => {
  await addKey(fixture.session);
  for (const bytes of [new Uint8Array(32), crypto.getRandomValues(new Uint8Array(32))]) {
    const key = new Secret("machine key", bytes);
    await assert.rejects(open(fixture, key), { code: "machine-key/not-good" });
    await assert.rejects(openBundle(fixture, key), { code: "machine-key/not-good" });
  }
});

test("an expired machine key is refused from that moment on", async (fixture) => {
  const key = await addKey(fixture.session, ref, { expiresAt: fixture.clock.at + 1000 });
  fixture.clock.at += 999;
  await open(fixture, key);
  fixture.clock.at += 1;
  await assert.rejects(open(fixture, key), { code: "machine-key/expired", message: /ci expired on 20\d\d-\d\d-\d\d/ });
  await assert.rejects(openBundle(fixture, key), { code: "machine-key/expired" });
});

test("revokeMachineKey() ends one key; the others, every value and every earlier version stay", async (fixture) => {
  const { session } = fixture;
  await session.setSecrets(ref, [entry("A", "one"), entry("C", "decoy", { canary: true })]);
  await session.setSecrets(ref, [entry("A", "two"), entry("GONE", "back")]);
  await session.removeSecret(ref, "GONE");
  const first = await addKey(session);
  const second = await addKey(session, ref, { name: "second" });
  const before = await session.listSecrets(ref, { deleted: true });
  await session.revokeMachineKey(ref, "ci");
  await assert.rejects(open(fixture, first), { code: "machine-key/not-good" });
  assert.deepEqual(await values(await open(fixture, second)), { A: "two", C: "decoy" });
  assert.deepEqual((await session.listMachineKeys(ref)).map(({ terms }) => terms.name), ["second"]);
  assert.deepEqual(await session.listSecrets(ref, { deleted: true }), before);
  assert.equal(text(await session.getSecret(ref, "A", 1)), "one");
  await session.restoreSecret(ref, "GONE");
  assert.equal(text(await session.getSecret(ref, "GONE")), "back");
  const reopened = await fixture.open();
  assert.deepEqual((await reopened.getAllSecrets(ref)).map(text), ["two", "decoy", "back"]);
  await assert.rejects(session.revokeMachineKey(ref, "ci"), { code: "machine-key/not-found" });
});

test("rotateEnv() changes the env's key and keeps machine keys; what was sealed before opens nothing new", async (fixture) => {
  const { session } = fixture;
  await session.setSecrets(ref, [entry("A", "one")]);
  const key = await addKey(session);
  const { bundle: before } = await session.makeBundle(ref);
  const writer = await fixture.open();
  await session.rotateEnv(ref);
  assert.deepEqual(await values(await open(fixture, key)), { A: "one" });
  await writer.setSecrets(ref, [entry("A", "two")]);
  const { bundle: after } = await session.makeBundle(ref);
  assert.deepEqual(await values(await openBundle(fixture, key, after)), { A: "two" });
  const old = before.records.filter(({ kind }) => kind === KIND.wrap);
  const mixed = { ...after, records: [...after.records.filter(({ kind }) => kind !== KIND.wrap), ...old] };
  await assert.rejects(openBundle(fixture, key, mixed), { code: "machine-key/not-good" });
  // A bundle is a copy: the old one, whole, still opens. FORMAT §12 says so.
  assert.deepEqual(await values(await openBundle(fixture, key, before)), { A: "one" });
});

test("a revoked wrap that is put back stays dead, also through a rotation, and is not listed", async (fixture) => {
  const { session, folder } = fixture;
  const key = await addKey(session);
  const wrap = (await session.makeBundle(ref)).bundle.records.find(({ kind }) => kind === KIND.wrap)!;
  await session.revokeMachineKey(ref, "ci");
  const database = new DatabaseSync(`${folder}/vault.db`);
  const { kind, scope, id, body } = wrap;
  database.prepare("INSERT INTO record (kind, scope, id, body) VALUES (?, ?, ?, ?)").run(kind, scope, id, body);
  database.close();
  await assert.rejects(open(fixture, key), { code: "machine-key/not-good" });
  assert.deepEqual(await session.listMachineKeys(ref), []);
  await session.rotateEnv(ref);
  await writeMode(session, ref, "open");
  await assert.rejects(open(fixture, key), { code: "machine-key/not-good" });
});

test("addMachineKey() refuses a name that is there, unless it replaces it, and names that are none", async (fixture) => {
  const { session } = fixture;
  const first = await addKey(session);
  await assert.rejects(addKey(session), { code: "machine-key/exists" });
  await assert.rejects(addKey(session, ref, { name: "No Slug" }), { code: "usage/name" });
  await assert.rejects(addKey(session, { app: "default", env: "none" }), { code: "env/not-found" });
  await open(fixture, first);
  const second = await addKey(session, ref, { allowExport: true }, true);
  await assert.rejects(open(fixture, first), { code: "machine-key/not-good" });
  assert.equal((await open(fixture, second)).terms.allowExport, true);
  assert.equal((await session.listMachineKeys(ref)).length, 1);
});

test("the mode of the env reaches its machine keys in the change that sets it, and no other env's", async (fixture) => {
  const { session } = fixture;
  await session.createEnv(OTHERS[0]!);
  const [key, other] = [await addKey(session), await addKey(session, OTHERS[0])];
  for (const mode of ["open", "listed", "ask"] as const) {
    await writeMode(session, ref, mode);
    assert.deepEqual([(await open(fixture, key)).terms.mode, (await open(fixture, other)).terms.mode], [mode, "ask"]);
  }
});

test("deleting an env ends its machine keys", async (fixture) => {
  const { session } = fixture;
  await session.createEnv(OTHERS[0]!);
  const key = await addKey(session, OTHERS[0]);
  await session.deleteEnv(OTHERS[0]!);
  await assert.rejects(open(fixture, key), { code: "machine-key/not-good" });
});

test("two processes that rotate, set and revoke at once lose nothing", async (fixture) => {
  const { session } = fixture;
  const other = await fixture.open();
  const key = await addKey(session);
  await Promise.all([
    ...Array.from({ length: 6 }, (_, i) => (i % 2 ? session : other).setSecrets(ref, [entry(`N${i}`, `value ${i}`)])),
    session.rotateEnv(ref),
    other.rotateEnv(ref),
    addKey(other, ref, { name: "second" }),
  ]);
  const expected = Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`N${i}`, `value ${i}`]));
  assert.deepEqual(await values(await open(fixture, key)), expected);
  assert.equal((await session.listMachineKeys(ref)).length, 2);
});

// One fault each: a bundle whose text is canonical and whose records are not what was sealed.
const TAMPERED: Readonly<Record<string, (bundle: Bundle, older: Bundle) => Bundle["records"]>> = {
  "a byte of the env state": ({ records }) => records.map((each) => flip(each, KIND.envState, 10)),
  "the generation in the env state": ({ records }) => records.map((each) => flip(each, KIND.envState, 3)),
  "a byte of a head": ({ records }) => records.map((each) => flip(each, KIND.head, 40)),
  "a byte of a value": ({ records }) => records.map((each) => flip(each, KIND.version, 100)),
  "a byte of a value's key": ({ records }) => records.map((each) => flip(each, KIND.version, 20)),
  "the key that the wrap gives its owner": ({ records }) => records.map((each) => flip(each, KIND.wrap, 300)),
  "no value": ({ records }) => records.filter(({ kind }) => kind !== KIND.version),
  "a head less": ({ records }) => without(records, KIND.head),
  "an older head": ({ records }, older) => replaced(records, older, KIND.head),
  "an older env state": ({ records }, older) => replaced(records, older, KIND.envState),
  "an older env state with its heads": ({ records }, older) =>
    replaced(replaced(records, older, KIND.head), older, KIND.envState),
  "the heads exchanged": ({ records }) => exchanged(records, KIND.head),
  "the values exchanged": ({ records }) => exchanged(records, KIND.version),
};

type Records = Bundle["records"];

function flip<R extends Records[number]>(record: R, kind: number, at: number): R {
  if (record.kind !== kind) return record;
  const body = new Uint8Array(record.body);
  body[at]! ^= 1;
  return { ...record, body };
}

function without(records: Records, kind: number): Records {
  const last = records.findLastIndex((record) => record.kind === kind);
  return records.filter((_, i) => i !== last);
}

function replaced(records: Records, older: Bundle, kind: number): Records {
  return [...records.filter((record) => record.kind !== kind), ...older.records.filter((each) => each.kind === kind)];
}

function exchanged(records: Records, kind: number): Records {
  const [a, b] = records.filter((record) => record.kind === kind);
  return records.map((each) => each === a ? { ...a!, body: b!.body } : each === b ? { ...b!, body: a!.body } : each);
}

for (const [what, change] of Object.entries(TAMPERED)) {
  test(`a bundle with ${what} is refused before a value comes out`, async (fixture) => {
    const { session } = fixture;
    await session.setSecrets(ref, [entry("A", "one"), entry("B", "two")]);
    const key = await addKey(session);
    const { bundle: older } = await session.makeBundle(ref);
    await session.setSecrets(ref, [entry("A", "three"), entry("B", "four")]);
    const { bundle } = await session.makeBundle(ref);
    const records = change(bundle, older);
    await assert.rejects(
      async () => values(await openBundle(fixture, key, { ...bundle, records })),
      (error: { code: string }) => ["vault/tampered", "machine-key/not-good"].includes(error.code),
    );
  });
}

test("no record of another kind and no older version is in a bundle", async ({ session }) => {
  await session.setSecrets(ref, [entry("A", "one")]);
  await session.setSecrets(ref, [entry("A", "two"), entry("GONE", "x")]);
  await session.removeSecret(ref, "GONE");
  await session.putDocument("grant", "one", { some: "grant" });
  await session.appendAudit({ action: "x" });
  const key = await addKey(session);
  assert.equal(key.sizeBytes, 32);
  const { bundle, secrets, keys } = await session.makeBundle(ref);
  const kinds = bundle.records.map(({ kind }) => kind).sort();
  assert.deepEqual(kinds, [KIND.wrap, KIND.envState, KIND.head, KIND.head, KIND.version]);
  assert.deepEqual([secrets, keys], [1, 1]);
});
