/** What a task of `deno.json` runs. */
import { parsePackage } from "./content_javascript.ts";

/**
 * A task of a configuration.
 *
 * @param text of `deno.json` or `deno.jsonc`
 * @returns `code`: its shell text, `null` where there is none; `before`: tasks that run first
 */
export function denoTaskIn(text: string, task: string): { code: string | null; before: readonly string[] } {
  const tasks = parsePackage(withoutComments(text))["tasks"];
  const entry = (tasks as Record<string, unknown> | undefined)?.[task];
  const code = typeof entry === "string" ? entry : (entry as { command?: unknown } | undefined)?.command;
  const before = (entry as { dependencies?: unknown } | undefined)?.dependencies;
  return {
    code: typeof code === "string" ? code : null,
    before: Array.isArray(before) ? before.filter((name) => typeof name === "string") : [],
  };
}

/** JSON with comments and trailing commas, without them. */
function withoutComments(text: string): string {
  return text.replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[^]*?\*\//g, "$1").replace(/,(\s*[}\]])/g, "$1");
}
