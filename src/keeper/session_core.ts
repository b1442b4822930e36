/** The heart of a vault session: the open keys, one read or change at a time, and the loop that loses no change. */
import { encodeHex, equalBytes, OvError, type Secret } from "../base/mod.ts";
import { makeRandom } from "../crypto/envelope.ts";
import {
  damaged,
  deriveRootKeys,
  deriveSecretsMac,
  encodeEnvState,
  type EnvEntry,
  type EnvKeys,
  HEADER_KEY,
  isWithinLimits,
  KIND,
  type Manifest,
  MANIFEST_KEY,
  MAX_SECRETS_OF_AN_ENV,
  openKeyBlock,
  openManifest,
  openRootKey,
  parseHeader,
  PASSWORD_WRAP_KEY,
  type RootKeys,
  sealManifest,
  type SetMember,
  tampered,
} from "../vault/mod.ts";
import type { Change, Snapshot, Store } from "../store/mod.ts";
import { IdMemory, LastOf, SetMemory, ValueMemory } from "./session_memory.ts";

/** An app and an env of it, by their slugs. */
export interface EnvRef {
  readonly app: string;
  readonly env: string;
}

/** What a read sees: one moment of the vault, with its manifest opened. */
export interface View {
  readonly snapshot: Snapshot;
  readonly manifest: Manifest;
}

/** A change in the making: replace `manifest`, add to `changes`; both are committed together or not at all. */
export interface Draft extends View {
  manifest: Manifest;
  readonly changes: Change[];
}

/** An env whose set of heads agrees with the manifest. */
export interface LoadedEnv {
  readonly entry: EnvEntry;
  readonly keys: EnvKeys;
  /** Heads by the hex of their name id; sealed. */
  readonly heads: ReadonlyMap<string, SetMember>;
}

/** Each failed attempt means that somebody else succeeded, so this many in a row is not bad luck. */
const MAX_ATTEMPTS = 200;
const MAX_PAUSE_MS = 32;

/** The state that the parts of a session share. */
export class SessionCore {
  readonly now: () => number;
  readonly #store: Store;
  #keys: RootKeys | null;
  readonly #envKeys = new Map<string, EnvKeys>();
  readonly #manifest = new LastOf<Manifest>();
  /** The newest state that was seen. */
  #newestRevision = 0;
  /** Sets of heads and of documents. */
  readonly sets = new SetMemory();
  readonly documentIds = new IdMemory();
  readonly values = new ValueMemory();
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(store: Store, keys: RootKeys, now: () => number) {
    this.#store = store;
    this.#keys = keys;
    this.now = now;
  }

  /** Opens the keys with the password, and the manifest with the keys. The store is closed when that fails. */
  static open(store: Store, password: Secret, now: () => number): Promise<SessionCore> {
    return SessionCore.openBy(store, async () => {
      const { header, wrap } = readWrap(store);
      return { rootKey: await openRootKey(header, password, wrap), vaultId: header.vaultId };
    }, now);
  }

  /**
   * {@link SessionCore.open} by another way to the root key.
   * @param find gives it, to be wiped here
   * @param check what must hold of the vault as it was opened
   */
  static async openBy(
    store: Store,
    find: () => Promise<{ rootKey: Uint8Array; vaultId: Uint8Array }>,
    now: () => number,
    check: (core: SessionCore, view: View) => Promise<void> = () => Promise.resolve(),
  ): Promise<SessionCore> {
    try {
      const { rootKey, vaultId } = await find();
      try {
        const core = new SessionCore(store, await deriveRootKeys(rootKey, vaultId), now);
        await core.read((view) => check(core, view));
        return core;
      } finally {
        rootKey.fill(0);
      }
    } catch (error) {
      store.close();
      throw error;
    }
  }

  /** The keys under the root key; `vault/locked` once closed. */
  get keys(): RootKeys {
    if (this.#keys === null) throw new OvError("vault/locked", "Cannot use vault: it is locked");
    return this.#keys;
  }

  /** Forgets the keys and closes the store. The keys are Web Crypto's, which frees them when it collects them. */
  close(): void {
    this.#keys = null;
    this.#envKeys.clear();
    for (const memory of [this.#manifest, this.sets, this.documentIds, this.values]) memory.clear();
    this.#store.close();
  }

  /** Whether this is the password now, in the store: somebody may have changed it since this session began. */
  async isPassword(password: Secret): Promise<boolean> {
    return await this.#enqueue(async () => {
      const { header, wrap } = readWrap(this.#store);
      try {
        (await openRootKey(header, password, wrap)).fill(0);
        return true;
      } catch (error) {
        if (error instanceof OvError && error.code === "vault/wrong-password") return false;
        throw error;
      }
    });
  }

  /** Runs `use` on one moment of the vault. */
  read<T>(use: (view: View) => Promise<T>): Promise<T> {
    return this.#enqueue(async () => {
      const snapshot = this.#store.snapshot();
      try {
        return await use({ snapshot, manifest: await this.#openManifest(manifestIn(snapshot)) });
      } finally {
        snapshot.close();
      }
    });
  }

  /**
   * Runs `plan` on one moment of the vault and commits what it drafted, as one transaction. Where somebody else
   * committed meanwhile, `plan` runs again on what they left: it must depend on nothing but its draft.
   */
  change<T>(plan: (draft: Draft) => Promise<T>): Promise<T> {
    return this.#enqueue(async () => {
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        const outcome = await this.#attempt(plan);
        if (outcome !== null) return outcome.result;
        await pause(Math.min(MAX_PAUSE_MS, 2 ** attempt));
      }
      throw new OvError("vault/busy", "Cannot change vault: others keep changing it", { hint: "Try again." });
    });
  }

  /** The env with its keys, after the set MAC over its heads has been checked. `app/not-found`, `env/not-found`. */
  async loadEnv(view: View, ref: EnvRef): Promise<LoadedEnv> {
    const entry = findEnv(view.manifest, ref);
    const keys = await this.#openEnvKeys(entry);
    const state = view.snapshot.get({ kind: KIND.envState, scope: entry.envId, id: new Uint8Array(0) });
    const heads = view.snapshot.list(KIND.head, entry.envId);
    const owner = encodeHex(entry.envId);
    const { members, setMac } = await this.sets.load(owner, keys, heads, (all) => deriveSecretsMac(keys, all));
    const isWhole = state !== null && equalBytes(state, encodeEnvState(entry.generation, entry.setMac)) &&
      heads.length === entry.secretCount && equalBytes(setMac, entry.setMac);
    if (!isWhole) throw tampered(`the secrets of ${ref.app}/${ref.env} are not the ones that were stored`);
    return { entry, keys, heads: members };
  }

  /** Drafts the env with these heads: manifest entry and env state. The heads' own records are the caller's. */
  async draftEnv(draft: Draft, env: LoadedEnv, heads: ReadonlyMap<string, SetMember>): Promise<void> {
    if (heads.size > MAX_SECRETS_OF_AN_ENV) {
      throw new OvError("usage/invalid", `Cannot store secret: an env holds at most ${MAX_SECRETS_OF_AN_ENV}`);
    }
    const setMac = await deriveSecretsMac(env.keys, [...heads.values()]);
    const entry = { ...env.entry, secretCount: heads.size, setMac };
    draft.manifest = {
      ...draft.manifest,
      envs: draft.manifest.envs.map((other) => equalBytes(other.envId, entry.envId) ? entry : other),
    };
    draft.changes.push({ put: envStateOf(entry) });
  }

  async #attempt<T>(plan: (draft: Draft) => Promise<T>): Promise<{ result: T } | null> {
    const snapshot = this.#store.snapshot();
    let before: Uint8Array;
    let opened: Manifest;
    let draft: Draft;
    let result: T;
    try {
      before = manifestIn(snapshot);
      opened = await this.#openManifest(before);
      draft = { snapshot, manifest: opened, changes: [] };
      result = await plan(draft);
    } finally {
      snapshot.close();
    }
    if (draft.changes.length === 0 && draft.manifest === opened) return { result };
    if (!isWithinLimits(draft.manifest)) {
      throw new OvError("usage/invalid", "Cannot change vault: it holds too many apps, envs or kinds of document");
    }
    const revision = draft.manifest.revision + 1;
    const body = await sealManifest(this.keys, { ...draft.manifest, revision });
    const changes: Change[] = [...draft.changes, { put: { ...MANIFEST_KEY, body } }];
    if (!this.#store.commit(before, changes)) return null;
    this.#newestRevision = revision;
    return { result };
  }

  /** An older copy of the whole file is whole; with it, grants that were used or revoked since would be good again. */
  async #openManifest(body: Uint8Array): Promise<Manifest> {
    const manifest = await this.#manifest.get(body, () => openManifest(this.keys, body));
    if (manifest.revision < this.#newestRevision) {
      throw new OvError("vault/tampered", "Cannot use vault: its file was put back to an older state", {
        hint:
          "After `ov restore`, run `ov lock`. If nobody did that: lock it too, then look at `ov grant list` and the policy.",
      });
    }
    this.#newestRevision = manifest.revision;
    return manifest;
  }

  async #openEnvKeys(entry: EnvEntry): Promise<EnvKeys> {
    const known = encodeHex(entry.envId) + encodeHex(entry.keyBlock);
    const cached = this.#envKeys.get(known);
    if (cached !== undefined) return cached;
    const { vaultId } = this.keys;
    const keys = await openKeyBlock(this.keys, { vaultId, ...entry }, entry.keyBlock);
    this.#envKeys.set(known, keys);
    return keys;
  }

  /** One at a time: the store has one snapshot, and the caller's order is kept. */
  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(async () => {
      void this.keys; // refuses once closed, before the store is touched
      try {
        return await work();
      } catch (error) {
        void this.keys; // closed meanwhile: that is what is wrong, whatever the store said about it
        throw error;
      }
    });
    this.#queue = turn.catch(() => {});
    return turn;
  }
}

/** The env state record that belongs to a manifest entry (FORMAT §6.1). */
export function envStateOf(entry: EnvEntry) {
  const { envId, generation, setMac } = entry;
  return { kind: KIND.envState, scope: envId, id: new Uint8Array(0), body: encodeEnvState(generation, setMac) };
}

/** The manifest's entry; `app/not-found` or `env/not-found`. */
export function findEnv(manifest: Manifest, { app, env }: EnvRef): EnvEntry {
  requireApp(manifest, app);
  const entry = manifest.envs.find((candidate) => candidate.app === app && candidate.env === env);
  if (entry !== undefined) return entry;
  throw new OvError("env/not-found", `Cannot find env: app ${JSON.stringify(app)} has no ${JSON.stringify(env)}`, {
    hint: "`ov env list` shows what there is; `ov env create` makes one.",
  });
}

/** `app/not-found` unless the app is there. */
export function requireApp(manifest: Manifest, app: string): void {
  if (manifest.apps.some((entry) => entry.app === app)) return;
  throw new OvError("app/not-found", `Cannot find app: there is no ${JSON.stringify(app)}`, {
    hint: "`ov app list` shows what there is; `ov app create` makes one.",
  });
}

function readWrap(store: Store) {
  const snapshot = store.snapshot();
  try {
    return wrapIn(snapshot);
  } finally {
    snapshot.close();
  }
}

/** Header and password wrap; `vault/damaged` where one is missing. */
export function wrapIn(snapshot: Snapshot) {
  const header = snapshot.get(HEADER_KEY);
  const wrap = snapshot.get(PASSWORD_WRAP_KEY);
  if (header === null) throw damaged("it has no header");
  if (wrap === null) throw damaged("it has no password wrap");
  return { header: parseHeader(header), wrap };
}

function manifestIn(snapshot: Snapshot): Uint8Array {
  const manifest = snapshot.get(MANIFEST_KEY);
  if (manifest === null) throw damaged("it has no manifest");
  return manifest;
}

/** A random part of `limitMs`, so that two writers do not meet again. */
async function pause(limitMs: number): Promise<void> {
  const [byte] = makeRandom(1);
  await new Promise((resolve) => setTimeout(resolve, limitMs * byte! / 255));
}
