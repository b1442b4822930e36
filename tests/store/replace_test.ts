import assert from "node:assert/strict";
import { encodeUtf8 } from "../../src/base/mod.ts";
import {
  createSqliteVault,
  overwriteSqliteFile,
  readSqliteVault,
  replaceSqliteVault,
  SqliteStore,
  VAULT_FILE,
} from "../../src/store/mod.ts";
import { KIND, MANIFEST_KEY, type VaultRecord } from "../../src/vault/mod.ts";
import { copyAsKilled, statesLeft, withSteps } from "../keeper/steps.ts";

const SCOPE = new Uint8Array(16).fill(1);

/** A vault's records, which differ by `label`. */
function records(label: string, secrets = 3): VaultRecord[] {
  const heads = Array.from({ length: secrets }, (_, i) => ({
    kind: KIND.head,
    scope: SCOPE,
    id: encodeUtf8(`${label}-${i}`.padEnd(32)),
    body: encodeUtf8(`${label} ${"x".repeat(5000)}`),
  }));
  return [{ ...MANIFEST_KEY, body: encodeUtf8(label) }, ...heads];
}

const kept = "vault.db.kept";

function test(what: string, run: (folder: string) => void | Promise<void>): void {
  Deno.test(what, async () => {
    const parent = Deno.makeTempDirSync();
    try {
      await run(`${parent}/vault`);
    } finally {
      Deno.removeSync(parent, { recursive: true });
    }
  });
}

function replace(folder: string): Promise<boolean> {
  return Promise.resolve(replaceSqliteVault(folder, records("new"), kept));
}

/** What a file in the folder holds, read as a vault of its own. */
function read(folder: string, name = VAULT_FILE): VaultRecord[] {
  const other = `${folder}-read-${crypto.randomUUID()}`;
  copyAsKilled(folder, other);
  if (name !== VAULT_FILE) {
    for (const each of Deno.readDirSync(other)) {
      if (each.name.startsWith(VAULT_FILE) && !each.name.startsWith(name)) Deno.removeSync(`${other}/${each.name}`);
    }
    Deno.renameSync(`${other}/${name}`, `${other}/${VAULT_FILE}`);
  }
  return readSqliteVault(other);
}

test("readSqliteVault() gives every record", (folder) => {
  createSqliteVault(folder, records("one", 40));
  assert.deepEqual(readSqliteVault(folder), records("one", 40).sort((a, b) => a.kind - b.kind || cmp(a.id, b.id)));
});

test("replaceSqliteVault() makes a vault where there is none", (folder) => {
  assert.equal(replaceSqliteVault(folder, records("new"), kept), false);
  assert.deepEqual(read(folder), records("new"));
  assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.includes("kept")), []);
});

test("replaceSqliteVault() keeps the one that was there, and processes that have it open see the new one", (folder) => {
  createSqliteVault(folder, records("old", 5));
  const open = SqliteStore.open(folder);
  assert.equal(replaceSqliteVault(folder, records("new"), kept), true);
  const snapshot = open.snapshot();
  assert.deepEqual(snapshot.get(MANIFEST_KEY), encodeUtf8("new"));
  assert.equal(snapshot.list(KIND.head, SCOPE).length, 3);
  snapshot.close();
  open.close();
  assert.deepEqual(read(folder), records("new"));
  assert.deepEqual(read(folder, kept), records("old", 5));
});

test("replaceSqliteVault() keeps what another process wrote just before", async (folder) => {
  createSqliteVault(folder, records("old"));
  const other = SqliteStore.open(folder);
  let wrote = false;
  await withSteps(() => replace(folder), () => {
    if (wrote || !exists(`${folder}/${kept}`)) return;
    wrote = true;
    assert.equal(other.commit(encodeUtf8("old"), [{ put: { ...MANIFEST_KEY, body: encodeUtf8("late") } }]), true);
  });
  other.close();
  assert.ok(wrote);
  assert.deepEqual(read(folder), records("new"));
  assert.deepEqual(read(folder, kept)[0]!.body, encodeUtf8("late"));
});

test("replaceSqliteVault() is vault/exists and changes nothing when the name to keep it under is taken", (folder) => {
  createSqliteVault(folder, records("old"));
  Deno.writeTextFileSync(`${folder}/${kept}`, "mine");
  assert.throws(() => replaceSqliteVault(folder, records("new"), kept), { code: "vault/exists" });
  assert.deepEqual(read(folder), records("old"));
  assert.equal(Deno.readTextFileSync(`${folder}/${kept}`), "mine");
});

test("replaceSqliteVault() leaves the old or the new vault, killed at every step", async (folder) => {
  createSqliteVault(folder, records("old"));
  const seen: string[] = [];
  for (const state of await statesLeft(folder, `${folder}-left-`, () => replace(folder))) {
    const left = readSqliteVault(state);
    const label = new TextDecoder().decode(left[0]!.body);
    assert.deepEqual(left, records(label));
    if (label === "new") assert.deepEqual(read(state, kept), records("old"));
    seen.push(label);
  }
  assert.deepEqual([seen[0], seen.at(-1)], ["old", "new"]);
});

const DAMAGE: [string, (file: string) => void][] = [
  ["is no SQLite file", (file) => Deno.writeTextFileSync(file, "no vault at all ".repeat(500))],
  ["is cut short", (file) => Deno.truncateSync(file, 5000)],
  ["has no manifest", (file) => {
    const folder = file.slice(0, file.lastIndexOf("/"));
    overwriteSqliteFile(folder, VAULT_FILE, records("old").slice(1));
  }],
];
for (const [what, spoil] of DAMAGE) {
  test(`replaceSqliteVault() sets a vault aside as it is that ${what}`, async (folder) => {
    createSqliteVault(folder, records("old", 9));
    spoil(`${folder}/${VAULT_FILE}`);
    Deno.writeTextFileSync(`${folder}/${VAULT_FILE}-wal`, "a log of another file", { mode: 0o600 });
    const before = Deno.readFileSync(`${folder}/${VAULT_FILE}`);
    const states = await statesLeft(folder, `${folder}-left-`, () => replace(folder));
    assert.deepEqual(readSqliteVault(folder), records("new"));
    if (what !== "has no manifest") assert.deepEqual(Deno.readFileSync(`${folder}/${kept}`), before);
    assert.ok(states.length > 3);
    for (const state of states) assert.ok(exists(`${state}/${VAULT_FILE}`), state);
  });
}

test("replaceSqliteVault() keeps the log of a damaged vault with it, and lets it into no other", (folder) => {
  createSqliteVault(folder, records("old"));
  const open = SqliteStore.open(folder);
  open.commit(encodeUtf8("old"), [{ put: { ...records("late")[1]! } }, { remove: MANIFEST_KEY }]);
  replaceSqliteVault(folder, records("new"), kept);
  assert.ok(exists(`${folder}/${kept}-wal`) && !exists(`${folder}/${VAULT_FILE}-wal`));
  assert.deepEqual(read(folder), records("new"));
  open.close();
  assert.deepEqual(read(folder), records("new"));
});

test("replaceSqliteVault() refuses a vault that others may touch", (folder) => {
  createSqliteVault(folder, records("old"));
  Deno.chmodSync(`${folder}/${VAULT_FILE}`, 0o644);
  assert.throws(() => replaceSqliteVault(folder, records("new"), kept), { code: "vault/not-private" });
});

function exists(path: string): boolean {
  try {
    return Deno.lstatSync(path).isFile;
  } catch {
    return false;
  }
}

function cmp(a: Uint8Array, b: Uint8Array): number {
  const i = a.findIndex((byte, at) => byte !== b[at]);
  return i === -1 ? 0 : a[i]! - b[i]!;
}
