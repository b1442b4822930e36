/** `ov secret set` */
import type { ValueSource } from "../../keeper/protocol.ts";
import { isSecretName, OvError } from "../../base/mod.ts";
import type { Cli } from "../command.ts";
import type { Invocation } from "../invocation.ts";
import { usageError } from "../parse.ts";
import { printable, size } from "../text.ts";

interface SetOptions {
  readonly stdin?: true | undefined;
  readonly file?: string | undefined;
  readonly exact?: true | undefined;
}

/** Builds the command. */
export function build(cli: Cli) {
  return cli.leaf("set", "Set a secret: typed unseen, from stdin, or from a file", [
    "ov secret set STRIPE_SECRET_KEY",
    "pbpaste | ov secret set STRIPE_SECRET_KEY --stdin",
    "ov secret set TLS_KEY --file key.pem --exact",
  ])
    .description(
      "Set a secret: typed unseen on the terminal, from stdin, or from a file. A single line that comes from stdin or " +
        "a file loses its final line break unless --exact is given; all else is kept byte for byte. A value is never " +
        "an argument, because other programs can read arguments and shells keep them.",
    )
    .argument("<name>", "letters, digits and underscores")
    // Taken only to be refused with the reason, never looked at or shown.
    .argument("[value...]", "refused: a value is never an argument")
    .usage("<name> [options]")
    .option("--stdin", "read the value from stdin")
    .option("--file <file>", "read the value from a file")
    .option("--exact", "keep a final line break")
    .action((name, values, options, command) =>
      cli.runKept(command, (at) => setSecret(at, name, values.length, options))
    );
}

/**
 * Sets a secret; the keeper reads the value.
 * @param excess how many arguments stood behind the name: none is allowed
 */
export async function setSecret(at: Invocation, name: string, excess: number, options: SetOptions): Promise<void> {
  const source = sourceOf(name, excess, options);
  const done = await at.keeper.call("secret.set", { name, source });
  const { app, env } = at.context;
  const what = `${done.created ? "Set" : "Replaced"} ${printable(name)} in ${printable(app)}/${printable(env)}`;
  await at.done(`${what} (version ${done.version}, ${size(done.sizeBytes)}).\n`, { name, app, env, ...done });
  if (done.newlineRemoved) {
    await at.remark("The line break at the end was taken off; use --exact to keep it.\n");
  }
  for (const warning of done.warnings) await at.warn(printable(warning));
}

function sourceOf(name: string, excess: number, options: SetOptions): ValueSource {
  // Any of it may be the value, in the wrong place: nothing is repeated.
  if (excess > 0 || name.includes("=")) {
    throw usageError(
      "Cannot set a secret: a value on the command line can be read by other programs and stays in the shell's history",
      "Type it unseen with `ov secret set NAME`, or use --stdin or --file. If it was a real one, replace it.",
    );
  }
  if (!isSecretName(name)) {
    throw new OvError("usage/name", "Cannot set a secret: what was given cannot be its name", {
      hint: "A name is made of letters, digits and underscores, and does not start with a digit.",
    });
  }
  if (options.stdin && options.file !== undefined) {
    throw usageError("Cannot set a secret: --stdin and --file exclude each other", "Use one of them.");
  }
  const exact = options.exact === true;
  if (options.stdin) return { kind: "stdin", exact };
  if (options.file !== undefined) return { kind: "file", path: options.file, exact };
  if (exact) {
    throw usageError(
      "Cannot set a secret: --exact needs --stdin or --file",
      "What is typed has no line feed at its end.",
    );
  }
  return { kind: "terminal" };
}
