import { OvError } from "../base/mod.ts";
import { DOTENV_KEY } from "./grammar.ts";
import { parseDotenv } from "./parse.ts";

/**
 * Entries as text that dotenv 16.3.1 reads back to the same values, one `KEY=value` after the other.
 *
 * @param entries each key once
 * @param options `expand`: the reader also expands `$NAME` (Wrangler with `.env*` or `--env-file`), so every `$` gets
 * a backslash
 * @returns text with a line end after each entry; empty for no entries
 * @throws {OvError} `usage/name` for a key that dotenv does not accept or that comes twice; `usage/value` for a value
 * that dotenv has no spelling for
 */
export function serializeDotenv(
  entries: readonly { readonly key: string; readonly value: string }[],
  options: { expand?: boolean } = {},
): string {
  const keys = new Set<string>();
  let out = "";
  for (const { key, value } of entries) {
    if (!DOTENV_KEY.test(key) || key === "__proto__") {
      throw new OvError("usage/name", refusal(key, "name not accepted"));
    }
    if (keys.has(key)) throw new OvError("usage/name", refusal(key, "name given twice"));
    keys.add(key);
    out += line(key, options.expand ? value.replaceAll("$", "\\$") : value);
  }
  return out;
}

/** What may stand without quotes: nothing that any reader of such files, a shell included, gives a meaning to. */
const PLAIN = /^[A-Za-z0-9_./:@%+,=-]+$/;

/** Texts in which quotes of each kind open, stay open and close: a spelling that holds before these holds anywhere. */
const FOLLOWING = [`"`, `'`, "`"].flatMap((quote) => [
  `B=${quote}x\nC=y${quote}\n`,
  `B=${quote}\nC=${quote}\n`,
]);

function line(key: string, value: string): string {
  for (const spelling of spellings(value)) {
    const text = `${key}=${spelling}\n`;
    if (["", ...FOLLOWING].every((rest) => readsAs(text + rest, key, value, rest))) return text;
  }
  throw new OvError(
    "usage/value",
    refusal(key, "the value mixes quotes, line ends or # in a way the format can't hold"),
    {
      hint: "Export it as JSON.",
    },
  );
}

function* spellings(value: string): Generator<string> {
  if (PLAIN.test(value)) yield value;
  for (const quote of ["'", '"', "`"]) yield quote + value + quote;
  // Only double quotes can hold a carriage return: dotenv makes a line feed of a literal one.
  if (value.includes("\r")) yield `"${value.replaceAll("\r", "\\r")}"`;
  yield value;
}

function readsAs(text: string, key: string, value: string, rest: string): boolean {
  const [first, ...others] = parseDotenv(text).entries;
  if (first?.key !== key || first.value !== value || !value.isWellFormed()) return false;
  return JSON.stringify(others.map(pair)) === JSON.stringify(parseDotenv(rest).entries.map(pair));
}

function pair({ key, value }: { key: string; value: string }): [string, string] {
  return [key, value];
}

function refusal(key: string, state: string): string {
  return `Cannot write ${JSON.stringify(key)} as dotenv: ${state}`;
}
