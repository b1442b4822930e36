/** Every `ov …` that the README writes is one that the parser takes: command, subcommand and options. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { ROOT } from "../../scripts/process.ts";
import { allNodes, type CompletionNode, completionTree } from "../../src/cli/completion_tree.ts";
import { buildProgram } from "../../src/cli/program.ts";
import { Cli } from "../../src/cli/command.ts";
import { FakeIo, FakeKeeper } from "../cli/fake.ts";

const cli = new Cli({ keeper: new FakeKeeper({}), io: new FakeIo(), version: "1.2.3" });
const nodes = allNodes(completionTree(await buildProgram(cli, "all")));
const readme = await Deno.readTextFile(join(ROOT, "README.md"));

/** What stands in code: the lines of its blocks, less what `ov` printed there, and what stands between backticks. */
function commandsOf(text: string): string[] {
  const blocks = text.match(/^```(?:sh|console|yaml|dockerfile|ini)\n[\s\S]*?^```/gm) ?? [];
  const lines = blocks.flatMap((block) => block.replaceAll("\\\n", " ").split("\n"))
    .filter((line) => !/^(?:ov|hint): /.test(line));
  const inline = text.replace(/^```[\s\S]*?^```/gm, "").match(/`[^`]+`/g)?.map((code) => code.slice(1, -1)) ?? [];
  return [...lines, ...inline].flatMap((line) => line.split("; "))
    .map((line) => /(?:^|[\s/])(ov [a-z].*)$/.exec(line.replace(/ +# .*$/, ""))?.[1])
    .filter((line) => line !== undefined);
}

/** `a|b` in a table stands for both. */
function alternatives(line: string): string[] {
  const found = /(\S+?)\\?\|(\S+)/.exec(line.replaceAll("\\|", "|"));
  if (found === null) return [line];
  const words = found[0].split("|");
  return words.flatMap((word) => alternatives(line.replaceAll("\\|", "|").replace(found[0], word)));
}

/** @returns what is wrong with the line; `null` where nothing is */
function fault(line: string): string | null {
  const words = line.split(/\s+/).slice(1).map((word) => word.replace(/^\[|[\],.]+$/g, ""));
  let node = nodes[0]!;
  const child = (name: string): CompletionNode | undefined =>
    nodes.find((one) => one.path.join(" ") === [...node.path, name].join(" "));
  for (const word of words) {
    if (word === "--") return null;
    if (word.startsWith("--")) {
      const flag = word.split("=")[0]!;
      const known = [...node.options, ...nodes[0]!.options].some((option) => option.flag === flag);
      if (!known) return `${flag} is no option of ov ${node.path.join(" ")}`;
    } else if (child(word) !== undefined) node = child(word)!;
    else if (node.children.length > 0 && /^[a-z-]+$/.test(word)) {
      return `${word} is no command of ov ${node.path.join(" ")}`;
    }
  }
  return null;
}

Deno.test("README.md writes no command or option that ov does not have", () => {
  const lines = commandsOf(readme).flatMap(alternatives);
  assert.ok(lines.length > 60, `only ${lines.length} lines were found`);
  assert.deepEqual(lines.map((line) => [line, fault(line)]).filter(([, wrong]) => wrong !== null), []);
});

Deno.test("README.md names every command", () => {
  const named = new Set(commandsOf(readme).flatMap(alternatives).map((line) => line.split(/\s+/)[1]));
  // In the table, several stand behind one `ov`.
  const missing = nodes[0]!.children.map(({ path }) => path[0]!).filter((name) =>
    !named.has(name) && !readme.includes(`\`${name}\``)
  );
  assert.deepEqual(missing, []);
});

Deno.test("the check finds a command and an option that are not there", () => {
  assert.deepEqual(
    ["ov secret frob A", "ov run --nope -- true", "ov run -- npm --nope", "ov status --json"].map(fault),
    [
      "frob is no command of ov secret",
      "--nope is no option of ov run",
      null,
      null,
    ],
  );
});
