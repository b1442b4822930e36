import { dirname, join } from "node:path";
import { isSlug, OvError } from "../base/mod.ts";
import { parseProjectFile } from "../policy/mod.ts";
import { makeFolder, writeFileAtomically } from "./files.ts";

/** Name of the file that chooses app and env for a directory tree. */
export const PROJECT_FILE = ".ov.yaml";

/** A `.ov.yaml` that was found. */
export interface ProjectFile {
  readonly path: string;
  readonly folder: string;
  readonly content: { readonly app?: string; readonly env?: string; readonly secrets?: readonly string[] };
}

const MAX_PROJECT_FILE_BYTES = 64 * 1024;

/**
 * The nearest `.ov.yaml`, at `folder` or above it; `null` where there is none.
 * @throws OvError `usage/project-file` where the nearest one can not be read
 */
export function findProjectFile(folder: string): ProjectFile | null {
  for (let at = folder;; at = dirname(at)) {
    const path = join(at, PROJECT_FILE);
    const text = readSmallText(path, MAX_PROJECT_FILE_BYTES);
    if (text !== null) return { path, folder: at, content: parseProjectFile(text, path) };
    if (dirname(at) === at) return null;
  }
}

/** The user's own default app and env. */
export interface UserConfig {
  readonly app?: string;
  readonly env?: string;
}

/** `config.json` of the configuration folder; empty where there is none. @throws OvError `usage/file` */
export function readUserConfig(configFolder: string): UserConfig {
  const path = join(configFolder, "config.json");
  const text = readSmallText(path, MAX_PROJECT_FILE_BYTES);
  if (text === null) return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    parsed = null;
  }
  const broken = () =>
    new OvError("usage/file", `Cannot read ${path}: it is not of the form {"app": "…", "env": "…"}`, {
      hint: "Mend or delete it; then `ov app use NAME` writes it anew.",
    });
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) throw broken();
  const { app, env } = parsed as Record<string, unknown>;
  for (const value of [app, env]) {
    if (value !== undefined && (typeof value !== "string" || !isSlug(value))) throw broken();
  }
  return { ...(app === undefined ? {} : { app: app as string }), ...(env === undefined ? {} : { env: env as string }) };
}

/** Writes `config.json`. @returns its path */
export function writeUserConfig(configFolder: string, config: UserConfig): string {
  makeFolder(configFolder, 0o700);
  const path = join(configFolder, "config.json");
  writeFileAtomically(path, new TextEncoder().encode(JSON.stringify(config, null, 2) + "\n"), 0o600);
  return path;
}

/**
 * The text of a regular file; `null` where there is none.
 * @throws OvError `usage/file` where it is something else, too large or not readable
 */
export function readSmallText(path: string, maxBytes: number): string | null {
  let file: Deno.FsFile;
  try {
    // Looked at first: opening a FIFO would wait for a writer for ever.
    if (!Deno.statSync(path).isFile) throw notSmall(path);
    file = Deno.openSync(path, { read: true });
  } catch (error) {
    if (error instanceof OvError) throw error;
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return null;
    throw new OvError("usage/file", `Cannot read ${path}: it can not be opened`, {
      hint: "Check who owns it and its folder, and their mode.",
      cause: error,
    });
  }
  try {
    const stat = file.statSync();
    if (!stat.isFile || stat.size > maxBytes) throw notSmall(path);
    const bytes = new Uint8Array(stat.size);
    let length = 0;
    while (length < bytes.length) {
      const read = file.readSync(bytes.subarray(length));
      if (read === null) break;
      length += read;
    }
    return new TextDecoder().decode(bytes.subarray(0, length));
  } finally {
    file.close();
  }
}

function notSmall(path: string): OvError {
  return new OvError("usage/file", `Cannot read ${path}: it is not a small regular file`);
}
