import { dirname, isAbsolute, join } from "node:path";
import { isFile, readPackage, upward } from "./content_files.ts";
import {
  javascriptCandidates,
  javascriptSpecifiers,
  packageBins,
  packageImportTargets,
  packageMain,
} from "./content_javascript.ts";
import { isPythonModule, moduleFiles, pythonCandidates } from "./content_python.ts";
import type { PinSet } from "./pin_set.ts";
import { INTERPRETERS, SHELLS } from "./programs.ts";
import { plainName } from "./warnings.ts";

/** A language whose files are looked into. */
export type Language = "javascript" | "python" | "shell";

/** Adds files to a {@link PinSet}, with what they load by a relative name and the interpreter in their `#!` line. */
export class SourceWalker {
  readonly #set: PinSet;
  readonly #o: {
    readonly find: (command: string) => Promise<string | null>;
    readonly onShell: (text: string, dir: string) => Promise<void>;
    readonly onInterpreter: (path: string, words: readonly string[]) => Promise<void>;
  };

  /**
   * @param o `find`: looks a command up in `PATH`; `onShell`: gets the text of each shell script; `onInterpreter`: the path
   * of each program in a `#!` line, with all words of that line
   */
  constructor(set: PinSet, o: {
    readonly find: (command: string) => Promise<string | null>;
    readonly onShell: (text: string, dir: string) => Promise<void>;
    readonly onInterpreter: (path: string, words: readonly string[]) => Promise<void>;
  }) {
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
    const [firstLine = ""] = file.text.split("\n", 1);
    let language = languageOfFile(file.path);
    if (interpreter !== null) {
      const viaEnv = plainName(interpreter[1]!) === "env";
      const named = viaEnv ? await this.#o.find(interpreter[2]!) : interpreter[1]!;
      language ??= languageOfProgram(plainName(viaEnv ? interpreter[2]! : interpreter[1]!));
      for (const program of viaEnv ? [interpreter[1]!, named] : [named]) {
        if (program === null) continue;
        if (isAbsolute(program)) await this.#o.onInterpreter(program, firstLine.split(/\s+/));
        await this.file(program, null, dirname(program));
      }
    }
    if (hint === "program") language ??= interpreter === null ? "shell" : null;
    else language ??= /\.[A-Za-z0-9]+$/.test(file.path) ? null : hint;
    if (language === "javascript") await this.#javascript(file.path, file.text);
    else if (language === "python") await this.python(file.path, file.text, root);
    else if (language === "shell") await this.#o.onShell(file.text, dirname(file.path));
  }

  async #javascript(path: string, text: string): Promise<void> {
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

  /** What the Python source `text` imports, and the names in `root`. */
  async python(path: string, text: string, root: string): Promise<void> {
    await this.#set.addListing(root, (entry) => {
      if (!entry.isDirectory) return isPythonModule(entry.name);
      return moduleFiles(join(root, entry.name)).some(isFile);
    });
    for (const candidate of pythonCandidates(text, path, root)) await this.file(candidate, "python", root);
  }

  /** The commands of the nearest installed package of this name, as paths; pins its `package.json`. */
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

  /** Pins the nearest file of this name at or above `dir`; returns its folder. */
  async nearest(dir: string, name: string): Promise<string | null> {
    for (const folder of upward(dir)) {
      if (await this.#set.add(join(folder, name)) !== null) return folder;
    }
    return null;
  }
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
