/**
 * A child on a pseudo-terminal, so that programs that need a real one (editors, prompts, progress bars) have it while
 * their output is masked. Its stdout is that terminal; stdin and stderr are too where the caller's are, else pipes.
 *
 * `posix_spawn` with POSIX_SPAWN_SETSID makes the child the leader of a session without a terminal, and the first
 * terminal that such a leader opens becomes its controlling one (Linux): no helper program and no shell in between.
 */
import { OvError } from "../base/mod.ts";
import type { Caller, CallerTerminal, WindowSize } from "./caller.ts";
import type { ChildSpec, StartedChild } from "./child.ts";
import type { Descriptor, Descriptors } from "./descriptor.ts";
import { INTERRUPT_WINDOW_MS } from "./forward.ts";
import type { TerminalCalls } from "./libc.ts";

// Linux, x86-64 and arm64 alike.
const O_RDWR = 0o2;
const O_NOCTTY = 0o400;
const O_CLOEXEC = 0o2000000;
const TIOCSWINSZ = 0x5414n;
const TIOCGPGRP = 0x540fn;
const TCGETS = 0x5401n;
const ISIG = 0o1;
const POSIX_SPAWN_SETSIGDEF = 0x04;
const POSIX_SPAWN_SETSIGMASK = 0x08;
const POSIX_SPAWN_SETSID = 0x80;
const WNOHANG = 1;
const SUSPEND_KEY = 0x1a;
const INTERRUPT_KEY = 0x03;

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

/** What pseudo-terminals are made with. */
export interface TerminalPowers {
  readonly descriptors: Descriptors;
  readonly calls: TerminalCalls;
}

/**
 * Starts a child on a pseudo-terminal of the caller's size.
 *
 * @throws an error with the platform's `code`, as `Deno.Command` does; `run/failed` where there is no terminal left
 */
export function startOnTerminal(
  spec: ChildSpec,
  caller: Caller & { readonly terminal: CallerTerminal },
  powers: TerminalPowers,
): StartedChild {
  // Native code is not held by the runtime's list of programs, so it is asked.
  if (Deno.permissions.querySync({ name: "run", command: spec.program }).state !== "granted") {
    throw new Deno.errors.NotCapable("run");
  }
  const { terminal } = caller;
  const wiring = new Wiring(powers);
  try {
    const master = wiring.terminal(terminal.size);
    const stdin = terminal.stdin ? null : wiring.pipeTo(0);
    const stderr = terminal.stderr ? null : wiring.pipeFrom(2);
    const pid = wiring.spawn(spec, terminal);
    const status = statusOf(pid, powers.calls);
    const stopResizing = caller.onResize((size) => setSize(powers.calls, master, size));
    const actions: KeyActions = {
      suspend: () => suspendGroup(pid, master, powers.calls, caller),
      interruptedTwice: () => {
        if (makesSignals(master, powers.calls)) signalGroup(pid, "SIGKILL");
      },
    };
    void status.then(stopResizing);
    return {
      pid,
      status,
      stdin: stdin === null ? keyboard(master, actions) : writable(stdin),
      // The terminal goes with its output: what was left behind on it is hung up, as when a window is closed.
      stdout: readable(master),
      stderr: stderr === null ? emptyStream() : readable(stderr),
      kill: (signal) => Deno.kill(pid, signal),
    };
  } catch (error) {
    wiring.undo();
    throw error;
  } finally {
    wiring.closeChildSide();
  }
}

/** The descriptors of one child in the making. */
class Wiring {
  readonly #descriptors: Descriptors;
  readonly #calls: TerminalCalls;
  readonly #ours: Descriptor[] = [];
  /** Descriptor in this process by the number that it has in the child. */
  readonly #theirs = new Map<number, number>();
  #path = "";

  constructor({ descriptors, calls }: TerminalPowers) {
    this.#descriptors = descriptors;
    this.#calls = calls;
  }

  terminal(size: WindowSize): Descriptor {
    const fd = this.#calls.posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (fd < 0) throw new OvError("run/failed", "Cannot run: the system has no pseudo-terminal left");
    const master = this.#own(fd);
    const name = new Uint8Array(64);
    const isThere = this.#calls.grantpt(fd) === 0 && this.#calls.unlockpt(fd) === 0 &&
      this.#calls.ptsname_r(fd, name, BigInt(name.byteLength)) === 0;
    if (!isThere) throw new OvError("run/failed", "Cannot run: the system gave no pseudo-terminal");
    this.#path = new TextDecoder().decode(name.subarray(0, name.indexOf(0)));
    setSize(this.#calls, master, size);
    return master;
  }

  pipeTo(number: number): Descriptor {
    const [from, to] = this.#pipe();
    this.#theirs.set(number, from);
    return this.#own(to);
  }

  pipeFrom(number: number): Descriptor {
    const [from, to] = this.#pipe();
    this.#theirs.set(number, to);
    return this.#own(from);
  }

  spawn(spec: ChildSpec, terminal: CallerTerminal): number {
    const calls = this.#calls;
    const actions = new Uint8Array(OPAQUE_BYTES);
    const attributes = new Uint8Array(OPAQUE_BYTES);
    calls.posix_spawn_file_actions_init(actions);
    calls.posix_spawnattr_init(attributes);
    const path = cText(this.#path);
    const program = cText(spec.program);
    const workDir = cText(spec.workDir);
    const argv = new TextVector([spec.program, ...spec.args], calls);
    const environment = new TextVector(
      Object.entries(spec.environment).map(([name, value]) => `${name}=${value}`),
      calls,
    );
    try {
      // A number above 2 for the terminal, so that no pipe is overwritten; the program does not get it.
      calls.posix_spawn_file_actions_addopen(actions, TERMINAL_NUMBER, path, O_RDWR | O_CLOEXEC, 0);
      for (const [number, isTerminal] of [terminal.stdin, true, terminal.stderr].entries()) {
        const from = isTerminal ? TERMINAL_NUMBER : this.#theirs.get(number)!;
        calls.posix_spawn_file_actions_adddup2(actions, from, number);
      }
      calls.posix_spawn_file_actions_addchdir_np(actions, workDir);
      calls.posix_spawnattr_setsigdefault(attributes, new Uint8Array(SIGNAL_SET_BYTES).fill(0xff));
      calls.posix_spawnattr_setsigmask(attributes, new Uint8Array(SIGNAL_SET_BYTES));
      calls.posix_spawnattr_setflags(
        attributes,
        POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK,
      );
      const pid = new Int32Array(1);
      const failure = calls.posix_spawn(
        new Uint8Array(pid.buffer),
        program,
        actions,
        attributes,
        argv.pointers,
        environment.pointers,
      );
      if (failure !== 0) throw Object.assign(new Error("posix_spawn"), { code: ERRNO[failure] ?? "EIO" });
      return pid[0]!;
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

  #own(fd: number): Descriptor {
    const descriptor = this.#descriptors.adopt(fd);
    this.#ours.push(descriptor);
    return descriptor;
  }
}

/** The terminal's number in the child before its streams are made of it: one that nothing else has this early. */
const TERMINAL_NUMBER = 1023;

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

function cText(text: string): Uint8Array<ArrayBuffer> {
  if (text.includes("\0")) throw Object.assign(new Error("NUL in text"), { code: "EINVAL" });
  return new TextEncoder().encode(`${text}\0`);
}

function setSize(calls: TerminalCalls, master: Descriptor, { rows, columns }: WindowSize): void {
  if (master.fd < 0) return;
  calls.ioctl(master.fd, TIOCSWINSZ, new Uint8Array(new Uint16Array([rows, columns, 0, 0]).buffer));
}

/** How the child ended; SIGCHLD says when to look. */
function statusOf(pid: number, calls: TerminalCalls): StartedChild["status"] {
  return new Promise((resolve) => {
    const status = new Int32Array(1);
    const look = () => {
      if (calls.waitpid(pid, new Uint8Array(status.buffer), WNOHANG) === 0) return;
      Deno.removeSignalListener("SIGCHLD", look);
      const signal = status[0]! & 0x7f;
      resolve(
        signal === 0
          ? { code: (status[0]! >> 8) & 0xff, signal: null }
          : { code: 128 + signal, signal: SIGNALS[signal] ?? `SIG${signal}` },
      );
    };
    Deno.addSignalListener("SIGCHLD", look);
    look();
  });
}

/**
 * Ctrl-Z. The kernel does not stop the group of a session's leader for its terminal's sake, so what the terminal would
 * do is done here: where the program lets the terminal make signals of keys, and stands in front on it, it is stopped,
 * and the caller with it. @returns whether the key was one for us
 */
async function suspendGroup(pid: number, master: Descriptor, calls: TerminalCalls, caller: Caller): Promise<boolean> {
  const front = new Int32Array(1);
  if (calls.ioctl(master.fd, TIOCGPGRP, new Uint8Array(front.buffer)) !== 0 || front[0] !== pid) return false;
  if (!makesSignals(master, calls)) return false;
  signalGroup(pid, "SIGSTOP");
  await caller.stopped();
  signalGroup(pid, "SIGCONT");
  return true;
}

/** Whether the program lets the terminal make signals of keys; an editor or a line reader takes them itself. */
function makesSignals(master: Descriptor, calls: TerminalCalls): boolean {
  const attributes = new Uint32Array(16);
  // struct termios: input, output, control and local flags.
  return calls.ioctl(master.fd, TCGETS, new Uint8Array(attributes.buffer)) === 0 && (attributes[3]! & ISIG) !== 0;
}

function signalGroup(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(-pid, signal);
  } catch {
    // It has ended in between.
  }
}

/** What keys do beside reaching the terminal. */
interface KeyActions {
  /** @returns whether the key was one for us */
  suspend(): Promise<boolean>;
  /** A second Ctrl-C soon after the first, where the terminal makes signals of keys: ends what the first did not. */
  interruptedTwice(): void;
}

/** Keys for the terminal. */
function keyboard(master: Descriptor, actions: KeyActions): WritableStream<Uint8Array<ArrayBuffer>> {
  let lastInterrupt = -Infinity;
  return new WritableStream({
    async write(bytes) {
      if (bytes.byteLength === 1 && bytes[0] === SUSPEND_KEY && await actions.suspend()) return;
      if (bytes.byteLength === 1 && bytes[0] === INTERRUPT_KEY) {
        const now = performance.now();
        if (now - lastInterrupt <= INTERRUPT_WINDOW_MS) actions.interruptedTwice();
        lastInterrupt = now;
      }
      if (!await master.write(bytes)) throw new Deno.errors.BrokenPipe("terminal");
    },
  });
}

function writable(to: Descriptor): WritableStream<Uint8Array<ArrayBuffer>> {
  return new WritableStream({
    async write(bytes) {
      if (!await to.write(bytes)) throw new Deno.errors.BrokenPipe("stdin");
    },
    close: () => to.close(),
    abort: () => to.close(),
  });
}

const READ_BYTES = 64 * 1024;

function readable(from: Descriptor): ReadableStream<Uint8Array<ArrayBuffer>> {
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

function emptyStream(): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({ start: (controller) => controller.close() });
}
