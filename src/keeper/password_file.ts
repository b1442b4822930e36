import { OvError, Secret } from "../base/mod.ts";

const MAX_PASSWORD_FILE_BYTES = 4096;

/**
 * The password from a file that only its owner can read; one trailing line break is not part of it.
 *
 * @param path as the user wrote it, resolved by the caller
 * @param platform `Deno.build.os`; modes are not checked on Windows, which has none
 * @param uid of this process, or `null` where the platform has none
 * @throws OvError `vault/password-file` where it is missing, no regular file, not private, empty or too long
 */
export function readPasswordFile(path: string, platform: string, uid: number | null): Secret {
  const refuse = (state: string, hint: string, cause?: unknown) =>
    new OvError("vault/password-file", `Cannot use the password file: ${state}`, { hint, cause });
  let file: Deno.FsFile;
  try {
    // Opened once and looked at through the same handle: what is checked is what is read.
    const link = Deno.lstatSync(path);
    if (!link.isFile) throw refuse("it is not a regular file", "Name a regular file, not a link or a folder.");
    file = Deno.openSync(path, { read: true });
  } catch (cause) {
    if (cause instanceof OvError) throw cause;
    throw refuse("it can not be read", "Check the path given by --password-file or OV_PASSWORD_FILE.", cause);
  }
  try {
    const stat = file.statSync();
    if (!stat.isFile) throw refuse("it is not a regular file", "Name a regular file.");
    if (platform !== "windows") {
      if (uid !== null && stat.uid !== uid) {
        throw refuse("it belongs to another user", "Make a file of your own with mode 0600.");
      }
      if (((stat.mode ?? 0) & 0o077) !== 0) {
        throw refuse("others can read or change it", "Run `chmod 600` on it.");
      }
    }
    if (stat.size > MAX_PASSWORD_FILE_BYTES) {
      throw refuse("it is longer than 4096 bytes", "Put only the password in it.");
    }
    const bytes = new Uint8Array(stat.size);
    let length = 0;
    for (;;) {
      const read = file.readSync(bytes.subarray(length));
      if (read === null || read === 0) break;
      length += read;
    }
    if (length > 0 && bytes[length - 1] === 0x0a) length--;
    if (length > 0 && bytes[length - 1] === 0x0d) length--;
    if (length === 0) throw refuse("it is empty", "Put the password in it.");
    const password = new Secret("password", bytes.subarray(0, length));
    bytes.fill(0);
    return password;
  } finally {
    file.close();
  }
}
