/** `init`, `status`, `app`, `env`, `export`, `doctor`. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { Secret } from "../../../src/base/mod.ts";
import { put } from "../folder.ts";
import { failsWith, PASSWORD, withStdio, World } from "../world.ts";

const VALUE = "fake-api-value-5b9e21";
const rate = (score: number) => () => Promise.resolve(score);

Deno.test("init asks twice, shows the strength, and makes a vault that the password opens", () =>
  World.empty(async (world) => {
    const keeper = world.keeper("init", { typed: [PASSWORD, PASSWORD], rate: rate(3) });
    const done = await keeper.call("init", {});
    assert.deepEqual(done, { folder: world.vaultFolder, strength: { score: 3, words: "good" } });
    assert.deepEqual(keeper.terminal.prompts, ["New password: ", "Once more: "]);
    assert.match(keeper.terminal.shown, /Strength: good\n/);
    await world.vault(async (session) => {
      assert.deepEqual(await session.listEnvs(), [{ app: "default", env: "development" }]);
      assert.equal(await session.verifyPassword(Secret.fromText("password", PASSWORD)), true);
    });
    const again = world.keeper("init", { typed: [PASSWORD, PASSWORD] });
    await assert.rejects(again.call("init", {}), failsWith("vault/exists"));
    assert.deepEqual(again.terminal.prompts, []);
  }));

Deno.test("init asks anew when the two differ and when the first is too short, and warns of a weak one", () =>
  World.empty(async (world) => {
    const typed = ["tiny-pw", PASSWORD, "something else", PASSWORD, PASSWORD];
    const keeper = world.keeper("init", { typed, rate: rate(0) });
    await keeper.call("init", {});
    assert.match(keeper.terminal.shown, /shorter than 8 characters/);
    assert.match(keeper.terminal.shown, /not the same; start again/);
    assert.match(keeper.terminal.shown, /very weak; four random words/);
    for (const never of typed) assert.ok(!keeper.terminal.shown.includes(never), never);
  }));

Deno.test("init takes the password file, and refuses a short one", () =>
  World.empty(async (world) => {
    const short = put(world.folder, "short", "1234567", 0o600);
    const refused = world.keeper("init", { environment: { OV_PASSWORD_FILE: short } });
    await assert.rejects(refused.call("init", {}), failsWith("usage/value", /shorter than/));
    const keeper = world.keeper("init", { passwordFile: true });
    assert.equal((await keeper.call("init", {})).strength, null);
    assert.deepEqual(keeper.terminal.prompts, []);
  }));

Deno.test("init fails instead of asking when --non-interactive is set", () =>
  World.empty(async (world) => {
    const keeper = world.keeper("init", { typed: [PASSWORD, PASSWORD] });
    await keeper.call("configure", { nonInteractive: true });
    await assert.rejects(keeper.call("init", {}), failsWith("usage/no-terminal"));
    assert.equal((await keeper.call("status", {})).vaultExists, false);
  }));

Deno.test("status tells without a password what there is", () =>
  World.with(async (world) => {
    const status = await world.keeper("status").call("status", {});
    assert.deepEqual([status.vaultExists, status.formatVersion, status.vaultFolder], [true, 1, world.vaultFolder]);
    assert.ok(status.sizeBytes! > 0);
    assert.deepEqual([status.context.app, status.context.env], ["default", "development"]);
  }));

Deno.test("app and env are made, listed, chosen and deleted, with how many secrets went", () =>
  World.with(async (world) => {
    const app = world.keeper("app", { passwordFile: true });
    const env = world.keeper("env", { passwordFile: true });
    await app.call("app.create", { name: "shop" });
    await env.call("env.create", { app: "shop", name: "staging" });
    await world.seed({ A: VALUE, B: VALUE }, { app: "shop", env: "staging" });
    assert.deepEqual((await app.call("app.list", {})).apps, [
      { name: "default", envs: ["development"] },
      { name: "shop", envs: ["development", "staging"] },
    ]);
    assert.deepEqual(await env.call("env.list", { app: "shop" }), { app: "shop", envs: ["development", "staging"] });
    assert.deepEqual(await env.call("env.delete", { app: "shop", name: "staging" }), { secrets: 2 });
    assert.deepEqual(await app.call("app.delete", { name: "shop" }), { secrets: 0 });
    assert.equal((await app.call("app.list", {})).apps.length, 1);
  }));

Deno.test("app and env refuse names that are no slugs, are there, or are not, each with its code", () =>
  World.with(async (world) => {
    const app = world.keeper("app", { passwordFile: true });
    const env = world.keeper("env", { passwordFile: true });
    await assert.rejects(app.call("app.create", { name: "My App" }), failsWith("usage/name"));
    await assert.rejects(app.call("app.create", { name: "default" }), failsWith("app/exists"));
    await assert.rejects(app.call("app.delete", { name: "none" }), failsWith("app/not-found"));
    await assert.rejects(app.call("app.use", { name: "none", here: false }), failsWith("app/not-found"));
    await assert.rejects(env.call("env.create", { name: "development" }), failsWith("env/exists"));
    await assert.rejects(env.call("env.create", { name: "../x" }), failsWith("usage/name"));
    await assert.rejects(env.call("env.create", { app: "none", name: "x" }), failsWith("app/not-found"));
    await assert.rejects(env.call("env.delete", { name: "none" }), failsWith("env/not-found"));
    await assert.rejects(env.call("env.list", { app: "none" }), failsWith("app/not-found"));
  }));

Deno.test("app.use writes the user's default, or .ov.yaml with the binding and the names that stood there", () =>
  World.with(async (world) => {
    await world.seed({ A: VALUE }, { app: "shop", env: "staging" });
    const app = world.keeper("app", { passwordFile: true });
    const chosen = await app.call("app.use", { name: "shop", here: false });
    assert.deepEqual(chosen.context, { app: "shop", env: "staging" });
    const context = (await world.keeper("status").call("status", {})).context;
    assert.deepEqual([context.app, context.appFrom], ["shop", "user config"]);
    put(world.project, ".ov.yaml", "app: default\nsecrets: [A]\n");
    const here = await app.call("app.use", { name: "shop", env: "staging", here: true });
    assert.equal(here.file, join(world.project, ".ov.yaml"));
    const bound = (await world.keeper("status").call("status", {})).context;
    assert.deepEqual([bound.app, bound.env, bound.appFrom, bound.secrets], ["shop", "staging", "project file", ["A"]]);
    const keeper = world.keeper("run", { passwordFile: true });
    const call = { argv: ["true"], secrets: null, raw: false, timeoutMs: null };
    assert.equal((await keeper.call("run", call)).exitCode, 0);
  }));

Deno.test("export writes plain text after the password was typed, to stdout or to a new private file", () =>
  World.with(async (world) => {
    await world.seed({ API_KEY: VALUE, MULTI: "two\nlines" });
    await world.seed({ BAIT: "fake-decoy-value" }, undefined, true);
    const all = { format: "json", output: null, only: null } as const;
    const file = world.keeper("export", { passwordFile: true });
    await assert.rejects(file.call("export", all), failsWith("usage/no-terminal"));
    const keeper = world.keeper("export", { typed: Array(6).fill(PASSWORD) });
    const out = await withStdio(async () => void await keeper.call("export", all));
    assert.deepEqual(JSON.parse(out), { API_KEY: VALUE, MULTI: "two\nlines" });
    const some = { format: "dotenv", output: "out.env", only: ["API_KEY"] } as const;
    assert.deepEqual((await keeper.call("export", some)).names, ["API_KEY"]);
    const path = join(world.project, "out.env");
    assert.ok(Deno.readTextFileSync(path).includes(VALUE));
    assert.equal(Deno.statSync(path).mode! & 0o777, 0o600);
    await assert.rejects(keeper.call("export", some), failsWith("usage/file", /exists already/));
    await assert.rejects(keeper.call("export", { ...all, only: ["NONE"] }), failsWith("secret/not-found"));
    await assert.rejects(keeper.call("export", { ...all, only: ["BAIT"] }), failsWith("secret/canary"));
    assert.ok(!JSON.stringify(keeper.messages).includes(VALUE));
  }));

Deno.test("export shows a file's name so that it can not act on the terminal", () =>
  World.with(async (world) => {
    const keeper = world.keeper("export");
    const params = { format: "json", output: "\x1b[2Kx", only: null } as const;
    await assert.rejects(keeper.call("export", params), failsWith("usage/no-terminal"));
    assert.ok(!keeper.terminal.shown.includes("\x1b"));
  }));

Deno.test("doctor looks at vault, memory, terminal, context, git and plaintext without unlocking anything", () =>
  World.with(async (world) => {
    put(world.project, ".dev.vars", `STRIPE_SECRET_KEY=sk_${"test"}_4eC39HqLyjWDarjtT1zdp7dc\nLOG_LEVEL=debug\n`);
    put(world.project, ".env", "LOG_LEVEL=debug\n");
    const keeper = world.keeper("doctor", { typed: [PASSWORD] });
    const { checks } = await keeper.call("doctor", {});
    const found = new Map(checks.map((check) => [check.name, check]));
    for (const name of ["vault", "memory", "context"]) assert.equal(found.get(name)!.result, "ok", name);
    assert.ok(found.has("terminal") && found.has("git"));
    assert.equal(found.get(".dev.vars")!.result, "warning");
    assert.match(found.get(".dev.vars")!.message, /STRIPE_SECRET_KEY/);
    assert.ok(!found.get(".dev.vars")!.message.includes("LOG_LEVEL"));
    assert.equal(found.get(".env")!.result, "ok");
    assert.deepEqual(keeper.terminal.prompts, []);
    assert.ok(!JSON.stringify(checks).includes("4eC39HqLyjWDarjtT1zdp7dc"));
  }));

Deno.test("doctor says what is wrong where there is no vault, or a broken .ov.yaml", () =>
  World.empty(async (world) => {
    put(world.project, ".ov.yaml", "app: [\n");
    const { checks } = await world.keeper("doctor").call("doctor", {});
    const found = new Map(checks.map((check) => [check.name, check]));
    assert.deepEqual([found.get("vault")!.result, found.get("context")!.result], ["problem", "problem"]);
    assert.ok(found.get("vault")!.hint!.includes("ov init"));
  }));
