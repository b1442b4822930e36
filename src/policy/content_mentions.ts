/**
 * Files of code that a text names where no rule of its language says that they are loaded: in a loop, behind `eval`, in a
 * variable's value, a string (`path.join(__dirname, "x.js")`), a here-document. Only what is code by its name counts: other
 * files may be what a run writes, and binding those would void its grant each time.
 */
import { join } from "node:path";
import { filesMatching, isFile, pathsNamed } from "./content_files.ts";

const CODE = /\.(?:[cm]?[jt]sx?|pyw?|(?:ba|z|k|fi)?sh|rb|p[lm]|php|lua|tcl|awk|mk)$/;

/** What separates names, in any of the languages. */
const NAMES = /[^\s"'`()<>{}[\]|&;:,=#!$\\]+/g;

/** Longest name, and most names of one text. */
const MAX_NAME = 512;
const MAX_NAMES = 500;

/** Whether a file of this name holds code. */
export function isCode(path: string): boolean {
  return CODE.test(path);
}

/** The names in a text that end as code does; a variable in front (`$HERE/lib.sh`) is left out. */
export function codeNamed(text: string): string[] {
  const found = new Set<string>();
  const known = text.replace(/\$(?:\w+|\{[^{}\n]*\}|\(\w+\))/g, " ");
  for (const [name] of known.matchAll(NAMES)) {
    if (name.length > MAX_NAME || !isCode(name)) continue;
    found.add(name);
    if (found.size >= MAX_NAMES) break;
  }
  return [...found];
}

/** Where a source says what it writes: `writeFileSync("dist/x.js"`, `outfile: "dist/x.js"`. */
const WRITTEN = /\b(?:write\w*|append\w*|create\w*Stream|out\w*|dest\w*)\s*[:=(]\s*(["'`])[^"'`\n]*\1/g;

/** A source without the names of what it writes. */
export function withoutWritten(text: string): string {
  return text.replace(WRITTEN, " ");
}

/**
 * The files of code that a text names.
 *
 * @param folders at which a name could begin; one that begins with `/` too: what stood before it may be a folder
 * @param patterns whether `*` and `?` stand for others, as in a shell
 */
export function codeFiles(text: string, folders: readonly string[], patterns: boolean): string[] {
  const found = new Set<string>();
  for (const name of codeNamed(text)) {
    const paths = folders.flatMap((folder) => [...pathsNamed(folder, name), join(folder, name)]);
    for (const path of paths.flatMap((path) => patterns ? filesMatching(path) : [path])) {
      if (isFile(path)) found.add(path);
    }
  }
  return [...found];
}
