/**
 * What `main.ts` must know of the command line before any npm package is loaded: which subcommand it is, and so which
 * isolates start with which permissions. First-party code only.
 */
import { dirname, isAbsolute, resolve } from "node:path";
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
