/** The unlock key as a keyring keeps it (FORMAT §4.3): `ov1.` and base64url, so that another entry is not taken for one. */
import { concatBytes, decodeBase64Url, decodeUtf8, encodeBase64Url, encodeUtf8, Secret } from "../base/mod.ts";
import { makeRandom } from "../crypto/envelope.ts";
import { ROOT_SECRET_BYTES } from "./root_wraps.ts";

const PREFIX = "ov1.";

/** A fresh unlock key. */
export function makeUnlockKey(): Secret {
  const bytes = makeRandom(ROOT_SECRET_BYTES.remembered);
  const key = new Secret("unlock key", bytes);
  bytes.fill(0);
  return key;
}

/** The key as ASCII text. @param key borrowed */
export function encodeUnlockKey(key: Secret): Secret {
  // EXPOSE: spelt for the keyring, which is where it is kept
  const bytes = concatBytes(encodeUtf8(PREFIX), encodeUtf8(encodeBase64Url(key.expose())));
  const text = new Secret("unlock key", bytes);
  bytes.fill(0);
  return text;
}

/** What {@link encodeUnlockKey} wrote, or `null` where it is anything else. @param text ASCII, borrowed */
export function decodeUnlockKey(text: Uint8Array): Secret | null {
  const spelt = decodeUtf8(text);
  if (spelt === null || !spelt.startsWith(PREFIX)) return null;
  const bytes = decodeBase64Url(spelt.slice(PREFIX.length));
  if (bytes?.byteLength !== ROOT_SECRET_BYTES.remembered) return null;
  const key = new Secret("unlock key", bytes);
  bytes.fill(0);
  return key;
}
