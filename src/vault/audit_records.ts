/** Audit records (FORMAT §8): sealed, numbered, each linked to the one before. */
import { concatBytes, equalBytes } from "../base/mod.ts";
import { deriveDigest, encodeContext, u64 } from "../crypto/envelope.ts";
import { decodeJson, encodeJson } from "./documents.ts";
import { parseCanonical } from "./layout.ts";
import { MAX_AUDIT_JSON_BYTES } from "./limits.ts";
import { pad, unpad } from "./pad.ts";
import { ZERO_ID } from "./records.ts";
import { tampered } from "./refusal.ts";
import type { RootKeys } from "./root_key.ts";

const LINK_BYTES = 32;
const MAX_BODY_BYTES = 2 * MAX_AUDIT_JSON_BYTES;

/** An audit record, opened. */
export interface AuditRecord {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly entry: unknown;
}

/**
 * The body of record `sequence` and the link that it ends in.
 *
 * @param previous the link before it; 32 zeros before the first
 * @throws `usage/value` where the entry is no JSON or longer than 64 KiB
 */
export async function sealAuditRecord(
  keys: RootKeys,
  sequence: number,
  previous: Uint8Array,
  record: AuditRecord,
): Promise<{ body: Uint8Array<ArrayBuffer>; link: Uint8Array<ArrayBuffer> }> {
  const payload = concatBytes(u64(record.at), encodeJson(record.entry, MAX_AUDIT_JSON_BYTES));
  const sealed = await keys.audit.seal(contextOf(keys, sequence, previous), pad(payload));
  const link = await deriveLink(keys, sequence, previous, sealed);
  return { body: concatBytes(sealed, link), link };
}

/** What {@link sealAuditRecord} sealed at this place in the chain; `vault/tampered` for anything else. */
export async function openAuditRecord(
  keys: RootKeys,
  sequence: number,
  previous: Uint8Array,
  body: Uint8Array,
): Promise<{ record: AuditRecord; link: Uint8Array<ArrayBuffer> }> {
  if (body.byteLength < LINK_BYTES || body.byteLength > MAX_BODY_BYTES) {
    throw tampered(`audit record ${sequence} has an impossible size`);
  }
  const sealed = body.slice(0, -LINK_BYTES);
  const link = body.slice(-LINK_BYTES);
  if (!equalBytes(await deriveLink(keys, sequence, previous, sealed), link)) {
    throw tampered(`audit record ${sequence} is not linked to the one before`);
  }
  const padded = await keys.audit.open(contextOf(keys, sequence, previous), sealed);
  const payload = padded === null ? null : unpad(padded);
  const record = payload === null ? null : parseCanonical(payload, (reader) => ({
    at: reader.u64(),
    entry: decodeJson(reader.rest()),
  }));
  if (record === null || record.entry === undefined) throw tampered(`audit record ${sequence} does not open`);
  return { record, link };
}

async function deriveLink(
  keys: RootKeys,
  sequence: number,
  previous: Uint8Array,
  sealed: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  const digest = await deriveDigest(sealed);
  return await keys.auditChain.mac(
    encodeContext("audit-link", keys.vaultId, ZERO_ID, u64(sequence), previous, digest),
  );
}

function contextOf(keys: RootKeys, sequence: number, previous: Uint8Array) {
  return encodeContext("audit", keys.vaultId, ZERO_ID, u64(sequence), previous);
}
