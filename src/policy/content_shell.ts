/** Reads shell text (package scripts, recipes, `sh -c`, shell scripts) as far as naming what it starts. */
import { resolve } from "node:path";

/** One simple command: its words, with redirections taken out, and the files that it reads from behind them. */
export interface ShellCommand {
  readonly words: readonly string[];
}

/** Words that stand before a command and are none themselves. */
const KEYWORDS: ReadonlySet<string> = new Set(
  "if then elif else fi while until do done for case esac in function { } ! ( ) time coproc exec command builtin eval"
    .split(" "),
);

/**
 * The simple commands in a text, in order: split at operators and newlines, quotes taken off, comments, assignments,
 * keywords and redirections left out. What is inside `$(…)` and backticks counts as commands too. Variables are not
 * expanded; a word that holds one stays as it is, so that it names no file.
 */
export function shellCommands(text: string): ShellCommand[] {
  const commands: ShellCommand[] = [];
  let words: string[] = [];
  let word: string | null = null;
  /** Files that the command reads from: `node < job.js` runs one. */
  let inputs: string[] = [];
  let afterRedirection: "in" | "out" | null = null;
  const endWord = () => {
    if (word === null) return;
    const first = words.length === 0;
    if (afterRedirection === "in") inputs.push(word);
    if (afterRedirection !== null) afterRedirection = null;
    else if (!(first && (KEYWORDS.has(word) || /^[A-Za-z_][A-Za-z0-9_]*\+?=/.test(word)))) words.push(word);
    word = null;
  };
  const endCommand = () => {
    endWord();
    afterRedirection = null;
    if (words.length > 0) commands.push({ words: [...words, ...inputs] });
    words = [];
    inputs = [];
  };
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === "\\") {
      i++;
      if (text[i] === "\r" && text[i + 1] === "\n") i++;
      else if (text[i] !== "\n" && i < text.length) word = (word ?? "") + text[i];
    } else if (c === "'") {
      const end = text.indexOf("'", i + 1);
      word = (word ?? "") + text.slice(i + 1, end < 0 ? text.length : end);
      i = end < 0 ? text.length : end;
    } else if (c === '"') {
      const [inner, end] = doubleQuoted(text, i + 1);
      word = (word ?? "") + inner;
      for (const nested of substitutions(inner)) commands.push(...shellCommands(nested));
      i = end;
    } else if (c === "#" && word === null) {
      const end = text.indexOf("\n", i);
      i = end < 0 ? text.length : end - 1;
    } else if (c === ">" || c === "<") {
      // `2>` and `>&1`: the number or the descriptor is no argument.
      if (word !== null && /^\d+$/.test(word)) word = null;
      endWord();
      // The target of an output changes with each run, and here-documents are data.
      afterRedirection = c === "<" && !/[<&]/.test(text[i + 1] ?? "") ? "in" : "out";
      while (/[<>&|]/.test(text[i + 1] ?? "")) i++;
    } else if (c === "$" && text[i + 1] === "(") {
      endCommand();
      i++;
    } else if (/[;&|\n()`]/.test(c)) {
      endCommand();
    } else if (/\s/.test(c)) {
      endWord();
    } else {
      word = (word ?? "") + c;
    }
  }
  endCommand();
  return commands;
}

/** `NAME=word` of a shell, where the word is plain. */
const PLAIN_ASSIGNMENT = /(?:^|[\s;&|(])([A-Za-z_]\w*)=(?:"([^"'\\$`\n]*)"|'([^'"\\$`\n]*)'|([^\s"'\\$`;&|()<>]+))/g;

/** The text with variables that it sets to plain words put in their places. */
export function withVariables(text: string): string {
  const values = new Map<string, string>();
  for (const [, name, double, single, bare] of text.matchAll(PLAIN_ASSIGNMENT)) {
    values.set(name!, double ?? single ?? bare!);
  }
  return text.replace(/\$(?:(\w+)|\{(\w+)\})/g, (whole, name, braced) => values.get(name ?? braced) ?? whole);
}

/** Folders that a text puts into a search path (`PYTHONPATH`), as far as it names them, relative to `dir`. */
export function searchFolders(text: string, variable: string, dir: string): string[] {
  const found = text.matchAll(new RegExp(`(?:^|[\\s;&|(])${variable}=["']?([^\\s"';&|]*)`, "g"));
  const parts = [...found].flatMap(([, value]) => value!.split(":"));
  return parts.map((part) => part.replace(/^\$(?:PWD|\{PWD\}|\(pwd\))(?=\/|$)/, "."))
    .filter((part) => part !== "" && !part.includes("$")).map((part) => resolve(dir, part));
}

/** The text without what it writes to: `> out.js`. */
export function withoutOutputs(text: string): string {
  return text.replace(/>+[|&]?\s*[^\s;&|<>()]+/g, " ");
}

const MAKE_ALL: ReadonlySet<string> = new Set("rm touch mkdir rmdir tee rimraf mkdirp truncate".split(" "));
const MAKE_LAST: ReadonlySet<string> = new Set("cp mv ln install".split(" "));

/** What a command makes or removes, as it is named. */
export function namesMade([name = "", ...args]: readonly string[]): readonly string[] {
  return MAKE_ALL.has(name) ? args : MAKE_LAST.has(name) ? args.slice(-1) : [];
}

/**
 * Folders that a text adds to `PATH`, as they are written; what begins with a variable or a command is taken for relative,
 * since it mostly stands for the working directory or the script's own.
 */
export function foldersOfPath(text: string): string[] {
  const settings = text.matchAll(/(?:^|[\s;&|(])PATH=(?:"([^"]*)"|'([^']*)'|([^\s;&|]+))/g);
  const folders = [...settings].flatMap((match) => (match[1] ?? match[2] ?? match[3]!).split(":"));
  return folders.filter((folder) => !/^\$\{?PATH\b/.test(folder)).map((folder) =>
    /^\$\{?HOME\b/.test(folder) ? folder : folder.replace(/^(?:\$\w+|\$\{\w+\}|\$\([^)]*\))/, ".")
  );
}

/** The text inside double quotes from `start`, and where the closing one stands. */
function doubleQuoted(text: string, start: number): [string, number] {
  let inner = "";
  for (let i = start; i < text.length; i++) {
    if (text[i] === '"') return [inner, i];
    if (text[i] === "\\" && /["\\$`]/.test(text[i + 1] ?? "")) i++;
    inner += text[i];
  }
  return [inner, text.length];
}

function substitutions(text: string): string[] {
  return [...text.matchAll(/\$\(([^)]*)\)|`([^`]*)`/g)].map((match) => match[1] ?? match[2]!);
}
