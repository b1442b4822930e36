/** `ov run` inside the keeper: who may run what. Its stdio, signals and exit codes are tested with real processes. */
import assert from "node:assert/strict";
import type { Params } from "../../../src/keeper/protocol.ts";
import { put } from "../folder.ts";
import { failsWith, PASSWORD, withStdio, World } from "../world.ts";

const VALUE = "fake-api-value-5b9e21";

function run(argv: string[], more: Partial<Params<"run">> = {}): Params<"run"> {
  return { argv, secrets: ["API_KEY"], raw: false, timeoutMs: null, ...more };
}

function withSecret(body: (world: World) => Promise<void>): Promise<void> {
  return World.with(async (world) => {
    await world.seed({ API_KEY: VALUE });
    put(world.project, "show.sh", 'echo "key $API_KEY"\n');
    await body(world);
  });
}

Deno.test("run takes the password typed as the consent, shows what it is for, and masks", () =>
  withSecret(async (world) => {
    const keeper = world.keeper("run", { typed: [PASSWORD] });
    const out = await withStdio(async () => {
      const done = await keeper.call("run", run(["sh", "show.sh", "a b\x1b"]));
      assert.deepEqual(done, { exitCode: 0, signal: null, maskedCount: 1, timedOut: false });
    });
    assert.equal(out, "key [ov:API_KEY]\n");
    assert.equal(keeper.terminal.shown, "Run with API_KEY of default/development:\n  sh show.sh $'a b\\x1b'\n");
    const [entry] = await world.audit("run");
    assert.deepEqual([entry!["origin"], entry!["reason"]], ["human", "password given for this run"]);
  }));

Deno.test("run takes the password file as the consent, but not for raw output", () =>
  withSecret(async (world) => {
    const keeper = world.keeper("run", { passwordFile: true });
    await withStdio(async () => {
      assert.equal((await keeper.call("run", run(["sh", "show.sh"]))).exitCode, 0);
    });
    await assert.rejects(keeper.call("run", run(["sh", "show.sh"], { raw: true })), failsWith("usage/no-terminal"));
    assert.match(keeper.terminal.shown, /output NOT masked/);
  }));

Deno.test({
  name: "run refuses a program that another user owns, and one that a group of others can write",
  // Only root can give a file away.
  ignore: Deno.uid() !== 0,
  fn: () =>
    withSecret(async (world) => {
      const tool = put(world.project, "tool.sh", "#!/bin/sh\necho ran\n", 0o755);
      const keeper = world.keeper("run", { passwordFile: true });
      await Deno.chown(tool, 1_999_999, 0);
      await assert.rejects(keeper.call("run", run(["./tool.sh"])), failsWith("policy/denied", /another user owns/));
      await Deno.chown(tool, 0, 1_999_999);
      await Deno.chmod(tool, 0o775);
      await assert.rejects(
        keeper.call("run", run(["./tool.sh"])),
        failsWith("policy/denied", /a group with other users/),
      );
      await Deno.chown(tool, 0, 0);
      assert.equal(await withStdio(async () => void await keeper.call("run", run(["./tool.sh"]))), "ran\n");
      const refused = await world.audit("denied");
      assert.deepEqual(refused.map(({ code }) => code), ["policy/denied", "policy/denied"]);
    }),
});

Deno.test("run refuses a program that everybody can write to, in a CI job as well", () =>
  withSecret(async (world) => {
    const tool = put(world.project, "tool.sh", "#!/bin/sh\necho ran\n", 0o755);
    await Deno.chmod(tool, 0o757);
    for (const environment of [{}, { CI: "true" }]) {
      const keeper = world.keeper("run", { passwordFile: true, environment });
      await assert.rejects(keeper.call("run", run(["./tool.sh"])), failsWith("policy/denied", /every user/));
    }
  }));

Deno.test("run takes the names of .ov.yaml where none are given, once its folder is bound", () =>
  withSecret(async (world) => {
    put(world.project, ".ov.yaml", "app: default\nenv: development\nsecrets: [API_KEY]\n");
    const keeper = world.keeper("run", { passwordFile: true });
    const call = run(["sh", "show.sh"], { secrets: null });
    await assert.rejects(keeper.call("run", call), failsWith("env/not-bound"));
    assert.deepEqual((await world.audit("denied")).map(({ op, code }) => [op, code]), [["run", "env/not-bound"]]);
    const use = { name: "default", env: "development", here: true };
    await world.keeper("app", { passwordFile: true }).call("app.use", use);
    const out = await withStdio(async () => void await keeper.call("run", call));
    assert.equal(out, "key [ov:API_KEY]\n");
  }));

Deno.test("run says what is missing before it asks for a password", () =>
  withSecret(async (world) => {
    const keeper = world.keeper("run", { typed: [PASSWORD] });
    const table: [Params<"run">, string, RegExp][] = [
      [run([]), "usage/invalid", /no command/],
      [run([""]), "usage/invalid", /no command/],
      [run(["true"], { secrets: null }), "usage/invalid", /no secrets are named/],
      [run(["true"], { secrets: ["\x1b[2KAPI_KEY"] }), "usage/name", /./],
    ];
    for (const [call, code, message] of table) await assert.rejects(keeper.call("run", call), failsWith(code, message));
    assert.deepEqual(keeper.terminal.prompts, []);
    assert.ok(!keeper.terminal.shown.includes("\x1b"));
  }));

Deno.test("run refuses under listed what was not granted, and names the line that grants it", () =>
  withSecret(async (world) => {
    await world.keeper("policy", { typed: [PASSWORD] }).call("policy.set", { mode: "listed" });
    const keeper = world.keeper("run", { typed: [PASSWORD] });
    await assert.rejects(keeper.call("run", run(["sh", "show.sh"])), (error: unknown) => {
      const { hint } = error as { hint: string };
      assert.equal(hint, "Allow it first: ov grant add --secrets API_KEY -- sh show.sh");
      return failsWith("policy/denied")(error);
    });
    const grant = { argv: ["sh", "show.sh"], secrets: ["API_KEY"], use: "once", until: null } as const;
    await world.keeper("grant", { typed: [PASSWORD] }).call("grant.add", grant);
    await withStdio(async () => void await keeper.call("run", run(["sh", "show.sh"])));
    await assert.rejects(keeper.call("run", run(["sh", "show.sh"])), failsWith("policy/denied"));
  }));

Deno.test("run refuses a canary even under open, and records it", () =>
  withSecret(async (world) => {
    await world.seed({ BAIT: "fake-decoy-value" }, undefined, true);
    await world.keeper("policy", { typed: [PASSWORD] }).call("policy.set", { mode: "open" });
    const keeper = world.keeper("run", { passwordFile: true });
    await assert.rejects(keeper.call("run", run(["true"], { secrets: ["BAIT"] })), failsWith("secret/canary"));
    assert.deepEqual((await world.audit("canary", "run")).map((entry) => entry["secrets"]), [["BAIT"]]);
  }));

Deno.test("run does not start a child when the audit log can not be written", () =>
  withSecret(async (world) => {
    put(world.project, "mark.sh", "touch started\n");
    const keeper = world.keeper("run", { passwordFile: true });
    const session = await keeper.door.unlock("x");
    session.appendAudit = () => Promise.reject(new Error("disk"));
    await assert.rejects(keeper.call("run", run(["sh", "mark.sh"])), failsWith("internal"));
    assert.throws(() => Deno.statSync(`${world.project}/started`));
  }));

Deno.test("run gives the exit status and the signal of the child", () =>
  withSecret(async (world) => {
    const keeper = world.keeper("run", { passwordFile: true });
    put(world.project, "exit.sh", "exit 7\n");
    put(world.project, "kill.sh", "kill -KILL $$\n");
    assert.equal((await keeper.call("run", run(["sh", "exit.sh"]))).exitCode, 7);
    const killed = await keeper.call("run", run(["sh", "kill.sh"]));
    assert.deepEqual([killed.exitCode, killed.signal], [137, "SIGKILL"]);
  }));
