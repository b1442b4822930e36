import { basename, dirname } from "node:path";
import { captureOutput, resolveProgram } from "../run/mod.ts";
import type { Door } from "./door.ts";

/**
 * What git knows of a plaintext file, as warnings: a rewritten file is of no use while its history holds the secrets.
 * Never throws: without git, or outside a repository, there is nothing to say.
 *
 * @param path absolute
 */
export async function gitWarnings(door: Door, path: string): Promise<string[]> {
  const git = async (...args: string[]): Promise<number | null> => {
    try {
      const { PATH, HOME } = door.start.environment;
      const program = await resolveProgram("git", { workDir: dirname(path), path: PATH });
      const end = await captureOutput({
        program: program.path,
        // A repository's own configuration may name programs to start; none of these commands needs one.
        args: ["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.pager=cat", ...args],
        workDir: dirname(path),
        environment: { ...(PATH === undefined ? {} : { PATH }), ...(HOME === undefined ? {} : { HOME }), LC_ALL: "C" },
        timeoutMs: 5000,
      });
      return end.exitCode === 0 && end.stdout.length === 0 ? -1 : end.exitCode;
    } catch {
      return null;
    }
  };
  const name = basename(path);
  if (await git("rev-parse", "--is-inside-work-tree") !== 0) return [];
  const warnings: string[] = [];
  // `log` prints nothing (-1) where no commit has touched the file.
  if (await git("log", "--all", "-1", "--format=%H", "--", name) === 0) {
    warnings.push(`${name} is in this repository's git history: change those secrets where they come from`);
  }
  if (await git("ls-files", "--", name) === 0) warnings.push(`${name} is tracked by git: \`git rm --cached ${name}\``);
  else if (await git("check-ignore", "--", name) !== 0) {
    warnings.push(`${name} is not ignored by git: add it to .gitignore`);
  }
  return warnings;
}
