import assert from "node:assert/strict";
import { join } from "node:path";
import { put } from "./folder.ts";
import { failsWith, PASSWORD, World } from "./world.ts";

Deno.test("unlock() takes the password typed, and asks once for many calls", () =>
  World.with(async (world) => {
    const { door, terminal } = world.keeper("secret", { typed: [PASSWORD] });
    const sessions = await Promise.all([door.unlock("First."), door.unlock("Second."), door.unlock("Third.")]);
    assert.equal(new Set(sessions).size, 1);
    assert.equal(await door.unlock("Later."), sessions[0]);
    assert.deepEqual(terminal.prompts, ["Password: "]);
    assert.equal(terminal.shown, "First.\n");
  }));

Deno.test("unlock() gives three tries, says how many are left, and shows nothing typed", () =>
  World.with(async (world) => {
    const { door, terminal } = world.keeper("secret", { typed: ["wrong-1", "wrong-2", "wrong-3", PASSWORD] });
    await assert.rejects(
      door.unlock("Do it."),
      failsWith("vault/wrong-password", /password is wrong/, ["wrong-1", PASSWORD]),
    );
    assert.equal(terminal.prompts.length, 3);
    assert.equal(terminal.shown, "Do it.\nWrong password; 2 tries left.\nWrong password; 1 try left.\n");
    await door.unlock("Again.");
  }));

Deno.test("unlock() opens at the third try", () =>
  World.with(async (world) => {
    const { door } = world.keeper("secret", { typed: ["wrong", "wrong", PASSWORD] });
    await door.unlock("Do it.");
    assert.notEqual(door.session, null);
  }));

Deno.test("unlock() does not ask again when the entry was interrupted or there is no terminal", () =>
  World.with(async (world) => {
    const { door, terminal } = world.keeper("secret");
    await assert.rejects(door.unlock("Do it."), failsWith("usage/no-terminal"));
    assert.equal(terminal.prompts.length, 1);
  }));

Deno.test("unlock() takes the password file of the option before that of the variable, and asks nobody", () =>
  World.with(async (world) => {
    const wrong = put(world.folder, "wrong", "something else", 0o600);
    const { door, terminal } = world.keeper("secret", { environment: { OV_PASSWORD_FILE: wrong } });
    await assert.rejects(door.unlock("Do it."), failsWith("vault/wrong-password"));
    door.configure({ passwordFile: world.passwordFile });
    await door.unlock("Do it.");
    assert.deepEqual(terminal.prompts, []);
    assert.equal(terminal.shown, "");
  }));

Deno.test("unlock() finds a password file relative to the working directory, and refuses one that others can read", () =>
  World.with(async (world) => {
    put(world.project, "p", PASSWORD, 0o644);
    const { door } = world.keeper("secret");
    door.configure({ passwordFile: "p" });
    await assert.rejects(door.unlock("Do it."), failsWith("vault/password-file", /others can read/));
    Deno.chmodSync(join(world.project, "p"), 0o600);
    await door.unlock("Do it.");
  }));

Deno.test("unlock() takes an empty OV_PASSWORD_FILE for none", () =>
  World.with(async (world) => {
    const { door } = world.keeper("secret", { typed: [PASSWORD], environment: { OV_PASSWORD_FILE: "" } });
    assert.equal(door.hasPasswordFile, false);
    await door.unlock("Do it.");
  }));

Deno.test("unlock() fails instead of asking when --non-interactive is set", () =>
  World.with(async (world) => {
    const { door, terminal } = world.keeper("secret", { typed: [PASSWORD] });
    door.configure({ nonInteractive: true });
    await assert.rejects(door.unlock("Do it."), failsWith("vault/locked", /--non-interactive/));
    await assert.rejects(door.unlockTyped("Do it."), failsWith("usage/no-terminal", /--non-interactive/));
    assert.deepEqual(terminal.prompts, []);
  }));

Deno.test("unlock() and unlockTyped() say that there is no vault before they ask for a password", () =>
  World.empty(async (world) => {
    const { door, terminal } = world.keeper("secret", { typed: [PASSWORD] });
    await assert.rejects(door.unlock("Do it."), failsWith("vault/not-found"));
    await assert.rejects(door.unlockTyped("Do it."), failsWith("vault/not-found"));
    assert.deepEqual(terminal.prompts, []);
  }));

Deno.test("unlockTyped() wants the password typed, whatever file or open vault there is", () =>
  World.with(async (world) => {
    const { door, terminal } = world.keeper("secret", { passwordFile: true, typed: ["wrong", "wrong", "wrong"] });
    await door.unlock("Do it.");
    await assert.rejects(door.unlockTyped("Show it."), failsWith("vault/wrong-password"));
    assert.equal(terminal.prompts.length, 3);
    terminal.typed.push(PASSWORD);
    assert.equal(await door.unlockTyped("Show it."), door.session);
    terminal.typed.push(PASSWORD, PASSWORD);
    await door.unlockTyped("Once more.");
    assert.equal(terminal.typed.length, 1);
  }));

Deno.test("context() follows the order flag, variable, .ov.yaml, user configuration, default", () =>
  World.empty((world) => {
    const of = (environment: Record<string, string> = {}, flags = {}) => {
      const { door } = world.keeper("status", { environment });
      door.configure(flags);
      const { app, env, appFrom, envFrom } = door.context();
      return `${app}/${env} ${appFrom}, ${envFrom}`;
    };
    assert.equal(of(), "default/development default, default");
    put(world.configFolder, "config.json", '{"app":"user-app","env":"user-env"}');
    assert.equal(of(), "user-app/user-env user config, user config");
    put(world.project, ".ov.yaml", "app: file-app\nsecrets: [A]\n");
    assert.equal(of(), "file-app/user-env project file, user config");
    assert.equal(of({ OV_APP: "var-app", OV_ENV: "var-env" }), "var-app/var-env environment, environment");
    assert.equal(of({ OV_APP: "var-app" }, { app: "flag-app", env: "flag-env" }), "flag-app/flag-env flag, flag");
    const { door } = world.keeper("status");
    assert.deepEqual(door.context().secrets, ["A"]);
    assert.equal(door.context().projectFile, join(world.project, ".ov.yaml"));
  }));

Deno.test("boundContext() refuses what .ov.yaml selects until its folder is bound to exactly that", () =>
  World.with(async (world) => {
    await world.seed({}, { app: "shop", env: "production" });
    await world.seed({}, { app: "shop", env: "staging" });
    const { door } = world.keeper("secret", { passwordFile: true });
    const session = await door.unlock("Do it.");
    put(world.project, ".ov.yaml", "app: shop\nenv: production\n");
    await assert.rejects(door.boundContext(session), failsWith("env/not-bound", /shop\/production/));
    await door.bind(session, world.project, { app: "shop", env: "staging" });
    await assert.rejects(door.boundContext(session), failsWith("env/not-bound"));
    await door.bind(session, world.project, { app: "shop", env: "production" });
    assert.equal((await door.boundContext(session)).env, "production");
    // Whoever changes the file does not change the binding.
    put(world.project, ".ov.yaml", "app: shop\nenv: staging\n");
    await assert.rejects(door.boundContext(session), failsWith("env/not-bound"));
  }));

Deno.test("boundContext() refuses a .ov.yaml below the bound folder, and takes the bound one from below", () =>
  World.with(async (world) => {
    await world.seed({}, { app: "shop", env: "production" });
    put(world.project, ".ov.yaml", "app: shop\nenv: production\n");
    const inner = join(world.project, "a", "b");
    Deno.mkdirSync(inner, { recursive: true });
    const { door } = world.keeper("secret", { passwordFile: true, cwd: inner });
    const session = await door.unlock("Do it.");
    await door.bind(session, world.project, { app: "shop", env: "production" });
    assert.equal((await door.boundContext(session)).app, "shop");
    put(world.project, "a/.ov.yaml", "app: shop\nenv: production\n");
    await assert.rejects(door.boundContext(session), failsWith("env/not-bound"));
  }));

Deno.test("boundContext() needs no binding when flags or variables decide, even half of it does", () =>
  World.with(async (world) => {
    await world.seed({}, { app: "shop", env: "production" });
    put(world.project, ".ov.yaml", "app: shop\nenv: production\n");
    const { door } = world.keeper("secret", { passwordFile: true });
    const session = await door.unlock("Do it.");
    door.configure({ app: "shop", env: "production" });
    assert.equal((await door.boundContext(session)).env, "production");
    door.configure({ app: "shop" });
    await assert.rejects(door.boundContext(session), failsWith("env/not-bound"));
  }));

Deno.test("requireEnv() says which of app and env is missing, and what there is", () =>
  World.with(async (world) => {
    const { door } = world.keeper("secret", { passwordFile: true });
    const session = await door.unlock("Do it.");
    await door.requireEnv(session, { app: "default", env: "development" });
    await assert.rejects(
      door.requireEnv(session, { app: "none", env: "development" }),
      failsWith("app/not-found", /"none"/),
    );
    await assert.rejects(
      door.requireEnv(session, { app: "default", env: "none" }),
      failsWith("env/not-found", /"none"/),
    );
  }));

Deno.test("path() resolves against the working directory", () =>
  World.empty((world) => {
    const { door } = world.keeper("secret");
    assert.equal(door.path("a/b"), join(world.project, "a", "b"));
    assert.equal(door.path("/a"), "/a");
  }));
