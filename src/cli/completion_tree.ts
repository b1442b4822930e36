/** The command tree as data for the completion scripts, read from the parser itself, so that it can not fall behind. */
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { GLOBAL_OPTIONS } from "./command.ts";

/** Options whose value is a file or folder. */
export const FILE_FLAGS: readonly string[] = [
  "--file",
  "--output",
  "--password-file",
  "--machine-key",
  "--bundle",
  "--from-bundle",
  "--tree",
];

/** One option. */
export interface CompletionOption {
  /** `--secrets` */
  readonly flag: string;
  readonly summary: string;
  /** Whether a value follows. */
  readonly value: boolean;
  /** The only values that it takes; empty where any is taken. */
  readonly choices: readonly string[];
}

/** One command with what stands below it. */
export interface CompletionNode {
  /** Words that lead to it; empty for the program. */
  readonly path: readonly string[];
  readonly summary: string;
  readonly children: readonly CompletionNode[];
  readonly options: readonly CompletionOption[];
  /** What its arguments can be: the only values, a command line, a file, or anything. */
  readonly argument: "command" | "file" | "none" | readonly string[];
}

/** The tree below `command`; `help` is followed by the words of every other command. */
export function completionTree(command: CommandUnknownOpts, path: readonly string[] = []): CompletionNode {
  const children = command.commands.map((child) => completionTree(child, [...path, child.name()]));
  return {
    path,
    summary: command.summary(),
    children: path.length > 0
      ? children
      : children.map((child) => child.path[0] === "help" ? { ...child, children: explained(children, child) } : child),
    options: [
      ...command.options.filter(isForPeople).map((option) => ({
        flag: option.long!,
        summary: option.description,
        value: option.required || option.optional,
        choices: option.argChoices ?? [],
      })),
      { flag: "--help", summary: "show help", value: false, choices: [] },
    ],
    argument: argumentOf(command),
  };
}

/** Help hides the global options, which stand everywhere, and those by which `ov` calls itself. */
function isForPeople({ long, hidden }: CommandUnknownOpts["options"][number]): boolean {
  if (long === undefined || long === null) return false;
  return !hidden || GLOBAL_OPTIONS.some(([flags]) => flags.split(" ")[0] === long);
}

/** What can be asked about: the same words, behind `help`. */
function explained(nodes: readonly CompletionNode[], help: CompletionNode): CompletionNode[] {
  return nodes.filter((node) => node.path[0] !== "help").map((node) => ({
    path: [...help.path, ...node.path],
    summary: node.summary,
    children: explained(node.children, help),
    options: help.options,
    argument: "none",
  }));
}

function argumentOf(command: CommandUnknownOpts): CompletionNode["argument"] {
  const [first] = command.registeredArguments;
  if (first === undefined) return "none";
  if (first.argChoices !== undefined) return first.argChoices;
  if (first.name() === "command") return command.name() === "help" ? "none" : "command";
  return first.name() === "file" ? "file" : "none";
}

/** Every node of a tree, parents first. */
export function allNodes(root: CompletionNode): readonly CompletionNode[] {
  return [root, ...root.children.flatMap(allNodes)];
}
