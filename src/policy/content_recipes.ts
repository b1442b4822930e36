/** What make and just run for the targets that are named: their files, and the text of the recipes. */
import { walkedPath } from "./content_files.ts";

/** A call of make or just, taken apart. */
export interface RecipeCall {
  /** Where it works. */
  readonly folder: string;
  /** Files that could be its rules; the ones that exist are read. */
  readonly files: readonly string[];
  /** Whether the rules may stand in a folder above (just). */
  readonly upward: boolean;
  /** Targets; empty for the first one of the file. */
  readonly targets: readonly string[];
  /** `NAME=value` arguments. */
  readonly variables: Readonly<Record<string, string>>;
  /** Folders in which files that are included are looked for as well (`-I`). */
  readonly includeFolders: readonly string[];
}

/** What a set of rules runs. */
export interface RecipeContent {
  /** Shell text of the recipes that run. */
  readonly recipes: readonly string[];
  /** Prerequisites that no rule makes: files that are only read. */
  readonly sources: readonly string[];
  /** Files of rules that this one includes. */
  readonly includes: readonly string[];
  /** Everything that is no recipe: what is set, defined, called. */
  readonly settings: string;
}

const MAKEFILES = ["GNUmakefile", "makefile", "Makefile"];
const JUSTFILES = ["justfile", "Justfile", ".justfile", "JUSTFILE"];

/** Whether `name` (of `plainName`) runs recipes. */
export function isRecipeRunner(name: string): boolean {
  return ["make", "gmake", "just"].includes(name);
}

/** Options that name a file or folder, and what is written to them. */
const OPTION = /^(--(?:file|makefile|justfile|directory|working-directory|include-dir)|-[fCdI])(?:=|(?=.))?([^]*)$/;

/** Takes a call of make or just in `dir` apart. */
export function parseRecipeCall(name: string, args: readonly string[], dir: string): RecipeCall {
  const just = name === "just";
  let folder = dir;
  const files: string[] = [];
  const targets: string[] = [];
  const includeFolders: string[] = [];
  const variables: Record<string, string> = Object.create(null);
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    const option = OPTION.exec(arg);
    const assignment = /^([A-Za-z_][A-Za-z0-9_]*)[:?]?=([^]*)$/.exec(arg);
    if (option !== null && (option[1] !== "-d" || just)) {
      const value = option[2] !== "" ? option[2]! : args[++i] ?? "";
      if (["-C", "-d", "--directory", "--working-directory"].includes(option[1]!)) {
        folder = walkedPath(folder, value);
      } else if (["-I", "--include-dir"].includes(option[1]!)) includeFolders.push(value);
      else files.push(value);
    } else if (assignment !== null) variables[assignment[1]!] = assignment[2]!;
    else if (!arg.startsWith("-")) targets.push(arg);
  }
  const names = files.length > 0 ? files : just ? JUSTFILES : MAKEFILES;
  return {
    folder,
    files: names.map((file) => walkedPath(folder, file)),
    upward: just && files.length === 0,
    targets,
    variables,
    includeFolders: includeFolders.map((path) => walkedPath(folder, path)),
  };
}

interface Rule {
  readonly needs: string[];
  readonly lines: string[];
}

/**
 * The recipes that run for the targets, with those of their prerequisites. A target for which no plain rule is found
 * (a pattern, a name from a variable) brings in every recipe of the file: too much is asked again, too little is not
 * noticed.
 *
 * @param text of a Makefile or a justfile
 * @param o targets and variables of the call; `known`: what is set in other files, or further down
 */
export function recipeContent(
  text: string,
  o: {
    readonly just: boolean;
    readonly targets: readonly string[];
    readonly variables: Readonly<Record<string, string>>;
    readonly known?: Readonly<Record<string, string>>;
  },
): RecipeContent {
  const { rules, order, variables, includes, settings, defined } = parseRules(text, o.just, o.variables, o.known ?? {});
  const wanted = o.targets.length > 0 ? [...o.targets] : order.slice(0, 1);
  if (o.just && o.targets.length === 0 && rules.has("default")) wanted.push("default");
  const seen = new Set<string>();
  const recipes: string[] = [];
  const sources: string[] = [];
  let all = false;
  for (let name; (name = wanted.pop()) !== undefined;) {
    if (seen.has(name)) continue;
    seen.add(name);
    const rule = rules.get(name);
    if (rule === undefined) {
      // An argument of a just recipe looks like a target; a source of make has no rule.
      if (o.targets.includes(name) && !o.just) all = true;
      sources.push(name);
      continue;
    }
    recipes.push(rule.lines.join("\n"));
    wanted.push(...rule.needs);
  }
  // Pattern rules, and values that make computes with a shell, may run for any target.
  for (const [name, rule] of rules) {
    if (!all && !name.includes("%")) continue;
    recipes.push(rule.lines.join("\n"));
    sources.push(...rule.needs.filter((need) => !need.includes("%") && !rules.has(need)));
  }
  recipes.push(...defined);
  for (const value of [...Object.values(variables), settings, ...recipes]) {
    for (const match of value.matchAll(SHELL_CALL)) recipes.push(match[1] ?? match[2]!);
  }
  // What make runs every line of a recipe with.
  if (!o.just && variables["SHELL"] !== undefined) recipes.push(variables["SHELL"]);
  return { recipes, sources, includes, settings };
}

/** `$(shell …)` of make, with one pair of parentheses inside, and what stands in backticks. */
const SHELL_CALL = /\$[({]shell\s+((?:[^()]|\([^()]*\))*)[)}]|`([^`]*)`/g;

/** The variables that a text sets, however they depend on each other. */
export function recipeVariables(
  text: string,
  just: boolean,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return parseRules(text, just, given, parseRules(text, just, given, {}).variables).variables;
}

function parseRules(
  text: string,
  just: boolean,
  given: Readonly<Record<string, string>>,
  known: Readonly<Record<string, string>>,
) {
  const variables: Record<string, string> = Object.assign(Object.create(null), { MAKE: "make" }, known, given);
  const settings: string[] = [];
  /** Text of `define`, and of `!=`: shell text, for the most part. */
  const defined: string[] = [];
  let isDefining = false;
  const rules = new Map<string, Rule>();
  const order: string[] = [];
  const includes: string[] = [];
  let current: Rule[] = [];
  const expand = (line: string) =>
    line.replace(just ? /\{\{\s*(\w+)\s*\}\}/g : /\$[({](\w+)[)}]/g, (whole, name) => variables[name] ?? whole);
  for (const raw of text.replace(/\\\r?\n/g, " ").split(/\r?\n/)) {
    if (/^\s*(?:#|$)/.test(raw) && !(just && /^\s+#!/.test(raw))) continue;
    if (!just && /^\s*(?:define|endef)\b/.test(raw)) {
      isDefining = raw.trimStart().startsWith("define");
      continue;
    }
    if (isDefining) {
      defined.push(expand(raw.replace(/^[@\-+\s]+/, "")));
      continue;
    }
    const recipe = (just ? /^[ \t]+(.*)$/ : /^\t(.*)$/).exec(raw);
    if (recipe !== null && current.length > 0) {
      const line = expand(recipe[1]!.replace(/^[@\-+\s]+/, "")).replaceAll("$$", "$");
      for (const rule of current) rule.lines.push(line);
      continue;
    }
    const line = raw.trim();
    settings.push(expand(line));
    const include = just ? /^(?:import\??|mod\??\s+\w+)\s+['"](.*)['"]/.exec(line) : /^[-s]?include\s+(.*)$/.exec(line);
    const module = just ? /^mod\??\s+([\w-]+)\s*$/.exec(line)?.[1] : undefined;
    const assignment = /^(?:export\s+|override\s+|set\s+)*([A-Za-z_][\w-]*)\s*(:{0,3}|\?|\+|!)=\s*(.*)$/.exec(line);
    if (module !== undefined) {
      includes.push(`${module}.just`, ...["mod.just", ...JUSTFILES].map((file) => `${module}/${file}`));
    } else if (include !== null) {
      const text = expand(include[1]!).replace(/\$[({]wildcard\s+([^)}]*)[)}]/g, "$1").replace(/\s#.*$/, "");
      includes.push(...(just ? [include[1]!] : text.split(/\s+/).filter((name) => name !== "")));
    } else if (assignment !== null) {
      const [, name, how, text] = assignment as unknown as [string, string, string, string];
      const value = just ? text.replace(/^(["'])(.*)\1$/, "$2") : expand(text);
      if (how === "!") defined.push(value);
      if (given[name] === undefined) variables[name] = how === "+" ? `${variables[name] ?? ""} ${value}` : value;
    } else {
      current = addRule(line, just, expand, rules, order);
    }
  }
  return { rules, order, variables, includes, settings: settings.join("\n"), defined };
}

function addRule(
  line: string,
  just: boolean,
  expand: (text: string) => string,
  rules: Map<string, Rule>,
  order: string[],
): Rule[] {
  const head = just
    ? /^@?([A-Za-z_][\w-]*)[^:]*:(?!=)(.*)$/.exec(line)
    : /^([^:=]+?)\s*&?::?(?!=)([^;]*)(?:;(.*))?$/.exec(line);
  if (head === null) return [];
  const needs = expand(head[2]!).replace(/[|&()]/g, " ").split(/\s+/).filter((name) => name !== "");
  const names = just ? [head[1]!] : expand(head[1]!).split(/\s+/);
  return names.map((name) => {
    const rule = rules.get(name) ?? { needs: [], lines: [] };
    rule.needs.push(...needs);
    if (!just && head[3] !== undefined) rule.lines.push(expand(head[3].trim()));
    if (!rules.has(name)) {
      rules.set(name, rule);
      // make's default is the first target that is not special.
      if (!name.startsWith(".") || name.includes("/")) order.push(name);
    }
    return rule;
  });
}
