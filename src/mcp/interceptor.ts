import { OvError } from "../base/mod.ts";
import { scanText } from "../detect/mod.ts";
import type { Tool } from "./tools.ts";

/** Longest sum of all strings of a call's arguments, in UTF-16 units. */
export const MAX_ARGUMENT_LENGTH = 262_144;

/** Where a secret was recognised, without a character of it. */
export interface Intercepted {
  /** The field, in words of ours. */
  readonly field: string;
  /** Id of the scanner's rule. */
  readonly rule: string;
}

/** The refusal; names the rule and the field and never the text. */
export function refusedFor(tool: Tool, { field, rule }: Intercepted): OvError {
  return new OvError(
    "policy/intercepted",
    `Cannot call ${tool.name}: ${field} holds what looks like a secret (${rule})`,
    {
      hint: "Never pass a value: name the secret in `secrets`, and the command finds it in its environment.",
    },
  );
}

/**
 * Looks at every string of a call's arguments, names of fields included, for what a secret scanner recognises. A value
 * that the vault itself holds is looked for by the keeper, which is the only one that knows it.
 *
 * @param tool gives the names of fields that may be repeated
 * @param args as they came, not validated
 * @returns the first place; `null` where there is none
 * @throws OvError `usage/invalid` where the arguments are too long to be looked at
 */
export function intercept(tool: Tool, args: Readonly<Record<string, unknown>>): Intercepted | null {
  let length = 0;
  let found: Intercepted | null = null;
  const check = (text: string, field: string) => {
    length += text.length;
    if (length > MAX_ARGUMENT_LENGTH) {
      throw new OvError("usage/invalid", `Cannot call ${tool.name}: the arguments are too long`, {
        hint: "Put long input into a file and name the file.",
      });
    }
    const finding = scanText(text)[0];
    if (finding !== undefined) found ??= { field, rule: finding.rule };
  };
  // A stack of its own: nesting as deep as a message allows must not end the process.
  const rest: { value: unknown; field: string }[] = [];
  for (const [key, value] of Object.entries(args)) {
    const known = Object.hasOwn(tool.inputSchema.properties, key);
    check(key, "a field's name");
    rest.push({ value, field: known ? `"${key}"` : "an unknown field" });
  }
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const { value, field } = next;
    if (typeof value === "string") check(value, field);
    else if (typeof value === "object" && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        if (!Array.isArray(value)) check(key, field);
        rest.push({ value: inner, field });
      }
    }
  }
  return found;
}
