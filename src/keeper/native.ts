/**
 * The one native call (DESIGN §2): before any key exists, the process becomes unreadable to other processes of the same
 * user (no debugger, no `/proc/PID/mem`, no core file), and the permission for native code is given up at once.
 */

/** Absolute paths of the C library, by platform; the same list is baked into the binary (`deno.json`). */
export const C_LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  linux: [
    "/lib/x86_64-linux-gnu/libc.so.6",
    "/lib/aarch64-linux-gnu/libc.so.6",
    "/lib64/libc.so.6",
    "/usr/lib/libc.so.6",
    "/lib/libc.so.6",
    "/lib/ld-musl-x86_64.so.1",
    "/lib/ld-musl-aarch64.so.1",
  ],
  darwin: ["/usr/lib/libSystem.B.dylib"],
};

/** Linux `prctl(2)`: PR_SET_DUMPABLE, PR_GET_DUMPABLE. */
const PR_SET_DUMPABLE = 4;
const PR_GET_DUMPABLE = 3;
/** `setrlimit(2)`: RLIMIT_CORE, the same number on Linux and macOS. */
const RLIMIT_CORE = 4;
/** macOS `ptrace(2)`: PT_DENY_ATTACH. */
const PT_DENY_ATTACH = 31;

/** What was reached; `doctor` shows it. */
export interface Hardening {
  /** No other process of the user can attach to or read this one. */
  readonly unreadable: boolean;
  /** A crash leaves no core file. */
  readonly noCore: boolean;
}

/**
 * Makes this process unreadable, as far as the platform allows, then gives up the right to call native code.
 * Never throws: a platform where it can not be had is named by `ov doctor`, not refused.
 *
 * @param platform `Deno.build.os`
 */
export function hardenProcess(platform: string): Hardening {
  try {
    for (const path of C_LIBRARIES[platform] ?? []) {
      const done = hardenWith(path, platform);
      if (done !== null) return done;
    }
    return { unreadable: false, noCore: false };
  } finally {
    Deno.permissions.revokeSync({ name: "ffi" });
  }
}

function hardenWith(path: string, platform: string): Hardening | null {
  let noCore = false;
  try {
    const library = Deno.dlopen(path, {
      setrlimit: { parameters: ["i32", "buffer"], result: "i32" },
    });
    // struct rlimit: two 64-bit words, soft and hard; both zero.
    noCore = library.symbols.setrlimit(RLIMIT_CORE, new BigUint64Array(2)) === 0;
    library.close();
  } catch {
    return null;
  }
  if (platform === "linux") {
    const library = Deno.dlopen(path, {
      prctl: { parameters: ["i32", "u64", "u64", "u64", "u64"], result: "i32" },
    });
    library.symbols.prctl(PR_SET_DUMPABLE, 0n, 0n, 0n, 0n);
    const unreadable = library.symbols.prctl(PR_GET_DUMPABLE, 0n, 0n, 0n, 0n) === 0;
    library.close();
    return { unreadable, noCore };
  }
  const library = Deno.dlopen(path, { ptrace: { parameters: ["i32", "i32", "pointer", "i32"], result: "i32" } });
  const unreadable = library.symbols.ptrace(PT_DENY_ATTACH, 0, null, 0) === 0;
  library.close();
  return { unreadable, noCore };
}
