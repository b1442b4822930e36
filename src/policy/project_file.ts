/**
 * `.ov.yaml`, a strict subset of YAML 1.2 that every YAML reader reads the same way:
 *
 * ```yaml
 * app: my-worker          # a slug, plain or quoted
 * env: development
 * secrets:                # names, as a block list or [A, B] on one line
 *   - STRIPE_SECRET_KEY
 * ```
 *
 * Anything else is refused with its line: an anchor, a tag, a nested map, a key that is not known, a key twice. The file is
 * the agent's to write, so it only chooses and offers (DESIGN §4).
 */
import { OvError } from "../base/mod.ts";
import { isSlug } from "./context.ts";

/** File name that is looked for, walking up. */
export const PROJECT_FILE = ".ov.yaml";

/** What a project file says. */
export interface ProjectFile {
  readonly app?: string;
  readonly env?: string;
  readonly secrets?: readonly string[];
}

const MAX_CHARACTERS = 64 * 1024;
const SECRET_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const KEYS = ["app", "env", "secrets"] as const;

/**
 * Reads a project file.
 *
 * @param text its content
 * @param path named in errors
 * @throws OvError `usage/project-file` with the line and what is allowed there
 */
export function parseProjectFile(text: string, path: string): ProjectFile {
  const fail = (line: number, problem: string): never => {
    throw new OvError("usage/project-file", `Cannot read ${path}: line ${line}: ${problem}`, {
      hint: "Allowed are app: NAME, env: NAME, and secrets: as a list of names; see the README.",
    });
  };
  if (text.length > MAX_CHARACTERS) fail(1, `longer than ${MAX_CHARACTERS} characters`);
  const found: { app?: string; env?: string; secrets?: string[] } = {};
  let list: string[] | null = null;
  let listIndent: number | null = null;
  let started = false;
  for (const [index, raw] of text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/).entries()) {
    const line = index + 1;
    // deno-lint-ignore no-control-regex -- control characters are what is refused here
    if (/[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]/.test(raw)) fail(line, "a control character");
    if (/^ *\t/.test(raw)) fail(line, "a tab in the indentation");
    const content = withoutComment(raw);
    if (content.trim() === "") continue;
    if (content === "---" && !started) {
      started = true;
      continue;
    }
    started = true;

    const item = /^( *)- +(.*)$/.exec(content);
    if (item !== null) {
      if (list === null) return fail(line, "a list item outside secrets:");
      const indent = item[1]!.length;
      listIndent ??= indent;
      if (indent !== listIndent) fail(line, "the items of a list must stand below each other");
      list.push(secretName(item[2]!, list, (problem) => fail(line, problem)));
      continue;
    }
    const entry = /^([A-Za-z_]+)[ \t]*:(?:[ \t]+(.*))?$/.exec(content);
    const key = KEYS.find((known) => known === entry?.[1]);
    if (entry === null || key === undefined) return fail(line, `only ${KEYS.join(", ")} are known here`);
    if (Object.hasOwn(found, key)) fail(line, `${key} stands twice`);
    const value = entry[2]?.trim() ?? "";
    list = null;
    if (key === "secrets") {
      found.secrets = [];
      if (value === "") [list, listIndent] = [found.secrets, null];
      else {for (const name of flowItems(value) ?? fail(line, "secrets must be a list of names")) {
          found.secrets.push(secretName(name, found.secrets, (problem) => fail(line, problem)));
        }}
      continue;
    }
    const name = scalar(value);
    if (name === null || !isSlug(name)) {
      return fail(line, `${key} must be a name of lower-case letters, digits and hyphens`);
    }
    found[key] = name;
  }
  return found;
}

/**
 * A project file that {@link parseProjectFile} reads back as the same.
 *
 * @throws OvError `usage/project-file` where a name can not stand in one
 */
export function serializeProjectFile(o: ProjectFile): string {
  const lines: string[] = [];
  // Quoted always: `no`, `1e3` or `null` would be something else than text to other readers of YAML.
  if (o.app !== undefined) lines.push(`app: "${o.app}"`);
  if (o.env !== undefined) lines.push(`env: "${o.env}"`);
  if (o.secrets !== undefined) {
    lines.push(o.secrets.length === 0 ? "secrets: []" : "secrets:", ...o.secrets.map((name) => `  - "${name}"`));
  }
  const text = lines.map((line) => `${line}\n`).join("");
  parseProjectFile(text, PROJECT_FILE);
  return text;
}

/** The line up to a `#` that begins a comment: outside quotes, and at the start or after white space. */
function withoutComment(line: string): string {
  let quote: string | null = null;
  for (let i = 0; i < line.length; i++) {
    const character = line[i]!;
    if (quote !== null) {
      if (quote === '"' && character === "\\") i++;
      else if (character === quote) quote = null;
    } else if ((character === '"' || character === "'") && /[\s,[]/.test(line[i - 1] ?? " ")) {
      quote = character;
    } else if (character === "#" && /\s/.test(line[i - 1] ?? " ")) {
      return line.slice(0, i).trimEnd();
    }
  }
  return line.trimEnd();
}

/** Items of `[A, "B"]`; a comma after the last is allowed, as in YAML. `null` where it is something else. */
function flowItems(text: string): string[] | null {
  const inner = /^\[(.*)\]$/.exec(text)?.[1];
  if (inner === undefined) return null;
  const items = inner.split(",").map((item) => item.trim());
  if (items.at(-1) === "") items.pop();
  return items;
}

function secretName(text: string, before: readonly string[], fail: (problem: string) => never): string {
  const name = scalar(text.trim());
  if (name === null || !SECRET_NAME.test(name)) {
    return fail("the name of a secret has letters, digits and _, and does not begin with a digit");
  }
  if (before.includes(name)) return fail(`${name} stands twice`);
  return name;
}

/** A plain or quoted scalar without any escape, which no name needs; `null` where it is anything else. */
function scalar(text: string): string | null {
  const quoted = /^(["'])([A-Za-z0-9_-]*)\1$/.exec(text);
  if (quoted !== null) return quoted[2]!;
  return /^[A-Za-z0-9_-]+$/.test(text) ? text : null;
}
