import { closeSync, constants, openSync, readSync } from "node:fs";
import { delimiter, isAbsolute, resolve } from "node:path";
import { OvError } from "../base/mod.ts";

/** Where a command was found. */
export interface ProgramPath {
  /** Absolute path by which it is started: programs such as busybox look at their own name. */
  readonly path: string;
  /** The file behind it, all symbolic links resolved: what is hashed. */
  readonly realPath: string;
}

/** Searched where the caller's environment has no `PATH`. */
export const DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";

/**
 * The file that `command` names, looked up as `execvp` does, with two differences: entries of `PATH` that are empty or
 * relative are skipped, since whoever can write the working directory could plant a program there; and a text file
 * without a `#!` line is refused, since the C library would hand it to a shell.
 *
 * @param command a name, or a path relative to `o.workDir`
 * @param o `workDir`: absolute; `path`: the caller's `PATH`; `byOthers`: finds what a shell or `env` would start in
 * `workDir`, who look at relative entries and run such a text file
 * @throws OvError `usage/invalid` where the command is empty or holds a NUL; `run/not-found`; `run/not-executable`
 */
export function resolveProgram(command: string, o: Lookup): Promise<ProgramPath> {
  return Promise.try(find, command, o);
}

/** Where a command is looked up. */
interface Lookup {
  readonly workDir: string;
  readonly path: string | undefined;
  readonly byOthers?: boolean;
}

// Without another thread: a look at a file is shorter than the way there.
function find(command: string, o: Lookup): ProgramPath {
  if (command === "") {
    throw new OvError("usage/invalid", "Cannot run: the command is empty", {
      hint: "Say what to run: ov run -- CMD …",
    });
  }
  if (command.includes("\0")) throw new OvError("usage/invalid", "Cannot run: the command holds a NUL byte");
  if (isPath(command)) {
    const state = inspect(resolve(o.workDir, command), o.byOthers);
    if (typeof state === "object") return state;
    throw refusal(command, state);
  }
  let worst: NotRunnable = "missing";
  for (const folder of (o.path ?? DEFAULT_PATH).split(delimiter)) {
    if (!isAbsolute(folder) && o.byOthers !== true) continue;
    for (const name of candidates(command)) {
      const state = inspect(resolve(o.workDir, folder, name), o.byOthers);
      if (typeof state === "object") return state;
      if (state !== "missing" && worst === "missing") worst = state;
    }
  }
  throw refusal(command, worst);
}

type NotRunnable = "missing" | "directory" | "mode" | "script";

/** Whether the command says where it is; such a command is not looked up in `PATH`. */
function isPath(command: string): boolean {
  return command.includes("/") || (Deno.build.os === "windows" && command.includes("\\"));
}

/** File names to try: as is, and on Windows with the extensions that can be started without a shell. */
function candidates(command: string): readonly string[] {
  if (Deno.build.os !== "windows" || /\.(exe|com)$/i.test(command)) return [command];
  return [`${command}.exe`, `${command}.com`];
}

function inspect(path: string, byOthers = false): ProgramPath | NotRunnable {
  try {
    const info = Deno.statSync(path);
    if (info.isDirectory) return "directory";
    if (!info.isFile || (Deno.build.os !== "windows" && ((info.mode ?? 0) & 0o111) === 0)) return "mode";
    const realPath = Deno.realPathSync(path);
    return !byOthers && isTextWithoutInterpreter(realPath) ? "script" : { path, realPath };
  } catch (error) {
    return error instanceof Deno.errors.PermissionDenied ? "mode" : "missing";
  }
}

/** Whether the file is what `execvp` would give to `/bin/sh`. A file that can be executed but not read is not judged. */
function isTextWithoutInterpreter(path: string): boolean {
  if (Deno.build.os === "windows") return false;
  const start = new Uint8Array(256);
  let count: number;
  try {
    // Without waiting: by now it may be a pipe.
    const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      count = readSync(file, start);
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
  if (count === 0) return true;
  if (start[0] === 0x23 && start[1] === 0x21) return false;
  return !start.subarray(0, count).includes(0);
}

function refusal(command: string, state: NotRunnable): OvError {
  const name = JSON.stringify(command);
  switch (state) {
    case "missing":
      return new OvError("run/not-found", `Cannot run ${name}: no such program`, {
        hint: "Check the spelling, and that the program is on PATH; relative entries of PATH are not searched.",
      });
    case "directory":
      return new OvError("run/not-executable", `Cannot run ${name}: it is a directory`);
    case "mode":
      return new OvError("run/not-executable", `Cannot run ${name}: the file is not executable`, {
        hint: "Make it executable, or name the interpreter: ov run -- node FILE",
      });
    case "script":
      return new OvError("run/not-executable", `Cannot run ${name}: a script without a #! line needs a shell`, {
        hint: "Add a #! line, or name the interpreter: ov run -- sh FILE",
      });
  }
}
