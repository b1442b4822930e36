import assert from "node:assert/strict";
import { put } from "../folder.ts";
import { failsWith, PASSWORD, withStdio, World } from "../world.ts";

const VALUE = "fake-api-value-5b9e21";
const TERMINAL = { kind: "terminal" } as const;

Deno.test("secret.set takes the value typed after the password", () =>
  World.with(async (world) => {
    const keeper = world.keeper("secret", { typed: [PASSWORD, VALUE, " second value "] });
    const first = await keeper.call("secret.set", { name: "API_KEY", source: TERMINAL });
    assert.deepEqual(first, {
      version: 1,
      created: true,
      sizeBytes: VALUE.length,
      newlineRemoved: false,
      maskable: true,
      warnings: [],
    });
    assert.deepEqual(keeper.terminal.prompts, ["Password: ", "Value of API_KEY: "]);
    const second = await keeper.call("secret.set", { name: "API_KEY", source: TERMINAL });
    assert.deepEqual([second.version, second.created], [2, false]);
    assert.equal(await world.valueOf("API_KEY"), " second value ");
  }));

Deno.test("secret.set keeps what a file holds byte for byte, but for the line break that echo adds", () =>
  World.with(async (world) => {
    const keeper = world.keeper("secret", { passwordFile: true });
    const table: [string, boolean, string, boolean][] = [
      ["one line\n", false, "one line", true],
      ["one line\r\n", false, "one line", true],
      ["one line\n", true, "one line\n", false],
      ["one line", false, "one line", false],
      ["two\nlines\n", false, "two\nlines\n", false],
      ["line\n\n", false, "line\n\n", false],
      ["  blanks\t", false, "  blanks\t", false],
    ];
    for (const [content, exact, value, newlineRemoved] of table) {
      put(world.project, "v", content);
      const source = { kind: "file", path: "v", exact } as const;
      const done = await keeper.call("secret.set", { name: "A", source });
      assert.equal(await world.valueOf("A"), value);
      assert.equal(done.newlineRemoved, newlineRemoved);
    }
    await withStdio(async () => {
      await keeper.call("secret.set", { name: "A", source: { kind: "stdin", exact: false } });
    }, "from stdin\n");
    assert.equal(await world.valueOf("A"), "from stdin");
  }));

Deno.test("secret.set warns of values that can not be masked or injected", () =>
  World.with(async (world) => {
    const keeper = world.keeper("secret", { passwordFile: true });
    const set = (content: string | Uint8Array) => {
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      Deno.writeFileSync(`${world.project}/v`, bytes);
      return keeper.call("secret.set", { name: "A", source: { kind: "file", path: "v", exact: true } });
    };
    assert.deepEqual((await set("abc")).maskable, false);
    assert.match((await set("abc")).warnings.join(), /A can not be masked in output: /);
    assert.match((await set("fake\0value")).warnings.join(), /NUL/);
    assert.match((await set(Uint8Array.from([0xff, 1, 2, 3, 4, 5, 6, 7]))).warnings.join(), /not UTF-8/);
    assert.deepEqual((await set(VALUE)).warnings, []);
  }));

Deno.test("secret.set refuses what is empty, too long, no name, no file, and nothing is stored", () =>
  World.with(async (world) => {
    const keeper = world.keeper("secret", { passwordFile: true, typed: [""] });
    put(world.project, "empty", "\n");
    put(world.project, "long", "x".repeat(65_537));
    put(world.project, "longest", "x".repeat(65_536));
    const from = (path: string) => ({ name: "A", source: { kind: "file", path, exact: false } }) as const;
    await assert.rejects(keeper.call("secret.set", from("empty")), failsWith("usage/value", /empty/));
    await assert.rejects(keeper.call("secret.set", from("long")), failsWith("usage/value", /over 64 KiB/));
    await assert.rejects(keeper.call("secret.set", from("missing")), failsWith("usage/file"));
    await assert.rejects(keeper.call("secret.set", from(".")), failsWith("usage/file", /folder/));
    await assert.rejects(keeper.call("secret.set", { name: "A", source: TERMINAL }), failsWith("usage/value", /empty/));
    for (const name of ["A-B", "1A", "", "A B"]) {
      await assert.rejects(keeper.call("secret.set", { name, source: TERMINAL }), failsWith("usage/name"));
    }
    assert.deepEqual((await keeper.call("secret.list", { deleted: true })).secrets, []);
    assert.equal((await keeper.call("secret.set", from("longest"))).sizeBytes, 65_536);
  }));

Deno.test("secret.set fails instead of asking for a value when --non-interactive is set", () =>
  World.with(async (world) => {
    const keeper = world.keeper("secret", { passwordFile: true, typed: [VALUE] });
    await keeper.call("configure", { nonInteractive: true });
    await assert.rejects(keeper.call("secret.set", { name: "A", source: TERMINAL }), failsWith("usage/no-terminal"));
    assert.deepEqual(keeper.terminal.prompts, []);
  }));

Deno.test("secret.get writes the value to stdout after the password was typed, and never else", () =>
  World.with(async (world) => {
    await world.seed({ API_KEY: VALUE });
    const params = { name: "API_KEY", newline: true };
    const file = world.keeper("secret", { passwordFile: true });
    await file.call("secret.list", { deleted: false });
    await assert.rejects(file.call("secret.get", params), failsWith("usage/no-terminal"));
    const keeper = world.keeper("secret", { passwordFile: true, typed: [PASSWORD, PASSWORD, PASSWORD] });
    const out = await withStdio(async () => {
      assert.deepEqual(await keeper.call("secret.get", params), { sizeBytes: VALUE.length });
      await keeper.call("secret.get", { ...params, newline: false });
    });
    assert.equal(out, `${VALUE}\n${VALUE}`);
    assert.match(keeper.terminal.shown, /Show API_KEY of default\/development in plain text/);
    await assert.rejects(keeper.call("secret.get", { ...params, name: "NONE" }), failsWith("secret/not-found"));
  }));

Deno.test("secret.rm, secret.history and secret.restore tell and bring back", () =>
  World.with(async (world) => {
    await world.seed({ API_KEY: VALUE });
    await world.seed({ API_KEY: "second fake value" });
    const keeper = world.keeper("secret", { passwordFile: true });
    const { versions } = await keeper.call("secret.history", { name: "API_KEY" });
    assert.deepEqual(versions.map(({ version }) => version), [2, 1]);
    const { recoverableUntil } = await keeper.call("secret.rm", { name: "API_KEY" });
    assert.equal(recoverableUntil, world.now + 30 * 86_400_000);
    assert.deepEqual((await keeper.call("secret.list", { deleted: false })).secrets, []);
    assert.equal((await keeper.call("secret.list", { deleted: true })).secrets[0]!.deletedAt, world.now);
    await assert.rejects(keeper.call("secret.rm", { name: "API_KEY" }), failsWith("secret/not-found"));
    await keeper.call("secret.restore", { name: "API_KEY" });
    assert.equal(await world.valueOf("API_KEY"), "second fake value");
    assert.equal((await keeper.call("secret.restore", { name: "API_KEY", version: 1 })).version, 3);
    assert.equal(await world.valueOf("API_KEY"), VALUE);
    await keeper.call("secret.rm", { name: "API_KEY" });
    world.now += 30 * 86_400_000 + 1;
    await assert.rejects(keeper.call("secret.restore", { name: "API_KEY" }), failsWith("secret/not-found"));
  }));

Deno.test("secret.generate makes a value that nobody is shown", () =>
  World.with(async (world) => {
    const keeper = world.keeper("secret", { passwordFile: true });
    const generate = { length: 24, charset: "hex" } as const;
    assert.deepEqual(await keeper.call("secret.generate", { name: "A", generate }), { version: 1, created: true });
    const value = await world.valueOf("A");
    assert.match(value, /^[0-9a-f]{24}$/);
    assert.ok(!JSON.stringify(keeper.messages).includes(value));
  }));

Deno.test("secret operations write nothing where .ov.yaml selects an env that is not bound, and still list", () =>
  World.with(async (world) => {
    await world.seed({ API_KEY: VALUE }, { app: "shop", env: "production" });
    put(world.project, ".ov.yaml", "app: shop\nenv: production\n");
    const keeper = world.keeper("secret", { passwordFile: true, typed: [PASSWORD] });
    const generate = { length: 24, charset: "hex" } as const;
    const source = { kind: "file", path: ".ov.yaml", exact: true } as const;
    await assert.rejects(keeper.call("secret.set", { name: "A", source }), failsWith("env/not-bound"));
    await assert.rejects(keeper.call("secret.generate", { name: "A", generate }), failsWith("env/not-bound"));
    await assert.rejects(keeper.call("secret.rm", { name: "API_KEY" }), failsWith("env/not-bound"));
    await assert.rejects(keeper.call("secret.get", { name: "API_KEY", newline: true }), failsWith("env/not-bound"));
    assert.equal((await keeper.call("secret.list", { deleted: false })).secrets.length, 1);
  }));
