/**
 * The vault's format: what each record holds, sealed and opened, parsed and encoded. `FORMAT.md` beside this file is the
 * specification.
 *
 * Bytes in, bytes out: this folder must never read or write a file, keep state, or hand out the bytes of a key. What does
 * not open, or is not spelt as it would spell it, it refuses. `store/` (for kinds and limits) and `keeper/` may call it.
 */
export * from "./audit_records.ts";
export * from "./documents.ts";
export * from "./env_keys.ts";
export * from "./header.ts";
export { compareBytes, compareText } from "./layout.ts";
export * from "./limits.ts";
export * from "./machine_wraps.ts";
export * from "./manifest.ts";
export * from "./records.ts";
export * from "./refusal.ts";
export * from "./root_key.ts";
export * from "./root_wraps.ts";
export * from "./secret_records.ts";
export * from "./set_mac.ts";
export * from "./sheet_code.ts";
export * from "./unlock_key.ts";
