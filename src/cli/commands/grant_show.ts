/** `ov grant show` */
import { OvError } from "../../base/mod.ts";
import type { GrantView } from "../../keeper/protocol.ts";
import type { Cli } from "../command.ts";
import { nameList } from "../consent_text.ts";
import type { Invocation } from "../invocation.ts";
import { count, printable, quoteCommand, relativeTime } from "../text.ts";

/** Fewest characters that name a grant. */
const MIN_PREFIX = 4;

/** Builds the command. */
export function build(cli: Cli) {
  return cli.leaf("show", "Say in words what a grant allows", ["ov grant show 3f2a81c0"])
    .argument("<id>", "as ov grant list shows it; its first characters will do")
    .action((id, _options, command) => cli.runKept(command, (at) => showGrant(at, id)));
}

/** Says what a grant allows, how long, and how often it was used. */
export async function showGrant(at: Invocation, id: string): Promise<void> {
  const { grants } = await at.keeper.call("grant.list", {});
  const grant = findGrant(grants, id);
  await at.result(grantStory(grant, at.io.now()), { grant });
}

/** The grant of that id, or the only one that begins so. @throws OvError `grant/not-found` */
function findGrant(grants: readonly GrantView[], id: string): GrantView {
  const exact = grants.find((grant) => grant.id === id);
  const begun = id.length < MIN_PREFIX ? [] : grants.filter((grant) => grant.id.startsWith(id));
  const found = exact ?? (begun.length === 1 ? begun[0] : undefined);
  if (found !== undefined) return found;
  throw new OvError(
    "grant/not-found",
    `Cannot show the grant: there is ${begun.length > 1 ? "more than one" : "none"}`,
    {
      hint: "`ov grant list` shows those of this app and env.",
    },
  );
}

/** A grant as a person would tell it to another. */
export function grantStory(grant: GrantView, now: number): string {
  const { secrets, app, env, program, argv, workDir, pins, trees, uses, lastUsedAt, createdAt, id } = grant;
  const open = argv.filter((arg) => /^<[a-z][a-z0-9_-]*>$/.test(arg));
  const lines = [
    `Lets one command have ${nameList(secrets)} of ${printable(app)}/${printable(env)} without asking:`,
    `  ${quoteCommand([program, ...argv])}`,
    `  in ${printable(workDir)}`,
    ...open.map((arg) => `  where ${arg} is any one argument that is no option`),
    "",
    `It holds ${duration(grant, now)}, and only as long as nothing of this changes:`,
    `  ${printable(program)} (the program)`,
    ...pins.map(({ path }) => `  ${printable(path)}`),
    ...trees.map(({ folder, files }) => `  every file below ${printable(folder)} (${count(files, "file")})`),
    "",
    `Given ${relativeTime(createdAt, now)}, ${used(uses, lastUsedAt, now)}.`,
    `Take it back: ov grant revoke ${printable(id.slice(0, 8))}`,
  ];
  return `${lines.join("\n")}\n`;
}

function duration({ use, until }: GrantView, now: number): string {
  if (until !== null && until <= now) return "no more: its time is over";
  const end = until === null ? "" : ` until ${new Date(until).toLocaleString("sv-SE")} (${relativeTime(until, now)})`;
  if (use === "once") return `for one run${end}`;
  if (use === "session") return "for one session of ov mcp";
  return use === "until" ? end.trim() : "from now on";
}

function used(uses: number, lastUsedAt: number | null, now: number): string {
  if (uses === 0 || lastUsedAt === null) return "never used";
  return `used ${uses === 1 ? "once" : `${uses} times`}, last ${relativeTime(lastUsedAt, now)}`;
}
