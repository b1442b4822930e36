/** The heads of an env: opening, finding, and reading the values that they list. */
import { encodeHex, OvError, Secret } from "../base/mod.ts";
import {
  compareText,
  deriveNameId,
  type EnvKeys,
  type Head,
  KIND,
  latestOf,
  openHead,
  openVersion,
  RESTORABLE_MS,
  type SetMember,
  tampered,
  type VersionEntry,
  versionId,
} from "../vault/mod.ts";
import type { Snapshot } from "../store/mod.ts";
import type { LoadedEnv } from "./session_core.ts";

/** A head within its env, opened. */
export interface OpenHead {
  readonly nameId: Uint8Array;
  readonly head: Head;
}

/** Heads that were opened; a record that has not changed is the same object (`session_memory.ts`). */
const opened = new WeakMap<SetMember, Promise<Head>>();

function openOnce(keys: EnvKeys, member: SetMember): Promise<Head> {
  const known = opened.get(member);
  if (known !== undefined) return known;
  const head = openHead(keys, member.id, member.body);
  opened.set(member, head);
  return head;
}

/** What reading an env takes: its keys, and its heads, which have been checked against their MAC. */
export type ReadableEnv = Pick<LoadedEnv, "keys" | "heads">;

/** The heads sorted by name; expired ones only where `expired` is set. */
export async function openHeads(env: ReadableEnv, now: number, expired = false): Promise<OpenHead[]> {
  const heads = await Promise.all([...env.heads.values()].map(async (member) => ({
    nameId: member.id,
    head: await openOnce(env.keys, member),
  })));
  return heads
    .filter(({ head }) => expired || !isExpired(head, now))
    .sort((a, b) => compareText(a.head.name, b.head.name));
}

/** The head of `name`, or `null` where there is none or it has expired. */
export async function findHead(env: ReadableEnv, now: number, name: string): Promise<OpenHead | null> {
  const nameId = await deriveNameId(env.keys, name);
  const member = env.heads.get(encodeHex(nameId));
  if (member === undefined) return null;
  const head = await openOnce(env.keys, member);
  return isExpired(head, now) ? null : { nameId, head };
}

/** The value of a version, named after its secret; `vault/tampered` where its record is missing or another. */
export async function readValue(
  snapshot: Pick<Snapshot, "get">,
  env: ReadableEnv,
  found: OpenHead,
  entry: VersionEntry,
): Promise<Secret> {
  return await openValue(env, found, entry, versionBody(snapshot, env, found, entry));
}

/** The sealed record of a version; `vault/tampered` where it is missing. */
export function versionBody(
  snapshot: Pick<Snapshot, "get">,
  env: ReadableEnv,
  { nameId, head }: OpenHead,
  entry: VersionEntry,
): Uint8Array<ArrayBuffer> {
  const id = versionId(nameId, entry.version);
  const body = snapshot.get({ kind: KIND.version, scope: env.keys.envId, id });
  if (body === null) throw tampered(`version ${entry.version} of ${head.name} is missing`);
  return body;
}

/** The value in a version's record; `vault/tampered` where it is not the one that `entry` lists. */
export async function openValue(
  env: ReadableEnv,
  { nameId, head }: OpenHead,
  entry: VersionEntry,
  body: Uint8Array,
): Promise<Secret> {
  const value = await openVersion(env.keys, nameId, entry, body);
  try {
    return new Secret(head.name, value);
  } finally {
    value.fill(0);
  }
}

/** The head's entry for `version`, by default the latest; `secret/not-found`. */
export function versionOf(head: Head, version: number | undefined): VersionEntry {
  if (version === undefined) return latestOf(head);
  const entry = head.versions.find((candidate) => candidate.version === version);
  if (entry !== undefined) return entry;
  throw new OvError("secret/not-found", `Cannot read secret: ${head.name} has no version ${version}`, {
    hint: `\`ov secret history ${head.name}\` lists them.`,
  });
}

/** Whether it was removed more than 30 days before `now`. */
export function isExpired(head: Head, now: number): boolean {
  return head.deletedAt !== null && head.deletedAt + RESTORABLE_MS <= now;
}

/** `secret/not-found`, with what can be done. */
export function notFound(action: string, name: string, removed: boolean): OvError {
  const state = removed ? `${name} is removed` : `there is no ${JSON.stringify(name)}`;
  return new OvError("secret/not-found", `Cannot ${action} secret: ${state}`, {
    hint: removed ? `\`ov secret restore ${name}\` brings it back.` : "`ov secret list` shows what there is.",
  });
}
