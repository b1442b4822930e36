/** Opening a vault by an {@link Opener}: apart from it, as the agent's clients send one and hold no vault. */
import { OvError, Secret } from "../base/mod.ts";
import { MARKS, type Opener } from "./opener.ts";
import { VaultSession } from "./vault_session.ts";

/**
 * Opens a vault by the bytes of an opener, which are wiped.
 * @throws OvError `usage/invalid` where they are none; as `VaultSession.open`
 */
export async function openByOpener(
  bytes: Uint8Array,
  o: { readonly folder: string; readonly now: () => number },
): Promise<{ session: VaultSession; by: Opener["by"] }> {
  const [mark] = bytes;
  const secret = new Secret("password", bytes.subarray(1));
  bytes.fill(0);
  try {
    if (mark === MARKS.password) {
      return { session: await VaultSession.open({ ...o, password: secret }), by: "password" };
    }
    if (mark === MARKS.remembered) {
      return { session: await VaultSession.openByWrap({ ...o, kind: "remembered", secret }), by: "remembered" };
    }
    throw new OvError("usage/invalid", "Cannot unlock: no password came");
  } finally {
    secret.wipe();
  }
}
