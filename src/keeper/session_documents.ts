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
import type { Change } from "../store/mod.ts";
import type { Draft, SessionCore, View } from "./session_core.ts";

/** Documents of one kind whose set agrees with the manifest; sealed, by the hex of their ids. */
interface LoadedKind {
  readonly kind: string;
  readonly kindId: Uint8Array;
  readonly members: ReadonlyMap<string, SetMember>;
}

/** A document's value, or `null` where there is none. */
export function getDocument(core: SessionCore, kind: string, id: string): Promise<unknown | null> {
  return core.read((view) => readDocument(core, view, kind, id));
}

/** {@link getDocument} at a moment that is being looked at. */
export async function readDocument(core: SessionCore, view: View, kind: string, id: string): Promise<unknown | null> {
  const loaded = await loadKind(core, view, kind);
  const documentId = await documentIdOf(core, kind, id);
  const member = loaded.members.get(encodeHex(documentId));
  return member === undefined ? null : structuredClone((await open(core, loaded, member)).value);
}

/** The documents of a kind, sorted by id. */
export function listDocuments(core: SessionCore, kind: string): Promise<{ id: string; value: unknown }[]> {
  return core.read(async (view) => {
    const documents = await openAll(core, await loadKind(core, view, kind));
    // Copies: what was opened once is given out again.
    return documents.map(({ id, value }) => ({ id, value: structuredClone(value) }));
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
  const changes: Change[] = [];
  for (const id of before.keys()) {
    if (edited.has(id)) continue;
    const documentId = await documentIdOf(core, kind, id);
    changes.push({ remove: { kind: KIND.document, scope: kindId, id: documentId } });
    next.delete(encodeHex(documentId));
  }
  for (const [id, value] of edited) {
    const old = before.get(id);
    if (old !== undefined && JSON.stringify(old.value) === JSON.stringify(value)) continue;
    const documentId = await documentIdOf(core, kind, id);
    const document = { kind, id, revision: (old?.revision ?? 0) + 1, value };
    const member = { id: documentId, body: await sealDocument(core.keys, kindId, documentId, document) };
    changes.push({ put: { kind: KIND.document, scope: kindId, ...member } });
    next.set(encodeHex(documentId), member);
    // As it will be read: what JSON leaves out is left out.
    opened.set(member, Promise.resolve({ ...document, value: JSON.parse(JSON.stringify(value)) }));
  }
  if (changes.length === 0) return;
  const setMac = await deriveDocumentsMac(core.keys, kindId, [...next.values()]);
  core.sets.keep(encodeHex(kindId), core.keys, { members: next, setMac });
  // Nothing is awaited from here on: another part of the change may be drafted at the same time.
  draft.changes.push(...changes);
  const kinds = draft.manifest.kinds.filter((entry) => !equalBytes(entry.kindId, kindId));
  if (next.size > 0) kinds.push({ kindId, count: next.size, setMac });
  draft.manifest = { ...draft.manifest, kinds };
}

async function loadKind(core: SessionCore, view: View, kind: string): Promise<LoadedKind> {
  const kindId = await core.documentIds.get(kind, () => deriveKindId(core.keys, kind));
  const entry = view.manifest.kinds.find((candidate) => equalBytes(candidate.kindId, kindId));
  const listed = view.snapshot.list(KIND.document, kindId);
  const derive = (all: readonly SetMember[]) => deriveDocumentsMac(core.keys, kindId, all);
  const { members, setMac } = await core.sets.load(encodeHex(kindId), core.keys, listed, derive);
  const isWhole = entry === undefined
    ? listed.length === 0
    : listed.length === entry.count && equalBytes(setMac, entry.setMac);
  if (!isWhole) throw tampered(`the documents of kind ${JSON.stringify(kind)} are not the ones that were stored`);
  return { kind, kindId, members };
}

async function openAll(core: SessionCore, loaded: LoadedKind): Promise<Document[]> {
  const documents = await Promise.all([...loaded.members.values()].map((member) => open(core, loaded, member)));
  return documents.sort((a, b) => compareText(a.id, b.id));
}

/** Documents that were opened; a record that has not changed is the same object (`session_memory.ts`). */
const opened = new WeakMap<SetMember, Promise<Document>>();

/** The document; borrowed, for it is given to others as well. */
function open(core: SessionCore, { kindId }: LoadedKind, member: SetMember): Promise<Document> {
  const known = opened.get(member);
  if (known !== undefined) return known;
  const document = openDocument(core.keys, kindId, member.id, member.body);
  opened.set(member, document);
  return document;
}

function documentIdOf(core: SessionCore, kind: string, id: string): Promise<Uint8Array> {
  return core.documentIds.get(`${kind}\0${id}`, () => deriveDocumentId(core.keys, kind, id));
}
