/** Rotating an env's key (FORMAT §2): heads and DEKs under a new one, values untouched, machine keys renewed or dropped. */
import { encodeHex, equalBytes } from "../base/mod.ts";
import {
  type EnvKeys,
  KIND,
  openHead,
  openKeyBlock,
  openOwnedWrap,
  recipientIdOf,
  renewMachineWrap,
  rewrapVersion,
  rotateKeyBlock,
  sealHead,
  type SetMember,
  tampered,
  type VersionEntry,
  versionId,
} from "../vault/mod.ts";
import { draftAudit } from "./session_audit.ts";
import { type Draft, type EnvRef, findEnv, type LoadedEnv, type SessionCore } from "./session_core.ts";

/** How a rotation treats the machine keys of the env. */
export interface RotateOptions {
  /** Recipient ids whose wraps go; the others are renewed, unless they are of an older generation. */
  readonly drop?: readonly Uint8Array[];
}

/**
 * Drafts the rotation of one env: whoever held the old env key, and nothing newer, opens nothing that is written from now
 * on. Every head and DEK is sealed anew, in this one change. It must be the first draft of that env within its change.
 *
 * @returns the env as it is after the rotation, its entry in `draft.manifest`
 * @throws OvError `app/not-found`, `env/not-found`, `vault/tampered`
 */
export async function draftRotation(
  core: SessionCore,
  draft: Draft,
  ref: EnvRef,
  options: RotateOptions = {},
): Promise<LoadedEnv> {
  const before = await core.loadEnv(draft, ref);
  const { vaultId } = core.keys;
  const keyBlock = await rotateKeyBlock(core.keys, { vaultId, ...before.entry }, before.entry.keyBlock);
  const entry = { ...before.entry, generation: before.entry.generation + 1, keyBlock };
  const after: LoadedEnv = {
    entry,
    keys: await openKeyBlock(core.keys, { vaultId, ...entry }, keyBlock),
    heads: new Map(),
  };
  const heads = new Map<string, SetMember>();
  for (const { id, body } of before.heads.values()) {
    const head = await openHead(before.keys, id, body);
    const versions: VersionEntry[] = [];
    for (const version of head.versions) versions.push(await rewrap(draft, before, after.keys, id, version));
    const next = await sealHead(after.keys, id, { ...head, versions });
    draft.changes.push({ put: { kind: KIND.head, scope: entry.envId, id, body: next } });
    heads.set(encodeHex(id), { id, body: next });
  }
  await core.draftEnv(draft, after, heads);
  await renewMachineKeys(core, draft, before, ref, options.drop ?? []);
  return { ...after, heads };
}

/** {@link draftRotation} as a change of its own. */
export function rotateEnv(core: SessionCore, ref: EnvRef, options: RotateOptions = {}): Promise<void> {
  return core.change(async (draft) => void await draftRotation(core, draft, ref, options));
}

/** What a rotation did to one env. */
export interface RotatedEnv extends EnvRef {
  readonly secrets: number;
  /** Machine keys that stay good. */
  readonly machineKeys: number;
}

/**
 * Rotates several envs as one change, with an entry each in the audit log: all of them, or none.
 *
 * @param refs `null` for every env
 * @param o `dropMachineKeys`: none of their machine keys stays good
 * @throws OvError as {@link draftRotation}
 */
export function rotateEnvs(
  core: SessionCore,
  refs: readonly EnvRef[] | null,
  o: { readonly dropMachineKeys: boolean },
): Promise<RotatedEnv[]> {
  return core.change(async (draft) => {
    const rotated: RotatedEnv[] = [];
    for (const { app, env } of refs ?? draft.manifest.envs) {
      const { envId } = findEnv(draft.manifest, { app, env });
      const recipients = draft.snapshot.list(KIND.wrap, envId).map(({ id }) => recipientIdOf(id));
      const drop = o.dropMachineKeys ? recipients.filter((id) => id !== null) : [];
      const from = draft.changes.length;
      const { heads } = await draftRotation(core, draft, { app, env }, { drop });
      const machineKeys = draft.changes.slice(from).filter((change) =>
        "put" in change && change.put.kind === KIND.wrap
      ).length;
      await draftAudit(core, draft, { action: "rotate", origin: "human", app, env });
      rotated.push({ app, env, secrets: heads.size, machineKeys });
    }
    return rotated;
  });
}

async function rewrap(
  draft: Draft,
  before: LoadedEnv,
  keys: EnvKeys,
  nameId: Uint8Array,
  entry: VersionEntry,
): Promise<VersionEntry> {
  const at = { kind: KIND.version, scope: before.entry.envId, id: versionId(nameId, entry.version) };
  const body = draft.snapshot.get(at);
  if (body === null) throw tampered(`version ${entry.version} of a secret is missing`);
  const next = await rewrapVersion(before.keys, keys, nameId, entry, body);
  draft.changes.push({ put: { ...at, body: next.body } });
  return next.entry;
}

/** Wraps of the generation before are renewed; an older one was put back by somebody, and must not come alive. */
async function renewMachineKeys(
  core: SessionCore,
  draft: Draft,
  before: LoadedEnv,
  { app, env }: EnvRef,
  drop: readonly Uint8Array[],
): Promise<void> {
  const { envId, generation } = before.entry;
  const entry = draft.manifest.envs.find((candidate) => candidate.app === app && candidate.env === env)!;
  for (const { id, body } of draft.snapshot.list(KIND.wrap, envId)) {
    const recipientId = recipientIdOf(id);
    if (recipientId === null) continue;
    const owned = await openOwnedWrap(core.keys, entry, recipientId, body).catch(() => null);
    const stays = owned !== null && owned.generation === generation &&
      !drop.some((dropped) => equalBytes(dropped, recipientId));
    const at = { kind: KIND.wrap, scope: envId, id };
    if (!stays) draft.changes.push({ remove: at });
    else {
      const next = await renewMachineWrap(core.keys, entry, recipientId, body, owned.terms);
      draft.changes.push({ put: { ...at, body: next } });
    }
  }
}
