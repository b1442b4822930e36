import { OvError } from "../base/mod.ts";

/**
 * `$NAME` and `${NAME}` expansion of dotenv-expand 12.0.2, as Wrangler applies it to `.env*` and `--env-file` files:
 * with an empty process environment, so a name stands only for an entry *before* it and else for nothing.
 *
 * Forms: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `${NAME:+other}`, `${NAME+other}`; a backslash
 * before `$` keeps it and disappears. What comes out is expanded again, in single quotes too.
 */

/** dotenv-expand has no limits, and a file can make it run for ever; nothing that a Worker can use is near these. */
const MAX_STEPS = 1_000;
const MAX_LENGTH = 1 << 17;

const REFERENCE = /(?<!\\)\$\{([^{}]+)\}|(?<!\\)\$([A-Za-z_][A-Za-z0-9_]*)/;
const OPERATOR = /:\+|\+|:-|-/;

/**
 * @param values keys with their parsed values, each key once, in the order of the file
 * @returns a new map with the same keys
 * @throws {OvError} `usage/file` where expansion does not end or grows beyond 128 KiB
 */
export function expandDotenv(values: ReadonlyMap<string, string>): Map<string, string> {
  const expanded = new Map<string, string>();
  for (const key of objectOrder(values.keys())) {
    const value = expandValue(key, values.get(key)!, expanded);
    expanded.set(key, value.replaceAll("\\$", "$"));
  }
  return new Map([...values.keys()].map((key) => [key, expanded.get(key)!]));
}

/** dotenv keeps its entries in an object, where keys like `0` come first, by number: so they are expanded first. */
function objectOrder(keys: Iterable<string>): string[] {
  const object: Record<string, null> = Object.create(null);
  for (const key of keys) object[key] = null;
  return Object.keys(object);
}

function expandValue(ownKey: string, value: string, before: ReadonlyMap<string, string>): string {
  const seen = new Set<string>();
  let result = value;
  for (let step = 0;; step++) {
    const found = REFERENCE.exec(result);
    if (found === null) return result;
    if (step >= MAX_STEPS || result.length > MAX_LENGTH) {
      throw new OvError("usage/file", `Cannot expand ${ownKey}: its references do not come to an end`, {
        hint: "Write a literal dollar sign as \\$.",
      });
    }
    seen.add(result);
    const { name, replacement } = resolve(found[1] ?? found[2]!, before, seen);
    // The replacement's own `$&` and `$$` count, as they do in dotenv-expand, which hands it to `replace` as well.
    result = result.replace(found[0], replacement);
    if (result === before.get(name)) return result;
  }
}

function resolve(expression: string, before: ReadonlyMap<string, string>, seen: ReadonlySet<string>) {
  // Without an operator dotenv-expand divides at `null`, read as the text "null": `$nullable` is `$` with default
  // `able`. It is a defect there, and what the Worker gets.
  const operator = OPERATOR.exec(expression)?.[0] ?? "null";
  const [name = "", ...rest] = expression.split(operator);
  const alternative = rest.join(operator);
  const value = before.get(name) ?? "";
  if (operator === "+" || operator === ":+") return { name, replacement: value === "" ? "" : alternative };
  return { name, replacement: value === "" || seen.has(value) ? alternative : value };
}
