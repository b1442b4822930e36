/** The parser: the tree of commands, of which only the one that is used is loaded. */
import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { addGlobalOptions, type Cli, configure, GLOBAL_OPTIONS } from "./command.ts";
import { COMMANDS } from "./commands/table.ts";
import { usageError } from "./parse.ts";
import { table } from "./text.ts";

// One literal import per command: the bundler sees them, and only the one that is called is loaded.
const LOADERS: Readonly<Record<string, () => Promise<{ build(cli: Cli): unknown }>>> = {
  agent: () => import("./commands/agent.ts"),
  app: () => import("./commands/app.ts"),
  approve: () => import("./commands/approve.ts"),
  backup: () => import("./commands/backup.ts"),
  client: () => import("./commands/client.ts"),
  audit: () => import("./commands/audit.ts"),
  completions: () => import("./commands/completions.ts"),
  doctor: () => import("./commands/doctor.ts"),
  env: () => import("./commands/env.ts"),
  export: () => import("./commands/export.ts"),
  grant: () => import("./commands/grant.ts"),
  help: () => import("./commands/help.ts"),
  import: () => import("./commands/import.ts"),
  init: () => import("./commands/init.ts"),
  lock: () => import("./commands/lock.ts"),
  "machine-key": () => import("./commands/machine_key.ts"),
  mcp: () => import("./commands/mcp.ts"),
  password: () => import("./commands/password.ts"),
  policy: () => import("./commands/policy.ts"),
  restore: () => import("./commands/restore.ts"),
  rotate: () => import("./commands/rotate.ts"),
  run: () => import("./commands/run.ts"),
  secret: () => import("./commands/secret.ts"),
  shell: () => import("./commands/shell.ts"),
  status: () => import("./commands/status.ts"),
  unlock: () => import("./commands/unlock.ts"),
};

/**
 * The program with one command loaded, or `all`; the others stand in it by name, for suggestions.
 * @param wanted first word of the command line
 */
export async function buildProgram(cli: Cli, wanted: string | null): Promise<Command> {
  const program = new Command("ov");
  configure(program, cli);
  program.enablePositionalOptions().version(`ov ${cli.version}`, "-V, --version", "show the version");
  addGlobalOptions(program);
  for (const entry of COMMANDS) {
    const load = wanted === "all" || wanted === entry.name ? LOADERS[entry.name] : undefined;
    const command = load === undefined ? notLoaded(entry.name, entry.summary) : (await load()).build(cli) as Command;
    program.addCommand(command);
  }
  return program;
}

/** Stands in for a command that was not loaded; it is only reached by writing `--` before the command. */
function notLoaded(name: string, summary: string): Command {
  return new Command(name).summary(summary).allowUnknownOption().allowExcessArguments().helpOption(false)
    .action(() => {
      throw usageError("Cannot read the command line: the command must stand before `--`", `Write ov ${name} …`);
    });
}

/** What `ov` alone and `ov help` show. */
export function overview(cli: Cli): string {
  let text = "Keeps secrets encrypted on this machine, and lets programs and AI agents use\n" +
    "them without seeing them.\n\n" +
    "Usage: ov <command> [options]\n";
  for (const group of new Set(COMMANDS.map((entry) => entry.group))) {
    const rows = COMMANDS.filter((entry) => entry.group === group);
    text += `\n${group}\n${table(rows.map((entry) => [`  ${entry.name.padEnd(11)}`, entry.summary]))}`;
  }
  const globals = [...GLOBAL_OPTIONS, ["-h, --help", "show help"], ["-V, --version", "show the version"]];
  const width = Math.max(...globals.map(([flags]) => flags!.length));
  text += "\nOptions of every command:\n";
  for (const [flags, description] of globals) text += item(flags!, description!, width, cli);
  text += "\nExit status: 0 success, 1 internal, 2 usage, 3 locked or wrong password,\n" +
    "4 denied, 5 not found, 6 damaged or tampered, 7 conflict, 130 interrupted;\n" +
    "of ov run: that of its command.\n";
  return `${text}\nExample:\n  $ ov import .dev.vars\n\nHelp for one command: ov help <command>\n`;
}

function item(flags: string, description: string, width: number, cli: Cli): string {
  const indent = width + 4;
  const room = Math.max(20, Math.min(cli.io.columns, 100) - indent);
  let line = `  ${flags.padEnd(width)}  `;
  let used = 0;
  for (const word of description.split(" ")) {
    if (used > 0 && used + 1 + word.length > room) {
      line += `\n${" ".repeat(indent)}`;
      used = 0;
    }
    line += used === 0 ? word : ` ${word}`;
    used += word.length + (used === 0 ? 0 : 1);
  }
  return `${line}\n`;
}

/** Every command that does something, with the words that lead to it, in the order of the overview. */
export function leaves(command: CommandUnknownOpts, path: readonly string[] = []): [string, CommandUnknownOpts][] {
  if (path.length > 0 && command.commands.length === 0) return [[path.join(" "), command]];
  return command.commands.flatMap((child) => leaves(child, [...path, child.name()]));
}
