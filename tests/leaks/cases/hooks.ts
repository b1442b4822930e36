/**
 * Variables with which a program loads what it was not told to load, and programs that stand earlier on PATH than the one
 * that is meant. The attacker has put them into the environment that the tool was started in; the command is an honest one.
 */
import type { Case } from "../case.ts";
import { MAKE_STEAL_SO, STEAL_C, STEAL_JS, STEAL_MJS, STEAL_PL, STEAL_PY, STEAL_SH, STOLEN, undone } from "./steal.ts";

function hook(
  id: string,
  variable: string,
  value: string,
  command: readonly string[],
  files: Record<string, string>,
  more: Partial<Case> = {},
): Case {
  return {
    id,
    attacker: `plants ${variable}`,
    steps: [command],
    environment: { [variable]: value },
    files,
    reads: STOLEN,
    decode: undone,
    ...more,
  };
}

const executable = ["steal.sh"];
const SH_FILES = { "steal.sh": STEAL_SH, "app.sh": "echo fine\n" };
const GIT = ["sh", "repo.sh"];
const GIT_FILES = {
  ...SH_FILES,
  "repo.sh":
    "git init -q r; cd r; echo 1 > a; git add a; git -c user.name=x -c user.email=x@x.invalid commit -qm a; echo 2 > a; git diff; git log -p | cat; git fetch ssh://x.invalid/r; true\n",
};

export const HOOKS: readonly Case[] = [
  hook("node-options", "NODE_OPTIONS", "--require=HERE/steal.js", ["node", "app.js"], {
    "steal.js": STEAL_JS,
    "app.js": "console.log(1)\n",
  }),
  hook("node-options-import", "NODE_OPTIONS", "--import=HERE/steal.mjs", ["node", "app.js"], {
    "steal.mjs": STEAL_MJS,
    "app.js": "console.log(1)\n",
  }),
  hook("node-path", "NODE_PATH", "HERE/lib", ["node", "app.js"], {
    "lib/left-pad/index.js": STEAL_JS,
    "app.js": "try { require('left-pad') } catch {}\n",
  }),
  hook("python-path", "PYTHONPATH", "HERE/lib", ["python3", "app.py"], {
    "lib/sitecustomize.py": STEAL_PY,
    "app.py": "print(1)\n",
  }),
  hook("python-startup", "PYTHONSTARTUP", "HERE/steal.py", ["python3", "-i", "app.py"], {
    "steal.py": STEAL_PY,
    "app.py": "print(1)\n",
  }, { control: "none" }),
  hook("python-breakpoint", "PYTHONBREAKPOINT", "steal.run", ["python3", "app.py"], {
    "steal.py": `${STEAL_PY}def run(*a, **k): pass\n`,
    "app.py": "breakpoint()\n",
  }),
  hook("python-user-base", "PYTHONUSERBASE", "HERE/base", ["python3", "app.py"], {
    "base/lib/python3.11/site-packages/usercustomize.py": STEAL_PY,
    "base/lib/python3.12/site-packages/usercustomize.py": STEAL_PY,
    "base/lib/python3.13/site-packages/usercustomize.py": STEAL_PY,
    "app.py": "print(1)\n",
  }),
  hook("perl5opt", "PERL5OPT", "-IHERE -MSteal", ["perl", "app.pl"], {
    "Steal.pm": `${STEAL_PL}1;\n`,
    "app.pl": "print 1;\n",
  }),
  hook("perl5lib", "PERL5LIB", "HERE/lib", ["perl", "app.pl"], {
    "lib/Carp.pm": `package Carp; ${STEAL_PL}1;\n`,
    "app.pl": "use Carp; print 1;\n",
  }),
  hook("bash-env", "BASH_ENV", "HERE/steal.sh", ["bash", "app.sh"], SH_FILES, { needs: ["bash"] }),
  hook("bash-function", "BASH_FUNC_echo%%", "() { sh HERE/steal.sh; }", ["bash", "app.sh"], SH_FILES, {
    needs: ["bash"],
  }),
  hook("env-of-sh", "ENV", "HERE/steal.sh", ["sh", "-i", "app.sh"], SH_FILES, { control: "none" }),
  hook("ld-preload", "LD_PRELOAD", "HERE/steal.so", ["node", "app.js"], {
    "app.js": "console.log(1)\n",
    "steal.c": STEAL_C,
  }, { make: MAKE_STEAL_SO, needs: ["cc"] }),
  hook("git-external-diff", "GIT_EXTERNAL_DIFF", "HERE/steal.sh", GIT, GIT_FILES, { executable, needs: ["git"] }),
  hook("git-ssh-command", "GIT_SSH_COMMAND", "HERE/steal.sh", GIT, GIT_FILES, { executable, needs: ["git"] }),
  hook("git-config", "GIT_CONFIG_PARAMETERS", "'core.fsmonitor'='HERE/steal.sh'", GIT, GIT_FILES, {
    executable,
    needs: ["git"],
  }),
  hook("makefiles", "MAKEFILES", "HERE/steal.mk", ["make", "-f", "Makefile"], {
    ...SH_FILES,
    "steal.mk": "x := $(shell sh HERE/steal.sh)\n",
    "Makefile": "all:\n\t@echo fine\n",
  }, { needs: ["make"] }),
  hook(
    "tar-options",
    "TAR_OPTIONS",
    "--checkpoint=1 --checkpoint-action=exec=HERE/steal.sh",
    ["tar", "cf", "x.tar", "app.sh"],
    SH_FILES,
    { executable, needs: ["tar"] },
  ),
  hook("npm-node-options", "npm_config_node_options", "--require=HERE/steal.js", ["npm", "run", "go"], {
    "steal.js": STEAL_JS,
    "package.json": '{ "scripts": { "go": "node app.js" } }\n',
    "app.js": "console.log(1)\n",
  }, { needs: ["npm"] }),
  hook("npm-script-shell", "npm_config_script_shell", "HERE/steal.sh", ["npm", "run", "go"], {
    ...SH_FILES,
    "package.json": '{ "scripts": { "go": "node app.js" } }\n',
    "app.js": "console.log(1)\n",
  }, { executable, needs: ["npm"] }),
  hook("pager", "GIT_PAGER", "HERE/steal.sh", ["git", "--paginate", "--version"], SH_FILES, {
    executable,
    needs: ["git"],
    control: "none",
  }),
  hook("editor", "GIT_EDITOR", "HERE/steal.sh", ["sh", "repo.sh"], {
    ...SH_FILES,
    "repo.sh": "git init -q r; cd r; git -c user.name=x -c user.email=x@x.invalid commit --allow-empty -q; true\n",
  }, { executable, needs: ["git"] }),
  hook("openssl-conf", "OPENSSL_CONF", "HERE/o.cnf", ["openssl", "version"], {
    "o.cnf": "openssl_conf = x\n[x]\nengines = y\n[y]\nz = w\n[w]\ndynamic_path = HERE/steal.so\ninit = 0\n",
    "steal.c": STEAL_C,
  }, { make: MAKE_STEAL_SO, needs: ["cc"] }),
];
