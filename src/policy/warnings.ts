import { basename } from "node:path";
import {
  COMMAND_READERS,
  DEBUGS,
  ENCODES,
  INLINE_PROGRAMS,
  type Interpreter,
  INTERPRETERS,
  PRINTS_ENVIRONMENT,
  SENDS,
  SHELL_ESCAPES,
  SHELL_OPTIONS,
  SHELLS,
  STARTER_CODE_OPTIONS,
  STARTERS,
  STAYS,
} from "./programs.ts";
import type { Warning, WarningCode } from "./types.ts";

const TEXTS: Readonly<Record<WarningCode, string>> = {
  "shell-code": "a shell runs what stands in the command line, and can do anything with the secrets",
  "inline-code": "an interpreter runs code from the command line, and can do anything with the secrets",
  "no-script": "an interpreter without a script runs whatever it is given, and can do anything with the secrets",
  "prints-environment": "this command's purpose is to print variables, and so the secrets",
  "reads-process": "this command reads the memory or the environment of a process, and so the secrets",
  "encodes": "this command rewrites data into another form, which can get a secret past the mask",
  "sends": "this command sends data over the network, and can send the secrets",
  "debugs": "this command looks into other processes, and can read the secrets there",
  "inspectable": "this command opens itself to debuggers, by which any program of this machine can read the secrets",
  "stays": "this command leaves something running that keeps the secrets, where nothing is masked",
  "starts-anything": "this command starts commands that stand in its options",
  "unpinned-code":
    "this command reads from a pipe or device, or may not be read itself, so what it runs cannot be checked",
};

/** Kinds that a grant may cover: worth a word, but one cannot work without them. */
const GRANTABLE: ReadonlySet<WarningCode> = new Set(["starts-anything"]);

/**
 * What a command could do with secrets beside its work (DESIGN §4), each kind once. A guess by names and options: it is
 * there to warn and to refuse what is plainly made for printing, not to find everything; what a script does is covered by
 * the content that a grant binds.
 *
 * @param program path or name of the program, as found
 * @param argv arguments after it
 * @param realProgram where symbolic links lead: `sh` may be `busybox`, `awk` may be `mawk`
 * @param unread pipes and devices that it was found to read, whatever they are called; or the program, if it can not be read
 */
export function warningsFor(
  program: string,
  argv: readonly string[],
  realProgram: string = program,
  unread: readonly string[] = [],
): Warning[] {
  const codes = new Set<WarningCode>(unread.length > 0 ? ["unpinned-code"] : []);
  for (const name of new Set([plainName(program), plainName(realProgram)])) judge(name, argv, codes, 0);
  for (const arg of argv) {
    // Also inside an option (`--file=/proc/self/environ`), after an @ (`--data @/proc/…`), and by a way around.
    if (/(?:^|[=@:,])(?:(?:[^=@:,]*\/)?\.\.)?(?:\/+\.)*\/+proc\/+/.test(arg)) codes.add("reads-process");
    if (/(?:^|[=@:,])(?:(?:[^=@:,]*\/)?\.\.)?(?:\/+\.)*\/+dev\/+(?!null$|zero$|full$|u?random$)/.test(arg)) {
      codes.add("unpinned-code");
    }
  }
  return [...codes].sort().map((code) => ({ code, text: TEXTS[code], neverListed: !GRANTABLE.has(code) }));
}

/** File name without folder, `.exe`, case, and a version at the end: `/usr/bin/python3.12` is `python`. */
export function plainName(program: string): string {
  const name = basename(program.replaceAll("\\", "/")).toLowerCase().replace(/\.(?:exe|com|cmd|bat|js|cjs|mjs)$/, "");
  if (isNotable(name)) return name;
  const bare = name.replace(/[-.]?\d+(?:[.-]\d+)*[a-z]?$/, "");
  const unsuffixed = bare.replace(/-(?:cli|static|linux|bin)$/, "");
  return unsuffixed === "" ? name : unsuffixed;
}

/** How deep starters within starters are followed. */
const MAX_DEPTH = 4;

function judge(name: string, argv: readonly string[], codes: Set<WarningCode>, depth: number): void {
  if (PRINTS_ENVIRONMENT.has(name)) codes.add("prints-environment");
  if (ENCODES.has(name)) codes.add("encodes");
  if (SENDS.has(name)) codes.add("sends");
  if (DEBUGS.has(name)) codes.add("debugs");
  if (STAYS.has(name)) codes.add("stays");
  // `make 'X=$(shell …)'`
  if (/^g?make$/.test(name) && argv.some((arg) => /[$`]/.test(arg))) codes.add("shell-code");
  if (SHELL_ESCAPES.has(name) && argv.some((arg) => /\\!|(?:^|[=;])\s*\.?(?:shell|system)\s/.test(arg))) {
    codes.add("shell-code");
  }
  if (SHELLS.has(name)) {
    const use = codeUse(argv, name === "cmd" || name.startsWith("p") ? WINDOWS_SHELL : SHELL_OPTIONS);
    if (use !== null) codes.add(use === "code" ? "shell-code" : "no-script");
  }
  const interpreter = INTERPRETERS.get(name);
  if (interpreter !== undefined) {
    const use = codeUse(argv, interpreter);
    if (use !== null) codes.add(use === "code" ? "inline-code" : "no-script");
    // `--import=data:text/javascript,…`
    if (argv.some((arg) => /^(?:--?[\w-]+=?)?data:/.test(arg))) codes.add("inline-code");
    if (argv.some((arg) => /^--inspect(?:$|[-=])/.test(arg))) codes.add("inspectable");
  }
  const reader = COMMAND_READERS.get(name);
  if (reader !== undefined && !argv.some((arg) => isOption(arg, reader) || reader.includes(arg.slice(0, 2)))) {
    codes.add("no-script");
  }
  if (INLINE_PROGRAMS.has(name)) {
    const fromFile = argv.some((arg) => /^(?:-f|--file|--from-file)/.test(arg));
    // Beside a file too, `-e` is code; for an editor, and for jq, which prints the environment in any case, it is not.
    if (!fromFile || argv.some((arg) => /^(?:-[a-z]*e|--expression|--source)/.test(arg))) codes.add("inline-code");
  }
  const options = STARTER_CODE_OPTIONS.get(name);
  if (options !== undefined && argv.some((arg) => isOption(arg, options))) codes.add("shell-code");
  if (!STARTERS.has(name)) return;
  if (name === "watch" || name === "parallel" || name === "concurrently") codes.add("shell-code");
  if (name === "find" || name === "xargs") codes.add("starts-anything");
  if (depth >= MAX_DEPTH) return;
  // Which argument is the command differs from program to program; each one could be.
  for (const [i, arg] of argv.entries()) {
    if (arg.startsWith("-") || arg === "") continue;
    const inner = plainName(arg);
    // `npm run set` names a script of the package, which is pinned; `npm exec set` would start the program.
    if (isPackageScript(name, argv, i) || inner === name) continue;
    if (isNotable(inner)) judge(inner, argv.slice(i + 1), codes, depth + 1);
  }
}

function isNotable(name: string): boolean {
  return SHELLS.has(name) || INTERPRETERS.has(name) || PRINTS_ENVIRONMENT.has(name) || SENDS.has(name) ||
    DEBUGS.has(name) || STARTERS.has(name) || ENCODES.has(name) || INLINE_PROGRAMS.has(name) ||
    COMMAND_READERS.has(name);
}

const PACKAGE_MANAGERS: ReadonlySet<string> = new Set([
  "npm",
  "pnpm",
  "yarn",
  "bun",
  "git",
  "cargo",
  "make",
  "docker",
  "kubectl",
]);

/** Whether argument `i` is a subcommand or the name of a script, and not a program. */
function isPackageScript(name: string, argv: readonly string[], i: number): boolean {
  if (!PACKAGE_MANAGERS.has(name)) return false;
  const operands = argv.slice(0, i).filter((arg) => !arg.startsWith("-"));
  return !operands.some((arg) => ["exec", "x", "dlx", "run", "compose", "explore"].includes(arg)) ||
    operands.at(-1) === "run";
}

function isOption(arg: string, options: readonly string[]): boolean {
  return options.some((option) =>
    arg === option ||
    (option.startsWith("--") ? arg.startsWith(`${option}=`) : isLetter(option) && arg.startsWith(option))
  );
}

/** Whether it is an option of one letter, which a value may be written to: `-calias.x=!sh`. */
function isLetter(option: string): boolean {
  return /^-[A-Za-z]$/.test(option);
}

const WINDOWS_SHELL: Interpreter = {
  ...SHELL_OPTIONS,
  codeOptions: ["/c", "/k", "-command", "-encodedcommand", "-ec", "-enc", "--command"],
};

/**
 * Whether an interpreter gets code in its arguments (`code`), or neither code nor a script (`nothing`); `null` where it
 * gets a script. Options after the script are the script's.
 */
function codeUse(argv: readonly string[], o: Interpreter): "code" | "nothing" | null {
  let module = false;
  for (let i = 0; i < argv.length; i++) {
    const arg = argv[i]!;
    if (isOption(arg.toLowerCase(), o.codeOptions)) return "code";
    if (arg === "--") return i + 1 < argv.length ? null : "nothing";
    if (arg === "-") return "nothing";
    if (!/^[-+]./.test(arg)) {
      if (o.codeCommands.includes(arg)) return "code";
      // `deno run -`
      return arg === "run" && argv[i + 1] === "-" ? "nothing" : null;
    }
    if (arg === "--interactive" && o.stdinLetters !== "") return "nothing";
    if (arg.startsWith("--")) {
      if (o.valueOptions.includes(arg)) i++;
      else if (/^--(?:test|run|version|help|check)\b/.test(arg)) module = true;
      continue;
    }
    for (const [at, letter] of [...arg.slice(1)].entries()) {
      if (o.codeLetters.includes(letter)) return "code";
      // Python's -m and the like name what to run: the rest is its own.
      if (letter === "m" && o.codeLetters.includes("c") && !o.codeOptions.includes("--command")) {
        return o.codeModules.includes(arg.slice(at + 2) || (argv[i + 1] ?? "")) ? "code" : null;
      }
      if (o.stdinLetters.includes(letter)) return "nothing";
      if (o.valueLetters.includes(letter)) {
        if (at === arg.length - 2) i++;
        break;
      }
      if (letter === "v" || letter === "V" || letter === "h") module = true;
    }
  }
  return module || !o.readsStdin ? null : "nothing";
}
