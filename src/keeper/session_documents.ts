/** Sealed documents of a session: grants, policies, bindings, requests. */
import { encodeHex, equalBytes, OvError } from "../base/mod.ts";
import {
  compareText,
  deriveDocumentId,
  deriveDocumentsMac,
  deriveKindId,
  type Document,
  KIND,
  MAX_DOCUMENTS_OF_A_KIND,
  openDocument,
  sealDocument,
  type SetMember,
  tampered,
} from "../vault/mod.ts";
import type { Draft, SessionCore, View } from "./session_core.ts";

/** Documents of one kind whose set agrees with the manifest; sealed, by the hex of their ids. */
interface LoadedKind {
  readonly kind: string;
  readonly kindId: Uint8Array;
  readonly members: ReadonlyMap<string, SetMember>;
}

/** A document's value, or `null` where there is none. */
export function getDocument(core: SessionCore, kind: string, id: string): Promise<unknown | null> {
  return core.read(async (view) => {
    const loaded = await loadKind(core, view, kind);
    const documentId = await deriveDocumentId(core.keys, kind, id);
    const member = loaded.members.get(encodeHex(documentId));
    return member === undefined ? null : (await open(core, loaded, member)).value;
  });
}

/** The documents of a kind, sorted by id. */
export function listDocuments(core: SessionCore, kind: string): Promise<{ id: string; value: unknown }[]> {
  return core.read(async (view) => {
    const documents = await openAll(core, await loadKind(core, view, kind));
    return documents.map(({ id, value }) => ({ id, value }));
  });
}

/**
 * Reads the documents of a kind, lets `change` edit the map, and writes what differs, as one transaction. `change` may be
 * called again on what another process left: it must depend on nothing but the map.
 */
export function updateDocuments<T>(
  core: SessionCore,
  kind: string,
  change: (documents: Map<string, unknown>) => T,
): Promise<T> {
  return core.change((draft) => draftDocuments(core, draft, kind, change));
}

/** {@link updateDocuments} as a part of a larger change, which must not draft the same kind twice. */
export async function draftDocuments<T>(
  core: SessionCore,
  draft: Draft,
  kind: string,
  change: (documents: Map<string, unknown>) => T,
): Promise<T> {
  const loaded = await loadKind(core, draft, kind);
  const before = new Map((await openAll(core, loaded)).map((document) => [document.id, document]));
  // A copy of each value, so that one edited in place still differs from what was read.
  const edited = new Map([...before].map(([id, { value }]) => [id, structuredClone(value)]));
  const result = change(edited);
  await draftKind(core, draft, loaded, before, edited);
  return result;
}

async function draftKind(
  core: SessionCore,
  draft: Draft,
  { kind, kindId, members }: LoadedKind,
  before: ReadonlyMap<string, Document>,
  edited: ReadonlyMap<string, unknown>,
): Promise<void> {
  if (edited.size > MAX_DOCUMENTS_OF_A_KIND) {
    throw new OvError(
      "usage/invalid",
      `Cannot store document: there are ${MAX_DOCUMENTS_OF_A_KIND} of its kind already`,
    );
  }
  const next = new Map(members);
  const changesBefore = draft.changes.length;
  for (const id of before.keys()) {
    if (edited.has(id)) continue;
    const documentId = await deriveDocumentId(core.keys, kind, id);
    draft.changes.push({ remove: { kind: KIND.document, scope: kindId, id: documentId } });
    next.delete(encodeHex(documentId));
  }
  for (const [id, value] of edited) {
    const old = before.get(id);
    if (old !== undefined && JSON.stringify(old.value) === JSON.stringify(value)) continue;
    const documentId = await deriveDocumentId(core.keys, kind, id);
    const document = { kind, id, revision: (old?.revision ?? 0) + 1, value };
    const body = await sealDocument(core.keys, kindId, documentId, document);
    draft.changes.push({ put: { kind: KIND.document, scope: kindId, id: documentId, body } });
    next.set(encodeHex(documentId), { id: documentId, body });
  }
  if (draft.changes.length === changesBefore) return;
  const kinds = draft.manifest.kinds.filter((entry) => !equalBytes(entry.kindId, kindId));
  if (next.size > 0) {
    const setMac = await deriveDocumentsMac(core.keys, kindId, [...next.values()]);
    kinds.push({ kindId, count: next.size, setMac });
  }
  draft.manifest = { ...draft.manifest, kinds };
}

async function loadKind(core: SessionCore, view: View, kind: string): Promise<LoadedKind> {
  const kindId = await deriveKindId(core.keys, kind);
  const entry = view.manifest.kinds.find((candidate) => equalBytes(candidate.kindId, kindId));
  const members = view.snapshot.list(KIND.document, kindId);
  const isWhole = entry === undefined ? members.length === 0 : members.length === entry.count &&
    equalBytes(await deriveDocumentsMac(core.keys, kindId, members), entry.setMac);
  if (!isWhole) throw tampered(`the documents of kind ${JSON.stringify(kind)} are not the ones that were stored`);
  return { kind, kindId, members: new Map(members.map((member) => [encodeHex(member.id), member])) };
}

async function openAll(core: SessionCore, loaded: LoadedKind): Promise<Document[]> {
  const documents = await Promise.all([...loaded.members.values()].map((member) => open(core, loaded, member)));
  return documents.sort((a, b) => compareText(a.id, b.id));
}

function open(core: SessionCore, { kindId }: LoadedKind, { id, body }: SetMember): Promise<Document> {
  return openDocument(core.keys, kindId, id, body);
}
