/** `ov app`, `ov env` and what decides which of them is meant, as real processes. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { ErrorCode } from "../../src/base/mod.ts";
import { fakeValue, refused, refusedJson } from "./assertions.ts";
import { type RunOptions, TYPE_PASSWORD, TYPES_AFTER_A_QUESTION, World } from "./ov.ts";

async function context(world: World, argv: readonly string[] = [], o: RunOptions = {}) {
  const { context } = JSON.parse((await world.ov(["status", "--json", ...argv], o)).stdout);
  return [context.app, context.app_from, context.env, context.env_from];
}

Deno.test("ov app and ov env make, list and delete", TYPES_AFTER_A_QUESTION, async () => {
  await using world = await World.withVault();
  await world.json(["app", "create", "shop"]);
  assert.deepEqual(await world.json(["env", "create", "staging", "--app", "shop"]), { app: "shop", env: "staging" });
  assert.deepEqual(await world.json(["env", "list", "--app", "shop"]), {
    app: "shop",
    envs: ["development", "staging"],
  });
  await world.json(["secret", "set", "KEY", "--stdin", "--app", "shop", "--env", "staging"], { stdin: fakeValue() });
  const deleted = await world.json(["env", "delete", "staging", "--app", "shop", "--yes"]);
  assert.deepEqual(deleted, { app: "shop", env: "staging", secrets: 1 });
  const asked = await world.terminal(["app", "delete", "shop"], [
    { expect: "Delete app shop .*\\(y/N\\)", send: "y\r" },
    TYPE_PASSWORD,
  ]);
  assert.equal(asked.code, 0, asked.transcript);
  assert.deepEqual(asked.after, asked.before);
  assert.deepEqual((await world.json(["app", "list"]))["apps"], [{ name: "default", envs: ["development"] }]);
});

Deno.test("what does not exist, exists already or can not be a name is refused with its own code", async () => {
  await using world = await World.withVault();
  const cases: [string[], ErrorCode][] = [
    [["secret", "list", "--app", "nope"], "app/not-found"],
    [["secret", "list", "--env", "nope"], "env/not-found"],
    [["secret", "history", "NOPE"], "secret/not-found"],
    [["app", "create", "default"], "app/exists"],
    [["env", "create", "development"], "env/exists"],
    [["app", "create", "Not_A_Slug"], "usage/name"],
    [["env", "create", "-"], "usage/name"],
    [["app", "delete", "nope", "--yes"], "app/not-found"],
    [["env", "delete", "nope", "--yes"], "env/not-found"],
    [["app", "use", "nope"], "app/not-found"],
    [["grant", "revoke", "nope"], "grant/not-found"],
  ];
  await Promise.all(cases.map(async ([line, code]) => {
    refusedJson(await world.ovUnlocked(["--json", ...line]), code);
  }));
  refused(await world.ovUnlocked(["secret", "list", "--app", "nope"]), 5, /app "nope".*does not exist/);
});

Deno.test("app and env are decided by flag, variable, .ov.yaml, the user's default, the built-in one, in that order", async () => {
  await using world = await World.withVault();
  const env = { OV_APP: "of-variable", OV_ENV: "variable" };
  assert.deepEqual(await context(world), ["default", "default", "development", "default"]);
  await world.json(["app", "create", "of-user"]);
  await world.json(["app", "use", "of-user"]);
  assert.deepEqual(await context(world), ["of-user", "user config", "development", "user config"]);
  await world.write(".ov.yaml", "app: of-file\nenv: file\n");
  assert.deepEqual(await context(world), ["of-file", "project file", "file", "project file"]);
  const below = join(world.project, "a", "b");
  await Deno.mkdir(below, { recursive: true });
  assert.deepEqual(await context(world, [], { cwd: below }), ["of-file", "project file", "file", "project file"]);
  assert.deepEqual(await context(world, [], { env }), ["of-variable", "environment", "variable", "environment"]);
  const flags = ["--app", "of-flag", "--env", "flag"];
  assert.deepEqual(await context(world, flags, { env }), ["of-flag", "flag", "flag", "flag"]);
});

Deno.test(".ov.yaml selects an env only where the user bound it, and binding needs the vault", async () => {
  await using world = await World.withVault();
  await world.json(["secret", "set", "KEY", "--stdin"], { stdin: fakeValue() });
  await world.write(".ov.yaml", "app: default\nenv: development\nsecrets:\n  - KEY\n");
  refusedJson(await world.ovUnlocked(["--json", "run", "--", "true"]), "env/not-bound");
  refusedJson(await world.ovUnlocked(["--json", "secret", "set", "KEY", "--stdin"], { stdin: "x" }), "env/not-bound");
  const bound = await world.json(["app", "use", "default", "--here"]);
  assert.deepEqual(bound, { app: "default", env: "development", file: join(world.project, ".ov.yaml") });
  assert.equal((await world.ovUnlocked(["run", "--", "true"])).code, 0);
  assert.match(await world.read(".ov.yaml"), /KEY/);
  // Another env in the same file is another question.
  await world.json(["env", "create", "production"]);
  await world.write(".ov.yaml", "app: default\nenv: production\nsecrets: [KEY]\n");
  refusedJson(await world.ovUnlocked(["--json", "run", "--", "true"]), "env/not-bound");
});

Deno.test("a .ov.yaml that is not understood is refused by line, not guessed at", async () => {
  await using world = await World.withVault();
  for (const text of ["app: [a\n", "secrets:\n  A: literal\n", "run: rm -rf\n", "app: &x a\n", "\tapp: a\n"]) {
    await world.write(".ov.yaml", text);
    refusedJson(await world.ovUnlocked(["--json", "secret", "list"]), "usage/project-file");
  }
});
