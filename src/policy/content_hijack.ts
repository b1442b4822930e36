import { dirname } from "node:path";
import { OvError } from "../base/mod.ts";

/**
 * Refuses a program that somebody else could replace: the file, or a folder above it, is writable by every user, or
 * belongs to another one. A folder with the sticky bit (`/tmp`) may be writable by all, since only the owner can
 * replace what is in it. Writable by a group is not refused: whom a group holds can not be known here, and package
 * managers of some systems work that way. On Windows nothing is checked.
 *
 * @param path absolute path of the program; each of the paths by which it is reached is checked by a call of its own
 * @param ownUid the user's id; `null` where it is not known, and owners are then not compared
 * @throws OvError `policy/denied`
 */
export function refuseWritableByOthers(path: string, ownUid: number | null): void {
  if (Deno.build.os === "windows") return;
  for (let at = path;; at = dirname(at)) {
    const info = statOrNull(at);
    if (info?.mode != null) {
      const writable = (info.mode & 0o002) !== 0 && !(info.isDirectory && (info.mode & 0o1000) !== 0);
      const foreign = ownUid !== null && info.uid !== null && info.uid !== 0 && info.uid !== ownUid;
      if (writable || foreign) {
        const why = writable ? "every user of this machine can write to" : "another user owns";
        throw new OvError("policy/denied", `Cannot run ${JSON.stringify(path)}: ${why} ${JSON.stringify(at)}`, {
          hint: writable ? `Take the right away: chmod o-w ${at}` : "Use a program that you or the system own.",
        });
      }
    }
    if (dirname(at) === at) return;
  }
}

/** What cannot be looked at cannot be judged; a program that is missing fails when it is started. */
function statOrNull(path: string): Deno.FileInfo | null {
  try {
    return Deno.statSync(path);
  } catch {
    return null;
  }
}
