/** `ov grant add|list|show|revoke` */
import type { Cli } from "../command.ts";
import { grantText } from "../consent_text.ts";
import type { Invocation } from "../invocation.ts";
import { parseDurationMs, parseNames, parseTimeMs, usageError } from "../parse.ts";
import { printable } from "../text.ts";
import { build as buildShow } from "./grant_show.ts";

interface AddOptions {
  readonly secrets: string;
  readonly once?: true | undefined;
  readonly for?: string | undefined;
  readonly until?: string | undefined;
  readonly tree?: readonly string[] | undefined;
}

/** Builds the group. */
export function build(cli: Cli) {
  return cli.group("grant", "Consent to commands beforehand", [add(cli), list(cli), buildShow(cli), revoke(cli)]);
}

function add(cli: Cli) {
  return cli.leaf("add", "Let a command have secrets without asking; asks for the master password", [
    "ov grant add --secrets STRIPE_SECRET_KEY -- node scripts/test-stripe-webhook.js",
    "ov grant add --secrets DATABASE_URL --for 8h -- npm test",
    "ov grant add --secrets API_KEY --tree src -- node src/main.js {account}",
  ])
    .description(
      "Let a command have secrets without asking. The grant holds for exactly these arguments in this directory, and " +
        "as long as the program and the files that it loads stay as they are. An argument {name} stands for any one " +
        "that is no option. With --tree, every file below a folder counts that git tracks or would track (without " +
        "git, every file; at most 20000). The master password must be typed on the terminal.",
    )
    .usage("--secrets <names> [options] [--] <command> [argument...]")
    .argument("[command...]", "program and arguments, exactly as they will be run")
    .requiredOption("--secrets <names>", "secrets that the command gets, as A,B")
    .option("--once", "for one run only")
    .option("--for <duration>", "until that time has passed, as 30m, 8h or 7d")
    .option("--until <time>", "until then, as 2026-03-01T18:00")
    .option("--tree <folder>", "bind every file below it; can be repeated", collect)
    .passThroughOptions()
    .action((argv, options, command) => cli.runKept(command, (at) => addGrant(at, argv, options)));
}

function list(cli: Cli) {
  return cli.leaf("list", "List the grants of the environment", ["ov grant list"])
    .action((_options, command) => cli.runKept(command, listGrants));
}

function revoke(cli: Cli) {
  return cli.leaf("revoke", "Take a grant back", ["ov grant revoke 3f2a81c0"])
    .argument("<id>", "as ov grant list shows it")
    .action((id, _options, command) => cli.runKept(command, (at) => revokeGrant(at, id)));
}

/** An option that can be repeated. */
function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...before ?? [], value];
}

/** Adds a grant; the keeper asks for the password. */
export async function addGrant(at: Invocation, argv: readonly string[], options: AddOptions): Promise<void> {
  const action = "Cannot add a grant";
  if (argv.length === 0 || argv[0] === "") {
    throw usageError(`${action}: no command was given`, "Write it behind two hyphens, exactly as it will be run.");
  }
  if ([options.once, options.for, options.until].filter((option) => option !== undefined).length > 1) {
    throw usageError(
      `${action}: --once, --for and --until exclude each other`,
      "Use one of them; without any it stays.",
    );
  }
  const secrets = parseNames(options.secrets, action);
  const now = at.io.now();
  const until = options.until !== undefined
    ? parseTimeMs(options.until, { action, now, past: false })
    : options.for === undefined
    ? null
    : now + parseDurationMs(options.for, action);
  const use = options.once ? "once" : until === null ? "always" : "until";
  const { grant, warnings } = await at.keeper.call("grant.add", {
    argv,
    secrets,
    use,
    until,
    ...(options.tree === undefined ? {} : { trees: options.tree }),
  });
  await at.done(grantText(grant, at.io.now()), { grant, warnings });
  for (const warning of warnings) await at.warn(printable(warning));
}

/** Lists grants, a block each. */
export async function listGrants(at: Invocation): Promise<void> {
  const { grants } = await at.keeper.call("grant.list", {});
  const now = at.io.now();
  await at.result(grants.map((grant) => grantText(grant, now)).join("\n"), { grants });
  const { app, env } = at.context;
  if (grants.length === 0) await at.remark(`No grants in ${printable(app)}/${printable(env)}.\n`);
}

/** Revokes a grant. */
export async function revokeGrant(at: Invocation, id: string): Promise<void> {
  await at.keeper.call("grant.revoke", { id });
  await at.done(`Revoked ${printable(id)}.\n`, { id });
}
