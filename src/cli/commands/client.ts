/** `ov client list|revoke` */
import type { Cli } from "../command.ts";
import type { Invocation } from "../invocation.ts";
import { printable, relativeTime, table } from "../text.ts";

/** Builds the group. */
export function build(cli: Cli) {
  return cli.group("client", "Show and forget the agents' programs that you chose to remember", [
    list(cli),
    revoke(cli),
  ]);
}

function list(cli: Cli) {
  return cli.leaf("list", "List the agents' programs that are remembered", ["ov client list"])
    .description(
      "List the agents' programs that you chose to remember on the consent page. While the vault is unlocked by `ov " +
        "unlock`, such a program's connection is authorised without asking again.",
    )
    .action((_options, command) => cli.runKept(command, listClients));
}

function revoke(cli: Cli) {
  return cli.leaf("revoke", "Forget a program: its next connection is asked about", ["ov client revoke 1f0c9a7e"])
    .argument("<id>", "as ov client list shows it")
    .action((id, _options, command) => cli.runKept(command, (at) => revokeClient(at, id)));
}

/** Lists the remembered clients, a block each. */
export async function listClients(at: Invocation): Promise<void> {
  const { clients } = await at.keeper.call("client.list", {});
  const now = at.io.now();
  const blocks = clients.map((client) =>
    table([
      ["Client", printable(client.id)],
      ["Calls itself", printable(client.client)],
      ["Program", printable(client.program)],
      ["Started as", printable(client.commandLine)],
      ["Remembered", relativeTime(client.createdAt, now)],
      ["Ends", relativeTime(client.until, now)],
    ])
  );
  await at.result(blocks.join("\n"), { clients });
  if (clients.length === 0) await at.remark("No program is remembered.\n");
}

/** Forgets one. */
export async function revokeClient(at: Invocation, id: string): Promise<void> {
  await at.keeper.call("client.revoke", { id });
  await at.done(`Forgot ${printable(id)}.\n`, { id });
}
