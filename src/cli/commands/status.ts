/** `ov status` */
import type { AgentView, CanaryNotice, StatusReport } from "../../keeper/protocol.ts";
import type { Cli } from "../command.ts";
import type { Invocation } from "../invocation.ts";
import { count, printable, relativeTime, size, table } from "../text.ts";
import { agentText } from "./agent_text.ts";

/** Builds the command. */
export function build(cli: Cli) {
  return cli.leaf("status", "Show the vault, the app and the env, and what decided them", ["ov status --json"])
    .description("Show where the vault is, which app and env commands work on, and what decided them. Unlocks nothing.")
    .action((_options, command) => cli.runKept(command, status));
}

const SOURCES: Readonly<Record<StatusReport["context"]["appFrom"], string>> = {
  "flag": "from the command line",
  "environment": "from the environment",
  "project file": "from the project file",
  "user config": "from your default",
  "default": "built-in default",
};

/** Asks for the report and shows it. */
export async function status(at: Invocation): Promise<void> {
  const report = { ...await at.keeper.call("status", {}), ...await at.keeper.call("agent.status", {}) };
  const { context } = report;
  const details = [
    ...(report.formatVersion === null ? [] : [`format ${report.formatVersion}`]),
    ...(report.sizeBytes === null ? [] : [size(report.sizeBytes)]),
  ];
  const rows = [
    ["Version", printable(report.version)],
    ["Vault", `${printable(report.vaultFolder)} (${report.vaultExists ? details.join(", ") : "none yet"})`],
    ["Agent", report.agent === null ? "none" : agentLine(report.agent, at.io.now())],
    ["App", `${printable(context.app)} (${SOURCES[context.appFrom]})`],
    ["Env", `${printable(context.env)} (${SOURCES[context.envFrom]})`],
    ["Project file", context.projectFile === null ? "none" : `${printable(context.projectFile)}${bound(report.bound)}`],
    ...(context.secrets.length === 0 ? [] : [["Offers", context.secrets.map(printable).join(", ")]]),
    ["May start", report.programs === "any" ? "any program" : report.programs.map(printable).join(", ") || "nothing"],
    ...(report.canaries == null ? [] : [["Canaries", canaries(report.canaries, at.io.now())]]),
    ...(report.sheet == null
      ? []
      : [["Recovery", report.sheet ? "an emergency sheet was made" : "no emergency sheet"]]),
    ...(report.remembered === true ? [["Keyring", "an unlock key was remembered (ov unlock --forget)"]] : []),
    ["Sync", report.syncHost === null ? "off" : printable(report.syncHost)],
  ];
  await at.result(table(rows), report);
  if (!report.vaultExists) await at.remark("\nRun `ov init` to make a vault.\n");
}

function agentLine(agent: AgentView, now: number): string {
  return `${agent.locked ? "locked" : "unlocked"}, ${agentText(agent, now).trimEnd()}`;
}

function canaries({ touches, lastAt }: CanaryNotice, now: number): string {
  return `TOUCHED ${count(touches, "time")}, last ${relativeTime(lastAt, now)}: see ov audit`;
}

function bound(is: boolean | null): string {
  if (is === null) return "";
  return is ? ", bound to this directory" : ", not bound to this directory yet";
}
