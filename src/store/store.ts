/** What a store is: sealed records, read from one moment and changed all at once or not at all. */
import type { RecordKey, VaultRecord } from "../vault/mod.ts";

/** One step of a change. */
export type Change =
  /** Writes a record, over the one that is there. */
  | { readonly put: VaultRecord }
  /** Removes a record; none there is no fault. */
  | { readonly remove: RecordKey }
  /** Removes every record of a kind in a scope. */
  | { readonly removeScope: { readonly kind: number; readonly scope: Uint8Array } };

/** A record within its kind and scope. */
export interface ListedRecord {
  readonly id: Uint8Array<ArrayBuffer>;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** The vault as it was at one moment, whatever others write meanwhile. One at a time per store; close it soon. */
export interface Snapshot {
  /** A record's body, or `null` where there is none. */
  get(key: RecordKey): Uint8Array<ArrayBuffer> | null;
  /** The records of a kind in a scope, ascending by the bytes of their ids. */
  list(kind: number, scope: Uint8Array): ListedRecord[];
  /** The scopes that have records of a kind, ascending by their bytes. */
  scopes(kind: number): Uint8Array<ArrayBuffer>[];
  close(): void;
}

/** One handle on the records of a vault. Other handles, of other processes too, may read and write at the same time. */
export interface Store {
  /** @throws `vault/damaged`, `vault/busy`, `io/…` */
  snapshot(): Snapshot;
  /**
   * Applies all of `changes`, and only where the manifest is still `manifest` byte for byte (FORMAT §3).
   *
   * @returns `false` where somebody else changed it first: nothing was done
   * @throws `io/no-space`, `io/read-only`, `io/failed`, `vault/busy`, `vault/damaged`: nothing was done
   */
  commit(manifest: Uint8Array, changes: readonly Change[]): boolean;
  /** No call may follow, except another `close`. */
  close(): void;
}
