import { OvError } from "../base/mod.ts";
import type { Caller, CallerTerminal, WindowSize } from "./caller.ts";

const SIGNALS: readonly Deno.Signal[] = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];
const READ_BYTES = 64 * 1024;

/**
 * This process's own stdio as the {@link Caller}'s: for a child that has a pseudo-terminal, and for one that another
 * process starts for us. While a child is on a pseudo-terminal, our own terminal passes every key through as it is, and
 * is put back when the child ends, when it is stopped, and before the process ends.
 */
export class OwnCaller implements Caller {
  readonly terminal: CallerTerminal | null;
  #raw = false;

  constructor() {
    const [stdin, stdout, stderr] = [Deno.stdin.isTerminal(), Deno.stdout.isTerminal(), Deno.stderr.isTerminal()];
    this.terminal = stdin || stdout || stderr ? { stdin, stdout, stderr, size: windowSize() } : null;
  }

  async read(): Promise<Uint8Array<ArrayBuffer> | null> {
    const buffer = new Uint8Array(READ_BYTES);
    try {
      const count = await Deno.stdin.read(buffer);
      return count === null ? null : buffer.subarray(0, count);
    } catch {
      return null;
    }
  }

  async write(which: "stdout" | "stderr", bytes: Uint8Array): Promise<void> {
    const stream = which === "stdout" ? Deno.stdout : Deno.stderr;
    try {
      for (let written = 0; written < bytes.length;) written += await stream.write(bytes.subarray(written));
    } catch (cause) {
      throw new OvError("io/failed", "Cannot write the output: nobody reads it", { cause });
    }
  }

  onSignal(listener: (signal: Deno.Signal) => void): () => void {
    return listenTo(SIGNALS, listener);
  }

  onResize(listener: (size: WindowSize) => void): () => void {
    if (this.terminal === null || Deno.build.os === "windows") return () => {};
    return listenTo(["SIGWINCH"], () => listener(windowSize()));
  }

  /** The terminal's size now; `null` where there is none. */
  windowSize(): WindowSize | null {
    return this.terminal === null ? null : windowSize();
  }

  /** Stops this process as the child was stopped, so that the shell has its terminal back until `fg`. */
  async stopped(): Promise<void> {
    const wasRaw = this.#raw;
    this.#setRaw(false);
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = listenTo(["SIGCONT"], () => resolve());
    Deno.kill(Deno.pid, "SIGSTOP");
    await promise;
    stop();
    this.#setRaw(wasRaw);
  }

  started(_pid: number, onTerminal: boolean): void {
    if (onTerminal && this.terminal?.stdin === true) this.#setRaw(true);
  }

  ended(): void {
    this.#setRaw(false);
  }

  #setRaw(on: boolean): void {
    if (this.#raw === on) return;
    this.#raw = on;
    Deno.stdin.setRaw(on);
  }
}

function windowSize(): WindowSize {
  try {
    return Deno.consoleSize();
  } catch {
    return { columns: 80, rows: 24 };
  }
}

function listenTo(signals: readonly Deno.Signal[], listener: (signal: Deno.Signal) => void): () => void {
  const installed: [Deno.Signal, () => void][] = [];
  for (const signal of signals) {
    const own = () => listener(signal);
    try {
      Deno.addSignalListener(signal, own);
      installed.push([signal, own]);
    } catch {
      // Windows knows only some of them.
    }
  }
  return () => {
    for (const [signal, own] of installed) Deno.removeSignalListener(signal, own);
  };
}
