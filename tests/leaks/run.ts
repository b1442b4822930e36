/** Runs the corpus with a tool and scores what the attacker recovers. */
import { dirname, join } from "node:path";
import { type Armed, named, slug } from "./corpus.ts";
import { latin1, type Output, type Seen } from "./decode.ts";
import { LEAK_SHARE, recovered } from "./score.ts";
import { attackersEnvironment, type Placed, plainEnvironment, spawn, type Tool } from "./tools/tool.ts";

/** What came of one case. */
export interface Result {
  readonly at: Armed;
  /** Share of the value that the attacker holds; `null` where the tool cannot be compared. */
  readonly share: number | null;
  /** It is more than chance and the documented short pieces give. */
  readonly leaked: boolean;
  /** What they saw, to find out why. */
  readonly seen: Seen | null;
}

/** Cases at the same time: most wait for a process. */
const AT_ONCE = 4;

/**
 * Runs cases with a tool, each in a folder of its own below `root`.
 *
 * @param tell called after each case
 */
export async function runCorpus(
  tool: Tool,
  armed: readonly Armed[],
  root: string,
  tell: (result: Result) => void = () => {},
): Promise<Result[]> {
  const placed = armed.map((at) => ({ ...at, folder: join(root, slug(at.group), at.case.id) }));
  for (const at of placed) await writeFiles(at, at.case.files ?? {});
  await tool.prepare(placed);
  const results: Result[] = [];
  const rest = [...placed.entries()];
  const work = async (): Promise<void> => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) {
      const [index, at] = next;
      const seen = await attack(tool, at);
      const share = seen === null ? null : recovered(at.value, at.case.decode(seen));
      const result = { at, share, leaked: (share ?? 0) > LEAK_SHARE, seen };
      results[index] = result;
      tell(result);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
}

/** Whether more came out than may. */
export function isFault({ at, share }: Result): boolean {
  return share !== null && share > Math.max(LEAK_SHARE, at.case.may?.share ?? 0);
}

async function attack(tool: Tool, at: Placed): Promise<Seen | null> {
  if (at.case.surface !== undefined) {
    const outputs = await tool.surface(at);
    return outputs === null ? null : { outputs, files: {} };
  }
  const here = (argv: readonly string[]): string[] => argv.map((arg) => named(arg, at.name, at.folder));
  const own = async (argv: readonly string[]): Promise<Output> =>
    await spawn(here(argv), {
      cwd: at.folder,
      env: { ...await plainEnvironment(at.folder), ...attackersEnvironment(at) },
    });
  if (at.case.make !== undefined) await own(at.case.make);
  if (at.case.granted !== undefined) {
    await tool.allow?.(at, here(at.case.granted));
    await writeFiles(at, at.case.edit ?? {});
  }
  const outputs: Output[] = [];
  for (const step of at.case.steps) {
    if ("during" in step) outputs.push(...await Promise.all([tool.run(at, here(step.during), false), own(step.own)]));
    else if ("own" in step) outputs.push(await own(step.own));
    else if ("bare" in step) outputs.push(await tool.run(at, here(step.bare), true));
    else outputs.push(await tool.run(at, here(step as readonly string[]), false));
  }
  const files: Record<string, string> = {};
  for (const path of at.case.reads ?? []) {
    files[path] = await Deno.readFile(join(at.folder, path)).then(latin1, () => "");
  }
  return { outputs, files };
}

async function writeFiles(at: Placed, files: Readonly<Record<string, string | null>>): Promise<void> {
  await Deno.mkdir(at.folder, { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    const full = join(at.folder, path);
    await Deno.mkdir(dirname(full), { recursive: true });
    if (text === null) await Deno.remove(full);
    else {await Deno.writeTextFile(full, named(text, at.name, at.folder), {
        mode: isExecutable(at, path) ? 0o755 : 0o644,
      });}
  }
}

function isExecutable(at: Placed, path: string): boolean {
  return at.case.executable?.includes(path) === true;
}

/** What the numbers of the table are. */
export const LEAK_TEXT =
  "Numbers are cases in which the attacker's own decoding gave more than 30 % of a value that was made for the case; " +
  "`–` is not comparable.";
