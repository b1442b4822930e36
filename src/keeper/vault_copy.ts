/** A copy of a vault file, proven to be whole before anything is done with it: what backup and restore stand on. */
import { OvError } from "../base/mod.ts";
import { VAULT_FILE } from "../store/mod.ts";
import { fileError } from "./files.ts";
import type { WholeVault } from "./session_verify.ts";
import { VaultSession } from "./vault_session.ts";

/**
 * Copies a file into a folder as the vault there; the file may be anything.
 *
 * @throws OvError `usage/file`, `io/…`; `vault/damaged` where it is no vault, `vault/newer`, `vault/older`
 */
export function stageVaultFile(file: string, folder: string): void {
  const copy = `${folder}/${VAULT_FILE}`;
  let isFile = false;
  try {
    isFile = Deno.statSync(file).isFile;
    if (isFile) Deno.copyFileSync(file, copy);
  } catch (cause) {
    throw fileError(`Cannot read ${file}`, cause, "read");
  }
  if (!isFile) throw new OvError("usage/file", `Cannot read ${file}: it is not a file`);
  if (Deno.build.os !== "windows") Deno.chmodSync(copy, 0o600);
  try {
    VaultSession.describe(folder);
  } catch (cause) {
    if (!(cause instanceof OvError) || cause.code !== "vault/damaged") throw cause;
    throw new OvError("vault/damaged", `Cannot use ${file}: it is not a whole vault`, {
      hint: "Name a file that `ov backup` wrote.",
      cause,
    });
  }
}

/**
 * Opens a staged copy and everything in it.
 *
 * @param open opens the copy, in its folder
 * @param entry for the audit log of the copy; `null` for none
 * @throws OvError `vault/wrong-password`, `vault/tampered`, `vault/damaged`
 */
export async function proveCopy(
  open: () => Promise<VaultSession>,
  entry: unknown = null,
): Promise<WholeVault> {
  const session = await open();
  try {
    const whole = await session.verifyWhole();
    if (entry !== null) await session.appendAudit(entry);
    return whole;
  } finally {
    session.close();
  }
}
