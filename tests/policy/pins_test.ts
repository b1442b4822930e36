import assert from "node:assert/strict";
import { join } from "node:path";
import { OvError } from "../../src/base/mod.ts";
import { changedSince } from "../../src/policy/mod.ts";
import { put } from "../run/temp_folder.ts";
import { Project } from "./project.ts";

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    assert(error instanceof OvError, String(error));
    return error.code;
  }
  return "none";
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

Deno.test("pinCommand() binds the file behind a program that is a link", () =>
  Project.with({ "store/v1": "#!/bin/sh\n", "store/v2": "#!/bin/sh\n" }, async (project) => {
    const link = join(project.folder, "bin/linked");
    await Deno.symlink(join(project.folder, "store/v1"), link);
    const before = await project.pin("linked");
    assert(before.pins.some((pin) => pin.path.endsWith("store/v1")));
    await Deno.remove(link);
    await Deno.symlink(join(project.folder, "store/v2"), link);
    const after = await project.pin("linked");
    assert.equal(before.programSha256, after.programSha256);
    assert.equal(changedSince(before, after).length, 2);
  }));

Deno.test("pinCommand() reads the home folder's configuration of a package manager", () =>
  Project.with(
    { "package.json": '{"scripts": {"a": "tool"}}', "home/.npmrc": "node-options=--require=x" },
    async (project) => {
      const home = join(project.folder, "home");
      assert.equal(await project.paths("npm run a", { home }), "<tool> home/.npmrc package.json");
    },
  ));

// The program, what it is given, and what it reads below the home folder before that.
const STARTUP: readonly (readonly [string, string, string])[] = [
  ["zsh", "x", ".zshenv"],
  ["zsh", "-l x", ".zlogin .zlogout .zprofile .zshenv .zshrc"],
  ["bash", "x", ""],
  ["bash", "-l x", ".bash_login .bash_logout .bash_profile .bashrc .profile"],
  ["bash", "--login x", ".bash_login .bash_logout .bash_profile .bashrc .profile"],
  ["bash", "-c true", ".bash_login .bash_logout .bash_profile .bashrc .profile"],
  ["dash", "-i", ".kshrc .mkshrc .profile"],
  ["zsh", "--interactive x", ".zlogin .zlogout .zprofile .zshenv .zshrc"],
  ["tcsh", "-l", ".cshrc .login .logout .tcshrc"],
  ["fish", "x", ".config/fish/conf.d/any.fish .config/fish/config.fish"],
  ["Rscript", "x", ".Renviron .Rprofile"],
  ["julia", "x", ".julia/config/startup.jl"],
  ["psql", "-f x", ".pg_service.conf .psqlrc .psqlrc-any"],
  ["mysql", "x", ".my.cnf"],
  ["sqlite3", "x", ".config/sqlite3/sqliterc .sqliterc"],
  ["duckdb", "x", ".duckdbrc"],
  ["mongosh", "x", ".mongorc.js .mongoshrc.js"],
  ["ssh", "x", ".ssh/conf.d/any .ssh/config .ssh/config.d/any"],
  ["aws", "x", ".aws/cli/alias .aws/config .aws/credentials"],
  ["terraform", "x", ".aws/cli/alias .aws/config .aws/credentials .terraform.d/any .terraformrc"],
  ["kubectl", "x", ".kube/config .kube/kuberc"],
  ["docker", "x", ".docker/config.json"],
  ["docker", "compose up", ".docker/cli-plugins/docker-compose .docker/config.json"],
  ["gh", "any x", ".config/gh/config.yml .local/share/gh/extensions/gh-any/gh-any"],
  ["cargo", "x", ".cargo/config .cargo/config.toml"],
  ["gradle", "x", ".gradle/gradle.properties .gradle/init.d/any .gradle/init.gradle"],
  ["mvn", "x", ".m2/settings.xml .mavenrc"],
  ["bunx", "x", ".bunfig.toml"],
  ["pnpm", "x", ".bunfig.toml .config/pnpm/config.yaml .config/pnpm/rc .npmrc Library/Preferences/pnpm/rc"],
  ["pip3", "x", ".config/pip/pip.conf .pip/pip.conf Library/Application Support/pip/pip.conf"],
  ["uv", "x", ".config/uv/uv.toml"],
  ["poetry", "x", ".config/pypoetry/config.toml Library/Application Support/pypoetry/config.toml"],
  ["bundle", "x", ".bundle/config .rspec"],
  ["ansible", "x", ".ansible.cfg .ansible/plugins/any/any.py"],
];

Deno.test("pinCommand() reads what a program reads from the home folder whenever it starts", () =>
  Project.with({ "home/other": "", "home/.ov": "" }, async (project) => {
    const home = join(project.folder, "home");
    for (const path of STARTUP.flatMap(([, , files]) => files.split(/ (?!Support)/))) {
      if (path !== "") await project.write(`home/${path}`, "");
    }
    for (const [program, args, expected] of STARTUP) {
      await Deno.copyFile(join(project.folder, "bin/tool"), join(project.folder, "bin", program));
      const { pins } = await project.pin(`${program} ${args}`, { home });
      const found = pins.map(({ path }) => path).filter((path) => path.startsWith(`${home}/`) && !path.endsWith("/"));
      assert.equal(found.map((path) => path.slice(home.length + 1)).join(" "), expected, `${program} ${args}`);
    }
  }));

Deno.test("pinCommand() reads what is read at the start also of interpreters and of what scripts start, and what it names", () =>
  Project.with({
    "home/.zshenv": "x",
    "home/.psqlrc": "\\! ./hook.sh",
    "home/hook.sh": "",
    "home/.bash_profile": ". ~/more.sh",
    "home/more.sh": "",
    "home/.local/lib/python3.11/site-packages/x.pth": "import os",
    "home/.local/lib/python3.11/site-packages/usercustomize.py": "",
    "home/.local/lib/python3.11/site-packages/_virtualenv.py": "",
    "home/.local/lib/python3.11/site-packages/other.py": "",
    "venv/lib/python3.12/site-packages/sitecustomize.py": "",
    "venv/pyvenv.cfg": "",
    "real/bin/python3": "\x7fELF\0",
    "real/lib/python3.12/sitecustomize.py": "",
    "real/lib/python3.12/site-packages/y.pth": "",
    "script": "#!/usr/bin/env zsh\n",
    "login": "#!/usr/bin/env -S bash -l\n",
    "a.py": "",
    "package.json": '{"scripts": {"a": "psql -f x"}}',
  }, async (project) => {
    const at = (name: string) => join(project.folder, name);
    const user = ["_virtualenv.py", "usercustomize.py", "x.pth"]
      .map((file) => `home/.local/lib/python3.11/site-packages/${file}`).join(" ");
    const environment = "venv/lib/python3.12/site-packages/sitecustomize.py venv/pyvenv.cfg";
    for (const name of ["psql", "zsh", "bash", "pypy3"]) await Deno.copyFile(at("bin/tool"), at(`bin/${name}`));
    await Deno.mkdir(at("venv/bin"));
    await Deno.symlink(at("bin/python3"), at("venv/bin/python"));
    await Deno.symlink(at("bin/pypy3"), at("venv/bin/pypy"));
    await Deno.symlink(at("real/bin/python3"), at("bin/python3.12"));
    for (
      const [command, expected] of [
        ["./script", "<zsh> home/.zshenv"],
        ["./login", "<bash> home/.bash_profile home/more.sh"],
        ["npm run a", "<psql> home/.psqlrc home/hook.sh package.json"],
        ["python3 a.py", `a.py ${user}`],
        ["pypy3 a.py", `a.py ${user}`],
        ["venv/bin/python a.py", `<python3> a.py ${user} ${environment}`],
        ["venv/bin/pypy a.py", `<pypy3> a.py ${user} ${environment}`],
        [
          "python3.12 a.py",
          `a.py ${user} real/bin/python3 real/lib/python3.12/site-packages/y.pth real/lib/python3.12/sitecustomize.py`,
        ],
      ] as const
    ) {
      const found = (await project.paths(command, { home: at("home") })).split(" ").filter((path) =>
        path !== "" && !path.endsWith("/")
      );
      assert.equal(found.join(" "), expected, command);
    }
  }));

Deno.test("pinCommand() never opens a pipe, a device or what the system makes up", () =>
  Project.with({}, async (project) => {
    const made = await new Deno.Command("mkfifo", { args: [join(project.folder, "pipe")] }).output();
    assert(made.success);
    const { pins, unread } = await project.pin(
      "tool pipe /dev/zero /dev/stdin /proc/self/environ /proc/cpuinfo /sys/kernel/mm",
    );
    assert.deepEqual(pins, []);
    // What the system has under these names is known by them (`warnings.ts`); a pipe can have any name.
    assert.deepEqual(unread, [join(project.folder, "pipe")]);
    await project.write("package.json", '{"scripts": {"a": "node pipe"}}');
    assert.deepEqual((await project.pin("npm run a")).unread, [join(project.folder, "pipe")]);
    await Deno.symlink("/proc/self/environ", join(project.folder, "notes.txt"));
    await Deno.symlink("/dev/null", join(project.folder, "none"));
    const linked = await project.pin("tool notes.txt none");
    assert.match(linked.unread.join(), /^\/proc\/\d+\/environ$/);
    assert.deepEqual(linked.pins, []);
    // Nor does a device under another name.
    await Deno.symlink("/dev/zero", join(project.folder, "zero"));
    assert.deepEqual((await project.pin("tool zero")).unread, ["/dev/zero"]);
    const disk = join(project.folder, "disk");
    await project.write("disk", "");
    const real = Deno.statSync;
    Deno.statSync = (path) => path === disk ? { ...real(path), isFile: false, isBlockDevice: true } : real(path);
    try {
      assert.deepEqual((await project.pin("tool disk")).unread, [disk]);
    } finally {
      Deno.statSync = real;
    }
  }));

Deno.test("pinCommand() waits for no pipe that stands where a configuration would", () =>
  Project.with({ "package.json": '{"scripts": {"a": "git push"}}' }, async (project) => {
    const pipes = [".git/commondir", ".git/config", ".gitattributes", "sub/.git", "sub/deno.json", "sub/package.json"];
    for (const name of [".git/HEAD", "sub/x"]) await project.write(name, "");
    const made = await new Deno.Command("mkfifo", { args: pipes.map((name) => join(project.folder, name)) }).output();
    assert(made.success);
    for (const command of ["npm run a", "npm --prefix sub run a", "git -C sub push", "deno task a"]) {
      await project.pin(command, {
        workDir: command.startsWith("deno") ? join(project.folder, "sub") : project.folder,
      });
    }
  }));

Deno.test("pinCommand() binds what a file: URL names to node, in either spelling, with what it imports", () =>
  Project.with({ "a.js": "", "hook.mjs": "import './more.mjs'", "more.mjs": "" }, async (project) => {
    const url = `file://${join(project.folder, "hook.mjs")}`;
    for (const args of [[`--import=${url}`], ["--import", url]]) {
      assert.equal(await project.paths(["node", ...args, "a.js"]), "a.js hook.mjs more.mjs");
    }
  }));

Deno.test("pinCommand() says that a program can not be read: it would be any that can not", () =>
  Project.with({}, async (project) => {
    // Root, as which tests may run, can read everything that is there.
    const { programSha256, unread } = await project.pin("bin/unreadable");
    assert.equal(programSha256, "");
    assert.deepEqual(unread, [join(project.folder, "bin/unreadable")]);
    assert.deepEqual((await project.pin("tool")).unread, []);
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
    // The sticky bit of a file keeps nobody from writing to it.
    await Deno.chmod(tool, 0o1757);
    assert.equal(await code("tool"), "policy/denied");
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

Deno.test("pinCommand() only notes a program that others can write where it is told so", () =>
  Project.with({}, async (project) => {
    await Deno.chmod(join(project.folder, "bin"), 0o777);
    const { notes, replaceable } = await project.pin("tool", { writable: "note" });
    assert.deepEqual(notes, []);
    assert.match(replaceable.join(), /every user of this machine can write to/);
  }));

Deno.test("pinCommand() refuses a program behind a link into a folder that others can write", () =>
  Project.with({ "open/real": "#!/bin/sh\n" }, async (project) => {
    await Deno.symlink(join(project.folder, "open/real"), join(project.folder, "bin/linked"));
    assert.equal(await codeOf(project.pin("linked")), "none");
    await Deno.chmod(join(project.folder, "open"), 0o777);
    assert.equal(await codeOf(project.pin("linked")), "policy/denied");
  }));

Deno.test("pinCommand() refuses a program behind a link in a folder that others can write, wherever the link leads", () =>
  Project.with({ "there/real": "#!/bin/sh\n" }, async (project) => {
    const at = (name: string) => join(project.folder, name);
    await Deno.mkdir(at("open"));
    // bin/linked → open/hop → there/real: who writes to open/ decides what runs, though both ends are private.
    await Deno.symlink("../open/hop", at("bin/linked"));
    await Deno.symlink("../there/real", at("open/hop"));
    assert.equal(await codeOf(project.pin("linked")), "none");
    await Deno.chmod(at("open"), 0o777);
    assert.equal(await codeOf(project.pin("linked")), "policy/denied");
    // `..` after a link is where the link leads, not where it stands.
    await Deno.remove(at("bin/linked"));
    await Deno.symlink("../there", at("open/folder"));
    await Deno.symlink("../open/folder/../there/real", at("bin/linked"));
    assert.equal(await codeOf(project.pin("linked")), "policy/denied");
    await Deno.chmod(at("open"), 0o755);
    assert.equal(await codeOf(project.pin("linked")), "none");
  }));

Deno.test("pinCommand() refuses a program behind several links, when only the last leads where others can write", () =>
  Project.with({ "open/real": "#!/bin/sh\n" }, async (project) => {
    for (let hop = 0; hop < 8; hop++) {
      await Deno.symlink(hop === 0 ? "../open/real" : `hop${hop - 1}`, join(project.folder, `bin/hop${hop}`));
    }
    assert.equal(await codeOf(project.pin("hop7")), "none");
    await Deno.chmod(join(project.folder, "open"), 0o777);
    assert.equal(await codeOf(project.pin("hop7")), "policy/denied");
  }));

Deno.test("pinCommand() refuses every program where others own the folder at the top, or can write to it", () =>
  Project.with({}, async (project) => {
    const real = Deno.lstatSync;
    for (const change of [{ mode: 0o40777 }, { uid: 1_999_999 }]) {
      Deno.lstatSync = (path) => path === "/" ? { ...real(path), ...change } : real(path);
      try {
        assert.equal(await codeOf(project.pin("tool")), "policy/denied", JSON.stringify(change));
      } finally {
        Deno.lstatSync = real;
      }
    }
    assert.equal(await codeOf(project.pin("tool")), "none");
  }));

Deno.test("pinCommand() refuses a script whose interpreter others can write", () =>
  Project.with({}, async (project) => {
    const interpreter = join(project.folder, "bin/node");
    await project.write("direct", `#!${interpreter} --flag\n`);
    await project.write("env", "#!/usr/bin/env -S node\n");
    for (const name of ["direct", "env"]) {
      await Deno.chmod(join(project.folder, name), 0o755);
      await Deno.chmod(interpreter, 0o755);
      assert.equal(await codeOf(project.pin(`./${name}`)), "none");
      await Deno.chmod(interpreter, 0o757);
      assert.equal(await codeOf(project.pin(`./${name}`)), "policy/denied", name);
    }
  }));

Deno.test({
  name: "pinCommand() refuses a program that a group with others in it can write",
  // Only root can give a file to any group.
  ignore: Deno.uid() !== 0,
  fn: () =>
    Project.with({}, async (project) => {
      const code = () => codeOf(project.pin("tool", { ownUid: 0 }));
      for (const path of [join(project.folder, "bin"), join(project.folder, "bin/tool")]) {
        await Deno.chmod(path, 0o775);
        assert.equal(await code(), "none");
        await Deno.chown(path, 0, SHARED_GROUP);
        assert.equal(await code(), "policy/denied");
        await Deno.chmod(path, 0o755);
        assert.equal(await code(), "none");
      }
    }),
});

/** A number that no group of any machine has, so that nobody knows who is in it. */
const SHARED_GROUP = 1_999_999;

Deno.test({
  name: "pinCommand() refuses a program, a folder above it, or a link to it, that another user owns",
  ignore: Deno.uid() !== 0,
  fn: () =>
    Project.with({}, async (project) => {
      const code = (name: string) => codeOf(project.pin(name, { ownUid: 0 }));
      await Deno.symlink("tool", join(project.folder, "bin/linked"));
      for (const path of ["bin/tool", "bin", "."]) {
        await Deno.chown(join(project.folder, path), SHARED_GROUP, 0);
        assert.equal(await code("tool"), "policy/denied", path);
        await Deno.chown(join(project.folder, path), 0, 0);
        assert.equal(await code("tool"), "none");
      }
      await new Deno.Command("chown", { args: ["-h", `${SHARED_GROUP}`, join(project.folder, "bin/linked")] }).output();
      assert.equal(await code("linked"), "policy/denied");
    }),
});

Deno.test("pinCommand() refuses a program of another user when it knows whose it may be", () =>
  Project.with({}, async (project) => {
    const own = Deno.uid()!;
    assert.equal(await codeOf(project.pin("tool", { ownUid: own })), "none");
    // A file of our own looks like another user's to anybody else; one of root's never does.
    const expected = own === 0 ? "none" : "policy/denied";
    assert.equal(await codeOf(project.pin("tool", { ownUid: own + 1 })), expected);
  }));
