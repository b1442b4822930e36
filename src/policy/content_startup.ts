/** What a program reads or runs whenever it starts, wherever it works: files of the home folder, programs beside it. */
import { dirname, join } from "node:path";

/** Where Python looks for packages of the user's own, Linux and macOS, and what it runs there before any program. */
const PYTHON_SITES = [".local/lib/python*/site-packages", "Library/Python/*/lib/python/site-packages"];
const PYTHON_STARTUP: readonly string[] = [
  ...["*.pth", "sitecustomize*", "usercustomize*", "sitecustomize/__init__.*", "usercustomize/__init__.*"],
  // What `.pth` files of common tools import.
  ...["_virtualenv.py", "__editable__*.py", "_distutils_hack/__init__.py"],
];

/**
 * Files below the home folder that a program reads whenever it starts, also for a script, and that can hold code or name
 * a command (`\\!` of psql, ProxyCommand of ssh, credential helpers). `*` stands for any name in its place.
 */
const HOME_FILES: readonly (readonly [names: string, files: readonly string[]])[] = [
  ["zsh", [".zshenv"]],
  ["fish", [".config/fish/config.fish", ".config/fish/conf.d/*.fish"]],
  ["csh tcsh", [".cshrc", ".tcshrc"]],
  ["r rscript", [".Rprofile", ".Renviron"]],
  ["julia", [".julia/config/startup.jl"]],
  ["python pypy", PYTHON_SITES.flatMap((site) => PYTHON_STARTUP.map((file) => `${site}/${file}`))],
  ["psql pg_dump pg_restore", [".psqlrc", ".psqlrc-*", ".pg_service.conf"]],
  ["mysql mysqldump mariadb mariadb-dump", [".my.cnf"]],
  ["sqlite", [".sqliterc", ".config/sqlite3/sqliterc"]],
  ["duckdb", [".duckdbrc"]],
  ["mongo mongosh", [".mongorc.js", ".mongoshrc.js"]],
  ["ssh scp sftp rsync", [".ssh/config", ".ssh/config.d/*", ".ssh/conf.d/*"]],
  ["aws cdk sam serverless sls terraform tofu pulumi", [".aws/config", ".aws/credentials", ".aws/cli/alias"]],
  ["terraform tofu", [".terraformrc", ".terraform.d/*"]],
  ["kubectl helm", [".kube/config", ".kube/kuberc"]],
  ["docker podman", [".docker/config.json"]],
  ["gh", [".config/gh/config.yml"]],
  ["cargo", [".cargo/config.toml", ".cargo/config"]],
  ["gradle gradlew", [".gradle/init.gradle", ".gradle/init.d/*", ".gradle/gradle.properties"]],
  ["mvn mvnw", [".mavenrc", ".m2/settings.xml"]],
  ["bun bunx", [".bunfig.toml"]],
  ["pnpm pnpx", [".config/pnpm/rc", ".config/pnpm/config.yaml", "Library/Preferences/pnpm/rc"]],
  ["pip pipx", [".config/pip/pip.conf", ".pip/pip.conf", "Library/Application Support/pip/pip.conf"]],
  ["uv uvx", [".config/uv/uv.toml"]],
  ["poetry", [".config/pypoetry/config.toml", "Library/Application Support/pypoetry/config.toml"]],
  ["bundle rails rspec", [".bundle/config", ".rspec"]],
  ["ansible ansible-playbook", [".ansible.cfg", ".ansible/plugins/*/*"]],
];

/** What a shell reads beside that as a login shell or an interactive one; bash also for `-c`, started by way of ssh. */
const PROFILES: readonly (readonly [names: string, files: readonly string[]])[] = [
  ["bash", [".bash_profile", ".bash_login", ".profile", ".bashrc", ".bash_logout"]],
  ["zsh", [".zprofile", ".zshrc", ".zlogin", ".zlogout"]],
  ["sh ash dash ksh mksh", [".profile", ".kshrc", ".mkshrc"]],
  ["csh tcsh", [".login", ".logout"]],
];
const ASKS_PROFILE = /^(?:-[a-z]*[cil]|--login|--interactive)/;

/** A table's files by each name; a name in several rows has the files of each. */
export function filesByName(
  table: readonly (readonly [names: string, files: readonly string[]])[],
): ReadonlyMap<string, readonly string[]> {
  const files = new Map<string, readonly string[]>();
  for (const [names, more] of table) {
    for (const name of names.split(" ")) files.set(name, [...(files.get(name) ?? []), ...more]);
  }
  return files;
}

const BELOW_HOME = filesByName(HOME_FILES);
const PROFILES_BELOW_HOME = filesByName(PROFILES);

/** A program as it is started. */
export interface Started {
  /** Absolute path as found, and where its links lead: an environment's Python is a link to another's. */
  readonly paths: readonly string[];
  /** Its plain names. */
  readonly names: readonly string[];
  readonly args: readonly string[];
}

/** Absolute paths of what the program reads when it starts, there or not; `*` in them stands for any name. */
export function startupFiles({ paths, names, args }: Started, home: string | null): string[] {
  const files: string[] = [];
  const profile = args.some((arg) => ASKS_PROFILE.test(arg));
  for (const name of home === null ? [] : new Set(names)) {
    const below = [...BELOW_HOME.get(name) ?? [], ...profile ? PROFILES_BELOW_HOME.get(name) ?? [] : []];
    files.push(...below.map((file) => join(home!, file)));
  }
  if (names.some((name) => name === "python" || name === "pypy")) {
    for (const prefix of new Set(paths.map((path) => dirname(dirname(path))))) {
      files.push(join(prefix, "pyvenv.cfg"), join(prefix, "bin/pyvenv.cfg"));
      for (const folder of ["lib/python*", "lib/python*/site-packages"]) {
        files.push(...PYTHON_STARTUP.map((file) => join(prefix, folder, file)));
      }
    }
  }
  return files;
}

/** Where a program finds the subcommands that it has not itself: in `PATH` by this name, or at a place below the home folder. */
const EXTENSIONS: Readonly<Record<string, string | null>> = {
  git: null,
  cargo: null,
  kubectl: null,
  docker: ".docker/cli-plugins/docker-*",
  gh: ".local/share/gh/extensions/gh-*/gh-*",
};

/**
 * What a program would start for a word that it does not know, as `git-lfs` for `git lfs`.
 *
 * @returns names to look up in `PATH` and absolute paths, there or not
 */
export function extensionPrograms(name: string, args: readonly string[], home: string | null): string[] {
  if (!Object.hasOwn(EXTENSIONS, name)) return [];
  const place = EXTENSIONS[name] ?? null;
  // Which word is the subcommand is not known: values of options stand before it.
  const words = args.filter((arg) => /^\w[\w-]*$/.test(arg)).slice(0, 4);
  return words.flatMap((word) => [
    `${name}-${word}`,
    ...place === null || home === null ? [] : [join(home, place.replaceAll("*", word))],
  ]);
}
