/** Machine keys as the owner manages them: making, listing, revoking, and keeping their terms as the policy is. */
import { encodeHex, equalBytes, isSlug, OvError, type Secret } from "../base/mod.ts";
import {
  KIND,
  latestOf,
  machineWrapKey,
  makeRecipientId,
  openOwnedWrap,
  recipientIdOf,
  renewMachineWrap,
  sealMachineWrap,
  type VaultRecord,
  versionId,
} from "../vault/mod.ts";
import type { Bundle } from "../store/mod.ts";
import { type MachineTerms, readTerms } from "./machine_terms.ts";
import { type Draft, type EnvRef, findEnv, type SessionCore, type View } from "./session_core.ts";
import { openHeads } from "./session_heads.ts";
import { draftRotation } from "./session_rotate.ts";

/** A machine key as the owner sees it. */
export interface MachineKeyEntry {
  /** 32 hex digits. */
  readonly id: string;
  readonly terms: MachineTerms;
}

interface Found extends MachineKeyEntry {
  readonly recipientId: Uint8Array;
  readonly body: Uint8Array;
}

/**
 * Adds a machine key to an env.
 *
 * @param machineKey 32 fresh bytes, borrowed
 * @param rotate takes the place of the key of that name: that one stops working, as by {@link revokeMachineKey}
 * @throws OvError `usage/name`, `machine-key/exists`, `env/not-found`
 */
export function addMachineKey(
  core: SessionCore,
  ref: EnvRef,
  machineKey: Secret,
  terms: MachineTerms,
  rotate: boolean,
): Promise<string> {
  if (!isSlug(terms.name)) {
    throw new OvError("usage/name", "Cannot name the machine key: that name is not allowed", {
      hint: "Use 1 to 63 lower-case letters, digits and inner hyphens.",
    });
  }
  return core.change(async (draft) => {
    const before = (await findAll(core, draft, ref)).find((key) => key.terms.name === terms.name);
    if (before !== undefined && !rotate) {
      throw new OvError(
        "machine-key/exists",
        `Cannot make the machine key: ${ref.app}/${ref.env} has "${terms.name}"`,
        {
          hint: "Choose another name, or add --rotate to replace it.",
        },
      );
    }
    if (before !== undefined) await draftRotation(core, draft, ref, { drop: [before.recipientId] });
    const entry = findEnv(draft.manifest, ref);
    const recipientId = makeRecipientId();
    const body = await sealMachineWrap(core.keys, entry, recipientId, machineKey, terms);
    draft.changes.push({ put: { ...machineWrapKey(entry.envId, recipientId), body } });
    return encodeHex(recipientId);
  });
}

/** The machine keys of an env, sorted by name. @throws OvError `app/not-found`, `env/not-found`, `vault/tampered` */
export function listMachineKeys(core: SessionCore, ref: EnvRef): Promise<MachineKeyEntry[]> {
  return core.read(async (view) => (await findAll(core, view, ref)).map(({ id, terms }) => ({ id, terms })));
}

/** Removes a machine key and rotates the env's key, in one change. @throws OvError `machine-key/not-found` */
export function revokeMachineKey(core: SessionCore, ref: EnvRef, name: string): Promise<MachineKeyEntry> {
  return core.change(async (draft) => {
    const found = (await findAll(core, draft, ref)).find((key) => key.terms.name === name);
    if (found === undefined) {
      throw new OvError(
        "machine-key/not-found",
        `Cannot revoke the machine key: ${ref.app}/${ref.env} has no such one`,
        {
          hint: "`ov machine-key list` shows them.",
        },
      );
    }
    await draftRotation(core, draft, ref, { drop: [found.recipientId] });
    return { id: found.id, terms: found.terms };
  });
}

/** Drafts other terms for every machine key of an env, such as the mode that was just set. */
export async function draftTerms(
  core: SessionCore,
  draft: Draft,
  ref: EnvRef,
  change: (terms: MachineTerms) => MachineTerms,
): Promise<void> {
  const entry = findEnv(draft.manifest, ref);
  for (const { recipientId, body, terms } of await findAll(core, draft, ref)) {
    const next = await renewMachineWrap(core.keys, entry, recipientId, body, change(terms));
    draft.changes.push({ put: { ...machineWrapKey(entry.envId, recipientId), body: next } });
  }
}

/** The sealed records of an env (FORMAT §12), after its set has been checked; gives how many secrets they hold. */
export function makeBundle(core: SessionCore, ref: EnvRef): Promise<{ bundle: Bundle; secrets: number; keys: number }> {
  return core.read(async (view) => {
    const env = await core.loadEnv(view, ref);
    const { envId: scope } = env.entry;
    const records: VaultRecord[] = [];
    const add = (kind: number, id: Uint8Array) => {
      const body = view.snapshot.get({ kind, scope, id });
      if (body !== null) records.push({ kind, scope, id, body });
    };
    add(KIND.envState, new Uint8Array(0));
    const keys = await findAll(core, view, ref);
    for (const { recipientId } of keys) add(KIND.wrap, machineWrapKey(scope, recipientId).id);
    for (const { id } of env.heads.values()) add(KIND.head, id);
    const live = (await openHeads(env, core.now())).filter(({ head }) => head.deletedAt === null);
    for (const { nameId, head } of live) add(KIND.version, versionId(nameId, latestOf(head).version));
    return { bundle: { vaultId: core.keys.vaultId, envId: scope, records }, secrets: live.length, keys: keys.length };
  });
}

/** Wraps of this generation only: an older one is dead, whoever put it there. */
async function findAll(core: SessionCore, view: View, ref: EnvRef): Promise<Found[]> {
  const entry = findEnv(view.manifest, ref);
  const found: Found[] = [];
  for (const { id, body } of view.snapshot.list(KIND.wrap, entry.envId)) {
    const recipientId = recipientIdOf(id);
    if (recipientId === null) continue;
    const owned = await openOwnedWrap(core.keys, entry, recipientId, body);
    const terms = readTerms(owned.terms);
    if (terms === null || owned.generation !== entry.generation) continue;
    found.push({ id: encodeHex(recipientId), terms, recipientId, body });
  }
  return found.sort((a, b) => a.terms.name < b.terms.name ? -1 : equalBytes(a.recipientId, b.recipientId) ? 0 : 1);
}
