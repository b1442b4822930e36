import { OvError } from "../base/mod.ts";
import type { DotenvNote } from "./parse.ts";

/** What {@link parseJsonSecrets} read. */
export interface JsonSecrets {
  /** In the order of the file, each key once: the last one's value. */
  readonly entries: { key: string; value: string }[];
  readonly notes: DotenvNote[];
}

/**
 * The entries of a JSON object of strings, the form that `wrangler secret bulk` takes.
 *
 * A number, `true` or `false` is taken as its JSON text, with a note; `null` is dropped, as Wrangler does, with a note.
 *
 * @param text JSON (RFC 8259); a byte order mark is passed over
 * @throws {OvError} `usage/file` where it is not JSON, not an object, or holds an object or array
 */
export function parseJsonSecrets(text: string): JsonSecrets {
  const body = text.startsWith("\uFEFF") ? text.slice(1) : text;
  requireFlatObject(body);
  const values = new Map<string, { value: string; line: number }>();
  const notes: DotenvNote[] = [];
  for (const { key, source, line } of members(body)) {
    const earlier = values.get(key);
    if (earlier !== undefined) {
      notes.push({ line: earlier.line, kind: "duplicate", message: `overridden by line ${line}` });
      values.delete(key);
    }
    if (source === "null") {
      notes.push({ line, kind: "dropped", message: "null is no value" });
    } else if (source.startsWith('"')) {
      values.set(key, { value: JSON.parse(source), line });
    } else {
      notes.push({ line, kind: "differs", message: "not a string: its JSON text becomes the value" });
      values.set(key, { value: source, line });
    }
  }
  notes.sort((a, b) => a.line - b.line);
  return { entries: [...values].map(([key, { value }]) => ({ key, value })), notes };
}

function requireFlatObject(body: string): void {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    // The engine's own message quotes the text around the fault, so it is not passed on, not even as a cause.
    throw refuse("not valid JSON");
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) throw refuse("not a JSON object");
  // Counted in the text: `JSON.parse` forgets a nested value that a later duplicate of its key replaces.
  const brackets = body.replace(/"(?:[^"\\]|\\.)*"/g, "").match(/[{[]/g) ?? [];
  if (brackets.length > 1) throw refuse("a value is an object or an array");
}

function refuse(state: string): OvError {
  return new OvError("usage/file", `Cannot read JSON secrets: ${state}`, {
    hint: 'Expected one flat object of strings, like {"NAME": "value"}.',
  });
}

/** Keys with their values' source text, duplicates and all. The text is known to be valid and flat. */
function* members(body: string): Generator<{ key: string; source: string; line: number }> {
  let key: string | null = null;
  let line = 1;
  let counted = 0;
  for (const token of body.matchAll(/"(?:[^"\\]|\\.)*"|[^\s{}:,"]+/g)) {
    if (key !== null) {
      yield { key, source: token[0], line };
      key = null;
      continue;
    }
    line += body.slice(counted, token.index).split("\n").length - 1;
    counted = token.index;
    key = JSON.parse(token[0]) as string;
  }
}
