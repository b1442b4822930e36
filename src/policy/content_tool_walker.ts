import { dirname, join, resolve } from "node:path";
import { filesMatching, isDirectory, isFile, pathsNamed, readText, upward } from "./content_files.ts";
import { gitFiles } from "./content_git.ts";
import type { SourceWalker } from "./content_sources.ts";
import {
  findsByItself,
  isNotFollowed,
  isWatching,
  PYTHON_STARTUP,
  startupFiles,
  toolFiles,
  wordsOfConfiguration,
} from "./content_tools.ts";
import { plainName } from "./warnings.ts";

/** Binds the configuration of tools, and says what they find by themselves. */
export class ToolWalker {
  readonly #sources: SourceWalker;
  readonly #note: (note: string) => void;

  /** @param note takes what could not be followed, one line */
  constructor(sources: SourceWalker, note: (note: string) => void) {
    this.#sources = sources;
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

  /**
   * What a program reads when it starts: below the home folder, and for Python in the environment that it stands in.
   *
   * @param program absolute path as found: behind its link an environment's Python is the system's
   */
  async startup(program: string, names: readonly string[], home: string | null): Promise<void> {
    for (const name of new Set(names)) {
      const files = home === null ? [] : startupFiles(name).map((file) => join(home, file));
      if (name === "python" || name === "pypy") {
        const site = join(dirname(dirname(program)), "lib/python*/site-packages");
        files.push(join(dirname(dirname(program)), "pyvenv.cfg"), ...PYTHON_STARTUP.map((file) => join(site, file)));
      }
      for (const path of files.flatMap(filesMatching)) await this.configuration(path);
    }
  }

  /**
   * A configuration, and every file that it names.
   *
   * @param from the folder that its names begin at, where that is not its own
   */
  async configuration(path: string, from: string = dirname(path)): Promise<void> {
    if (!isFile(path)) return;
    await this.#sources.file(path, null, dirname(path));
    for (const word of wordsOfConfiguration(await readText(path) ?? "")) {
      // git's `!` before a command of the shell.
      const name = word.replace(/^!/, "");
      for (const path of name.includes("\0") ? [] : pathsNamed(from, name)) await this.#sources.file(path, null, from);
    }
  }

  /** What git starts, and where its configuration says so. */
  async git(args: readonly string[], dir: string, home: string | null): Promise<void> {
    const { configurations, hooks, from } = await gitFiles(args, dir, home);
    for (const path of configurations) {
      for (const folder of from) await this.configuration(path, folder);
    }
    for (const path of hooks) await this.#sources.file(path, "shell", dir);
  }

  /** What the values of variables name in shell text, and in arguments: `NODE_OPTIONS="--require ./hook.cjs"`. */
  async settings(text: string, dir: string): Promise<void> {
    for (const match of text.matchAll(/(?:^|[\s;&|(])[A-Za-z_]\w*=(?:"([^"]*)"|'([^']*)'|(\S+))/g)) {
      for (const word of wordsOfConfiguration(match[1] ?? match[2] ?? match[3]!)) {
        if (!word.includes("\0")) await this.#sources.module(resolve(dir, word), dir);
      }
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

const BIND = "a lasting consent does not hold these files (`ov grant add --tree` does)";
