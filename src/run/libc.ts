/**
 * The few calls of the C library that the runtime has no door to: Unix sockets without a net permission for a path that
 * is not known when the binary is built, and pseudo-terminals. They are looked up once, by these names alone, before
 * the permission for native code is given up; afterwards nothing else of the library can be called.
 *
 * No call here blocks the isolate, and only `poll` takes a thread of the runtime's pool: the pool is small, and a reader
 * waiting on a thread of its own for each connection would let anybody exhaust it.
 */

const I32 = "i32" as const;
const USIZE = "usize" as const;
const BUFFER = "buffer" as const;

const SOCKET_CALLS = {
  socket: { parameters: [I32, I32, I32], result: I32 },
  bind: { parameters: [I32, BUFFER, "u32"], result: I32 },
  listen: { parameters: [I32, I32], result: I32 },
  accept: { parameters: [I32, "pointer", "pointer"], result: I32 },
  connect: { parameters: [I32, BUFFER, "u32"], result: I32 },
  getsockopt: { parameters: [I32, I32, I32, BUFFER, BUFFER], result: I32 },
  getsockname: { parameters: [I32, BUFFER, BUFFER], result: I32 },
  read: { parameters: [I32, BUFFER, USIZE], result: "isize" },
  write: { parameters: [I32, BUFFER, USIZE], result: "isize" },
  close: { parameters: [I32], result: I32 },
  pipe: { parameters: [BUFFER], result: I32 },
  creat: { parameters: [BUFFER, "u32"], result: I32 },
  flock: { parameters: [I32, I32], result: I32 },
  // The real prototype is variadic. On Linux its argument travels as a named one would; Apple's arm64 puts it on the
  // stack, where the ninth named argument goes, so there six unused ones stand between.
  fcntl: { parameters: [I32, I32, "i64"], result: I32 },
  poll: { parameters: [BUFFER, USIZE, I32], result: I32, nonblocking: true },
} as const;

const TERMINAL_CALLS = {
  posix_openpt: { parameters: [I32], result: I32 },
  grantpt: { parameters: [I32], result: I32 },
  unlockpt: { parameters: [I32], result: I32 },
  ptsname_r: { parameters: [I32, BUFFER, USIZE], result: I32 },
  ioctl: { parameters: [I32, "u64", BUFFER], result: I32 },
  waitpid: { parameters: [I32, BUFFER, I32], result: I32 },
  kill: { parameters: [I32, I32], result: I32 },
  // For the address of a buffer: the runtime's own way to it needs the permission that is given up by then.
  memmove: { parameters: [BUFFER, BUFFER, USIZE], result: "u64" },
  posix_spawn: { parameters: [BUFFER, BUFFER, BUFFER, BUFFER, BUFFER, BUFFER], result: I32 },
  posix_spawn_file_actions_init: { parameters: [BUFFER], result: I32 },
  posix_spawn_file_actions_destroy: { parameters: [BUFFER], result: I32 },
  posix_spawn_file_actions_addopen: { parameters: [BUFFER, I32, BUFFER, I32, "u32"], result: I32 },
  posix_spawn_file_actions_adddup2: { parameters: [BUFFER, I32, I32], result: I32 },
  posix_spawn_file_actions_addchdir_np: { parameters: [BUFFER, BUFFER], result: I32 },
  posix_spawnattr_init: { parameters: [BUFFER], result: I32 },
  posix_spawnattr_destroy: { parameters: [BUFFER], result: I32 },
  posix_spawnattr_setflags: { parameters: [BUFFER, "i16"], result: I32 },
  posix_spawnattr_setsigdefault: { parameters: [BUFFER, BUFFER], result: I32 },
  posix_spawnattr_setsigmask: { parameters: [BUFFER, BUFFER], result: I32 },
} as const;

const ACTIVATION_CALLS = {
  launch_activate_socket: { parameters: [BUFFER, BUFFER, BUFFER], result: I32 },
  // From an address to a buffer: the array that the call above allocates.
  memmove: { parameters: [BUFFER, "u64", USIZE], result: "u64" },
  free: { parameters: ["u64"], result: "void" },
} as const;

/** Calls for descriptors and Unix sockets. */
export type SocketCalls = Omit<Deno.StaticForeignLibraryInterface<typeof SOCKET_CALLS>, "fcntl"> & {
  fcntl(fd: number, command: number, argument: bigint): number;
};

/** Calls for pseudo-terminals, and for starting children as leaders of sessions. */
export type TerminalCalls = Deno.StaticForeignLibraryInterface<typeof TERMINAL_CALLS>;

/** Calls for a socket that launchd hands over. */
export type ActivationCalls = Deno.StaticForeignLibraryInterface<typeof ACTIVATION_CALLS>;

/** `flock(2)`, the same on Linux and macOS: LOCK_EX | LOCK_NB. */
const LOCK_NOW = 2 | 4;
const F_GETFL = 3;
const F_SETFL = 4;
const F_SETFD = 2;
const FD_CLOEXEC = 1n;

/** `O_NONBLOCK`, which the platforms number differently. */
function nonBlockFlag(platform: string): bigint {
  return platform === "linux" ? 0o4000n : 0x4n;
}

/** The library's part for descriptors and sockets, for one platform. */
export class Libc {
  readonly calls: SocketCalls;
  readonly platform: string;

  private constructor(calls: SocketCalls, platform: string) {
    this.calls = calls;
    this.platform = platform;
  }

  /**
   * @param paths absolute paths of the C library, of which one is there
   * @returns `null` where the platform has none of them, or native code is not allowed
   */
  static open(paths: readonly string[], platform: string): Libc | null {
    for (const path of paths) {
      const calls = openCalls(path, platform);
      if (calls !== null) return new Libc(calls, platform);
    }
    return null;
  }

  /** Makes a descriptor one that no child inherits and no call waits on. */
  setUp(fd: number): void {
    this.calls.fcntl(fd, F_SETFD, FD_CLOEXEC);
    const flags = BigInt(this.calls.fcntl(fd, F_GETFL, 0n));
    this.calls.fcntl(fd, F_SETFL, flags | nonBlockFlag(this.platform));
  }

  /** Makes a descriptor one that no child inherits. */
  keepPrivate(fd: number): void {
    this.calls.fcntl(fd, F_SETFD, FD_CLOEXEC);
  }

  /**
   * Opens a file of mode 0600, made where there is none, and locks it for as long as it is open: the system lets go of it
   * with the process. `null` where somebody else has it locked; -1 where it can not be opened.
   */
  openLocked(path: string): number | null {
    const fd = this.calls.creat(new TextEncoder().encode(`${path}\0`), 0o600);
    if (fd < 0) return -1;
    this.keepPrivate(fd);
    if (this.calls.flock(fd, LOCK_NOW) === 0) return fd;
    this.calls.close(fd);
    return null;
  }

  /** A pipe: the end to read and the end to write, neither inherited. `null` where there are too many descriptors. */
  pipe(): readonly [number, number] | null {
    const ends = new Int32Array(2);
    if (this.calls.pipe(new Uint8Array(ends.buffer)) !== 0) return null;
    for (const end of ends) this.keepPrivate(end);
    return [ends[0]!, ends[1]!];
  }
}

function openCalls(path: string, platform: string): SocketCalls | null {
  try {
    if (platform === "darwin" && Deno.build.arch === "aarch64") {
      const { fcntl: _fcntl, ...others } = SOCKET_CALLS;
      const i64 = "i64" as const;
      const { symbols } = Deno.dlopen(path, {
        ...others,
        fcntl: { parameters: [I32, I32, i64, i64, i64, i64, i64, i64, i64], result: I32 },
      });
      const fcntl = (fd: number, command: number, argument: bigint) =>
        symbols.fcntl(fd, command, 0n, 0n, 0n, 0n, 0n, 0n, argument);
      return { ...symbols, fcntl };
    }
    return Deno.dlopen(path, SOCKET_CALLS).symbols;
  } catch {
    return null;
  }
}

/**
 * The library's part for pseudo-terminals; Linux only, where their layouts and numbers were tried.
 * @param paths as for {@link Libc.open}
 */
export function openTerminalCalls(paths: readonly string[], platform: string): TerminalCalls | null {
  if (platform !== "linux") return null;
  for (const path of paths) {
    try {
      return Deno.dlopen(path, TERMINAL_CALLS).symbols;
    } catch {
      // Not there, or a library that lacks one of them.
    }
  }
  return null;
}

/**
 * The library's part for a socket that launchd made: macOS only; systemd hands one over by number.
 * @param paths as for {@link Libc.open}
 */
export function openActivationCalls(paths: readonly string[], platform: string): ActivationCalls | null {
  if (platform !== "darwin") return null;
  for (const path of paths) {
    try {
      return Deno.dlopen(path, ACTIVATION_CALLS).symbols;
    } catch {
      // Not there, or a library that lacks one of them.
    }
  }
  return null;
}
