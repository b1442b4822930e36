/** The files of rules that make or just reads for a call, and what make could make them from. */
import { basename, dirname, join } from "node:path";
import { filesMatching, pathsNamed, readText, upward } from "./content_files.ts";
import { type RecipeCall, recipeContent, recipeVariables } from "./content_recipes.ts";

/** A file of rules. */
export interface RuleFile {
  readonly path: string;
  /** Where its recipes run. */
  readonly folder: string;
  readonly text: string;
}

/** What a call reads. */
export interface RuleFiles {
  readonly files: readonly RuleFile[];
  /** Every path at which a file of rules was looked for. */
  readonly looked: readonly string[];
  /** What all of the files set. */
  readonly variables: Readonly<Record<string, string>>;
  /** Includes that are named by what is not known here. */
  readonly unknown: readonly string[];
}

/** The files of rules of a call, with those that they include. */
export async function ruleFiles(call: RecipeCall, just: boolean): Promise<RuleFiles> {
  const queue = call.upward
    ? upward(call.folder).flatMap((above) => call.files.map((file) => join(above, file.slice(call.folder.length))))
    : [...call.files];
  const looked = new Set<string>();
  const files: RuleFile[] = [];
  const unknown = new Set<string>();
  let variables: Readonly<Record<string, string>> = {};
  for (let path; (path = queue.shift()) !== undefined;) {
    if (looked.has(path)) continue;
    looked.add(path);
    const text = await readText(path);
    if (text === null) continue;
    files.push({ path, folder: just ? dirname(path) : call.folder, text });
    if (!just) variables = recipeVariables(files.map((file) => file.text).join("\n"), just, call.variables);
    for (const include of recipeContent(text, { ...call, just, known: variables }).includes) {
      if (include.includes("$")) unknown.add(include);
      // make looks from where it works, just from the file that includes.
      const folders = [just ? dirname(path) : call.folder, dirname(path), ...call.includeFolders];
      for (const from of new Set(folders)) {
        queue.push(...pathsNamed(from, include).flatMap(filesMatching));
      }
    }
  }
  return { files, looked: [...looked], variables, unknown: [...unknown] };
}

/** Endings of what make's built-in rules make a file without one from. */
const MADE_FROM = /^\.(?:sh|o|cc?|C|cpp|[pfFmrsSyl]|mod|def|sym|ym|lm|w|web|cweb|out|a)(?:,v)?$/;

/**
 * Files that make would make `path` from by its built-in rules, where they are newer: it makes its own Makefile anew like
 * any other file, and then reads that. `Makefile.sh` becomes the Makefile.
 */
export function madeFrom(path: string): string[] {
  const [folder, name] = [dirname(path), basename(path)];
  const near = filesMatching(join(folder, `${name}.*`)).filter((file) =>
    MADE_FROM.test(basename(file).slice(name.length))
  );
  const versions = [`${name},v`, `s.${name}*`, `RCS/${name}*`, `SCCS/s.${name}*`];
  return [...near, ...versions.flatMap((file) => filesMatching(join(folder, file)))];
}
