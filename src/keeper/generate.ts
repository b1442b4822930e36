import { Secret } from "../base/mod.ts";
import type { Generate } from "./protocol.ts";

const CHARSETS: Readonly<Record<Generate["charset"], string>> = {
  alphanumeric: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
  hex: "0123456789abcdef",
  base64url: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
  // Printable, without the characters that a shell, a URL or a dotenv file reads as something else.
  ascii: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~!@%^*+=:,",
};

/**
 * A random value: every character is drawn evenly (rejection sampling) from the system's generator.
 * @param name of the secret
 */
export function generateValue(name: string, { length, charset }: Generate): Secret {
  const alphabet = CHARSETS[charset];
  const limit = 256 - (256 % alphabet.length);
  const out = new Uint8Array(length);
  const random = new Uint8Array(256);
  for (let filled = 0; filled < length;) {
    crypto.getRandomValues(random);
    for (const byte of random) {
      if (byte >= limit || filled === length) continue;
      out[filled++] = alphabet.charCodeAt(byte % alphabet.length);
    }
  }
  const secret = new Secret(name, out);
  out.fill(0);
  random.fill(0);
  return secret;
}
