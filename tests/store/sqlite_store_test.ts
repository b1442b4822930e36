import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { encodeUtf8 } from "../../src/base/mod.ts";
import { MANIFEST_KEY } from "../../src/vault/mod.ts";
import { createSqliteVault, hasSqliteVault, SqliteStore, VAULT_FILE } from "../../src/store/mod.ts";
import { testStore } from "../suites/store_suite.ts";

const manifest = { ...MANIFEST_KEY, body: encodeUtf8("manifest") };

testStore({
  name: "SqliteStore",
  make: (records) => {
    const parent = Deno.makeTempDirSync();
    const folder = `${parent}/vault`;
    createSqliteVault(folder, records);
    return { connect: () => SqliteStore.open(folder), dispose: () => Deno.removeSync(parent, { recursive: true }) };
  },
});

function test(what: string, run: (folder: string, file: string) => void | Promise<void>): void {
  Deno.test(what, async () => {
    const parent = Deno.makeTempDirSync();
    try {
      const folder = `${parent}/vault`;
      await run(folder, `${folder}/${VAULT_FILE}`);
    } finally {
      Deno.removeSync(parent, { recursive: true });
    }
  });
}

function made(folder: string): void {
  createSqliteVault(folder, [manifest]);
}

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();
}

function modeOf(path: string): string {
  return (Deno.lstatSync(path).mode! & 0o777).toString(8);
}

function refuses(folder: string, code: string): void {
  assert.throws(() => SqliteStore.open(folder).close(), { code });
}

/** Runs SQL on the file behind the store's back. */
function tamper(file: string, sql: string): void {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
}

test("createSqliteVault() makes folder, parents and file private, and leaves nothing else", (folder, file) => {
  const deep = `${folder}/a/b`;
  const old = Deno.umask(0);
  try {
    made(deep);
    const store = SqliteStore.open(deep);
    store.commit(manifest.body, [{ put: manifest }]);
    assert.deepEqual(namesIn(deep), [VAULT_FILE, `${VAULT_FILE}-shm`, `${VAULT_FILE}-wal`]);
    for (const name of namesIn(deep)) assert.equal(modeOf(`${deep}/${name}`), "600", name);
    for (const path of [folder, `${folder}/a`, deep]) assert.equal(modeOf(path), "700", path);
    store.close();
  } finally {
    Deno.umask(old);
  }
  assert.equal(hasSqliteVault(deep), true);
  assert.throws(() => Deno.lstatSync(file), Deno.errors.NotFound);
});

test("createSqliteVault() refuses when there is a vault, and leaves it as it is", (folder, file) => {
  made(folder);
  const before = Deno.readFileSync(file);
  assert.throws(() => made(folder), { code: "vault/exists" });
  assert.deepEqual(Deno.readFileSync(file), before);
  assert.deepEqual(namesIn(folder), [VAULT_FILE]);
});

test("createSqliteVault() refuses when anything at all has the name", (folder, file) => {
  Deno.mkdirSync(folder, { mode: 0o700 });
  Deno.symlinkSync("/nowhere", file);
  assert.throws(() => made(folder), { code: "vault/exists" });
  assert.deepEqual(namesIn(folder), [VAULT_FILE]);
});

test("createSqliteVault() refuses a folder that others may enter", (folder) => {
  Deno.mkdirSync(folder);
  Deno.chmodSync(folder, 0o755);
  assert.throws(() => made(folder), { code: "vault/not-private" });
  assert.deepEqual(namesIn(folder), []);
});

test("createSqliteVault() refuses when its folder is a file", (folder) => {
  Deno.writeTextFileSync(folder, "");
  assert.throws(() => made(folder), (error) => String((error as { code?: string }).code).startsWith("io/"));
});

test("open() refuses and makes nothing when there is no vault", (folder) => {
  refuses(folder, "vault/not-found");
  assert.throws(() => Deno.lstatSync(folder), Deno.errors.NotFound);
  Deno.mkdirSync(folder, { mode: 0o700 });
  refuses(folder, "vault/not-found");
  assert.deepEqual(namesIn(folder), []);
});

for (const mode of [0o640, 0o604, 0o660, 0o610]) {
  test(`open() refuses a vault file of mode ${mode.toString(8)}`, (folder, file) => {
    made(folder);
    Deno.chmodSync(file, mode);
    refuses(folder, "vault/not-private");
    Deno.chmodSync(file, 0o600);
    SqliteStore.open(folder).close();
  });
}

for (const mode of [0o750, 0o701, 0o720]) {
  test(`open() refuses a folder of mode ${mode.toString(8)}`, (folder) => {
    made(folder);
    Deno.chmodSync(folder, mode);
    refuses(folder, "vault/not-private");
  });
}

for (const suffix of ["-wal", "-shm", "-journal"]) {
  test(`open() refuses when ${VAULT_FILE}${suffix} may be read by others or is a link`, (folder, file) => {
    made(folder);
    Deno.writeTextFileSync(file + suffix, "");
    Deno.chmodSync(file + suffix, 0o644);
    refuses(folder, "vault/not-private");
    Deno.removeSync(file + suffix);
    Deno.symlinkSync("/dev/null", file + suffix);
    refuses(folder, "vault/not-private");
  });
}

Deno.test({
  name: "open() refuses a folder or a file of another user",
  ignore: Deno.uid() !== 0, // only root can give files away
  fn: () => {
    const folder = Deno.makeTempDirSync() + "/vault";
    made(folder);
    Deno.chownSync(`${folder}/${VAULT_FILE}`, 12_345, null);
    refuses(folder, "vault/not-private");
    Deno.chownSync(folder, 12_345, null); // both: then they agree with each other, and not with us
    refuses(folder, "vault/not-private");
    Deno.chownSync(folder, 0, null);
    Deno.chownSync(`${folder}/${VAULT_FILE}`, 0, null);
    SqliteStore.open(folder).close();
    Deno.removeSync(folder, { recursive: true });
  },
});

test("open() refuses a symbolic link in place of the file or the folder", (folder, file) => {
  made(folder);
  Deno.renameSync(file, `${folder}/elsewhere`);
  Deno.symlinkSync(`${folder}/elsewhere`, file);
  refuses(folder, "vault/not-private");
  Deno.removeSync(file);
  Deno.renameSync(`${folder}/elsewhere`, file);
  Deno.symlinkSync(folder, `${folder}-link`);
  refuses(`${folder}-link`, "vault/not-private");
  SqliteStore.open(folder).close();
});

test("open() refuses a folder in place of the file, and a file in place of the folder", (folder, file) => {
  Deno.mkdirSync(folder, { mode: 0o700 });
  Deno.mkdirSync(file, { mode: 0o700 });
  refuses(folder, "vault/damaged");
  refuses(`${folder}/../vault/${VAULT_FILE}/deeper`, "vault/not-found");
  Deno.removeSync(folder, { recursive: true });
  Deno.writeTextFileSync(folder, "", { mode: 0o600 });
  refuses(folder, "vault/damaged");
});

const foreign: [string, (file: string) => void][] = [
  ["garbage", (file) => Deno.writeFileSync(file, crypto.getRandomValues(new Uint8Array(8_192)))],
  ["empty", (file) => Deno.truncateSync(file, 0)],
  ["cut within the header", (file) => Deno.truncateSync(file, 50)],
  ["cut after its first page", (file) => Deno.truncateSync(file, 4_096)],
  ["cut within a page", (file) => Deno.truncateSync(file, 5_000)],
  ["another application's", (file) => tamper(file, "PRAGMA application_id = 1")],
  ["without the table", (file) => tamper(file, "DROP TABLE record")],
  ["with another table", (file) => tamper(file, "CREATE TABLE more (a)")],
  ["with a trigger", (file) => tamper(file, "CREATE TRIGGER t AFTER INSERT ON record BEGIN DELETE FROM record; END")],
  ["with a view", (file) => tamper(file, "CREATE VIEW v AS SELECT * FROM record")],
];
for (const [what, spoil] of foreign) {
  test(`open() refuses a file that is ${what}, and does not touch it`, (folder, file) => {
    made(folder);
    spoil(file);
    const before = Deno.readFileSync(file);
    assert.throws(() => {
      const store = SqliteStore.open(folder);
      try {
        const snapshot = store.snapshot();
        snapshot.get(MANIFEST_KEY);
        snapshot.close();
      } finally {
        store.close();
      }
    }, { code: "vault/damaged" });
    assert.deepEqual(Deno.readFileSync(file), before);
  });
}

test("open() tells a newer and an older vault by its user_version", (folder, file) => {
  made(folder);
  tamper(file, "PRAGMA user_version = 2");
  refuses(folder, "vault/newer");
  tamper(file, "PRAGMA user_version = 0");
  refuses(folder, "vault/older");
});

test("open() goes back to WAL when the file was put into another journal mode", (folder, file) => {
  made(folder);
  tamper(file, "PRAGMA journal_mode = DELETE");
  assert.deepEqual([...Deno.readFileSync(file).subarray(18, 20)], [1, 1]);
  SqliteStore.open(folder).close();
  assert.deepEqual([...Deno.readFileSync(file).subarray(18, 20)], [2, 2]); // https://www.sqlite.org/fileformat.html §1.3.3
});

test(
  "commit() is vault/busy when another process holds the write lock for longer than the time-out",
  (folder, file) => {
    made(folder);
    const store = SqliteStore.open(folder);
    const holder = new DatabaseSync(file);
    holder.exec("BEGIN IMMEDIATE");
    try {
      assert.throws(() => store.commit(manifest.body, [{ put: manifest }]), { code: "vault/busy" });
      const snapshot = store.snapshot(); // readers do not wait for a writer
      assert.deepEqual(snapshot.get(MANIFEST_KEY), manifest.body);
      snapshot.close();
    } finally {
      holder.close();
    }
    assert.equal(store.commit(manifest.body, [{ put: manifest }]), true);
    store.close();
  },
);
