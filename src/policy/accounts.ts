import { readFileSync } from "node:fs";

/** Who is behind the numbers in a file's owner and group, as far as this machine's own files say. */
export interface Accounts {
  /** The user's id; `null` where it is not known, and owners are then not compared. */
  readonly uid: number | null;
  /** Owners that can do anything to this user in any case: root. */
  readonly rootUids: ReadonlySet<number>;
  /** Whether nobody is in the group but this user and who can do anything in any case. */
  isOwnGroup(gid: number): boolean;
}

/** `nobody`: how the files of users are shown that a user namespace has no number for. */
const OVERFLOW_UID = 65534;
/** macOS: `admin`, whose members become root by `sudo`. Homebrew's folders and python.org's are theirs to write. */
const MACOS_ADMIN = 80;

/**
 * What this machine says of its users.
 *
 * A group is the user's own where `/etc/group` and `/etc/passwd` know of nobody else in it: the group of their own name
 * that Debian and Fedora give everybody (whence files are group-writable under umask 002), and Debian's `staff`, which
 * owns `/usr/local` and has no members until root adds some. A group that only a directory service knows is the user's own
 * where it has the user's number, which is how such groups are made. On macOS these files do not list members, and
 * `staff` holds everybody: only `wheel` and `admin` pass there.
 *
 * @param uid of this process; `null` where the platform has none
 */
export function accountsOf(uid: number | null): Accounts {
  let groups: ((gid: number) => boolean) | null = null;
  return {
    uid,
    rootUids: rootUids(),
    isOwnGroup(gid) {
      if (gid === 0) return true;
      if (Deno.build.os === "darwin") return gid === MACOS_ADMIN;
      if (uid === null) return false;
      groups ??= ownGroups(uid, read("/etc/passwd"), read("/etc/group"));
      return groups(gid);
    },
  };
}

/**
 * Root; and where root has no number (a user namespace without it: bubblewrap, Flatpak), the one that its files are shown
 * with. Other users' files are shown so as well then, and can not be told apart.
 */
function rootUids(): ReadonlySet<number> {
  try {
    if (Deno.statSync("/usr").uid === OVERFLOW_UID) return new Set([0, OVERFLOW_UID]);
  } catch {
    // No such folder.
  }
  return new Set([0]);
}

/**
 * Which groups hold nobody but root and the user.
 *
 * @param passwd text of `/etc/passwd`: `name:password:uid:gid:…`
 * @param group text of `/etc/group`: `name:password:gid:member,member`
 */
export function ownGroups(uid: number, passwd: string, group: string): (gid: number) => boolean {
  const users = rows(passwd).map(([name = "", , id, gid]) => ({ name, uid: Number(id), gid: Number(gid) }));
  const trusted = new Set(users.filter((user) => user.uid === uid || user.uid === 0).map(({ name }) => name));
  const groups = rows(group).map(([, , gid, members = ""]) => ({
    gid: Number(gid),
    members: members.split(",").filter((name) => name !== ""),
  }));
  return (gid) => {
    if (users.some((user) => user.gid === gid && !trusted.has(user.name))) return false;
    // One number may stand under several names.
    const named = groups.filter((each) => each.gid === gid);
    if (named.length === 0) return gid === uid;
    return named.every(({ members }) => members.every((name) => trusted.has(name)));
  };
}

function rows(text: string): string[][] {
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).map((line) => line.split(":"));
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
