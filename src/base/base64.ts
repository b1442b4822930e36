/** Strict base64url (RFC 4648 §5, no padding): one spelling for each byte string. */

/** base64url without padding. */
export function encodeBase64Url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

/**
 * The bytes, or `null` where the text is not exactly what {@link encodeBase64Url} writes: padding, white space, another
 * alphabet and stray trailing bits are refused (RFC 4648 §3.5).
 */
export function decodeBase64Url(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return null;
  try {
    const bytes = Uint8Array.fromBase64(text, { alphabet: "base64url" });
    return encodeBase64Url(bytes) === text ? bytes : null;
  } catch {
    return null;
  }
}
