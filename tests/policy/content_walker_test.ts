import assert from "node:assert/strict";
import { join } from "node:path";
import { Project } from "./project.ts";

// What is there, the command, and the files whose content it binds.
const TABLE: readonly (readonly [string, Readonly<Record<string, string>>, string | readonly string[], string])[] = [
  ["a file named in argv", { "data.txt": "x", "other.txt": "y" }, "tool data.txt", "data.txt"],
  [
    "a file after an option",
    { "a.toml": "", "b.env": "", "c": "" },
    "tool --config=a.toml --env-file b.env @c",
    "a.toml b.env c",
  ],
  ["no directory", { "dir/a.txt": "" }, "tool dir .", ""],
  ["no file that is missing", {}, "tool missing.txt --x=missing", ""],
  [
    "relative imports of a JavaScript entry, transitively",
    {
      "a.js": "import b from './lib/b.js';\nimport 'fs';\nimport x from 'left-pad';",
      "lib/b.js": "export * from \"../c.mjs\"; const d = require('./d'); await import(`./e.js`);",
      "c.mjs": "import './c.mjs';",
      "lib/d.js": "new Worker(new URL('./w.js', import.meta.url))",
      "lib/e.js": "",
      "lib/w.js": "",
      "lib/unused.js": "",
    },
    "node a.js",
    "a.js c.mjs lib/b.js lib/d.js lib/e.js lib/w.js",
  ],
  [
    "TypeScript behind the name of its output, with its configuration",
    { "a.ts": "import './b.js'; import './c'", "b.ts": "", "c.tsx": "", "tsconfig.json": "{}", "package.json": "{}" },
    "node a.ts",
    "a.ts b.ts c.tsx package.json tsconfig.json",
  ],
  [
    "a directory's index, its package.json and the package's own imports",
    {
      "a.js": "require('./lib'); import '#conf'; import '#x/one'",
      "lib/package.json": '{"main": "start"}',
      "lib/start.js": "",
      "lib/index.js": "",
      "package.json": '{"imports": {"#conf": {"default": "./conf.js"}, "#x/*": "./x/*.js"}}',
      "conf.js": "",
      "x/one.js": "",
    },
    "node a.js",
    "a.js conf.js lib/index.js lib/package.json lib/start.js package.json x/one.js",
  ],
  ["an entry named without its extension", { "app.js": "import './b.js'", "b.js": "" }, "node app", "app.js b.js"],
  [
    "a preloaded module",
    { "hook.cjs": "require('./h2.cjs')", "h2.cjs": "", "a.js": "" },
    "node -r ./hook a.js",
    "a.js h2.cjs hook.cjs",
  ],
  [
    "imports of a Python entry, with the names beside it",
    {
      "app/main.py":
        "import json, util\nfrom pkg.sub import (one,\n  two as t)\nfrom . import sibling\nimport os; import late",
      "app/util.py": "import deep",
      "app/deep.py": "",
      "app/late.py": "",
      "app/sibling.py": "",
      "app/pkg/__init__.py": "",
      "app/pkg/sub/__init__.py": "from .two import x\nfrom ..top import y",
      "app/pkg/sub/one.py": "",
      "app/pkg/sub/two.py": "",
      "app/pkg/top.py": "",
      "app/unused.py": "",
    },
    "python3 app/main.py",
    "app/ app/deep.py app/late.py app/main.py app/pkg/ app/pkg/__init__.py app/pkg/sub/ app/pkg/sub/__init__.py app/pkg/sub/one.py app/pkg/sub/two.py app/pkg/top.py app/sibling.py app/util.py",
  ],
  [
    "a Python module started by name",
    { "pkg/__init__.py": "", "pkg/__main__.py": "from pkg import core", "pkg/core.py": "" },
    "python3 -m pkg",
    " pkg/ pkg/__init__.py pkg/__main__.py pkg/core.py",
  ],
  [
    "the interpreter of a script",
    { "run": "#!/usr/bin/env node\nimport './lib.js'", "lib.js": "" },
    "tool run",
    "<node> lib.js run",
  ],
  [
    "what a shell script starts and reads",
    {
      "deploy.sh": "#!/bin/sh\nset -e\n. ./env.sh\nif tool check.txt; then cd sub && node job.js > out.log; fi\n",
      "env.sh": "",
      "check.txt": "",
      "sub/job.js": "import './part.js'",
      "sub/part.js": "",
      "sub/out.log": "changes",
    },
    "sh deploy.sh",
    "<node> <tool> check.txt deploy.sh env.sh sub/job.js sub/part.js",
  ],
  [
    "what a program does that is a text without a #! line, as a shell runs it",
    { "bin/plain": "tool x.txt\n", "x.txt": "", "go.sh": "plain\n" },
    "sh go.sh",
    "<plain> <tool> go.sh x.txt",
  ],
  [
    "what a script finds in folders that it adds to PATH, and what it would find otherwise",
    {
      "s/go.sh":
        'export PATH="$PWD/tools:${HERE}/own:~/bin:$PATH"\nmine; other; PATH=/nowhere:./late:$PATH tool; last\n',
      "tools/mine": "sh x.txt\n",
      "x.txt": "",
      "s/own/other": "",
      "home/bin/last": "",
      "late/tool": "",
      "tools/unused": "",
    },
    "sh s/go.sh",
    "<tool> home/bin/last late/tool s/go.sh s/own/other tools/mine x.txt",
  ],
  [
    "of a program with another interpreter no shell text",
    { "bin/other": "#!/usr/bin/env tool\nsh x.txt\n", "x.txt": "" },
    "timeout 5 other",
    "<other> <tool>",
  ],
  ["code given to a shell", { "job.js": "" }, ["sh", "-c", "node job.js && echo done"], "<node> job.js"],
  [
    "a command behind another",
    { "job.js": "import './p.js'", "p.js": "" },
    "timeout 5 node job.js",
    "<node> job.js p.js",
  ],
  [
    "npm run, with pre and post, and the package's configuration",
    {
      "package.json": JSON.stringify({
        scripts: {
          prebuild: "node pre.js",
          build: 'FLAG=1 tool "in file.txt" && npm run deep',
          postbuild: "node post.js",
          deep: "node deep.js",
          other: "node other.js",
        },
      }),
      ".npmrc": "x",
      "pre.js": "",
      "in file.txt": "",
      "deep.js": "import './deep2.js'",
      "deep2.js": "",
      "post.js": "",
      "other.js": "",
    },
    "npm run build",
    ".npmrc <node> <tool> deep.js deep2.js in file.txt package.json post.js pre.js",
  ],
  [
    "npm test from a folder below",
    { "package.json": '{"scripts": {"test": "node t.js"}}', "t.js": "", "sub/x": "" },
    "npm --prefix sub test",
    "<node> package.json t.js",
  ],
  [
    "the lifecycle scripts of npm install",
    {
      "package.json": '{"scripts": {"preinstall": "node a.js", "prepare": "node b.js", "test": "node c.js"}}',
      "a.js": "",
      "b.js": "",
      "c.js": "",
    },
    "npm ci",
    "<node> a.js b.js package.json",
  ],
  [
    "pnpm and a script by its bare name",
    { "package.json": '{"scripts": {"dev": "node d.js"}}', "d.js": "" },
    "pnpm dev",
    "<node> d.js package.json",
  ],
  [
    "yarn and a script by its bare name",
    { "package.json": '{"scripts": {"dev": "node d.js"}}', "d.js": "", ".yarnrc.yml": "" },
    "yarn dev",
    ".yarnrc.yml <node> d.js package.json",
  ],
  [
    "bun run",
    { "package.json": '{"scripts": {"dev": "node d.js"}}', "d.js": "", "bunfig.toml": "" },
    "bun run dev",
    "<node> bunfig.toml d.js package.json",
  ],
  [
    "a workspace's scripts",
    {
      "package.json": "{}",
      "packages/a/package.json": '{"scripts": {"test": "node a.js"}}',
      "packages/a/a.js": "",
      "node_modules/z/package.json": '{"scripts": {"test": "node z.js"}}',
    },
    "npm test --workspaces",
    "<node> package.json packages/a/a.js packages/a/package.json",
  ],
  [
    "an installed command before one of PATH, in a package script",
    {
      "package.json": '{"scripts": {"dev": "tool in.txt"}}',
      "in.txt": "",
      "node_modules/.bin/tool": "#!/usr/bin/env node\nimport './impl.js'",
      "node_modules/.bin/impl.js": "",
    },
    "npm run dev",
    "<node> in.txt node_modules/.bin/ node_modules/.bin/impl.js node_modules/.bin/tool package.json",
  ],
  [
    "the names of all installed commands: one that is added takes the place of any, and of the shell",
    {
      "package.json": '{"scripts": {"dev": "sh x.sh"}}',
      "x.sh": "tool in.txt",
      "in.txt": "",
      "node_modules/.bin/tool": "#!/usr/bin/env node\n",
      "node_modules/.bin/other": "",
    },
    "npm run dev",
    "<node> <sh> in.txt node_modules/.bin/ node_modules/.bin/tool package.json x.sh",
  ],
  [
    "npx and the package behind it",
    {
      "node_modules/wr/package.json": '{"name": "wr", "bin": {"wr": "./bin/wr.js"}}',
      "node_modules/wr/bin/wr.js": "#!/usr/bin/env node\nrequire('../lib/main.js')",
      "node_modules/wr/lib/main.js": "",
      "wr.toml": "",
    },
    "npx --yes wr@4 dev -c wr.toml",
    "<node> node_modules/wr/bin/wr.js node_modules/wr/lib/main.js node_modules/wr/package.json wr.toml",
  ],
  [
    "npm-run-all and the scripts that it names",
    {
      "package.json":
        '{"scripts": {"all": "run-s build:*", "prebuild:a": "node p.js", "build:a": "node a.js", "build:b": "node b.js", "test": "node c.js"}}',
      "p.js": "",
      "node_modules/.bin/run-s": "#!/usr/bin/env node\n",
      "a.js": "",
      "b.js": "",
      "c.js": "",
    },
    "npm run all",
    "<node> a.js b.js node_modules/.bin/ node_modules/.bin/run-s p.js package.json",
  ],
  [
    "make, the recipes of a target and those before it",
    {
      "Makefile":
        "include rules.mk\nRUN = node\nall: other\n\tnode all.js\ntest: build data.txt ; node inline.js\n\t@$(RUN) test.js\nbuild:\n\t-node build.js\nother:\n\tnode other.js\n",
      "rules.mk": "extra:\n\tnode extra.js\n",
      "all.js": "",
      "test.js": "",
      "inline.js": "",
      "build.js": "",
      "other.js": "",
      "extra.js": "",
      "data.txt": "",
    },
    "make test",
    "<node> Makefile build.js data.txt extra.js inline.js rules.mk test.js",
  ],
  [
    "make without a target",
    {
      "sub/makefile": ".PHONY: x\nfirst: a.txt\n\tnode one.js\nsecond:\n\tnode two.js\n",
      "sub/one.js": "",
      "sub/two.js": "",
      "sub/a.txt": "",
    },
    "make -C sub",
    "<node> sub/a.txt sub/makefile sub/one.js",
  ],
  [
    "just, from a folder below",
    {
      "justfile":
        "import 'more.just'\nset shell := ['sh', '-c']\ndefault: build\nbuild arg='x': dep\n  @node build.js {{arg}}\ndep:\n  node dep.js\nother:\n  node other.js\n",
      "more.just": "",
      "build.js": "",
      "dep.js": "",
      "other.js": "",
    },
    "just build",
    "<node> build.js dep.js justfile more.just",
  ],
  [
    "make below make, and files of rules by a pattern, from where make works",
    {
      "Makefile": "include rules/*.mk $(wildcard more/*.mk) # all of them\nall:\n\t$(MAKE) -C sub go\n",
      "rules/a.mk": "include rules/b.inc\nx:\n\tnode x.js\n",
      "rules/b.inc": "",
      "more/c.mk": "",
      "sub/Makefile": "go:\n\tnode go.js\n",
      "sub/go.js": "",
      "x.js": "",
    },
    "make all",
    "<node> Makefile more/c.mk rules/a.mk rules/b.inc sub/Makefile sub/go.js x.js",
  ],
  [
    "just, its modules without a path and the variables that it reads",
    {
      "justfile": "set dotenv-load\nmod deploy\nmod other\nbuild:\n  node build.js\n",
      "deploy.just": "go:\n  node d.js\n",
      "other/mod.just": "",
      ".env": "NODE_OPTIONS=--require ./evil.cjs",
      "build.js": "",
    },
    "just build",
    ".env <node> build.js deploy.just justfile other/mod.just",
  ],
  [
    "a script that node itself runs",
    { "package.json": '{"scripts": {"go": "node go.js", "pregoo": "node no.js"}}', "go.js": "", "no.js": "" },
    "node --run go",
    "go.js package.json",
  ],
  [
    "a folder that Python runs",
    { "app/__main__.py": "import util", "app/util.py": "" },
    "python3 app",
    "app/ app/__main__.py app/util.py",
  ],
  [
    "yarn's own code, where its configuration names it, and the variables that it reads",
    {
      "package.json": '{"scripts": {"dev": "node d.js"}}',
      ".yarnrc.yml": "yarnPath: .yarn/releases/yarn-4.cjs\nplugins:\n  - path: .yarn/plugins/p.cjs\n    spec: x\n",
      ".yarn/releases/yarn-4.cjs": "",
      ".yarn/plugins/p.cjs": "",
      ".env.yarn": "",
      "d.js": "",
    },
    "yarn dev",
    ".env.yarn .yarn/plugins/p.cjs .yarn/releases/yarn-4.cjs .yarnrc.yml <node> d.js package.json",
  ],
  [
    "bun's preloaded modules and variables",
    {
      "package.json": '{"scripts": {"dev": "node d.js"}}',
      "bunfig.toml": 'preload = ["./hook.ts"]\n',
      "hook.ts": "import './h2.ts'",
      "h2.ts": "",
      ".env": "",
      "d.js": "",
    },
    "bun run dev",
    ".env <node> bunfig.toml d.js h2.ts hook.ts package.json",
  ],
  [
    "the shell that a package manager's configuration names",
    {
      "package.json": '{"scripts": {"dev": "node d.js"}}',
      ".npmrc": "script-shell=./tools/sh\n",
      "tools/sh": "",
      "d.js": "",
    },
    "npm run dev",
    ".npmrc <node> d.js package.json tools/sh",
  ],
  [
    "npm's configuration of a workspace's root, and the global one, beside the node that runs it",
    {
      ".npmrc": "script-shell=./tools/sh\n",
      "tools/sh": "",
      "packages/a/package.json": '{"scripts": {"dev": "tool"}}',
      "etc/npmrc": "node-options=--require=./hook.cjs\n",
      "etc/hook.cjs": "",
      "lib/node_modules/npm/npmrc": "",
    },
    "npm --prefix packages/a run dev",
    ".npmrc <tool> etc/hook.cjs etc/npmrc lib/node_modules/npm/npmrc packages/a/package.json tools/sh",
  ],
  [
    "wrangler's configuration and what it builds with",
    {
      "node_modules/.bin/wrangler": "#!/usr/bin/env node\n",
      "wrangler.jsonc": '{"main": "src/index.ts", "build": {"command": "node build.js"}}',
      "src/index.ts": "import './lib.ts'",
      "src/lib.ts": "",
      "build.js": "",
      "unused.js": "",
    },
    "npx wrangler deploy",
    "<node> build.js node_modules/.bin/ node_modules/.bin/wrangler src/index.ts src/lib.ts wrangler.jsonc",
  ],
  [
    "the configuration of test runners, and what it loads",
    {
      "package.json": '{"scripts": {"test": "vitest run && mocha && jest"}}',
      "node_modules/.bin/vitest": "#!/usr/bin/env node\n",
      "node_modules/.bin/mocha": "#!/usr/bin/env node\n",
      "node_modules/.bin/jest": "#!/usr/bin/env node\n",
      "vitest.config.ts": "import './plugin.ts'; export default { test: { setupFiles: ['./setup.ts'] } }",
      "plugin.ts": "",
      "setup.ts": "",
      ".mocharc.yml": "require: ./m.cjs\n",
      "m.cjs": "",
      "jest.config.json": '{"globalSetup": "./j.js"}',
      "j.js": "",
      "babel.config.js": "",
    },
    "npm test",
    ".mocharc.yml <node> babel.config.js j.js jest.config.json m.cjs node_modules/.bin/ node_modules/.bin/jest node_modules/.bin/mocha node_modules/.bin/vitest package.json plugin.ts setup.ts vitest.config.ts",
  ],
  [
    "pytest's configuration",
    {
      "conftest.py": "import helper",
      "helper.py": "",
      "pytest.ini": "[pytest]\naddopts = -p tools/x.py\n",
      "tools/x.py": "",
    },
    "python3 -m pytest",
    " conftest.py helper.py pytest.ini tools/ tools/x.py",
  ],
  [
    "what a shell script starts from where it was started, and reads from where it stands",
    {
      "scripts/deploy.sh":
        '#!/bin/sh\n. "$(dirname "$0")/lib.sh"\nHERE=$(cd "${0%/*}" && pwd)\nsource "$HERE/more/env.sh"\nnode src/job.js\n"$HERE"/run.sh\n',
      "scripts/lib.sh": "node src/lib.js\n",
      "scripts/more/env.sh": "",
      "scripts/run.sh": "",
      "scripts/unused.sh": "",
      "src/job.js": "import './part.js'",
      "src/part.js": "",
      "src/lib.js": "",
    },
    "sh scripts/deploy.sh",
    "<node> scripts/deploy.sh scripts/lib.sh scripts/more/env.sh scripts/run.sh src/job.js src/lib.js src/part.js",
  ],
  [
    "a shell script that goes to the folder above its own",
    { "a/bin/go.sh": 'cd "$(dirname "$0")/.." && node job.js\n', "a/job.js": "", "job.js": "" },
    "sh a/bin/go.sh",
    "<node> a/bin/go.sh a/job.js job.js",
  ],
  [
    "what a package script has node load by a variable, set by the shell or by another program",
    {
      "package.json": JSON.stringify({
        scripts: {
          a: "NODE_OPTIONS='--max-old-space-size=9 --require ./a.cjs' node t.js",
          posta: "timeout NODE_OPTIONS=--import=./b.mjs node t.js",
        },
      }),
      "a.cjs": "require('./a2.cjs')",
      "a2.cjs": "",
      "b.mjs": "",
      "t.js": "",
    },
    "npm run a",
    "<node> <timeout> a.cjs a2.cjs b.mjs package.json t.js",
  ],
  [
    "a file that is written together with its option, in a list, or as a URL of the file system's",
    {
      ...{ "a.sql": "", "b.rb": "", "c.conf": "", "d.conf": "", "e.txt": "", "f.txt": "", "g=h.txt": "", "@i.txt": "" },
      ...{ "j.txt": "", "k.txt": "", "l.json": "", "m.bin": "" },
    },
    "tool -fa.sql -r./b.rb --with=c.conf,d.conf type=bind,source=e.txt @x;f.txt -x - @g=h.txt --s=1,y=@i.txt --s=1,y=@j.txt " +
    "-Dx=y=k.txt --json=file://l.json fileb://m.bin",
    "@i.txt a.sql b.rb c.conf d.conf e.txt f.txt g=h.txt j.txt k.txt l.json m.bin",
  ],
  [
    "what an option names as a configuration, and what that names",
    {
      "a.toml": 'main = "src/a.ts"',
      "src/a.ts": "import './b.ts'",
      "src/b.ts": "",
      "v.env": "NODE_OPTIONS=--require=./hook.cjs",
      "hook.cjs": "",
      "x.sql": "\\i y.sql\n",
      "y.sql": "",
      "z.json": '{"extends": "./z2.json"}',
      "z2.json": "",
      "m.json": '{"imports": {"x": "./mapped.ts"}}',
      "mapped.ts": "",
      "data.json": '"unused.txt"',
      "unused.txt": "",
    },
    "tool -c a.toml --env-file=v.env --file x.sql --tsConfig z.json --import-map=m.json --data data.json",
    "a.toml data.json hook.cjs m.json mapped.ts src/a.ts src/b.ts v.env x.sql y.sql z.json z2.json",
  ],
  [
    "what shell text and recipes name below the home folder",
    {
      "Makefile": "a:\n\t. $(HOME)/a.env; $$HOME/bin/b; sh c.sh\n",
      "c.sh": '. ~/d.sh\nsource "${HOME}/e.sh"\nNODE_OPTIONS="--require $HOME/f.cjs" tool --rc=$HOME/g.rc\n',
      "home/a.env": "",
      "home/bin/b": "",
      "home/d.sh": "tool ~/h.txt",
      "home/e.sh": "",
      "home/f.cjs": "",
      "home/g.rc": "",
      "home/h.txt": "",
    },
    "make a",
    "<sh> <tool> Makefile c.sh home/a.env home/bin/b home/d.sh home/e.sh home/f.cjs home/g.rc home/h.txt",
  ],
  [
    "each file of a class path that is longer than any path",
    { "a.jar": "", "b.jar": "" },
    ["tool", "-cp", `a.jar:${"lib/".repeat(2000)}:b.jar`],
    "a.jar b.jar",
  ],
  [
    "git's hooks, its configurations, and what they name",
    {
      ".git/config": "[core]\n\tsshCommand = ./ssh.sh -q\n\thooksPath = .husky/_\n[alias]\n\tx = !./alias.sh\n",
      ".git/hooks/pre-push": "#!/bin/sh\n. ./lib.sh\n",
      ".git/hooks/pre-commit.sample": "",
      ".gitattributes": "* filter=x",
      ".husky/_/pre-push": "",
      ".husky/pre-push": "",
      "alias.sh": "",
      "lib.sh": "",
      "ssh.sh": "",
      "sub/x": "",
    },
    "git -C sub push",
    ".git/config .git/hooks/pre-push .gitattributes .husky/_/pre-push .husky/pre-push alias.sh lib.sh ssh.sh",
  ],
  [
    "git's configurations of the home folder, and those that a configuration includes",
    {
      ".git/config":
        '[include]\n\tpath = "../.gitconfig"\n[includeIf "x"] path=more.inc ; always\n[core]\n\thooksPath = ~/hooks\n',
      ".git/more.inc": "",
      ".git/info/attributes": "",
      ".git/hooks/post-commit": ". ./lib.sh\n",
      ".gitconfig": "[alias]\n\tx = !./alias.sh\n",
      ".gitmodules": "",
      "alias.sh": "",
      "lib.sh": "",
      "home/.gitconfig": "[include]\n\tpath = ~/work.inc\n[core]\n\tpager = ~/bin/page\n",
      "home/.config/git/config": "",
      "home/work.inc": "[core]\n\tsshCommand = ~/bin/ssh.sh\n",
      "home/bin/page": "",
      "home/bin/ssh.sh": "",
      "home/hooks/pre-push": "",
      "home/other.inc": "",
    },
    "git push",
    ".git/config .git/hooks/post-commit .git/info/attributes .git/more.inc .gitconfig .gitmodules alias.sh " +
    "home/.config/git/config home/.gitconfig home/bin/page home/bin/ssh.sh home/hooks/pre-push home/work.inc lib.sh",
  ],
  ...([["git -C other push", "other/.git"], ["git --git-dir=other/.git push", "other/.git"], [
    "git --git-dir other/.git push",
    "other/.git",
  ], ["git -C bare.git push", "bare.git"]] as const).map(([command, at]) =>
    [
      `the repository of ${command}`,
      { [`${at}/HEAD`]: "", [`${at}/config`]: "", [`${at}/hooks/pre-push`]: "" },
      command,
      `${at}/config ${at}/hooks/pre-push`,
    ] as const
  ),
  [
    "a program of PATH that git takes a word for",
    {
      "bin/git-lfs": "\x7fELF\0lfs",
      "bin/git-x": "",
      "package.json": '{"scripts": {"a": "git -C s -c x=y lfs push"}}',
    },
    "npm run a",
    "<git-lfs> <git> package.json",
  ],
  ...["cargo", "kubectl"].map((name) =>
    [
      `a program of PATH that ${name} takes a word for`,
      { [`bin/${name}`]: "\x7fELF\0", [`bin/${name}-lint`]: "" },
      `${name} lint`,
      `<${name}-lint>`,
    ] as const
  ),
  [
    "the repository behind a worktree's .git, when a script calls git",
    {
      "package.json": '{"scripts": {"a": "git push"}}',
      ".git": "gitdir: main/.git/worktrees/w\n",
      "main/.git/worktrees/w/commondir": "../..\n",
      "main/.git/worktrees/w/config.worktree": "",
      "main/.git/config": "",
      "main/.git/hooks/pre-push": "",
    },
    "npm run a",
    "<git> main/.git/config main/.git/hooks/pre-push main/.git/worktrees/w/config.worktree package.json",
  ],
  [
    "a task of deno.jsonc, and those that run before it",
    {
      "bin/deno": "\x7fELF\0",
      // Its words alone would bind what stands beside it.
      "deno.jsonc": '{ // x\n"tasks": {"a": {"command": "cd s && node a.js", "dependencies": ["b"]}, ' +
        '"b": "cd s && node b.js", "c": "cd s && node c.js"},}',
      "s/a.js": "",
      "s/b.js": "",
      "s/c.js": "",
    },
    "deno task a",
    "<node> deno.jsonc s/a.js s/b.js",
  ],
  [
    "a script that a program reads from its input",
    {
      "package.json": '{"scripts": {"a": "node <job.js; sh < job.sh"}}',
      "job.js": "",
      "job.sh": "tool x.txt",
      "x.txt": "",
    },
    "npm run a",
    "<node> <sh> <tool> job.js job.sh package.json x.txt",
  ],
  [
    "the lockfile that decides which packages an installation runs, and what npm builds or starts unasked",
    {
      "package.json": "{}",
      "package-lock.json": "{}",
      "binding.gyp": "",
      "server.js": "",
    },
    "npm ci",
    "binding.gyp package-lock.json package.json",
  ],
  [
    "the file that npm start falls back to",
    { "package.json": "{}", "server.js": "" },
    "npm start",
    "package.json server.js",
  ],
  [
    "code that shell text names where it is not followed, and not what it makes",
    {
      "package.json": JSON.stringify({
        scripts: {
          a: "for f in a.sh more/*.sh; do sh $f; done; D=lib; . ./$D/x.sh; eval 'sh b.sh'; cp c.sh made.sh > out.js; rm d.js",
          posta: "node t/*.js; (cd sub); trap 'e.sh' EXIT; cat <<EOF\nit's\nEOF\nsh f.sh",
        },
      }),
      "a.sh": "",
      "more/b.sh": "",
      "lib/x.sh": "",
      "b.sh": "",
      "c.sh": "",
      "made.sh": "",
      "out.js": "",
      "d.js": "",
      "t/a.js": "import '../g.js'",
      "g.js": "",
      "sub/x": "",
      "e.sh": "",
      "f.sh": "",
      "unused.sh": "",
    },
    "npm run a",
    "<node> <sh> a.sh b.sh c.sh e.sh f.sh g.js lib/x.sh more/b.sh package.json t/a.js",
  ],
  [
    "what code on the command line of a package script loads",
    {
      "package.json": JSON.stringify({ scripts: { a: "node -e \"require('./a')\" && python3 -c 'import b'" } }),
      "a.js": "",
      "b.py": "",
    },
    "npm run a",
    " <node> <python3> a.js b.py package.json",
  ],
  [
    "code that JavaScript names in other ways than by importing it, but for that of packages",
    {
      "src/a.js": [
        "const load = createRequire(import.meta.url); load('./b')",
        "require(path.join(__dirname, 'c.js')); require(__dirname + '/d'); import(`${import.meta.dirname}/e.mjs`)",
        "spawn('sh', ['scripts/f.sh']); execSync('node g.js'); fs.writeFileSync('./state.json', '')",
        "import 'node_modules/p/i.js'",
        "fs.writeFileSync('./made.js', ''); build({ outfile: 'dist/made.js' }); createWriteStream(`./made.mjs`)",
      ].join("\n"),
      "src/b.js": "",
      "src/c.js": "",
      "src/d.js": "",
      "src/e.mjs": "",
      "src/state.json": "",
      "src/made.js": "",
      "src/made.mjs": "",
      "dist/made.js": "",
      "scripts/f.sh": "",
      "g.js": "",
      "node_modules/p/i.js": "spawn('h.js')",
      "h.js": "",
    },
    "node src/a.js",
    "g.js node_modules/p/i.js scripts/f.sh src/a.js src/b.js src/c.js src/d.js src/e.mjs",
  ],
  [
    "modules that Python names in other ways, and the names beside each",
    {
      "a.py": "import importlib; importlib.import_module('b'); from p import *\nsubprocess.run(['sh', 'c.sh'])",
      "b.py": "",
      "c.sh": "",
      "p/__init__.py": "__all__ = ['d']",
      "p/d.py": "",
    },
    "python3 a.py",
    " a.py b.py c.sh p/ p/__init__.py p/d.py",
  ],
  [
    "what make computes, defines and includes from elsewhere, by whatever variable",
    {
      "Makefile": [
        "include far.mk",
        "S != ./a.sh",
        "SHELL = ./shell",
        "define RUN",
        "sh b.sh",
        "endef",
        "test: T = c.sh",
        "test: out.txt",
        "\tsh $(T) $(LATE) $(FAR) $(CURDIR)/e.sh $(shell ./h.sh)",
        "%.txt: f.sh",
        "\tsh $<",
        "LATE = d.sh",
      ].join("\n"),
      "inc/far.mk": "FAR = g.sh\n",
      "a.sh": "",
      "b.sh": "",
      "c.sh": "",
      "d.sh": "",
      "e.sh": "",
      "f.sh": "",
      "g.sh": "",
      "h.sh": "",
      "shell": "",
      "unused.sh": "",
    },
    "make -Iinc test",
    "<sh> Makefile a.sh b.sh c.sh d.sh e.sh f.sh g.sh h.sh inc/far.mk shell",
  ],
  [
    "what make would make a Makefile, or a file that is needed, from",
    {
      "Makefile": "-include conf.mk\nall: run\n\t./run\n",
      "Makefile.sh": "",
      "RCS/Makefile,v": "",
      "conf.mk.c": "",
      "run": "",
      "run.sh": "",
      "run.log": "",
    },
    "make",
    "Makefile Makefile.sh RCS/Makefile,v conf.mk.c run run.sh",
  ],
  [
    "the configuration that an option names, and the one in the package, and what they name",
    {
      "package.json": JSON.stringify({ jest: { setupFiles: ["./setup.js"] }, mocha: { require: "./m.js" } }),
      "node_modules/.bin/jest": "#!/usr/bin/env node\n",
      "setup.js": "",
      "m.js": "",
      "prod.toml": 'main = "src/index.ts"',
      "prod.yml": "run: src/index.ts",
      "src/index.ts": "import './lib.ts'",
      "src/lib.ts": "",
      "data.json": '["src/state.txt"]',
      "src/state.txt": "",
    },
    "npx jest -c prod.toml data.json",
    "<node> data.json node_modules/.bin/ node_modules/.bin/jest package.json prod.toml setup.js src/index.ts src/lib.ts",
  ],
  [
    "the configuration that any tool is given",
    { "prod.yml": "run: ./go.sh", "go.sh": "" },
    "tool --config-file=prod.yml",
    "go.sh prod.yml",
  ],
  [
    "what stands behind the interpreter of a script",
    { "run": "#!/usr/bin/env -S node --import=./hook.mjs -r ./h2\n", "hook.mjs": "", "h2.js": "" },
    "tool run",
    "<node> h2.js hook.mjs run",
  ],
  [
    "the recipes of a script for make",
    { "run": "#!/usr/bin/env -S make -f\nall:\n\tsh x.sh\n", "x.sh": "" },
    "tool run",
    "<make> <sh> run x.sh",
  ],
  [
    "what git's configuration includes, relative to itself",
    { ".git/config": "[include]\n\tpath = ../more\n", "more": "" },
    "git status",
    ".git/config more",
  ],
  [
    "a workspace before the script, wherever it stands",
    {
      "package.json": JSON.stringify({ workspaces: [".hidden/*"] }),
      ".hidden/a/package.json": '{"scripts": {"b": "node b.js"}}',
      ".hidden/a/b.js": "",
    },
    "npm -w .hidden/a run b",
    ".hidden/a/b.js .hidden/a/package.json <node> package.json",
  ],
  [
    "what is found by a search path that a script sets",
    {
      "package.json": JSON.stringify({ scripts: { a: "PATH=$PWD/own:$PATH run-it && PYTHONPATH=lib python3 s/a.py" } }),
      "own/run-it": "#!/bin/none\n",
      "s/a.py": "import sys, b\nsys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'more'))\nimport c",
      "lib/b.py": "",
      "more/c.py": "",
      "s/more/c.py": "",
    },
    "npm run a",
    " <python3> lib/ lib/b.py more/ more/c.py own/run-it package.json s/ s/a.py s/more/ s/more/c.py",
  ],
  [
    "a module that is named as a URL",
    { "a.mjs": "import './b%20c.mjs'", "b c.mjs": "" },
    "node a.mjs",
    "a.mjs b c.mjs",
  ],
  [
    "a command of its own that git or cargo would find before anything else of that name",
    {
      "bin/git-deploy": "#!/bin/none\n",
      "bin/cargo": "#!/bin/none\n",
      "bin/cargo-ship": "#!/bin/none\n",
      Makefile: "a:\n\tgit deploy\n\tcargo ship\n",
    },
    "make a",
    "<cargo-ship> <cargo> <git-deploy> <git> Makefile",
  ],
  ["each file of a class path", { "a.jar": "", "b.jar": "" }, "tool -cp a.jar:b.jar Main", "a.jar b.jar"],
];

for (const [name, files, command, expected] of TABLE) {
  Deno.test(`pinCommand() binds ${name}`, () =>
    Project.with(files, async (project) => {
      assert.equal(await project.paths(command, { home: join(project.folder, "home") }), expected);
    }));
}

Deno.test("pinCommand() says what is not bound: folders, and what a tool finds by itself", () =>
  Project.with(
    { "src/a.js": "", "Makefile": "include $(DIR)/x.mk\nall:\n\tnode a.js\n", "a.js": "" },
    async (project) => {
      const notes = async (command: string) => (await project.pin(command)).notes.join("\n");
      assert.match(await notes("tool src"), /^"src" is a folder, whose files are not checked: /);
      assert.match(await notes("tool --root=src"), /"src" is a folder/);
      assert.equal(await notes("tool ."), "");
      assert.equal(await notes("node src/a.js"), "");
      assert.match(await notes("python3 -m pytest"), /^pytest finds by itself what it runs: /);
      assert.match(await notes("node --test"), /^a test runner finds by itself what it runs: /);
      assert.match(await notes("make all"), /"\$\(DIR\)\/x\.mk" is included, and cannot be followed/);
      assert.equal(await notes("npm run x"), "");
    },
  ));

Deno.test("pinCommand() says where files that change while the command runs are loaded anew", () =>
  Project.with(
    Object.fromEntries(
      ["vite", "wrangler", "tsx"].map((name) => [`node_modules/.bin/${name}`, "#!/usr/bin/env node\n"]),
    ),
    async (project) => {
      const notes = async (command: string) => (await project.pin(command)).notes.join("\n");
      for (const call of ["node --watch a.js", "tool --reload", "npx vite", "npx wrangler dev", "npx tsx watch a.js"]) {
        assert.match(await notes(call), / loads files anew when they change while it runs: no consent holds/, call);
      }
      for (const call of ["npx vite build", "npx wrangler deploy", "npx tsx a.js"]) {
        assert.doesNotMatch(await notes(call), /anew/, call);
      }
    },
  ));

Deno.test("pinCommand() binds what the system finds behind a link and .., and what the text says", () =>
  Project.with(
    {
      "a/x": "",
      "go.sh": "",
      "m.sh": ". a/../go.sh\n",
      "m.mk": "all:\n\tsh a/../go.sh\n",
      "far/b/x": "",
      "far/go.sh": "",
    },
    async (project) => {
      const before = [await project.paths("sh a/../go.sh"), await project.paths("sh m.sh")];
      assert.deepEqual(before, ["go.sh", "go.sh m.sh"]);
      await Deno.remove(`${project.folder}/a`, { recursive: true });
      await Deno.symlink("far/b", `${project.folder}/a`);
      assert.equal(await project.paths("sh a/../go.sh"), "far/go.sh go.sh");
      assert.equal(await project.paths(`sh ${project.folder}/a/../go.sh`), "far/go.sh go.sh");
      assert.equal(await project.paths("tool --file=a/../go.sh"), "far/go.sh go.sh");
      assert.equal(await project.paths("sh m.sh"), "far/go.sh go.sh m.sh");
      assert.equal(await project.paths("make -f m.mk"), "<sh> far/go.sh go.sh m.mk");
      assert.equal(await project.paths("make -C a/.. -f ../m.mk"), "<sh> far/go.sh m.mk");
    },
  ));

Deno.test("pinCommand() looks beside a Python script, where it is behind a link", () =>
  Project.with({ "lib/run.py": "import x", "lib/x.py": "" }, async (project) => {
    await Deno.symlink("lib/run.py", `${project.folder}/run.py`);
    assert.equal(await project.paths("python3 run.py"), " lib/ lib/run.py lib/x.py");
  }));

Deno.test("pinCommand() tells what would be fetched, or stands in the command itself, from what a script is given", () =>
  Project.with(
    { "a.ts": "", "deno.json": "{}", "bin/deno": "\x7fELF", "bin/uvx": "\x7fELF", "bin/go": "\x7fELF" },
    async (project) => {
      const fetched = async (command: string) => {
        for (const name of ["deno", "uvx", "go"]) await Deno.chmod(`${project.folder}/bin/${name}`, 0o755);
        return (await project.pin(command)).fetched;
      };
      assert.deepEqual(await fetched("deno run -A https://example.com/x.ts a.ts"), ["https://example.com/x.ts"]);
      assert.deepEqual(await fetched("deno run --config deno.json npm:evil"), ["npm:evil"]);
      assert.deepEqual(await fetched("deno data:text/javascript,1"), ["data:text/javascript,1"]);
      assert.deepEqual(await fetched("deno run a.ts https://example.com/x.ts"), []);
      assert.deepEqual(await fetched("uvx --quiet tool x"), ["tool"]);
      assert.deepEqual(await fetched("go run example.com/x@latest y@z"), ["example.com/x@latest"]);
      assert.deepEqual(await fetched("go run . y"), []);
      assert.match((await project.pin("deno run npm:evil")).notes.join(), /what would be fetched cannot be checked/);
    },
  ));

Deno.test("pinCommand() binds what a shell reads at home where it is a login or an interactive one", () =>
  Project.with({
    "x.sh": "",
    "run": "#!/usr/bin/env -S sh -l\n",
    "home/.profile": "",
    "home/.bashrc": "",
    "home/.zshenv": "",
  }, async (project) => {
    const home = `${project.folder}/home`;
    assert.equal(await project.paths("sh x.sh", { home }), "x.sh");
    assert.equal(await project.paths("sh -el x.sh", { home }), "home/.profile x.sh");
    assert.equal(await project.paths("sh --login x.sh", { home }), "home/.profile x.sh");
    assert.equal(await project.paths("tool run", { home }), "<sh> home/.profile run");
  }));

Deno.test("pinCommand() follows a source with a byte that is no UTF-8, and one beside the link that leads to it", () =>
  Project.with(
    { "x.js": "", "far/y.sh": '. ./z.sh\n. "$(dirname "$0")/lib.sh"', "lib.sh": "", "z.sh": "" },
    async (project) => {
      const bytes = new TextEncoder().encode("require('./x') // ?\n");
      bytes[bytes.length - 2] = 0xe9;
      await Deno.writeFile(`${project.folder}/a.js`, bytes);
      await Deno.symlink("far/y.sh", `${project.folder}/y.sh`);
      assert.equal(await project.paths("node a.js"), "a.js x.js");
      assert.equal(await project.paths("sh y.sh"), "far/y.sh lib.sh z.sh");
    },
  ));
