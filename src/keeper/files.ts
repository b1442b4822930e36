import { basename, dirname, join } from "node:path";
import { encodeHex, OvError } from "../base/mod.ts";

/** A new file beside its target, complete and on disk, that takes the target's place in one step or vanishes. */
export interface PreparedFile {
  /** Takes the target's place. @throws OvError `io/failed`, `io/read-only` */
  commit(): void;
  /** Removes it; nothing has happened. */
  discard(): void;
}

/**
 * Writes `bytes` beside `path` and forces them to disk; the target is untouched until `commit`.
 *
 * @param mode of the new file; that of the target is the caller's to give
 * @throws OvError `io/no-space`, `io/read-only`, `io/failed`; nothing is left behind
 */
export function prepareFile(path: string, bytes: Uint8Array, mode: number): PreparedFile {
  const folder = dirname(path);
  const mark = encodeHex(crypto.getRandomValues(new Uint8Array(8)));
  const temporary = join(folder, `.${basename(path)}.ov-${mark}`);
  const discard = () => {
    try {
      Deno.removeSync(temporary);
    } catch {
      // Nothing there: it was never made, or it has already taken the target's place.
    }
  };
  try {
    const file = Deno.openSync(temporary, { write: true, createNew: true, mode });
    try {
      let written = 0;
      while (written < bytes.length) written += file.writeSync(bytes.subarray(written));
      file.syncDataSync();
    } finally {
      file.close();
    }
    // The umask may have taken bits away from the mode at creation.
    if (Deno.build.os !== "windows") Deno.chmodSync(temporary, mode);
  } catch (cause) {
    discard();
    throw fileError(`Cannot write ${path}`, cause);
  }
  return {
    commit() {
      try {
        Deno.renameSync(temporary, path);
      } catch (cause) {
        discard();
        throw fileError(`Cannot replace ${path}`, cause);
      }
    },
    discard,
  };
}

/** {@link prepareFile} and its commit. */
export function writeFileAtomically(path: string, bytes: Uint8Array, mode: number): void {
  prepareFile(path, bytes, mode).commit();
}

/** Makes a folder and those above it that are missing. @throws OvError as {@link fileError} */
export function makeFolder(path: string, mode?: number): void {
  try {
    Deno.mkdirSync(path, { recursive: true, ...(mode === undefined ? {} : { mode }) });
  } catch (cause) {
    throw fileError(`Cannot make ${path}`, cause);
  }
}

/**
 * A failure of the file system as an {@link OvError}; its own message may quote a path, never content, but is not shown.
 * @param action what could not be done, with the file's name
 * @param intent whether it was read or (else) written, which decides what a refused permission means
 */
export function fileError(action: string, cause: unknown, intent: "read" | "write" = "write"): OvError {
  if (cause instanceof OvError) return cause;
  const code = (cause as { code?: string } | null)?.code;
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new OvError("io/no-space", `${action}: the disk is full`, {
      hint: "Free some space; nothing was changed.",
      cause,
    });
  }
  if (code === "EROFS") {
    return new OvError("io/read-only", `${action}: the file system is read-only`, { cause });
  }
  const denied = cause instanceof Deno.errors.PermissionDenied || code === "EACCES" || code === "EPERM";
  if (denied && intent === "read") {
    return new OvError("usage/file", `${action}: it is not readable`, {
      hint: "Check who owns it, and its mode.",
      cause,
    });
  }
  if (denied) {
    return new OvError("io/read-only", `${action}: no leave to write there`, {
      hint: "Check who owns the folder, and its mode.",
      cause,
    });
  }
  if (cause instanceof Deno.errors.NotFound) {
    return new OvError("usage/file", `${action}: no such file or folder`, { cause });
  }
  if (cause instanceof Deno.errors.AlreadyExists) {
    return new OvError("usage/file", `${action}: it exists already`, { cause });
  }
  if (code === "EISDIR") return new OvError("usage/file", `${action}: it is a folder`, { hint: "Name a file.", cause });
  if (code === "ENOTDIR") return new OvError("usage/file", `${action}: what it lies in is no folder`, { cause });
  if (code === "ENAMETOOLONG") return new OvError("usage/file", `${action}: the name is too long`, { cause });
  return new OvError("io/failed", `${action}: the file system refused`, { cause });
}
