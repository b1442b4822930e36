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
export async function openKeyBlock(keys: RootKeys, of: EnvContext, keyBlock: Uint8Array): Promise<EnvKeys> {
  const block = await keys.envKey.open(blockContext(of), keyBlock);
  if (block?.byteLength !== 2 * KEY_BYTES) throw tampered(`the keys of ${of.app}/${of.env} do not open`);
  try {
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
  } finally {
    block.fill(0);
  }
}

/** Body of the env state record (FORMAT §6.1). */
export function encodeEnvState(generation: number, setMac: Uint8Array): Uint8Array<ArrayBuffer> {
  return concatBytes(u32(generation), setMac);
}

function blockContext(of: EnvContext) {
  return encodeContext("env-key", of.vaultId, of.app, of.env, of.envId, u32(of.generation));
}
