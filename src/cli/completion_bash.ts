/** The completion script for bash. Pure. */
import { allNodes, type CompletionNode, FILE_FLAGS } from "./completion_tree.ts";

/** The script, to be sourced. Works with bash 3.2 and later. */
export function bashScript(root: CompletionNode): string {
  const nodes = allNodes(root);
  return `# Completion of ov for bash: source <(ov completions bash)
_ov() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} path= word i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    case "$word" in
      --) break ;;
${cases(valueFlags(nodes).map((flag) => flag), "((i++)); continue", 6)}
      -*) continue ;;
    esac
    case "$path $word" in
${
    nodes.filter((node) => node.path.length > 0).map((node) =>
      `      ${quote(edge(node))}) path=${quote(edge(node))} ;;`
    ).join("\n")
  }
      *) [[ $path == " run" || $path == " grant add" ]] && break ;;
    esac
  done
  if [[ ($path == " run" || $path == " grant add") && $i -lt $COMP_CWORD ]]; then
    COMPREPLY=($(compgen -c -f -- "$cur"))
    return
  fi
  case "$path $prev" in
${nodes.flatMap(choiceCases).join("\n")}
  esac
  case "$prev" in
    ${FILE_FLAGS.join("|")}) COMPREPLY=($(compgen -f -- "$cur")); return ;;
  esac
  case "$path" in
${nodes.map(nodeCase).join("\n")}
  esac
}
complete -F _ov ov
`;
}

function nodeCase(node: CompletionNode): string {
  const flags = node.options.map((option) => option.flag).join(" ");
  const words = [...node.children.map((child) => child.path.at(-1)!), ...choices(node)].join(" ");
  const plain = node.argument === "file"
    ? 'COMPREPLY=($(compgen -f -- "$cur"))'
    : node.argument === "command"
    ? 'COMPREPLY=($(compgen -c -f -- "$cur"))'
    : `COMPREPLY=($(compgen -W ${quote(words)} -- "$cur"))`;
  return `    ${quote(edge(node))})
      if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W ${quote(flags)} -- "$cur"))
      else ${plain}; fi ;;`;
}

function choices(node: CompletionNode): readonly string[] {
  return Array.isArray(node.argument) ? node.argument : [];
}

/** An option of the same name takes other words elsewhere. */
function choiceCases(node: CompletionNode): readonly string[] {
  return node.options.filter((option) => option.choices.length > 0).map(({ flag, choices }) =>
    `    ${quote(`${edge(node)} ${flag}`)}) COMPREPLY=($(compgen -W ${quote(choices.join(" "))} -- "$cur")); return ;;`
  );
}

function valueFlags(nodes: readonly CompletionNode[]): readonly string[] {
  // `--version` takes a value in two places and none for the program; a value there is no command word, so skipping
  // nothing is harmless.
  const flags = nodes.flatMap((node) => node.options.filter((one) => one.value).map((one) => one.flag));
  return [...new Set(flags)].filter((flag) => flag !== "--version");
}

function cases(flags: readonly string[], action: string, indent: number): string {
  return `${" ".repeat(indent)}${flags.join("|")}) ${action} ;;`;
}

function edge(node: CompletionNode): string {
  return node.path.map((word) => ` ${word}`).join("");
}

function quote(text: string): string {
  return `"${text}"`;
}
