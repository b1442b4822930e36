/** Code that a command names and that is not on this machine: what it would be cannot be checked. */
import { resolve } from "node:path";
import { isFile } from "./content_files.ts";

/** Specifiers of Deno that are no file of the project's. */
const REMOTE = /^(?:https?|npm|jsr|data|blob):/;

/**
 * What a call of a program would fetch, or take from its own arguments, and run.
 *
 * @param names plain names of the program
 */
export function fetchedBy(names: readonly string[], args: readonly string[], dir: string): string[] {
  const operands = args.filter((arg) => !arg.startsWith("-"));
  if (names.includes("deno")) {
    // What stands behind the script is its own.
    const script = args.findIndex((arg, i) => !args[i - 1]?.startsWith("-") && isFile(resolve(dir, arg)));
    return (script < 0 ? args : args.slice(0, script)).filter((arg) => REMOTE.test(arg));
  }
  if (names.includes("uvx")) return operands.slice(0, 1);
  if (names.includes("pipx") && operands[0] === "run") return operands.slice(1, 2);
  if (names.includes("uv") && operands[0] === "tool" && operands[1] === "run") return operands.slice(2, 3);
  if (names.includes("go") && operands[0] === "run") return operands.filter((arg) => arg.includes("@")).slice(0, 1);
  return [];
}
