/** Values of options: lists of names, durations, whole numbers. Pure; every refusal is `usage/…` and says what is allowed. */
import { isSecretName, OvError } from "../base/mod.ts";

/** A usage error: `Action: state`, with a hint. */
export function usageError(message: string, hint?: string): OvError {
  return new OvError("usage/invalid", message, hint === undefined ? {} : { hint });
}

/**
 * `A,B` as names, each once, in the order given.
 * @param action of the refusal
 * @throws OvError `usage/name`
 */
export function parseNames(text: string, action: string): readonly string[] {
  const names = [...new Set(text.split(",").map((name) => name.trim()).filter((name) => name !== ""))];
  if (names.length === 0) throw usageError(`${action}: the list of names is empty`, "Give names as A,B,C.");
  for (const name of names) {
    if (!isSecretName(name)) {
      throw new OvError("usage/name", `${action}: "${name}" cannot be the name of a secret`, {
        hint: "A name is made of letters, digits and underscores, and does not start with a digit.",
      });
    }
  }
  return names;
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * `30s`, `5m`, `1.5h`, `500ms`, `7d`; a bare number is seconds.
 * @returns milliseconds, at least 1
 * @throws OvError `usage/invalid`
 */
export function parseDurationMs(text: string, action: string): number {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)?$/.exec(text);
  const ms = match === null ? 0 : Math.round(Number(match[1]) * UNITS_MS[match[2] ?? "s"]!);
  if (ms < 1 || !Number.isSafeInteger(ms)) {
    throw usageError(`${action}: "${text}" is not a duration`, "Write it as 30s, 5m, 2h or 7d.");
  }
  return ms;
}

/**
 * A whole number between two bounds.
 * @throws OvError `usage/invalid`
 */
export function parseWhole(text: string, o: { action: string; what: string; min: number; max: number }): number {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (!(number >= o.min && number <= o.max)) {
    throw usageError(`${o.action}: "${text}" is not a ${o.what}`, `Give a whole number from ${o.min} to ${o.max}.`);
  }
  return number;
}
