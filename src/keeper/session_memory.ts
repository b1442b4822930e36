/**
 * What a session has worked out of sealed records, kept for as long as those are the same byte for byte. Every read
 * takes all of them from the store as before, and what is checked is what lies there now; only what would come out the
 * same is not computed again. So nothing kept here can be stale, whoever else writes to the vault.
 */
import { encodeHex, equalBytes, type Secret } from "../base/mod.ts";
import type { SetMember } from "../vault/mod.ts";

/** A set of records and the MAC over it. */
export interface KnownSet {
  /** By the hex of their ids; a record that has not changed is the same object as at the last read. */
  readonly members: ReadonlyMap<string, SetMember>;
  readonly setMac: Uint8Array;
}

/** Sets, by their owners. */
export class SetMemory {
  readonly #sets = new Map<string, KnownSet & { readonly keys: unknown }>();

  /**
   * The set of `listed`.
   * @param owner whose set it is
   * @param keys compared by identity: under others, everything is computed again
   * @param derive the MAC over the records
   */
  async load(
    owner: string,
    keys: unknown,
    listed: readonly SetMember[],
    derive: (members: readonly SetMember[]) => Promise<Uint8Array>,
  ): Promise<KnownSet> {
    const before = this.#sets.get(owner);
    const known = before?.keys === keys ? before : undefined;
    let isSame = known?.members.size === listed.length;
    const members = listed.map((member): [string, SetMember] => {
      const id = encodeHex(member.id);
      const kept = known?.members.get(id);
      if (kept !== undefined && equalBytes(kept.body, member.body)) return [id, kept];
      isSame = false;
      return [id, member];
    });
    if (isSame) return known!;
    const setMac = await derive(members.map(([, member]) => member));
    return this.keep(owner, keys, { members: new Map(members), setMac });
  }

  /** Keeps a set that was just made, whether or not it comes to be stored. */
  keep(owner: string, keys: unknown, { members, setMac }: KnownSet): KnownSet {
    const set = { members, setMac, keys };
    this.#sets.set(owner, set);
    return set;
  }

  clear(): void {
    this.#sets.clear();
  }
}

/** Something that follows from bytes alone; the last one is kept. */
export class LastOf<T> {
  #last: { readonly bytes: Uint8Array; readonly value: T } | null = null;

  /** @param derive computes it where the bytes are not those of the last time */
  async get(bytes: Uint8Array, derive: () => Promise<T>): Promise<T> {
    if (this.#last !== null && equalBytes(this.#last.bytes, bytes)) return this.#last.value;
    const value = await derive();
    this.#last = { bytes, value };
    return value;
  }

  clear(): void {
    this.#last = null;
  }
}

/** Ids that follow from names under one key; of old ones it forgets all at once. */
export class IdMemory {
  readonly #ids = new Map<string, Uint8Array>();

  async get(name: string, derive: () => Promise<Uint8Array>): Promise<Uint8Array> {
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    const id = await derive();
    if (this.#ids.size >= MAX_IDS) this.#ids.clear();
    this.#ids.set(name, id);
    return id;
  }

  clear(): void {
    this.#ids.clear();
  }
}

const MAX_IDS = 256;

/**
 * Values of the envs whose every value is watched for. They lie open in memory until the vault is locked, as they do
 * in the mask that watches.
 */
export class ValueMemory {
  readonly #envs = new Map<string, Map<SetMember, { body: Uint8Array; value: Secret }>>();

  /** The value that this head and this version record gave; borrowed. `null` where they are others. */
  get(env: string, head: SetMember, body: Uint8Array): Secret | null {
    const known = this.#envs.get(env)?.get(head);
    return known !== undefined && equalBytes(known.body, body) ? known.value : null;
  }

  /** Keeps copies of the values of an env, and forgets what else it had of that env. */
  keep(env: string, values: readonly { head: SetMember; body: Uint8Array; value: Secret }[]): void {
    const before = this.#envs.get(env) ?? new Map<SetMember, { body: Uint8Array; value: Secret }>();
    const next = new Map<SetMember, { body: Uint8Array; value: Secret }>();
    for (const { head, body, value } of values) {
      const known = before.get(head);
      if (known !== undefined && equalBytes(known.body, body)) next.set(head, known);
      else next.set(head, { body, value: value.renamed(value.name) });
    }
    for (const [head, { value }] of before) if (next.get(head)?.value !== value) value.wipe();
    this.#envs.set(env, next);
  }

  clear(): void {
    for (const env of this.#envs.values()) for (const { value } of env.values()) value.wipe();
    this.#envs.clear();
  }
}
