import { looksRandom } from "./entropy.ts";

/** Texts that stand where a secret will be put. */

const WORDS =
  /^(?:your|my|an?|the|some|insert|enter|put|add|replace|change|changeme|example|sample|dummy|placeholder|todo|fixme|redacted|hidden|removed|masked|none|null|undefined|true|false)(?:[-_ ]|$)/i;

/** Whether the text is a stand-in: `<token>`, `${TOKEN}`, `your-key-here`, `xxxx`, `****`, `…`. */
export function isPlaceholder(text: string): boolean {
  const inner = text.trim();
  // A random value may well begin with `a-`.
  if (inner === "" || WORDS.test(inner) && !looksRandom(inner)) return true;
  if (/^(.)\1*$/su.test(inner)) return true;
  if (/^(?:<.*>|\[.*\]|\{.*\}|%.*%|\$[A-Za-z_].*|\$\{.*\}|\$\(.*\)|__.*__)$/s.test(inner)) return true;
  return /x{6,}|\*{3,}|\.{3,}|…|[-_](?:here|goes|placeholder)\b/i.test(inner);
}
