/** What a JavaScript or TypeScript file loads by a relative specifier. */
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const EXTENSIONS = [".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".jsx", ".tsx", ".json", ".node", ".wasm"] as const;

/** Options of node after which a module stands. */
export const PRELOAD = /^(?:-r|--require|--import|--loader|--experimental-loader)$/;

/** `from "x"`, `import "x"`, `import("x")`, `require("x")`, `require.resolve(…)`, `new URL("x"`, `new Worker("x"`. */
const SPECIFIER =
  /(?:\bfrom|\bimport|\brequire(?:\.resolve)?|\bimport\.meta\.resolve|\bnew\s+(?:URL|Worker|SharedWorker)|\bfork|\bimportScripts)\s*(?:\(\s*)?(?:\/\*[^*]*\*\/\s*)?(["'`])((?:\.{1,2}\/|\/|file:|#)[^"'`\n]*|\.{1,2})\1/g;

/**
 * The specifiers in a source text that lead to files of the project: relative, absolute, `file:`, and `#name` of a
 * package's own imports. Comments and strings are not told apart from code: that adds at most files that exist. A
 * specifier that is computed while the program runs can not be seen.
 */
export function javascriptSpecifiers(text: string): string[] {
  return [...new Set([...text.matchAll(SPECIFIER)].map((match) => match[2]!))];
}

/**
 * Every text in a source that begins as a relative specifier, whatever takes it (`createRequire(…)("./x")`), or is put
 * behind the file's own folder (`__dirname + "/x"`).
 */
export function relativeTexts(text: string): string[] {
  const found = new Set([...text.matchAll(/(["'`])(\.{1,2}\/[^"'`\n]{1,512})\1/g)].map((match) => match[2]!));
  for (const match of text.matchAll(/(?:__dirname|import\.meta\.dirname)(?:\}|\s*\+\s*["'`])(\/[\w@./-]{1,512})/g)) {
    found.add(`.${match[1]}`);
  }
  return [...found];
}

/**
 * Every path at which a runtime could find `specifier`, of which those that exist are pinned: a file that is added
 * before another in a runtime's own order is found here too.
 *
 * @param specifier as {@link javascriptSpecifiers} gives it, without `#`
 * @param fromFile absolute path of the file that imports it
 */
export function javascriptCandidates(specifier: string, fromFile: string): string[] {
  let path: string;
  if (specifier.startsWith("file:")) {
    try {
      path = fileURLToPath(new URL(specifier));
    } catch {
      return [];
    }
  } else {
    path = resolve(dirname(fromFile), specifier.replace(/[?#].*$/, ""));
  }
  // An ES module's specifier is a URL.
  const decoded = path.includes("%") ? decodedOrSame(path) : path;
  if (decoded !== path) return [path, decoded];
  const candidates = [path, ...EXTENSIONS.map((extension) => path + extension)];
  // TypeScript writes the name of the output: `./x.js` is `./x.ts`.
  const source = /^(.*)\.([cm]?)jsx?$/.exec(path);
  if (source !== null) candidates.push(`${source[1]}.${source[2]}ts`, `${source[1]}.tsx`);
  candidates.push(join(path, "package.json"), ...EXTENSIONS.map((extension) => join(path, `index${extension}`)));
  return candidates;
}

function decodedOrSame(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** The parsed object of a `package.json`, or an empty one where it is none. */
export function parsePackage(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff/, ""));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : {};
  } catch {
    return {};
  }
}

/**
 * Relative targets of `#name` by the `imports` of a package, under every condition.
 *
 * @param imports the field as parsed
 */
export function packageImportTargets(imports: unknown, specifier: string): string[] {
  if (typeof imports !== "object" || imports === null) return [];
  return Object.entries(imports).flatMap(([key, target]) => {
    const star = key.indexOf("*");
    if (star < 0) return key === specifier ? strings(target) : [];
    const [before, after] = [key.slice(0, star), key.slice(star + 1)];
    if (!specifier.startsWith(before) || !specifier.endsWith(after)) return [];
    const part = specifier.slice(before.length, specifier.length - after.length);
    return strings(target).map((path) => path.replaceAll("*", part));
  });
}

/** The file that a package's `main` names, relative to its folder. */
export function packageMain(fields: Record<string, unknown>): string[] {
  return ["main", "module"].map((key) => fields[key]).filter((value) => typeof value === "string");
}

/** The relative files that a package's `bin` names, by command. */
export function packageBins(fields: Record<string, unknown>): Record<string, string> {
  const { bin, name } = fields;
  if (typeof bin === "string") return { [typeof name === "string" ? name.replace(/^@[^/]*\//, "") : ""]: bin };
  if (typeof bin !== "object" || bin === null) return {};
  return Object.fromEntries(
    Object.entries(bin).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

/** A package's scripts by name. */
export function packageScripts(fields: Record<string, unknown>): ReadonlyMap<string, string> {
  const { scripts } = fields;
  if (typeof scripts !== "object" || scripts === null) return new Map();
  return new Map(Object.entries(scripts).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

/** Every string below `value` that is a relative path. */
function strings(value: unknown): string[] {
  if (typeof value === "string") return value.startsWith("./") ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(strings);
}
