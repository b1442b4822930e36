/**
 * Private folders inside the vault's in which a copy of it is proven, and what a killed process leaves there. Whoever
 * uses one holds a lock in it, which the kernel takes back when the process ends however it ends: so a folder whose lock
 * can be had is nobody's, and may go.
 */
import { failureOf, lstat, makePrivateFolder, requirePrivate, VAULT_FILE } from "../store/mod.ts";

const PREFIX = `${VAULT_FILE}.copy-`;
/** Of the files that `store/sqlite_store.ts` builds and links into place, which takes it milliseconds. */
const BUILDING_PREFIX = `${VAULT_FILE}.new-`;
const LOCK = "in-use";
/** Without a lock file, a folder is somebody's who is about to make one, or was left by an older `ov`; age tells. */
const OLD_MS = 24 * 60 * 60 * 1000;
/** Whoever removes what was left can meet a folder between its making and its lock. */
const ATTEMPTS = 5;

/**
 * Runs `use` with a new private folder inside the vault's, which is there from then on, and removes it; first removes
 * those that a killed process left.
 *
 * @throws OvError `vault/not-private`, `io/…`, and what `use` throws
 */
export async function withStagingFolder<T>(vaultFolder: string, use: (folder: string) => Promise<T>): Promise<T> {
  const isNew = lstat(vaultFolder) === null;
  let staging: Staging;
  try {
    makePrivateFolder(vaultFolder);
    requirePrivate(vaultFolder, []);
    removeLeftovers(vaultFolder);
    staging = makeStaging(vaultFolder);
  } catch (error) {
    throw failureOf("Cannot copy vault", error);
  }
  try {
    return await use(staging.folder);
  } finally {
    staging.lock.close(); // Windows removes no file that is open
    removeIfThere(staging.folder);
    if (isNew && [...Deno.readDirSync(vaultFolder)].length === 0) Deno.removeSync(vaultFolder);
  }
}

/** The names of what a killed `ov backup`, `ov restore` or `ov init` left in the vault's folder. Changes nothing. */
export function findLeftovers(vaultFolder: string): string[] {
  const found: string[] = [];
  eachLeftover(vaultFolder, (name) => found.push(name));
  return found.sort();
}

/** Removes them; what can not be removed stays, and is found again. */
function removeLeftovers(vaultFolder: string): void {
  eachLeftover(vaultFolder, (name) => {
    try {
      removeIfThere(`${vaultFolder}/${name}`);
    } catch {
      // It is sealed, and no reason to refuse a backup.
    }
  });
}

/** Calls `take` for each while its lock is held, so that nobody begins to use it meanwhile. */
function eachLeftover(vaultFolder: string, take: (name: string) => void): void {
  if (lstat(vaultFolder) === null) return;
  for (const { name, isDirectory, isFile } of [...Deno.readDirSync(vaultFolder)]) {
    const isFolder = isDirectory && name.startsWith(PREFIX);
    if (!isFolder && !(isFile && name.startsWith(BUILDING_PREFIX))) continue;
    const lock = isFolder ? openLock(`${vaultFolder}/${name}/${LOCK}`) : null;
    if (lock === null) {
      const changedAt = lstat(`${vaultFolder}/${name}`)?.mtime?.getTime() ?? Date.now();
      if (Date.now() - changedAt > OLD_MS) take(name);
      continue;
    }
    try {
      if (lock.tryLockSync(true)) take(name);
    } finally {
      lock.close();
    }
  }
}

function openLock(path: string): Deno.FsFile | null {
  try {
    return Deno.openSync(path, { write: true });
  } catch {
    return null;
  }
}

interface Staging {
  readonly folder: string;
  readonly lock: Deno.FsFile;
}

function makeStaging(vaultFolder: string): Staging {
  for (let left = ATTEMPTS;; left--) {
    const folder = Deno.makeTempDirSync({ dir: vaultFolder, prefix: PREFIX }); // mode 0700
    const lock = lockNew(folder);
    if (left === 0 || lstat(`${folder}/${LOCK}`) !== null) return { folder, lock };
    lock.close(); // somebody took it for left before it was locked
  }
}

function lockNew(folder: string): Deno.FsFile {
  try {
    const lock = Deno.openSync(`${folder}/${LOCK}`, { write: true, createNew: true, mode: 0o600 });
    lock.lockSync(true);
    return lock;
  } catch (error) {
    removeIfThere(folder);
    throw error;
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
