/** The completion script for fish. Pure. */
import { allNodes, type CompletionNode } from "./completion_tree.ts";

/** The script, for a file in fish's folder of completions. */
export function fishScript(root: CompletionNode): string {
  const lines = [
    "# Completion of ov for fish: ov completions fish > ~/.config/fish/completions/ov.fish",
    "complete -c ov -f",
  ];
  for (const node of allNodes(root)) {
    const condition = conditionFor(node);
    for (const child of node.children) {
      lines.push(`complete -c ov -n ${quote(condition)} -a ${child.path.at(-1)} -d ${quote(child.summary)}`);
    }
    if (Array.isArray(node.argument)) {
      lines.push(`complete -c ov -n ${quote(condition)} -a ${quote(node.argument.join(" "))}`);
    } else if (node.argument === "file") lines.push(`complete -c ov -n ${quote(condition)} -F`);
    else if (node.argument === "command") {
      lines.push(`complete -c ov -n ${quote(condition)} -a '(__fish_complete_subcommand)'`);
    }
    for (const option of node.options) {
      const value = option.choices.length > 0 ? ` -x -a ${quote(option.choices.join(" "))}` : option.value ? " -r" : "";
      lines.push(
        `complete -c ov -n ${quote(condition)} -l ${option.flag.slice(2)}${value} -d ${quote(option.summary)}`,
      );
    }
  }
  return `${lines.join("\n")}\n`;
}

function conditionFor(node: CompletionNode): string {
  if (node.path.length === 0) return "__fish_use_subcommand";
  const seen = node.path.map((word) => `__fish_seen_subcommand_from ${word}`).join("; and ");
  if (node.children.length === 0) return seen;
  const below = node.children.map((child) => child.path.at(-1)).join(" ");
  return `${seen}; and not __fish_seen_subcommand_from ${below}`;
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
