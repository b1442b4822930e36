import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { concatBytes, decodeUtf8, encodeHex, encodeUtf8, OvError } from "../base/mod.ts";
import type { Pin } from "./types.ts";

/** How much a command may load before its content can not be checked any more. */
export interface PinLimits {
  /** Files in all. */
  readonly files: number;
  /** Bytes in all. */
  readonly bytes: number;
}

/** A large project's own sources and the runtime that executes them fit well below. */
export const PIN_LIMITS: PinLimits = { files: 5000, bytes: 1024 ** 3 };

/** Files up to this size are also looked into for what they load; larger ones are only hashed. */
const SCAN_LIMIT_BYTES = 16 * 1024 * 1024;

const CHUNK_BYTES = 1024 * 1024;

/** A file that was added. */
export interface PinnedFile {
  /** All symbolic links resolved. */
  readonly path: string;
  /** Whether it was not in the set before. */
  readonly fresh: boolean;
  /** Its content, from the same read that was hashed; `null` unless it is fresh, small enough and text. */
  readonly text: string | null;
}

/** What the system makes up when it is read. */
const MADE_UP = /^\/(?:proc|sys|dev)(?:\/|$)/;

/** Collects the digests of files, each once, under its real path. */
export class PinSet {
  readonly #limits: PinLimits;
  readonly #pins = new Map<string, string>();
  readonly #unread = new Set<string>();
  #bytes = 0;

  constructor(limits: PinLimits = PIN_LIMITS) {
    this.#limits = limits;
  }

  /** The pins, sorted by path. */
  get pins(): Pin[] {
    return [...this.#pins].sort(([a], [b]) => a < b ? -1 : 1).map(([path, sha256]) => ({ path, sha256 }));
  }

  /** Pipes and devices that were named, sorted: what comes out of them can not be known before. */
  get unread(): string[] {
    return [...this.#unread].sort();
  }

  /** The digest of a file that was added under this real path. */
  digestOf(realPath: string): string | undefined {
    return this.#pins.get(realPath);
  }

  /**
   * Adds a regular file. Directories, pipes and devices are never opened; a file that is missing or that this user can
   * not read is no pin, and becomes one, and so a change, when that changes.
   *
   * @param path absolute
   * @returns `null` where there is no such regular file
   * @throws OvError `policy/denied` beyond the limits
   */
  async add(path: string): Promise<PinnedFile | null> {
    if (MADE_UP.test(path)) return null;
    let realPath: string;
    let read: FileDigest | null;
    try {
      realPath = Deno.realPathSync(path);
      if (MADE_UP.test(realPath)) {
        // A link to it has a name that says nothing; `~/.npmrc` may well lead to /dev/null.
        if (realPath !== "/dev/null") this.#unread.add(realPath);
        return null;
      }
      if (this.#pins.has(realPath)) return { path: realPath, fresh: false, text: null };
      const info = Deno.statSync(realPath);
      // A pipe would hold up the reading for ever.
      if (info.isFifo || info.isCharDevice || info.isBlockDevice) this.#unread.add(realPath);
      if (!info.isFile) return null;
      const leftBytes = this.#limits.bytes - this.#bytes;
      read = info.size <= CHUNK_BYTES
        ? digestOfSmallFile(realPath, leftBytes)
        : await digestOfFile(realPath, leftBytes);
    } catch {
      return null;
    }
    if (read === null || this.#pins.size >= this.#limits.files) throw this.#tooMuch(realPath);
    this.#bytes += read.sizeBytes;
    this.#pins.set(realPath, read.sha256);
    return { path: realPath, fresh: true, text: read.text };
  }

  /**
   * Adds the names in a directory that `keep` accepts, under the directory's path with a `/` at the end: for languages
   * in which a file that is merely added changes what another one loads.
   */
  async addListing(folder: string, keep: (entry: Deno.DirEntry) => boolean): Promise<void> {
    const names: string[] = [];
    try {
      const realPath = await Deno.realPath(folder);
      for await (const entry of Deno.readDir(realPath)) {
        if (keep(entry)) names.push(entry.name);
        if (names.length > this.#limits.files) throw this.#tooMuch(folder);
      }
      const digest = await crypto.subtle.digest("SHA-256", encodeUtf8(names.sort().join("\0")));
      this.#pins.set(realPath.endsWith("/") ? realPath : `${realPath}/`, encodeHex(new Uint8Array(digest)));
    } catch (error) {
      if (error instanceof OvError) throw error;
    }
  }

  #tooMuch(path: string): OvError {
    const { files, bytes } = this.#limits;
    return new OvError(
      "policy/denied",
      `Cannot check what the command loads: more than ${files} files or ${bytes / 1024 ** 2} MiB, at ${path}`,
      { hint: "Name smaller files in the command, or give large data on stdin." },
    );
  }
}

interface FileDigest {
  readonly sha256: string;
  readonly text: string | null;
  readonly sizeBytes: number;
}

/** A source is one with a stray byte in a comment, too: what runs it does not mind. `null` for what is no text. */
function textOf(bytes: Uint8Array): string | null {
  return decodeUtf8(bytes) ?? (bytes.includes(0) ? null : new TextDecoder("latin1").decode(bytes));
}

/** Without waiting: a pipe that was put into the file's place meanwhile must not hold up everything else. */
const READ_NOW = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** The digest of a file that is read in less time than handing it to another thread takes. */
function digestOfSmallFile(path: string, limitBytes: number): FileDigest | null {
  const file = openSync(path, READ_NOW);
  try {
    if (!fstatSync(file).isFile()) throw new TypeError("not a file");
    const bytes = readFileSync(file);
    const sizeBytes = bytes.byteLength;
    if (sizeBytes > limitBytes) return null;
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    return { sha256, text: sizeBytes <= SCAN_LIMIT_BYTES ? textOf(bytes) : null, sizeBytes };
  } finally {
    closeSync(file);
  }
}

/** Digests of large system files by path, with what a change of the file would change. */
const systemDigests = new Map<string, { readonly mark: string; readonly digest: FileDigest }>();
const MAX_SYSTEM_DIGESTS = 64;
/** A change within one tick of the file system's clock leaves the times as they are. */
const SETTLED_MS = 2000;

/**
 * The digest of a file, remembered where that is safe: a runtime's 100 MB take 150 ms, at each run. Only files that root
 * owns and nobody else can write are remembered. Of any other file the times prove nothing, since its owner can write
 * through a mapping without touching them.
 */
async function digestOfFile(path: string, limitBytes: number): Promise<FileDigest | null> {
  using file = await Deno.open(path, { read: true });
  const info = await file.stat();
  const changedAt = info.ctime?.getTime() ?? Infinity;
  const system = info.uid === 0 && info.mode !== null && (info.mode & 0o022) === 0 && info.size > SCAN_LIMIT_BYTES &&
    Date.now() - changedAt > SETTLED_MS;
  const mark = JSON.stringify([info.dev, info.ino, info.size, info.mtime?.getTime(), changedAt]);
  const known = systemDigests.get(path);
  if (system && known?.mark === mark && known.digest.sizeBytes <= limitBytes) return known.digest;
  const digest = await readAndHash(file, limitBytes);
  if (system && digest !== null && systemDigests.size < MAX_SYSTEM_DIGESTS) systemDigests.set(path, { mark, digest });
  return digest;
}

/**
 * SHA-256 of an open file. Web Crypto hashes only what is in memory whole, so that large files go through Node's
 * streaming hash.
 *
 * @returns `null` where it has more than `limitBytes`
 */
async function readAndHash(file: Deno.FsFile, limitBytes: number): Promise<FileDigest | null> {
  const chunk = new Uint8Array(CHUNK_BYTES);
  const hash = createHash("sha256");
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  for (let count; (count = await file.read(chunk)) !== null;) {
    sizeBytes += count;
    if (sizeBytes > limitBytes) return null;
    hash.update(chunk.subarray(0, count));
    if (sizeBytes <= SCAN_LIMIT_BYTES) parts.push(chunk.slice(0, count));
  }
  const text = sizeBytes <= SCAN_LIMIT_BYTES ? textOf(concatBytes(...parts)) : null;
  return { sha256: hash.digest("hex"), text, sizeBytes };
}
