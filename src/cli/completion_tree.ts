/** The command tree as data for the completion scripts, read from the parser itself, so that it can not fall behind. */
import type { CommandUnknownOpts } from "@commander-js/extra-typings";

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

/** The tree below `command`. */
export function completionTree(command: CommandUnknownOpts, path: readonly string[] = []): CompletionNode {
  return {
    path,
    summary: command.summary(),
    children: command.commands.map((child) => completionTree(child, [...path, child.name()])),
    options: [
      ...command.options.filter((option) => option.long !== undefined && option.long !== null).map((option) => ({
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
