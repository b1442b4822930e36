/** `ov audit` */
import type { AuditView } from "../../keeper/protocol.ts";
import type { Cli } from "../command.ts";
import type { Invocation } from "../invocation.ts";
import { parseTimeMs, parseWhole, usageError } from "../parse.ts";
import { count, printable, table } from "../text.ts";

/** Entries that are shown where nothing else is said. */
const LAST = 50;

interface AuditOptions {
  readonly verify?: true | undefined;
  readonly since?: string | undefined;
  readonly last?: string | undefined;
}

/** Builds the command. */
export function build(cli: Cli) {
  return cli.leaf("audit", "Show what was run, read, changed, allowed and refused", [
    "ov audit",
    "ov audit --since 2h --json",
    "ov audit --verify",
  ])
    .description(
      "Show the audit log: who ran, read, changed, allowed or was refused what, by names, never by values. It is sealed, " +
        "and each entry is chained to the one before: nothing is shown unless the whole chain is unbroken.",
    )
    .option("--since <time>", "from then on: 30m, 2h, 7d ago, or a date as 2026-03-01T18:00")
    .option("--last <number>", `so many of the latest; ${LAST} without --since`)
    .option("--verify", "only check the chain, and say how long it is")
    .action((options, command) => cli.runKept(command, (at) => audit(at, options)));
}

/** Shows the log, oldest first, or checks it. */
export async function audit(at: Invocation, options: AuditOptions): Promise<void> {
  const action = "Cannot show the audit log";
  if (options.verify) {
    if (options.since !== undefined || options.last !== undefined) {
      throw usageError(`${action}: --verify checks all of it`, "Leave out --since and --last.");
    }
    const { entries } = await at.keeper.call("audit.verify", {});
    await at.result(
      `The audit log is whole: ${count(entries, "entry", "entries")}, each chained to the one before.\n`,
      {
        entries,
        whole: true,
      },
    );
    return;
  }
  const since = options.since === undefined
    ? null
    : parseTimeMs(options.since, { action, now: at.io.now(), past: true });
  const given = options.last === undefined
    ? null
    : parseWhole(options.last, { action, what: "number of entries", min: 1, max: 1_000_000 });
  const last = given ?? (since === null ? LAST : null);
  const { entries, total } = await at.keeper.call("audit.list", { since, last });
  await at.result(table(entries.map((entry) => line(at, entry))), {
    entries: entries.map(({ at: recordedAt, ...entry }) => ({ recordedAt, ...entry })),
    total,
  });
  if (entries.length === 0) await at.remark(total === 0 ? "Nothing is in the log yet.\n" : "Nothing since then.\n");
  else if (entries.length < total) {
    await at.remark(
      `${count(total - entries.length, "earlier entry", "earlier entries")} not shown (--since, --last).\n`,
    );
  }
}

function line(at: Invocation, { at: time, who, text, alarm }: AuditView): string[] {
  const shown = printable(text);
  return [at.dim(localTime(time)), who, alarm ? at.paint("33", shown, "stdout") : shown];
}

/** `2026-03-01 18:04:05` where the user is. */
function localTime(time: number): string {
  const date = new Date(time);
  const two = (n: number) => String(n).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":")}`;
}
