/** What a command's `run` is given: the keeper, the terminal, the global options, and the ways to answer. */
import type { Keeper } from "../keeper/client.ts";
import type { Context } from "../keeper/protocol.ts";
import { OvError } from "../base/mod.ts";
import type { Io } from "./io.ts";
import { jsonDocument } from "./json.ts";

/** The global options, wherever on the line they stood. */
export interface GlobalOptions {
  readonly app?: string;
  readonly env?: string;
  readonly passwordFile?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly nonInteractive?: boolean;
}

/** One command being carried out. */
export class Invocation {
  readonly keeper: Keeper;
  readonly io: Io;
  readonly options: GlobalOptions;
  readonly version: string;
  #context: Context | null = null;

  constructor(o: { keeper: Keeper; io: Io; options: GlobalOptions; version: string }) {
    this.keeper = o.keeper;
    this.io = o.io;
    this.options = o.options;
    this.version = o.version;
  }

  /** Hands the global options to the keeper; comes before any other call. */
  async configure(): Promise<void> {
    const { app, env, passwordFile, nonInteractive } = this.options;
    const { context } = await this.keeper.call("configure", {
      ...(app === undefined ? {} : { app }),
      ...(env === undefined ? {} : { env }),
      ...(passwordFile === undefined ? {} : { passwordFile }),
      ...(nonInteractive === undefined ? {} : { nonInteractive }),
    });
    this.#context = context;
  }

  /** The app and env that the command works on. */
  get context(): Context {
    if (this.#context === null) throw new TypeError("context is known after configure()");
    return this.#context;
  }

  /** Whether the front may ask: a terminal, and neither `--non-interactive` nor `--json`. */
  get canAsk(): boolean {
    return this.io.canAsk && this.options.nonInteractive !== true && this.options.json !== true;
  }

  /** The command's result on stdout: the text, or with `--json` the document. */
  async result(text: string, json: unknown): Promise<void> {
    await this.io.out(this.options.json === true ? jsonDocument(json) : text);
  }

  /** A result where stdout belongs to a child or to a value: nothing for people, with `--json` a document on stderr. */
  async resultBeside(json: unknown): Promise<void> {
    if (this.options.json === true) await this.io.err(jsonDocument(json));
  }

  /** What was done, for people: stdout; not with `--json` or `--quiet`. */
  async say(text: string): Promise<void> {
    if (this.options.json !== true && this.options.quiet !== true) await this.io.out(text);
  }

  /** A document with `--json`, else what was done for people (unless `--quiet`). For commands without a result. */
  async done(text: string, json: unknown): Promise<void> {
    if (this.options.json === true) await this.io.out(jsonDocument(json));
    else await this.say(text);
  }

  /** A remark on stderr; not with `--json`, where the document holds it, or `--quiet`. */
  async remark(text: string): Promise<void> {
    if (this.options.json !== true && this.options.quiet !== true) await this.io.err(text);
  }

  /** A warning on stderr, likewise. */
  async warn(text: string): Promise<void> {
    await this.remark(`${this.paint("33", "warning:", "stderr")} ${text}\n`);
  }

  /** Bold on a terminal. */
  bold(text: string): string {
    return this.paint("1", text, "stdout");
  }

  /** Dim on a terminal. */
  dim(text: string): string {
    return this.paint("2", text, "stdout");
  }

  /**
   * Makes sure that something destructive is meant: `--yes`, or the question on the terminal.
   * @param action of the refusal, e.g. `Cannot delete app "x"`
   * @throws OvError `usage/no-terminal` where nobody can be asked; `io/interrupted` where the answer was no
   */
  async confirm(question: string, action: string, yes: boolean): Promise<void> {
    if (yes) return;
    if (!this.canAsk) {
      throw new OvError("usage/no-terminal", `${action}: it must be confirmed and nobody can be asked`, {
        hint: "Add --yes if it is meant.",
      });
    }
    if (!await this.io.confirm(question, false)) {
      throw new OvError("io/interrupted", `${action}: not confirmed, nothing was changed`);
    }
  }

  /** `text` in an SGR style where the stream takes colour. */
  paint(style: string, text: string, stream: "stdout" | "stderr"): string {
    return this.io.color[stream] ? `\x1b[${style}m${text}\x1b[0m` : text;
  }
}
