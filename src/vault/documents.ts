/** Sealed documents (FORMAT §7): JSON under a kind and an id, both of them sealed. */
import { concatBytes, decodeUtf8, encodeUtf8, equalBytes, OvError } from "../base/mod.ts";
import { encodeContext, u32, u8 } from "../crypto/envelope.ts";
import { parseCanonical } from "./layout.ts";
import { MAX_DOCUMENT_JSON_BYTES } from "./limits.ts";
import { pad, unpad } from "./pad.ts";
import { tampered } from "./refusal.ts";
import type { RootKeys } from "./root_key.ts";

const MAX_BODY_BYTES = 2 * MAX_DOCUMENT_JSON_BYTES;

/** A document, opened. */
export interface Document {
  readonly kind: string;
  readonly id: string;
  /** 1, and one more with each change. */
  readonly revision: number;
  readonly value: unknown;
}

/** Scope of the documents of `kind`. */
export async function deriveKindId(keys: RootKeys, kind: string): Promise<Uint8Array<ArrayBuffer>> {
  return await keys.documentIndex.mac(encodeContext("document-kind", kind));
}

/** Where a document is found within its kind. */
export async function deriveDocumentId(keys: RootKeys, kind: string, id: string): Promise<Uint8Array<ArrayBuffer>> {
  return await keys.documentIndex.mac(encodeContext("document-id", kind, id));
}

/** A document's record body. `usage/value` where kind or id are not 1 to 255 bytes or the value is no JSON or too large. */
export async function sealDocument(
  keys: RootKeys,
  kindId: Uint8Array,
  documentId: Uint8Array,
  document: Document,
): Promise<Uint8Array<ArrayBuffer>> {
  const json = encodeJson(document.value, MAX_DOCUMENT_JSON_BYTES);
  const payload = concatBytes(label(document.kind), label(document.id), json);
  const revision = u32(document.revision);
  return concatBytes(
    revision,
    await keys.document.seal(contextOf(keys, kindId, documentId, revision), pad(payload)),
  );
}

/** What {@link sealDocument} sealed; `vault/tampered` for anything else. */
export async function openDocument(
  keys: RootKeys,
  kindId: Uint8Array,
  documentId: Uint8Array,
  body: Uint8Array,
): Promise<Document> {
  if (body.byteLength < 4 || body.byteLength > MAX_BODY_BYTES) throw tampered("a document has an impossible size");
  const revision = body.slice(0, 4);
  const context = contextOf(keys, kindId, documentId, revision);
  const padded = await keys.document.open(context, body.slice(4));
  if (padded === null) throw tampered("a document does not open");
  const payload = unpad(padded);
  const parts = payload === null ? null : parseCanonical(payload, (reader) => ({
    kind: reader.text(reader.u8()),
    id: reader.text(reader.u8()),
    json: reader.rest(),
  }));
  const number = parseCanonical(revision, (reader) => reader.u32());
  const value = parts === null ? undefined : decodeJson(parts.json);
  if (parts === null || value === undefined || number === null || number < 1) {
    throw tampered("a document is not well-formed");
  }
  const { kind, id } = parts;
  if (
    !equalBytes(await deriveKindId(keys, kind), kindId) ||
    !equalBytes(await deriveDocumentId(keys, kind, id), documentId)
  ) throw tampered("a document stands under another id");
  return { kind, id, revision: number, value };
}

/** UTF-8 of the value's JSON; `usage/value` where it has none or it is longer than `maxBytes`. */
export function encodeJson(value: unknown, maxBytes: number): Uint8Array<ArrayBuffer> {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw new OvError("usage/value", "Cannot store document: it is not JSON");
  const bytes = encodeUtf8(text);
  if (bytes.byteLength > maxBytes) {
    throw new OvError("usage/value", `Cannot store document: it is longer than ${maxBytes} bytes`);
  }
  return bytes;
}

/** The value, or `undefined` where the bytes are no JSON. */
export function decodeJson(bytes: Uint8Array): unknown {
  const text = decodeUtf8(bytes);
  if (text === null) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function label(text: string): Uint8Array<ArrayBuffer> {
  const bytes = encodeUtf8(text);
  if (bytes.byteLength < 1 || bytes.byteLength > 255) {
    throw new OvError("usage/value", "Cannot store document: its kind and id must have 1 to 255 bytes");
  }
  return concatBytes(u8(bytes.byteLength), bytes);
}

function contextOf(keys: RootKeys, kindId: Uint8Array, documentId: Uint8Array, revision: Uint8Array) {
  return encodeContext("document", keys.vaultId, kindId, documentId, revision);
}
