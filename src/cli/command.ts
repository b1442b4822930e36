/** How every command is built: the same options everywhere, an example in its help, and one way into its `run`. */
import { Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import type { Keeper } from "../keeper/client.ts";
import { type GlobalOptions, Invocation } from "./invocation.ts";
import type { Io } from "./io.ts";

/** What a command file builds with. */
export class Cli {
  readonly keeper: Keeper;
  readonly io: Io;
  readonly version: string;
  /** The exit status that the command that ran has set. */
  status = 0;
  /** What the parser wrote: help. */
  help = "";
  /** Of each leaf, what shows it best. */
  readonly #firstExample = new Map<CommandUnknownOpts, string>();

  constructor(o: { keeper: Keeper; io: Io; version: string }) {
    this.keeper = o.keeper;
    this.io = o.io;
    this.version = o.version;
  }

  /**
   * A command that does something.
   * @param examples lines for the help, without the prompt sign
   */
  leaf(name: string, summary: string, examples: readonly string[]): Command {
    const command = new Command(name).summary(summary).description(summary);
    configure(command, this);
    addGlobalOptions(command);
    command.addHelpText("after", `${examplesText(examples)}\n${ALSO}`);
    this.#firstExample.set(command, examples[0]!);
    return command;
  }

  /** A command that only holds others; the first one's example is its own. */
  group(name: string, summary: string, members: readonly CommandUnknownOpts[]): Command {
    const command = new Command(name).summary(summary).description(summary).usage("[command]");
    configure(command, this);
    addGlobalOptions(command);
    const examples = members.slice(0, 1).map((member) => this.#firstExample.get(member)!);
    command.enablePositionalOptions()
      .addHelpText("after", `${examplesText(examples)}\nHelp for one of them: ov help ${name} <command>`);
    for (const member of members) command.addCommand(member as Command);
    return command;
  }

  /**
   * The action of a leaf: collects the global options, tells the keeper, and runs.
   * @param run gives the exit status, or nothing for 0
   */
  async run(command: CommandUnknownOpts, run: (at: Invocation) => Promise<number | void>): Promise<void> {
    const at = new Invocation({
      keeper: this.keeper,
      io: this.io,
      options: globalOptionsOf(command),
      version: this.version,
    });
    this.status = (await run(at)) ?? 0;
  }

  /** {@link Cli.run} for a command that talks to the keeper. */
  async runKept(command: CommandUnknownOpts, run: (at: Invocation) => Promise<number | void>): Promise<void> {
    await this.run(command, async (at) => {
      await at.configure();
      return await run(at);
    });
  }
}

/** The width of help on this terminal, at most 100. */
export function helpWidth(io: Io): number {
  return Math.min(io.columns, 100);
}

/** Applies to every command: errors are thrown instead of printed, help is collected in {@link Cli.help}. */
export function configure(command: Command, cli: Cli): void {
  command.exitOverride().helpCommand(false).helpOption("-h, --help", "show this help").configureOutput({
    writeOut: (text) => cli.help += text,
    writeErr: (text) => cli.help += text,
    outputError: () => {},
    getOutHelpWidth: () => helpWidth(cli.io),
    getErrHelpWidth: () => helpWidth(cli.io),
    getOutHasColors: () => false,
    getErrHasColors: () => false,
    stripColor: (text) => text,
  }).configureHelp({ subcommandTerm: (member) => member.name() });
}

/** Name, flags and description of each global option, for the overview. */
export const GLOBAL_OPTIONS: readonly (readonly [string, string])[] = [
  ["--app <app>", "app to work on (else OV_APP, .ov.yaml, your default)"],
  ["--env <env>", "environment to work on (else OV_ENV, .ov.yaml, your default)"],
  ["--json", "one JSON document on stdout; errors as one on stderr"],
  ["--non-interactive", "fail instead of asking anything"],
  ["--quiet", "print results only, no remarks"],
  ["--password-file <file>", "read the master password from a private file (0600), where that is allowed"],
];

/** Lets a command take the global options, which its help does not repeat. */
export function addGlobalOptions(command: Command): void {
  for (const [flags, description] of GLOBAL_OPTIONS) command.addOption(new Option(flags, description).hideHelp());
}

/** The global options as given before the command, between, or after it; the last place wins. */
export function globalOptionsOf(command: CommandUnknownOpts): GlobalOptions {
  const chain: CommandUnknownOpts[] = [];
  for (let at: CommandUnknownOpts | null = command; at !== null; at = at.parent) chain.unshift(at);
  const names = ["app", "env", "passwordFile", "json", "quiet", "nonInteractive"];
  const merged: Record<string, unknown> = {};
  for (const at of chain) {
    for (const [name, value] of Object.entries(at.opts())) if (names.includes(name)) merged[name] = value;
  }
  return merged;
}

const ALSO = "Also taken: --app, --env, --json and the others that `ov help` lists.";

function examplesText(examples: readonly string[]): string {
  const heading = examples.length === 1 ? "Example" : "Examples";
  return `\n${heading}:\n${examples.map((line) => `  $ ${line}\n`).join("")}`;
}
