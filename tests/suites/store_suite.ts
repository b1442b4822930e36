/** What every store must do. One suite, run on each of them. */
import assert from "node:assert/strict";
import { encodeUtf8 } from "../../src/base/mod.ts";
import { KIND, MANIFEST_KEY, type VaultRecord } from "../../src/vault/mod.ts";
import type { Change, Store } from "../../src/store/mod.ts";

/** Makes a vault of these records; `connect` gives one more handle on it, as another process would have. */
export interface StoreFixture {
  readonly name: string;
  make(records: readonly VaultRecord[]): { connect(): Store; dispose(): void };
}

const ENV = new Uint8Array(16).fill(1);
const OTHER_ENV = new Uint8Array(16).fill(2);
const first = encodeUtf8("manifest 1");
const second = encodeUtf8("manifest 2");

function manifest(body: Uint8Array): Change {
  return { put: { ...MANIFEST_KEY, body } };
}

function head(scope: Uint8Array, id: number, body: string): VaultRecord {
  return { kind: KIND.head, scope, id: new Uint8Array(32).fill(id), body: encodeUtf8(body) };
}

function bodies(store: Store, scope: Uint8Array, kind: number = KIND.head): string[] {
  const snapshot = store.snapshot();
  const found = snapshot.list(kind, scope).map(({ body }) => new TextDecoder().decode(body));
  snapshot.close();
  return found;
}

export function testStore(fixture: StoreFixture): void {
  const test = (what: string, run: (connect: () => Store) => void | Promise<void>) =>
    Deno.test(`${fixture.name}: ${what}`, async () => {
      const made = fixture.make([{ ...MANIFEST_KEY, body: first }, head(ENV, 9, "nine")]);
      const opened: Store[] = [];
      try {
        await run(() => {
          opened.push(made.connect());
          return opened.at(-1)!;
        });
      } finally {
        for (const store of opened) store.close();
        made.dispose();
      }
    });

  test("get() gives what was stored, and null when there is none", (connect) => {
    const snapshot = connect().snapshot();
    assert.deepEqual(snapshot.get(MANIFEST_KEY), first);
    assert.equal(snapshot.get({ kind: KIND.header, scope: new Uint8Array(0), id: new Uint8Array(0) }), null);
    assert.equal(snapshot.get({ ...head(ENV, 9, ""), scope: OTHER_ENV }), null);
    snapshot.close();
  });

  test("commit() applies every step when the manifest is the one expected", (connect) => {
    const store = connect();
    const added = [head(ENV, 3, "three"), head(OTHER_ENV, 1, "other")];
    assert.equal(store.commit(first, [...added.map((put) => ({ put })), manifest(second)]), true);
    assert.deepEqual(bodies(store, ENV), ["three", "nine"]);
    assert.deepEqual(bodies(store, OTHER_ENV), ["other"]);
  });

  test("commit() does nothing when the manifest is another", (connect) => {
    const store = connect();
    assert.equal(store.commit(second, [{ put: head(ENV, 3, "three") }]), false);
    assert.equal(store.commit(first.slice(1), [{ put: head(ENV, 3, "three") }]), false);
    assert.deepEqual(bodies(store, ENV), ["nine"]);
  });

  test("commit() replaces, removes, and removes a scope of one kind only", (connect) => {
    const store = connect();
    const version = { ...head(ENV, 9, "version"), kind: KIND.version };
    store.commit(first, [{ put: head(ENV, 9, "new") }, { put: version }, { put: head(OTHER_ENV, 1, "other") }]);
    assert.deepEqual(bodies(store, ENV), ["new"]);
    store.commit(first, [{ removeScope: { kind: KIND.head, scope: ENV } }]);
    assert.deepEqual(bodies(store, ENV), []);
    assert.deepEqual(bodies(store, ENV, KIND.version), ["version"]);
    assert.deepEqual(bodies(store, OTHER_ENV), ["other"]);
    store.commit(first, [{ remove: version }, { remove: version }, { remove: head(ENV, 5, "none there") }]);
    assert.deepEqual(bodies(store, ENV, KIND.version), []);
  });

  test("list() is sorted by the bytes of the ids when they were written in another order", (connect) => {
    const store = connect();
    const ids = [200, 7, 128, 0, 255, 127];
    store.commit(first, ids.map((id) => ({ put: head(OTHER_ENV, id, String(id)) })));
    assert.deepEqual(bodies(store, OTHER_ENV), ["0", "7", "127", "128", "200", "255"]);
  });

  test("scopes() gives each scope of a kind once, sorted", (connect) => {
    const store = connect();
    store.commit(first, [{ put: head(OTHER_ENV, 1, "a") }, { put: head(ENV, 2, "b") }, {
      put: head(OTHER_ENV, 3, "c"),
    }]);
    const snapshot = store.snapshot();
    assert.deepEqual(snapshot.scopes(KIND.head), [ENV, OTHER_ENV]);
    assert.deepEqual(snapshot.scopes(KIND.wrap), []);
    assert.deepEqual(snapshot.scopes(KIND.manifest), [new Uint8Array(0)]);
    snapshot.close();
  });

  test("snapshot() stays as it was when another handle commits", (connect) => {
    const [reader, writer] = [connect(), connect()];
    const snapshot = reader.snapshot();
    assert.deepEqual(snapshot.get(MANIFEST_KEY), first);
    assert.equal(writer.commit(first, [{ put: head(ENV, 3, "three") }, manifest(second)]), true);
    assert.deepEqual(snapshot.get(MANIFEST_KEY), first);
    assert.equal(snapshot.list(KIND.head, ENV).length, 1);
    snapshot.close();
    assert.deepEqual(bodies(reader, ENV), ["three", "nine"]);
  });

  test("commit() of the second of two writers is refused when both began at the same manifest", (connect) => {
    const [one, two] = [connect(), connect()];
    assert.equal(one.commit(first, [{ put: head(ENV, 3, "one") }, manifest(second)]), true);
    assert.equal(two.commit(first, [{ put: head(ENV, 3, "two") }, manifest(encodeUtf8("manifest 3"))]), false);
    assert.equal(two.commit(second, [{ put: head(ENV, 4, "two") }]), true);
    assert.deepEqual(bodies(one, ENV), ["one", "two", "nine"]);
  });

  test("records are copies when the caller changes its own afterwards", (connect) => {
    const store = connect();
    const record = head(ENV, 3, "three");
    store.commit(first, [{ put: record }]);
    record.body.fill(0);
    const snapshot = store.snapshot();
    snapshot.get(record)!.fill(0);
    snapshot.list(KIND.head, ENV)[0]!.body.fill(0);
    snapshot.close();
    assert.deepEqual(bodies(store, ENV), ["three", "nine"]);
  });

  test("bodies come back byte for byte when they are empty, large, or not text", (connect) => {
    const store = connect();
    const large = crypto.getRandomValues(new Uint8Array(65_536));
    const cases = [new Uint8Array(0), new Uint8Array([0, 255, 128, 0]), large];
    store.commit(first, cases.map((body, id) => ({ put: { ...head(OTHER_ENV, id, ""), body } })));
    const snapshot = store.snapshot();
    assert.deepEqual(snapshot.list(KIND.head, OTHER_ENV).map(({ body }) => body), cases);
    snapshot.close();
  });

  test("close() may be called twice", (connect) => {
    const store = connect();
    store.close();
    store.close();
  });
}
