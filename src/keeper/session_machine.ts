/**
 * One env, opened with a machine key: out of the vault's file or out of a bundle. It reads that env's secrets and nothing
 * else: no other env, no document, no audit log, and it changes nothing.
 */
import { encodeHex, equalBytes, OvError, type Secret } from "../base/mod.ts";
import { type Bundle, MemoryDisk, MemoryStore, type Snapshot, SqliteStore } from "../store/mod.ts";
import {
  damaged,
  deriveSecretsMac,
  EMPTY,
  type EnvKeys,
  HEADER_KEY,
  KIND,
  latestOf,
  openMachineWrap,
  parseEnvState,
  parseHeader,
  recipientIdOf,
  type SetMember,
  tampered,
} from "../vault/mod.ts";
import { type MachineTerms, readTerms } from "./machine_terms.ts";
import type { EnvRef } from "./session_core.ts";
import { findHead, notFound, openHeads, readValue, versionOf } from "./session_heads.ts";
import { metaOf, type SecretMeta } from "./session_secrets.ts";

interface Opened {
  readonly keys: EnvKeys;
  readonly terms: MachineTerms;
  readonly heads: ReadonlyMap<string, SetMember>;
  /** The env's records, copied. */
  readonly records: Pick<Snapshot, "get">;
}

/** An env that a machine key has open. Its methods throw `vault/tampered`, and for another env `env/not-found`. */
export class MachineSession {
  readonly #opened: Opened;
  readonly #now: () => number;

  private constructor(opened: Opened, now: () => number) {
    this.#opened = opened;
    this.#now = now;
  }

  /**
   * Opens the env that the key is for, in the vault of this machine, as it is now.
   * @param machineKey 32 bytes, borrowed
   * @throws OvError `machine-key/not-good`, `machine-key/expired`, `vault/not-found`, `vault/not-private`, `vault/tampered`, …
   */
  static async openVault(folder: string, machineKey: Secret, now: () => number): Promise<MachineSession> {
    const store = SqliteStore.open(folder);
    try {
      const snapshot = store.snapshot();
      const header = snapshot.get(HEADER_KEY);
      if (header === null) throw damaged("it has no header");
      return new MachineSession(await open(snapshot, parseHeader(header).vaultId, machineKey, now()), now);
    } finally {
      // What it reads is in memory: a command may run for days, and must not hold the file that long.
      store.close();
    }
  }

  /** Opens a bundle, which is all that is needed. As {@link MachineSession.openVault}. */
  static async openBundle(bundle: Bundle, machineKey: Secret, now: () => number): Promise<MachineSession> {
    const snapshot = new MemoryStore(new MemoryDisk(bundle.records)).snapshot();
    return new MachineSession(await open(snapshot, bundle.vaultId, machineKey, now()), now);
  }

  /** The one env that the key opens. */
  get ref(): EnvRef {
    const { app, env } = this.#opened.keys;
    return { app, env };
  }

  get terms(): MachineTerms {
    return this.#opened.terms;
  }

  /** Secrets that are not removed, sorted by name. */
  async listSecrets(ref: EnvRef): Promise<SecretMeta[]> {
    return (await this.#live(ref)).map(({ head }) => metaOf(head));
  }

  /** The value, which the caller wipes. @throws OvError `secret/not-found` */
  async getSecret(ref: EnvRef, name: string): Promise<Secret> {
    this.#requireRef(ref);
    const found = await findHead(this.#opened, this.#now(), name);
    if (found === null || found.head.deletedAt !== null) throw notFound("read", name, found !== null);
    return await readValue(this.#opened.records, this.#opened, found, versionOf(found.head, undefined));
  }

  /** The latest values of all, sorted by name: what a mask watches for. */
  async getAllSecrets(ref: EnvRef): Promise<Secret[]> {
    const values: Secret[] = [];
    for (const found of await this.#live(ref)) {
      values.push(await readValue(this.#opened.records, this.#opened, found, latestOf(found.head)));
    }
    return values;
  }

  async #live(ref: EnvRef) {
    this.#requireRef(ref);
    return (await openHeads(this.#opened, this.#now())).filter(({ head }) => head.deletedAt === null);
  }

  #requireRef({ app, env }: EnvRef): void {
    if (app === this.ref.app && env === this.ref.env) return;
    throw new OvError("env/not-found", `Cannot use ${app}/${env}: the machine key opens another env`);
  }
}

async function open(snapshot: Snapshot, vaultId: Uint8Array, machineKey: Secret, now: number): Promise<Opened> {
  for (const envId of snapshot.scopes(KIND.wrap)) {
    for (const { id, body } of snapshot.list(KIND.wrap, envId)) {
      const recipientId = recipientIdOf(id);
      if (recipientId === null) continue;
      const wrap = await openMachineWrap(machineKey, vaultId, envId, recipientId, body);
      if (wrap === null) continue;
      const terms = readTerms(wrap.terms);
      if (terms === null) throw tampered("the terms of the machine key are not well-formed");
      requireLive(terms, now);
      const heads = await requireWhole(snapshot, wrap.keys);
      return { keys: wrap.keys, terms, heads, records: copyVersions(snapshot, envId) };
    }
  }
  throw new OvError("machine-key/not-good", "Cannot open the env: this machine key opens nothing here", {
    hint: "It was revoked, or is for another vault or bundle; write a bundle again after making a key.",
  });
}

function copyVersions(snapshot: Snapshot, scope: Uint8Array): Pick<Snapshot, "get"> {
  const kind = KIND.version;
  return new MemoryStore(new MemoryDisk(snapshot.list(kind, scope).map((record) => ({ kind, scope, ...record }))))
    .snapshot();
}

function requireLive({ name, expiresAt }: MachineTerms, now: number): void {
  if (expiresAt === null || now < expiresAt) return;
  const day = new Date(expiresAt).toISOString().slice(0, 10);
  throw new OvError("machine-key/expired", `Cannot open the env: the machine key ${name} expired on ${day}`, {
    hint: `Make another: ov machine-key create ${name} --rotate`,
  });
}

/** The heads of the env, which are all that were stored and no others; of the generation that the key is for. */
async function requireWhole(snapshot: Snapshot, keys: EnvKeys): Promise<ReadonlyMap<string, SetMember>> {
  const { app, env, envId, generation } = keys;
  const body = snapshot.get({ kind: KIND.envState, scope: envId, id: EMPTY });
  const state = body === null ? null : parseEnvState(body);
  if (state === null) throw tampered(`the state of ${app}/${env} is missing or not well-formed`);
  if (state.generation !== generation) {
    throw new OvError("machine-key/not-good", "Cannot open the env: its key was rotated without this machine key", {
      hint: "Make another with `ov machine-key create`.",
    });
  }
  const heads = snapshot.list(KIND.head, envId);
  if (!equalBytes(await deriveSecretsMac(keys, heads), state.setMac)) {
    throw tampered(`the secrets of ${app}/${env} are not the ones that were stored`);
  }
  return new Map(heads.map((head) => [encodeHex(head.id), head]));
}
