/** `ov secret list` */
import type { SecretView } from "../../keeper/protocol.ts";
import type { Cli } from "../command.ts";
import type { Invocation } from "../invocation.ts";
import { printable, relativeTime, size, table } from "../text.ts";

/** Builds the command. */
export function build(cli: Cli) {
  return cli.leaf("list", "List secrets: names and dates, never values", ["ov secret list --env staging"])
    .option("--deleted", "list removed secrets that can still be restored")
    .action((options, command) => cli.runKept(command, (at) => listSecrets(at, options.deleted === true)));
}

/** Lists secrets; with `deleted`, those that were removed. */
export async function listSecrets(at: Invocation, deleted: boolean): Promise<void> {
  const { context, secrets } = await at.keeper.call("secret.list", { deleted });
  const { app, env } = context;
  if (secrets.length === 0) {
    await at.result("", { app, env, secrets });
    await at.remark(`No ${deleted ? "removed " : ""}secrets in ${printable(app)}/${printable(env)}.\n`);
    return;
  }
  const now = at.io.now();
  const rows = secrets.map((secret) => [
    printable(secret.name),
    `${secret.version}`,
    size(secret.sizeBytes),
    relativeTime(secret.deletedAt ?? secret.updatedAt, now),
    notes(secret),
  ]);
  const head = ["NAME", "VERSION", "SIZE", deleted ? "REMOVED" : "CHANGED", ""].map((cell) => at.bold(cell));
  await at.result(table([head, ...rows], at.io.columns), { app, env, secrets });
}

function notes(secret: SecretView): string {
  return [...(secret.canary ? ["canary"] : []), ...(secret.maskable ? [] : ["cannot be masked"])].join(", ");
}
