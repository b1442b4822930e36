/** `ov approve` */
import type { Consent, PendingView } from "../../keeper/protocol.ts";
import { OvError } from "../../base/mod.ts";
import type { Cli } from "../command.ts";
import { consentText, nameList } from "../consent_text.ts";
import type { Choice } from "../io.ts";
import type { Invocation } from "../invocation.ts";
import { usageError } from "../parse.ts";
import { printable, quoteCommand, relativeTime, table } from "../text.ts";

type Decision = "once" | "session" | "always" | "deny";

const DECISIONS: readonly Decision[] = ["once", "session", "always", "deny"];
const LABELS: Readonly<Record<Decision, string>> = {
  once: "Yes, this once",
  session: "Yes, for this session of the agent",
  always: "Yes, always, while command and files stay as they are",
  deny: "No",
};

/** Builds the command. */
export function build(cli: Cli) {
  return cli.leaf("approve", "Answer what agents asked for", ["ov approve", "ov approve r3x9q --once"])
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
  options: Readonly<Partial<Record<Decision | "list", true | undefined>>>,
): Promise<void> {
  const given = DECISIONS.filter((decision) => options[decision] === true);
  if (given.length > 1) {
    throw usageError(`Cannot approve: --${given[0]} and --${given[1]} exclude each other`, "Give one answer.");
  }
  const decision = given[0] ?? null;
  if (id === null && decision !== null) {
    throw usageError("Cannot approve: no request was named", "List them with `ov approve --list`.");
  }
  const { pending } = await at.keeper.call("approve.list", {});
  if (options.list || (id === null && (!at.canAsk || pending.length === 0))) return await list(at, pending);
  const request = id === null ? await choose(at, pending) : find(pending, id);
  await at.remark(`${consentText(request.consent)}\n`);
  const answer = decision ?? await ask(at, request);
  const done = await at.keeper.call("approve.decide", { id: request.id, decision: answer });
  const said = answer === "deny" ? "Denied" : `Approved (${answer})`;
  await at.done(`${said}: ${summary(done.consent)}\n`, { id: request.id, decision: answer, consent: done.consent });
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

async function choose(at: Invocation, pending: readonly PendingView[]): Promise<PendingView> {
  const now = at.io.now();
  return await at.io.choose(
    "Which request?",
    pending.map((request) => ({
      value: request,
      label: `${printable(request.id)}  ${relativeTime(request.createdAt, now)}  ${summary(request.consent)}`,
    })),
  );
}

function find(pending: readonly PendingView[], id: string): PendingView {
  const request = pending.find((one) => one.id === id);
  if (request !== undefined) return request;
  throw new OvError("request/not-found", `Cannot approve: no request "${id}" is waiting`, {
    hint: "List them with `ov approve --list`.",
  });
}

async function ask(at: Invocation, request: PendingView): Promise<Decision> {
  if (!at.canAsk) {
    throw new OvError("usage/no-terminal", "Cannot approve: the answer is missing and nobody can be asked", {
      hint: `Run \`ov approve ${request.id} --once\` (or --session, --always, --deny) on a terminal.`,
    });
  }
  const choices: Choice<Decision>[] = [...request.consent.choices, "deny" as const].map((decision) => ({
    value: decision,
    label: LABELS[decision],
  }));
  return await at.io.choose("Allow it?", choices);
}
