/** The numbers of FORMAT.md. */

/** Version of the format that this code reads and writes. */
export const FORMAT_VERSION = 1;

/** Bounds of the KDF's cost (FORMAT §4.1): below the floor guessing is cheap, above the cap opening stops the machine. */
export const KDF_FLOOR = { memoryKib: 19_456, passes: 2, parallelism: 1 } as const;
/** Costs above this are refused before anything is computed. */
export const KDF_CAP = { memoryKib: 1_048_576, passes: 16, parallelism: 16 } as const;
/** What `ov` writes (RFC 9106 §4, second recommended option). */
export const KDF_DEFAULT = { memoryKib: 65_536, passes: 3, parallelism: 4 } as const;

export const MAX_PASSWORD_BYTES = 1_024;
export const MAX_APPS = 1_000;
export const MAX_ENVS = 4_000;
export const MAX_DOCUMENT_KINDS = 1_000;
export const MAX_DOCUMENTS_OF_A_KIND = 10_000;
export const MAX_DOCUMENT_JSON_BYTES = 1_048_576;
export const MAX_AUDIT_JSON_BYTES = 65_536;
export const MAX_SECRETS_OF_AN_ENV = 4_096;
/** Versions of a secret that are kept. */
export const MAX_VERSIONS = 100;
/** How long a removed secret can be restored: 30 days. */
export const RESTORABLE_MS = 30 * 24 * 60 * 60 * 1_000;

/** Largest body of each record, checked before it is opened. */
export const MAX_MANIFEST_BYTES = 4 * 1_048_576;
export const MAX_HEAD_BYTES = 65_536;
