/**
 * Signals that `ov` receives while a child runs.
 *
 * Ctrl-C is the difficult one. The terminal sends SIGINT (and SIGQUIT for Ctrl-\) to every process of its foreground
 * group, so the child has it already, and passing it on would deliver it twice: for many programs a second interrupt
 * means "now, without cleaning up". A process can not tell from JavaScript who sent a signal. Therefore: while `ov`
 * stands on a terminal and the child shares its group, SIGINT and SIGQUIT are taken for the terminal's and not passed
 * on; anywhere else (CI, a service manager, a child with a group of its own) they are passed on, once each. SIGTERM never
 * comes from a terminal and is always passed on; so is SIGHUP, since a hang-up that comes twice ends a program no
 * differently. What remains: `kill -INT` sent to `ov` alone, on a terminal, does not reach the child; the second one
 * ends it, as two interrupts always do.
 */

/** What to do with the signals that arrive. */
export interface ForwardTarget {
  /** Passes a signal to the child, or its group. */
  send(signal: Deno.Signal): void;
}

/** Two interrupts within this time end the child. */
export const INTERRUPT_WINDOW_MS = 2000;

const FORWARDED: readonly Deno.Signal[] = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];

/** The decision for each signal, apart from the listening, so that it can be tested. */
export class Forwarder {
  readonly #target: ForwardTarget;
  readonly #terminalDelivers: boolean;
  readonly #windowMs: number;
  #lastInterrupt = -Infinity;

  /** @param o `terminalDelivers`: the child has the terminal's own signals already; `windowMs`: see above */
  constructor(target: ForwardTarget, o: { readonly terminalDelivers: boolean; readonly windowMs: number }) {
    this.#target = target;
    this.#terminalDelivers = o.terminalDelivers;
    this.#windowMs = o.windowMs;
  }

  /** A signal arrived, at `now` in milliseconds on any steady clock. */
  receive(signal: Deno.Signal, now: number): void {
    if (signal === "SIGINT") {
      const second = now - this.#lastInterrupt <= this.#windowMs;
      this.#lastInterrupt = now;
      if (second) return this.#target.send("SIGKILL");
    }
    if (this.#terminalDelivers && (signal === "SIGINT" || signal === "SIGQUIT")) return;
    this.#target.send(signal);
  }
}

/** Listens until the result is called. While it listens, these signals do not end `ov` itself. */
export function listen(forwarder: Forwarder): () => void {
  const installed: [Deno.Signal, () => void][] = [];
  for (const signal of FORWARDED) {
    const listener = () => forwarder.receive(signal, performance.now());
    try {
      Deno.addSignalListener(signal, listener);
      installed.push([signal, listener]);
    } catch {
      // Windows knows only some of them.
    }
  }
  return () => {
    for (const [signal, listener] of installed) Deno.removeSignalListener(signal, listener);
  };
}

/** Whether this process stands on a terminal: then Ctrl-C goes to its whole foreground group. */
export function onTerminal(): boolean {
  return Deno.stdin.isTerminal() || Deno.stdout.isTerminal() || Deno.stderr.isTerminal();
}
