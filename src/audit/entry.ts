/** An entry of the audit log: names of things and what was done with them, never a value. */
export interface AuditEntry {
  /** What was done or refused: `run`, `get`, `grant`, `denied`, … */
  readonly action: string;
  /** Who asked: `agent`, `human`. */
  readonly origin?: string;
  readonly app?: string;
  readonly env?: string;
  readonly secrets?: readonly string[];
  /** Absolute path of a program. */
  readonly program?: string;
  /** Files that the command line names. */
  readonly files?: readonly string[];
  readonly workDir?: string;
  /** Why it was allowed. */
  readonly reason?: string;
  /** The error's code, where it was refused. */
  readonly code?: string;
  /** The operation that was refused. */
  readonly op?: string;
  readonly [field: string]: unknown;
}

/** Longest text that is taken from an entry. */
const MAX_TEXT = 4096;

/** A field as text; empty where it is none. */
export function textOf(entry: AuditEntry, field: string): string {
  const value = entry[field];
  return typeof value === "string" ? value.slice(0, MAX_TEXT) : typeof value === "number" ? String(value) : "";
}

/** A field as a list of texts; empty where it is none. */
export function listOf(entry: AuditEntry, field: string): readonly string[] {
  const value = entry[field];
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

/** What was stored, as an entry; whatever it is, its action is a text. */
export function readEntry(stored: unknown): AuditEntry {
  const isObject = typeof stored === "object" && stored !== null && !Array.isArray(stored);
  const fields = isObject ? stored as Record<string, unknown> : {};
  return { ...fields, action: typeof fields["action"] === "string" ? fields["action"] : "unknown" };
}
