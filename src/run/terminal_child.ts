/**
 * A child on a pseudo-terminal, so that programs that need a real one (editors, prompts, progress bars) have it while
 * their output is masked. Its stdout is that terminal; stdin and stderr are too where the caller's are, else pipes.
 *
 * The leader of a new session has no terminal, and the first one that it opens becomes its controlling one (Linux): no
 * helper program and no shell in between.
 */
import { OvError } from "../base/mod.ts";
import type { Caller, CallerTerminal, WindowSize } from "./caller.ts";
import type { ChildSpec, StartedChild } from "./child.ts";
import type { Descriptor } from "./descriptor.ts";
import { INTERRUPT_WINDOW_MS } from "./forward.ts";
import type { TerminalCalls } from "./libc.ts";
import {
  cText,
  emptyStream,
  readable,
  requireRunnable,
  type TerminalPowers,
  Wiring,
  writable,
} from "./native_child.ts";

// Linux, x86-64 and arm64 alike.
const O_RDWR = 0o2;
const O_NOCTTY = 0o400;
const O_CLOEXEC = 0o2000000;
const TIOCSWINSZ = 0x5414n;
const TIOCGPGRP = 0x540fn;
const TCGETS = 0x5401n;
const ISIG = 0o1;
const SUSPEND_KEY = 0x1a;
const INTERRUPT_KEY = 0x03;

/** The terminal's number in the child before its streams are made of it: one that nothing else has this early. */
const TERMINAL_NUMBER = 1023;

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
  requireRunnable(spec);
  const { terminal } = caller;
  const wiring = new Wiring(powers);
  try {
    const { master, path } = openTerminal(wiring, powers.calls);
    setSize(powers.calls, master, terminal.size);
    const stdin = terminal.stdin ? null : wiring.pipeTo(0);
    const stderr = terminal.stderr ? null : wiring.pipeFrom(2);
    const child = wiring.spawn(spec, (actions) => {
      // A number above 2 for the terminal, so that no pipe is overwritten; the program does not get it.
      powers.calls.posix_spawn_file_actions_addopen(actions, TERMINAL_NUMBER, cText(path), O_RDWR | O_CLOEXEC, 0);
      for (const [number, isTerminal] of [terminal.stdin, true, terminal.stderr].entries()) {
        if (isTerminal) powers.calls.posix_spawn_file_actions_adddup2(actions, TERMINAL_NUMBER, number);
      }
    });
    const { pid } = child;
    const stopResizing = caller.onResize((size) => setSize(powers.calls, master, size));
    const actions: KeyActions = {
      suspend: () => suspendGroup(pid, master, powers.calls, caller),
      interruptedTwice: () => {
        if (makesSignals(master, powers.calls)) signalGroup(pid, "SIGKILL");
      },
    };
    void child.status.then(stopResizing);
    return {
      ...child,
      stdin: stdin === null ? keyboard(master, actions) : writable(stdin),
      // The terminal goes with its output: what was left behind on it is hung up, as when a window is closed.
      stdout: readable(master),
      stderr: stderr === null ? emptyStream() : readable(stderr),
    };
  } catch (error) {
    wiring.undo();
    throw error;
  } finally {
    wiring.closeChildSide();
  }
}

/** A new pseudo-terminal: this side of it, and the path of the child's. */
function openTerminal(wiring: Wiring, calls: TerminalCalls): { master: Descriptor; path: string } {
  const fd = calls.posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (fd < 0) throw new OvError("run/failed", "Cannot run: the system has no pseudo-terminal left");
  const master = wiring.own(fd);
  const name = new Uint8Array(64);
  const isThere = calls.grantpt(fd) === 0 && calls.unlockpt(fd) === 0 &&
    calls.ptsname_r(fd, name, BigInt(name.byteLength)) === 0;
  if (!isThere) throw new OvError("run/failed", "Cannot run: the system gave no pseudo-terminal");
  return { master, path: new TextDecoder().decode(name.subarray(0, name.indexOf(0))) };
}

function setSize(calls: TerminalCalls, master: Descriptor, { rows, columns }: WindowSize): void {
  if (master.fd < 0) return;
  calls.ioctl(master.fd, TIOCSWINSZ, new Uint8Array(new Uint16Array([rows, columns, 0, 0]).buffer));
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
