/** Opening all that a vault holds, which is how a copy of it is proven to be whole. */
import { equalBytes } from "../base/mod.ts";
import { deriveDocumentsMac, KIND, openDocument, tampered } from "../vault/mod.ts";
import { listAudit } from "./session_audit.ts";
import type { SessionCore, View } from "./session_core.ts";
import { openHeads, readValue } from "./session_heads.ts";
import { verifyRootWraps } from "./session_root_wraps.ts";

/** How much a vault holds. */
export interface WholeVault {
  readonly envs: number;
  /** Those that can be restored counted too. */
  readonly secrets: number;
}

/**
 * Opens every version of every secret, every document and every audit record.
 *
 * @throws `vault/tampered`, `vault/damaged` where one is missing, added, changed or out of its place
 */
export async function verifyWhole(core: SessionCore): Promise<WholeVault> {
  const found = await core.read(async (view) => {
    let secrets = 0;
    for (const ref of view.manifest.envs) {
      const env = await core.loadEnv(view, ref);
      for (const open of await openHeads(env, core.now(), true)) {
        for (const version of open.head.versions) (await readValue(view.snapshot, env, open, version)).wipe();
        secrets++;
      }
    }
    await verifyDocuments(core, view);
    await verifyRootWraps(core, view);
    return { envs: view.manifest.envs.length, secrets };
  });
  await listAudit(core);
  return found;
}

async function verifyDocuments(core: SessionCore, { snapshot, manifest }: View): Promise<void> {
  const { kinds } = manifest;
  for (const { kindId, count, setMac } of kinds) {
    const members = snapshot.list(KIND.document, kindId);
    const mac = await deriveDocumentsMac(core.keys, kindId, members);
    if (members.length !== count || !equalBytes(mac, setMac)) throw tampered("its documents are not those stored");
    for (const { id, body } of members) await openDocument(core.keys, kindId, id, body);
  }
  const isKnown = (scope: Uint8Array) => kinds.some(({ kindId }) => equalBytes(kindId, scope));
  if (!snapshot.scopes(KIND.document).every(isKnown)) throw tampered("it holds documents that were not stored");
}
