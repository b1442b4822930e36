/** MACs over sets (FORMAT §§6.1, 7): a record that is missing, added, changed or older than the last does not agree. */
import { concatBytes } from "../base/mod.ts";
import { type Context, deriveDigest, encodeContext, u32 } from "../crypto/envelope.ts";
import type { EnvKeys } from "./env_keys.ts";
import { compareBytes } from "./layout.ts";
import type { RootKeys } from "./root_key.ts";

/** A head or a document: its id and its body, whose first four bytes are its version or revision. */
export interface SetMember {
  readonly id: Uint8Array;
  readonly body: Uint8Array;
}

/** The set MAC over the heads of an env. */
export async function deriveSecretsMac(keys: EnvKeys, heads: readonly SetMember[]): Promise<Uint8Array<ArrayBuffer>> {
  const owner = [keys.vaultId, keys.app, keys.env, keys.envId, u32(keys.generation)];
  return await keys.set.mac(await setContext("set/secrets", owner, heads));
}

/** The set MAC over the documents of a kind. */
export async function deriveDocumentsMac(
  keys: RootKeys,
  kindId: Uint8Array,
  documents: readonly SetMember[],
): Promise<Uint8Array<ArrayBuffer>> {
  return await keys.documentSet.mac(await setContext("set/documents", [keys.vaultId, kindId], documents));
}

async function setContext(
  purpose: string,
  owner: readonly (string | Uint8Array)[],
  members: readonly SetMember[],
): Promise<Context> {
  const sorted = members.toSorted((a, b) => compareBytes(a.id, b.id));
  const items = await Promise.all(
    sorted.map(async ({ id, body }) => concatBytes(id, body.slice(0, 4), await digestOf(body))),
  );
  return encodeContext(purpose, ...owner, u32(items.length), ...items);
}

/** Digests of bodies that are held on to; nobody writes into one. */
const digests = new WeakMap<Uint8Array, Promise<Uint8Array>>();

function digestOf(body: Uint8Array): Promise<Uint8Array> {
  const known = digests.get(body);
  if (known !== undefined) return known;
  const digest = deriveDigest(body);
  digests.set(body, digest);
  return digest;
}
