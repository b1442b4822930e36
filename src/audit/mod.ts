/**
 * What the audit log says: the fields of an entry, and an entry in words. It must never hold or show a value, read or
 * write anything, or throw on an entry that it does not know: a log outlives the version that wrote it. Called by the
 * keeper, which seals, chains and reads the entries (`keeper/session_audit.ts`).
 */
export * from "./entry.ts";
export * from "./words.ts";
