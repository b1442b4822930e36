/** The audit chain of a session (FORMAT §8): appending, and reading it with every link checked. */
import { equalBytes } from "../base/mod.ts";
import { u64 } from "../crypto/envelope.ts";
import { type AuditRecord, KIND, openAuditRecord, sealAuditRecord, tampered, ZERO_ID } from "../vault/mod.ts";
import type { Draft, SessionCore } from "./session_core.ts";
import { draftDocuments } from "./session_documents.ts";

/** A change to the documents of a kind, as `updateDocuments` makes it. */
export interface DocumentsChange {
  readonly kind: string;
  readonly change: (documents: Map<string, unknown>) => void;
}

/**
 * Adds a record at the end of the chain, with the time now. `usage/value` where `entry` is no JSON or too long.
 * @param also made in the same transaction
 */
export function appendAudit(core: SessionCore, entry: unknown, also: DocumentsChange | null): Promise<void> {
  return core.change(async (draft) => {
    const parts: Promise<void>[] = [draftAudit(core, draft, entry)];
    if (also !== null) parts.push(draftDocuments(core, draft, also.kind, also.change));
    // Each to its end: both read the moment of the vault that is let go of afterwards.
    for (const part of await Promise.allSettled(parts)) if (part.status === "rejected") throw part.reason;
  });
}

/** {@link appendAudit} as a part of the change that it tells of. */
export async function draftAudit(core: SessionCore, draft: Draft, entry: unknown): Promise<void> {
  const sequence = draft.manifest.auditCount + 1;
  const record = { at: core.now(), entry };
  const { body, link } = await sealAuditRecord(core.keys, sequence, draft.manifest.auditHead, record);
  draft.changes.push({ put: { kind: KIND.audit, scope: ZERO_ID, id: u64(sequence), body } });
  draft.manifest = { ...draft.manifest, auditCount: sequence, auditHead: link };
}

/** The whole chain, oldest first; `vault/tampered` where a record is missing, added, changed or out of its place. */
export function listAudit(core: SessionCore): Promise<AuditRecord[]> {
  return core.read(async ({ snapshot, manifest }) => {
    const stored = snapshot.list(KIND.audit, ZERO_ID);
    if (stored.length !== manifest.auditCount) {
      throw tampered(`the audit log has ${stored.length} of ${manifest.auditCount} records`);
    }
    const records: AuditRecord[] = [];
    let previous: Uint8Array = new Uint8Array(32);
    for (const { id, body } of stored) {
      const sequence = records.length + 1;
      if (!equalBytes(id, u64(sequence))) throw tampered(`audit record ${sequence} is missing`);
      const { record, link } = await openAuditRecord(core.keys, sequence, previous, body);
      records.push(record);
      previous = link;
    }
    if (!equalBytes(previous, manifest.auditHead)) throw tampered("the audit log ends in another record");
    return records;
  });
}
