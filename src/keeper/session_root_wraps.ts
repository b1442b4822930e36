/**
 * The emergency sheet and the remembered unlock key (FORMAT §4.3): further ways to the root key, each with a document that
 * names it, so that one which was revoked and put back opens nothing.
 */
import { decodeHex, encodeHex, equalBytes, OvError, type Secret } from "../base/mod.ts";
import { deriveDigest, type KdfCost } from "../crypto/envelope.ts";
import type { Snapshot, Store } from "../store/mod.ts";
import {
  damaged,
  type Header,
  HEADER_KEY,
  openRootKey,
  openRootWrap,
  parseHeader,
  ROOT_WRAP_KINDS,
  rootWrapKey,
  type RootWrapKind,
  sealRootWrap,
  tampered,
} from "../vault/mod.ts";
import { draftAudit } from "./session_audit.ts";
import { SessionCore, type View, wrapIn } from "./session_core.ts";
import { draftDocuments, readDocument } from "./session_documents.ts";
import { draftPassword } from "./session_password.ts";

/** Kind of the documents that name these wraps. */
const DOCUMENTS = "root-wrap";

const NAMES: Readonly<Record<RootWrapKind, string>> = { sheet: "emergency sheet", remembered: "remembered key" };

/** Whether there is a wrap of this kind; nothing is opened. */
export function hasRootWrap(snapshot: Snapshot, kind: RootWrapKind): boolean {
  return snapshot.get(rootWrapKey(kind)) !== null;
}

/**
 * Opens a vault by one of these secrets. The store is closed when that fails.
 *
 * @param secret borrowed
 * @throws OvError `vault/wrong-password` where it opens nothing, `sheet/not-found` where there is no such wrap,
 * `vault/tampered`, `vault/damaged`
 */
export async function openByRootWrap(
  store: Store,
  kind: RootWrapKind,
  secret: Secret,
  now: () => number,
): Promise<SessionCore> {
  let opened: Uint8Array | null = null;
  return await SessionCore.openBy(
    store,
    async () => {
      const snapshot = store.snapshot();
      let found: { header: Header; body: Uint8Array };
      try {
        found = { header: headerIn(snapshot), body: bodyIn(snapshot, kind) };
      } finally {
        snapshot.close();
      }
      opened = found.body;
      return { rootKey: await rootKeyIn(found, kind, secret), vaultId: found.header.vaultId };
    },
    now,
    async (core, view) => {
      await requireNamed(core, view, kind);
      // Replaced while it was being opened: this one was good a moment ago and is not any more.
      if (!equalBytes(bodyIn(view.snapshot, kind), opened!)) throw opensNothing(kind);
    },
  );
}

/**
 * Makes a wrap, in the place of the one that is there. It is opened, from the very bytes that are stored, before it takes
 * that place; wrap, document and audit entry are one change.
 *
 * @param password the master password, borrowed, as is `secret`
 * @param secret fresh, from the system's generator
 * @param entry for the audit log, by whether one was there
 * @returns whether one was there
 * @throws OvError `vault/wrong-password`, and what {@link SessionCore.change} throws
 */
export function makeRootWrap(
  core: SessionCore,
  kind: RootWrapKind,
  password: Secret,
  secret: Secret,
  entry: (replaced: boolean) => unknown,
): Promise<boolean> {
  return core.change(async (draft) => {
    const { header, wrap } = wrapIn(draft.snapshot);
    const rootKey = await openRootKey(header, password, wrap);
    let proven: Uint8Array | null = null;
    let body: Uint8Array;
    try {
      body = await sealRootWrap(kind, header, secret, rootKey);
      proven = await openRootWrap(kind, header, secret, body);
      if (proven === null || !equalBytes(proven, rootKey)) throw tampered("the new wrap opens to another key");
    } finally {
      rootKey.fill(0);
      proven?.fill(0);
    }
    const replaced = hasRootWrap(draft.snapshot, kind);
    const named = { digest: encodeHex(await deriveDigest(body)), createdAt: core.now() };
    draft.changes.push({ put: { ...rootWrapKey(kind), body } });
    await draftDocuments(core, draft, DOCUMENTS, (documents) => documents.set(kind, named));
    await draftAudit(core, draft, entry(replaced));
    return replaced;
  });
}

/** Removes a wrap and the document that names it, in one change. @returns whether there was either */
export function removeRootWrap(core: SessionCore, kind: RootWrapKind, entry: unknown): Promise<boolean> {
  return core.change(async (draft) => {
    const there = hasRootWrap(draft.snapshot, kind);
    const named = await draftDocuments(core, draft, DOCUMENTS, (documents) => documents.delete(kind));
    if (!there && !named) return false;
    draft.changes.push({ remove: rootWrapKey(kind) });
    await draftAudit(core, draft, entry);
    return true;
  });
}

/**
 * Sets a new password by the sheet's code, as `changePassword` does by the old password.
 *
 * @param code borrowed, as is `replacement`
 * @throws OvError `vault/wrong-password`, `sheet/not-found`, `vault/locked`, `usage/value`
 */
export function resetPassword(
  core: SessionCore,
  code: Secret,
  replacement: Secret,
  kdf: KdfCost,
  entry: unknown,
): Promise<void> {
  return core.change(async (draft) => {
    const header = headerIn(draft.snapshot);
    if (header.needsAccountKey) {
      throw new OvError("vault/locked", "Cannot reset the password: it needs the account key of this device");
    }
    await requireNamed(core, draft, "sheet");
    const rootKey = await rootKeyIn({ header, body: bodyIn(draft.snapshot, "sheet") }, "sheet", code);
    try {
      await draftPassword(draft, header, rootKey, replacement, kdf);
    } finally {
      rootKey.fill(0);
    }
    await draftAudit(core, draft, entry);
  });
}

/** Every wrap has its document and every document its wrap. @throws OvError `vault/tampered` */
export async function verifyRootWraps(core: SessionCore, view: View): Promise<void> {
  for (const kind of ROOT_WRAP_KINDS) {
    const named = await readDocument(core, view, DOCUMENTS, kind) !== null;
    if (named !== hasRootWrap(view.snapshot, kind)) {
      throw tampered(`the wrap of the ${NAMES[kind]} is missing, or was put back`);
    }
    if (named) await requireNamed(core, view, kind);
  }
}

async function requireNamed(core: SessionCore, view: View, kind: RootWrapKind): Promise<void> {
  const document = await readDocument(core, view, DOCUMENTS, kind) as { digest?: unknown } | null;
  const digest = typeof document?.digest === "string" ? decodeHex(document.digest) : null;
  const actual = await deriveDigest(bodyIn(view.snapshot, kind));
  if (digest === null || !equalBytes(actual, digest)) {
    throw tampered(`the wrap of the ${NAMES[kind]} was changed, or was put back`);
  }
}

async function rootKeyIn(
  { header, body }: { readonly header: Header; readonly body: Uint8Array },
  kind: RootWrapKind,
  secret: Secret,
): Promise<Uint8Array> {
  const rootKey = await openRootWrap(kind, header, secret, body);
  if (rootKey === null) throw opensNothing(kind);
  return rootKey;
}

function opensNothing(kind: RootWrapKind): OvError {
  return kind === "sheet"
    ? new OvError("vault/wrong-password", "Cannot open vault: this code is another vault's, or of an older sheet")
    : new OvError("vault/wrong-password", "Cannot open vault: the remembered key is another vault's, or an older one");
}

function headerIn(snapshot: Snapshot): Header {
  const header = snapshot.get(HEADER_KEY);
  if (header === null) throw damaged("it has no header");
  return parseHeader(header);
}

function bodyIn(snapshot: Snapshot, kind: RootWrapKind): Uint8Array {
  const body = snapshot.get(rootWrapKey(kind));
  if (body !== null) return body;
  if (kind === "remembered") throw opensNothing(kind);
  throw new OvError("sheet/not-found", "Cannot use the emergency sheet: this vault has none", {
    hint: "Only the master password opens it.",
  });
}
