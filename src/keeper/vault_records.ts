/** What a new vault is made of. */
import type { Secret } from "../base/mod.ts";
import type { KdfCost } from "../crypto/envelope.ts";
import {
  deriveRootKeys,
  EMPTY_MANIFEST,
  encodeHeader,
  HEADER_KEY,
  makeHeader,
  makeRootKey,
  MANIFEST_KEY,
  PASSWORD_WRAP_KEY,
  sealManifest,
  type VaultRecord,
} from "../vault/mod.ts";
import { makeEnvEntry } from "./session_catalog.ts";
import { type EnvRef, envStateOf } from "./session_core.ts";

/** The app and env that a new vault has. */
export const FIRST_ENV: EnvRef = { app: "default", env: "development" };

/** The records of a new vault (FORMAT §3) with {@link FIRST_ENV}. `usage/value` for an empty or huge password. */
export async function makeVaultRecords(password: Secret, now: number, kdf: KdfCost): Promise<VaultRecord[]> {
  const header = makeHeader(kdf, now);
  const { rootKey, wrap } = await makeRootKey(header, password);
  try {
    const keys = await deriveRootKeys(rootKey, header.vaultId);
    const env = await makeEnvEntry(keys, FIRST_ENV, now);
    const apps = [{ app: FIRST_ENV.app, createdAt: now }];
    const manifest = await sealManifest(keys, { ...EMPTY_MANIFEST, revision: 1, apps, envs: [env] });
    return [
      { ...HEADER_KEY, body: encodeHeader(header) },
      { ...PASSWORD_WRAP_KEY, body: wrap },
      { ...MANIFEST_KEY, body: manifest },
      envStateOf(env),
    ];
  } finally {
    rootKey.fill(0);
  }
}
