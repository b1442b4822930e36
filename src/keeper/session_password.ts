/** Changing the master password (FORMAT §4.2): the root key under another wrap, everything else as it is. */
import { equalBytes, type Secret } from "../base/mod.ts";
import type { KdfCost } from "../crypto/envelope.ts";
import {
  encodeHeader,
  type Header,
  HEADER_KEY,
  makeHeader,
  openRootKey,
  parseHeader,
  PASSWORD_WRAP_KEY,
  tampered,
  wrapRootKey,
} from "../vault/mod.ts";
import { draftAudit } from "./session_audit.ts";
import { type Draft, type SessionCore, wrapIn } from "./session_core.ts";

/**
 * Wraps the root key with another password, under a new salt. The new wrap is opened, from the very bytes that are
 * stored, before it takes the place of the old one; both change in one transaction, with the audit entry.
 *
 * @param old borrowed, as is `replacement`
 * @param entry for the audit log; `null` for none
 * @throws `vault/wrong-password`, `usage/value`, and what {@link SessionCore.change} throws
 */
export function changePassword(
  core: SessionCore,
  old: Secret,
  replacement: Secret,
  kdf: KdfCost,
  entry: unknown,
): Promise<void> {
  return core.change(async (draft) => {
    const { header, wrap } = wrapIn(draft.snapshot);
    const rootKey = await openRootKey(header, old, wrap);
    try {
      await draftPassword(draft, header, rootKey, replacement, kdf);
    } finally {
      rootKey.fill(0);
    }
    if (entry !== null) await draftAudit(core, draft, entry);
  });
}

/**
 * Drafts another password wrap and the header that goes with it, proven by opening it.
 *
 * @param header as it is in the vault
 * @param rootKey borrowed, as is `replacement`
 * @throws `usage/value`
 */
export async function draftPassword(
  draft: Draft,
  header: Header,
  rootKey: Uint8Array,
  replacement: Secret,
  kdf: KdfCost,
): Promise<void> {
  const next = makeHeader(kdf, header.createdAt, header.vaultId);
  const wrap = await wrapRootKey(next, replacement, rootKey);
  const body = encodeHeader(next);
  const proven = await openRootKey(parseHeader(body), replacement, wrap);
  try {
    if (!equalBytes(proven, rootKey)) throw tampered("the new wrap opens to another key");
  } finally {
    proven.fill(0);
  }
  draft.changes.push({ put: { ...HEADER_KEY, body } });
  draft.changes.push({ put: { ...PASSWORD_WRAP_KEY, body: wrap } });
}
