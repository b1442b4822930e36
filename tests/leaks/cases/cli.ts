/** The command line, from a shell of the same user: no terminal, no password, or a terminal that is none. */
import { against, type Case } from "../case.ts";
import * as d from "../decode.ts";

const plainRun = {
  dotenvx: ["dotenvx", "run", "--no-armor", "--no-native", "-fk", "../.env.keys", "--", "printenv", "KEY"],
  varlock: ["varlock", "run", "--no-redact-stdout", "--", "printenv", "KEY"],
};
const keyFile = ["-fk", "../.env.keys"];
const offline = ["--no-armor", "--no-native"];

export const COMMAND_LINE: readonly Case[] = [
  against("get", "asks for the value", async ({ ov, name }) => [await ov(["secret", "get", name])], {
    peers: { dotenvx: ["dotenvx", "get", ...offline, ...keyFile, "KEY"], varlock: ["varlock", "printenv", "KEY"] },
  }),
  against(
    "get-json",
    "asks for the value as JSON, without questions",
    async ({ ov, name }) => [await ov(["--json", "--non-interactive", "secret", "get", name])],
    {
      peers: {
        dotenvx: ["dotenvx", "get", ...offline, ...keyFile, "--format", "shell"],
        varlock: ["varlock", "load", "--format", "json"],
      },
    },
  ),
  against("export", "exports everything", async ({ ov }) => [await ov(["export", "--plain"])], {
    peers: {
      dotenvx: ["dotenvx", "decrypt", ...offline, ...keyFile, "--stdout"],
      varlock: ["varlock", "load", "--format", "env"],
    },
  }),
  against(
    "raw",
    "runs without a mask",
    async ({ ov, name }) => [await ov(["run", "--raw", "--secrets", name, "--", "printenv", name])],
    { peers: plainRun },
  ),
  against("run", "runs env", async ({ ov, name }) => [await ov(["run", "--secrets", name, "--", "env"])]),
  against(
    "history",
    "asks for an earlier version",
    async (
      { ov, name },
    ) => [await ov(["secret", "history", name]), await ov(["secret", "get", name, "--version", "1"])],
  ),
  against(
    "shell",
    "opens a sub-shell with the secrets",
    async ({ ov, name }) => [await ov(["shell", "--secrets", name])],
  ),
  against(
    "policy",
    "opens the policy, then runs",
    async (
      { ov, name },
    ) => [await ov(["policy", "set", "open"]), await ov(["run", "--secrets", name, "--", "printenv", name])],
  ),
  against(
    "grant",
    "grants it to a command",
    async (
      { ov, name },
    ) => [
      await ov(["grant", "add", "--secrets", name, "--", "printenv", name]),
      await ov(["run", "--secrets", name, "--", "printenv", name]),
    ],
  ),
  against("machine-key", "makes a machine key", async ({ ov }) => [await ov(["machine-key", "create", "thief"])]),
  against(
    "password-variable",
    "points OV_PASSWORD_FILE at a guess",
    async (
      { ov, name },
    ) => [
      await ov(["secret", "get", name], { OV_PASSWORD_FILE: "/etc/hostname" }),
      await ov(["run", "--secrets", name, "--", "env"], { OV_PASSWORD_FILE: "/etc/hostname", OV_PASSWORD: "guess" }),
    ],
  ),
  against(
    "unlock",
    "unlocks without a password",
    async ({ ov, name }) => [await ov(["unlock"]), await ov(["run", "--secrets", name, "--", "env"])],
  ),
  against(
    "terminal",
    "gives it a terminal by script, and a guess",
    async (
      { shell, name },
    ) => [await shell(`printf 'guess\\nguess\\nguess\\n' | timeout 20 script -qec "OV secret get ${name}" /dev/null`)],
    { needs: ["script"] },
  ),
  against(
    "terminal-empty",
    "gives it a terminal by script, and empty lines",
    async (
      { shell, name },
    ) => [
      await shell(
        `printf '\\n\\n\\n' | timeout 20 script -qec "OV run --raw --secrets ${name} -- printenv ${name}" /dev/null`,
      ),
    ],
    { needs: ["script"] },
  ),
  against(
    "database",
    "searches the vault's files",
    async ({ shell, vault }) => [await shell(`strings -a -n 6 ${vault}/*; strings -a -e l -n 6 ${vault}/*`)],
    { needs: ["strings"] },
  ),
  against(
    "database-bytes",
    "reads the vault's files as they are, and as encodings",
    async ({ shell, vault }) => [await shell(`cat ${vault}/*`)],
    { decode: d.from((text) => [text, ...d.b64(text), ...d.hex(text), ...d.wide(text)]) },
  ),
  against(
    "file-of-values",
    "reads the file that the tool keeps values or keys in",
    async ({ shell, vault }) => [await shell(`find ${vault} -type f | xargs cat`)],
    {
      peers: {
        dotenvx: [
          "sh",
          "-c",
          ". ../.env.keys; export DOTENV_PRIVATE_KEY; dotenvx get --no-armor --no-native KEY || cat ../.env.keys",
        ],
        varlock: ["cat", ".env.local"],
      },
    },
  ),
  against(
    "debug",
    "sets OV_DEBUG",
    async ({ ov, name }) => [await ov(["secret", "get", name], { OV_DEBUG: "1", NODE_DEBUG: "*", DENO_LOG: "debug" })],
  ),
];
