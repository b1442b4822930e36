/**
 * The command line: parses, asks, shows. Its duty is everything a person sees in the terminal but the entry of
 * passwords and values. It must never read a file, the environment or a secret, and never start anything: it has no
 * permission to. Only `main.ts` calls it, after the keeper is up and the main thread has given up every permission.
 */
import { CommanderError } from "@commander-js/extra-typings";
import type { Keeper } from "../keeper/client.ts";
import { scanArgv } from "./argv.ts";
import { Cli } from "./command.ts";
import { reportError } from "./exit.ts";
import { type Io, terminalIo } from "./io.ts";
import { buildProgram, overview } from "./program.ts";
import { parserError } from "./parser_error.ts";

/** What `main.ts` hands over. */
export interface CliInput {
  /** Arguments after the program's own name. */
  readonly argv: readonly string[];
  readonly keeper: Keeper;
  readonly version: string;
  /** What `start.ts` leaves of the environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Whether stdin was a terminal when the process started. */
  readonly stdinIsTerminal?: boolean;
  /** The terminal; tests put another in place of the process's own. */
  readonly io?: Io;
}

/**
 * Carries out one command line.
 * @returns the exit status; every error has been shown
 */
export async function runCli(input: CliInput): Promise<number> {
  const io = input.io ?? terminalIo(input.environment, input.stdinIsTerminal);
  const scan = scanArgv(input.argv);
  try {
    return await dispatch(new Cli({ keeper: input.keeper, io, version: input.version }), input.argv, scan.command);
  } catch (error) {
    return await reportError(io, error, { json: scan.json, debug: input.environment["OV_DEBUG"] === "1" });
  }
}

async function dispatch(cli: Cli, argv: readonly string[], command: string | null): Promise<number> {
  const program = await buildProgram(cli, command?.split(" ")[0] ?? null);
  try {
    await program.parseAsync(argv, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === "commander.version") await cli.io.out(cli.help);
    else if (!error.code.startsWith("commander.help")) throw parserError(error, argv, program);
    // A group without a subcommand shows its help; so does the program, whose own is the overview.
    else await cli.io.out(command === null ? overview(cli) : cli.help);
  }
  return cli.status;
}
