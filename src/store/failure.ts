/** What the file system and SQLite report, as the project's own codes. */
import { OvError } from "../base/mod.ts";
import { damaged } from "../vault/mod.ts";

// Primary result codes, https://www.sqlite.org/rescode.html
const SQLITE_BUSY = 5;
const SQLITE_READONLY = 8;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
const SQLITE_NOTADB = 26;
const SQLITE_IOERR_SHORT_READ = 522;

/**
 * The {@link OvError} for something thrown by `node:sqlite` or `Deno`'s file functions; what is neither is returned as it
 * is, for the caller to throw.
 *
 * @param action what was attempted, as `Cannot open vault`
 */
export function failureOf(action: string, error: unknown): unknown {
  if (error instanceof OvError || !(error instanceof Error)) return error;
  const { errcode, code } = error as { errcode?: unknown; code?: unknown };
  if (typeof errcode === "number") return sqliteFailure(action, errcode, error);
  // The constructor's error comes without a result code in Deno 2.9, and opening is all that it does.
  if (code === "ERR_SQLITE_ERROR") return sqliteFailure(action, SQLITE_CANTOPEN, error);
  if (code === "ENOSPC" || code === "EDQUOT") return noSpace(action, error);
  if (code === "EROFS") return readOnly(action, error);
  if (error instanceof Deno.errors.PermissionDenied) {
    return new OvError("io/failed", `${action}: permission denied`, {
      hint: "The vault's folder must belong to you.",
      cause: error,
    });
  }
  if (code === "EEXIST" || code === "ENOTDIR") {
    return new OvError("io/failed", `${action}: a file stands where its folder must be`, {
      hint: "Name another folder by OV_HOME, or move that file away.",
      cause: error,
    });
  }
  if (typeof code === "string") return new OvError("io/failed", `${action}: ${code}`, { cause: error });
  return error;
}

function sqliteFailure(action: string, errcode: number, cause: Error): OvError {
  switch (errcode & 0xff) {
    case SQLITE_BUSY:
      return new OvError("vault/busy", `${action}: another process is holding it`, {
        hint: "Try again when it has finished.",
        cause,
      });
    case SQLITE_FULL:
      return noSpace(action, cause);
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
      return readOnly(action, cause);
    case SQLITE_CORRUPT:
      return damaged("the file is corrupt", cause);
    case SQLITE_NOTADB:
      return damaged("the file is not a vault", cause);
    case SQLITE_IOERR:
      if (errcode === SQLITE_IOERR_SHORT_READ) return damaged("the file is cut short", cause);
  }
  return new OvError("io/failed", `${action}: SQLite error ${errcode}`, { cause });
}

function noSpace(action: string, cause: Error): OvError {
  return new OvError("io/no-space", `${action}: no space left on the device`, {
    hint: "Nothing was changed. Free some space and try again.",
    cause,
  });
}

function readOnly(action: string, cause: Error): OvError {
  return new OvError("io/read-only", `${action}: its folder cannot be written`, {
    hint: "SQLite needs to write beside the file even to read it.",
    cause,
  });
}
