/** What a store holds: records `(kind, scope, id) → body` (FORMAT §3). */

/** The kinds of record. */
export const KIND = {
  header: 1,
  wrap: 2,
  manifest: 3,
  envState: 4,
  head: 5,
  version: 6,
  document: 7,
  audit: 8,
} as const;

/** Where a record is found. */
export interface RecordKey {
  readonly kind: number;
  /** What the record belongs to: an env id, a kind of document, a chain; or empty. */
  readonly scope: Uint8Array;
  readonly id: Uint8Array;
}

/** A record as it is stored and synced. */
export interface VaultRecord extends RecordKey {
  readonly body: Uint8Array;
}

/** The scope and id of a record that there is one of. */
export const EMPTY: Uint8Array = new Uint8Array(0);
/** Sixteen zeros: the scope of the root key's wraps, the id of the password wrap, and the id of the vault's own audit chain. */
export const ZERO_ID: Uint8Array = new Uint8Array(16);

/** Key of the header. */
export const HEADER_KEY: RecordKey = { kind: KIND.header, scope: EMPTY, id: EMPTY };
/** Key of the manifest. */
export const MANIFEST_KEY: RecordKey = { kind: KIND.manifest, scope: EMPTY, id: EMPTY };
/** Key of the password wrap: recipient kind 1, recipient id of zeros. */
export const PASSWORD_WRAP_KEY: RecordKey = { kind: KIND.wrap, scope: ZERO_ID, id: new Uint8Array([1, ...ZERO_ID]) };
