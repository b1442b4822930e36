/** The further ways to the root key in an open vault: what they outlive, and what makes them useless. */
import assert from "node:assert/strict";
import { OvError, Secret } from "../../src/base/mod.ts";
import { FIRST_ENV, VaultSession } from "../../src/keeper/vault_session.ts";
import { SqliteStore } from "../../src/store/mod.ts";
import { HEADER_KEY, MANIFEST_KEY, PASSWORD_WRAP_KEY, rootWrapKey, type RootWrapKind } from "../../src/vault/mod.ts";
import { entry, kdf, password, test, text } from "./vault_session_fixture.ts";

const now = () => 1_800_000_000_000;
const OTHER = Secret.fromText("password", "another fake password");
const CODE = new Secret("sheet code", new Uint8Array(20).fill(1));
const KEY = new Secret("unlock key", new Uint8Array(32).fill(2));
const said = () => ({ action: "x" });
const open = (folder: string, kind: RootWrapKind, secret: Secret) =>
  VaultSession.openByWrap({ folder, kind, secret, now });
const fails = (code: string) => (error: unknown) => error instanceof OvError && error.code === code;

/** Changes records of the file behind every session's back. */
function edit(folder: string, change: (store: SqliteStore) => Parameters<SqliteStore["commit"]>[1]): void {
  const store = SqliteStore.open(folder);
  const snapshot = store.snapshot();
  const manifest = snapshot.get(MANIFEST_KEY)!;
  snapshot.close();
  assert.ok(store.commit(manifest, change(store)));
  store.close();
}

test("makeRootWrap() of both kinds opens the same vault, also after a password change and a rotation", async (at) => {
  const { folder, session } = at;
  await session.setSecrets(FIRST_ENV, [entry("A", "fake-a")]);
  assert.equal(await session.makeRootWrap("sheet", password, CODE, said), false);
  assert.equal(await session.makeRootWrap("remembered", password, KEY, said), false);
  await session.changePassword(password, OTHER, { kdf });
  await session.rotateEnvs(null, { dropMachineKeys: true });
  for (const [kind, secret] of [["sheet", CODE], ["remembered", KEY]] as const) {
    const opened = await open(folder, kind, secret);
    await opened.verifyWhole();
    assert.equal(text(await opened.getSecret(FIRST_ENV, "A")), "fake-a");
    opened.close();
  }
  assert.deepEqual(VaultSession.describe(folder)!.sheet, true);
});

test("neither secret opens the other's wrap, nor is either a password", async ({ folder, session }) => {
  await session.makeRootWrap("sheet", password, CODE, said);
  await session.makeRootWrap("remembered", password, KEY, said);
  await assert.rejects(open(folder, "remembered", CODE), fails("vault/wrong-password"));
  await assert.rejects(open(folder, "sheet", KEY), fails("vault/wrong-password"));
  for (const secret of [CODE, KEY]) {
    await assert.rejects(VaultSession.open({ folder, password: secret, now }), fails("vault/wrong-password"));
    assert.equal(await session.verifyPassword(secret), false);
  }
});

test("makeRootWrap() wants the password as it is now, and changes nothing with another", async ({ folder, session }) => {
  await assert.rejects(session.makeRootWrap("sheet", OTHER, CODE, said), fails("vault/wrong-password"));
  assert.equal(VaultSession.describe(folder)!.sheet, false);
  assert.deepEqual(await session.listDocuments("root-wrap"), []);
});

test("removeRootWrap() takes one kind and leaves the other", async ({ folder, session }) => {
  await session.makeRootWrap("sheet", password, CODE, said);
  await session.makeRootWrap("remembered", password, KEY, said);
  assert.equal(await session.removeRootWrap("remembered", {}), true);
  assert.equal(await session.removeRootWrap("remembered", {}), false);
  await assert.rejects(open(folder, "remembered", KEY), fails("vault/wrong-password"));
  (await open(folder, "sheet", CODE)).close();
  await session.verifyWhole();
});

test("resetPassword() works where the password's own wrap is damaged or gone, which nothing else does", async (at) => {
  const { folder, session } = at;
  await session.makeRootWrap("sheet", password, CODE, said);
  edit(folder, () => [{ remove: PASSWORD_WRAP_KEY }]);
  await assert.rejects(VaultSession.open({ folder, password, now }), fails("vault/damaged"));
  const opened = await open(folder, "sheet", CODE);
  await opened.resetPassword(CODE, OTHER, { kdf, audit: {} });
  opened.close();
  (await VaultSession.open({ folder, password: OTHER, now })).close();
});

test("resetPassword() refuses a vault with an account key, an empty password, and a sheet that was revoked since", async (at) => {
  const { folder, session } = at;
  await session.makeRootWrap("sheet", password, CODE, said);
  const opened = await open(folder, "sheet", CODE);
  const empty = new Secret("password", new Uint8Array(0));
  await assert.rejects(opened.resetPassword(CODE, empty, { kdf, audit: {} }), fails("usage/value"));
  await session.makeRootWrap("sheet", password, new Secret("code", new Uint8Array(20).fill(9)), said);
  await assert.rejects(opened.resetPassword(CODE, OTHER, { kdf, audit: {} }), fails("vault/wrong-password"));
  await session.removeRootWrap("sheet", {});
  await assert.rejects(opened.resetPassword(CODE, OTHER, { kdf, audit: {} }), fails("sheet/not-found"));
  await session.makeRootWrap("sheet", password, CODE, said);
  edit(folder, (store) => {
    const snapshot = store.snapshot();
    const header = snapshot.get(HEADER_KEY)!;
    snapshot.close();
    header[7] = 1;
    return [{ put: { ...HEADER_KEY, body: header } }];
  });
  await assert.rejects(opened.resetPassword(CODE, OTHER, { kdf, audit: {} }), fails("vault/locked"));
  opened.close();
});

test("verifyWhole() misses a wrap without its document, and a document without its wrap", async ({ folder, session }) => {
  await session.makeRootWrap("remembered", password, KEY, said);
  await session.verifyWhole();
  edit(folder, () => [{ put: { ...rootWrapKey("sheet"), body: new Uint8Array(92) } }]);
  await assert.rejects(session.verifyWhole(), fails("vault/tampered"));
  edit(folder, () => [{ remove: rootWrapKey("sheet") }]);
  await session.verifyWhole();
  edit(folder, () => [{ remove: rootWrapKey("remembered") }]);
  await assert.rejects(session.verifyWhole(), fails("vault/tampered"));
});
