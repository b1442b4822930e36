/** What `ov import` shows: the plan with its reasons, the notes by line, and what to do next. Pure; never a value. */
import type { Context, ImportDone, ImportItem, ImportPlan } from "../keeper/protocol.ts";
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

/** Said of an entry whose name has another value in the vault. */
export const REPLACES = "replaces another value in the vault";

function remarks(item: ImportItem): string[] {
  const out: string[] = [];
  if (item.kind === "secret" && item.problem === null && !item.maskable) out.push("too short or common to be masked");
  if (item.state === "changed") out.push(REPLACES);
  if (item.state === "same") out.push("already in the vault");
  return out;
}

/**
 * Whether `ov run` in this directory gets what was imported without being told: by the `.ov.yaml` that the import wrote,
 * or by one that names this env and every one of these secrets.
 * @param context before the import
 */
export function isOffered(plan: ImportPlan, done: ImportDone, context: Context): boolean {
  if (done.projectFileWritten !== null) return true;
  return plan.projectFile !== null && plan.projectFile === context.projectFile &&
    context.app === done.target.app && context.env === done.target.env &&
    done.imported.every(({ name }) => context.secrets.includes(name));
}

/** The lines to go on with. @param offered as {@link isOffered} */
export function nextSteps(plan: ImportPlan, done: ImportDone, offered: boolean): string {
  const names = done.imported.map((one) => quoteArgument(one.name)).join(",");
  const flags = offered ? "" : ` --app ${done.target.app} --env ${done.target.env} --secrets ${names}`;
  const wrangler = plan.path !== null && where(plan).startsWith(".dev.vars");
  return "Next:\n" + table([
    [`  ov run${flags} -- ${wrangler ? "wrangler dev" : "npm test"}`, "use them yourself"],
    ["  claude mcp add ov -- ov mcp", "let an agent use them without seeing them"],
  ]) + '  Any MCP client: {"mcpServers": {"ov": {"command": "ov", "args": ["mcp"]}}}\n';
}
