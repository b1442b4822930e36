/** `ov doctor` */
import { EXIT } from "../../base/mod.ts";
import type { DoctorCheck } from "../../keeper/protocol.ts";
import type { Cli } from "../command.ts";
import type { Invocation } from "../invocation.ts";
import { count, printable } from "../text.ts";

/** Builds the command. */
export function build(cli: Cli) {
  return cli.leaf("doctor", "Check this machine and the vault", ["ov doctor"])
    .description(
      "Check this machine and the vault, and say what to do about what was found. Exit status 1 on a problem.",
    )
    .action((_options, command) => cli.runKept(command, doctor));
}

const STYLES: Readonly<Record<DoctorCheck["result"], string>> = { ok: "32", warning: "33", problem: "31" };

/** Asks for the checks and shows them; the status is 1 where one is a problem. */
export async function doctor(at: Invocation): Promise<number> {
  const { checks } = await at.keeper.call("doctor", {});
  const width = Math.max(...checks.map((check) => check.name.length), 0);
  let text = "";
  for (const check of checks) {
    const mark = at.paint(STYLES[check.result], check.result.padEnd(7), "stdout");
    text += `${mark}  ${printable(check.name).padEnd(width)}  ${printable(check.message)}\n`;
    if (check.hint !== null) text += `${" ".repeat(9)}${" ".repeat(width)}  ${printable(check.hint)}\n`;
  }
  const problems = checks.filter((check) => check.result === "problem").length;
  const warnings = checks.filter((check) => check.result === "warning").length;
  await at.result(text, { checks, problems, warnings });
  await at.say(`\n${count(problems, "problem")}, ${count(warnings, "warning")}\n`);
  return problems > 0 ? EXIT.internal : EXIT.success;
}
