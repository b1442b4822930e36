/** The commands, as names and one line each; the file of a command is loaded when it is used. No package is loaded here. */

/** One command of the first level. */
export interface CommandEntry {
  readonly name: string;
  /** One line for the overview. */
  readonly summary: string;
  /** Heading that it stands under in the overview. */
  readonly group: string;
  readonly subcommands?: readonly string[];
}

const START = "Start:";
const SECRETS = "Secrets:";
const USE = "Use them:";
const CONSENT = "Consent:";
const VAULT = "The vault:";
const OTHER = "Other:";

/** Every command, in the order of the overview. */
export const COMMANDS: readonly CommandEntry[] = [
  { name: "init", group: START, summary: "Make a vault on this machine" },
  {
    name: "import",
    group: START,

    summary: "Move the secrets of a file such as .dev.vars into the vault",
  },
  { name: "status", group: START, summary: "Show the vault, the app and the env, and what decided them" },
  { name: "doctor", group: START, summary: "Check this machine and the vault" },
  {
    name: "secret",
    group: SECRETS,

    summary: "Set, list, read, remove and generate secrets",
    subcommands: ["set", "list", "get", "rm", "history", "restore", "generate", "canary", "import"],
  },
  {
    name: "app",
    group: SECRETS,

    summary: "Manage apps",
    subcommands: ["create", "list", "use", "delete"],
  },
  {
    name: "env",
    group: SECRETS,

    summary: "Manage the environments of an app",
    subcommands: ["create", "list", "use", "delete"],
  },
  { name: "export", group: SECRETS, summary: "Write secrets out: sealed as a bundle, or as plaintext" },
  { name: "run", group: USE, summary: "Run a command with secrets, its output masked" },
  { name: "shell", group: USE, summary: "Open a sub-shell with secrets; asks for the master password" },
  { name: "mcp", group: USE, summary: "Serve AI agents over MCP on stdin and stdout" },
  { name: "unlock", group: USE, summary: "Unlock once, for the commands of a working day" },
  { name: "lock", group: USE, summary: "Make the agent forget its keys" },
  {
    name: "agent",
    group: USE,

    summary: "Manage the program that keeps the vault unlocked",
    subcommands: ["start", "stop", "status", "install", "uninstall"],
  },
  {
    name: "machine-key",
    group: USE,

    summary: "Make keys with which CI and servers open one environment",
    subcommands: ["create", "list", "revoke"],
  },
  {
    name: "policy",
    group: CONSENT,

    summary: "Show or set who is asked before a command gets secrets",
    subcommands: ["show", "set", "intercept"],
  },
  {
    name: "grant",
    group: CONSENT,

    summary: "Consent to commands beforehand",
    subcommands: ["add", "list", "show", "revoke"],
  },
  { name: "approve", group: CONSENT, summary: "Answer what agents asked for" },
  { name: "audit", group: CONSENT, summary: "Show what was run, read, changed, allowed and refused" },
  {
    name: "client",
    group: CONSENT,

    summary: "Show and forget the agents' programs that you chose to remember",
    subcommands: ["list", "revoke"],
  },
  { name: "backup", group: VAULT, summary: "Write a sealed copy of the vault, and open it as a proof" },
  { name: "restore", group: VAULT, summary: "Put a backup in the place of the vault; asks for its password" },
  {
    name: "password",
    group: VAULT,
    summary: "Change the master password, or recover it by an emergency sheet",
    subcommands: ["change", "sheet", "reset"],
  },
  { name: "rotate", group: VAULT, summary: "Make new keys for an environment; asks for the master password" },
  {
    name: "completions",
    group: OTHER,

    summary: "Print a completion script for a shell",
    subcommands: ["bash", "zsh", "fish"],
  },
  { name: "help", group: OTHER, summary: "Show help for a command" },
];
