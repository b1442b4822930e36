/** `ov secret canary` */
import type { Cli } from "../command.ts";
import type { Invocation } from "../invocation.ts";
import { printable } from "../text.ts";

/** Builds the command. */
export function build(cli: Cli) {
  return cli.leaf("canary", "Put a decoy that nobody uses, to see who asks for it", [
    "ov secret canary STRIPE_ADMIN_KEY",
  ])
    .description(
      "Put a decoy under a name that somebody who looks for secrets would like. It looks like a secret to agents. " +
        "Whoever asks for it, by a run, by get or by export, is refused; that is recorded, and ov status and the " +
        "terminal of ov mcp say so.",
    )
    .argument("<name>", "letters, digits and underscores; not one that is there")
    .action((name, _options, command) => cli.runKept(command, (at) => putCanary(at, name)));
}

/** Has the keeper make up a decoy and store it. */
export async function putCanary(at: Invocation, name: string): Promise<void> {
  const { app, env } = await at.keeper.call("secret.canary", { name });
  await at.done(`Put the canary ${printable(name)} in ${printable(app)}/${printable(env)}.\n`, { name, app, env });
}
