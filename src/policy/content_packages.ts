/** What a call of a JavaScript package manager starts: which scripts of which package, or which program. */
import { resolve } from "node:path";

/** A call of npm, pnpm, yarn or bun, taken apart. */
export interface PackageCall {
  /** Where the search for `package.json` begins. */
  readonly folder: string;
  /** Scripts that run, with `pre` and `post`; those that a package does not have are skipped. */
  readonly scripts: readonly string[];
  /** A command of an installed package, with its arguments. */
  readonly exec: readonly string[] | null;
  /** Whether packages below the folder are meant too (workspaces). */
  readonly everywhere: boolean;
  /** Files beside `package.json` that it also decides by. */
  readonly files: readonly string[];
}

/** Files beside `package.json` (or in the home folder) that say what a package manager starts or loads. */
export const PACKAGE_FILES = [
  ".npmrc",
  ".yarnrc",
  ".yarnrc.yml",
  ".pnp.cjs",
  ".pnp.loader.mjs",
  ".pnpmfile.cjs",
  ".env.yarn",
  "pnpm-workspace.yaml",
  "bunfig.toml",
  ".bunfig.toml",
] as const;

const MANAGERS: ReadonlySet<string> = new Set(["npm", "pnpm", "yarn", "bun"]);
const RUNNERS: ReadonlySet<string> = new Set(["npx", "pnpx", "bunx"]);

/** Whether `name` (of `plainName`) is a package manager. */
export function isPackageManager(name: string): boolean {
  return MANAGERS.has(name);
}

/** Whether `name` starts a command of an installed or a fetched package. */
export function isPackageRunner(name: string): boolean {
  return RUNNERS.has(name);
}

const FOLDER_OPTIONS = ["--prefix", "-C", "--dir", "--cwd"];
const WORKSPACE_OPTIONS = ["--workspace", "--filter", "-F", "--filter-prod"];
const EVERYWHERE_OPTIONS = ["--workspaces", "-ws", "-r", "--recursive", "-w", "workspace", "workspaces", "foreach"];
const VALUE_OPTIONS = ["--loglevel", "--registry", "--userconfig", "--config", "-p", "--package", "--jobs"];

/** Scripts that a package manager runs by itself. */
const LIFECYCLE: Readonly<Record<string, readonly string[]>> = {
  install: ["preinstall", "install", "postinstall", "preprepare", "prepare", "postprepare", "dependencies"],
  publish: ["prepublish", "prepublishOnly", "prepack", "prepare", "postpack", "publish", "postpublish"],
  pack: ["prepack", "prepare", "postpack"],
  version: ["preversion", "version", "postversion"],
  restart: ["prerestart", "restart", "postrestart", "prestop", "stop", "poststop", "prestart", "start", "poststart"],
};

const INSTALLS = [
  "install",
  "i",
  "add",
  "ci",
  "clean-install",
  "install-test",
  "it",
  "update",
  "up",
  "rebuild",
  "link",
];

/** What decides which packages come, whose scripts then run; and npm builds what the last one says without being told. */
const INSTALL_FILES = [
  "package-lock.json",
  "npm-shrinkwrap.json",
  "pnpm-lock.yaml",
  "yarn.lock",
  "bun.lock",
  "bun.lockb",
  "binding.gyp",
];

/** Takes a call of `manager` in `dir` apart. `args` are those after the program. */
export function parsePackageCall(manager: string, args: readonly string[], dir: string): PackageCall {
  const { folder, operands, everywhere } = readOptions(args, dir, manager);
  const call = (
    scripts: readonly string[],
    exec: readonly string[] | null = null,
    files: readonly string[] = [],
  ): PackageCall => ({ folder, scripts, exec, everywhere, files });
  const [command = manager === "yarn" ? "install" : "", ...rest] = operands;
  const around = (name: string | undefined) => name === undefined ? [] : [`pre${name}`, name, `post${name}`];
  if (["run", "run-script", "rum", "urn", "task"].includes(command)) {
    return call(around(rest[0]), manager === "npm" || rest.length === 0 ? null : rest);
  }
  if (["exec", "x", "dlx"].includes(command)) return call([], rest.length === 0 ? null : rest);
  if (["test", "t", "tst"].includes(command)) return call(around("test"));
  // Without a script of that name, npm starts server.js.
  if (["start", "stop"].includes(command)) return call(around(command), null, ["server.js"]);
  if (INSTALLS.includes(command)) return call(LIFECYCLE["install"]!, null, INSTALL_FILES);
  const lifecycle = Object.hasOwn(LIFECYCLE, command) ? LIFECYCLE[command]! : null;
  if (lifecycle !== null) return call(lifecycle);
  // pnpm, yarn and bun take a script's or a command's name where npm takes only its own subcommands.
  return call(around(command), manager === "npm" || command === "" ? null : operands);
}

/**
 * The command that npx, pnpx or bunx starts, with its arguments: a name without a version, then what follows it. `null`
 * where none is named.
 */
export function parseRunnerCall(
  args: readonly string[],
): { readonly exec: readonly string[] | null; readonly packages: readonly string[] } {
  const packages: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === "-p" || arg === "--package") packages.push(args[++i] ?? "");
    else if (arg.startsWith("--package=")) packages.push(arg.slice("--package=".length));
    else if (arg === "-c" || arg === "--call" || VALUE_OPTIONS.includes(arg)) i++;
    else if (arg === "--") return { exec: args.length > i + 1 ? args.slice(i + 1) : null, packages };
    else if (!arg.startsWith("-")) return { exec: args.slice(i), packages };
  }
  return { exec: null, packages };
}

/** A package's name without the version that may follow it: `@scope/tool@4` is `@scope/tool`. */
export function packageName(specifier: string): string {
  const at = specifier.indexOf("@", 1);
  return at < 0 ? specifier : specifier.slice(0, at);
}

/** The text after `-c` or `--call`, which a shell gets. */
export function callText(args: readonly string[]): string[] {
  return args.flatMap((arg, i) => {
    if (arg === "-c" || arg === "--call" || arg === "--shell-mode") return args.slice(i + 1, i + 2);
    return arg.startsWith("--call=") ? [arg.slice("--call=".length)] : [];
  });
}

function readOptions(
  args: readonly string[],
  dir: string,
  manager: string,
): { folder: string; operands: string[]; everywhere: boolean } {
  let folder = dir;
  let everywhere = false;
  const operands: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    const [name, joined] = splitOption(arg);
    if (arg === "--") {
      operands.push(...args.slice(i + 1));
      break;
    }
    if (FOLDER_OPTIONS.includes(name)) folder = resolve(dir, joined ?? args[++i] ?? ".");
    else if (WORKSPACE_OPTIONS.includes(name) || (name === "-w" && manager === "npm")) {
      everywhere = true;
      if (joined === null) i++;
    } else if (EVERYWHERE_OPTIONS.includes(arg) && (arg.startsWith("-") || operands.length === 0)) everywhere = true;
    else if (VALUE_OPTIONS.includes(arg)) i++;
    else if (!arg.startsWith("-")) operands.push(arg);
    // What stands after a script's name is the script's own.
    else if (operands.length >= 2) operands.push(arg);
  }
  if (everywhere && operands.length > 1 && args.includes("workspace")) operands.shift();
  return { folder, operands, everywhere };
}

/** Programs whose arguments name package scripts. */
const SCRIPT_STARTERS: readonly string[] = [
  "run-s",
  "run-p",
  "npm-run-all",
  "npm-run-all2",
  "concurrently",
  "wireit",
];

/** Whether a program of this plain name starts the package scripts that its arguments name. */
export function isScriptStarter(name: string): boolean {
  return SCRIPT_STARTERS.includes(name);
}

/** Those of `scripts` that an argument of such a program means, perhaps by a pattern, with `pre` and `post`. */
export function scriptsMeant(arg: string, scripts: readonly string[]): string[] {
  const parts = arg.replace(/^(?:npm|yarn|pnpm|bun):/, "").split("*").map((part) => RegExp.escape(part));
  const pattern = new RegExp(`^(?:pre|post)?${parts.join(".*")}$`);
  return scripts.filter((name) => pattern.test(name));
}

function splitOption(arg: string): [string, string | null] {
  const at = arg.startsWith("--") ? arg.indexOf("=") : -1;
  return at < 0 ? [arg, null] : [arg.slice(0, at), arg.slice(at + 1)];
}
