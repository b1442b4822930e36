/**
 * Folders that a grant binds whole (`ov grant add --tree`): every file that git tracks or would track, which is all but
 * the ignored ones; without git, every file. One digest stands for all of it.
 *
 * What git is asked is only which files there are: their content is read here. Only `.gitignore` files can take a file
 * out: not git's own configuration, which can be changed unseen. They are bound as well: those in the folder, even where
 * they ignore themselves, and those above it.
 */
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { decodeUtf8, OvError } from "../base/mod.ts";
import type { TreeState } from "../policy/mod.ts";
import { captureOutput, resolveProgram } from "../run/mod.ts";

/** Most files and bytes that a folder may hold to be bound. */
const MAX_FILES = 20_000;
const MAX_BYTES = 512 * 1024 * 1024;
const GIT_MS = 10_000;

/** Where the system and its package managers put git: nobody's PATH decides who tells which files there are. */
const SYSTEM_PATH = "/usr/bin:/bin:/usr/local/bin:/opt/homebrew/bin:/run/current-system/sw/bin";

/**
 * The folder as it is now.
 * @param folder absolute
 * @throws OvError `usage/file` where it is no folder; `policy/denied` where it holds too much
 */
export async function readTree(folder: string): Promise<TreeState> {
  const real = await realFolder(folder);
  const names = new Set<string>();
  for (const name of await gitFiles(real) ?? [""]) await collect(real, name, names);
  const hash = createHash("sha256");
  const paths = new Set<string>();
  const left = { bytes: MAX_BYTES };
  for (let above = dirname(real), at = real; above !== at; at = above, above = dirname(at)) {
    const rules = await digestOf(join(above, ".gitignore"), left);
    if (rules !== "missing") hash.update(JSON.stringify([above, rules]));
  }
  for (const name of [...names].sort()) {
    const path = join(real, name);
    hash.update(JSON.stringify([name, await digestOf(path, left)]));
    paths.add(await Deno.realPath(path).catch(() => path));
  }
  return { folder, sha256: hash.digest("hex"), files: names.size, paths };
}

async function realFolder(folder: string): Promise<string> {
  try {
    const real = await Deno.realPath(folder);
    if ((await Deno.stat(real)).isDirectory) return real;
  } catch {
    // Said below.
  }
  throw new OvError("usage/file", `Cannot bind ${folder}: it is not a folder that can be read`, {
    hint: "Name a folder with --tree.",
  });
}

/**
 * Paths below the folder, relative to it: tracked, and untracked but not ignored. `null` where git can not tell, and where
 * the folder is ignored itself (`node_modules`) and was named all the same: a file of it may be tracked even so.
 */
async function gitFiles(folder: string): Promise<string[] | null> {
  const ignored = await askGit(folder, ["check-ignore", "-q", "--no-index", "."]);
  if (ignored?.exitCode === 0) return null;
  const listed = await askGit(folder, [
    ...["ls-files", "-z", "--cached", "--others"],
    ...["--exclude-per-directory=.gitignore", "--exclude=!.gitignore", "--", "."],
  ]);
  const text = listed?.exitCode === 0 ? decodeUtf8(listed.stdout) : null;
  const names = (text ?? "").split("\0").filter((name) => name !== "");
  return names.length === 0 ? null : names;
}

/** `null` where there is no git, or it takes too long. */
async function askGit(folder: string, args: readonly string[]) {
  try {
    const git = await resolveProgram("git", { workDir: "/", path: SYSTEM_PATH });
    return await captureOutput({
      program: git.path,
      args: [
        ...["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.untrackedCache=false"],
        ...["-c", "core.excludesFile=/dev/null", ...args],
      ],
      workDir: folder,
      environment: { PATH: SYSTEM_PATH, LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0" },
      timeoutMs: GIT_MS,
    });
  } catch {
    return null;
  }
}

/** Adds a file, or all that is below a folder: one that git names is a repository of its own. */
async function collect(root: string, name: string, names: Set<string>): Promise<void> {
  const path = join(root, name);
  const info = await Deno.lstat(path).catch(() => null);
  if (info?.isDirectory !== true) {
    if (names.size >= MAX_FILES) throw tooMuch(root);
    names.add(name);
    return;
  }
  try {
    for await (const entry of Deno.readDir(path)) {
      if (entry.name !== ".git") await collect(root, join(name, entry.name), names);
    }
  } catch (error) {
    if (error instanceof OvError) throw error;
    names.add(name);
  }
}

/** What stands at a path, in a form that differs where anything that counts does. */
async function digestOf(path: string, left: { bytes: number }): Promise<string> {
  try {
    const info = await Deno.lstat(path);
    if (info.isSymlink) {
      // What it leads to counts as well, as far as it is a file; where it leads is told apart from that.
      const target = await Deno.stat(path).catch(() => null);
      const content = target?.isFile === true ? await contentOf(path, left) : "";
      return `link ${await Deno.readLink(path)} ${content}`;
    }
    return info.isFile ? await contentOf(path, left) : "special";
  } catch (error) {
    if (error instanceof OvError) throw error;
    return error instanceof Deno.errors.NotFound ? "missing" : "unreadable";
  }
}

async function contentOf(path: string, left: { bytes: number }): Promise<string> {
  const hash = createHash("sha256");
  using file = await Deno.open(path);
  const chunk = new Uint8Array(256 * 1024);
  for (let read = await file.read(chunk); read !== null; read = await file.read(chunk)) {
    left.bytes -= read;
    if (left.bytes < 0) throw tooMuch(path);
    hash.update(chunk.subarray(0, read));
  }
  return hash.digest("hex");
}

function tooMuch(path: string): OvError {
  const limits = `${MAX_FILES} files or ${MAX_BYTES / 1024 / 1024} MiB`;
  return new OvError("policy/denied", `Cannot bind a folder: it holds more than ${limits}, at ${path}`, {
    hint: "Name a smaller folder with --tree, or have git ignore what the command does not load.",
  });
}
