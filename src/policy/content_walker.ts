import { dirname, join, resolve } from "node:path";
import { OvError } from "../base/mod.ts";
import {
  atHome,
  isFile,
  namesInArgument,
  namesMatching,
  packagesBelow,
  pathsNamed,
  readPackage,
  readText,
  realPathOf,
  upward,
  walkedPath,
  workspacesOf,
} from "./content_files.ts";
import { denoTaskIn } from "./content_deno.ts";
import { fetchedBy } from "./content_fetched.ts";
import type { Findings, WalkerOptions } from "./content_findings.ts";
import { refuseWritableByOthers } from "./content_hijack.ts";
import { packageScripts, PRELOAD } from "./content_javascript.ts";
import {
  callText,
  isPackageManager,
  isPackageRunner,
  isScriptStarter,
  PACKAGE_FILES,
  packageName,
  parsePackageCall,
  parseRunnerCall,
  scriptsMeant,
} from "./content_packages.ts";
import { isRecipeRunner, parseRecipeCall, type RecipeCall, recipeContent } from "./content_recipes.ts";
import { madeFrom, ruleFiles } from "./content_rule_files.ts";
import {
  foldersOfPath,
  namesMade,
  searchFolders,
  shellCommands,
  withoutOutputs,
  withVariables,
} from "./content_shell.ts";
import { type Language, languageOfProgram, SourceWalker } from "./content_sources.ts";
import { extensionPrograms } from "./content_startup.ts";
import { ToolWalker } from "./content_tool_walker.ts";
import type { PinSet } from "./pin_set.ts";
import { NOT_READERS, STARTERS } from "./programs.ts";
import { plainName } from "./warnings.ts";

/** Scripts that start scripts that start scripts: how deep. */
const MAX_DEPTH = 12;
/** How deep below a folder packages of a workspace are looked for. */
const WORKSPACE_DEPTH = 4;

/** Follows a command to the files that it loads and puts them into a {@link PinSet}. */
export class ContentWalker {
  readonly #sources: SourceWalker;
  readonly #tools: ToolWalker;
  readonly #o: WalkerOptions;
  readonly #seen = new Set<string>();
  /** Where the command is started that is looked at: a script works there, wherever it stands itself. */
  #workDir = "/";
  /** From where on the commands of installed packages come before `PATH`: where a package script was started. */
  #installedAt: string | null = null;
  /** What shell text adds to `PATH`: programs in it may come before those of `PATH`, so both are bound. */
  readonly #pathFolders = new Set<string>();
  readonly #notes = new Set<string>();
  readonly #replaceable = new Set<string>();
  readonly #fetched = new Set<string>();

  constructor(set: PinSet, o: WalkerOptions) {
    this.#o = o;
    this.#sources = new SourceWalker(set, {
      find: (command) => o.find(command, this.#workDir),
      workDir: () => this.#workDir,
      onShell: (text, dir) => this.#script(text, dir),
      onInterpreter: async (path, args) => {
        const names = await this.#start(path, args);
        const recipes = names.find(isRecipeRunner);
        if (recipes !== undefined) {
          await this.#recipes(parseRecipeCall(recipes, args, this.#workDir), recipes === "just", 1);
        }
      },
    });
    this.#tools = new ToolWalker(this.#sources, o.home, (note) => this.#notes.add(note));
  }

  /** What was found beside files: what could not be followed, what would be fetched, what others can replace. */
  get findings(): Findings {
    const [notes, fetched, replaceable] = [this.#notes, this.#fetched, this.#replaceable].map((set) => [...set].sort());
    return { notes: notes!, fetched: fetched!, replaceable: replaceable! };
  }

  /**
   * A program with its arguments, started in `dir`.
   *
   * @param program absolute path as found
   */
  async command(program: string, args: readonly string[], dir: string, depth: number, script = false): Promise<void> {
    const key = JSON.stringify([program, args, dir, this.#installedAt]);
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    if (depth > MAX_DEPTH) {
      this.#notes.add("scripts that start other scripts too deep to be followed");
      return;
    }
    const before = this.#workDir;
    this.#workDir = dir;
    try {
      await this.#follow(program, args, dir, depth, script);
    } finally {
      this.#workDir = before;
    }
  }

  async #follow(program: string, args: readonly string[], dir: string, depth: number, script: boolean): Promise<void> {
    const real = realPathOf(program);
    const names = await this.#start(program, args);
    const language = names.map(languageOfProgram).find((found) => found !== null) ?? null;
    await this.#sources.file(program, "program", dirname(real));
    const is = (test: (name: string) => boolean) => names.find(test);
    const manager = is(isPackageManager);
    const recipes = is(isRecipeRunner);
    const isOpened = manager !== undefined || recipes !== undefined;
    if (!(script && NOT_READERS.has(names[0]!))) await this.#arguments(args, dir, language, isOpened);
    if (language === "python" || language === "javascript") await this.#sources.inline(language, args, dir);
    await this.#tools.tool(names, args, dir);
    for (const name of fetchedBy(names, args, dir)) this.#isFetched(name);
    if (is((name) => name === "git") !== undefined) await this.#tools.git(args, dir);
    for (const name of extensionPrograms(names[0]!, args, this.#o.home)) {
      const extension = await this.#lookup(name, dir);
      if (extension !== null) await this.command(extension, [], dir, depth + 1, script);
    }
    if (manager !== undefined) await this.#packageManager(manager, args, dir, depth);
    else if (is(isPackageRunner) !== undefined) await this.#packageRunner(args, dir, depth);
    else if (recipes !== undefined) await this.#recipes(parseRecipeCall(recipes, args, dir), recipes === "just", depth);
    else if (language === "shell") await this.#shellCode(args, dir, depth);
    else if (language === "python") await this.#sources.pythonModule(args, dir);
    else if (is((name) => name === "node") !== undefined) await this.#nodeRun(args, dir, depth);
    else if (is((name) => name === "deno") !== undefined) await this.#denoTask(args, dir, depth);
    else if (is(isScriptStarter) !== undefined) await this.#runAll(args, dir, depth);
    else if (is((name) => STARTERS.has(name)) !== undefined) await this.#started(args, dir, depth, script);
  }

  /** A program that is started, whoever looks into what it is given. @returns its plain names */
  async #start(program: string, args: readonly string[]): Promise<string[]> {
    const paths = [program, realPathOf(program)];
    // A shim (pyenv, a shell wrapper) has the name that matters; a link (npm → npm-cli.js) may hide it.
    const names = paths.map(plainName);
    try {
      refuseWritableByOthers(program, this.#o.accounts);
    } catch (error) {
      if (!(error instanceof OvError) || this.#o.writable === "refuse") throw error;
      this.#replaceable.add(error.message.replace(/^Cannot run /, ""));
    }
    await this.#tools.startup({ paths, names, args });
    return names;
  }

  /**
   * Files named in arguments.
   *
   * @param isOpened whether folders among them are looked into elsewhere
   */
  async #arguments(
    args: readonly string[],
    dir: string,
    language: Language | null,
    isOpened: boolean,
  ): Promise<void> {
    let entrySeen = false;
    for (const [i, arg] of args.entries()) {
      if (arg === "") continue;
      const value = arg.slice(arg.indexOf("=") + 1);
      await this.#tools.settings(arg, dir);
      const names = namesInArgument(arg);
      if (language !== "javascript" && !isOpened) names.forEach((name) => this.#tools.folder(name, dir));
      for (const path of names.flatMap((name) => pathsNamed(dir, name))) {
        // Python looks first where the script really stands.
        await this.#sources.file(path, language, dirname(realPathOf(path)));
        if (language === "python" && !entrySeen && !/^-[A-Za-z]*m$/.test(args[i - 1] ?? "")) {
          await this.#sources.file(join(path, "__main__.py"), language, path);
        }
      }
      // node resolves the script, and what -r names, as it resolves a module: `app` is app.js, `.` is index.js.
      const option = arg.startsWith("-");
      const preload = PRELOAD.test(args[i - 1] ?? "") || (option && PRELOAD.test(arg.slice(0, arg.indexOf("="))));
      if (language === "javascript" && (preload || (!option && !entrySeen))) {
        await this.#sources.module(resolve(dir, preload ? value : arg), dir);
      }
      if (!option && !preload) entrySeen = true;
    }
    await this.#tools.options(args, dir);
  }

  async #shellCode(args: readonly string[], dir: string, depth: number): Promise<void> {
    const at = args.findIndex((arg) => /^-[A-Za-z]*c[A-Za-z]*$|^--command$/.test(arg));
    if (at >= 0 && args[at + 1] !== undefined) await this.#shell(args[at + 1]!, dir, depth + 1);
  }

  /** A shell script that stands in `dir`. */
  async #script(text: string, dir: string): Promise<void> {
    const folders = new Set([this.#workDir, dir]);
    // `cd "$(dirname "$0")/.."`
    if (/\/\.\.["'`)\s;&]/.test(text)) folders.add(dirname(dir));
    for (const at of folders) {
      await this.#shell(text, at, 1);
      // `"$(dirname "$0")/lib.sh"`, `${HERE}/lib.sh`: what stands before is not known; what could be meant is bound.
      for (const match of text.matchAll(/(?:\$\w+|[})"`])["']?((?:\/[\w@.+-]+)+)/g)) {
        const path = join(at, match[1]!);
        await this.#sources.file(path, "shell", dirname(path));
      }
    }
  }

  /** Shell text of a package in `dir`. */
  #packageShell(text: string, dir: string, depth: number): Promise<void> {
    return this.#inPackage(dir, () => this.#shell(text, dir, depth));
  }

  async #inPackage(dir: string, body: () => Promise<void>): Promise<void> {
    const before = this.#installedAt;
    this.#installedAt = dir;
    await this.#sources.commands(dir);
    await body();
    this.#installedAt = before;
  }

  async #shell(code: string, dir: string, depth: number): Promise<void> {
    let at = dir;
    const text = withVariables(code);
    const [folders, made] = [new Set([dir]), new Set<string>()];
    await this.#tools.settings(text, dir);
    for (const folder of foldersOfPath(text)) this.#pathFolders.add(resolve(dir, atHome(folder, this.#o.home)));
    for (const folder of searchFolders(text, "PYTHONPATH", dir)) this.#sources.pythonRoots.add(folder);
    for (const { words } of shellCommands(text)) {
      const [name, ...args] = words.flatMap((word) => namesMatching(atHome(word, this.#o.home), at)) as [
        string,
        ...string[],
      ];
      for (const path of namesMade(words)) made.add(resolve(at, path));
      if (name === "cd" || name === "pushd") {
        if (args[0] !== undefined && !args[0].includes("$")) folders.add(at = resolve(at, args[0]));
      } else if (name === "." || name === "source") {
        for (const path of pathsNamed(at, args[0] ?? "")) await this.#sources.file(path, "shell", at);
      } else {
        const added = name.includes("/")
          ? []
          : [...this.#pathFolders].map((folder) => join(folder, name)).filter(isFile);
        for (const program of [await this.#lookup(name, at), ...added]) {
          if (program !== null) await this.command(program, args, at, depth + 1, true);
        }
      }
    }
    await this.#sources.named(withoutOutputs(text), [...folders], true, made);
  }

  async #packageManager(manager: string, args: readonly string[], dir: string, depth: number): Promise<void> {
    for (const text of callText(args)) await this.#packageShell(text, dir, depth + 1);
    const call = parsePackageCall(manager, args, dir);
    await this.#tools.packageManagers(await this.#o.find("node", dir));
    const own = await this.#sources.nearest(call.folder, "package.json");
    const folders = own === null ? [] : [own];
    if (call.everywhere) {
      folders.push(...await packagesBelow(call.folder, WORKSPACE_DEPTH), ...await workspacesOf(own ?? call.folder));
    }
    let found = false;
    for (const folder of new Set(folders)) {
      for (const file of ["package.json", ...call.files]) {
        await this.#sources.file(join(folder, file), null, folder);
      }
      // A workspace's configuration stands in its root.
      for (const above of upward(folder)) {
        for (const file of PACKAGE_FILES) await this.#tools.configuration(join(above, file));
      }
      found = await this.#scripts(folder, call.scripts, depth) || found;
    }
    if (!found && call.exec !== null) await this.#exec(call.exec, call.folder, depth);
  }

  /** `node --run name` starts a script of the nearest package, without those before and after it. */
  async #nodeRun(args: readonly string[], dir: string, depth: number): Promise<void> {
    const at = args.findIndex((arg) => arg === "--run" || arg.startsWith("--run="));
    const name = args[at]?.slice("--run=".length) || args[at + 1];
    if (at < 0 || name === undefined) return;
    const folder = await this.#sources.nearest(dir, "package.json");
    if (folder !== null) await this.#scripts(folder, [name], depth);
  }

  async #scripts(folder: string, names: readonly string[], depth: number): Promise<boolean> {
    const scripts = packageScripts(await readPackage(folder));
    let found = false;
    for (const name of names) {
      const text = scripts.get(name);
      if (text === undefined) continue;
      found = true;
      await this.#packageShell(text, folder, depth + 1);
    }
    return found;
  }

  /** npm-run-all and the like: each argument names scripts, perhaps by a pattern, or holds a command. */
  async #runAll(args: readonly string[], dir: string, depth: number): Promise<void> {
    const folder = await this.#sources.nearest(dir, "package.json");
    const scripts = folder === null ? [] : [...packageScripts(await readPackage(folder)).keys()];
    for (const arg of args) {
      if (/\s/.test(arg)) await this.#packageShell(arg, dir, depth + 1);
      if (folder !== null) await this.#scripts(folder, scriptsMeant(arg, scripts), depth);
    }
  }

  async #packageRunner(args: readonly string[], dir: string, depth: number): Promise<void> {
    for (const text of callText(args)) await this.#packageShell(text, dir, depth + 1);
    const { exec, packages } = parseRunnerCall(args);
    for (const name of packages) await this.#exec([name], dir, depth);
    if (exec !== null) await this.#exec(exec, dir, depth);
  }

  /** A command of an installed package. */
  async #exec(words: readonly string[], dir: string, depth: number): Promise<void> {
    const [specifier, ...args] = words as [string, ...string[]];
    const name = packageName(specifier);
    await this.#inPackage(dir, async () => {
      const program = await this.#lookup(name, dir);
      const bins = await this.#sources.packageBins(name, dir);
      const found = program === null ? bins : [program, ...bins];
      for (const bin of found) await this.command(bin, args, dir, depth + 1, true);
      if (found.length === 0) this.#isFetched(specifier);
    });
  }

  #isFetched(specifier: string): void {
    this.#notes.add(`${JSON.stringify(specifier)} is not installed here: what would be fetched cannot be checked`);
    this.#fetched.add(specifier);
  }

  async #recipes(call: RecipeCall, just: boolean, depth: number): Promise<void> {
    const { files, looked, variables, unknown } = await ruleFiles(call, just);
    for (const path of just ? [] : looked) {
      for (const from of madeFrom(path)) await this.#sources.file(from, null, call.folder);
    }
    for (const name of unknown) this.#notes.add(`${JSON.stringify(name)} is included, and cannot be followed`);
    for (const { path, folder, text } of files) {
      await this.#sources.file(path, null, call.folder);
      const { recipes, sources, settings } = recipeContent(text, { ...call, just, known: variables });
      for (const recipe of recipes) {
        await this.#shell(just ? recipe : recipe.replace(/\$[({]HOME[)}]/g, "$HOME"), folder, depth + 1);
      }
      await this.#sources.named(settings, [folder, dirname(path)], true);
      for (const source of sources.flatMap((name) => pathsNamed(folder, name))) {
        for (const from of [source, ...(just ? [] : madeFrom(source))]) await this.#sources.file(from, null, folder);
      }
      if (just && /\bdotenv\b|\bdotenv-/.test(text)) await this.#sources.file(join(folder, ".env"), null, folder);
    }
  }

  async #denoTask(args: readonly string[], dir: string, depth: number): Promise<void> {
    if (depth > MAX_DEPTH) return;
    let folder: string | null = null;
    for (const name of ["deno.json", "deno.jsonc", "deno.lock"]) {
      const found = await this.#sources.nearest(dir, name);
      if (found !== null) await this.#tools.configuration(join(found, name));
      folder = found ?? folder;
    }
    const task = args[0] === "task" ? args.slice(1).find((arg) => !arg.startsWith("-")) : undefined;
    if (task === undefined) return;
    // A task of either file, or else a script of the package.
    const own = await this.#sources.nearest(dir, "package.json");
    if (own !== null) await this.#scripts(own, [task], depth);
    if (folder === null) return;
    const text = await readText(join(folder, "deno.json")) ?? await readText(join(folder, "deno.jsonc")) ?? "";
    const { code, before } = denoTaskIn(text, task);
    for (const name of before) await this.#denoTask(["task", name], dir, depth + 1);
    if (code !== null) await this.#packageShell(code, folder, depth + 1);
  }

  /** `timeout 5 node x.js`: the first argument that is a program is one. */
  async #started(args: readonly string[], dir: string, depth: number, script: boolean): Promise<void> {
    for (const [i, arg] of args.entries()) {
      if (arg.startsWith("-") || arg.includes("=") || arg === "") continue;
      const program = await this.#lookup(arg, dir);
      if (program === null) continue;
      return await this.command(program, args.slice(i + 1), dir, depth + 1, script);
    }
  }

  async #lookup(name: string, dir: string): Promise<string | null> {
    if (name.includes("/")) {
      const path = walkedPath(dir, name);
      return isFile(path) ? path : null;
    }
    for (const above of this.#installedAt === null ? [] : upward(this.#installedAt)) {
      const path = join(above, "node_modules", ".bin", name);
      if (isFile(path)) return path;
    }
    return await this.#o.find(name, dir);
  }
}
