/** What `ov import` shows: the plan with its reasons, the notes by line, and what to do next. Pure; never a value. */
import type { ImportDone, ImportItem, ImportPlan } from "../keeper/protocol.ts";
import { printable, quoteArgument, table } from "./text.ts";

/** The file's name as it is shown; `stdin` where there is none. */
export function where(plan: ImportPlan): string {
  return plan.path === null ? "stdin" : printable(plan.path.split(/[\\/]/).at(-1)!);
}

/**
 * The list of what is secret and what is a setting, each with its reason, and the lines that read differently.
 * @param paint puts text into an SGR style, or leaves it
 */
export function planText(plan: ImportPlan, paint: (style: string, text: string) => string): string {
  const head = ["NAME", "LINE", "TAKEN FOR", "BECAUSE"].map((cell) => paint("1", cell));
  const rows = plan.items.map((item) => [
    printable(item.name),
    item.line === 0 ? "" : `${item.line}`,
    item.problem === null ? item.kind : "nothing",
    [printable(item.problem ?? item.reason), ...remarks(item)].join("; "),
  ]);
  let text = plan.items.length === 0 ? `${where(plan)} holds no variables.\n` : table([head, ...rows]);
  for (const note of plan.notes) text += `line ${note.line}: ${printable(note.message)}\n`;
  return `${text}\n`;
}

function remarks(item: ImportItem): string[] {
  const out: string[] = [];
  if (item.kind === "secret" && item.problem === null && !item.maskable) out.push("too short or common to be masked");
  if (item.state === "changed") out.push("replaces another value in the vault");
  if (item.state === "same") out.push("already in the vault");
  return out;
}

/**
 * The lines to go on with.
 * @param offered whether `.ov.yaml` names the secrets, so that `--secrets` is not needed
 */
export function nextSteps(plan: ImportPlan, done: ImportDone, offered: boolean): string {
  const names = done.imported.map((one) => quoteArgument(one.name)).join(",");
  const flags = offered ? "" : ` --app ${done.target.app} --env ${done.target.env} --secrets ${names}`;
  const wrangler = plan.path !== null && where(plan).startsWith(".dev.vars");
  return "Next:\n" + table([
    [`  ov run${flags} -- ${wrangler ? "wrangler dev" : "npm test"}`, "use them yourself"],
    ["  claude mcp add ov -- ov mcp", "let an agent use them without seeing them"],
  ]) + '  Any MCP client: {"mcpServers": {"ov": {"command": "ov", "args": ["mcp"]}}}\n';
}
