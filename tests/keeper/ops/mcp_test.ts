/** The other operations of `ov mcp`: opening, listing, creating, updating, deleting. */
import assert from "node:assert/strict";
import { put } from "../folder.ts";
import { failsWith, PASSWORD, type TestKeeper, World } from "../world.ts";

const VALUE = "fake-api-value-5b9e21";
/** A client that can show a form. */
const ASKS = { peer: { client: "test", canAsk: true, canOpen: false } } as const;
const GENERATE = { length: 40, charset: "alphanumeric" } as const;

function withConnection(body: (world: World, mcp: TestKeeper) => Promise<void>): Promise<void> {
  return World.with(async (world) => {
    await world.seed({ API_KEY: VALUE });
    const mcp = world.keeper("mcp", { passwordFile: true });
    await mcp.call("mcp.open", { authorize: false });
    await body(world, mcp);
    assert.ok(!JSON.stringify(mcp.messages).includes(VALUE));
  });
}

const RUN = {
  command: ["true"],
  secrets: ["API_KEY"],
  workDir: null,
  timeoutSeconds: 9,
  client: "test",
  canAsk: true,
} as const;

Deno.test("mcp.open without password file or authorize leaves everything locked", () =>
  World.with(async (world) => {
    await world.seed({ API_KEY: VALUE });
    const mcp = world.keeper("mcp", { typed: [PASSWORD] });
    const { sessionId } = await mcp.call("mcp.open", { authorize: false });
    assert.match(sessionId, /^[0-9a-f]{32}$/);
    await assert.rejects(mcp.call("mcp.run", RUN), failsWith("vault/locked", /nobody gave the password/));
    await assert.rejects(mcp.call("mcp.list", {}), failsWith("vault/locked"));
    await assert.rejects(mcp.call("mcp.exists", { name: "API_KEY" }), failsWith("vault/locked"));
    await assert.rejects(mcp.call("mcp.create", { name: "B", generate: GENERATE }), failsWith("vault/locked"));
    await assert.rejects(mcp.call("mcp.update", { name: "API_KEY", generate: GENERATE }), failsWith("vault/locked"));
    await assert.rejects(mcp.call("mcp.delete", { name: "API_KEY" }), failsWith("vault/locked"));
    const status = await mcp.call("mcp.status", {});
    assert.deepEqual([status.unlocked, status.authorized, status.mode], [false, false, null]);
    assert.deepEqual(mcp.terminal.prompts, []);
  }));

Deno.test("an agent is told that there is no vault yet, and how a locked one is unlocked", () =>
  World.empty(async (world) => {
    const early = world.keeper("mcp");
    await early.call("mcp.open", { authorize: false });
    const none = { code: "vault/not-found", hint: "Make one with `ov init`." };
    await assert.rejects(early.call("mcp.run", RUN), none);
    await assert.rejects(early.call("mcp.list", {}), none);
    await world.makeVault();
    const mcp = world.keeper("mcp");
    await mcp.call("mcp.open", { authorize: false });
    await assert.rejects(mcp.call("mcp.list", {}), { code: "vault/locked", hint: /run `ov unlock` in a terminal/ });
  }));

Deno.test("every operation of mcp is locked before mcp.open, even with a password file", () =>
  World.with(async (world) => {
    const mcp = world.keeper("mcp", { passwordFile: true });
    await assert.rejects(mcp.call("mcp.run", RUN), failsWith("vault/locked"));
    await assert.rejects(mcp.call("mcp.list", {}), failsWith("vault/locked"));
    assert.equal((await mcp.call("mcp.status", {})).unlocked, false);
  }));

Deno.test("mcp.open with authorize wants the password typed, though a password file is named", () =>
  World.with(async (world) => {
    await world.seed({ API_KEY: VALUE });
    const mcp = world.keeper("mcp", { passwordFile: true, typed: ["no", "no", "no"] });
    await mcp.call("mcp.open", { authorize: true });
    await assert.rejects(mcp.call("mcp.list", {}), failsWith("vault/wrong-password"));
    await assert.rejects(mcp.call("mcp.run", RUN), failsWith("vault/wrong-password"));
    assert.deepEqual((await mcp.call("mcp.status", {})).authorized, false);
    assert.equal(mcp.terminal.prompts.length, 3);
  }));

Deno.test("mcp.open with authorize authorises the connection when the password is typed", () =>
  World.with(async (world) => {
    await world.seed({ API_KEY: VALUE });
    const mcp = world.keeper("mcp", { typed: [PASSWORD] });
    await mcp.call("mcp.open", { authorize: true });
    await mcp.call("mcp.open", { authorize: true });
    assert.equal((await mcp.call("mcp.run", RUN)).kind, "consent");
    const status = await mcp.call("mcp.status", {});
    assert.deepEqual([status.unlocked, status.authorized, status.mode], [true, true, "ask"]);
    assert.equal(mcp.terminal.prompts.length, 1);
    assert.match(mcp.terminal.shown, /Let the agent/);
  }));

Deno.test("mcp.open answers before the vault is open, and each call says why it is not", () =>
  World.empty(async (world) => {
    const mcp = world.keeper("mcp", { passwordFile: true });
    await mcp.call("mcp.open", { authorize: false });
    await assert.rejects(mcp.call("mcp.list", {}), failsWith("vault/not-found"));
    await assert.rejects(mcp.call("mcp.run", RUN), failsWith("vault/not-found"));
  }));

Deno.test("mcp refuses what an unbound .ov.yaml selects", () =>
  withConnection(async (world, mcp) => {
    await world.seed({ API_KEY: VALUE }, { app: "shop", env: "production" });
    put(world.project, ".ov.yaml", "app: shop\nenv: production\n");
    for (const call of [() => mcp.call("mcp.run", RUN), () => mcp.call("mcp.list", {})]) {
      await assert.rejects(call(), failsWith("env/not-bound", /shop\/production/));
    }
    await assert.rejects(mcp.call("mcp.exists", { name: "API_KEY" }), failsWith("env/not-bound"));
    await assert.rejects(mcp.call("mcp.delete", { name: "API_KEY" }), failsWith("env/not-bound"));
    await world.keeper("app", { passwordFile: true }).call("app.use", { name: "shop", env: "production", here: true });
    assert.deepEqual((await mcp.call("mcp.list", {})).context, { app: "shop", env: "production" });
  }));

Deno.test("mcp.list names grants and never a value; mcp.exists says yes or no", () =>
  withConnection(async (world, mcp) => {
    put(world.project, "a b.sh", "true\n");
    const grant = { argv: ["sh", "a b.sh"], secrets: ["API_KEY"], use: "always", until: null } as const;
    await world.keeper("grant", { typed: [PASSWORD] }).call("grant.add", grant);
    const { secrets } = await mcp.call("mcp.list", {});
    assert.deepEqual(secrets.map(({ name }) => name), ["API_KEY"]);
    assert.match(secrets[0]!.grants[0]!, /sh 'a b\.sh'$/);
    assert.equal((await mcp.call("mcp.exists", { name: "API_KEY" })).exists, true);
    for (const name of ["NONE", "not a name", "", "__proto__"]) {
      assert.equal((await mcp.call("mcp.exists", { name })).exists, false, name);
    }
  }));

Deno.test("mcp.list names no grant whose time is up", () =>
  withConnection(async (world, mcp) => {
    put(world.project, "a.sh", "true\n");
    const grant = { argv: ["sh", "a.sh"], secrets: ["API_KEY"], use: "until", until: world.now + 60_000 } as const;
    await world.keeper("grant", { typed: [PASSWORD] }).call("grant.add", grant);
    const grants = async () => (await mcp.call("mcp.list", {})).secrets[0]!.grants.length;
    assert.equal(await grants(), 1);
    world.now += 60_000;
    assert.equal(await grants(), 0);
  }));

Deno.test("mcp.create makes a value in the keeper, once, and records it", () =>
  withConnection(async (world, mcp) => {
    assert.deepEqual(await mcp.call("mcp.create", { name: "NEW_KEY", generate: GENERATE }), {
      kind: "done",
      value: { version: 1 },
    });
    assert.match(await world.valueOf("NEW_KEY"), /^[A-Za-z0-9]{40}$/);
    const again = mcp.call("mcp.create", { name: "NEW_KEY", generate: GENERATE });
    await assert.rejects(again, failsWith("secret/exists"));
    const bad = mcp.call("mcp.create", { name: "1-BAD", generate: GENERATE });
    await assert.rejects(bad, failsWith("usage/name"));
    assert.deepEqual((await world.audit("create"))[0]!["secrets"], ["NEW_KEY"]);
  }));

Deno.test("mcp.create and mcp.update take no value: without generate they name the line to run", () =>
  withConnection(async (_world, mcp) => {
    for (const op of ["mcp.create", "mcp.update"] as const) {
      const refused = mcp.call(op, { name: "API_KEY", generate: null });
      await assert.rejects(refused, failsWith("policy/approval-required", /the user enters it/));
    }
  }));

Deno.test("mcp.create refuses a name that is a value of the vault", () =>
  World.with(async (world) => {
    const value = "FAKE_VALUE_THAT_COULD_BE_A_NAME";
    await world.seed({ API_KEY: value });
    const mcp = world.keeper("mcp", { passwordFile: true });
    await mcp.call("mcp.open", { authorize: false });
    const refused = mcp.call("mcp.create", { name: value, generate: GENERATE });
    await assert.rejects(refused, failsWith("policy/intercepted", /API_KEY/, [value]));
    assert.equal((await mcp.call("mcp.status", {})).intercepted, 1);
  }));

Deno.test("mcp.update asks, and replaces the value by a generated one when the user agrees", () =>
  withConnection(async (world, mcp) => {
    const params = { ...ASKS, name: "API_KEY", generate: GENERATE };
    const asked = await mcp.call("mcp.update", params);
    assert.ok(asked.kind === "consent");
    assert.deepEqual([asked.consent.action, asked.consent.secrets, asked.consent.choices], ["update", ["API_KEY"], [
      "once",
    ]]);
    assert.equal(await world.valueOf("API_KEY"), VALUE);
    const answer = { state: asked.state, decision: "once" } as const;
    assert.deepEqual(await mcp.call("mcp.update", { ...params, answer }), { kind: "done", value: { version: 2 } });
    assert.notEqual(await world.valueOf("API_KEY"), VALUE);
    await assert.rejects(mcp.call("mcp.update", { ...params, answer }), failsWith("policy/denied"));
  }));

Deno.test("mcp.delete asks, and removes recoverably when the user agrees", () =>
  withConnection(async (world, mcp) => {
    const asked = await mcp.call("mcp.delete", { ...ASKS, name: "API_KEY" });
    assert.ok(asked.kind === "consent");
    assert.equal(asked.consent.action, "delete");
    const refused = mcp.call("mcp.delete", {
      ...ASKS,
      name: "API_KEY",
      answer: { state: asked.state, decision: "deny" },
    });
    await assert.rejects(refused, failsWith("policy/denied"));
    assert.equal((await mcp.call("mcp.exists", { name: "API_KEY" })).exists, true);
    const again = await mcp.call("mcp.delete", { ...ASKS, name: "API_KEY" });
    assert.ok(again.kind === "consent");
    const answer = { state: again.state, decision: "once" } as const;
    const done = await mcp.call("mcp.delete", { ...ASKS, name: "API_KEY", answer });
    assert.deepEqual(done, { kind: "done", value: { recoverableUntil: world.now + 30 * 86_400_000 } });
    assert.equal((await mcp.call("mcp.exists", { name: "API_KEY" })).exists, false);
  }));

Deno.test("an answer to update, delete or run counts for no other of them", () =>
  withConnection(async (world, mcp) => {
    await world.seed({ SECOND: "fake-second-value" });
    const update = await mcp.call("mcp.update", { ...ASKS, name: "API_KEY", generate: GENERATE });
    assert.ok(update.kind === "consent");
    const answer = { state: update.state, decision: "once" } as const;
    await assert.rejects(
      mcp.call("mcp.delete", { ...ASKS, name: "API_KEY", answer }),
      failsWith("policy/denied", /does not belong/),
    );
    const removal = await mcp.call("mcp.delete", { ...ASKS, name: "SECOND" });
    assert.ok(removal.kind === "consent");
    const other = { state: removal.state, decision: "once" } as const;
    await assert.rejects(
      mcp.call("mcp.delete", { ...ASKS, name: "API_KEY", answer: other }),
      failsWith("policy/denied"),
    );
    await assert.rejects(mcp.call("mcp.run", { ...RUN, answer: other }), failsWith("policy/denied"));
    assert.equal((await mcp.call("mcp.exists", { name: "SECOND" })).exists, true);
  }));

Deno.test("mcp.update and mcp.delete name the line to run where nobody can be asked, and that is recorded", () =>
  withConnection(async (world, mcp) => {
    const mute = { peer: { client: "test", canAsk: false, canOpen: false }, name: "API_KEY" } as const;
    const line = (command: string) => ({
      code: "policy/approval-required",
      hint: new RegExp(`terminal: ${command} API_KEY --app default --env development$`),
    });
    await assert.rejects(mcp.call("mcp.update", { ...mute, generate: GENERATE }), line("ov secret set"));
    await assert.rejects(mcp.call("mcp.delete", mute), line("ov secret rm"));
    const refused = (await world.audit("denied")).map(({ op, code, secrets }) => [op, code, secrets]);
    const code = "policy/approval-required";
    assert.deepEqual(refused, [["mcp.update", code, ["API_KEY"]], ["mcp.delete", code, ["API_KEY"]]]);
  }));

Deno.test("mcp.update and mcp.delete of what is not there ask nothing", () =>
  withConnection(async (_world, mcp) => {
    await assert.rejects(mcp.call("mcp.update", { name: "NONE", generate: GENERATE }), failsWith("secret/not-found"));
    await assert.rejects(mcp.call("mcp.delete", { name: "NONE" }), failsWith("secret/not-found"));
  }));

Deno.test("mcp.status counts, and tells what was allowed", () =>
  withConnection(async (world, mcp) => {
    world.now += 61_000;
    const call = { ...RUN, command: ["echo", "'x y'"] };
    const asked = await mcp.call("mcp.run", call);
    assert.ok(asked.kind === "consent");
    await mcp.call("mcp.run", { ...call, answer: { state: asked.state, decision: "session" } });
    await mcp.call("mcp.run", call);
    const status = await mcp.call("mcp.status", {});
    assert.deepEqual([status.runs, status.denied, status.intercepted, status.masked], [2, 0, 0, 0]);
    assert.equal(status.sessionAgeSeconds, 61);
    const line = "echo $'\\'x y\\'' with API_KEY: 2 times, allowed by the user for this session";
    assert.deepEqual(status.allowed, [line]);
  }));
