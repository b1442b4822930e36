/**
 * `ov unlock --remember` and `--forget`: an unlock key of the vault in the user's keyring (FORMAT §4.3). To `ov` it starts the
 * agent and is nothing else: wherever the typed password is asked for, this is none. But whoever reads the keyring has it.
 */
import { OvError, type Secret } from "../base/mod.ts";
import { Keyring } from "../run/mod.ts";
import { decodeUnlockKey, encodeUnlockKey, makeUnlockKey } from "../vault/mod.ts";
import type { Door } from "./door.ts";
import { VaultSession } from "./vault_session.ts";

/** What a person is told before the password is asked for. */
export const REMEMBER_PURPOSE = [
  "Unlock the vault, and keep a key in this user's keyring that opens it from now on.",
  "  Any program that runs as you can take that key out of the open keyring and read every value with it: an",
  "  agent's shell, too. Leave it where an agent runs as you. Take it back: ov unlock --forget",
].join("\n");

/** The keyring, after it has been asked something: before a password is typed for it. @throws OvError `keyring/unavailable` */
export async function requireKeyring(door: Door): Promise<Keyring> {
  const keyring = await Keyring.find(door.start);
  (await keyring.lookup(idOf(door)))?.fill(0);
  return keyring;
}

/**
 * Puts a fresh unlock key into the keyring and its wrap into the vault, in the place of the one before.
 *
 * @param password the master password, borrowed
 * @throws OvError `vault/wrong-password`, `keyring/unavailable`: nothing is remembered
 */
export async function rememberKey(door: Door, keyring: Keyring, password: Secret): Promise<void> {
  const { vaultFolder: folder } = door.start;
  const session = await VaultSession.open({ folder, password, now: door.parts.now });
  const key = makeUnlockKey();
  const entry = encodeUnlockKey(key);
  try {
    // EXPOSE: to the keyring, which keeps it
    await keyring.store(idOf(door), entry.expose());
    await session.makeRootWrap("remembered", password, key, () => ({ action: "remember", origin: "human" }));
  } finally {
    session.close();
    key.wipe();
    entry.wipe();
  }
}

/** The key that is remembered, the caller's to wipe; `null` where none is, or nobody can be asked for it. */
export async function rememberedKey(door: Door): Promise<Secret | null> {
  if (VaultSession.describe(door.start.vaultFolder)?.remembered !== true) return null;
  try {
    const entry = await (await Keyring.find(door.start)).lookup(idOf(door));
    const key = entry === null ? null : decodeUnlockKey(entry);
    entry?.fill(0);
    return key;
  } catch (error) {
    if (error instanceof OvError && error.code === "keyring/unavailable") return null;
    throw error;
  }
}

/**
 * Makes the remembered key useless, by the key itself where the keyring has it, else by the password; then takes it out
 * of the keyring.
 *
 * @returns `revoked`: the vault had one; `keyring`: what was in the keyring is gone, `null` where it could not be asked
 * @throws OvError as {@link Door.unlock}
 */
export async function forgetKey(door: Door): Promise<{ revoked: boolean; keyring: boolean | null }> {
  door.requireVault();
  const { vaultFolder: folder } = door.start;
  const isThere = VaultSession.describe(folder)?.remembered === true;
  const revoked = isThere && await revoke(door, folder);
  try {
    return { revoked, keyring: await (await Keyring.find(door.start)).clear(idOf(door)) };
  } catch (error) {
    if (error instanceof OvError && error.code === "keyring/unavailable") return { revoked, keyring: null };
    throw error;
  }
}

async function revoke(door: Door, folder: string): Promise<boolean> {
  const entry = { action: "forget", origin: "human" };
  const secret = await rememberedKey(door);
  if (secret !== null) {
    try {
      const session = await VaultSession.openByWrap({ folder, kind: "remembered", secret, now: door.parts.now });
      try {
        return await session.removeRootWrap("remembered", entry);
      } finally {
        session.close();
      }
    } catch (error) {
      // Another machine's took its place, or somebody changed it: the password decides.
      if (!(error instanceof OvError) || !["vault/wrong-password", "vault/tampered"].includes(error.code)) throw error;
    } finally {
      secret.wipe();
    }
  }
  return await (await door.unlock("Make the remembered unlock key useless.")).removeRootWrap("remembered", entry);
}

function idOf(door: Door): string {
  const described = VaultSession.describe(door.start.vaultFolder);
  if (described === null) throw new OvError("vault/not-found", "Cannot open the vault: there is none");
  return described.vaultId;
}
