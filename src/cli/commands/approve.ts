/** `ov approve` */
import type { Answer, Consent, PendingView } from "../../keeper/protocol.ts";
import type { Cli } from "../command.ts";
import { nameList } from "../consent_text.ts";
import type { Invocation } from "../invocation.ts";
import { usageError } from "../parse.ts";
import { printable, quoteCommand, relativeTime, table } from "../text.ts";

const DECISIONS: readonly Answer[] = ["once", "session", "always", "deny"];
/** Builds the command. */
export function build(cli: Cli) {
  return cli.leaf("approve", "Answer what agents asked for", ["ov approve", "ov approve 211cbb18 --once"])
    .description(
      "List what agents asked for and nobody has answered, and answer it. An answer needs the master password, typed " +
        "on the terminal.",
    )
    .argument("[id]", "the request to answer; without it, choose on the terminal, or list")
    .option("--once", "yes, this once")
    .option("--session", "yes, for this session of the agent")
    .option("--always", "yes, always, while command and files stay as they are")
    .option("--deny", "no")
    .option("--list", "only list")
    .action((id, options, command) => cli.runKept(command, (at) => approve(at, id ?? null, options)));
}

/** Lists, or decides on one request. */
export async function approve(
  at: Invocation,
  id: string | null,
  options: Readonly<Partial<Record<Answer | "list", true | undefined>>>,
): Promise<void> {
  const given = DECISIONS.filter((decision) => options[decision] === true);
  if (given.length > 1) {
    throw usageError(`Cannot approve: --${given[0]} and --${given[1]} exclude each other`, "Give one answer.");
  }
  const decision = given[0] ?? null;
  if (id === null && decision !== null) {
    throw usageError("Cannot approve: no request was named", "List them with `ov approve --list`.");
  }
  if (options.list === true || (id === null && !at.canAsk)) {
    return await list(at, (await at.keeper.call("approve.list", {})).pending);
  }
  // The keeper shows the request and asks: no code of the front is between the person and the answer.
  const done = await at.keeper.call("approve.decide", { id, decision });
  if (done === null) return await at.remark("Nothing is waiting for an answer.\n");
  const said = done.decision === "deny" ? "Denied" : `Approved (${done.decision})`;
  await at.done(`${said}: ${summary(done.consent)}\n`, done);
}

async function list(at: Invocation, pending: readonly PendingView[]): Promise<void> {
  const now = at.io.now();
  const rows = pending.map((request) => [
    printable(request.id),
    relativeTime(request.createdAt, now),
    printable(request.client),
    summary(request.consent),
  ]);
  const head = ["ID", "ASKED", "BY", "WHAT"].map((cell) => at.bold(cell));
  await at.result(rows.length === 0 ? "" : table([head, ...rows], at.io.columns), { pending });
  if (rows.length === 0) await at.remark("Nothing is waiting for an answer.\n");
}

function summary(consent: Consent): string {
  const names = nameList(consent.secrets);
  if (consent.action === "delete") return `delete ${names}`;
  if (consent.action === "update") return `replace ${names}`;
  return `${names} for ${quoteCommand(consent.argv)}`;
}
