/** How secrets are written out in plain text, for what truly needs a file. Pure: text in, text out. */
import { encodeHex, OvError } from "../base/mod.ts";
import { serializeDotenv } from "../dotenv/mod.ts";
import { maskability } from "../mask/mod.ts";

/** A secret in plain text. */
export interface PlainEntry {
  readonly key: string;
  readonly value: string;
}

/** Formats of `ov export`. */
export type ExportFormat = "dotenv" | "json" | "shell" | "docker" | "gha";

/**
 * The entries as one text.
 * @throws OvError `usage/value` where the format can not hold a value
 */
export function formatEntries(format: Exclude<ExportFormat, "gha">, entries: readonly PlainEntry[]): string {
  switch (format) {
    case "dotenv":
      return serializeDotenv(entries.map(({ key, value }) => ({ key, value: noNul(key, value) })));
    case "json":
      return JSON.stringify(Object.fromEntries(entries.map(({ key, value }) => [key, value])), null, 2) + "\n";
    case "shell":
      return entries.map(({ key, value }) => `export ${key}='${noNul(key, value).replaceAll("'", "'\\''")}'\n`).join(
        "",
      );
    case "docker":
      return entries.map(({ key, value }) => `${key}=${dockerLine(key, value)}\n`).join("");
  }
}

/**
 * What registers the values as masked with a GitHub Actions runner, for its stdout: one command for each line of each
 * value, which is how its log is masked. The runner does not show these commands. A value of several lines is never
 * registered whole: the runner would register every line of it, and a `}` among them would garble the whole log. What can
 * not be masked is left out, and named where that is the value.
 */
export function registerMasks(entries: readonly PlainEntry[]): { commands: string; unmasked: readonly string[] } {
  const texts = new Set<string>();
  const unmasked: string[] = [];
  for (const { key, value } of entries) {
    const forms = value.split(/\r\n|\r|\n/).flatMap((line) => [line, line.trim()]).filter(isMaskable);
    if (forms.length === 0) unmasked.push(key);
    for (const form of forms) texts.add(form);
  }
  return { commands: [...texts].map((text) => `::add-mask::${escapeData(text)}\n`).join(""), unmasked };
}

/** The entries for the file that `GITHUB_ENV` names. @param random 16 fresh bytes, so that no value ends its own entry */
export function githubEnvironment(entries: readonly PlainEntry[], random: Uint8Array): string {
  const mark = `ov_${encodeHex(random)}`;
  return entries.map(({ key, value }) => `${key}<<${mark}\n${noNul(key, value)}\n${mark}\n`).join("");
}

/** The runner undoes `%25`, `%0D` and `%0A` in a command; a line holds no break, so the sign itself is all there is. */
function escapeData(line: string): string {
  return line.replaceAll("%", "%25");
}

function isMaskable(text: string): boolean {
  return maskability(new TextEncoder().encode(text)).maskable;
}

/** Docker takes what stands behind the `=` as it is, to the end of the line. */
function dockerLine(key: string, value: string): string {
  if (!/[\r\n]/.test(noNul(key, value))) return value;
  throw new OvError(
    "usage/value",
    `Cannot export ${key}: its value has several lines, which docker's format can not hold`,
    {
      hint: "Use --format json, or `docker run --env KEY` under `ov run`.",
    },
  );
}

function noNul(key: string, value: string): string {
  if (!value.includes("\0")) return value;
  throw new OvError("usage/value", `Cannot export ${key}: its value holds a NUL byte`, {
    hint: "Use --format json.",
  });
}
