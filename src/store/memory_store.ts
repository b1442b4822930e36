/** A vault in memory, for tests and for what was fetched but not stored. */
import { encodeHex, equalBytes } from "../base/mod.ts";
import { compareBytes, MANIFEST_KEY, type RecordKey, type VaultRecord } from "../vault/mod.ts";
import type { Change, Snapshot, Store } from "./store.ts";

type Records = ReadonlyMap<string, VaultRecord>;

/** Records that several {@link MemoryStore}s share, as processes share a file. */
export class MemoryDisk {
  /** Replaced whole by each change, so that a snapshot is a reference. */
  records: Records;

  constructor(records: readonly VaultRecord[]) {
    this.records = new Map(records.map((record) => [keyOf(record), copyOf(record)]));
  }
}

/** One handle on a {@link MemoryDisk}. */
export class MemoryStore implements Store {
  readonly #disk: MemoryDisk;

  constructor(disk: MemoryDisk) {
    this.#disk = disk;
  }

  snapshot(): Snapshot {
    const { records } = this.#disk;
    return {
      get: (key) => {
        const record = records.get(keyOf(key));
        return record === undefined ? null : new Uint8Array(record.body);
      },
      list: (kind, scope) =>
        [...records.values()]
          .filter((record) => record.kind === kind && equalBytes(record.scope, scope))
          .map(({ id, body }) => ({ id: new Uint8Array(id), body: new Uint8Array(body) }))
          .sort((a, b) => compareBytes(a.id, b.id)),
      scopes: (kind) => {
        const found = [...records.values()].filter((record) => record.kind === kind).map(({ scope }) => scope);
        const unique = new Map(found.map((scope) => [encodeHex(scope), new Uint8Array(scope)]));
        return [...unique.values()].sort(compareBytes);
      },
      close: () => {},
    };
  }

  commit(manifest: Uint8Array, changes: readonly Change[]): boolean {
    const current = this.#disk.records.get(keyOf(MANIFEST_KEY));
    if (current === undefined || !equalBytes(current.body, manifest)) return false;
    const next = new Map(this.#disk.records);
    for (const change of changes) apply(next, change);
    this.#disk.records = next;
    return true;
  }

  close(): void {}
}

function apply(records: Map<string, VaultRecord>, change: Change): void {
  if ("put" in change) {
    records.set(keyOf(change.put), copyOf(change.put));
  } else if ("remove" in change) {
    records.delete(keyOf(change.remove));
  } else {
    const prefix = prefixOf(change.removeScope.kind, change.removeScope.scope);
    for (const key of [...records.keys()]) if (key.startsWith(prefix)) records.delete(key);
  }
}

function prefixOf(kind: number, scope: Uint8Array): string {
  return `${kind}/${encodeHex(scope)}/`;
}

function keyOf(key: RecordKey): string {
  return prefixOf(key.kind, key.scope) + encodeHex(key.id);
}

function copyOf({ kind, scope, id, body }: VaultRecord): VaultRecord {
  return { kind, scope: new Uint8Array(scope), id: new Uint8Array(id), body: new Uint8Array(body) };
}
