import { isMadeOfWords, looksRandom } from "./entropy.ts";

/** What a value's shape alone tells; `null` where it tells nothing. */
export interface ValueVerdict {
  readonly kind: "secret" | "setting";
  readonly reason: string;
}

/** The reason that no name outweighs. */
export const URL_WITH_PASSWORD = "URL with a password";

/** Judges a trimmed, non-empty value. */
export function judgeValue(text: string): ValueVerdict | null {
  return judgeUrl(text) ?? judgeConnection(text) ?? judgeJson(text) ?? judgePlain(text);
}

/** Parameters of an address that carry a credential. */
const SECRET_PARAMETER =
  /(?:^|[_-])(?:key|apikey|token|secret|password|passwd|pwd|sig|signature|auth|code|credential|sas)$/i;

function judgeUrl(text: string): ValueVerdict | null {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text) || /\s/.test(text)) return null;
  // What comes before the host is judged in the text: a password with unescaped signs in it is no valid URL.
  const authority = /^[^:]+:\/\/(.*)@/s.exec(text)?.[1];
  if (authority !== undefined && authority.includes(":") && !/^:*$/.test(authority)) {
    return { kind: "secret", reason: URL_WITH_PASSWORD };
  }
  const [address = "", query = ""] = text.split(/[?#](.*)/s);
  for (const pair of query.split(/[&;#]/)) {
    const [name = "", value = ""] = pair.split("=");
    if (value !== "" && (SECRET_PARAMETER.test(name) || looksRandom(value))) {
      return { kind: "secret", reason: "URL with a credential in it" };
    }
  }
  const path = address.replace(/^[^:]+:\/\/[^/]*/, "");
  if (path.split("/").some((segment) => looksRandom(segment) && !isUuid(segment))) {
    return { kind: "secret", reason: "URL with a random part" };
  }
  if (authority !== undefined && looksRandom(authority)) {
    return { kind: "secret", reason: "URL with a credential in it" };
  }
  return { kind: "setting", reason: "URL without credentials" };
}

/** `Server=…;Password=…` and `host=… password=…`. */
function judgeConnection(text: string): ValueVerdict | null {
  if (/(?:^|[;\s,])(?:password|pwd|accountkey|sharedaccesskey|secret|api_?key|token)\s*=\s*[^\s;]/i.test(text)) {
    return { kind: "secret", reason: "connection text with a password" };
  }
  return null;
}

function judgeJson(text: string): ValueVerdict | null {
  if (!/^[{[]/.test(text)) return null;
  if (/"[^"]*(?:key|secret|token|passw|credential|private)[^"]*"\s*:/i.test(text)) {
    return { kind: "secret", reason: "JSON with a credential in it" };
  }
  const strings = [...text.matchAll(/"([^"]*)"/g)].map((match) => match[1]!);
  if (strings.some(looksRandom)) return { kind: "secret", reason: "JSON with a random value in it" };
  try {
    JSON.parse(text);
    return { kind: "setting", reason: "JSON without credentials" };
  } catch {
    return null;
  }
}

/** Shapes that settings have; each with the phrase that names it. */
const PLAIN: readonly [RegExp, string][] = [
  [/^(?:true|false|yes|no|on|off|null|none)$/i, "true or false"],
  [/^[+-]?\d{1,10}(?:\.\d{1,6})?$/, "a number"],
  [
    /^\d{1,9}\s?(?:ms|s|m|h|d|w|y|kb|mb|gb|tb|kib|mib|gib|b|%|px|seconds?|minutes?|hours?|days?)$/i,
    "a duration or size",
  ],
  [/^v?\d+\.\d+(?:\.\d+)?(?:-(?:alpha|beta|rc)[.\d]*)?$/i, "a version"],
  [/^\d{4}-\d{2}-\d{2}(?:[T ][\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?$/, "a date"],
  [/^(?:\d{1,3}\.){3}\d{1,3}(?:[:/]\d{1,5})?$/, "an address"],
  [/^(?:localhost|[a-z][a-z0-9-]{0,30}):\d{2,5}$/i, "a host and port"],
  [/^(?:[a-z][a-z0-9-]{0,30}\.){1,4}[a-z]{2,12}(?::\d{2,5})?$/, "a host"],
  [/^[\w.+-]{1,40}@[\w-]{1,40}(?:\.[\w-]{2,30}){1,3}$/, "an e-mail address"],
  [/^[A-Za-z]+(?:\/[A-Z][A-Za-z_]+){1,2}$/, "a time zone"],
  [/^(?:us|eu|ap|ca|sa|me|af)-[a-z]+-\d[a-f]?$/, "a region"],
  [/^[a-z]{2}[-_][A-Z]{2}(?:\.UTF-8)?$/, "a locale"],
];

function judgePlain(text: string): ValueVerdict | null {
  if (text.length > 200 || looksRandom(text)) return null;
  for (const [pattern, reason] of PLAIN) {
    if (pattern.test(text)) return { kind: "setting", reason };
  }
  const words = text.split(/[\s,;]+/);
  if (words.every(isWord)) return { kind: "setting", reason: words.length === 1 ? "plain word" : "plain words" };
  if (/^(?:\.{0,2}|~)\/[\w./@ -]*$/.test(text) && !text.split("/").some(looksRandom)) {
    return { kind: "setting", reason: "a path" };
  }
  return null;
}

/** `development`, `my-app`, `camelCase`, `us-east-1`: as people write words, with vowels in the longer ones. */
function isWord(word: string): boolean {
  if (word.length > 40 || !/^[A-Za-z][\w.:*-]*$/.test(word)) return false;
  if (/\d/.test(word) && !/[-_.:]\d{1,4}(?:$|[-_.:])/.test(word)) return false;
  return isMadeOfWords(word) && word.split(/[^A-Za-z]+/).every((part) => part.length < 5 || /[aeiouy]/i.test(part));
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
