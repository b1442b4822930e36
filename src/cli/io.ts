/**
 * The only terminal: stdout, stderr and the prompts of the front. No secret is ever asked for here; a password or a
 * value is read by the keeper.
 *
 * Prompts and remarks go to stderr, so that stdout holds results only.
 */
import process from "node:process";
import { OvError } from "../base/mod.ts";

/** One line of a list to tick or to choose from. */
export interface Choice<T> {
  readonly value: T;
  /** Already safe to print. */
  readonly label: string;
  readonly checked?: boolean;
  /** Why it can not be ticked. */
  readonly disabled?: string;
}

/** What commands speak through; tests put a fake in its place. */
export interface Io {
  readonly stdoutIsTerminal: boolean;
  /** Whether somebody can be asked: stdin and stderr are a terminal. */
  readonly canAsk: boolean;
  /** Columns of the terminal; 80 where it is none. */
  readonly columns: number;
  /** Whether stdout, and stderr, take colour. */
  readonly color: { readonly stdout: boolean; readonly stderr: boolean };
  /** Milliseconds since the epoch. */
  now(): number;
  /** Writes to stdout; a reader that went away is no error. */
  out(text: string): Promise<void>;
  /** Writes to stderr, likewise. */
  err(text: string): Promise<void>;
  /** @throws OvError `io/interrupted` */
  confirm(question: string, preset: boolean): Promise<boolean>;
  /** @throws OvError `io/interrupted` */
  choose<T>(question: string, choices: readonly Choice<T>[]): Promise<T>;
  /** @throws OvError `io/interrupted` */
  tick<T>(question: string, choices: readonly Choice<T>[]): Promise<readonly T[]>;
}

/**
 * The process's own terminal. Puts the variables given in place of the process's environment, which the front may not
 * read and which the prompt library asks for.
 *
 * @param stdinIsTerminal whether somebody sits there; said by `main.ts`, since the keeper may have taken stdin away by
 *   now (`keeper/held_stdin.ts`)
 */
export function terminalIo(
  environment: Readonly<Record<string, string>>,
  stdinIsTerminal: boolean = Deno.stdin.isTerminal(),
): Io {
  process.env = { ...environment };
  const terminal = {
    stdin: stdinIsTerminal,
    stdout: Deno.stdout.isTerminal(),
    stderr: Deno.stderr.isTerminal(),
  };
  return {
    stdoutIsTerminal: terminal.stdout,
    canAsk: terminal.stdin && terminal.stderr,
    columns: consoleColumns(),
    color: { stdout: takesColor(terminal.stdout, environment), stderr: takesColor(terminal.stderr, environment) },
    now: () => Date.now(),
    out: (text) => write(Deno.stdout, text),
    err: (text) => write(Deno.stderr, text),
    confirm: (question, preset) =>
      ask(async ({ confirm }, context) => await confirm({ message: question, default: preset }, context)),
    choose: (question, choices) =>
      ask(async ({ select }, context) =>
        await select({ message: question, choices: choices.map(toInquirer), loop: false, pageSize: 15 }, context)
      ),
    tick: (question, choices) =>
      ask(async ({ checkbox }, context) =>
        await checkbox({ message: question, choices: choices.map(toInquirer), loop: false, pageSize: 15 }, context)
      ),
  };
}

/** Whether a stream takes colour: `NO_COLOR`, then `FORCE_COLOR`, then whether it is a capable terminal. */
export function takesColor(isTerminal: boolean, environment: Readonly<Record<string, string>>): boolean {
  if ((environment["NO_COLOR"] ?? "") !== "") return false;
  const force = environment["FORCE_COLOR"] ?? environment["CLICOLOR_FORCE"];
  if (force !== undefined && force !== "") return force !== "0" && force !== "false";
  if (environment["CLICOLOR"] === "0") return false;
  return isTerminal && environment["TERM"] !== "dumb";
}

function consoleColumns(): number {
  try {
    return Math.max(40, Deno.consoleSize().columns || 80);
  } catch {
    return 80;
  }
}

async function write(stream: { write(bytes: Uint8Array): Promise<number> }, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let done = 0; done < bytes.byteLength;) done += await stream.write(bytes.subarray(done));
  } catch (error) {
    // `ov secret list | head -1`: the reader has what it wanted.
    if (error instanceof Deno.errors.BrokenPipe) return;
    if (error instanceof Error && /os error 28\b/.test(error.message)) {
      throw new OvError("io/no-space", "Cannot write output: no space left on device", { cause: error });
    }
    throw new OvError("io/failed", "Cannot write output: the stream refused it", { cause: error });
  }
}

type Prompts = typeof import("@inquirer/prompts");

async function ask<T>(
  prompt: (prompts: Prompts, context: { output: NodeJS.WritableStream; signal: AbortSignal }) => Promise<T>,
): Promise<T> {
  const prompts = await import("@inquirer/prompts");
  // A signal sent to the process (not the key, which the prompt reads itself) must end the prompt as well, so that the
  // terminal is put back before the process ends.
  const stop = new AbortController();
  const abort = () => stop.abort();
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) Deno.addSignalListener(signal, abort);
  try {
    return await prompt(prompts, { output: process.stderr, signal: stop.signal });
  } catch (error) {
    if (error instanceof Error && /^(ExitPrompt|AbortPrompt|CancelPrompt)Error$/.test(error.name)) {
      throw new OvError("io/interrupted", "Question: interrupted, nothing was changed", { cause: error });
    }
    throw error;
  } finally {
    // After a signal they stay until the process ends: the prompt library's own listener sends itself the signal again.
    if (!stop.signal.aborted) { for (const signal of signals) Deno.removeSignalListener(signal, abort); }
  }
}

function toInquirer<T>(choice: Choice<T>): { value: T; name: string; checked: boolean; disabled: string | boolean } {
  return {
    value: choice.value,
    name: choice.label,
    checked: choice.checked ?? false,
    disabled: choice.disabled ?? false,
  };
}
