import { dirname, join, resolve } from "node:path";
import {
  atHome,
  filesMatching,
  isDirectory,
  isFile,
  pathsNamed,
  readPackage,
  readText,
  realPathOf,
  upward,
} from "./content_files.ts";
import { gitFiles } from "./content_git.ts";
import { PACKAGE_FILES } from "./content_packages.ts";
import type { SourceWalker } from "./content_sources.ts";
import { type Started, startupFiles } from "./content_startup.ts";
import { findsByItself, isNotFollowed, isWatching, toolFiles, wordsOfConfiguration } from "./content_tools.ts";
import { plainName } from "./warnings.ts";

/** Binds the configuration of tools, and says what they find by themselves. */
export class ToolWalker {
  readonly #sources: SourceWalker;
  readonly #home: string | null;
  readonly #note: (note: string) => void;

  /** @param note takes what could not be followed, one line */
  constructor(sources: SourceWalker, home: string | null, note: (note: string) => void) {
    this.#sources = sources;
    this.#home = home;
    this.#note = note;
  }

  /**
   * What a tool, or an interpreter that is given one, reads in `dir` and above.
   *
   * @param names plain names of the program
   */
  async tool(names: readonly string[], args: readonly string[], dir: string): Promise<void> {
    const module = args[args.findIndex((arg) => /^-[A-Za-z]*m$/.test(arg)) + 1];
    const entry = args.find((arg) => !arg.startsWith("-"));
    const isRunner = names.some((name) => ["node", "nodejs", "deno", "bun", "python", "pypy"].includes(name));
    const all = new Set([...names, ...(isRunner ? [entry, module] : []).map((word) => plainName(word ?? ""))]);
    for (const name of all) {
      const files = toolFiles(name);
      if (files === null) continue;
      for (const above of upward(dir)) {
        for (const file of files) await this.configuration(join(above, file));
      }
      if (findsByItself(name)) this.#note(`${name} finds by itself what it runs: ${BIND}`);
    }
    await this.#inPackage([...all], dir);
    const watching = [...all].find((name) => isWatching(name, args));
    if (watching !== undefined) {
      this.#note(`${watching} loads files anew when they change while it runs: no consent holds what is written then`);
    }
    const unknown = names.find(isNotFollowed);
    if (unknown !== undefined) this.#note(`what ${unknown} loads beside the files named is not followed: ${BIND}`);
    if (isRunner && (args.includes("--test") || entry === "test")) {
      this.#note(`a test runner finds by itself what it runs: ${BIND}`);
    }
  }

  /** Configuration of a tool that stands in the package itself: `"jest": { "setupFiles": … }`, `"nodemonConfig": …`. */
  async #inPackage(names: readonly string[], dir: string): Promise<void> {
    const folder = upward(dir).find((above) => isFile(join(above, "package.json")));
    if (folder === undefined) return;
    const fields = await readPackage(folder);
    for (const key of names.flatMap((name) => [name, `${name}Config`])) {
      const value = Object.hasOwn(fields, key) ? fields[key] : undefined;
      if (typeof value !== "object" && typeof value !== "string") continue;
      await this.#sources.nearest(folder, "package.json");
      await this.#words(JSON.stringify(value), folder);
    }
  }

  /** What a program reads when it starts. */
  async startup(program: Started): Promise<void> {
    for (const path of startupFiles(program, this.#home).flatMap(filesMatching)) await this.configuration(path);
  }

  /**
   * A configuration, and every file that it names.
   *
   * @param from the folder that its names begin at, where that is not its own
   */
  async configuration(path: string, from: string = dirname(path)): Promise<void> {
    if (!isFile(path)) return;
    await this.#sources.file(path, null, dirname(path));
    await this.#words(await readText(path) ?? "", from);
  }

  async #words(text: string, from: string): Promise<void> {
    for (const word of wordsOfConfiguration(text)) {
      // git's `!` before a command of the shell.
      const name = atHome(word.replace(/^!/, ""), this.#home);
      for (const path of name.includes("\0") ? [] : pathsNamed(from, name)) await this.#sources.file(path, null, from);
    }
  }

  /** What package managers read outside of the project: at home, and for npm beside the node that runs it. */
  async packageManagers(node: string | null): Promise<void> {
    const home = this.#home;
    const files = home === null ? [] : PACKAGE_FILES.map((file) => join(home, file));
    const prefix = node === null ? null : dirname(dirname(realPathOf(node)));
    if (prefix !== null) files.push(join(prefix, "etc/npmrc"), join(prefix, "lib/node_modules/npm/npmrc"));
    for (const file of files) await this.configuration(file);
  }

  /** What git starts, and where its configuration says so. */
  async git(args: readonly string[], dir: string): Promise<void> {
    const { configurations, hooks, from } = await gitFiles(args, dir, this.#home);
    for (const path of configurations) {
      for (const folder of new Set([...from, dirname(path)])) await this.configuration(path, folder);
    }
    for (const path of hooks) await this.#sources.file(path, "shell", dir);
  }

  /** What the values of variables name in shell text, and in arguments: `NODE_OPTIONS="--require ./hook.cjs"`. */
  async settings(text: string, dir: string): Promise<void> {
    for (const match of text.matchAll(/(?:^|[\s;&|(])[A-Za-z_]\w*=(?:"([^"]*)"|'([^']*)'|(\S+))/g)) {
      for (const word of wordsOfConfiguration(match[1] ?? match[2] ?? match[3]!)) {
        if (!word.includes("\0")) await this.#sources.module(resolve(dir, atHome(word, this.#home)), dir);
      }
    }
  }

  /** Configurations that options name (`-c other.toml`, `--env-file=x`), in place of those that a tool would find. */
  async options(args: readonly string[], dir: string): Promise<void> {
    for (const [i, arg] of args.entries()) {
      const at = arg.indexOf("=");
      const [option, value] = at < 0 ? [arg, args[i + 1] ?? ""] : [arg.slice(0, at), arg.slice(at + 1)];
      if (!CONFIGURES.test(option) || value.includes("\0")) continue;
      for (const path of pathsNamed(dir, value)) await this.configuration(path);
    }
  }

  /** An argument that names a folder: which of its files are read is not known. */
  folder(arg: string, dir: string): void {
    const path = resolve(dir, arg);
    // The folder of the run itself stands in what is asked.
    if (path !== dir && isDirectory(path)) {
      this.#note(`${JSON.stringify(arg)} is a folder, whose files are not checked: ${BIND}`);
    }
  }
}

/** Options whose value is a configuration, or a script that names others. */
const CONFIGURES =
  /^(?:-[cfp]|--?[\w-]*(?:config|conf|file|project|settings|setup|ini|import-map)(?:-?(?:file|path))?)$/i;

const BIND = "a lasting consent does not hold these files (`ov grant add --tree` does)";
