import { dirname, isAbsolute, join } from "node:path";
import { OvError } from "../base/mod.ts";
import type { Accounts } from "./accounts.ts";

/** Links that are followed before a path counts as leading nowhere, as Linux does. */
const MAX_LINKS = 40;

/**
 * Refuses a program that somebody else could replace: the file, a folder above it, a link on the way to it or a folder
 * above that
 *
 * - belongs to another user than root and this one;
 * - can be written by everybody; or by a group that holds others (`accounts.ts` says which do not, and why Homebrew,
 *   groups of one user and Debian's `/usr/local` pass).
 *
 * A folder with the sticky bit (`/tmp`, `/nix/store`) may be writable: in it only the owner can replace a file. What an
 * access list allows beyond the mode is not seen, where it does not show as a right of the group. Not on Windows, where
 * nothing is checked.
 *
 * @param path absolute path of the program
 * @throws OvError `policy/denied`
 */
export function refuseWritableByOthers(path: string, accounts: Accounts): void {
  if (Deno.build.os === "windows") return;
  for (const [at, info] of placesOf(path)) {
    const found = whoCanReplace(info, accounts);
    if (found === null) continue;
    throw new OvError("policy/denied", `Cannot run ${JSON.stringify(path)}: ${found.who} ${JSON.stringify(at)}`, {
      hint: found.right === null
        ? "Use a program that you or root own."
        : `Take the right away: chmod ${found.right} ${at}`,
    });
  }
}

/** Who beside root and the user can put something else there; `null` where nobody can. */
function whoCanReplace(info: Deno.FileInfo, accounts: Accounts): { who: string; right: string | null } | null {
  const { mode, uid, gid } = info;
  if (accounts.uid !== null && uid !== null && uid !== accounts.uid && !accounts.rootUids.has(uid)) {
    return { who: "another user owns", right: null };
  }
  // A link's mode says nothing: whoever can write its folder, or owns it, can set another.
  if (mode === null || info.isSymlink || (info.isDirectory && (mode & 0o1000) !== 0)) return null;
  if ((mode & 0o002) !== 0) return { who: "every user of this machine can write to", right: "o-w" };
  if ((mode & 0o020) === 0 || gid === null || accounts.isOwnGroup(gid)) return null;
  return { who: "a group with other users in it can write to", right: "g-w" };
}

/**
 * Everything that the system looks at on its way to `path`, as it looks: folders, links, and where links lead. What cannot
 * be looked at cannot be judged; a program that is missing fails when it is started.
 */
function placesOf(path: string): Map<string, Deno.FileInfo> {
  const places = new Map<string, Deno.FileInfo>();
  // The first name is empty: the folder at the top.
  const names = path.split("/").reverse();
  let at = "/";
  for (let links = 0; names.length > 0;) {
    const name = names.pop()!;
    if (name === "..") at = dirname(at);
    if (name === "." || name === "..") continue;
    const next = join(at, name);
    const info = places.get(next) ?? lstatOrNull(next);
    if (info === null) break;
    places.set(next, info);
    const target = info.isSymlink ? linkOrNull(next) : null;
    if (target === null) at = next;
    else if (++links > MAX_LINKS) break;
    else {
      if (isAbsolute(target)) at = "/";
      names.push(...target.split("/").reverse());
    }
  }
  return places;
}

function lstatOrNull(path: string): Deno.FileInfo | null {
  try {
    return Deno.lstatSync(path);
  } catch {
    return null;
  }
}

function linkOrNull(path: string): string | null {
  try {
    return Deno.readLinkSync(path);
  } catch {
    return null;
  }
}
