/**
 * What `main.ts` must know of the command line before any npm package is loaded: which subcommand it is, and so which
 * isolates start with which permissions. First-party code only.
 */
import { dirname, isAbsolute, resolve } from "node:path";
import { OvError } from "../base/mod.ts";
import { scanArgv } from "./argv.ts";

/** The subcommand: the first word that is neither an option nor the value of one; empty where there is none. */
export function subcommandOf(argv: readonly string[]): string {
  return scanArgv(argv).command?.split(" ", 1)[0] ?? "";
}

/** Whether the command line only asks for help or the version, which needs no keeper. */
export function asksForHelp(argv: readonly string[]): boolean {
  return scanArgv(argv).help;
}

/**
 * Folders that a command writes beside the vault's own: where its files lie, for the few commands that write any.
 *
 * @returns absolute paths
 */
export function foldersWrittenBy(command: string, argv: readonly string[], cwd: string): string[] {
  if (!["import", "secret", "export", "backup", "app", "env", "machine-key"].includes(command)) return [];
  const folders = new Set([cwd]);
  for (const word of argv) {
    const path = word.startsWith("--output=") ? word.slice("--output=".length) : word;
    if (path.startsWith("-") || !/[\\/]/.test(path)) continue;
    const absolute = isAbsolute(path) ? path : resolve(cwd, path);
    folders.add(dirname(absolute));
  }
  return [...folders];
}

/** Variables that the front may see: what terminal libraries look at, and nothing that could hold a secret. */
const PRESENTATION = new Set([
  "CI",
  "CLICOLOR",
  "CLICOLOR_FORCE",
  "COLORTERM",
  "COLUMNS",
  "ConEmuTask",
  "FORCE_COLOR",
  "LANG",
  "LC_ALL",
  "LC_CTYPE",
  "LINES",
  "NO_COLOR",
  "OV_DEBUG",
  "TERM",
  "TERMINAL_EMULATOR",
  "TERMINUS_SUBLIME",
  "TERM_PROGRAM",
  "WT_SESSION",
]);

/** The part of the environment that the front keeps. */
export function presentationOnly(environment: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => PRESENTATION.has(name)));
}

/** What lets others into the runtime itself: it shows every text that a function is given, or asks them for each right. */
const RUNTIME_NAMES: readonly string[] = ["DENO_V8_FLAGS", "DENO_PERMISSION_BROKER_PATH"];

/** What Deno takes from `NODE_OPTIONS`: a module that it loads before ours, where a space precedes it, and a debugger. */
const LOADS = /(?:^|[\s"'])(?:(?:-r|--require|--import)(?=[\s"'])|--inspect)/;

/**
 * The caller's environment, as commands get it. From source, Deno itself obeys `NODE_OPTIONS`: it would load into the
 * process of the keys what is meant for the commands. The launcher of `deno task install` keeps it from Deno, under
 * another name.
 *
 * @param environment of this process
 * @param standalone whether this is a compiled program, whose runtime does not look there
 * @throws OvError `usage/invalid` where somebody else was let in; nothing was done yet
 */
export function commandEnvironment(
  environment: Readonly<Record<string, string>>,
  standalone: boolean,
): Record<string, string> {
  const open = RUNTIME_NAMES.find((name) => (environment[name] ?? "") !== "");
  const isLoaded = !standalone && LOADS.test(environment["NODE_OPTIONS"] ?? "");
  if (open !== undefined || isLoaded) {
    const name = open ?? "NODE_OPTIONS";
    throw new OvError("usage/invalid", `Cannot start: ${name} lets other code into the program that holds your keys`, {
      hint: open === undefined
        ? "Start ov by the launcher of `deno task install`, which keeps it for the commands, or as `env -u NODE_OPTIONS ov`."
        : `Start it as \`env -u ${name} ov\`, and find out who has set it.`,
    });
  }
  const { OV_NODE_OPTIONS, ...rest } = environment;
  return OV_NODE_OPTIONS === undefined ? rest : { ...rest, NODE_OPTIONS: OV_NODE_OPTIONS };
}
