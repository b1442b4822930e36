/** `ov import`, also `ov secret import` */
import { Option } from "@commander-js/extra-typings";
import type { ImportDone, ImportItem, ImportPlan } from "../../keeper/protocol.ts";
import { OvError } from "../../base/mod.ts";
import type { Cli } from "../command.ts";
import { isOffered, nextSteps, planText, REPLACES, where } from "../import_text.ts";
import type { Invocation } from "../invocation.ts";
import { usageError } from "../parse.ts";
import { count, printable } from "../text.ts";

/** Options of `ov import`. */
export interface ImportOptions {
  readonly all?: true | undefined;
  readonly only?: string | undefined;
  readonly yes?: true | undefined;
  readonly replace?: true | undefined;
  readonly dryRun?: true | undefined;
  readonly format: "auto" | "dotenv" | "json";
  readonly rewrite?: boolean | undefined;
  readonly projectFile: boolean;
}

const ACTION = "Cannot import";

/**
 * Builds the command.
 * @param group where it stands in a group, that group's name
 */
export function build(cli: Cli, group = "") {
  const name = `ov ${group === "" ? "" : `${group} `}import`;
  return cli.leaf("import", "Move the secrets of a file such as .dev.vars into the vault", [
    `${name} .dev.vars`,
    `${name} .dev.vars --dry-run`,
    `${name} .env --only STRIPE_SECRET_KEY,DATABASE_URL --yes`,
  ])
    .description(
      "Move the secrets of a file into the vault: .dev.vars, .env or JSON, read exactly as Wrangler reads it, or - for " +
        "stdin. Shows what it takes for a secret and what for a setting, with the reason, and lets you change it. " +
        "Then rewrites the file so that it holds only the settings. A file .dev.vars.staging goes into the env " +
        "staging. A value that the vault holds gives way to a different one only where you say so: asked, by --replace, " +
        "or by having chosen the app (--app, OV_APP, .ov.yaml). A failed import changes neither file nor vault.",
    )
    .argument("[file]", "the file, or - for stdin", ".dev.vars")
    .option("--all", "import settings as well")
    .option("--only <names>", "import only these, as A,B")
    .option("--yes", "do not ask: import what is taken for a secret, rewrite the file")
    .option("--replace", "let values that differ take the place of those in the vault")
    .option("--dry-run", "only show names and what would happen")
    .addOption(
      new Option("--format <format>", "how to read it").choices(["auto", "dotenv", "json"] as const).default(
        "auto" as const,
      ),
    )
    .option("--rewrite", "take the imported secrets out of the file without asking")
    .option("--no-rewrite", "leave the file as it is")
    .option("--no-project-file", "do not write .ov.yaml")
    .action((file, options, command) => cli.runKept(command, (at) => importFile(at, file, options)));
}

/** Plans, lets the person choose, applies. */
export async function importFile(at: Invocation, file: string, options: ImportOptions): Promise<void> {
  if (options.all && options.only !== undefined) {
    throw usageError(`${ACTION}: --all and --only exclude each other`, "Use one of them.");
  }
  const decided = options.yes === true || options.all === true || options.only !== undefined;
  const asks = options.yes !== true && at.canAsk && file !== "-";
  if (!decided && !asks && !options.dryRun) {
    throw new OvError("usage/no-terminal", `${ACTION}: what to import must be chosen and nobody can be asked`, {
      hint: "Add --yes to import what is taken for a secret, or --all, --only A,B or --dry-run.",
    });
  }
  const plan = await at.keeper.call("import.plan", {
    source: file === "-" ? { kind: "stdin" } : { kind: "file", path: file },
    format: options.format,
    dryRun: options.dryRun === true,
  });
  await at.remark(planText(plan, (style, text) => at.paint(style, text, "stderr")));
  for (const warning of plan.warnings) await at.warn(printable(warning));
  const names = asks && !decided && !options.dryRun ? await tick(at, plan) : chosen(plan, options);
  if (options.dryRun) return await showDryRun(at, plan, names, options);
  if (names.length === 0) {
    await at.done("Nothing to import; nothing was changed.\n", doneDocument(nothing(plan), plan));
    return;
  }
  const replace = await decideReplace(at, plan, names, options, asks);
  const rewrite = await decideRewrite(at, plan, names, options, asks);
  const projectFile = options.projectFile && plan.projectFile === null && plan.path !== null;
  const done = await at.keeper.call("import.apply", { planId: plan.planId, names, rewrite, projectFile, replace });
  await report(at, plan, done);
}

function possible(plan: ImportPlan): readonly ImportItem[] {
  return plan.items.filter((item) => item.problem === null);
}

function chosen(plan: ImportPlan, options: ImportOptions): readonly string[] {
  if (options.all) return possible(plan).map((item) => item.name);
  if (options.only === undefined) {
    return possible(plan).filter((item) => item.kind === "secret").map((item) => item.name);
  }
  const wanted = [...new Set(options.only.split(",").map((name) => name.trim()).filter((name) => name !== ""))];
  if (wanted.length === 0) throw usageError(`${ACTION}: the list of names is empty`, "Give names as A,B,C.");
  for (const name of wanted) {
    const item = plan.items.find((one) => one.name === name);
    if (item === undefined) {
      throw usageError(`${ACTION}: "${name}" is not in ${where(plan)}`, "See the names with --dry-run.");
    }
    if (item.problem !== null) throw usageError(`${ACTION} "${name}": ${item.problem}`);
  }
  return possible(plan).filter((item) => wanted.includes(item.name)).map((item) => item.name);
}

async function tick(at: Invocation, plan: ImportPlan): Promise<readonly string[]> {
  if (possible(plan).length === 0) return [];
  return await at.io.tick(
    `Import into ${printable(plan.target.app)}/${printable(plan.target.env)} (the rest stays in the file):`,
    plan.items.map((item) => ({
      value: item.name,
      label: `${printable(item.name)}  ${printable(item.reason)}${item.state === "changed" ? `; ${REPLACES}` : ""}`,
      checked: item.kind === "secret" && item.problem === null,
      ...(item.problem === null ? {} : { disabled: `(${printable(item.problem)})` }),
    })),
  );
}

function replacedBy(plan: ImportPlan, names: readonly string[]): readonly string[] {
  return plan.items.filter((item) => item.state === "changed" && names.includes(item.name)).map(({ name }) => name);
}

/**
 * Whether values in the vault may give way to different ones: said, asked, or meant because the app was chosen. Where it
 * is a default or the project's name, a second project's value would silently take the first one's place; the keeper
 * refuses that.
 */
async function decideReplace(
  at: Invocation,
  plan: ImportPlan,
  names: readonly string[],
  options: ImportOptions,
  asks: boolean,
): Promise<boolean> {
  const replaced = replacedBy(plan, names);
  if (options.replace === true || replaced.length === 0 || !asks) return options.replace === true || plan.chosen;
  const target = `${printable(plan.target.app)}/${printable(plan.target.env)}`;
  const question = `${target} holds another value of ${replaced.map(printable).join(", ")}. Replace it?`;
  if (await at.io.confirm(question, plan.chosen)) return true;
  throw new OvError("io/interrupted", `${ACTION}: not confirmed, nothing was changed`);
}

async function decideRewrite(
  at: Invocation,
  plan: ImportPlan,
  names: readonly string[],
  options: ImportOptions,
  asks: boolean,
): Promise<boolean> {
  if (!plan.rewritable) {
    if (options.rewrite === true) {
      throw usageError(`${ACTION}: ${where(plan)} cannot be rewritten`, "Only dotenv files can; leave --rewrite out.");
    }
    return false;
  }
  if (options.rewrite !== undefined) return options.rewrite;
  if (options.yes) return true;
  if (!asks) return false;
  return await at.io.confirm(`Take ${count(names.length, "secret")} out of ${where(plan)}?`, true);
}

async function showDryRun(
  at: Invocation,
  plan: ImportPlan,
  names: readonly string[],
  options: ImportOptions,
): Promise<void> {
  const target = `${printable(plan.target.app)}/${printable(plan.target.env)}`;
  // What is decided by --all or --only alone is rewritten only where somebody can be asked.
  const decided = options.all === true || options.only !== undefined;
  const rewrite = plan.rewritable && names.length > 0 &&
    (options.rewrite ?? (options.yes === true || !decided || at.canAsk));
  const replaced = replacedBy(plan, names);
  let text = `Would import ${names.length} of ${plan.items.length} into ${target}` +
    `${plan.targetExists === false ? " (which it would create)" : ""}: ${names.map(printable).join(", ") || "none"}\n`;
  if (replaced.length > 0) {
    const leave = plan.chosen || options.replace ? "" : ", which --replace must allow";
    text += `Would replace another value of ${replaced.map(printable).join(", ")}${leave}.\n`;
  } else if (plan.targetExists === null) {
    text += "What the vault holds already was not looked at; with a password file it is.\n";
  }
  if (rewrite) text += `Would ${options.yes || options.rewrite ? "" : "offer to "}take them out of ${where(plan)}.\n`;
  const { planId: _, chosen: targetChosen, ...shown } = plan;
  await at.result(`${text}Nothing was changed.\n`, {
    dryRun: true,
    ...shown,
    targetChosen,
    wouldImport: names,
    wouldReplace: plan.targetExists === null ? null : replaced,
    wouldRewrite: rewrite,
  });
}

async function report(at: Invocation, plan: ImportPlan, done: ImportDone): Promise<void> {
  const target = `${printable(done.target.app)}/${printable(done.target.env)}`;
  const stuck = plan.items.filter((item) => item.problem !== null).length;
  const settings = done.settings.length - stuck;
  const parts = [
    ...settings > 0 ? [`${settings} left as settings`] : [],
    ...stuck > 0 ? [`${stuck} can not be imported, see above`] : [],
  ];
  const left = parts.length === 0 ? "" : ` (${parts.join("; ")})`;
  let text = `Imported ${done.imported.length} of ${done.total} into ${target}${left}\n`;
  const same = done.imported.filter((one) => !one.changed).length;
  if (same > 0) text += `${count(same, "secret")} already stood there with the same value.\n`;
  const replaced = done.imported.filter((one) => one.replaced).map(({ name }) => printable(name));
  if (replaced.length > 0) {
    text += `Replaced another value of ${replaced.join(", ")}; ov secret history has the earlier one.\n`;
  }
  if (done.rewritten) text += `Rewrote ${where(plan)}: it holds no imported secret any more.\n`;
  else if (plan.path !== null) text += `${where(plan)} still holds the plaintext.\n`;
  if (done.projectFileWritten !== null) text += `Wrote ${printable(done.projectFileWritten)}.\n`;
  await at.done(`${text}\n${nextSteps(plan, done, isOffered(plan, done, at.context))}`, doneDocument(done, plan));
  for (const warning of done.warnings) await at.warn(printable(warning));
}

function doneDocument(done: ImportDone, plan: ImportPlan): unknown {
  return { dryRun: false, path: plan.path, ...done, notes: plan.notes, warnings: [...plan.warnings, ...done.warnings] };
}

function nothing(plan: ImportPlan): ImportDone {
  return {
    target: plan.target,
    created: false,
    imported: [],
    settings: plan.items.map((item) => item.name),
    total: plan.items.length,
    rewritten: false,
    projectFileWritten: null,
    warnings: [],
  };
}
