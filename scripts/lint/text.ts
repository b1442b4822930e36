/**
 * What no parser sees: work left open, tests switched off, files too long to read in one sitting, and names of one
 * machine or registry that mean nothing elsewhere. Looks at every text file of the project, comments included.
 *
 * Run: `deno run -A scripts/lint/text.ts [ROOT]`. Exit status 1 where something is found.
 */
import { extname, join } from "node:path";
import { ROOT } from "../process.ts";

/** One thing that was found. */
export interface Remark {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly remark: string;
}

/** Patterns are put together from halves, so that this file does not find itself. */
const PATTERNS: readonly { readonly pattern: RegExp; readonly remark: string; readonly except?: RegExp }[] = [
  { pattern: new RegExp(`\\b(TO${"DO"}|FIX${"ME"})\\b|(^|\\s)(//|\\*|#) .*\\bXX${"X"}\\b`), remark: "work left open" },
  { pattern: new RegExp(`ignore: *tru${"e"}\\b|\\.onl${"y"}\\(`), remark: "a test is switched off" },
  { pattern: new RegExp(`deno-lint-ignore-fil${"e"}|@ts-nochec${"k"}`), remark: "a whole file is exempted" },
  { pattern: new RegExp(`https?://(registry|npm|deb)\\${"."}`), remark: "the host of a registry" },
  {
    pattern: new RegExp(`/wor${"k"}/|bash${"_"}jobs|\\.\\./share${"d"}`),
    remark: "a path of one machine",
    except: /^\.ci\/run$/,
  },
];

const TEXT_FILES = new Set([".ts", ".js", ".mjs", ".md", ".json", ".yaml", ".yml", ".sh", ".py", ".toml", ""]);
const SKIPPED = /^(deno\.lock|LICENSE|node_modules|dist|coverage|\.git|tests\/(vectors|leaks\/corpus))(\/|$)/;
const LONGEST_LINES = 400;

/** Everything that is found below `root`, in the order of the files. */
export function findRemarks(root: string): Remark[] {
  const remarks: Remark[] = [];
  for (const file of textFiles(root, "")) {
    const lines = Deno.readTextFileSync(join(root, file)).split("\n");
    if (/^(src\/.*|main)\.ts$/.test(file) && lines.length - 1 > LONGEST_LINES) {
      remarks.push({ file, line: lines.length - 1, remark: `longer than ${LONGEST_LINES} lines` });
    }
    lines.forEach((text, index) => {
      for (const { pattern, remark, except } of PATTERNS) {
        if (pattern.test(text) && !(except?.test(file) ?? false)) remarks.push({ file, line: index + 1, remark });
      }
    });
  }
  return remarks;
}

function* textFiles(root: string, folder: string): Generator<string> {
  const entries = [...Deno.readDirSync(join(root, folder))].sort((a, b) => a.name < b.name ? -1 : 1);
  for (const entry of entries) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (SKIPPED.test(path)) continue;
    if (entry.isDirectory) yield* textFiles(root, path);
    else if (entry.isFile && TEXT_FILES.has(extname(entry.name))) yield path;
  }
}

if (import.meta.main) {
  const remarks = findRemarks(Deno.args[0] ?? ROOT);
  for (const { file, line, remark } of remarks) console.error(`${file}:${line}: ${remark}`);
  if (remarks.length > 0) Deno.exit(1);
}
