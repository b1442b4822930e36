/**
 * The environment of a command. Where a person gave the password for the run, it is their own; where a grant stands for
 * it, or an agent asks, nothing in it may make the command another one than was allowed.
 */
import { resolve } from "node:path";
import type { Secret } from "../base/mod.ts";
import type { RunRequest } from "../policy/mod.ts";
import { childEnvironment, withBase } from "../run/mod.ts";
import type { Door } from "./door.ts";
import type { PreparedRun, RunSource } from "./execution.ts";
import { MachineSession } from "./session_machine.ts";

/**
 * Whether the command gets the caller's environment as it is. A list that is fixed into a machine key, and a grant that
 * stands for the password, say what may run; the variables of whoever asks must not make it something else.
 */
export function isOwnEnvironment(door: Door, session: RunSource, { wanted, mode, decision }: PreparedRun): boolean {
  if (wanted.origin === "agent") return false;
  if (session instanceof MachineSession) return mode === "open";
  return decision.kind !== "allow" || decision.grant === null || door.isPasswordGiven;
}

/** The child's environment; with a grant, its base is what it was when the grant was given. */
export function environmentOf(
  door: Door,
  session: RunSource,
  run: PreparedRun,
  secrets: readonly Secret[],
): Record<string, string> {
  const { environment } = door.start;
  const isOwn = isOwnEnvironment(door, session, run);
  const caller = isOwn || run.request.base === undefined ? environment : withBase(environment, run.request.base);
  const child = childEnvironment(caller, { origin: isOwn ? "human" : "agent", secrets });
  if (isOwn) return child;
  // A shell believes a PWD that leads here by way of a link, and then goes to another folder with `cd ..`.
  return { ...child, PWD: run.request.workDir, ...(importsPython(run.request) ? NO_COMPILED : {}) };
}

/** Python takes a compiled file for the module beside it unread: what was hashed would not be what runs. */
const NO_COMPILED = { PYTHONPYCACHEPREFIX: "/dev/null" };

/** Whether a module of Python is among what was hashed, beside the script itself, which is never taken compiled. */
function importsPython({ argv, pins, workDir }: RunRequest): boolean {
  const named = new Set(argv.map((arg) => resolve(workDir, arg)));
  return pins.some(({ path }) => path.endsWith(".py") && !named.has(path));
}
