import { dirname, isAbsolute, join, resolve } from "node:path";
import { filesMatching, isFile, readPackage, upward } from "./content_files.ts";
import {
  javascriptCandidates,
  javascriptSpecifiers,
  packageBins,
  packageImportTargets,
  packageMain,
  relativeTexts,
} from "./content_javascript.ts";
import { codeFiles, isCode, withoutWritten } from "./content_mentions.ts";
import { isPythonModule, moduleFiles, pythonCandidates, pythonFolders } from "./content_python.ts";
import type { PinSet } from "./pin_set.ts";
import { INTERPRETERS, SHELLS } from "./programs.ts";
import { plainName } from "./warnings.ts";

/** A language whose files are looked into. */
export type Language = "javascript" | "python" | "shell";

interface SourceOptions {
  readonly find: (command: string) => Promise<string | null>;
  readonly workDir: () => string;
  readonly onShell: (text: string, dir: string) => Promise<void>;
  readonly onInterpreter: (path: string, args: readonly string[]) => Promise<void>;
}

/** Adds files to a {@link PinSet}, with what they load by a relative name and the interpreter in their `#!` line. */
export class SourceWalker {
  readonly #set: PinSet;
  readonly #o: SourceOptions;
  /** Folders in which Python looks for modules besides: `PYTHONPATH`, `sys.path`. */
  readonly pythonRoots = new Set<string>();

  /**
   * @param o `find`: looks a command up in `PATH`; `onShell`: gets the text of each shell script; `onInterpreter`: the path
   * of each program in a `#!` line, with its arguments
   */
  constructor(set: PinSet, o: SourceOptions) {
    this.#set = set;
    this.#o = o;
  }

  /**
   * A file, and what it loads.
   *
   * @param hint the language, where neither its name nor its first line says it; `program`: what is started, which is
   * shell text where it is a text and no first line says otherwise
   * @param root where Python looks first
   */
  async file(path: string, hint: Language | "program" | null, root: string): Promise<void> {
    const file = await this.#set.add(path);
    if (file === null || !file.fresh || file.text === null) return;
    const interpreter = /^#![ \t]*(\S+)[ \t]*(?:-S[ \t]*)?(?:\w+=\S*[ \t]+)*(\S*)/.exec(file.text);
    let language = languageOfFile(file.path);
    if (interpreter !== null) {
      const viaEnv = plainName(interpreter[1]!) === "env";
      const named = viaEnv ? await this.#o.find(interpreter[2]!) : interpreter[1]!;
      language ??= languageOfProgram(plainName(viaEnv ? interpreter[2]! : interpreter[1]!));
      const after = file.text.slice(interpreter[0].length).split("\n", 1)[0]!.split(/\s+/);
      const args = [...(viaEnv ? [] : [interpreter[2]!]), ...after].filter((word) => word !== "");
      // `#!/usr/bin/env -S node --import ./hook.mjs`: what the interpreter loads from where it is started.
      for (const word of args.map((arg) => arg.slice(arg.indexOf("=") + 1)).filter((word) => /[./]/.test(word))) {
        await this.module(resolve(this.#o.workDir(), word), file.path);
      }
      for (const program of viaEnv ? [interpreter[1]!, named] : [named]) {
        if (program === null) continue;
        const given = program === named ? [...args, file.path] : [];
        if (isAbsolute(program)) await this.#o.onInterpreter(program, given);
        await this.file(program, null, dirname(program));
      }
    }
    if (hint === "program") language ??= interpreter === null ? "shell" : null;
    else language ??= /\.[A-Za-z0-9]+$/.test(file.path) ? null : hint;
    // Some look beside the file that is meant, some beside the link that leads to it.
    const places = dirname(path) === dirname(file.path) ? [file.path] : [file.path, path];
    for (const place of places) {
      if (language === "javascript") await this.javascript(place, file.text);
      else if (language === "python") await this.python(place, file.text, root);
      else if (language === "shell") await this.#o.onShell(file.text, dirname(place));
    }
  }

  /** What JavaScript or TypeScript loads that stands, or would stand, at `path`. */
  async javascript(path: string, text: string): Promise<void> {
    await this.#mentioned(path, text);
    for (const specifier of isInstalled(path) ? [] : relativeTexts(withoutWritten(text))) {
      for (const candidate of javascriptCandidates(specifier, path).filter(isCode)) {
        await this.file(candidate, "javascript", dirname(candidate));
      }
    }
    const folder = await this.nearest(dirname(path), "package.json");
    if (/\.[cm]?tsx?$/.test(path)) await this.nearest(dirname(path), "tsconfig.json");
    for (const specifier of javascriptSpecifiers(text)) {
      if (!specifier.startsWith("#")) await this.module(specifier, path);
      else if (folder !== null) {
        const fields = await readPackage(folder);
        for (const target of packageImportTargets(fields["imports"], specifier)) {
          await this.module(target, join(folder, "package.json"));
        }
      }
    }
  }

  /** Files of code that are named in a source of one's own: `join(__dirname, "x.js")`, `spawn("sh", ["x.sh"])`. */
  async #mentioned(path: string, text: string): Promise<void> {
    if (!isInstalled(path)) await this.named(withoutWritten(text), [dirname(path), this.#o.workDir()], false);
  }

  /** Files of code that a text names, as {@link codeFiles} finds them; not those in `made`. */
  async named(
    text: string,
    folders: readonly string[],
    patterns: boolean,
    made: ReadonlySet<string> = new Set(),
  ): Promise<void> {
    for (const path of codeFiles(text, folders, patterns)) {
      if (!made.has(path)) await this.file(path, null, dirname(path));
    }
  }

  /** Every file that a runtime could find under `specifier` in `fromFile`. */
  async module(specifier: string, fromFile: string): Promise<void> {
    for (const candidate of javascriptCandidates(specifier, fromFile)) {
      await this.file(candidate, "javascript", dirname(candidate));
      if (!candidate.endsWith("/package.json") || !isFile(candidate)) continue;
      for (const main of packageMain(await readPackage(dirname(candidate)))) {
        for (const file of javascriptCandidates(main.startsWith(".") ? main : `./${main}`, candidate)) {
          await this.file(file, "javascript", dirname(file));
        }
      }
    }
  }

  /** What the Python source `text` imports, and the names in `root` and beside it: an extension comes before a source. */
  async python(path: string, text: string, root: string): Promise<void> {
    for (const folder of pythonFolders(text, path, this.#o.workDir())) this.pythonRoots.add(folder);
    for (const folder of new Set([root, dirname(path), ...this.pythonRoots])) {
      await this.#set.addListing(folder, (entry) => {
        if (!entry.isDirectory) return isPythonModule(entry.name);
        return moduleFiles(join(folder, entry.name)).some(isFile);
      });
    }
    const roots = [root, ...this.pythonRoots];
    const candidates = new Set(roots.flatMap((from) => pythonCandidates(text, path, from)));
    for (const candidate of [...candidates].flatMap(filesMatching)) await this.file(candidate, "python", root);
    await this.#mentioned(path, text);
  }

  /**
   * The names of the commands that installed packages bring, in `dir` and above. They come before `PATH` for all that a
   * package script starts, and the scripts it starts, the shell itself too: one that is added takes the place of any.
   */
  async commands(dir: string): Promise<void> {
    for (const above of upward(dir)) await this.#set.addListing(join(above, "node_modules", ".bin"), () => true);
  }

  /** Paths of the commands of a package that is installed for `dir`; its `package.json` is bound. */
  async packageBins(name: string, dir: string): Promise<string[]> {
    if (!/^(?:@[\w.-]+\/)?[\w.-]+$/.test(name)) return [];
    for (const above of upward(dir)) {
      const folder = join(above, "node_modules", name);
      if (!isFile(join(folder, "package.json"))) continue;
      await this.file(join(folder, "package.json"), null, folder);
      return Object.values(packageBins(await readPackage(folder))).map((bin) => join(folder, bin));
    }
    return [];
  }

  /** `python -m name`: the working directory comes first in the search path. */
  async pythonModule(args: readonly string[], dir: string): Promise<void> {
    const at = args.findIndex((arg) => /^-[A-Za-z]*m/.test(arg));
    if (at < 0) return;
    const name = args[at]!.replace(/^-[A-Za-z]*?m/, "") || args[at + 1];
    if (name === undefined) return;
    const path = join(dir, ...name.split("."));
    for (const file of [...moduleFiles(path), join(path, "__main__.py")]) await this.file(file, "python", dir);
    await this.python(join(dir, "x.py"), `import ${name}`, dir);
  }

  /** What code on the command line loads: a package script may say `node -e "require('./x')"`. */
  async inline(language: "javascript" | "python", args: readonly string[], dir: string): Promise<void> {
    const option = language === "python" ? /^-[A-Za-z]*c$/ : /^(?:-[ep]|-pe|--eval|--print)$/;
    const code = args[args.findIndex((arg) => option.test(arg)) + 1];
    if (code === undefined || !args.some((arg) => option.test(arg))) return;
    if (language === "python") await this.python(join(dir, "x.py"), code, dir);
    else await this.javascript(join(dir, "x.js"), code);
  }

  /** Pins the nearest file of this name at or above `dir`; returns its folder. */
  async nearest(dir: string, name: string): Promise<string | null> {
    for (const folder of upward(dir)) {
      if (await this.#set.add(join(folder, name)) !== null) return folder;
    }
    return null;
  }
}

/** Whether a source came with a package: there are many, and what they name in strings is mostly their own. */
function isInstalled(path: string): boolean {
  return /\/(?:node_modules|site-packages|dist-packages|lib\/python[\d.]*)\//.test(path);
}

/** The language that a program of this plain name runs. */
export function languageOfProgram(name: string): Language | null {
  if (SHELLS.has(name)) return "shell";
  if (["node", "nodejs", "deno", "bun", "tsx", "ts-node"].includes(name)) return "javascript";
  return INTERPRETERS.has(name) && /^(?:python|pypy)/.test(name) ? "python" : null;
}

function languageOfFile(path: string): Language | null {
  if (/\.[cm]?[jt]sx?$/.test(path)) return "javascript";
  if (/\.pyw?$/.test(path)) return "python";
  return /\.(?:sh|bash|zsh|ksh)$/.test(path) ? "shell" : null;
}
