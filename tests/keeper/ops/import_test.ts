import assert from "node:assert/strict";
import { join } from "node:path";
import { put } from "../folder.ts";
import { failsWith, PASSWORD, type TestKeeper, withStdio, World } from "../world.ts";

const KEY = `sk_${"test"}_${"4eC39HqLyjWDarjtT1zdp7dc"}`;
const URL = "postgres://app:fake-pass-91@db.test.invalid:5432/app";
const FILE =
  `# settings\nENVIRONMENT=development\nSTRIPE_SECRET_KEY=${KEY}\n\nLOG_LEVEL=debug\nDATABASE_URL="${URL}"\n`;

async function plan(keeper: TestKeeper, path = ".dev.vars", dryRun = false) {
  return await keeper.call("import.plan", { source: { kind: "file", path }, format: "auto", dryRun });
}

function withFile(body: (world: World, keeper: TestKeeper) => Promise<void>, name = ".dev.vars"): Promise<void> {
  return World.with(async (world) => {
    put(world.project, name, FILE, 0o640);
    await body(world, world.keeper("import", { passwordFile: true }));
  });
}

const names = (folder: string) => [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();

Deno.test("import.plan tells secrets from settings and shows no value", () =>
  withFile(async (world, keeper) => {
    const made = await plan(keeper);
    assert.deepEqual(made.items.map(({ name, line, kind, problem, state }) => [name, line, kind, problem, state]), [
      ["ENVIRONMENT", 2, "setting", null, "new"],
      ["STRIPE_SECRET_KEY", 3, "secret", null, "new"],
      ["LOG_LEVEL", 5, "setting", null, "new"],
      ["DATABASE_URL", 6, "secret", null, "new"],
    ]);
    assert.deepEqual([made.rewritable, made.projectFile, made.targetExists], [true, null, true]);
    for (const never of [KEY, "fake-pass-91"]) assert.ok(!JSON.stringify(keeper.messages).includes(never));
    assert.equal(Deno.readTextFileSync(join(world.project, ".dev.vars")), FILE);
  }));

Deno.test("import.apply stores what was chosen, takes it out of the file, and binds the folder", () =>
  withFile(async (world, keeper) => {
    const { planId } = await plan(keeper);
    const chosen = ["STRIPE_SECRET_KEY", "DATABASE_URL"];
    const done = await keeper.call("import.apply", {
      planId,
      names: chosen,
      rewrite: true,
      projectFile: true,
      replace: false,
    });
    assert.deepEqual(done.imported, chosen.map((name) => ({ name, version: 1, changed: true, replaced: false })));
    assert.deepEqual([done.settings, done.total, done.rewritten], [["ENVIRONMENT", "LOG_LEVEL"], 4, true]);
    assert.equal(await world.valueOf("STRIPE_SECRET_KEY"), KEY);
    assert.equal(await world.valueOf("DATABASE_URL"), URL);
    const left = Deno.readTextFileSync(join(world.project, ".dev.vars"));
    for (const kept of ["# settings", "ENVIRONMENT=development", "LOG_LEVEL=debug"]) assert.ok(left.includes(kept));
    for (const gone of [KEY, URL]) assert.ok(!left.includes(gone));
    assert.equal(Deno.statSync(join(world.project, ".dev.vars")).mode! & 0o777, 0o640);
    assert.deepEqual(names(world.project), [".dev.vars", ".ov.yaml"]);
    const status = await world.keeper("status").call("status", {});
    assert.deepEqual(status.context.secrets, ["DATABASE_URL", "STRIPE_SECRET_KEY"]);
    const run = world.keeper("run", { passwordFile: true });
    const call = { argv: ["true"], secrets: null, raw: false, timeoutMs: null };
    assert.equal((await run.call("run", call)).exitCode, 0);
  }));

Deno.test("import.apply without rewrite and project file leaves the folder as it was", () =>
  withFile(async (world, keeper) => {
    const { planId } = await plan(keeper);
    const done = await keeper.call("import.apply", {
      planId,
      names: ["STRIPE_SECRET_KEY"],
      rewrite: false,
      projectFile: false,
      replace: false,
    });
    assert.deepEqual([done.rewritten, done.projectFileWritten], [false, null]);
    assert.equal(Deno.readTextFileSync(join(world.project, ".dev.vars")), FILE);
    assert.deepEqual(names(world.project), [".dev.vars"]);
  }));

Deno.test("import.plan says what is new, the same and changed, and only what changed gets a version", () =>
  withFile(async (world, keeper) => {
    await world.seed({ STRIPE_SECRET_KEY: KEY, DATABASE_URL: "another fake" });
    const made = await plan(keeper);
    const states = new Map(made.items.map(({ name, state }) => [name, state]));
    assert.deepEqual([states.get("STRIPE_SECRET_KEY"), states.get("DATABASE_URL"), states.get("LOG_LEVEL")], [
      "same",
      "changed",
      "new",
    ]);
    const { imported } = await keeper.call("import.apply", {
      planId: made.planId,
      names: ["STRIPE_SECRET_KEY", "DATABASE_URL"],
      rewrite: false,
      projectFile: false,
      replace: true,
    });
    assert.deepEqual(imported.map(({ version, changed, replaced }) => [version, changed, replaced]), [
      [1, false, false],
      [2, true, true],
    ]);
  }));

Deno.test("import.apply replaces no other value unless it was said, also one that came since the plan", () =>
  withFile(async (world, keeper) => {
    const call = { names: ["STRIPE_SECRET_KEY", "DATABASE_URL"], rewrite: true, projectFile: true, replace: false };
    const { planId, items } = await plan(keeper);
    assert.ok(items.every(({ state }) => state === "new"));
    await world.seed({ DATABASE_URL: "other-fake-77" });
    const other = failsWith("vault/conflict", /default\/development holds another value of DATABASE_URL\b/, [
      "fake-77",
    ]);
    await assert.rejects(keeper.call("import.apply", { ...call, planId }), other);
    assert.equal(await world.valueOf("DATABASE_URL"), "other-fake-77");
    assert.equal(Deno.readTextFileSync(join(world.project, ".dev.vars")), FILE);
    assert.deepEqual(names(world.project), [".dev.vars"]);
    assert.deepEqual(await world.audit("import"), []);
    await keeper.call("import.apply", { ...call, planId: (await plan(keeper)).planId, replace: true });
    assert.equal(await world.valueOf("DATABASE_URL"), URL);
  }));

Deno.test("import.plan counts an app as chosen by option, variable and bound .ov.yaml, not by name or default", () =>
  withFile(async (world, keeper) => {
    const chosen = async (by: TestKeeper = keeper) => (await plan(by)).chosen;
    assert.equal(await chosen(), false);
    put(world.project, "package.json", '{"name": "shop"}');
    assert.equal(await chosen(), false);
    put(world.project, ".ov.yaml", "app: shop\n");
    assert.equal(await chosen(), false, "a file that nobody bound");
    await world.keeper("app", { passwordFile: true }).call("app.create", { name: "shop" });
    await world.keeper("app", { passwordFile: true }).call("app.use", { name: "shop", here: true });
    const bound = world.keeper("import", { passwordFile: true });
    assert.equal(await chosen(bound), true);
    Deno.removeSync(join(world.project, ".ov.yaml"));
    await keeper.call("configure", { app: "shop" });
    assert.equal(await chosen(), true);
  }));

Deno.test("import.plan with dryRun says what would be replaced where a password file lets it look", () =>
  withFile(async (world, keeper) => {
    await world.seed({ STRIPE_SECRET_KEY: KEY, DATABASE_URL: "another fake" });
    const made = await plan(keeper, ".dev.vars", true);
    assert.deepEqual(made.items.map(({ state }) => state), ["new", "same", "new", "changed"]);
  }));

Deno.test("import.apply names what stays in the rewritten file and looks like a secret", () =>
  withFile(async (world, keeper) => {
    const text =
      `#OLD=${KEY}\n# a note: ask us\nLOG_LEVEL=debug\nMY KEY=hunter2fake\nA-B=${KEY}\nDATABASE_URL=${URL}\n` +
      // What nobody was to import is named by its line where it stands in a comment, and not where they saw it in the list.
      `# ${KEY} is the old one\nSTRIPE_SECRET_KEY=${KEY}\n`;
    put(world.project, ".dev.vars", text);
    const { planId } = await plan(keeper);
    const call = { planId, names: ["DATABASE_URL"], rewrite: true, projectFile: false, replace: false };
    const { warnings } = await keeper.call("import.apply", call);
    assert.deepEqual(
      warnings.map((warning) => warning.replace(/: .*/, "")),
      [1, 4, 5, 7].map((line) => `line ${line} of .dev.vars stays, and may be a secret`),
    );
    for (const never of [KEY, "hunter2"]) assert.ok(!JSON.stringify(keeper.messages).includes(never));
  }));

Deno.test("import.plan with dryRun asks for no password and changes nothing", () =>
  World.with(async (world) => {
    put(world.project, ".dev.vars", FILE);
    const keeper = world.keeper("import");
    const made = await plan(keeper, ".dev.vars", true);
    assert.deepEqual(new Set(made.items.map(({ state }) => state)), new Set(["unknown"]));
    assert.deepEqual(keeper.terminal.prompts, []);
  }));

Deno.test("import.plan takes app and env from the file's name and the project, unless they are said", () =>
  withFile(async (world, keeper) => {
    put(world.project, "wrangler.jsonc", '{\n  // worker\n  "name": "My_Worker",\n}\n');
    put(world.project, ".dev.vars.staging", FILE);
    assert.deepEqual((await plan(keeper)).target, { app: "my-worker", env: "development" });
    const made = await plan(keeper, ".dev.vars.staging");
    assert.deepEqual([made.target, made.targetExists], [{ app: "my-worker", env: "staging" }, false]);
    await keeper.call("configure", { app: "said", env: "also-said" });
    assert.deepEqual((await plan(keeper, ".dev.vars.staging")).target, { app: "said", env: "also-said" });
  }));

Deno.test("import.apply makes app and env where they are not there", () =>
  withFile(async (world, keeper) => {
    await keeper.call("configure", { app: "shop" });
    const { planId } = await plan(keeper);
    const done = await keeper.call("import.apply", {
      planId,
      names: ["DATABASE_URL"],
      rewrite: true,
      projectFile: true,
      replace: false,
    });
    assert.equal(done.created, true);
    assert.equal(await world.valueOf("DATABASE_URL", { app: "shop", env: "development" }), URL);
  }));

Deno.test("import.apply uses a plan once, and no names but those of the file", () =>
  withFile(async (_world, keeper) => {
    const apply = (planId: string, chosen: string[]) =>
      keeper.call("import.apply", { planId, names: chosen, rewrite: true, projectFile: false, replace: false });
    await assert.rejects(apply("none", []), failsWith("usage/invalid", /no such plan/));
    const { planId } = await plan(keeper);
    await assert.rejects(apply(planId, ["NONE"]), failsWith("usage/invalid", /no such entry/));
    await assert.rejects(apply(planId, ["DATABASE_URL"]), failsWith("usage/invalid", /no such plan/));
  }));

Deno.test("import.apply changes neither file nor vault when the file was changed since", () =>
  withFile(async (world, keeper) => {
    await keeper.call("configure", { app: "shop" });
    const { planId } = await plan(keeper);
    put(world.project, ".dev.vars", `${FILE}NEW=1\n`);
    const apply = keeper.call("import.apply", {
      planId,
      names: ["DATABASE_URL"],
      rewrite: true,
      projectFile: true,
      replace: false,
    });
    await assert.rejects(apply, failsWith("vault/conflict", /changed meanwhile/));
    await assertUntouched(world);
    assert.ok(Deno.readTextFileSync(join(world.project, ".dev.vars")).endsWith("NEW=1\n"));
  }));

Deno.test("import.apply puts everything back when the file is changed in the very middle", () =>
  withFile(async (world, keeper) => {
    await keeper.call("configure", { app: "shop" });
    const { planId } = await plan(keeper);
    // The vault asks for the time while it stores, after the new file was prepared.
    world.onClock = () => void put(world.project, ".dev.vars", `${FILE}NEW=1\n`);
    const apply = keeper.call("import.apply", {
      planId,
      names: ["DATABASE_URL"],
      rewrite: true,
      projectFile: true,
      replace: false,
    });
    await assert.rejects(apply, failsWith("vault/conflict"));
    world.onClock = null;
    await assertUntouched(world);
  }));

async function assertUntouched(world: World): Promise<void> {
  assert.deepEqual(names(world.project), [".dev.vars"]);
  await world.vault(async (session) => {
    assert.deepEqual(await session.listApps(), ["default"]);
    assert.deepEqual(await session.listSecrets({ app: "default", env: "development" }, { deleted: true }), []);
  });
}

Deno.test("import.apply puts back the values of an env that was there when the file is changed in the middle", () =>
  withFile(async (world, keeper) => {
    await world.seed({ DATABASE_URL: "the older fake value" });
    const { planId } = await plan(keeper);
    world.onClock = () => void put(world.project, ".dev.vars", `${FILE}NEW=1\n`);
    const chosen = ["DATABASE_URL", "STRIPE_SECRET_KEY"];
    const apply = keeper.call("import.apply", {
      planId,
      names: chosen,
      rewrite: true,
      projectFile: true,
      replace: false,
    });
    await assert.rejects(apply, failsWith("vault/conflict"));
    world.onClock = null;
    assert.equal(await world.valueOf("DATABASE_URL"), "the older fake value");
    const listed = await world.vault((session) => session.listSecrets({ app: "default", env: "development" }));
    assert.deepEqual(listed.map(({ name }) => name), ["DATABASE_URL"]);
  }));

Deno.test("import.plan reads stdin and JSON, which can not be rewritten", () =>
  World.with(async (world) => {
    const keeper = world.keeper("import", { passwordFile: true });
    await withStdio(async () => {
      const made = await keeper.call("import.plan", { source: { kind: "stdin" }, format: "auto", dryRun: false });
      assert.deepEqual([made.path, made.rewritable, made.items.map(({ name }) => name)], [null, false, ["API_TOKEN"]]);
      const apply = { planId: made.planId, names: ["API_TOKEN"], rewrite: true, projectFile: false, replace: false };
      assert.equal((await keeper.call("import.apply", apply)).rewritten, false);
    }, '{"API_TOKEN":"fake-token-1234567890"}');
    assert.equal(await world.valueOf("API_TOKEN"), "fake-token-1234567890");
  }));

Deno.test("import.plan says what can not be imported and why, and apply does not take it", () =>
  World.with(async (world) => {
    put(world.project, ".dev.vars", `a.b=x\n1A=y\nEMPTY=\nBIG=${"x".repeat(65_537)}\nGOOD_TOKEN=fake-token-123456\n`);
    const keeper = world.keeper("import", { passwordFile: true });
    const made = await plan(keeper);
    assert.deepEqual(made.items.filter(({ problem }) => problem !== null).map(({ name }) => name), [
      "a.b",
      "1A",
      "EMPTY",
      "BIG",
    ]);
    const apply = { planId: made.planId, names: ["BIG"], rewrite: true, projectFile: false, replace: false };
    await assert.rejects(keeper.call("import.apply", apply), failsWith("usage/invalid"));
  }));

Deno.test("import.plan refuses what is no text file, each with its code", () =>
  World.with(async (world) => {
    const keeper = world.keeper("import", { passwordFile: true });
    Deno.writeFileSync(join(world.project, "latin1"), Uint8Array.from([0x41, 0x3d, 0xe9]));
    put(world.project, "big", "#".repeat(4 * 1024 * 1024 + 1));
    await assert.rejects(plan(keeper, "."), failsWith("usage/file", /folder/));
    await assert.rejects(plan(keeper, "missing"), failsWith("usage/file"));
    await assert.rejects(plan(keeper, "latin1"), failsWith("usage/file", /UTF-8/));
    await assert.rejects(plan(keeper, "big"), failsWith("usage/file", /4 MiB/));
    if (Deno.build.os === "windows") return;
    const fifo = join(world.project, ".env");
    assert.ok((await new Deno.Command("mkfifo", { args: [fifo] }).output()).success);
    for (const endless of ["/dev/zero", fifo]) {
      await assert.rejects(plan(keeper, endless), failsWith("usage/file", /not a regular file/));
    }
    // Nobody writes to it, so whoever opened it would wait for ever.
    assert.ok((await world.keeper("doctor").call("doctor", {})).checks.every(({ name }) => name !== ".env"));
  }));

Deno.test("import.apply rewrites the file behind a symbolic link and leaves the link", () =>
  World.with(async (world) => {
    put(world.folder, "real.vars", FILE);
    Deno.symlinkSync(join(world.folder, "real.vars"), join(world.project, ".dev.vars"));
    const keeper = world.keeper("import", { passwordFile: true });
    const { planId } = await plan(keeper);
    await keeper.call("import.apply", {
      planId,
      names: ["DATABASE_URL"],
      rewrite: true,
      projectFile: false,
      replace: false,
    });
    assert.ok(Deno.lstatSync(join(world.project, ".dev.vars")).isSymlink);
    assert.ok(!Deno.readTextFileSync(join(world.folder, "real.vars")).includes(URL));
  }));

Deno.test("import.plan warns of a file that git tracks, remembers or does not ignore", () =>
  withFile(async (world, keeper) => {
    const git = async (...args: string[]) => {
      const environment = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };
      const identity = ["-c", "user.name=t", "-c", "user.email=t@test.invalid"];
      const { success } = await new Deno.Command("git", {
        args: [...identity, ...args],
        cwd: world.project,
        env: environment,
      }).output();
      assert.ok(success, args.join(" "));
    };
    assert.deepEqual((await plan(keeper)).warnings, []);
    await git("init", "-q");
    assert.match((await plan(keeper)).warnings.join("|"), /^\.dev\.vars is not ignored by git/);
    put(world.project, ".gitignore", ".dev.vars\n");
    assert.deepEqual((await plan(keeper)).warnings, []);
    await git("add", "-f", ".dev.vars");
    await git("commit", "-q", "-m", "x");
    assert.match((await plan(keeper)).warnings.join("|"), /git history.*\|.*tracked by git/);
    await git("rm", "-q", "--cached", ".dev.vars");
    await git("commit", "-q", "-m", "y");
    assert.match((await plan(keeper)).warnings.join("|"), /^\.dev\.vars is in this repository's git history[^|]*$/);
  }));

Deno.test("import asks for the password where no file is named, and says what for", () =>
  World.with(async (world) => {
    put(world.project, ".dev.vars", FILE);
    const keeper = world.keeper("import", { typed: [PASSWORD] });
    await plan(keeper);
    assert.match(keeper.terminal.shown, /^Import \.dev\.vars into default\/development\.\n$/);
  }));
