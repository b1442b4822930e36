/**
 * Unix sockets by the C library. The runtime's own need a net permission for the exact path, and a binary's permissions
 * are fixed when it is built, before the path of anybody's vault is known.
 *
 * ```text
 * struct sockaddr_un, Linux:  u16 family | path, ends with NUL (108 bytes)
 *                     macOS:  u8 length | u8 family | path (104 bytes)
 * ```
 */
import { equalBytes, OvError } from "../base/mod.ts";
import { type Descriptor, type Descriptors, POLLIN } from "../keeper/descriptors.ts";

const AF_UNIX = 1;
const SOCK_STREAM = 1;
const SOL_SOCKET_LINUX = 1;
const SO_PEERCRED_LINUX = 17;
const SOL_LOCAL_MACOS = 0;
const LOCAL_PEERCRED_MACOS = 1;
const LOCAL_PEERPID_MACOS = 2;
/** Level and option that say whether a socket listens. */
const LISTENS_LINUX = [SOL_SOCKET_LINUX, 30] as const;
const LISTENS_MACOS = [0xffff, 0x0002] as const;

/** Longest path of a socket, in bytes, on the platform that allows least. */
export const MAX_SOCKET_PATH_BYTES = 103;

/** Connections that wait to be accepted. */
const BACKLOG = 64;

/** Who is at the other end, as the system says. */
export interface Peer {
  readonly uid: number;
  /** `null` where the platform does not say. */
  readonly pid: number | null;
}

/** A connection that was made to a listening socket, or that it accepted. */
export interface Connection {
  readonly socket: Descriptor;
  readonly peer: Peer;
}

/** A listening socket. */
export class UnixListener {
  readonly #all: Descriptors;
  readonly #socket: Descriptor;

  private constructor(all: Descriptors, socket: Descriptor) {
    this.#all = all;
    this.#socket = socket;
  }

  /**
   * Listens; whatever stood at the path must have been removed. The folder's mode keeps others out from the first
   * moment, the socket's own mode is set by the caller.
   * @throws OvError `usage/file` where the path is too long; `io/failed`
   */
  static listen(all: Descriptors, path: string): UnixListener {
    const { calls } = all.libc;
    const address = addressOf(path, all.libc.platform);
    const fd = calls.socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0) throw new OvError("io/failed", "Cannot listen for the agent's clients: no descriptor left");
    const socket = all.adopt(fd);
    if (calls.bind(fd, address, address.byteLength) !== 0 || calls.listen(fd, BACKLOG) !== 0) {
      socket.close();
      throw new OvError("io/failed", `Cannot listen at ${path}: the system refused`, {
        hint: "A file system that holds no sockets (some network shares) can not hold the agent's.",
      });
    }
    return new UnixListener(all, socket);
  }

  /**
   * Takes a socket that a service manager listens on.
   * @param fd its number in this process; closed where it is refused
   * @param path where it must be
   * @throws OvError `usage/invalid` where it is another one, or none
   */
  static inherit(all: Descriptors, fd: number, path: string): UnixListener {
    const { calls, platform } = all.libc;
    const wanted = addressOf(path, platform);
    const name = new Uint8Array(wanted.byteLength + 1);
    const length = new Uint32Array([name.byteLength]);
    const value = new Uint32Array(1);
    const valueLength = new Uint32Array([4]);
    const [level, option] = platform === "darwin" ? LISTENS_MACOS : LISTENS_LINUX;
    const listens = calls.getsockname(fd, name, new Uint8Array(length.buffer)) === 0 &&
      calls.getsockopt(fd, level, option, new Uint8Array(value.buffer), new Uint8Array(valueLength.buffer)) === 0 &&
      value[0] !== 0;
    // The address without the length that macOS writes in front of the family, up to the NUL at its end.
    if (listens && equalBytes(name.subarray(2, wanted.byteLength), wanted.subarray(2))) {
      return new UnixListener(all, all.adopt(fd));
    }
    if (fd >= 0) calls.close(fd);
    throw new OvError("usage/invalid", "Cannot start the agent: what was handed over is not this vault's socket", {
      hint: "Only a service manager hands one over; `ov agent install` writes what it needs.",
    });
  }

  /** Hangs up on everybody who waits to be accepted, without a word. */
  turnAway(): void {
    const { calls } = this.#all.libc;
    for (let fd = calls.accept(this.#socket.fd, null, null); fd >= 0;) {
      calls.close(fd);
      fd = calls.accept(this.#socket.fd, null, null);
    }
  }

  /** The next connection; `null` once closed. */
  async accept(): Promise<Connection | null> {
    while (this.#socket.fd >= 0) {
      const fd = this.#all.libc.calls.accept(this.#socket.fd, null, null);
      if (fd < 0) {
        // An inherited one may be shut down by whoever else has it.
        if ((await this.#socket.readable() & ~POLLIN) !== 0) return null;
        continue;
      }
      const peer = peerOf(this.#all, fd);
      const socket = this.#all.adopt(fd);
      if (peer !== null) return { socket, peer };
      socket.close();
    }
    return null;
  }

  close(): void {
    this.#socket.close();
  }
}

/** Connects; `null` where nobody listens there. @throws OvError `usage/file` where the path is too long */
export function connectUnix(all: Descriptors, path: string): Connection | null {
  const address = addressOf(path, all.libc.platform);
  const fd = all.libc.calls.socket(AF_UNIX, SOCK_STREAM, 0);
  if (fd < 0) return null;
  const socket = all.adopt(fd);
  const peer = all.libc.calls.connect(fd, address, address.byteLength) === 0 ? peerOf(all, fd) : null;
  if (peer === null) socket.close();
  return peer === null ? null : { socket, peer };
}

function addressOf(path: string, platform: string): Uint8Array<ArrayBuffer> {
  const name = new TextEncoder().encode(path);
  if (name.byteLength > MAX_SOCKET_PATH_BYTES || name.includes(0)) {
    throw new OvError("usage/file", "Cannot use the agent: the path of its socket is too long for the system", {
      hint: `Its folder may have at most ${MAX_SOCKET_PATH_BYTES - 7} bytes; choose a shorter OV_HOME.`,
    });
  }
  const address = new Uint8Array(name.byteLength + 3);
  if (platform === "darwin") address.set([name.byteLength + 2, AF_UNIX]);
  else new DataView(address.buffer).setUint16(0, AF_UNIX, true);
  address.set(name, 2);
  return address;
}

function peerOf(all: Descriptors, fd: number): Peer | null {
  const { calls, platform } = all.libc;
  const option = (level: number, name: number, words: number): Uint32Array | null => {
    const value = new Uint32Array(words);
    const length = new Uint32Array([words * 4]);
    return calls.getsockopt(fd, level, name, new Uint8Array(value.buffer), new Uint8Array(length.buffer)) === 0
      ? value
      : null;
  };
  if (platform === "darwin") {
    // struct xucred: version, uid, group count, 16 groups: 76 bytes.
    const user = option(SOL_LOCAL_MACOS, LOCAL_PEERCRED_MACOS, 19);
    const process = option(SOL_LOCAL_MACOS, LOCAL_PEERPID_MACOS, 1);
    return user === null ? null : { uid: user[1]!, pid: process?.[0] ?? null };
  }
  // struct ucred: pid, uid, gid.
  const user = option(SOL_SOCKET_LINUX, SO_PEERCRED_LINUX, 3);
  return user === null ? null : { uid: user[1]!, pid: user[0]! };
}
