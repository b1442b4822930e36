/** Looking around in a project: folders above and below, small files, and what an argument could name. */
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parsePackage } from "./content_javascript.ts";

/** `dir` and every folder above it. */
export function upward(dir: string): string[] {
  const folders = [dir];
  for (let at = dir; dirname(at) !== at; at = dirname(at)) folders.push(dirname(at));
  return folders;
}

/** Folders below `folder` that hold a `package.json`, but for installed packages. */
export async function packagesBelow(folder: string, depth: number): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) {
      if (entry.isFile && entry.name === "package.json") found.push(folder);
      if (!entry.isDirectory || depth === 0 || entry.name.startsWith(".") || entry.name === "node_modules") continue;
      found.push(...await packagesBelow(join(folder, entry.name), depth - 1));
    }
  } catch {
    // A folder that can not be read holds nothing that can be run.
  }
  return found.sort();
}

/** Longest path that a system takes, in bytes, and so in characters. */
const MAX_PATH = 4096;
/** Most names that are looked at in one argument. */
const MAX_NAMES = 4096;

/**
 * What in an argument could be the name of a file or folder: all of it, what follows an `=`, an `@` or a short option that
 * it is written together with (`-fjob.sql`), and each of several that stand between `:`, `,` or `;`. Most are none.
 */
export function namesInArgument(arg: string): string[] {
  const names = new Set<string>();
  const parts = /:\/\//.test(arg) ? [] : arg.split(/[:,;]/);
  for (const part of [arg, arg.slice(arg.indexOf("=") + 1), ...parts]) {
    const value = part.slice(part.indexOf("=") + 1);
    const attached = /^-[A-Za-z]([^-=][^]*)$/.exec(part)?.[1] ?? "";
    for (const name of [part, value, part.replace(/^@/, ""), value.replace(/^@/, ""), attached]) {
      if (name !== "" && name.length <= MAX_PATH && !name.includes("\0")) names.add(name);
    }
    if (names.size > MAX_NAMES) break;
  }
  for (const url of [arg, arg.slice(arg.indexOf("=") + 1)]) {
    if (/^fileb?:/.test(url)) names.add(pathOfUrl(url));
  }
  return [...names];
}

/** The path in a `file:` URL; the AWS command line has one from the working directory behind its two slashes. */
function pathOfUrl(url: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    return url.replace(/^\w+:(?:\/\/)?/, "");
  }
}

/**
 * Where `name` leads in `dir`: by its text, as Node takes it, and as the system walks it. `a/../x` is not `x` where `a` is
 * a link to a folder elsewhere, and whoever can make such a link could have a file checked and another one run.
 */
export function pathsNamed(dir: string, name: string): string[] {
  return [...new Set([resolve(dir, name), walkedPath(dir, name)])];
}

/** Where the system comes to when it walks `name` in `dir`: it follows each link before the `..` behind it. */
export function walkedPath(dir: string, name: string): string {
  if (!/(?:^|\/)\.\.(?:\/|$)/.test(name)) return resolve(dir, name);
  let at = isAbsolute(name) ? "/" : dir;
  for (const part of name.split("/")) at = part === ".." ? dirname(realPathOf(at)) : join(at, part);
  return at;
}

/** A word of shell text or of a configuration, with the home folder where it begins there: `~/x`, `--rc=$HOME/x`. */
export function atHome(word: string, home: string | null): string {
  return home === null ? word : word.replace(/(^|[=:,@])(?:~|\$HOME|\$\{HOME\})(?=\/)/g, (_, before) => before + home);
}

/** The path with all symbolic links resolved, or as it is where there is no such file. */
export function realPathOf(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    return path;
  }
}

/** Whether there is a regular file, links followed. */
export function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** The path; where parts of it are patterns (`*`, `?`), what they match. */
export function filesMatching(path: string): string[] {
  if (!/[*?]/.test(path)) return [path];
  const pattern = basename(path);
  return filesMatching(dirname(path)).flatMap((folder) =>
    entriesMatching(folder, pattern).map((name) => join(folder, name))
  );
}

/** What a word of a shell stands for in `dir`: itself, or where it is a pattern the paths that it matches, if any. */
export function namesMatching(word: string, dir: string): string[] {
  if (!/[*?]/.test(word) || word.length > MAX_PATH) return [word];
  const found = filesMatching(resolve(dir, word));
  return found.length === 0 ? [word] : found;
}

function entriesMatching(folder: string, pattern: string): string[] {
  if (!/[*?]/.test(pattern)) return [pattern];
  const source = RegExp.escape(pattern).replaceAll("\\*", "[^/]*").replaceAll("\\?", "[^/]");
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => new RegExp(`^${source}$`).test(name))
      .sort();
  } catch {
    return [];
  }
}

/** Whether there is a directory, links followed. */
export function isDirectory(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

/** The text of a regular file, or `null` where it can not be read: a pipe would be waited for. */
export async function readText(path: string): Promise<string | null> {
  try {
    if (!isFile(path)) return null;
    return await Deno.readTextFile(path);
  } catch {
    return null;
  }
}

/** The fields of the `package.json` in `folder`; none where it can not be read. */
export async function readPackage(folder: string): Promise<Record<string, unknown>> {
  return parsePackage(await readText(join(folder, "package.json")) ?? "");
}

/** Folders of the workspaces that the `package.json` in `folder` lists, wherever they stand. */
export async function workspacesOf(folder: string): Promise<string[]> {
  const { workspaces } = await readPackage(folder);
  const listed: unknown = Array.isArray(workspaces)
    ? workspaces
    : (workspaces as { packages?: unknown } | null)?.packages;
  const patterns = (Array.isArray(listed) ? listed : []).filter((pattern) => typeof pattern === "string");
  return patterns.flatMap((pattern) => filesMatching(join(folder, pattern, "package.json"))).filter(isFile).map(
    dirname,
  );
}
