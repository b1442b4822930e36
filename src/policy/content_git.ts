/** What git runs without being told: hooks, and the commands that its configuration names. */
import { basename, dirname, join, resolve } from "node:path";
import { atHome, filesMatching, isDirectory, isFile, readText, upward } from "./content_files.ts";

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
  // Those that are included come behind the others, and are looked into as well.
  for (let i = 0; i < Math.min(configurations.length, MAX_CONFIGURATIONS); i++) {
    const text = await readText(configurations[i]!) ?? "";
    for (const path of settingsIn(text, "path")) {
      const included = resolve(dirname(configurations[i]!), atHome(path, home));
      if (!configurations.includes(included)) configurations.push(included);
    }
    // From the top of the working tree, or from where it is; husky's stubs start what lies beside their folder.
    for (const path of settingsIn(text, "hooksPath")) {
      for (const above of upward(folder)) {
        const at = resolve(above, atHome(path, home));
        for (const one of basename(at) === "_" ? [at, dirname(at)] : [at]) hooks.push(...filesMatching(join(one, "*")));
      }
    }
  }
  return { configurations, hooks: hooks.filter((path) => !path.endsWith(".sample")), from: upward(folder) };
}

/** Most configurations that are looked into for others. */
const MAX_CONFIGURATIONS = 500;

/** The values of a setting, in whichever section. */
function settingsIn(text: string, name: string): string[] {
  const setting = new RegExp(`(?:^|\\])[ \\t]*${name}[ \\t]*=[ \\t]*(?:"([^"\\n]+)"|([^"\\n;#]+))`, "gim");
  return [...text.matchAll(setting)].map((match) => (match[1] ?? match[2]!).trim());
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
