/**
 * Holds the imports of `src/` and `main.ts` against the table of `table.ts`, and walks what each first-party entry loads:
 * no npm package may be reached from it by any path, and from the keeper no front-side folder either (DESIGN §2).
 *
 * Run: `deno run -A scripts/lint/imports.ts [ROOT]`. Exit status 1 where something is refused.
 */
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { FIRST_PARTY_ENTRIES, FRONT_FOLDERS, IMPORT_TABLE, type Row, rowOf } from "./table.ts";

/** An import that the table does not allow. */
export interface Violation {
  /** The importing file below the root. */
  readonly file: string;
  /** What it imports: a path below the root, or a package. */
  readonly target: string;
  /** Why that is refused, one line. */
  readonly reason: string;
}

/** The parts of `deno info --json` that are looked at. */
interface Graph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly error?: string;
    readonly dependencies?: readonly Dependency[];
  }[];
}

interface Dependency {
  readonly specifier: string;
  readonly isDynamic?: boolean;
  readonly code?: { readonly specifier?: string; readonly error?: string };
  readonly type?: { readonly specifier?: string; readonly error?: string };
}

/**
 * Every import below `root` that is refused, sorted by file.
 *
 * @param root the folder with `deno.json`, `main.ts` and `src/`
 * @throws Error where there is nothing to look at, or `deno info` fails
 */
export async function checkImports(root: string): Promise<Violation[]> {
  const files = [...sourceFiles(root)];
  if (files.length === 0) throw new Error(`Cannot check imports: no source files in "${root}"`);
  const graph = await moduleGraph(root, files);
  const violations: Violation[] = [];
  const below = (specifier: string) => pathBelow(root, specifier);
  const edges = new Map<string, Edge[]>();
  for (const module of graph.modules) {
    const file = below(module.specifier);
    if (file === null || !(file === "main.ts" || file.startsWith("src/"))) continue;
    if (module.error !== undefined) violations.push({ file, target: "", reason: "the module can not be read" });
    if (rowIn(file) === undefined) {
      violations.push({ file, target: "", reason: "the file stands in no row of the table" });
    }
    edges.set(file, (module.dependencies ?? []).map((dependency) => edgeOf(dependency, below)));
  }
  for (const [file, list] of edges) {
    for (const edge of list) {
      const reason = refusal(file, edge);
      if (reason !== null) violations.push({ file, target: edge.target, reason });
    }
  }
  for (const { file, lazily } of FIRST_PARTY_ENTRIES) violations.push(...walk(file, lazily, edges));
  return violations.sort((a, b) => a.file < b.file ? -1 : a.file > b.file ? 1 : 0);
}

interface Edge {
  /** A path below the root, or the specifier of a package. */
  readonly target: string;
  readonly kind: "file" | "builtin" | "package" | "outside" | "broken";
  readonly lazy: boolean;
  readonly typesOnly: boolean;
}

function edgeOf(dependency: Dependency, below: (specifier: string) => string | null): Edge {
  const lazy = dependency.isDynamic === true;
  const typesOnly = dependency.code === undefined;
  const resolved = dependency.code ?? dependency.type;
  const specifier = resolved?.specifier;
  if (specifier === undefined) return { target: dependency.specifier, kind: "broken", lazy, typesOnly };
  if (specifier.startsWith("node:")) return { target: specifier, kind: "builtin", lazy, typesOnly };
  if (!specifier.startsWith("file:")) return { target: dependency.specifier, kind: "package", lazy, typesOnly };
  const path = below(specifier);
  if (path === null) return { target: dependency.specifier, kind: "outside", lazy, typesOnly };
  return { target: path, kind: "file", lazy, typesOnly };
}

function rowIn(file: string): Row | undefined {
  const name = rowOf(file);
  return name === null ? undefined : IMPORT_TABLE[name];
}

/** Why the table refuses the edge, or `null`. A file outside the table is refused as a whole. */
function refusal(file: string, edge: Edge): string | null {
  const from = rowOf(file);
  const row = rowIn(file);
  if (row === undefined) return null;
  if (edge.kind === "builtin") return null;
  if (edge.kind === "broken") return "the import can not be resolved";
  if (edge.kind === "package") return row.npm ? null : `${from} may import no package`;
  if (edge.kind === "outside") return "the file is not below the project's root";
  const to = rowOf(edge.target) ?? edge.target;
  if (to === from) return null;
  const named = (list: readonly string[] = []) => list.includes(to) || list.includes(edge.target.replace(/^src\//, ""));
  if (named(row.may)) return null;
  if (named(row.types)) return edge.typesOnly ? null : `${from} may import only types of ${to}`;
  if (named(row.lazy)) return edge.lazy ? null : `${from} may import ${to} only by import()`;
  return `${from} may not import ${to}`;
}

/** What a first-party entry reaches though it must not, with the way to it. One that is not there reaches nothing. */
function walk(entry: string, lazily: boolean, edges: ReadonlyMap<string, readonly Edge[]>): Violation[] {
  const violations: Violation[] = [];
  const ways = new Map<string, string[]>([[entry, [entry]]]);
  for (const [file, way] of ways) {
    for (const edge of edges.get(file) ?? []) {
      if (edge.typesOnly || (edge.lazy && !lazily)) continue;
      const front = lazily && edge.kind === "file" && FRONT_FOLDERS.includes(rowOf(edge.target) ?? "");
      if (edge.kind === "package" || front) {
        const reason = `${entry} loads it: ${[...way, edge.target].join(" > ")}`;
        violations.push({ file, target: edge.target, reason });
      } else if (edge.kind === "file" && !ways.has(edge.target)) {
        ways.set(edge.target, [...way, edge.target]);
      }
    }
  }
  return violations;
}

/** One graph over all files: a root module that imports each of them, kept outside the project. */
async function moduleGraph(root: string, files: readonly string[]): Promise<Graph> {
  const folder = await Deno.makeTempDir({ prefix: "ov-imports-" });
  try {
    const entry = join(folder, "all.ts");
    const lines = files.map((file) => `import ${JSON.stringify(pathToFileURL(join(root, file)).href)};\n`);
    await Deno.writeTextFile(entry, lines.join(""));
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", "--no-lock", "--config", join(root, "deno.json"), entry],
      stdout: "piped",
      stderr: "piped",
    }).output();
    if (!success) throw new Error(`deno info failed: ${new TextDecoder().decode(stderr)}`);
    return JSON.parse(new TextDecoder().decode(stdout)) as Graph;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** `main.ts` and the TypeScript files below `src/`, as paths below `root`. */
function* sourceFiles(root: string, folder = "src"): Generator<string> {
  if (folder === "src" && isFile(join(root, "main.ts"))) yield "main.ts";
  for (const entry of Deno.readDirSync(join(root, folder))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* sourceFiles(root, path);
    else if (/\.[cm]?[jt]sx?$/.test(entry.name)) yield path;
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function pathBelow(root: string, specifier: string): string | null {
  if (!specifier.startsWith("file:")) return null;
  const path = relative(root, fileURLToPath(specifier)).replaceAll("\\", "/");
  return path.startsWith("..") ? null : path;
}

if (import.meta.main) {
  const root = Deno.args[0] ?? dirname(dirname(dirname(fileURLToPath(import.meta.url))));
  const violations = await checkImports(await Deno.realPath(root));
  for (const { file, target, reason } of violations) console.error(`${file}: "${target}": ${reason}`);
  console.error(violations.length === 0 ? "imports: as the table says" : `imports: ${violations.length} refused`);
  if (violations.length > 0) Deno.exit(1);
}
