import assert from "node:assert/strict";
import { join } from "node:path";
import { readTree } from "../../src/keeper/trees.ts";
import type { Params } from "../../src/keeper/protocol.ts";
import { put } from "./folder.ts";
import { failsWith, PASSWORD, World } from "./world.ts";

async function git(folder: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("git", {
    args: ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main", ...args],
    cwd: folder,
    env: { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" },
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
}

/** A repository with a tracked, an untracked and an ignored file below `src`. */
async function repository(world: World): Promise<string> {
  const src = join(world.project, "src");
  Deno.mkdirSync(join(src, "lib"), { recursive: true });
  await git(world.project, "init", "-q");
  put(world.project, ".gitignore", "*.log\n");
  put(src, "main.js", "1\n");
  put(join(src, "lib"), "a.js", "1\n");
  await git(world.project, "add", ".");
  await git(world.project, "commit", "-qm", "x");
  put(src, "new.js", "1\n");
  put(src, "debug.log", "1\n");
  return src;
}

Deno.test("readTree() holds every tracked and untracked file, and no ignored one", () =>
  World.with(async (world) => {
    const src = await repository(world);
    const before = await readTree(src);
    assert.deepEqual([before.files, [...before.paths].map((path) => path.slice(src.length + 1)).sort()], [
      3,
      ["lib/a.js", "main.js", "new.js"],
    ]);
    put(src, "debug.log", "2\n");
    put(world.project, "outside.js", "1\n");
    assert.equal((await readTree(src)).sha256, before.sha256);
    const changes: [string, () => void][] = [
      ["a tracked file", () => put(src, "main.js", "2\n")],
      ["an untracked file", () => put(src, "new.js", "2\n")],
      ["a file more", () => put(src, "more.js", "1\n")],
      ["a file gone", () => Deno.removeSync(join(src, "lib", "a.js"))],
      ["a link", () => Deno.symlinkSync("/etc/hostname", join(src, "link.js"))],
      [
        "another link",
        () => (Deno.removeSync(join(src, "link.js")), Deno.symlinkSync("/etc/hosts", join(src, "link.js"))),
      ],
      ["another ignore rule", () => put(src, ".gitignore", "new.js\n")],
    ];
    const seen = new Set([before.sha256]);
    for (const [what, change] of changes) {
      change();
      const { sha256 } = await readTree(src);
      assert.ok(!seen.has(sha256), what);
      seen.add(sha256);
    }
  }));

Deno.test("readTree() does not let a .gitignore that ignores itself, or one above the folder, take a file out unseen", () =>
  World.with(async (world) => {
    const src = await repository(world);
    const before = await readTree(src);
    Deno.mkdirSync(join(src, "plugins"));
    put(join(src, "plugins"), "evil.js", "1\n");
    put(join(src, "plugins"), ".gitignore", "*\n");
    const hidden = await readTree(src);
    assert.notEqual(hidden.sha256, before.sha256);
    assert.ok(hidden.paths.has(join(src, "plugins", ".gitignore")));
    Deno.removeSync(join(src, "plugins"), { recursive: true });
    assert.equal((await readTree(src)).sha256, before.sha256);
    put(world.project, ".gitignore", "*.log\nevil.js\n");
    put(src, "evil.js", "1\n");
    assert.notEqual((await readTree(src)).sha256, before.sha256);
  }));

Deno.test("readTree() does not let git's own configuration take a file out, or start a program", () =>
  World.with(async (world) => {
    const src = await repository(world);
    const before = await readTree(src);
    put(join(world.project, ".git", "info"), "exclude", "new.js\n");
    await git(world.project, "config", "core.excludesFile", join(world.project, "ignore-all"));
    put(world.project, "ignore-all", "*\n");
    await git(world.project, "config", "core.fsmonitor", "touch " + join(world.project, "started"));
    assert.equal((await readTree(src)).sha256, before.sha256);
    assert.throws(() => Deno.statSync(join(world.project, "started")), Deno.errors.NotFound);
    await git(world.project, "update-index", "--skip-worktree", "src/main.js");
    put(src, "main.js", "2\n");
    assert.notEqual((await readTree(src)).sha256, before.sha256);
  }));

Deno.test("readTree() holds every file where git can not tell, and refuses what is no folder", () =>
  World.with(async (world) => {
    const src = join(world.project, "src");
    Deno.mkdirSync(src);
    put(src, "a.js", "1\n");
    put(src, "b.log", "1\n");
    const before = await readTree(src);
    assert.equal(before.files, 2);
    put(src, "b.log", "2\n");
    assert.notEqual((await readTree(src)).sha256, before.sha256);
    for (const folder of [join(src, "a.js"), join(src, "none")]) {
      await assert.rejects(readTree(folder), failsWith("usage/file", /not a folder/));
    }
  }));

Deno.test("readTree() holds every file of a folder that is ignored itself", () =>
  World.with(async (world) => {
    await repository(world);
    put(world.project, ".gitignore", "*.log\nnode_modules/\n");
    const modules = join(world.project, "node_modules");
    put(modules, "left-pad/index.js", "1\n");
    put(modules, ".bin/tool", "1\n");
    const before = await readTree(modules);
    assert.equal(before.files, 2);
    put(modules, "left-pad/index.js", "2\n");
    assert.notEqual((await readTree(modules)).sha256, before.sha256);
    put(modules, "left-pad/index.js", "1\n");
    put(modules, "right-pad/index.js", "1\n");
    assert.notEqual((await readTree(modules)).sha256, before.sha256);
    // One that was added to git by force is no reason to leave the others out.
    const all = await readTree(modules);
    await git(world.project, "add", "-f", "node_modules/left-pad/index.js");
    assert.equal((await readTree(modules)).sha256, all.sha256);
  }));

Deno.test("a grant with a folder and an open argument holds for any of its files, until one of them changes", () =>
  World.with(async (world) => {
    const src = await repository(world);
    await world.seed({ API_KEY: "fake-api-value-5b9e21" });
    put(world.project, "each.sh", 'cat "$1"\n');
    const grants = world.keeper("grant", { typed: [PASSWORD, PASSWORD] });
    const grant: Params<"grant.add"> = {
      argv: ["sh", "each.sh", "{file}"],
      secrets: ["API_KEY"],
      use: "always",
      until: null,
      trees: ["src"],
    };
    const { grant: made } = await grants.call("grant.add", grant);
    assert.deepEqual([made.argv, made.trees], [["each.sh", "<file>"], [{ folder: src, files: 3 }]]);
    assert.match(grants.terminal.shown, /\{file\} is any one argument\n {2}as long as no file below .*src changes/);
    await world.keeper("policy", { typed: [PASSWORD] }).call("policy.set", { mode: "listed" });
    // Whoever asks has a git of their own, which never tells of a file that is added.
    const bin = join(world.folder, "bin");
    put(bin, "git", "#!/bin/sh\nprintf 'lib/a.js\\0main.js\\0new.js\\0'\n", 0o755);
    const mcp = world.keeper("mcp", { passwordFile: true, environment: { PATH: `${bin}:/usr/bin:/bin` } });
    await mcp.call("mcp.open", { authorize: false });
    const run = (file: string) =>
      mcp.call("mcp.run", {
        command: ["sh", "each.sh", file],
        secrets: ["API_KEY"],
        workDir: null,
        timeoutSeconds: 60,
        client: "test",
        canAsk: false,
      });
    for (const file of ["src/main.js", "src/lib/a.js", "plain-word"]) {
      assert.equal((await run(file)).kind, "done", file);
    }
    for (const file of ["src/debug.log", ".gitignore", "-x"]) {
      await assert.rejects(run(file), failsWith("policy/denied"));
    }
    put(src, "new.js", "2\n");
    await assert.rejects(run("src/main.js"), failsWith("policy/denied", /has changed since it was granted: .*src\//));
    put(src, "new.js", "1\n");
    put(src, "planted.js", "1\n");
    await assert.rejects(run("src/main.js"), failsWith("policy/denied", /has changed since it was granted: .*src\//));
    Deno.removeSync(join(src, "planted.js"));
    assert.equal((await run("src/main.js")).kind, "done");
    const { grants: [used] } = await grants.call("grant.list", {});
    assert.deepEqual([used!.uses, used!.lastUsedAt], [4, world.now]);
  }));

Deno.test("a run is refused when a file of a bound folder changes between the decision and the start", () =>
  World.with(async (world) => {
    const src = await repository(world);
    await world.seed({ API_KEY: "fake-api-value-5b9e21" });
    put(world.project, "mark.sh", "touch started\n");
    const add = { argv: ["sh", "mark.sh"], secrets: ["API_KEY"], use: "always", until: null, trees: ["src"] } as const;
    await world.keeper("grant", { typed: [PASSWORD] }).call("grant.add", add);
    const keeper = world.keeper("run", { passwordFile: true });
    const session = await keeper.door.unlock("x");
    const append = session.appendAudit.bind(session);
    session.appendAudit = async (entry) => {
      put(src, "new.js", "2\n");
      await append(entry);
    };
    const run = { argv: ["sh", "mark.sh"], secrets: ["API_KEY"], raw: false, timeoutMs: null };
    await assert.rejects(keeper.call("run", run), failsWith("policy/changed"));
    assert.throws(() => Deno.statSync(join(world.project, "started")), Deno.errors.NotFound);
  }));

Deno.test("grant.add refuses an open program, a folder that is not there, and a time that has passed", () =>
  World.with(async (world) => {
    await world.seed({ API_KEY: "fake-api-value-5b9e21" });
    put(world.project, "show.sh", "true\n");
    const keeper = world.keeper("grant", { typed: Array(3).fill(PASSWORD) });
    const base = { argv: ["sh", "show.sh"], secrets: ["API_KEY"], use: "always", until: null } as const;
    await assert.rejects(keeper.call("grant.add", { ...base, argv: ["{program}"] }), failsWith("run/not-found"));
    await assert.rejects(keeper.call("grant.add", { ...base, trees: ["none"] }), failsWith("usage/file"));
    const past = { ...base, use: "until", until: world.now - 1 } as const;
    await assert.rejects(keeper.call("grant.add", past), failsWith("usage/invalid", /has passed/));
  }));
