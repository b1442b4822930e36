/**
 * The one way from a result to a `--json` document. Keys become snake_case; a point in time (`…At`, `until`,
 * `…Until`), a number of milliseconds in the protocol, becomes ISO 8601 in UTC. Pure.
 */

/** `value` with its keys and times as the documents have them; order is kept. */
export function toJsonValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toJsonValue);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [snakeCase(key), isTime(key, inner) ? iso(inner) : toJsonValue(inner)]),
  );
}

/** The document as it is written: indented by two, one line feed at its end. */
export function jsonDocument(value: unknown): string {
  // JSON leaves C1 controls, bidi controls and line separators as they are; a document may be shown on a terminal.
  const text = JSON.stringify(toJsonValue(value), null, 2).replace(
    /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `${text}\n`;
}

function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function isTime(key: string, value: unknown): value is number {
  return typeof value === "number" && /(^until|At|Until)$/.test(key);
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
