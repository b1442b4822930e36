/** Programs that are not the allowed one though they look like it, and arguments that make the allowed one something else. */
import type { Case, Step } from "../case.ts";
import { STEAL_JS, STEAL_PL, STEAL_PY, STEAL_SH, STOLEN, undone } from "./steal.ts";

/** Allowed as `granted`, then run as `steps`. */
function instead(
  id: string,
  attacker: string,
  granted: readonly string[],
  steps: readonly Step[],
  files: Record<string, string>,
  more: Partial<Case> = {},
): Case {
  return { id, attacker, granted, steps, files, reads: STOLEN, decode: undone, ...more };
}

const APP = {
  "app.js": "console.log(1)\n",
  "app.sh": "echo 1\n",
  "steal.js": STEAL_JS,
  "steal.sh": STEAL_SH,
  "steal.py": STEAL_PY,
  "steal.pl": STEAL_PL,
};
const NODE = ["node", "app.js"];
const executable = ["steal.sh", "evil/node", "evil/cat", "node", "sub/node"];

export const PATHS: readonly Case[] = [
  instead("first", "puts a node of their own first on PATH", NODE, [NODE], { ...APP, "evil/node": STEAL_SH }, {
    environment: { PATH: "HERE/evil:/usr/local/bin:/usr/bin:/bin" },
    executable,
  }),
  instead(
    "helper",
    "puts a cat of their own first on PATH, which the allowed script calls",
    ["sh", "call.sh"],
    [["sh", "call.sh"]],
    { ...APP, "call.sh": "cat call.sh\n", "evil/cat": STEAL_SH },
    { environment: { PATH: "HERE/evil:/usr/local/bin:/usr/bin:/bin" }, executable },
  ),
  instead("here", "names a program of the folder", NODE, [["./node", "app.js"]], { ...APP, node: STEAL_SH }, {
    executable,
  }),
  instead("absolute", "names a program by its path", NODE, [["HERE/evil/node", "app.js"]], {
    ...APP,
    "evil/node": STEAL_SH,
  }, { executable }),
  instead("dots", "names a program by a path with dots", NODE, [["HERE/sub/../evil/node", "app.js"]], {
    ...APP,
    "sub/x": "",
    "evil/node": STEAL_SH,
  }, { executable }),
  instead("empty-entry", "puts the folder on PATH by an empty entry", NODE, [NODE], { ...APP, node: STEAL_SH }, {
    environment: { PATH: ":/usr/local/bin:/usr/bin:/bin" },
    executable,
  }),
];

export const ARGUMENTS: readonly Case[] = [
  instead("require", "adds --require", NODE, [["node", "--require=HERE/steal.js", "app.js"]], APP),
  instead("import", "adds --import", NODE, [["node", "--import", "HERE/steal.js", "app.js"]], APP),
  instead("eval", "gives code instead of the script", NODE, [["node", "-e", STEAL_JS]], APP),
  instead("stdin", "gives no script", NODE, [["node", "-"]], APP, { control: "none" }),
  instead("other-script", "names another script", NODE, [["node", "steal.js"]], APP),
  instead("other-folder", "names the same script in another folder", NODE, [["sh", "-c", "cd evil && node app.js"]], {
    ...APP,
    "evil/app.js": STEAL_JS,
  }),
  instead("link", "runs a link of the same name", NODE, [
    { own: ["sh", "-c", "rm app.js; ln -s steal.js app.js"] },
    NODE,
  ], APP),
  instead("shell", "wraps the command in a shell", NODE, [["sh", "-c", "node app.js; sh steal.sh"]], APP),
  instead("env", "starts it through env with a variable", NODE, [[
    "env",
    "NODE_OPTIONS=--require=HERE/steal.js",
    "node",
    "app.js",
  ]], APP),
  instead("nice", "starts another script through nice", NODE, [["nice", "node", "steal.js"]], APP),
  instead("xargs", "starts another script through xargs", NODE, [["xargs", "-a", "list", "node"]], {
    ...APP,
    list: "steal.js\n",
  }),
  instead("find", "starts another script through find", NODE, [["find", "steal.sh", "-exec", "sh", "{}", ";"]], APP),
  instead("extra-argument", "adds an argument that the allowed script acts on", ["sh", "act.sh"], [[
    "sh",
    "act.sh",
    "steal.sh",
  ]], { ...APP, "act.sh": 'for f; do sh "$f"; done\n' }),
  instead("joined-argument", "writes two arguments as one", ["node", "app.js", "--x"], [["node", "steal.js --x"]], {
    ...APP,
    "steal.js --x": STEAL_JS,
  }),
  instead(
    "npm-shell",
    "gives npm another shell",
    ["npm", "run", "go"],
    [["npm", "run", "--script-shell=HERE/steal.sh", "go"]],
    { ...APP, "package.json": '{ "scripts": { "go": "echo 1" } }' },
    { executable, needs: ["npm"] },
  ),
  instead("npm-prefix", "gives npm another folder", ["npm", "run", "go"], [["npm", "--prefix", "evil", "run", "go"]], {
    ...APP,
    "package.json": '{ "scripts": { "go": "echo 1" } }',
    "evil/package.json": '{ "scripts": { "go": "sh ../steal.sh" } }',
  }, { needs: ["npm"] }),
  instead("make-variable", "gives make another shell", ["make", "go"], [["make", "SHELL=HERE/steal.sh", "go"]], {
    ...APP,
    Makefile: "go:\n\techo 1\n",
  }, { executable, needs: ["make"] }),
  instead(
    "git-alias",
    "gives git an alias",
    ["git", "status"],
    [["git", "-c", "alias.x=!sh HERE/steal.sh", "x"]],
    APP,
    { needs: ["git"] },
  ),
  instead(
    "tar-checkpoint",
    "gives tar something to execute",
    ["tar", "cf", "x.tar", "app.js"],
    [["tar", "cf", "x.tar", "--checkpoint=1", "--checkpoint-action=exec=sh HERE/steal.sh", "app.js"]],
    APP,
    { needs: ["tar"] },
  ),
  instead("awk-system", "starts it from awk", NODE, [["awk", 'BEGIN { system("sh HERE/steal.sh") }']], APP),
  instead("perl-script", "uses another interpreter for a script of their own", NODE, [["perl", "steal.pl"]], APP),
  instead("python-script", "uses another interpreter for a script of their own", NODE, [["python3", "steal.py"]], APP),
];
