import assert from "node:assert/strict";
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
    "app/ app/deep.py app/late.py app/main.py app/pkg/__init__.py app/pkg/sub/__init__.py app/pkg/sub/one.py app/pkg/sub/two.py app/pkg/top.py app/sibling.py app/util.py",
  ],
  [
    "a Python module started by name",
    { "pkg/__init__.py": "", "pkg/__main__.py": "from pkg import core", "pkg/core.py": "" },
    "python3 -m pkg",
    " pkg/__init__.py pkg/__main__.py pkg/core.py",
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
    "<node> in.txt node_modules/.bin/impl.js node_modules/.bin/tool package.json",
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
        '{"scripts": {"all": "run-s build:*", "build:a": "node a.js", "build:b": "node b.js", "test": "node c.js"}}',
      "node_modules/.bin/run-s": "#!/usr/bin/env node\n",
      "a.js": "",
      "b.js": "",
      "c.js": "",
    },
    "npm run all",
    "<node> a.js b.js node_modules/.bin/run-s package.json",
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
];

for (const [name, files, command, expected] of TABLE) {
  Deno.test(`pinCommand() binds ${name}`, () =>
    Project.with(files, async (project) => {
      assert.equal(await project.paths(command), expected);
    }));
}
