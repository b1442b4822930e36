/**
 * Starts a child as the leader of a session by the C library's `posix_spawn`. The runtime's own way to that
 * (`Deno.Command` with `detached`) forks, and the system then copies the tables of this process's memory: with the
 * memory that a key derivation has used, that takes longer than all else about a run.
 */
import { OvError } from "../base/mod.ts";
import type { ChildSpec, StartedChild } from "./child.ts";
import type { Descriptor, Descriptors } from "./descriptor.ts";
import type { TerminalCalls } from "./libc.ts";

// Linux, x86-64 and arm64 alike.
const POSIX_SPAWN_SETSIGDEF = 0x04;
const POSIX_SPAWN_SETSIGMASK = 0x08;
const POSIX_SPAWN_SETSID = 0x80;
const WNOHANG = 1;

/** How often to look whether a child has ended, beside when the system says so, in milliseconds. */
const LOOK_MS = 1000;

/** Room for `posix_spawn_file_actions_t`, `posix_spawnattr_t` (glibc: 80 and 336 bytes; musl: less) and `sigset_t`. */
const OPAQUE_BYTES = 512;
const SIGNAL_SET_BYTES = 128;

const ERRNO: Readonly<Record<number, string>> = { 2: "ENOENT", 7: "E2BIG", 8: "ENOEXEC", 13: "EACCES" };
const SIGNALS: Readonly<Record<number, Deno.Signal>> = {
  1: "SIGHUP",
  2: "SIGINT",
  3: "SIGQUIT",
  4: "SIGILL",
  5: "SIGTRAP",
  6: "SIGABRT",
  7: "SIGBUS",
  8: "SIGFPE",
  9: "SIGKILL",
  10: "SIGUSR1",
  11: "SIGSEGV",
  12: "SIGUSR2",
  13: "SIGPIPE",
  14: "SIGALRM",
  15: "SIGTERM",
  24: "SIGXCPU",
  25: "SIGXFSZ",
  31: "SIGSYS",
};

/** What children are started with that the runtime can not start so, or not as fast. */
export interface TerminalPowers {
  readonly descriptors: Descriptors;
  readonly calls: TerminalCalls;
}

/**
 * Starts a child in a session of its own, with pipes for its outputs, and for its stdin as `spec` says.
 *
 * @throws an error with the platform's `code`, as `Deno.Command` does; `run/failed` where no descriptor is left
 */
export function startInSession(spec: ChildSpec, powers: TerminalPowers): StartedChild {
  requireRunnable(spec);
  const wiring = new Wiring(powers);
  try {
    const stdin = spec.stdin === "piped" ? wiring.pipeTo(0) : null;
    const [stdout, stderr] = [wiring.pipeFrom(1), wiring.pipeFrom(2)];
    const child = wiring.spawn(spec, (actions) => {
      if (spec.stdin === "null") powers.calls.posix_spawn_file_actions_addopen(actions, 0, cText("/dev/null"), 0, 0);
    });
    return {
      ...child,
      stdin: stdin === null ? new WritableStream() : writable(stdin),
      stdout: readable(stdout),
      stderr: readable(stderr),
    };
  } catch (error) {
    wiring.undo();
    throw error;
  } finally {
    wiring.closeChildSide();
  }
}

/**
 * Native code is not held by the runtime's list of programs, so the runtime is asked: for the program, and as it does
 * itself, for all of them where a variable would have the loader bring in other code.
 *
 * @throws {Deno.errors.NotCapable}
 */
export function requireRunnable({ program, environment }: ChildSpec): void {
  const isGranted = (descriptor: Deno.RunPermissionDescriptor) =>
    Deno.permissions.querySync(descriptor).state === "granted";
  const bringsCode = Object.keys(environment).some((name) => /^(?:LD|DYLD)_/i.test(name));
  if (isGranted(bringsCode ? { name: "run" } : { name: "run", command: program })) return;
  throw new Deno.errors.NotCapable("run");
}

/** A child without its streams. The runtime ends no child that it has not started, so this does. */
type SpawnedChild = Pick<StartedChild, "pid" | "status" | "kill">;

/** The descriptors of one child in the making. */
export class Wiring {
  readonly #descriptors: Descriptors;
  readonly #calls: TerminalCalls;
  readonly #ours: Descriptor[] = [];
  /** Descriptor in this process by the number that it has in the child. */
  readonly #theirs = new Map<number, number>();

  constructor({ descriptors, calls }: TerminalPowers) {
    this.#descriptors = descriptors;
    this.#calls = calls;
  }

  /** A pipe to the child's descriptor of that number. @returns the end to write to */
  pipeTo(number: number): Descriptor {
    const [from, to] = this.#pipe();
    this.#theirs.set(number, from);
    return this.own(to);
  }

  /** A pipe from the child's descriptor of that number. @returns the end to read from */
  pipeFrom(number: number): Descriptor {
    const [from, to] = this.#pipe();
    this.#theirs.set(number, to);
    return this.own(from);
  }

  /** Takes a descriptor that {@link Wiring.undo} closes. */
  own(fd: number): Descriptor {
    const descriptor = this.#descriptors.adopt(fd);
    this.#ours.push(descriptor);
    return descriptor;
  }

  /**
   * Starts it, with every signal as a program expects it.
   * @param addActions adds what else is to be done in the child before the program begins
   */
  spawn(spec: ChildSpec, addActions: (actions: Uint8Array<ArrayBuffer>) => void): SpawnedChild {
    const calls = this.#calls;
    const actions = new Uint8Array(OPAQUE_BYTES);
    const attributes = new Uint8Array(OPAQUE_BYTES);
    const argv = new TextVector([spec.program, ...spec.args], calls);
    const variables = Object.entries(spec.environment).map(([name, value]) => `${name}=${value}`);
    const environment = new TextVector(variables, calls);
    calls.posix_spawn_file_actions_init(actions);
    calls.posix_spawnattr_init(attributes);
    try {
      addActions(actions);
      for (const [number, fd] of this.#theirs) calls.posix_spawn_file_actions_adddup2(actions, fd, number);
      calls.posix_spawn_file_actions_addchdir_np(actions, cText(spec.workDir));
      calls.posix_spawnattr_setsigdefault(attributes, new Uint8Array(SIGNAL_SET_BYTES).fill(0xff));
      calls.posix_spawnattr_setsigmask(attributes, new Uint8Array(SIGNAL_SET_BYTES));
      calls.posix_spawnattr_setflags(
        attributes,
        POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK,
      );
      const started = new Int32Array(1);
      const failure = calls.posix_spawn(
        new Uint8Array(started.buffer),
        cText(spec.program),
        actions,
        attributes,
        argv.pointers,
        environment.pointers,
      );
      if (failure !== 0) throw Object.assign(new Error("posix_spawn"), { code: ERRNO[failure] ?? "EIO" });
      return childOf(started[0]!, calls);
    } finally {
      environment.wipe();
      calls.posix_spawn_file_actions_destroy(actions);
      calls.posix_spawnattr_destroy(attributes);
    }
  }

  /** The child has its own copies. */
  closeChildSide(): void {
    for (const fd of this.#theirs.values()) this.#descriptors.libc.calls.close(fd);
  }

  undo(): void {
    for (const descriptor of this.#ours) descriptor.close();
  }

  #pipe(): readonly [number, number] {
    const ends = this.#descriptors.libc.pipe();
    if (ends === null) throw new OvError("run/failed", "Cannot run: no descriptor left");
    return ends;
  }
}

/** A list of C strings with its NULL at the end. */
class TextVector {
  readonly pointers: Uint8Array<ArrayBuffer>;
  readonly #texts: readonly Uint8Array<ArrayBuffer>[];

  constructor(texts: readonly string[], calls: TerminalCalls) {
    this.#texts = texts.map(cText);
    const pointers = new BigUint64Array(texts.length + 1);
    for (const [index, text] of this.#texts.entries()) {
      // Moves nothing, and gives the address that it was asked to move to.
      pointers[index] = calls.memmove(text, text, 0n);
    }
    this.pointers = new Uint8Array(pointers.buffer);
  }

  wipe(): void {
    for (const text of this.#texts) text.fill(0);
  }
}

/** A C string. @throws an error of code `EINVAL` where it holds a NUL */
export function cText(text: string): Uint8Array<ArrayBuffer> {
  if (text.includes("\0")) throw Object.assign(new Error("NUL in text"), { code: "EINVAL" });
  return new TextEncoder().encode(`${text}\0`);
}

/** A child that runs: how it ends, of which SIGCHLD says when to look, and a way to end it. */
function childOf(pid: number, calls: TerminalCalls): SpawnedChild {
  let isGone = false;
  const status = new Promise<Awaited<StartedChild["status"]>>((resolve) => {
    const result = new Int32Array(1);
    const look = () => {
      if (calls.waitpid(pid, new Uint8Array(result.buffer), WNOHANG) === 0) return;
      Deno.removeSignalListener("SIGCHLD", look);
      clearInterval(ticker);
      isGone = true;
      const signal = result[0]! & 0x7f;
      resolve(
        signal === 0
          ? { code: (result[0]! >> 8) & 0xff, signal: null }
          : { code: 128 + signal, signal: SIGNALS[signal] ?? `SIG${signal}` },
      );
    };
    Deno.addSignalListener("SIGCHLD", look);
    // Listening for a signal does not keep the isolate alive; a child does.
    const ticker = setInterval(look, LOOK_MS);
    look();
  });
  const kill = (name: Deno.Signal) => {
    const [number] = Object.entries(SIGNALS).find(([, known]) => known === name) ?? [];
    if (number === undefined) throw new TypeError("unknown signal");
    // To its group, which is all that it has started. Once it is gone, the number may be another's.
    if (!isGone) calls.kill(-pid, Number(number));
  };
  return { pid, status, kill };
}

/** A stream into a descriptor, which is closed with it. */
export function writable(to: Descriptor): WritableStream<Uint8Array<ArrayBuffer>> {
  return new WritableStream({
    async write(bytes) {
      if (!await to.write(bytes)) throw new Deno.errors.BrokenPipe("stdin");
    },
    close: () => to.close(),
    abort: () => to.close(),
  });
}

const READ_BYTES = 64 * 1024;

/** A stream out of a descriptor, which is closed with it. */
export function readable(from: Descriptor): ReadableStream<Uint8Array<ArrayBuffer>> {
  const buffer = new Uint8Array(READ_BYTES);
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const count = await from.read(buffer);
      if (count > 0) return controller.enqueue(buffer.slice(0, count));
      controller.close();
      from.close();
    },
    cancel: () => from.close(),
  }, { highWaterMark: 0 });
}

/** A stream of nothing. */
export function emptyStream(): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({ start: (controller) => controller.close() });
}
