/**
 * A shape that only a secret has, with its own evidence.
 *
 * Samples are templates, so that no file of this repository holds what a scanner would report: `{alnum:24}` stands for
 * 24 characters of that class (see {@link SAMPLE_CLASSES}), made up when a test runs.
 */
export interface Rule {
  /** Stable, as it is reported: `stripe-secret-key`. */
  readonly id: string;
  /** Completes the sentence "looks like …", for people: `a Stripe key`. */
  readonly label: string;
  /** Texts of which one must be there, in lower case, before the pattern is tried at all. */
  readonly keywords: readonly string[];
  /** Global; the group named `secret` is what is reported, or the whole match. Linear: no repetition inside another. */
  readonly pattern: RegExp;
  /** A last look at the reported text. */
  readonly accept?: (secret: string) => boolean;
  /** Made to be shipped to browsers under some names: a public name makes it a setting. */
  readonly publishable?: true;
  /** Templates that must be found. */
  readonly positives: readonly string[];
  /** Templates that must not be found by this rule. */
  readonly negatives: readonly string[];
}

/** The classes that sample templates may name. */
export const SAMPLE_CLASSES = {
  alnum: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
  alpha: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
  lower: "abcdefghijklmnopqrstuvwxyz0123456789",
  upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
  base32: "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
  bech32: "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
  base64: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
  url64: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-",
  hex: "0123456789abcdef",
  digit: "0123456789",
} as const;

/**
 * Before a token: no letter or digit that would make it part of a longer word, but an escape such as `\n` or `%3D` may
 * end there, since what is scanned is often JSON or a query.
 */
const BEFORE = String.raw`(?:(?<![A-Za-z0-9_])|(?<=\\[nrt])|(?<=%[0-9A-Fa-f]{2}))`;

/** A pattern for a token with a prefix of its own, between boundaries. */
export function token(body: string): RegExp {
  return new RegExp(`${BEFORE}(?:${body})(?![A-Za-z0-9])`, "g");
}

/**
 * A pattern for a value that only its name gives away: `NAME = "value"`, in any of the ways in which configuration, JSON
 * and code write it.
 *
 * @param name of the name, in any case
 * @param value of the value
 */
export function assigned(name: string, value: string): RegExp {
  const between = String.raw`[\w.-]{0,24}\\{0,4}["'${"`"}]?\s{0,4}(?::=|=>|=|:)\s{0,4}\\{0,4}["'${"`"}]?`;
  return new RegExp(`(?:${anyCase(name)})${between}(?<secret>${value})(?![A-Za-z0-9+/=_-])`, "g");
}

/** The pattern for letters of either case, so that the value beside it stays exact. */
function anyCase(pattern: string): string {
  return pattern.replace(/\\.|[a-z]/g, (part) => part.length === 1 ? `[${part}${part.toUpperCase()}]` : part);
}
