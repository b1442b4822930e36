import { OvError, Secret } from "../base/mod.ts";

const MAX_PASSWORD_FILE_BYTES = 4096;

/** How a private file is read and refused. */
export interface PrivateFile {
  /** `Deno.build.os`; modes are not checked on Windows, which has none. */
  readonly platform: string;
  /** Of this process, or `null` where the platform has none. */
  readonly uid: number | null;
  readonly maxBytes: number;
  /** How the refusal of a longer one reads. */
  readonly tooLong: string;
  /** Whether its folder, not its own mode, keeps others out, and root may own it. */
  readonly shared?: boolean;
  /** The error for a state, with what to do. */
  readonly refuse: (state: string, hint: string, cause?: unknown) => OvError;
  /** What to check where it can not be read. */
  readonly named: string;
}

/**
 * The content of a file that only its owner can read; the caller wipes it.
 * @throws what `refuse` makes of it: missing, no regular file, not private, too long
 */
export function readPrivateFile(path: string, o: PrivateFile): Uint8Array<ArrayBuffer> {
  let file: Deno.FsFile;
  try {
    // Opened once and looked at through the same handle: what is checked is what is read.
    const link = Deno.lstatSync(path);
    if (!link.isFile) throw o.refuse("it is not a regular file", "Name a regular file, not a link or a folder.");
    file = Deno.openSync(path, { read: true });
  } catch (cause) {
    if (cause instanceof OvError) throw cause;
    throw o.refuse("it can not be read", o.named, cause);
  }
  try {
    const stat = file.statSync();
    if (!stat.isFile) throw o.refuse("it is not a regular file", "Name a regular file.");
    if (o.platform !== "windows") {
      const owned = o.uid === null || stat.uid === o.uid || (o.shared === true && stat.uid === 0);
      if (!owned) throw o.refuse("it belongs to another user", "Make a file of your own with mode 0600.");
      if (((stat.mode ?? 0) & (o.shared === true ? 0o037 : 0o077)) !== 0) {
        throw o.refuse("others can read or change it", "Run `chmod 600` on it.");
      }
    }
    if (stat.size > o.maxBytes) throw o.refuse(o.tooLong, "Name the file itself.");
    const bytes = new Uint8Array(stat.size);
    let length = 0;
    for (;;) {
      const read = file.readSync(bytes.subarray(length));
      if (read === null || read === 0) break;
      length += read;
    }
    return bytes.subarray(0, length);
  } finally {
    file.close();
  }
}

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
    new OvError("vault/password-file", `Cannot use the password file ${path}: ${state}`, { hint, cause });
  const bytes = readPrivateFile(path, {
    platform,
    uid,
    maxBytes: MAX_PASSWORD_FILE_BYTES,
    tooLong: `it is longer than ${MAX_PASSWORD_FILE_BYTES} bytes`,
    refuse,
    named: "Check the path given by --password-file or OV_PASSWORD_FILE.",
  });
  try {
    let { length } = bytes;
    if (length > 0 && bytes[length - 1] === 0x0a) length--;
    if (length > 0 && bytes[length - 1] === 0x0d) length--;
    if (length === 0) throw refuse("it is empty", "Put the password in it.");
    return new Secret("password", bytes.subarray(0, length));
  } finally {
    bytes.fill(0);
  }
}
