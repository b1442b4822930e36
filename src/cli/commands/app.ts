/** `ov app create|list|use|delete` */
import type { Cli } from "../command.ts";
import type { Invocation } from "../invocation.ts";
import { count, printable, table } from "../text.ts";

/** Builds the group. */
export function build(cli: Cli) {
  return cli.group("app", "Manage apps", [create(cli), list(cli), use(cli), remove(cli)]);
}

function create(cli: Cli) {
  return cli.leaf("create", "Create an app, with the env development", ["ov app create my-worker"])
    .argument("<name>", "lower-case letters, digits and inner hyphens")
    .action((name, _options, command) => cli.runKept(command, (at) => createApp(at, name)));
}

function list(cli: Cli) {
  return cli.leaf("list", "List apps and their environments", ["ov app list"])
    .action((_options, command) => cli.runKept(command, listApps));
}

function use(cli: Cli) {
  return cli.leaf("use", "Make an app the one that commands work on", ["ov app use my-worker --here"])
    .description(
      "Make an app the one that commands work on: yours by default, or with --here in this directory, by writing " +
        ".ov.yaml and binding the directory to it. --env chooses the environment too.",
    )
    .argument("<name>", "an app that exists")
    .option("--here", "for this directory only, by writing .ov.yaml")
    .action((name, options, command) => cli.runKept(command, (at) => useApp(at, name, options.here === true)));
}

function remove(cli: Cli) {
  return cli.leaf("delete", "Delete an app with everything in it", ["ov app delete my-worker --yes"])
    .argument("<name>", "an app that exists")
    .option("--yes", "do not ask whether it is meant")
    .action((name, options, command) => cli.runKept(command, (at) => deleteApp(at, name, options.yes === true)));
}

/** Creates an app. */
export async function createApp(at: Invocation, name: string): Promise<void> {
  await at.keeper.call("app.create", { name });
  await at.done(`Created app ${printable(name)}.\n`, { app: name });
}

/** Lists apps, the current one marked. */
export async function listApps(at: Invocation): Promise<void> {
  const { apps } = await at.keeper.call("app.list", {});
  const rows = apps.map((app) => [printable(app.name), app.envs.map(printable).join(", ")]);
  await at.result(table([[at.bold("APP"), at.bold("ENVIRONMENTS")], ...rows], at.io.columns), { apps });
}

/** Makes an app the current one. */
export async function useApp(at: Invocation, name: string, here: boolean): Promise<void> {
  const env = at.options.env;
  const { context, file } = await at.keeper.call("app.use", { name, here, ...(env === undefined ? {} : { env }) });
  await at.done(`Using ${printable(context.app)}/${printable(context.env)}, written to ${printable(file)}.\n`, {
    ...context,
    file,
  });
}

/** Deletes an app once that is confirmed. */
export async function deleteApp(at: Invocation, name: string, yes: boolean): Promise<void> {
  const shown = printable(name);
  await at.confirm(`Delete app ${shown} with all its environments and secrets?`, `Cannot delete app "${shown}"`, yes);
  const { secrets } = await at.keeper.call("app.delete", { name });
  await at.done(`Deleted app ${shown} with ${count(secrets, "secret")}.\n`, { app: name, secrets });
}
