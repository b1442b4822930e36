/** `ov agent start|stop|status|install|uninstall` */
import { Option } from "@commander-js/extra-typings";
import type { Cli } from "../command.ts";
import type { Invocation } from "../invocation.ts";
import { printable } from "../text.ts";
import { agentText, type LimitOptions, limitsOf } from "./agent_text.ts";
import { unlock } from "./unlock.ts";

interface StartOptions extends LimitOptions {
  readonly foreground?: true | undefined;
  readonly locked?: true | undefined;
  readonly activated?: true | undefined;
  readonly fromPipe?: true | undefined;
}

/** Builds the group. */
export function build(cli: Cli) {
  return cli.group("agent", "Manage the program that keeps the vault unlocked", [
    start(cli),
    cli.leaf("stop", "End the agent, and the commands that it runs", ["ov agent stop"])
      .action((_options, command) => cli.runKept(command, stopAgent)),
    cli.leaf("status", "Show whether there is an agent and when it locks", ["ov agent status --json"])
      .action((_options, command) => cli.runKept(command, showAgent)),
    cli.leaf("install", "Write a service that starts the agent when you unlock", ["ov agent install"])
      .description(
        "Write systemd user units or a launchd property list: the service manager then listens at the agent's socket, " +
          "and starts the agent when `ov unlock` connects; it ends when it locks. The files are written and nothing " +
          "else; what to run then is shown.",
      )
      .action((_options, command) => cli.runKept(command, install)),
    cli.leaf("uninstall", "Remove what install wrote", ["ov agent uninstall"])
      .action((_options, command) => cli.runKept(command, uninstall)),
  ]);
}

function start(cli: Cli) {
  return cli.leaf("start", "Start the agent; the same as ov unlock", [
    "ov agent start --for 8h",
    "ov agent start --foreground",
  ])
    .option("--for <duration>", "lock after this time, as 30m or 8h (8h)")
    .option("--idle <duration>", "lock after this time without use (30m)")
    .option("--foreground", "be the agent, in this terminal or under a service manager")
    .option("--locked", "with --foreground: start without a password, and stay when it locks")
    .option("--activated", "with --foreground: serve the socket that systemd or launchd hands over, from ov unlock on")
    // How `ov unlock` starts it: the password is on stdin, and one line on stdout says how it went.
    .addOption(new Option("--from-pipe").hideHelp())
    .action((options, command) => cli.runKept(command, (at) => startAgent(at, options)));
}

/** Starts it, or is it. */
export async function startAgent(at: Invocation, options: StartOptions): Promise<void> {
  if (options.foreground !== true) return await unlock(at, options);
  const done = await at.keeper.call("agent.serve", {
    ...limitsOf(options, "Cannot start the agent"),
    locked: options.locked === true,
    fromPipe: options.fromPipe === true,
    activated: options.activated === true,
  });
  if (options.fromPipe !== true) await at.done(`The agent has ended: ${printable(done.reason)}.\n`, done);
}

/** Ends it. */
export async function stopAgent(at: Invocation): Promise<void> {
  const done = await at.keeper.call("agent.stop", {});
  await at.done(done.stopped ? "Stopped the agent.\n" : "Nothing to stop: there is no agent.\n", done);
}

/** Shows it. */
export async function showAgent(at: Invocation): Promise<void> {
  const report = await at.keeper.call("agent.status", {});
  const { agent } = report;
  const text = agent === null
    ? "No agent: every command asks for the password. `ov unlock` starts one.\n"
    : agent.locked
    ? `Locked: ${agentText(agent, at.io.now())}`
    : `Unlocked: ${agentText(agent, at.io.now())}${agent.clients} connected, ${agent.runs} commands since its start.\n`;
  await at.result(text, report);
}

/** Writes the service file. */
export async function install(at: Invocation): Promise<void> {
  const done = await at.keeper.call("agent.install", {});
  await at.done(`Wrote ${listed(done.files)}. Nothing happens until you run:\n${lines(done.next)}`, done);
}

/** Removes it. */
export async function uninstall(at: Invocation): Promise<void> {
  const done = await at.keeper.call("agent.uninstall", {});
  const text = done.files.length > 0
    ? `Removed ${listed(done.files)}. To end what runs:\n${lines(done.next)}`
    : "Nothing to remove: no service was written.\n";
  await at.done(text, done);
}

function listed(files: readonly string[]): string {
  return files.map(printable).join(" and ");
}

function lines(commands: readonly string[]): string {
  return commands.map((line) => `  ${printable(line)}\n`).join("");
}
