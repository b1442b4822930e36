/** What git runs without being told: hooks, and the commands that its configuration names. */
import { basename, dirname, join, resolve } from "node:path";
import { filesMatching, isDirectory, isFile, readText, upward } from "./content_files.ts";

/** Files that decide what git runs in a folder. */
export interface GitFiles {
  /** Configurations: they name commands, in aliases, filters, helpers, `core.sshCommand`. */
  readonly configurations: readonly string[];
  /** Programs: hooks, also those that are added. */
  readonly hooks: readonly string[];
  /** Folders at which what the configurations name may begin, beside their own: of the call, and those above it. */
  readonly from: readonly string[];
}

/**
 * The files for a call of git in `dir`; those that are not there may be among them.
 *
 * @param args of git: `-C` and `--git-dir` lead elsewhere
 * @param home whose configuration is read too
 */
export async function gitFiles(args: readonly string[], dir: string, home: string | null): Promise<GitFiles> {
  const after = (option: string) => args.flatMap((arg, i) => args[i - 1] === option ? [arg] : []);
  const folder = after("-C").reduce((at, next) => resolve(at, next), dir);
  const named = [...after("--git-dir"), ...args.flatMap((arg) => /^--git-dir=([^]+)$/.exec(arg)?.[1] ?? [])];
  const found = await Promise.all(upward(folder).map(repositoryAt));
  const repositories = [...named.map((path) => resolve(folder, path)), ...found.filter((path) => path !== null)];
  const configurations: string[] = home === null ? [] : [join(home, ".gitconfig"), join(home, ".config/git/config")];
  const hooks: string[] = [];
  for (const repository of repositories) {
    const common = await readText(join(repository, "commondir"));
    for (const at of new Set([repository, ...(common === null ? [] : [resolve(repository, common.trim())])])) {
      configurations.push(join(at, "config"), join(at, "config.worktree"), join(at, "info/attributes"));
      hooks.push(...filesMatching(join(at, "hooks/*")));
    }
  }
  for (const above of upward(folder)) configurations.push(join(above, ".gitattributes"), join(above, ".gitmodules"));
  for (const configuration of configurations) {
    // From the top of the working tree, or from where it is; husky's stubs start what lies beside their folder.
    for (
      const [, path] of (await readText(configuration) ?? "").matchAll(/^\s*hooksPath\s*=\s*"?([^"\n]+?)"?\s*$/gim)
    ) {
      for (const above of upward(folder)) {
        const at = resolve(above, path!.replace(/^~(?=\/)/, home ?? "~"));
        for (const one of basename(at) === "_" ? [at, dirname(at)] : [at]) hooks.push(...filesMatching(join(one, "*")));
      }
    }
  }
  return { configurations, hooks: hooks.filter((path) => !path.endsWith(".sample")), from: upward(folder) };
}

/** The repository whose working tree begins at `folder`, or which it is; `null` where there is none. */
async function repositoryAt(folder: string): Promise<string | null> {
  const path = join(folder, ".git");
  if (isDirectory(path)) return path;
  // A worktree's and a submodule's: a file that says where.
  const elsewhere = /^gitdir: (.+)$/m.exec(await readText(path) ?? "")?.[1];
  if (elsewhere !== undefined) return resolve(folder, elsewhere);
  return isFile(join(folder, "HEAD")) && isFile(join(folder, "config")) ? folder : null;
}
