/**
 * What a Python file loads from the folders beside it. Python looks into the entry's own folder before the standard
 * library, so that a file which is merely added there (`json.py`) changes what every import means; the names in that
 * folder are therefore pinned too. Not covered: `__pycache__`, which Python trusts when a source's time and size fit.
 */
import { dirname, join, resolve } from "node:path";

const SUFFIXES = [".py", ".so", ".pyd", ".pyc"] as const;

/** Whether a file of this name in Python's search path can be imported. */
export function isPythonModule(name: string): boolean {
  return SUFFIXES.some((suffix) => name.endsWith(suffix));
}

/**
 * Every path at which Python could find what `text` imports, relative to the entry's folder and, for relative imports,
 * to the file's own; `*` in one stands for any name. Imports that are computed while the program runs can not be seen.
 *
 * @param text the source
 * @param file absolute path of the source
 * @param root the first entry of `sys.path`: the folder of the script, or the working directory for `-m`
 */
export function pythonCandidates(text: string, file: string, root: string): string[] {
  const found = new Set<string>();
  const add = (base: string, dotted: string) => {
    const parts = dotted.split(".").filter((part) => part !== "");
    for (let depth = 1; depth <= parts.length; depth++) {
      for (const path of moduleFiles(join(base, ...parts.slice(0, depth)))) found.add(path);
    }
  };
  const flat = text.replace(/\\\r?\n/g, " ").replace(/#.*$/gm, "");
  for (const match of flat.matchAll(/(?:^|[;:])[ \t]*import[ \t]+([\w., \t]+)/gm)) {
    for (const name of match[1]!.split(",")) add(root, name.trim().split(/\s/)[0]!);
  }
  for (
    const match of flat.matchAll(/(?:^|[;:])[ \t]*from[ \t]+(\.*)[ \t]*([\w.]*)[ \t]+import[ \t]*(\([^)]*\)|[^\n;]*)/gm)
  ) {
    const [, dots, module, names] = match as unknown as [string, string, string, string];
    const base = dots === "" ? root : join(dirname(file), ...Array<string>(dots.length - 1).fill(".."));
    add(base, module);
    for (const path of moduleFiles(join(base, ...module.split(".")))) if (path.endsWith("__init__.py")) found.add(path);
    // What `__all__` names is loaded as well.
    if (names.trim() === "*") found.add(join(base, ...module.split("."), "*.py"));
    for (const name of names.replace(/[()]/g, "").split(",")) {
      const bare = name.trim().split(/\s/)[0]!;
      if (/^\w+$/.test(bare)) add(base, `${module}.${bare}`);
    }
  }
  for (const match of flat.matchAll(/\b(?:import_module|__import__)\s*\(\s*["']([\w.]+)["']/g)) add(root, match[1]!);
  return [...found];
}

/**
 * Folders that a source puts into `sys.path` by a name that stands there: relative to where it is started, and to its own
 * folder, which is what `os.path.dirname(__file__)` gives.
 */
export function pythonFolders(text: string, file: string, workDir: string): string[] {
  const calls = text.matchAll(/\bsys\.path\.(?:insert|append|extend)\b([^\n]*)/g);
  const names = [...calls].flatMap(([, call]) => [...call!.matchAll(/["']([\w./-]+)["']/g)].map((match) => match[1]!));
  return names.flatMap((name) => [resolve(workDir, name), resolve(dirname(file), name)]);
}

/** The files of the module, or the package, at `path`. */
export function moduleFiles(path: string): string[] {
  return [
    ...SUFFIXES.map((suffix) => path + suffix),
    ...SUFFIXES.map((suffix) => join(path, `__init__${suffix}`)),
  ];
}
