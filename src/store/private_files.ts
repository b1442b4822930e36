/** Files and folders that are their owner's alone (FORMAT §11): made so, and refused when they are not. */
import { OvError } from "../base/mod.ts";
import { damaged } from "../vault/mod.ts";

const GROUP_AND_OTHERS = 0o077;

/** Makes the folder with mode 0700, and its parents, unless it is there. */
export function makePrivateFolder(folder: string): void {
  Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
}

/**
 * Refuses a folder that others may enter, and any of `files` in it that others may touch, with `vault/not-private`.
 * A symbolic link in place of one is refused whatever it points to: it would be followed when others may have set it.
 * Files that are absent are no fault; an absent folder is `vault/not-found`. Windows has no such modes, and is not checked.
 */
export function requirePrivate(folder: string, files: readonly string[]): void {
  const info = lstat(folder);
  if (info === null) throw vaultNotFound();
  if (info.isSymlink) throw notPrivate("its folder is a symbolic link", "Name the folder itself.");
  if (!info.isDirectory) throw damaged("its folder is not a folder");
  requireOwnerOnly(info, "its folder", `chmod 700 ${folder}`);
  const uid = ownUid();
  if (uid !== null && info.uid !== uid) {
    throw notPrivate("its folder belongs to another user", "Run ov as that user, or make a vault of your own.");
  }
  for (const file of files) {
    const path = `${folder}/${file}`;
    const found = lstat(path);
    if (found === null) continue;
    if (found.isSymlink) throw notPrivate(`${file} is a symbolic link`, "Put the file itself there.");
    if (!found.isFile) throw damaged(`${file} is not a file`);
    requireOwnerOnly(found, file, `chmod 600 ${path}`);
    if (found.uid !== info.uid) throw notPrivate(`${file} belongs to another user than its folder`, "Remove it.");
  }
}

/** `vault/not-found`, with what to do. */
export function vaultNotFound(): OvError {
  return new OvError("vault/not-found", "Cannot open vault: there is none", { hint: "Run `ov init` to make one." });
}

/** What is at `path` itself, links not followed; `null` where nothing is. */
export function lstat(path: string): Deno.FileInfo | null {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    if (error instanceof Deno.errors.NotADirectory) return null;
    throw error;
  }
}

function requireOwnerOnly(info: Deno.FileInfo, what: string, repair: string): void {
  if (info.mode === null || Deno.build.os === "windows") return;
  if ((info.mode & GROUP_AND_OTHERS) !== 0) {
    throw notPrivate(`others may use ${what} (mode ${(info.mode & 0o777).toString(8)})`, `Run: ${repair}`);
  }
}

/** Who we are; `null` where the platform has no such thing, or this isolate may not ask. */
function ownUid(): number | null {
  const mayAsk = Deno.permissions.querySync({ name: "sys", kind: "uid" }).state === "granted";
  return mayAsk ? Deno.uid() : null;
}

function notPrivate(state: string, hint: string): OvError {
  return new OvError("vault/not-private", `Cannot open vault: ${state}`, { hint });
}
