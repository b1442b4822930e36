import { basename, join } from "node:path";
import { decodeUtf8, isSlug, OvError } from "../base/mod.ts";
import { classify } from "../detect/mod.ts";
import { parseDotenv, parseJsonSecrets } from "../dotenv/mod.ts";
import { readSmallText } from "./context_files.ts";
import type { Door } from "./door.ts";
import { fileError } from "./files.ts";
import { readAll } from "./ops/secrets.ts";
import type { ImportNote, Params } from "./protocol.ts";

/** One effective entry of what is imported. */
export interface SourceEntry {
  readonly key: string;
  readonly value: string;
  /** 1-based; 0 where the format has no lines. */
  readonly line: number;
  readonly kind: "secret" | "setting";
  readonly reason: string;
}

/** What was read, and the file as it was then. Holds values: it never leaves the keeper. */
export interface ReadSource {
  readonly format: "dotenv" | "json";
  /** Absolute path, or `null` for stdin. */
  readonly path: string | null;
  /** The file itself where `path` is a symbolic link. */
  readonly realPath: string | null;
  readonly mode: number;
  readonly bytes: Uint8Array;
  readonly text: string;
  readonly entries: readonly SourceEntry[];
  readonly notes: readonly ImportNote[];
}

/** Larger configurations are not looked into for a name. */
const MAX_NAMING_BYTES = 1024 * 1024;

/** Largest file that is imported. */
const MAX_IMPORT_BYTES = 4 * 1024 * 1024;

/**
 * Reads what is to be imported, exactly as Wrangler would: `.env*` with expansion, everything else without.
 * @throws OvError `usage/file`
 */
export async function readImportSource(
  door: Door,
  source: Params<"import.plan">["source"],
  format: Params<"import.plan">["format"],
): Promise<ReadSource> {
  const path = source.kind === "file" ? door.path(source.path) : null;
  const file = path === null
    ? { bytes: await readAll(door.parts.stdin ?? Deno.stdin, MAX_IMPORT_BYTES + 1), realPath: null, mode: 0o600 }
    : readFile(path);
  const shown = path ?? "stdin";
  if (file.bytes.length > MAX_IMPORT_BYTES) {
    throw new OvError("usage/file", `Cannot import ${shown}: it is over 4 MiB`, { hint: "Is it the right file?" });
  }
  const text = decodeUtf8(file.bytes);
  if (text === null) {
    throw new OvError("usage/file", `Cannot import ${shown}: it is not UTF-8 text`, {
      hint: "Save it as UTF-8; values of other bytes go in with `ov secret set NAME --file FILE`.",
    });
  }
  const asJson = format === "json" || (format === "auto" && looksLikeJson(path, text));
  const read = asJson ? readJson(text) : readDotenv(text, path);
  return { format: asJson ? "json" : "dotenv", path, ...file, text, ...read };
}

/** The env that a file's name means: `.dev.vars.staging` is `staging`; `null` where it names none. */
export function envNameOf(fileName: string): string | null {
  const suffix = /^\.(?:dev\.vars|env)\.(.+)$/.exec(fileName)?.[1];
  if (suffix === undefined) return null;
  const name = suffix.replace(/\.?local$/, "").toLowerCase();
  return isSlug(name) && !["example", "sample", "template", "dist", "defaults"].includes(name) ? name : null;
}

/** The name that the project gives itself in its Wrangler configuration or `package.json`, as a slug; else `null`. */
export function appNameOf(folder: string): string | null {
  const readers: readonly [string, (text: string) => string | undefined][] = [
    ["wrangler.jsonc", nameOfJson],
    ["wrangler.json", nameOfJson],
    ["wrangler.toml", (text) => /^\s*name\s*=\s*["']([^"'\n]+)["']/m.exec(text)?.[1]],
    ["package.json", nameOfJson],
  ];
  for (const [file, nameIn] of readers) {
    let text: string | null;
    try {
      text = readSmallText(join(folder, file), MAX_NAMING_BYTES);
    } catch {
      continue;
    }
    const slug = nameIn(text ?? "")?.toLowerCase().replace(/^@[^/]*\//, "").replace(/[^a-z0-9]+/g, "-").replace(
      /^-|-$/g,
      "",
    );
    if (slug !== undefined && isSlug(slug)) return slug;
  }
  return null;
}

/** The first `name` at the top of a JSON object; comments and nesting before it do not matter for a default. */
function nameOfJson(text: string): string | undefined {
  return /(?:^|[{,])\s*"name"\s*:\s*"([^"\n]+)"/m.exec(text)?.[1];
}

function looksLikeJson(path: string | null, text: string): boolean {
  return path?.endsWith(".json") === true || /^\uFEFF?\s*\{/.test(text);
}

function readDotenv(text: string, path: string | null): { entries: SourceEntry[]; notes: ImportNote[] } {
  const expand = path !== null && /^\.env(\.|$)/.test(basename(path));
  const { entries, notes } = parseDotenv(text, { expand });
  return {
    entries: entries.filter((entry) => !entry.shadowed).map(({ key, value, startLine }) => {
      const { kind, reason } = classify(key, value);
      return { key, value, line: startLine, kind, reason };
    }),
    notes: notes.map(({ line, message }) => ({ line, message })),
  };
}

function readJson(text: string): { entries: SourceEntry[]; notes: ImportNote[] } {
  const { entries, notes } = parseJsonSecrets(text);
  return {
    entries: entries.map(({ key, value }) => {
      const { kind, reason } = classify(key, value);
      return { key, value, line: 0, kind, reason };
    }),
    notes: notes.map(({ line, message }) => ({ line, message })),
  };
}

function readFile(path: string): { bytes: Uint8Array; realPath: string; mode: number } {
  try {
    const realPath = Deno.realPathSync(path);
    const stat = Deno.statSync(realPath);
    if (stat.isDirectory) {
      throw new OvError("usage/file", `Cannot import ${path}: it is a folder`, { hint: "Name the file itself." });
    }
    // Opening a FIFO would wait for a writer for ever, and a device may never end.
    if (!stat.isFile) {
      throw new OvError("usage/file", `Cannot import ${path}: it is not a regular file`, {
        hint: "Pipe it in instead: ov import - --yes",
      });
    }
    if (stat.size > MAX_IMPORT_BYTES) {
      throw new OvError("usage/file", `Cannot import ${path}: it is over 4 MiB`, { hint: "Is it the right file?" });
    }
    return { bytes: Deno.readFileSync(realPath), realPath, mode: (stat.mode ?? 0o600) & 0o777 };
  } catch (cause) {
    throw fileError(`Cannot import ${path}`, cause, "read");
  }
}
