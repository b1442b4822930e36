/**
 * `deno task leaks [--no-peers] [--only=TOOL] [--json] [GROUP or GROUP/CASE]…`: runs the leak corpus through `ov` and its peers in one
 * run, and prints how much of each value an attacker recovers by their own decoding. Ends with 1 where `ov` lets out more
 * than a case says may come out.
 */
import { join } from "node:path";
import { arm, type Armed, GROUPS } from "../tests/leaks/corpus.ts";
import { isFault, LEAK_TEXT, type Result, runCorpus } from "../tests/leaks/run.ts";
import { Control } from "../tests/leaks/tools/control.ts";
import { missingPrograms } from "../tests/leaks/tools/tool.ts";
import { Ov } from "../tests/leaks/tools/ov.ts";
import { PEERS } from "../tests/leaks/tools/peers.ts";
import type { Tool } from "../tests/leaks/tools/tool.ts";

/** What one tool did. */
interface Column {
  readonly name: string;
  readonly results: readonly Result[];
}

if (import.meta.main) {
  const flags = new Set(Deno.args.filter((arg) => arg.startsWith("--")));
  const wanted = Deno.args.filter((arg) => !arg.startsWith("--"));
  const all = arm().filter((at) =>
    wanted.length === 0 || wanted.some((name) => `${at.group}/${at.case.id}`.startsWith(name))
  );
  const missing = await missingPrograms(all);
  const armed = all.filter((at) => !(at.case.needs ?? []).some((program) => missing.has(program)));
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "ov-leaks-" }));
  const columns: Column[] = [];
  try {
    const only = [...flags].find((flag) => flag.startsWith("--only="))?.slice("--only=".length);
    const starts: [string, () => Promise<Tool>][] = [
      ["no tool", () => Promise.resolve(new Control())],
      ["ov", () => Ov.start()],
      ...flags.has("--no-peers")
        ? []
        : PEERS.map(({ name, start }): [string, () => Promise<Tool>] => [name, () => start(root)]),
    ];
    for (const [name, start] of starts) {
      if (only !== undefined && name !== only) continue;
      columns.push(await column(await start(), armed, join(root, name.replace(/\W/g, "-"))));
    }
  } finally {
    await Deno.remove(root, { recursive: true });
  }
  console.log(flags.has("--json") ? JSON.stringify(columns.map(plainColumn)) : table(columns));
  if (missing.size > 0) {
    console.log(`Not on this machine: ${[...missing].join(", ")}; ${all.length - armed.length} cases left out.`);
  }
  const faults = columns.find(({ name }) => /^ov\b/.test(name))?.results.filter(isFault) ?? [];
  for (const { at, share } of faults) {
    console.log(`ov leaks: ${at.group}/${at.case.id} (${at.case.attacker}): ${percent(share!)} of the value`);
  }
  if (faults.length > 0) Deno.exit(1);
}

async function column(tool: Tool, armed: readonly Armed[], root: string): Promise<Column> {
  const name = `${tool.name} ${tool.version}`.trim();
  const started = performance.now();
  try {
    const results = await runCorpus(tool, armed, root);
    console.error(`${name}: ${results.length} cases in ${Math.round((performance.now() - started) / 1000)} s`);
    return { name, results };
  } finally {
    await tool[Symbol.asyncDispose]();
  }
}

/** A row for each group: cases, then for each tool how many leaked of those that compare. */
function table(columns: readonly Column[]): string {
  const head = ["group", "cases", ...columns.map(({ name }) => name)];
  const rows = GROUPS.filter(({ name }) => columns[0]!.results.some(({ at }) => at.group === name)).map(({ name }) => [
    name,
    String(columns[0]!.results.filter(({ at }) => at.group === name).length),
    ...columns.map(({ results }) => counted(results.filter(({ at }) => at.group === name))),
  ]);
  const total = ["all", String(columns[0]!.results.length), ...columns.map(({ results }) => counted(results))];
  const stoppable = columns[0]!.results.filter(({ at }) => at.case.may === undefined).length;
  const must = [
    "that must not leak",
    String(stoppable),
    ...columns.map(({ results }) => counted(results.filter(({ at }) => at.case.may === undefined))),
  ];
  const lines = [head, head.map(() => "---"), ...rows, total, must].map((row) => `| ${row.join(" | ")} |`);
  return `${lines.join("\n")}\n\n${LEAK_TEXT}\n`;
}

function counted(results: readonly Result[]): string {
  const compared = results.filter(({ share }) => share !== null);
  if (compared.length === 0) return "–";
  const leaked = compared.filter((result) => result.leaked).length;
  return compared.length === results.length ? String(leaked) : `${leaked} of ${compared.length}`;
}

function plainColumn({ name, results }: Column): unknown {
  return {
    name,
    cases: results.map(({ at, share, leaked }) => ({
      case: `${at.group}/${at.case.id}`,
      share,
      leaked,
      may: at.case.may ?? null,
    })),
  };
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
