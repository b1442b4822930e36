/** The keys of one env (FORMAT §2) and the block that carries them (FORMAT §5). */
import { concatBytes } from "../base/mod.ts";
import {
  DerivationKey,
  encodeContext,
  KEY_BYTES,
  type MacKey,
  makeRandom,
  type SealKey,
  u32,
} from "../crypto/envelope.ts";
import { parseCanonical } from "./layout.ts";
import { tampered } from "./refusal.ts";
import type { RootKeys } from "./root_key.ts";

/** What an env's records are bound to. */
export interface EnvContext {
  readonly vaultId: Uint8Array;
  readonly app: string;
  readonly env: string;
  readonly envId: Uint8Array;
  readonly generation: number;
}

/** An env's keys, with what they are bound to. None of them gives its bytes. */
export interface EnvKeys extends EnvContext {
  readonly head: SealKey;
  readonly dek: SealKey;
  readonly set: MacKey;
  readonly index: MacKey;
}

/** A key block for a new env: two fresh keys, sealed under the root key. */
export async function makeKeyBlock(keys: RootKeys, of: EnvContext): Promise<Uint8Array<ArrayBuffer>> {
  const block = makeRandom(2 * KEY_BYTES);
  try {
    return await keys.envKey.seal(blockContext(of), block);
  } finally {
    block.fill(0);
  }
}

/** The keys out of a block; `vault/tampered` where it was not sealed for this env and generation. */
export function openKeyBlock(keys: RootKeys, of: EnvContext, keyBlock: Uint8Array): Promise<EnvKeys> {
  return withKeyBlock(keys, of, keyBlock, (block) => importEnvKeys(of, block));
}

/**
 * The block of the next generation: a fresh env key, and the index key as it was, so that name ids stay.
 * @param of the env as it stands now; its generation is that of `keyBlock`
 */
export function rotateKeyBlock(keys: RootKeys, of: EnvContext, keyBlock: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return withKeyBlock(keys, of, keyBlock, async (block) => {
    const next = concatBytes(makeRandom(KEY_BYTES), block.subarray(KEY_BYTES));
    try {
      return await keys.envKey.seal(blockContext({ ...of, generation: of.generation + 1 }), next);
    } finally {
      next.fill(0);
    }
  });
}

/** Hands `env key ‖ index key` to `use`, within this folder, and wipes it; `vault/tampered` as {@link openKeyBlock}. */
export async function withKeyBlock<T>(
  keys: RootKeys,
  of: EnvContext,
  keyBlock: Uint8Array,
  use: (block: Uint8Array) => Promise<T>,
): Promise<T> {
  const block = await keys.envKey.open(blockContext(of), keyBlock);
  if (block?.byteLength !== 2 * KEY_BYTES) throw tampered(`the keys of ${of.app}/${of.env} do not open`);
  try {
    return await use(block);
  } finally {
    block.fill(0);
  }
}

/** The keys that an env key and an index key derive. @param block both, 64 bytes, borrowed */
export async function importEnvKeys(of: EnvContext, block: Uint8Array): Promise<EnvKeys> {
  const envKey = await DerivationKey.import(block.subarray(0, KEY_BYTES), of.vaultId);
  const indexKey = await DerivationKey.import(block.subarray(KEY_BYTES), of.vaultId);
  return {
    vaultId: of.vaultId,
    app: of.app,
    env: of.env,
    envId: of.envId,
    generation: of.generation,
    head: await envKey.deriveSealKey(encodeContext("env/head", of.envId)),
    dek: await envKey.deriveSealKey(encodeContext("env/dek", of.envId)),
    set: await envKey.deriveMacKey(encodeContext("env/set", of.envId)),
    index: await indexKey.deriveMacKey(encodeContext("env/index", of.envId)),
  };
}

/** Body of the env state record (FORMAT §6.1). */
export function encodeEnvState(generation: number, setMac: Uint8Array): Uint8Array<ArrayBuffer> {
  return concatBytes(u32(generation), setMac);
}

/** What {@link encodeEnvState} wrote, or `null` where it is not that. */
export function parseEnvState(body: Uint8Array): { generation: number; setMac: Uint8Array } | null {
  return parseCanonical(body, (reader) => {
    const generation = reader.u32();
    reader.check(generation >= 1);
    return { generation, setMac: reader.take(32) };
  });
}

function blockContext(of: EnvContext) {
  return encodeContext("env-key", of.vaultId, of.app, of.env, of.envId, u32(of.generation));
}
