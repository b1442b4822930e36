/**
 * The stdio of whoever asked for a run, where it is not this process's own: a client at the other end of a socket, or a
 * terminal that the child sees through a pseudo-terminal of ours.
 */
import type { OutputSink } from "./child.ts";

/** Size of a terminal, in characters. */
export interface WindowSize {
  readonly columns: number;
  readonly rows: number;
}

/** Which of the caller's streams are a terminal, and how large it is. */
export interface CallerTerminal {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly size: WindowSize;
}

/** Whoever asked. */
export interface Caller extends OutputSink {
  /** `null` where none of its streams is a terminal. */
  readonly terminal: CallerTerminal | null;
  /** The next bytes of its stdin; `null` at the end. Called for the next only after the last were taken by the child. */
  read(): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Calls `listener` for each signal that the caller got. @returns what stops it */
  onSignal(listener: (signal: Deno.Signal) => void): () => void;
  /** Calls `listener` when the caller's window has another size. @returns what stops it */
  onResize(listener: (size: WindowSize) => void): () => void;
  /** The child was stopped from its terminal (Ctrl-Z): the caller stops too. Resolves when it goes on. */
  stopped(): Promise<void>;
  /** The child runs, as the leader of a process group; `onTerminal`: on a pseudo-terminal, so keys go there unread. */
  started(pid: number, onTerminal: boolean): void;
  /** It has ended. */
  ended(): void;
}

/** The same caller, of whose input nothing reaches the child: it is at its end, and no terminal. */
export function withoutInput(caller: Caller): Caller {
  return {
    terminal: caller.terminal === null ? null : { ...caller.terminal, stdin: false },
    read: () => Promise.resolve(null),
    write: (which, bytes) => caller.write(which, bytes),
    onSignal: (listener) => caller.onSignal(listener),
    onResize: (listener) => caller.onResize(listener),
    stopped: () => caller.stopped(),
    // Its keys go nowhere, so that its own terminal makes the signals.
    started: (pid) => caller.started(pid, false),
    ended: () => caller.ended(),
  };
}
