/** `ov secret …`: the group; each subcommand has a file of its own or a place in `secret_versions.ts`. */
import type { Cli } from "../command.ts";
import { build as buildImport } from "./import.ts";
import { build as buildCanary } from "./secret_canary.ts";
import { build as buildGet } from "./secret_get.ts";
import { build as buildGenerate } from "./secret_generate.ts";
import { build as buildList } from "./secret_list.ts";
import { build as buildSet } from "./secret_set.ts";
import { buildHistory, buildRestore, buildRm } from "./secret_versions.ts";

/** Builds the group. */
export function build(cli: Cli) {
  return cli.group("secret", "Set, list, read, remove and generate secrets", [
    buildSet(cli),
    buildList(cli),
    buildGet(cli),
    buildRm(cli),
    buildHistory(cli),
    buildRestore(cli),
    buildGenerate(cli),
    buildCanary(cli),
    buildImport(cli, "secret"),
  ]);
}
