import { createHash } from "node:crypto";
import { decodeUtf8, encodeHex, encodeUtf8, OvError } from "../base/mod.ts";
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
  /** Its content, from the same read that was hashed; `null` unless it is fresh, small enough and UTF-8. */
  readonly text: string | null;
}

/** Collects the digests of files, each once, under its real path. */
export class PinSet {
  readonly #limits: PinLimits;
  readonly #pins = new Map<string, string>();
  #bytes = 0;

  constructor(limits: PinLimits = PIN_LIMITS) {
    this.#limits = limits;
  }

  /** The pins, sorted by path. */
  get pins(): Pin[] {
    return [...this.#pins].sort(([a], [b]) => a < b ? -1 : 1).map(([path, sha256]) => ({ path, sha256 }));
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
    if (/^\/(?:proc|sys|dev)(?:\/|$)/.test(path)) return null;
    let realPath: string;
    try {
      realPath = await Deno.realPath(path);
      if (this.#pins.has(realPath)) return { path: realPath, fresh: false, text: null };
      if (!(await Deno.stat(realPath)).isFile) return null;
    } catch {
      return null;
    }
    let read: { sha256: string; text: string | null; sizeBytes: number } | null;
    try {
      read = await readAndHash(realPath, this.#limits.bytes - this.#bytes);
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
  async addListing(folder: string, keep: (entry: Deno.DirEntry) => Promise<boolean>): Promise<void> {
    const names: string[] = [];
    try {
      const realPath = await Deno.realPath(folder);
      for await (const entry of Deno.readDir(realPath)) {
        if (await keep(entry)) names.push(entry.name);
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
      { hint: "Give large data on stdin, or run the command in an environment whose mode is open." },
    );
  }
}

/**
 * SHA-256 of a file, from one open handle. Web Crypto hashes only what is in memory whole, so that a larger file (a
 * runtime has 100 MB) goes through Node's streaming hash.
 *
 * @returns `null` where it has more than `limitBytes`
 */
async function readAndHash(
  path: string,
  limitBytes: number,
): Promise<{ sha256: string; text: string | null; sizeBytes: number } | null> {
  using file = await Deno.open(path, { read: true });
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
  const text = sizeBytes <= SCAN_LIMIT_BYTES ? decodeUtf8(await new Blob(parts as BlobPart[]).bytes()) : null;
  return { sha256: hash.digest("hex"), text, sizeBytes };
}
