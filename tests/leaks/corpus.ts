/** The corpus: every case with its name and a fresh value. */
import type { Case, Group } from "./case.ts";
import { ARGUMENTS, PATHS } from "./cases/arguments.ts";
import { CANARY } from "./cases/canary.ts";
import { COMMAND_LINE } from "./cases/cli.ts";
import { COMPRESS } from "./cases/compress.ts";
import { EDITED_PACKAGES, EDITED_SCRIPTS, LIFECYCLE } from "./cases/edited.ts";
import { ENCODE } from "./cases/encode.ts";
import { ERRORS } from "./cases/errors.ts";
import { HOOKS } from "./cases/hooks.ts";
import { MADE_UP_CASES } from "./cases/made_up.ts";
import { MCP } from "./cases/mcp.ts";
import { NEST } from "./cases/nest.ts";
import { ORACLES } from "./cases/oracles.ts";
import { PRINT } from "./cases/print.ts";
import { PROCESSES } from "./cases/processes.ts";
import { SLICE } from "./cases/slice.ts";
import { SPLIT } from "./cases/split.ts";
import { WRITE_READ } from "./cases/write_read.ts";
import { makeValue } from "./values.ts";

/** Every group, in the order of the table. */
export const GROUPS: readonly Group[] = [
  { name: "print", cases: PRINT },
  { name: "encode", cases: ENCODE },
  { name: "nest", cases: NEST },
  { name: "compress", cases: COMPRESS },
  { name: "split", cases: SPLIT },
  { name: "slice", cases: SLICE },
  { name: "write-then-read", cases: WRITE_READ },
  { name: "error", cases: ERRORS },
  { name: "process", cases: PROCESSES },
  { name: "loader hook", cases: HOOKS },
  { name: "PATH", cases: PATHS },
  { name: "edited script", cases: EDITED_SCRIPTS },
  { name: "edited package.json", cases: EDITED_PACKAGES },
  { name: "lifecycle script", cases: LIFECYCLE },
  { name: "argument", cases: ARGUMENTS },
  { name: "MCP", cases: MCP },
  { name: "command line", cases: COMMAND_LINE },
  { name: "canary", cases: CANARY },
  { name: "made-up", cases: MADE_UP_CASES },
  { name: "oracle", cases: ORACLES },
];

/** A case with a secret. */
export interface Armed {
  readonly group: string;
  readonly case: Case;
  /** Name of its secret. */
  readonly name: string;
  readonly value: string;
}

/** Gives every case its secret: a name that tells where it belongs, and a value that never was before. */
export function arm(groups: readonly Group[] = GROUPS): Armed[] {
  return groups.flatMap(({ name: group, cases }) =>
    cases.map((one) => ({
      group,
      case: one,
      name: `${group}_${one.id}`.toUpperCase().replace(/[^A-Z0-9]/g, "_"),
      value: makeValue(one.value),
    }))
  );
}

/** `KEY` as the secret's name, `HERE` as the case's folder. */
export function named(text: string, name: string, here: string): string {
  // In one pass: the name of a case may itself hold HERE.
  return text.replace(/(?<![A-Za-z_])KEY(?![A-Za-z_])|HERE/g, (found) => found === "KEY" ? name : here);
}

/** A group's name as the name of a folder or an env. */
export function slug(group: string): string {
  return group.toLowerCase().replace(/[^a-z0-9]+/g, "-");
}
