/**
 * What opens a vault, on its way to the agent: a master password, or the key that a keyring keeps. One byte in front says
 * which, so that neither is ever tried as the other.
 */
import { concatBytes, type Secret } from "../base/mod.ts";

/** A password or a remembered key. */
export interface Opener {
  readonly by: "password" | "remembered";
  readonly secret: Secret;
}

/** What the audit log says of an unlocking. */
export function unlockEntry(by: Opener["by"], forMs: number): unknown {
  return { action: "unlock", origin: by === "password" ? "human" : "keyring", forMs };
}

/** The byte in front. */
export const MARKS = { password: 1, remembered: 2 } as const;

/** An opener as bytes, which the caller wipes. */
export function encodeOpener({ by, secret }: Opener): Uint8Array<ArrayBuffer> {
  // EXPOSE: to the agent of this user, over a pipe or a socket of its own, to open the vault with
  return concatBytes(Uint8Array.of(MARKS[by]), secret.expose());
}
