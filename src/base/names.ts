/** The rules for names and sizes (DESIGN §1), in one place for the keeper, the command line and MCP. */

/** Longest value of a secret, in bytes. */
export const MAX_VALUE_BYTES = 65_536;

/** Longest name of a secret, in characters (all of them ASCII). */
export const MAX_SECRET_NAME_LENGTH = 255;

const SLUG = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const SECRET_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Whether `text` can name an app or an env: 1 to 63 of `a-z`, `0-9` and inner `-`. */
export function isSlug(text: string): boolean {
  return SLUG.test(text);
}

/** Whether `text` can name a secret: what every shell takes as an environment variable, at most 255 characters. */
export function isSecretName(text: string): boolean {
  return text.length <= MAX_SECRET_NAME_LENGTH && SECRET_NAME.test(text);
}
