/** `ov env create|list|use|delete` */
import type { Cli } from "../command.ts";
import type { Invocation } from "../invocation.ts";
import { count, printable } from "../text.ts";

/** Builds the group. */
export function build(cli: Cli) {
  return cli.group("env", "Manage the environments of an app", [create(cli), list(cli), use(cli), remove(cli)]);
}

function create(cli: Cli) {
  return cli.leaf("create", "Create an environment", ["ov env create staging"])
    .argument("<name>", "lower-case letters, digits and inner hyphens")
    .action((name, _options, command) => cli.runKept(command, (at) => createEnv(at, name)));
}

function list(cli: Cli) {
  return cli.leaf("list", "List the environments of an app", ["ov env list --app my-worker"])
    .action((_options, command) => cli.runKept(command, listEnvs));
}

function use(cli: Cli) {
  return cli.leaf("use", "Make an environment the one that commands work on", ["ov env use staging --here"])
    .description(
      "Make an environment the one that commands work on: yours by default, or with --here in this directory, by " +
        "writing .ov.yaml and binding the directory to it.",
    )
    .argument("<name>", "an environment that exists")
    .option("--here", "for this directory only, by writing .ov.yaml")
    .action((name, options, command) => cli.runKept(command, (at) => useEnv(at, name, options.here === true)));
}

function remove(cli: Cli) {
  return cli.leaf("delete", "Delete an environment with its secrets", ["ov env delete staging --yes"])
    .argument("<name>", "an environment that exists")
    .option("--yes", "do not ask whether it is meant")
    .action((name, options, command) => cli.runKept(command, (at) => deleteEnv(at, name, options.yes === true)));
}

/** Creates an environment. */
export async function createEnv(at: Invocation, name: string): Promise<void> {
  const { app, env } = await at.keeper.call("env.create", { name });
  await at.done(`Created ${printable(app)}/${printable(env)}.\n`, { app, env });
}

/** Lists environments, one a line. */
export async function listEnvs(at: Invocation): Promise<void> {
  const { app, envs } = await at.keeper.call("env.list", {});
  await at.result(envs.map((env) => `${printable(env)}\n`).join(""), { app, envs });
}

/** Makes an environment the current one. */
export async function useEnv(at: Invocation, name: string, here: boolean): Promise<void> {
  const { context, file } = await at.keeper.call("env.use", { name, here });
  await at.done(`Using ${printable(context.app)}/${printable(context.env)}, written to ${printable(file)}.\n`, {
    ...context,
    file,
  });
}

/** Deletes an environment once that is confirmed. */
export async function deleteEnv(at: Invocation, name: string, yes: boolean): Promise<void> {
  const { app } = at.context;
  const shown = `${printable(app)}/${printable(name)}`;
  await at.confirm(`Delete ${shown} with all its secrets?`, `Cannot delete ${shown}`, yes);
  const { secrets } = await at.keeper.call("env.delete", { name });
  await at.done(`Deleted ${shown} with ${count(secrets, "secret")}.\n`, { app, env: name, secrets });
}
