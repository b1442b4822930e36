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

/** A hundred years: nothing that is asked for lasts longer, and no date overflows. */
const MAX_DURATION_MS = 100 * 365 * 86_400_000;

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * `30s`, `5m`, `1.5h`, `500ms`, `7d`; a bare number is seconds.
 * @param max what is allowed, in milliseconds and in words
 * @returns milliseconds, at least 1
 * @throws OvError `usage/invalid`
 */
export function parseDurationMs(
  text: string,
  action: string,
  max: { ms: number; words: string } = { ms: MAX_DURATION_MS, words: "100 years" },
): number {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)?$/.exec(text);
  const ms = match === null ? 0 : Math.round(Number(match[1]) * UNITS_MS[match[2] ?? "s"]!);
  if (ms < 1 || !Number.isSafeInteger(ms)) {
    throw usageError(`${action}: "${text}" is not a duration`, "Write it as 30s, 5m, 2h or 7d.");
  }
  if (ms > max.ms) throw usageError(`${action}: "${text}" is too long`, `At most ${max.words}.`);
  return ms;
}

/**
 * A time: a duration from now (`2h`; back where `past`), or a date and time as `2026-03-01T18:00`, local unless it says
 * otherwise; a date alone is its midnight.
 * @returns milliseconds since the epoch
 * @throws OvError `usage/invalid`
 */
export function parseTimeMs(text: string, o: { action: string; now: number; past: boolean }): number {
  if (/^\d+(?:\.\d+)?[a-z]*$/.test(text)) {
    const distance = parseDurationMs(text, o.action);
    return o.past ? Math.max(0, o.now - distance) : o.now + distance;
  }
  const isDate = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)?)?$/.test(text);
  // A date alone would be read as midnight of Greenwich.
  const ms = isDate ? Date.parse(text.length === 10 ? `${text}T00:00` : text.replace(" ", "T")) : NaN;
  if (!(ms >= 0)) {
    throw usageError(`${o.action}: "${text}" is not a time`, "Write it as 2h, 7d, 2026-03-01 or 2026-03-01T18:00.");
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
