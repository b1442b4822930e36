/** Drafting changes to one env: secrets set, removed, restored, and dropped when they have expired. */
import { encodeHex, OvError, type Secret } from "../base/mod.ts";
import {
  deriveNameId,
  type Head,
  KIND,
  latestOf,
  MAX_VERSIONS,
  sealHead,
  sealVersion,
  type SetMember,
  type VersionEntry,
  versionId,
} from "../vault/mod.ts";
import type { Draft, EnvRef, LoadedEnv, SessionCore } from "./session_core.ts";
import { isExpired, notFound, type OpenHead, openHeads } from "./session_heads.ts";

/** What to set. */
export interface SecretEntry {
  readonly name: string;
  /** Borrowed. */
  readonly value: Secret;
  /** Left out: as it was; `false` for a new one. */
  readonly canary?: boolean;
  readonly maskable: boolean;
}

/** `create` refuses a name that is there, `update` one that is not. */
export type SetMode = "upsert" | "create" | "update";

/** What became of an entry. `created`: it was not there, or was removed. */
export interface SetResult {
  readonly name: string;
  readonly version: number;
  readonly created: boolean;
}

/** Drafts the changes to one env. Loading it drops what has expired; {@link EnvEditor.finish} drafts the set. */
export class EnvEditor {
  /** How many expired secrets were dropped. */
  purged = 0;
  readonly #members: Map<string, SetMember>;
  readonly #byName = new Map<string, OpenHead>();

  private constructor(readonly core: SessionCore, readonly draft: Draft, readonly env: LoadedEnv) {
    this.#members = new Map(env.heads);
  }

  /** `app/not-found`, `env/not-found`, `vault/tampered`. */
  static async load(core: SessionCore, draft: Draft, ref: EnvRef): Promise<EnvEditor> {
    const editor = new EnvEditor(core, draft, await core.loadEnv(draft, ref));
    for (const found of await openHeads(editor.env, core.now(), true)) {
      if (isExpired(found.head, core.now())) editor.#purge(found);
      else editor.#byName.set(found.head.name, found);
    }
    return editor;
  }

  /** The head of a secret that is there or can still be restored. */
  find(name: string): OpenHead | null {
    return this.#byName.get(name) ?? null;
  }

  /** A new version of a secret. `secret/exists`, `secret/not-found`, as the mode says. */
  async set(entry: SecretEntry, mode: SetMode): Promise<SetResult> {
    const { name, maskable } = entry;
    const found = this.find(name);
    const created = found === null || found.head.deletedAt !== null;
    if (mode === "create" && !created) {
      throw new OvError("secret/exists", `Cannot create secret: ${name} is there already`, {
        hint: "Update it instead, or choose another name.",
      });
    }
    if (mode === "update" && created) throw notFound("update", name, found !== null);
    const now = this.core.now();
    const nameId = found?.nameId ?? await deriveNameId(this.env.keys, name);
    const before = found?.head ?? { name, canary: false, createdAt: now, versions: [] };
    const canary = entry.canary ?? (created ? false : before.canary);
    const base = { ...before, canary, maskable, updatedAt: now, deletedAt: null };
    const head = await this.addVersion(nameId, base, entry.value);
    await this.write(nameId, head);
    return { name, version: latestOf(head).version, created };
  }

  /** The head with one more version, whose record is drafted; the oldest above the limit goes. */
  async addVersion(nameId: Uint8Array, head: Head, value: Secret): Promise<Head> {
    const version = (head.versions.at(-1)?.version ?? 0) + 1;
    // EXPOSE: the value is sealed under a key of its own
    const sealed = await sealVersion(this.env.keys, nameId, version, value.expose(), this.core.now());
    const scope = this.env.entry.envId;
    this.draft.changes.push({
      put: { kind: KIND.version, scope, id: versionId(nameId, version), body: sealed.body },
    });
    const versions = [...head.versions, sealed.entry];
    for (const old of versions.splice(0, versions.length - MAX_VERSIONS)) this.#removeVersion(nameId, old);
    return { ...head, versions };
  }

  /** Drafts a head. */
  async write(nameId: Uint8Array, head: Head): Promise<void> {
    const body = await sealHead(this.env.keys, nameId, head);
    this.draft.changes.push({ put: { kind: KIND.head, scope: this.env.entry.envId, id: nameId, body } });
    this.#members.set(encodeHex(nameId), { id: nameId, body });
    this.#byName.set(head.name, { nameId, head });
  }

  /** Drafts the set of heads as it now is. */
  async finish(): Promise<void> {
    await this.core.draftEnv(this.draft, this.env, this.#members);
  }

  #purge({ nameId, head }: OpenHead): void {
    for (const entry of head.versions) this.#removeVersion(nameId, entry);
    this.draft.changes.push({ remove: { kind: KIND.head, scope: this.env.entry.envId, id: nameId } });
    this.#members.delete(encodeHex(nameId));
    this.purged += 1;
  }

  #removeVersion(nameId: Uint8Array, { version }: VersionEntry): void {
    const id = versionId(nameId, version);
    this.draft.changes.push({ remove: { kind: KIND.version, scope: this.env.entry.envId, id } });
  }
}
