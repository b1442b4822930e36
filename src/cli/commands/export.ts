/** `ov export` */
import { Option } from "@commander-js/extra-typings";
import type { Cli } from "../command.ts";
import type { Invocation } from "../invocation.ts";
import { parseNames, usageError } from "../parse.ts";
import { count, printable } from "../text.ts";

const FORMATS = ["dotenv", "json", "shell", "docker", "gha"] as const;

interface ExportOptions {
  readonly plain?: true | undefined;
  readonly bundle?: string | undefined;
  readonly format: typeof FORMATS[number];
  readonly output?: string | undefined;
  readonly only?: string | undefined;
  readonly machineKey?: string | undefined;
  readonly fromBundle?: string | undefined;
}

/** Builds the command. */
export function build(cli: Cli) {
  return cli.leaf("export", "Write secrets out: sealed as a bundle, or as plaintext", [
    "ov export --bundle .ov/ci.bundle --env ci",
    "ov export --plain --format dotenv --output .dev.vars",
  ])
    .description(
      "Write secrets out. With --bundle: the sealed records of the environment as one file, which may be committed and " +
        "opens with a machine key alone. With --plain: as plaintext, to stdout or to a new private file; the master " +
        "password must be typed on the terminal at that moment, and only a machine key that was made with " +
        "--allow-export replaces it. The format gha registers the values as masked with a GitHub Actions runner, and " +
        'with --output "$GITHUB_ENV" makes them variables of the following steps.',
    )
    .option("--bundle <file>", "write the sealed records to this file")
    .option("--plain", "write plaintext")
    .addOption(new Option("--format <format>", "how to write it").choices(FORMATS).default("dotenv" as const))
    .option("--output <file>", "write a new file of mode 0600 instead of stdout")
    .option("--only <names>", "only these, as A,B")
    .option("--machine-key <file>", "open the environment with this key (else OV_MACHINE_KEY_FILE, OV_MACHINE_KEY)")
    .option("--from-bundle <file>", "take the secrets from this bundle; needs a machine key")
    .action((options, command) => cli.runKept(command, (at) => exportSecrets(at, options)));
}

/** Has the keeper write the values; the document of `--json` goes to stderr where the values go to stdout. */
export async function exportSecrets(at: Invocation, options: ExportOptions): Promise<void> {
  if (options.bundle !== undefined) return await exportBundle(at, options, options.bundle);
  if (!options.plain) {
    throw usageError(
      "Cannot export: what is written would be readable by everyone who can read it",
      "Add --plain if that is meant; to use secrets without writing them out: ov run.",
    );
  }
  const { machineKey, fromBundle } = options;
  const done = await at.keeper.call("export", {
    format: options.format,
    output: options.output ?? null,
    only: options.only === undefined ? null : parseNames(options.only, "Cannot export"),
    ...(machineKey === undefined ? {} : { machineKey }),
    ...(fromBundle === undefined ? {} : { bundle: fromBundle }),
  });
  for (const name of done.unmasked) {
    await at.warn(`${printable(name)} is too short or too common to be masked by the runner; it was not registered`);
  }
  if (done.output === null) {
    await at.resultBeside(done);
    return;
  }
  const text = `Wrote ${count(done.names.length, "secret")} to ${printable(done.output)} as plaintext.\n`;
  // With gha, stdout speaks to the runner.
  if (options.format === "gha") {
    await at.resultBeside(done);
    await at.remark(text);
  } else await at.done(text, done);
}

async function exportBundle(at: Invocation, options: ExportOptions, file: string): Promise<void> {
  const { plain, output, only, machineKey, fromBundle } = options;
  if ([plain, output, only, machineKey, fromBundle].some((option) => option !== undefined)) {
    throw usageError("Cannot export: --bundle writes the whole environment, sealed", "Use it without other options.");
  }
  const done = await at.keeper.call("export.bundle", { output: file });
  const { app, env, secrets, keys } = done;
  await at.done(
    `Wrote ${printable(app)}/${printable(env)} to ${printable(done.output)}: ${count(secrets, "secret")}, sealed; ` +
      `${count(keys, "machine key opens it", "machine keys open it")}.\n`,
    done,
  );
  if (keys === 0) {
    await at.warn(`Nothing opens it yet: ov machine-key create NAME --env ${printable(env)}, then again.`);
  }
}
