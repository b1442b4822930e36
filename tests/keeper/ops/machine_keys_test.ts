/** Machine keys, bundles, and exports by key, inside the keeper. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Params } from "../../../src/keeper/protocol.ts";
import { put } from "../folder.ts";
import { failsWith, PASSWORD, type TestKeeper, withStdio, World } from "../world.ts";
import { Runner } from "../../runner/github.ts";

const VALUE = "fake-api-value-5b9e21";
const CREATE: Params<"machine-key.create"> = {
  name: "ci",
  expiresAt: null,
  commands: ["sh show.sh"],
  allowExport: false,
  rotate: false,
  output: "ci.key",
};
const RUN: Params<"run"> = { argv: ["sh", "show.sh"], secrets: ["API_KEY"], raw: false, timeoutMs: null };

function withKey(
  more: Partial<Params<"machine-key.create">>,
  body: (world: World, key: string) => Promise<void>,
): Promise<void> {
  return World.with(async (world) => {
    await world.seed({ API_KEY: VALUE });
    put(world.project, "show.sh", 'echo "key $API_KEY $OV_MACHINE_KEY $NODE_OPTIONS"\n');
    await world.keeper("machine-key", { typed: [PASSWORD] }).call("machine-key.create", { ...CREATE, ...more });
    await body(world, join(world.project, "ci.key"));
  });
}

async function output(keeper: TestKeeper, more: Partial<Params<"run">> = {}): Promise<string> {
  return await withStdio(async () => void await keeper.call("run", { ...RUN, ...more }));
}

Deno.test("machine-key.create wants the password typed, says what it gives away, and writes 32 bytes for the owner alone", () =>
  World.with(async (world) => {
    for (const keeper of [world.keeper("machine-key", { passwordFile: true }), world.keeper("machine-key")]) {
      await assert.rejects(keeper.call("machine-key.create", CREATE), failsWith("usage/no-terminal"));
    }
    const keeper = world.keeper("machine-key", { typed: [PASSWORD] });
    const expiresAt = world.now + 86_400_000;
    const made = await keeper.call("machine-key.create", { ...CREATE, expiresAt, allowExport: true });
    assert.deepEqual([made.app, made.env, made.key.name, made.key.commands], ["default", "development", "ci", [[
      "sh",
      "show.sh",
    ]]]);
    const { size, mode } = Deno.statSync(join(world.project, "ci.key"));
    assert.deepEqual([size, mode! & 0o777], [32, 0o600]);
    for (const said of ["ci", "default/development", "2026-03-02", "sh show.sh", "plaintext", "ci.key"]) {
      assert.ok(keeper.terminal.shown.includes(said), said);
    }
    const [entry] = await world.audit("machine-key-create");
    assert.deepEqual([entry!["action"], entry!["name"]], ["machine-key-create", "ci"]);
  }));

Deno.test("machine-key.create prints base64 once, and no message to the front holds the key", () =>
  World.with(async (world) => {
    const keeper = world.keeper("machine-key", { typed: [PASSWORD] });
    const out = await withStdio(async () => void await keeper.call("machine-key.create", { ...CREATE, output: null }));
    assert.match(out, /^[A-Za-z0-9+/]{43}=\n$/);
    assert.ok(!JSON.stringify(keeper.messages).includes(out.trim()));
    assert.ok(!keeper.terminal.shown.includes(out.trim()));
    assert.deepEqual([...Deno.readDirSync(world.project)], []);
  }));

Deno.test("machine-key.create leaves no file and no key behind when it fails", () =>
  World.with(async (world) => {
    const bad: [Partial<Params<"machine-key.create">>, string][] = [
      [{ name: "No Slug" }, "usage/name"],
      [{ expiresAt: world.now }, "usage/invalid"],
      [{ commands: ["sh -c x"] }, "policy/denied"],
      [{ commands: ["'"] }, "usage/invalid"],
    ];
    for (const [more, code] of bad) {
      const keeper = world.keeper("machine-key", { typed: [PASSWORD] });
      await assert.rejects(keeper.call("machine-key.create", { ...CREATE, ...more }), failsWith(code));
    }
    assert.deepEqual([...Deno.readDirSync(world.project)], []);
    put(world.project, "ci.key", "mine");
    const keeper = world.keeper("machine-key", { typed: [PASSWORD] });
    await assert.rejects(keeper.call("machine-key.create", CREATE), failsWith("usage/file", /exists/));
    assert.equal(Deno.readTextFileSync(join(world.project, "ci.key")), "mine");
    const { keys } = await world.keeper("machine-key", { passwordFile: true }).call("machine-key.list", {});
    assert.deepEqual(keys, []);
  }));

Deno.test("run opens its env by a machine key, asks nobody, masks, and keeps the key from the command", () =>
  withKey({}, async (world, key) => {
    const text = Deno.readFileSync(key).toBase64();
    const ways: [Record<string, string>, Partial<Params<"run">>][] = [
      [{}, { machineKey: "ci.key" }],
      [{ OV_MACHINE_KEY_FILE: key }, {}],
      [{ OV_MACHINE_KEY: text }, {}],
    ];
    for (const [environment, more] of ways) {
      const keeper = world.keeper("run", { environment: { ...environment, NODE_OPTIONS: "--require=./hook.js" } });
      assert.equal(await output(keeper, more), "key [ov:API_KEY]  \n");
      assert.deepEqual([keeper.terminal.prompts, keeper.terminal.shown], [[], ""]);
    }
  }));

Deno.test("run by a machine key obeys its list under ask and listed, and an open env needs none", () =>
  withKey({}, async (world) => {
    put(world.project, "other.sh", "echo other\n");
    const other = { machineKey: "ci.key", argv: ["sh", "other.sh"] };
    const set = (mode: "ask" | "listed" | "open") =>
      world.keeper("policy", { typed: [PASSWORD] }).call("policy.set", { mode });
    for (const mode of ["ask", "listed"] as const) {
      await set(mode);
      assert.match(await output(world.keeper("run"), { machineKey: "ci.key" }), /^key \[ov:API_KEY\]/);
      await assert.rejects(output(world.keeper("run"), other), failsWith("policy/denied", /does not list/));
    }
    await set("open");
    assert.equal(await output(world.keeper("run"), other), "other\n");
    const inline = { machineKey: "ci.key", argv: ["sh", "-c", "echo $API_KEY"] };
    assert.equal(await output(world.keeper("run"), inline), "[ov:API_KEY]\n");
    await set("ask");
    await assert.rejects(output(world.keeper("run"), other), failsWith("policy/denied"));
    await assert.rejects(output(world.keeper("run"), inline), failsWith("policy/denied"));
  }));

Deno.test("run refuses --raw and --remember with a machine key, although a password file is there", () =>
  withKey({}, async (world) => {
    for (const more of [{ raw: true }, { remember: true }]) {
      const keeper = world.keeper("run", { passwordFile: true, typed: [PASSWORD] });
      await assert.rejects(output(keeper, { machineKey: "ci.key", ...more }), failsWith("policy/denied", /password/));
    }
  }));

Deno.test("run by a machine key takes no other env, whoever names it, and a bad key is no way to the password file", () =>
  withKey({}, async (world) => {
    await world.seed({ API_KEY: "fake-production-7781" }, { app: "default", env: "production" });
    for (const environment of [{ OV_ENV: "production" }, { OV_APP: "other" }]) {
      const keeper = world.keeper("run", { environment });
      await assert.rejects(
        output(keeper, { machineKey: "ci.key" }),
        failsWith("env/not-found", /default\/development/),
      );
    }
    const flagged = world.keeper("run");
    await flagged.call("configure", { env: "production" });
    await assert.rejects(output(flagged, { machineKey: "ci.key" }), failsWith("env/not-found"));
    put(world.project, ".ov.yaml", "app: default\nenv: production\nsecrets: [API_KEY]\n");
    assert.match(await output(world.keeper("run"), { machineKey: "ci.key", secrets: null }), /\[ov:API_KEY\]/);
    const bad = world.keeper("run", { passwordFile: true, environment: { OV_MACHINE_KEY: "nonsense" } });
    await assert.rejects(output(bad), failsWith("machine-key/unusable", /./, ["nonsense"]));
  }));

Deno.test("run refuses a canary under a machine key, and says so on the terminal", () =>
  withKey({}, async (world) => {
    await world.seed({ DECOY: "fake-decoy-5521" }, undefined, true);
    const keeper = world.keeper("run");
    const call = output(keeper, { machineKey: "ci.key", secrets: ["DECOY"] });
    await assert.rejects(call, failsWith("secret/canary", /./, ["fake-decoy"]));
    assert.match(keeper.terminal.shown, /CANARY/);
  }));

Deno.test("export.bundle writes what run opens with the key alone: no vault, no password", () =>
  withKey({}, async (world, key) => {
    const done = await world.keeper("export", { passwordFile: true }).call("export.bundle", { output: "ci.bundle" });
    assert.deepEqual([done.secrets, done.keys, done.app, done.env], [1, 1, "default", "development"]);
    const bundle = Deno.readTextFileSync(join(world.project, "ci.bundle"));
    for (const word of ["API_KEY", "development", VALUE, btoa(VALUE).slice(0, 12)]) {
      assert.ok(!bundle.includes(word), word);
    }
    // Written again, it takes the place of the older one.
    await world.keeper("export", { passwordFile: true }).call("export.bundle", { output: "ci.bundle" });
    await Deno.remove(world.vaultFolder, { recursive: true });
    assert.equal(await output(world.keeper("run"), { bundle: "ci.bundle", machineKey: key }), "key [ov:API_KEY]  \n");
    const table: [Partial<Params<"run">>, string][] = [
      [{ bundle: "ci.bundle" }, "vault/locked"],
      [{ bundle: "none", machineKey: key }, "usage/file"],
      [{ bundle: ".", machineKey: key }, "usage/file"],
      [{ bundle: "show.sh", machineKey: key }, "vault/damaged"],
      [{ bundle: "ci.bundle", machineKey: "none" }, "machine-key/unusable"],
      [{ bundle: "ci.bundle", machineKey: key, secrets: ["NONE"] }, "secret/not-found"],
      [{ bundle: "ci.bundle", machineKey: key, argv: ["sh", "other.sh"] }, "policy/denied"],
    ];
    for (const [more, code] of table) {
      const keeper = world.keeper("run", { passwordFile: true, typed: [PASSWORD] });
      await assert.rejects(output(keeper, more), failsWith(code));
      assert.deepEqual(keeper.terminal.prompts, []);
    }
  }));

const EXPORT: Params<"export"> = { format: "shell", output: null, only: null, machineKey: "ci.key" };

Deno.test("export takes a machine key only where it was made for that", () =>
  withKey({}, async (world) => {
    const denied = world.keeper("export", { typed: [PASSWORD], passwordFile: true }).call("export", EXPORT);
    await assert.rejects(denied, failsWith("policy/denied", /may not/));
    const again = { ...CREATE, allowExport: true, rotate: true, output: "may.key" };
    await world.keeper("machine-key", { typed: [PASSWORD] }).call("machine-key.create", again);
    const out = await withStdio(async () => {
      const done = await world.keeper("export").call("export", { ...EXPORT, machineKey: "may.key" });
      assert.deepEqual([done.names, done.output], [["API_KEY"], null]);
    });
    assert.equal(out, `export API_KEY='${VALUE}'\n`);
    const replaced = world.keeper("export").call("export", EXPORT);
    await assert.rejects(replaced, failsWith("machine-key/not-good"));
  }));

Deno.test("export for GitHub registers before it hands over, and does nothing outside of a runner", () =>
  withKey({ allowExport: true }, async (world) => {
    await world.seed({ PEM: "first-line-of-fake\nsecond-line-of-fake\n", NO: "ab" });
    const file = put(world.folder, "github_env", "BEFORE=1\n");
    const params: Params<"export"> = { ...EXPORT, format: "gha", output: file };
    const outside = await withStdio(async () => {
      await assert.rejects(world.keeper("export").call("export", params), failsWith("usage/invalid"));
    });
    assert.deepEqual([outside, Deno.readTextFileSync(file)], ["", "BEFORE=1\n"]);
    const runner = new Runner();
    const keeper = world.keeper("export", { environment: { GITHUB_ACTIONS: "true" } });
    runner.print(
      await withStdio(async () => {
        const done = await keeper.call("export", params);
        assert.deepEqual([done.names, done.unmasked], [["API_KEY", "NO", "PEM"], ["NO"]]);
      }),
    );
    assert.equal(runner.log, "");
    runner.readEnvironment(Deno.readTextFileSync(file).replace("BEFORE=1\n", ""));
    assert.equal(runner.variables["PEM"], "first-line-of-fake\nsecond-line-of-fake\n");
    runner.print(`echo ${VALUE} second-line-of-fake`);
    assert.equal(runner.log, "echo *** ***\n");
  }));

Deno.test("in a CI job nobody is asked for a password, terminal or not", () =>
  World.with(async (world) => {
    await world.seed({ API_KEY: VALUE });
    const keeper = world.keeper("run", { typed: [PASSWORD], environment: { CI: "true" } });
    await assert.rejects(output(keeper), failsWith("vault/locked", /CI is set/));
    const raw = world.keeper("run", { typed: [PASSWORD], passwordFile: true, environment: { CI: "1" } });
    await assert.rejects(output(raw, { raw: true }), failsWith("usage/no-terminal", /CI is set/));
    assert.deepEqual([...keeper.terminal.prompts, ...raw.terminal.prompts], []);
    for (const CI of ["", "0", "false", "11"]) {
      const person = world.keeper("run", { typed: [PASSWORD], environment: { CI } });
      put(world.project, "show.sh", 'echo "key $API_KEY"\n');
      assert.equal(await output(person), "key [ov:API_KEY]\n");
    }
  }));

Deno.test("machine-key.list and revoke show and end a key; the log names both", () =>
  withKey({}, async (world) => {
    const owner = world.keeper("machine-key", { passwordFile: true });
    const { keys } = await owner.call("machine-key.list", {});
    assert.deepEqual(keys.map(({ name, mode, allowExport }) => [name, mode, allowExport]), [["ci", "ask", false]]);
    await owner.call("machine-key.revoke", { name: "ci" });
    await assert.rejects(owner.call("machine-key.revoke", { name: "ci" }), failsWith("machine-key/not-found"));
    const call = output(world.keeper("run"), { machineKey: "ci.key" });
    await assert.rejects(call, failsWith("machine-key/not-good"));
    const actions = (await world.audit("machine-key-create", "machine-key-revoke")).map((entry) => entry["action"]);
    assert.deepEqual(actions, ["machine-key-create", "machine-key-revoke"]);
    assert.equal(await world.valueOf("API_KEY"), VALUE);
  }));
