/** The refusals of FORMAT §10, worded once. */
import { OvError } from "../base/mod.ts";

const RESTORE_HINT = "Restore the vault from a backup; `ov doctor` says more.";

/** `vault/damaged`: it cannot be read at all. */
export function damaged(state: string, cause?: unknown): OvError {
  return new OvError("vault/damaged", `Cannot open vault: ${state}`, { hint: RESTORE_HINT, cause });
}

/** `vault/tampered`: it can be read, and is not what was written. */
export function tampered(state: string): OvError {
  return new OvError("vault/tampered", `Cannot open vault: ${state}`, {
    hint: "Somebody changed the vault's file, or a disk fault did. " + RESTORE_HINT,
  });
}
