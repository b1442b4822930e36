/**
 * Secrets typed on the terminal. The keeper reads the terminal device itself, so that neither a redirected stdin nor
 * any code of the front is between the person and the vault.
 *
 * The device is opened for reading only: this runtime refuses to open `/dev/tty` for writing without every permission,
 * so a prompt goes to whichever of stderr and stdout is the terminal.
 */
import { decodeUtf8, OvError, Secret } from "../base/mod.ts";

/** What a prompt needs; tests put a fake in its place. */
export interface Terminal {
  /**
   * Reads a hidden entry: nothing is echoed, and the terminal is put back whatever happens.
   * @param prompt shown first, one line
   * @param name of the resulting secret
   * @throws OvError `usage/no-terminal`; `io/interrupted` on Ctrl-C, SIGINT, SIGTERM, SIGHUP, or end of input
   */
  readHidden(prompt: string, name: string): Promise<Secret>;
  /**
   * Waits for one of some keys and shows which it was; others are passed over.
   * @param prompt shown first, one line
   * @param keys lower-case letters or digits
   * @param page shown above the prompt, on a screen of its own that is taken away again; lines end in CR LF; borrowed
   * @throws OvError as {@link readHidden}
   */
  readKey(prompt: string, keys: readonly string[], page?: Secret): Promise<string>;
  /** Shows lines on the terminal; does nothing where there is none. */
  show(text: string): void;
}

const CTRL_C = 0x03;
const CTRL_D = 0x04;
const BACKSPACE = 0x08;
const DELETE = 0x7f;
const CTRL_U = 0x15;
const CTRL_W = 0x17;
const ENTER = 0x0d;
const LINE_FEED = 0x0a;
const ESCAPE = 0x1b;

/** Longest entry that is taken, in bytes: a little over the longest value of a secret. */
const MAX_ENTRY_BYTES = 72 * 1024;

// Bracketed paste (xterm control sequences): a pasted line break is content and must not end the entry, else the rest
// of a pasted private key would be typed into the shell.
const PASTE_ON = "\x1b[?2004h";
const PASTE_OFF = "\x1b[?2004l";
const PASTE_START = "[200~";
const PASTE_END = "[201~";

// The alternate screen (xterm): what is on it is gone afterwards, and is not in what can be scrolled back to. It is
// cleared as well, for a terminal that has no such screen.
const PAGE_ON = "\x1b[?1049h\x1b[2J\x1b[H";
const PAGE_OFF = "\x1b[2J\x1b[H\x1b[?1049l";

/** Collects the bytes of one hidden entry; pure, so that every key is tested without a terminal. */
export class HiddenEntry {
  #bytes: number[] = [];
  #escape: string | null = null;
  #pasting = false;

  /**
   * Takes one chunk as it came from the terminal in raw mode.
   * @returns `done` when Enter was pressed, `interrupted` on Ctrl-C or Ctrl-D on an empty entry, else `more`
   * @throws OvError `usage/value` when the entry is too long, or several lines came at once
   */
  take(chunk: Uint8Array): "more" | "done" | "interrupted" {
    for (const [index, byte] of chunk.entries()) {
      // A control character ends a sequence that is not finished and means what it always does: Ctrl-C after a lone
      // Escape must interrupt.
      if (this.#escape !== null && byte < 0x20) this.#escape = null;
      if (this.#escape !== null) {
        this.#takeEscape(byte);
        continue;
      }
      if (byte === ESCAPE) {
        this.#escape = "";
        continue;
      }
      if (this.#pasting) {
        this.#append(byte === ENTER ? LINE_FEED : byte);
        continue;
      }
      if (byte === ENTER || byte === LINE_FEED) {
        // More behind the line break in one chunk was pasted by a terminal without paste marks, not typed.
        const rest = chunk.subarray(index + 1);
        if (rest.some((next) => next !== ENTER && next !== LINE_FEED)) throw severalLines();
        return "done";
      }
      if (byte === CTRL_C || (byte === CTRL_D && this.#bytes.length === 0)) return "interrupted";
      if (byte === CTRL_D) return "done";
      if (byte === BACKSPACE || byte === DELETE) this.#deleteCharacter();
      else if (byte === CTRL_U || byte === CTRL_W) this.#bytes.fill(0).length = 0;
      else this.#append(byte);
    }
    return "more";
  }

  /** The entry; the collected bytes are overwritten. */
  finish(name: string): Secret {
    const bytes = Uint8Array.from(this.#bytes);
    this.wipe();
    const secret = new Secret(name, bytes);
    bytes.fill(0);
    return secret;
  }

  /** Forgets what was typed. */
  wipe(): void {
    this.#bytes.fill(0).length = 0;
  }

  #append(byte: number): void {
    if (this.#bytes.length >= MAX_ENTRY_BYTES) {
      throw new OvError("usage/value", "Cannot read the entry: it is longer than 64 KiB", {
        hint: "A value holds at most 64 KiB.",
      });
    }
    this.#bytes.push(byte);
  }

  #deleteCharacter(): void {
    // UTF-8: continuation bytes are 10xxxxxx; a character is deleted whole.
    let last = this.#bytes.pop();
    while (last !== undefined && (last & 0xc0) === 0x80) last = this.#bytes.pop();
  }

  /** Control sequences (arrow keys, paste marks) are not part of an entry. */
  #takeEscape(byte: number): void {
    this.#escape += String.fromCharCode(byte);
    const sequence = this.#escape!;
    const finished = sequence[0] === "[" || sequence[0] === "O"
      ? sequence.length > 1 && byte >= 0x40 && byte <= 0x7e
      : true;
    if (!finished && sequence.length < 16) return;
    if (sequence === PASTE_START) this.#pasting = true;
    else if (sequence === PASTE_END) this.#pasting = false;
    this.#escape = null;
  }
}

/** A paste is over when nothing came for so long. */
const DRAIN_SILENCE_MS = 100;

const encoder = new TextEncoder();

/** The process's own terminal. */
export class SystemTerminal implements Terminal {
  readonly #windows: boolean;

  /** @param platform `Deno.build.os` */
  constructor(platform: string) {
    this.#windows = platform === "windows";
  }

  show(text: string): void {
    this.#screen()?.writeSync(encoder.encode(text));
  }

  async readHidden(prompt: string, name: string): Promise<Secret> {
    const entry = new HiddenEntry();
    try {
      await this.#attend(PASTE_ON + prompt, (chunk) => entry.take(chunk));
      return checked(entry.finish(name));
    } finally {
      entry.wipe();
    }
  }

  async readKey(prompt: string, keys: readonly string[], page?: Secret): Promise<string> {
    let pressed = "";
    await this.#attend(prompt, (chunk) => {
      // A lone key comes as one byte; an arrow key or a paste comes as several and is nobody's answer.
      if (chunk.includes(CTRL_C) || chunk[0] === CTRL_D) return "interrupted";
      const key = chunk.length === 1 ? String.fromCharCode(chunk[0]!).toLowerCase() : "";
      if (!keys.includes(key)) return "more";
      pressed = key;
      return "done";
    }, page);
    this.show(`${pressed}\n`);
    return pressed;
  }

  /** Gives `take` what is typed in raw mode until it has enough, and puts the terminal back whatever happens. */
  async #attend(
    prompt: string,
    take: (chunk: Uint8Array) => "more" | "done" | "interrupted",
    page?: Secret,
  ): Promise<void> {
    const screen = this.#screen();
    const keyboard = this.#openKeyboard();
    if (screen === null) {
      keyboard.close();
      throw noTerminal("neither stderr nor stdout is a terminal");
    }
    const interrupted = Promise.withResolvers<"interrupted">();
    const onSignal = () => interrupted.resolve("interrupted");
    const signals: Deno.Signal[] = this.#windows ? ["SIGINT"] : ["SIGINT", "SIGTERM", "SIGHUP"];
    for (const signal of signals) Deno.addSignalListener(signal, onSignal);
    const hidden = prompt.startsWith(PASTE_ON);
    try {
      keyboard.setRaw(true);
      // EXPOSE: shown to the person at this terminal, which is what the page is for.
      if (page !== undefined) writeAll(screen, [encoder.encode(PAGE_ON), page.expose()]);
      screen.writeSync(encoder.encode(prompt));
      const chunk = new Uint8Array(4096);
      for (;;) {
        const read = await Promise.race([keyboard.read(chunk), interrupted.promise]);
        let state: "more" | "done" | "interrupted" = "interrupted";
        if (typeof read === "number") {
          try {
            state = take(chunk.subarray(0, read));
          } catch (error) {
            await drain(keyboard);
            throw error;
          }
        }
        chunk.fill(0);
        if (state === "interrupted") throw new OvError("io/interrupted", "Cannot read the entry: interrupted");
        if (state === "done") return;
      }
    } finally {
      keyboard.setRaw(false);
      if (hidden) screen.writeSync(encoder.encode(PASTE_OFF + "\n"));
      if (page !== undefined) writeAll(screen, [encoder.encode(PAGE_OFF)]);
      for (const signal of signals) Deno.removeSignalListener(signal, onSignal);
      keyboard.close();
    }
  }

  #screen(): typeof Deno.stderr | typeof Deno.stdout | null {
    if (Deno.stderr.isTerminal()) return Deno.stderr;
    return Deno.stdout.isTerminal() ? Deno.stdout : null;
  }

  #openKeyboard(): { read(into: Uint8Array): Promise<number | null>; setRaw(on: boolean): void; close(): void } {
    if (this.#windows) {
      if (!Deno.stdin.isTerminal()) throw noTerminal("stdin is not a terminal");
      return {
        read: (into) => Deno.stdin.read(into),
        setRaw: (on) => Deno.stdin.setRaw(on),
        close: () => {},
      };
    }
    try {
      return Deno.openSync("/dev/tty", { read: true });
    } catch (cause) {
      throw noTerminal("this process has no terminal", cause);
    }
  }
}

function writeAll(screen: typeof Deno.stderr | typeof Deno.stdout, parts: readonly Uint8Array[]): void {
  for (const part of parts) for (let done = 0; done < part.byteLength;) done += screen.writeSync(part.subarray(done));
}

/** Takes what is still coming of a paste, so that it does not end up on the shell's command line. */
async function drain(keyboard: { read(into: Uint8Array): Promise<number | null> }): Promise<void> {
  const chunk = new Uint8Array(4096);
  for (;;) {
    const silence = Promise.withResolvers<null>();
    const timer = setTimeout(() => silence.resolve(null), DRAIN_SILENCE_MS);
    const read = await Promise.race([keyboard.read(chunk), silence.promise]);
    clearTimeout(timer);
    chunk.fill(0);
    if (read === null) return;
  }
}

function severalLines(): OvError {
  return new OvError("usage/value", "Cannot read the entry: several lines were pasted at once", {
    hint: "Give a value of several lines with --stdin or --file.",
  });
}

function checked(entry: Secret): Secret {
  // EXPOSE: only whether it is text is looked at; a broken sequence means a terminal that does not speak UTF-8.
  if (decodeUtf8(entry.expose()) !== null) return entry;
  entry.wipe();
  throw new OvError("usage/value", "Cannot read the entry: it is not UTF-8", {
    hint: "Set the terminal to UTF-8, or give the value with --file.",
  });
}

function noTerminal(state: string, cause?: unknown): OvError {
  return new OvError("usage/no-terminal", `Cannot ask on the terminal: ${state}`, {
    hint: "Run this in a terminal; for automation, see --password-file in `ov help`.",
    cause,
  });
}
