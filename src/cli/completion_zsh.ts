/** The completion script for zsh. Pure. */
import { allNodes, type CompletionNode, type CompletionOption, FILE_FLAGS } from "./completion_tree.ts";

/** The script, for a file `_ov` in a folder of `$fpath`. */
export function zshScript(root: CompletionNode): string {
  return `#compdef ov
# Completion of ov for zsh: ov completions zsh > a file _ov in a folder of $fpath
${allNodes(root).map(functionFor).join("\n")}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _ov "$@"; else compdef _ov ov; fi
`;
}

function functionFor(node: CompletionNode): string {
  const options = node.options.map((option) => `    ${quote(optionSpec(option))}`);
  if (node.children.length > 0) {
    const commands = node.children.map((child) => `    ${quote(`${child.path.at(-1)}:${child.summary}`)}`);
    const cases = node.children.map((child) => `    ${child.path.at(-1)}) ${functionName(child)} ;;`);
    return `${functionName(node)}() {
  local curcontext=$curcontext state line
  local -a commands=(
${commands.join("\n")}
  )
  _arguments -C \\
${options.map((option) => `${option} \\`).join("\n")}
    '1: :->command' '*:: :->rest'
  case $state in
  command) _describe command commands ;;
  rest) case $line[1] in
${cases.join("\n")}
    esac ;;
  esac
}`;
  }
  return `${functionName(node)}() {
  _arguments \\
${options.map((option) => `${option} \\`).join("\n")}
    ${argumentSpec(node)}
}`;
}

function optionSpec(option: CompletionOption): string {
  const summary = option.summary.replace(/[[\]:\\]/g, "\\$&");
  const value = option.choices.length > 0 ? `:value:(${option.choices.join(" ")})` : `:value:${valueAction(option)}`;
  return `${option.flag}[${summary}]${option.value ? value : ""}`;
}

function valueAction(option: CompletionOption): string {
  return FILE_FLAGS.includes(option.flag) ? "_files" : "";
}

function argumentSpec(node: CompletionNode): string {
  if (Array.isArray(node.argument)) return quote(`1: :(${node.argument.join(" ")})`);
  if (node.argument === "file") return "'1: :_files'";
  return node.argument === "command" ? "'*:::command:_normal'" : "'*: :'";
}

function functionName(node: CompletionNode): string {
  return ["_ov", ...node.path].join("_");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
