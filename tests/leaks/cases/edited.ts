/** A command that a person has allowed for good, and then something that it loads is no longer what it was. */
import type { Case } from "../case.ts";
import { STEAL_JS, STEAL_MJS, STEAL_PL, STEAL_PY, STEAL_SH, STOLEN, undone } from "./steal.ts";

/** Allowed, edited, run again. */
function edited(
  id: string,
  attacker: string,
  command: readonly string[],
  files: Record<string, string>,
  edit: Record<string, string | null>,
  more: Partial<Case> = {},
): Case {
  return { id, attacker, granted: command, steps: [command], files, edit, reads: STOLEN, decode: undone, ...more };
}

const PACKAGE = (scripts: Record<string, string>, more = {}): string =>
  JSON.stringify({ name: "x", version: "1.0.0", scripts, ...more });
const npm = { needs: ["npm"] };

export const EDITED_SCRIPTS: readonly Case[] = [
  edited("node", "edits the script", ["node", "app.js"], { "app.js": "console.log(1)\n" }, { "app.js": STEAL_JS }),
  edited("node-appended", "adds a line to the script", ["node", "app.js"], { "app.js": "console.log(1)\n" }, {
    "app.js": `console.log(1)\n${STEAL_JS}`,
  }),
  edited("node-require", "edits what the script loads", ["node", "app.js"], {
    "app.js": "require('./lib')\n",
    "lib.js": "",
  }, { "lib.js": STEAL_JS }),
  edited("node-import", "edits what the module imports", ["node", "app.mjs"], {
    "app.mjs": "import './lib.mjs'\n",
    "lib.mjs": "",
  }, { "lib.mjs": STEAL_MJS }),
  edited("node-deep", "edits what is loaded by what the script loads", ["node", "app.js"], {
    "app.js": "require('./a')\n",
    "a.js": "require('./b/c')\n",
    "b/c.js": "",
  }, { "b/c.js": STEAL_JS }),
  edited("node-dynamic", "edits what the script imports while it runs", ["node", "app.mjs"], {
    "app.mjs": "await import('./lib.mjs')\n",
    "lib.mjs": "",
  }, { "lib.mjs": STEAL_MJS }),
  edited("node-shadowed", "adds a file that is found before the one that was loaded", ["node", "app.js"], {
    "app.js": "require('./lib')\n",
    "lib/index.js": "",
  }, { "lib.js": STEAL_JS }),
  edited(
    "node-package",
    "edits an installed package",
    ["node", "app.js"],
    { "app.js": "require('left-pad')\n", "node_modules/left-pad/index.js": "" },
    { "node_modules/left-pad/index.js": STEAL_JS },
    {
      may: {
        share: 1,
        why: "packages below node_modules are not bound by a grant unless it says --tree",
        instead: "`ov grant add --tree`; a lockfile with checked installs",
      },
    },
  ),
  edited("python", "edits the script", ["python3", "app.py"], { "app.py": "print(1)\n" }, { "app.py": STEAL_PY }),
  edited("python-import", "edits a module that the script imports", ["python3", "app.py"], {
    "app.py": "import lib\n",
    "lib.py": "",
  }, { "lib.py": STEAL_PY }),
  edited("python-shadowed", "adds a module that stands before the library's", ["python3", "app.py"], {
    "app.py": "import json\n",
  }, { "json.py": STEAL_PY }),
  edited("python-module", "edits the module that -m names", ["python3", "-m", "tool"], { "tool.py": "print(1)\n" }, {
    "tool.py": STEAL_PY,
  }),
  edited("perl", "edits the script", ["perl", "app.pl"], { "app.pl": "print 1;\n" }, { "app.pl": STEAL_PL }),
  edited("sh", "edits the script", ["sh", "app.sh"], { "app.sh": "echo 1\n" }, { "app.sh": STEAL_SH }),
  edited("sh-sourced", "edits a file that the script sources", ["sh", "app.sh"], {
    "app.sh": ". ./lib.sh\n",
    "lib.sh": "",
  }, { "lib.sh": STEAL_SH }),
  edited("sh-called", "edits a script that the script calls", ["sh", "app.sh"], {
    "app.sh": "sh lib.sh\n",
    "lib.sh": "",
  }, { "lib.sh": STEAL_SH }),
  edited("executable", "replaces the program", ["./app"], { app: "#!/bin/sh\necho 1\n" }, { app: STEAL_SH }, {
    executable: ["app"],
  }),
  edited("makefile", "edits the Makefile", ["make", "go"], { Makefile: "go:\n\t@echo 1\n", "steal.sh": STEAL_SH }, {
    Makefile: "go:\n\t@sh steal.sh\n",
  }, { needs: ["make"] }),
  edited(
    "makefile-included",
    "edits what the Makefile includes",
    ["make", "go"],
    { Makefile: "include rules.mk\ngo:\n\t@echo 1\n", "rules.mk": "", "steal.sh": STEAL_SH },
    { "rules.mk": "x := $(shell sh steal.sh)\n" },
    { needs: ["make"] },
  ),
  edited(
    "gnumakefile",
    "adds the GNUmakefile that make prefers",
    ["make", "go"],
    { Makefile: "go:\n\t@echo 1\n", "steal.sh": STEAL_SH },
    { GNUmakefile: "go:\n\t@sh steal.sh\n" },
    { needs: ["make"] },
  ),
  {
    id: "while-it-runs",
    attacker: "edits the script while it waits, as a loader that comes late would find it",
    granted: ["node", "app.js"],
    files: { "app.js": "setTimeout(() => require(process.cwd() + '/la' + 'te.js'), 500)\n", "late.js": "" },
    steps: [{ during: ["node", "app.js"], own: ["sh", "-c", "printf '%s' \"$1\" > late.js", "sh", STEAL_JS] }],
    reads: STOLEN,
    decode: undone,
    may: {
      share: 1,
      why: "what a program loads by a computed name after it has started cannot be hashed before",
      instead: "`ov grant add --tree`; allow only commands that load by fixed names",
    },
  },
];

export const EDITED_PACKAGES: readonly Case[] = [
  edited(
    "script",
    "edits the script in package.json",
    ["npm", "run", "go"],
    { "package.json": PACKAGE({ go: "echo 1" }), "steal.sh": STEAL_SH },
    { "package.json": PACKAGE({ go: "sh steal.sh" }) },
    npm,
  ),
  edited(
    "script-of-script",
    "edits the script that the script runs",
    ["npm", "run", "go"],
    { "package.json": PACKAGE({ go: "npm run on", on: "echo 1" }), "steal.sh": STEAL_SH },
    { "package.json": PACKAGE({ go: "npm run on", on: "sh steal.sh" }) },
    npm,
  ),
  edited(
    "file-of-script",
    "edits the file that the script names",
    ["npm", "run", "go"],
    { "package.json": PACKAGE({ go: "node app.js" }), "app.js": "console.log(1)\n" },
    { "app.js": STEAL_JS },
    npm,
  ),
  edited(
    "test",
    "edits what npm test runs",
    ["npm", "test"],
    { "package.json": PACKAGE({ test: "node t.js" }), "t.js": "console.log(1)\n" },
    { "t.js": STEAL_JS },
    npm,
  ),
  edited(
    "tool",
    "replaces a tool in node_modules/.bin",
    ["npm", "run", "go"],
    { "package.json": PACKAGE({ go: "tool" }), "node_modules/.bin/tool": "#!/bin/sh\necho 1\n" },
    { "node_modules/.bin/tool": STEAL_SH },
    { executable: ["node_modules/.bin/tool"], ...npm },
  ),
  edited(
    "tool-shadowing",
    "adds a tool to node_modules/.bin that stands before the system's",
    ["npm", "run", "go"],
    { "package.json": PACKAGE({ go: "uname" }) },
    { "node_modules/.bin/uname": STEAL_SH },
    { executable: ["node_modules/.bin/uname"], ...npm },
  ),
  edited(
    "npmrc-shell",
    "sets npm's shell in .npmrc",
    ["npm", "run", "go"],
    { "package.json": PACKAGE({ go: "echo 1" }), "steal.sh": STEAL_SH },
    { ".npmrc": "script-shell=HERE/steal.sh\n" },
    { executable: ["steal.sh"], ...npm },
  ),
  edited(
    "npmrc-node-options",
    "sets Node's options in .npmrc",
    ["npm", "run", "go"],
    { "package.json": PACKAGE({ go: "node -p 1" }), "steal.js": STEAL_JS },
    { ".npmrc": "node-options=--require=HERE/steal.js\n" },
    npm,
  ),
  edited("main", "sets another main of a local package", ["node", "."], {
    "package.json": PACKAGE({}, { main: "a.js" }),
    "a.js": "console.log(1)\n",
    "b.js": STEAL_JS,
  }, { "package.json": PACKAGE({}, { main: "b.js" }) }),
  edited(
    "npx",
    "replaces what npx starts",
    ["npx", "--no-install", "tool"],
    { "package.json": PACKAGE({}), "node_modules/.bin/tool": "#!/bin/sh\necho 1\n" },
    { "node_modules/.bin/tool": STEAL_SH },
    { executable: ["node_modules/.bin/tool"], needs: ["npx"] },
  ),
];

export const LIFECYCLE: readonly Case[] = [
  edited(
    "pre",
    "adds a script that runs before",
    ["npm", "run", "go"],
    { "package.json": PACKAGE({ go: "echo 1" }), "steal.sh": STEAL_SH },
    { "package.json": PACKAGE({ go: "echo 1", prego: "sh steal.sh" }) },
    npm,
  ),
  edited(
    "post",
    "adds a script that runs after",
    ["npm", "run", "go"],
    { "package.json": PACKAGE({ go: "echo 1" }), "steal.sh": STEAL_SH },
    { "package.json": PACKAGE({ go: "echo 1", postgo: "sh steal.sh" }) },
    npm,
  ),
  edited(
    "pretest",
    "adds a pretest",
    ["npm", "test"],
    { "package.json": PACKAGE({ test: "echo 1" }), "steal.sh": STEAL_SH },
    { "package.json": PACKAGE({ test: "echo 1", pretest: "sh steal.sh" }) },
    npm,
  ),
  edited(
    "edited-pre",
    "edits the file of a script that runs before",
    ["npm", "run", "go"],
    { "package.json": PACKAGE({ pregot: "x", prego: "node pre.js", go: "echo 1" }), "pre.js": "" },
    { "pre.js": STEAL_JS },
    npm,
  ),
  edited(
    "install",
    "adds a script that runs at the installation",
    ["npm", "install", "--offline", "--no-audit", "--no-fund"],
    { "package.json": PACKAGE({}), "steal.sh": STEAL_SH },
    { "package.json": PACKAGE({ preinstall: "sh steal.sh" }) },
    npm,
  ),
  edited(
    "prepare",
    "adds a script that prepares the package",
    ["npm", "install", "--offline", "--no-audit", "--no-fund"],
    { "package.json": PACKAGE({}), "steal.sh": STEAL_SH },
    { "package.json": PACKAGE({ prepare: "sh steal.sh" }) },
    npm,
  ),
];
