/** `ov machine-key create|list|revoke` */
import type { MachineKeyView } from "../../keeper/protocol.ts";
import type { Cli } from "../command.ts";
import type { Invocation } from "../invocation.ts";
import { parseDurationMs, usageError } from "../parse.ts";
import { printable, quoteCommand, relativeTime, table } from "../text.ts";

interface CreateOptions {
  readonly output?: string | undefined;
  readonly print?: true | undefined;
  readonly expires?: string | undefined;
  readonly commands?: readonly string[] | undefined;
  readonly allowExport?: true | undefined;
  readonly rotate?: true | undefined;
}

/** Builds the group. */
export function build(cli: Cli) {
  return cli.group("machine-key", "Make keys with which CI and servers open one environment", [
    create(cli),
    list(cli),
    revoke(cli),
  ]);
}

function create(cli: Cli) {
  return cli.leaf("create", "Make a key that opens one environment; asks for the master password", [
    "ov machine-key create ci --env ci --expires 90d --commands 'npm test' --print",
    "ov machine-key create web-1 --env production --commands 'node server.js' --output web-1.key",
  ])
    .description(
      "Make a key that opens one environment without a password: 32 random bytes in a new file of mode 0600, or " +
        "printed once in base64 for a CI store. Who has the key can read that environment, and no other. What ov runs " +
        "with it follows the environment's policy: any command where that is open, else only those of --commands.",
    )
    .argument("<name>", "lower-case letters, digits and inner hyphens")
    .option("--output <file>", "write the key to this new file")
    .option("--print", "print the key in base64 instead")
    .option("--expires <duration>", "refuse it after this time, as 12h or 90d")
    .option("--commands <command>", "a command that it may run, <name> for any argument; again for more", collect)
    .option("--allow-export", "it may also write secrets out, with ov export")
    .option("--rotate", "replace the key of that name, which stops working")
    .action((name, options, command) => cli.runKept(command, (at) => createKey(at, name, options)));
}

function list(cli: Cli) {
  return cli.leaf("list", "List the machine keys of the environment", ["ov machine-key list --env ci"])
    .action((_options, command) => cli.runKept(command, listKeys));
}

function revoke(cli: Cli) {
  return cli.leaf("revoke", "Make a machine key open nothing that is written from now on", [
    "ov machine-key revoke ci --env ci",
  ])
    .description(
      "Remove a machine key and make a new key for the environment; the other machine keys stay good. A bundle that " +
        "was written before still opens with it: write the bundle again, and change the values that it could read.",
    )
    .argument("<name>", "as ov machine-key list shows it")
    .action((name, _options, command) => cli.runKept(command, (at) => revokeKey(at, name)));
}

function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...before ?? [], value];
}

/** Makes a key; the keeper asks for the password, and writes or prints the key itself. */
export async function createKey(at: Invocation, name: string, options: CreateOptions): Promise<void> {
  const action = "Cannot make a machine key";
  if ((options.output === undefined) === (options.print === undefined)) {
    throw usageError(`${action}: it must go to a file or be printed`, "Add --output FILE, or --print for a CI store.");
  }
  const { commands = [] } = options;
  const expiresAt = options.expires === undefined ? null : at.io.now() + parseDurationMs(options.expires, action);
  const made = await at.keeper.call("machine-key.create", {
    name,
    expiresAt,
    commands,
    allowExport: options.allowExport === true,
    rotate: options.rotate === true,
    output: options.output ?? null,
  });
  // A printed key has stdout for itself.
  if (made.output === null) await at.resultBeside(made);
  else {
    const what = `machine key ${printable(name)} of ${printable(made.app)}/${printable(made.env)}`;
    await at.done(`Wrote the ${what} to ${printable(made.output)}.\n`, made);
  }
  const { mode, allowExport } = made.key;
  if (mode !== "open" && commands.length === 0 && !allowExport) {
    await at.warn(
      `It can run nothing yet: add --commands, or let ${printable(made.env)} run anything (ov policy set open).`,
    );
  }
}

/** Lists the keys, a block each. */
export async function listKeys(at: Invocation): Promise<void> {
  const { app, env, keys } = await at.keeper.call("machine-key.list", {});
  const now = at.io.now();
  await at.result(keys.map((key) => keyText(key, now)).join("\n"), { app, env, keys });
  if (keys.length === 0) await at.remark(`No machine keys in ${printable(app)}/${printable(env)}.\n`);
}

/** Revokes a key. */
export async function revokeKey(at: Invocation, name: string): Promise<void> {
  const { app, env, id } = await at.keeper.call("machine-key.revoke", { name });
  await at.done(`Revoked ${printable(name)}; its environment has a new key.\n`, { app, env, id, name });
  await at.remark("A bundle that was written before still opens with it: change the values that it could read.\n");
}

function keyText(key: MachineKeyView, now: number): string {
  const commands = key.mode === "open" ? ["any command"] : key.commands.map((command) => quoteCommand(command));
  return table([
    ["Name", printable(key.name)],
    ["May run", commands[0] ?? "nothing"],
    ...commands.slice(1).map((command) => ["", command]),
    ["May export", key.allowExport ? "yes" : "no"],
    ["Made", relativeTime(key.createdAt, now)],
    ["Ends", key.expiresAt === null ? "never" : relativeTime(key.expiresAt, now)],
  ]);
}
