import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { OvError } from "../../src/base/mod.ts";
import { changedSince, type PinCommand, pinCommand, type PinnedCommand } from "../../src/policy/mod.ts";
import { put, withFolder } from "../run/temp_folder.ts";

/** A project in a temporary folder, with programs of its own in `bin/`, so that no test depends on what is installed. */
class Project {
  constructor(readonly folder: string) {}

  static async with(files: Readonly<Record<string, string>>, body: (project: Project) => Promise<void>): Promise<void> {
    await withFolder(async (folder) => {
      const project = new Project(folder);
      for (
        const name of ["sh", "node", "npm", "npx", "pnpm", "yarn", "bun", "make", "just", "python3", "tool", "timeout"]
      ) {
        await put(folder, `bin/${name}`, `\x7fELF\0${name}`, 0o755);
      }
      for (const [name, text] of Object.entries(files)) {
        await put(folder, name, text, text.startsWith("#!") ? 0o755 : 0o644);
      }
      await body(project);
    });
  }

  async pin(command: string | readonly string[], more: Partial<PinCommand> = {}): Promise<PinnedCommand> {
    const [program, ...argv] = typeof command === "string" ? command.split(" ") : command;
    return await pinCommand({
      program: program!.includes("/") ? join(this.folder, program!) : join(this.folder, "bin", program!),
      argv,
      workDir: this.folder,
      find: async (name) => {
        const path = join(this.folder, "bin", name);
        return await Deno.stat(path).then(() => path, () => null);
      },
      ...more,
    });
  }

  /** Paths of the pins below the project, the shared programs as `<name>`, sorted. */
  async paths(command: string | readonly string[], more: Partial<PinCommand> = {}): Promise<string> {
    const { pins } = await this.pin(command, more);
    return pins.map(({ path }) => path).filter((path) => path.startsWith(this.folder))
      .map((path) => path.slice(this.folder.length + 1))
      .map((path) => path.startsWith("bin/") ? `<${basename(path)}>` : path).sort().join(" ");
  }

  async write(name: string, text: string): Promise<void> {
    await put(this.folder, name, text);
  }
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    assert(error instanceof OvError, String(error));
    return error.code;
  }
  return "none";
}

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

Deno.test("pinCommand() gives SHA-256 of the files and of the program", () =>
  Project.with({ "a.txt": "abc" }, async (project) => {
    const { pins, programSha256 } = await project.pin("tool a.txt");
    // FIPS 180-2, appendix B.1.
    assert.deepEqual(pins, [{
      path: join(project.folder, "a.txt"),
      sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    }]);
    assert.match(programSha256, /^[0-9a-f]{64}$/);
    await put(project.folder, "bin/tool", "changed\0", 0o755);
    assert.notEqual((await project.pin("tool a.txt")).programSha256, programSha256);
  }));

Deno.test("pinCommand() finds every change of one byte, every file that is added before another, and every one that goes", () =>
  Project.with({
    "package.json": '{"scripts": {"test": "node t.js"}}',
    "t.js": "require('./lib/x'); require('./y')",
    "lib/x/index.js": "1",
    "y.js": "",
    "m/main.py": "import json",
  }, async (project) => {
    const changes: readonly (readonly [string, string, string])[] = [
      ["npm test", "package.json", '{"scripts": {"test": "node t.js "}}'],
      ["npm test", "lib/x/index.js", "2"],
      ["npm test", "lib/x.js", "shadows the folder"],
      ["npm test", ".npmrc", "script-shell=./evil"],
      ["npm test", "node_modules/.bin/node", "#!/bin/sh\n"],
      ["npm test", "y.json", "{}"],
      ["npm test", "y/package.json", "{}"],
      ["python3 m/main.py", "m/json.py", "shadows the standard library"],
      ["python3 m/main.py", "m/re/__init__.py", "shadows it deeper"],
    ];
    for (const [command, file, text] of changes) {
      const before = await project.pin(command);
      await project.write(file, text);
      const after = await project.pin(command);
      const changed = changedSince(before, after);
      assert(changed.length > 0, `${command}: ${file}`);
      await Deno.remove(join(project.folder, file));
      assert(changedSince(after, await project.pin(command)).length > 0, `${command}: ${file} removed`);
      if (file === "package.json") await project.write(file, '{"scripts": {"test": "node t.js"}}');
      if (file === "lib/x/index.js") await project.write(file, "1");
    }
  }));

Deno.test("pinCommand() finds that another program comes first in PATH", () =>
  Project.with(
    { "package.json": '{"scripts": {"test": "node t.js"}}', "t.js": "", "evil": "#!/bin/sh\n" },
    async (project) => {
      const before = await project.pin("npm test");
      const evil = join(project.folder, "evil");
      const after = await project.pin("npm test", { find: () => Promise.resolve(evil) });
      assert(changedSince(before, after).includes(evil));
    },
  ));

Deno.test("pinCommand() pins the interpreter that a #! line names by a path, and env before one that it looks up", () =>
  Project.with({ "a": "#!/bin/sh -e\n", "b": "#!/usr/bin/env -S node --x\n" }, async (project) => {
    const paths = async (command: string) => (await project.pin(command)).pins.map((pin) => pin.path);
    assert((await paths("tool a")).includes(await Deno.realPath("/bin/sh")));
    assert((await paths("tool b")).includes(await Deno.realPath("/usr/bin/env")));
    assert((await paths("tool b")).includes(join(project.folder, "bin/node")));
  }));

Deno.test("pinCommand() pins what a link leads to, and finds that it leads elsewhere", () =>
  Project.with({ "one.txt": "1", "two.txt": "1" }, async (project) => {
    const link = join(project.folder, "link");
    await Deno.symlink("one.txt", link);
    assert.equal(await project.paths("tool link"), "one.txt");
    const before = await project.pin("tool link");
    await Deno.remove(link);
    await Deno.symlink("two.txt", link);
    assert.equal(changedSince(before, await project.pin("tool link")).length, 2);
  }));

Deno.test("pinCommand() reads the home folder's configuration of a package manager", () =>
  Project.with(
    { "package.json": '{"scripts": {"a": "tool"}}', "home/.npmrc": "node-options=--require=x" },
    async (project) => {
      const home = join(project.folder, "home");
      assert.equal(await project.paths("npm run a", { home }), "<tool> home/.npmrc package.json");
    },
  ));

Deno.test("pinCommand() never opens a pipe, a device or what the system makes up", () =>
  Project.with({}, async (project) => {
    const made = await new Deno.Command("mkfifo", { args: [join(project.folder, "pipe")] }).output();
    assert(made.success);
    assert.equal(await project.paths("tool pipe /dev/zero /dev/stdin /proc/self/environ /proc/cpuinfo"), "");
  }));

Deno.test("pinCommand() says what it can not check", () =>
  Project.with({ "package.json": "{}" }, async (project) => {
    const { notes } = await project.pin("npx cowsay@1 hello");
    assert.equal(notes.length, 1);
    assert.match(notes[0]!, /"cowsay@1" is not installed here/);
    assert.deepEqual((await project.pin("tool x")).notes, []);
  }));

Deno.test("pinCommand() comes to an end when scripts and imports go in circles", () =>
  Project.with({
    "package.json": '{"scripts": {"a": "npm run b", "b": "npm run a && npm run b", "preb": "npm run b -- x"}}',
    "a.js": "import './b.js'",
    "b.js": "import './a.js'",
    "s.sh": "#!/bin/sh\n./s.sh\nsh s.sh\n. ./s.sh\n",
    "Makefile": "include Makefile\na: b\n\tmake a\nb: a\n\tmake b\n",
    "justfile": "import 'justfile'\na: a\n  just a\n",
  }, async (project) => {
    for (const command of ["npm run a", "node a.js", "sh s.sh", "make a", "just a"]) await project.pin(command);
  }));

Deno.test("pinCommand() refuses more files or bytes than its limits", () =>
  Project.with(
    { "a.js": "import './b.js'; import './c.js'", "b.js": "x", "c.js": "x".repeat(500) },
    async (project) => {
      const pin = (files: number, bytes: number) => codeOf(project.pin("node a.js", { limits: { files, bytes } }));
      assert.equal(await pin(10, 10_000), "none");
      assert.equal(await pin(3, 10_000), "policy/denied");
      assert.equal(await pin(10, 400), "policy/denied");
    },
  ));

Deno.test("pinCommand() refuses a program that others can write, or whose folder they can", () =>
  Project.with({ "package.json": '{"scripts": {"a": "tool x"}}' }, async (project) => {
    const bin = join(project.folder, "bin");
    const tool = join(bin, "tool");
    const code = (command: string) => codeOf(project.pin(command));
    assert.equal(await code("tool"), "none");
    await Deno.chmod(tool, 0o757);
    assert.equal(await code("tool"), "policy/denied");
    // Also when another program starts it.
    assert.equal(await code("npm run a"), "policy/denied");
    assert.equal(await code("node x"), "none");
    await Deno.chmod(tool, 0o755);
    await Deno.chmod(bin, 0o777);
    assert.equal(await code("tool"), "policy/denied");
    // With the sticky bit, only the owner of a file can replace it.
    await Deno.chmod(bin, 0o1777);
    assert.equal(await code("tool"), "none");
    await Deno.chmod(bin, 0o755);
    await Deno.chmod(project.folder, 0o777);
    assert.equal(await code("tool"), "policy/denied");
    await Deno.chmod(project.folder, 0o700);
  }));

Deno.test("pinCommand() refuses a program behind a link into a folder that others can write", () =>
  Project.with({ "open/real": "#!/bin/sh\n" }, async (project) => {
    await Deno.symlink(join(project.folder, "open/real"), join(project.folder, "bin/linked"));
    assert.equal(await codeOf(project.pin("linked")), "none");
    await Deno.chmod(join(project.folder, "open"), 0o777);
    assert.equal(await codeOf(project.pin("linked")), "policy/denied");
  }));

Deno.test("pinCommand() refuses a program of another user when it knows whose it may be", () =>
  Project.with({}, async (project) => {
    const own = Deno.uid()!;
    assert.equal(await codeOf(project.pin("tool", { ownUid: own })), "none");
    // A file of our own looks like another user's to anybody else; one of root's never does.
    const expected = own === 0 ? "none" : "policy/denied";
    assert.equal(await codeOf(project.pin("tool", { ownUid: own + 1 })), expected);
  }));
