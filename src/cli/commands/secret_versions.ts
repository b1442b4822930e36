/** `ov secret rm`, `history` and `restore`: the versions of a secret. */
import type { Cli } from "../command.ts";
import type { Invocation } from "../invocation.ts";
import { parseWhole } from "../parse.ts";
import { printable, relativeTime, size, table } from "../text.ts";

/** Builds `rm`. */
export function buildRm(cli: Cli) {
  return cli.leaf("rm", "Remove a secret; it can be restored for 30 days", ["ov secret rm OLD_KEY --yes"])
    .argument("<name>", "a secret that exists")
    .option("--yes", "do not ask whether it is meant")
    .action((name, options, command) => cli.runKept(command, (at) => removeSecret(at, name, options.yes === true)));
}

/** Builds `history`. */
export function buildHistory(cli: Cli) {
  return cli.leaf("history", "List the versions of a secret", ["ov secret history STRIPE_SECRET_KEY"])
    .argument("<name>", "a secret that exists")
    .action((name, _options, command) => cli.runKept(command, (at) => history(at, name)));
}

/** Builds `restore`. */
export function buildRestore(cli: Cli) {
  return cli.leaf("restore", "Bring back a removed secret, or an earlier version", [
    "ov secret restore STRIPE_SECRET_KEY --version 2",
  ])
    .description("Bring back a removed secret, or with --version an earlier version, as a new version.")
    .argument("<name>", "a secret that exists or was removed")
    .option("--version <number>", "the version to bring back (see ov secret history)")
    .action((name, options, command) => cli.runKept(command, (at) => restoreSecret(at, name, options.version)));
}

/** Removes a secret once that is confirmed. */
export async function removeSecret(at: Invocation, name: string, yes: boolean): Promise<void> {
  const { app, env } = at.context;
  const shown = `${printable(name)} from ${printable(app)}/${printable(env)}`;
  await at.confirm(`Remove ${shown}?`, `Cannot remove ${printable(name)}`, yes);
  const { recoverableUntil } = await at.keeper.call("secret.rm", { name });
  const now = at.io.now();
  await at.done(`Removed ${shown}; it is gone for good ${relativeTime(recoverableUntil, now)}.\n`, {
    name,
    app,
    env,
    recoverableUntil,
  });
  await at.remark(`To bring it back: ov secret restore ${printable(name)}\n`);
}

/** Lists versions, newest first. */
export async function history(at: Invocation, name: string): Promise<void> {
  const { versions } = await at.keeper.call("secret.history", { name });
  const { app, env } = at.context;
  const newestFirst = versions.toSorted((a, b) => b.version - a.version);
  const now = at.io.now();
  const rows = newestFirst.map((version) => [
    `${version.version}`,
    size(version.sizeBytes),
    relativeTime(version.createdAt, now),
    version.deleted ? "removed" : "",
  ]);
  const head = ["VERSION", "SIZE", "SET", ""].map((cell) => at.bold(cell));
  await at.result(table([head, ...rows], at.io.columns), { name, app, env, versions: newestFirst });
}

/** Brings back a version as a new one. */
export async function restoreSecret(at: Invocation, name: string, version: string | undefined): Promise<void> {
  const chosen = version === undefined
    ? {}
    : { version: parseWhole(version, { action: "Cannot restore", what: "version", min: 1, max: 999_999_999 }) };
  const done = await at.keeper.call("secret.restore", { name, ...chosen });
  const { app, env } = at.context;
  await at.done(`Restored ${printable(name)} (now version ${done.version}).\n`, { name, app, env, ...done });
}
