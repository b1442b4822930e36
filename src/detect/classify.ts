import { looksRandom } from "./entropy.ts";
import { judgeName } from "./names.ts";
import { isPlaceholder } from "./placeholder.ts";
import { ruleById, scanText } from "./scan.ts";
import { judgeValue, URL_WITH_PASSWORD } from "./values.ts";

/** Whether an entry is to be kept secret, and why. */
export interface Classification {
  readonly kind: "secret" | "setting";
  /** One short phrase for a person; never holds the value. */
  readonly reason: string;
  /** The scanner rule that decided, where one did. */
  readonly rule?: string;
}

/**
 * Tells a secret from a setting by the value's shape, then the name, then how random the value is; in doubt a secret.
 *
 * @param key any name
 * @param value the value as the program would get it
 */
export function classify(key: string, value: string): Classification {
  const text = value.trim();
  if (text === "") return setting("empty");
  const name = judgeName(key);
  const found = scanText(`${key}=${value}`).map(({ rule }) => ruleById(rule)!);
  const certain = found.find(({ publishable, id }) =>
    !(publishable && name.kind === "public") && id !== "named-secret"
  );
  if (certain !== undefined) return { kind: "secret", reason: `looks like ${certain.label}`, rule: certain.id };
  if (/^(?:pk_(?:live|test)_|sb_publishable_|phc_|pk-lf-|pk\.eyJ|sq0idp-)/.test(text)) {
    return setting("a publishable key");
  }
  if (/^-----BEGIN (?:RSA |EC )?(?:PUBLIC KEY|CERTIFICATE)-----/.test(text)) {
    return setting("a public key or certificate");
  }

  const shape = judgeValue(text);
  if (name.kind === "public") return shape?.reason === URL_WITH_PASSWORD ? secret(shape.reason) : setting(name.reason);
  if (shape?.kind === "secret") return secret(shape.reason);
  if (name.kind === "secret") {
    if (/^(?:true|false)$/i.test(text)) return setting("true or false");
    if (/^https?:/.test(text) && shape?.kind === "setting" && !/WEBHOOK|DSN|HOOK$/.test(name.reason)) {
      return setting(shape.reason);
    }
    return secret(name.reason);
  }
  if (name.kind === "about-secret") {
    if (shape?.kind === "setting" || !looksRandom(text)) return setting(name.reason);
    return secret("high entropy");
  }
  if (shape?.kind === "setting") return setting(shape.reason);
  if (name.kind === "setting") return setting(name.reason);
  if (isPlaceholder(text)) return setting("a stand-in, not a value");
  if (looksRandom(text)) return secret("high entropy");
  return secret("not known to be a setting");
}

function secret(reason: string): Classification {
  return { kind: "secret", reason };
}

function setting(reason: string): Classification {
  return { kind: "setting", reason };
}
