/** `ov secret generate` */
import { Option } from "@commander-js/extra-typings";
import type { Generate } from "../../keeper/protocol.ts";
import type { Cli } from "../command.ts";
import type { Invocation } from "../invocation.ts";
import { parseWhole } from "../parse.ts";
import { printable } from "../text.ts";

const CHARSETS = ["alphanumeric", "hex", "base64url", "ascii"] as const;

/** Builds the command. */
export function build(cli: Cli) {
  return cli.leaf("generate", "Set a secret to a random value that nobody sees", [
    "ov secret generate SESSION_SECRET --length 64 --charset hex",
  ])
    .argument("<name>", "letters, digits and underscores")
    .option("--length <number>", "characters, 8 to 1024", "32")
    .addOption(new Option("--charset <set>", "what it is made of").choices(CHARSETS).default("alphanumeric" as const))
    .action((name, options, command) => cli.runKept(command, (at) => generateSecret(at, name, options)));
}

/** Has the keeper generate a value and store it. */
export async function generateSecret(
  at: Invocation,
  name: string,
  options: { readonly length: string; readonly charset: Generate["charset"] },
): Promise<void> {
  const length = parseWhole(options.length, { action: "Cannot generate", what: "length", min: 8, max: 1024 });
  const generate = { length, charset: options.charset };
  const done = await at.keeper.call("secret.generate", { name, generate });
  const { app, env } = at.context;
  const what = `Generated ${printable(name)} in ${printable(app)}/${printable(env)}`;
  await at.done(`${what} (version ${done.version}, ${length} characters of ${options.charset}).\n`, {
    name,
    app,
    env,
    ...done,
    ...generate,
  });
}
