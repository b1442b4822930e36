/** `ov completions bash|zsh|fish` */
import type { Cli } from "../command.ts";
import { bashScript } from "../completion_bash.ts";
import { fishScript } from "../completion_fish.ts";
import { type CompletionNode, completionTree } from "../completion_tree.ts";
import { zshScript } from "../completion_zsh.ts";

const SHELLS: readonly (readonly [string, string, (root: CompletionNode) => string])[] = [
  ["bash", "source <(ov completions bash)", bashScript],
  ["zsh", "ov completions zsh > ~/.zfunc/_ov", zshScript],
  ["fish", "ov completions fish > ~/.config/fish/completions/ov.fish", fishScript],
];

/** Builds the group. */
export function build(cli: Cli) {
  return cli.group(
    "completions",
    "Print a completion script for a shell",
    SHELLS.map(([shell, example, script]) =>
      cli.leaf(shell, `Print the completion script for ${shell}`, [example])
        .action((_options, command) =>
          cli.run(command, async (at) => await at.io.out(script(completionTree(await loadTree(cli)))))
        )
    ),
  );
}

async function loadTree(cli: Cli) {
  // Loaded here, because the program itself loads this file.
  const { buildProgram } = await import("../program.ts");
  return await buildProgram(cli, "all");
}
