/**
 * Where records lie: a SQLite file, or memory. Sealed records in, sealed records out.
 *
 * Must never see a plaintext or a key, make a vault when asked to open one, leave half of one, or open a file that others
 * may touch. Only `keeper/` calls it (and the sync courier, through the keeper).
 */
export * from "./bundle.ts";
export * from "./failure.ts";
export * from "./memory_store.ts";
export * from "./private_files.ts";
export * from "./replace.ts";
export * from "./sqlite_store.ts";
export * from "./store.ts";
