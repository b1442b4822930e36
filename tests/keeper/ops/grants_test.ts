import assert from "node:assert/strict";
import { join } from "node:path";
import { grantFor, listPending, PENDING_MS, storeGrant, storePending } from "../../../src/keeper/grant_store.ts";
import { readMode } from "../../../src/keeper/policy_store.ts";
import type { Params } from "../../../src/keeper/protocol.ts";
import type { RunRequest } from "../../../src/policy/mod.ts";
import { put } from "../folder.ts";
import { failsWith, PASSWORD, World } from "../world.ts";

const REF = { app: "default", env: "development" };
const HOUR_MS = 3_600_000;

const REQUEST: RunRequest = {
  origin: "agent",
  ...REF,
  secrets: ["API_KEY"],
  program: "/usr/bin/true",
  programSha256: "00",
  argv: [],
  workDir: "/",
  pins: [],
  session: "s",
};

function withScript(body: (world: World) => Promise<void>): Promise<void> {
  return World.with(async (world) => {
    await world.seed({ API_KEY: "fake-api-value-5b9e21" });
    put(world.project, "show.sh", "true\n");
    await body(world);
  });
}

function grant(more: Partial<Params<"grant.add">> = {}): Params<"grant.add"> {
  return { argv: ["sh", "show.sh"], secrets: ["API_KEY"], use: "always", until: null, ...more };
}

Deno.test("whatever widens what may run wants the password typed, though a file or an open vault is there", () =>
  withScript(async (world) => {
    const policy = world.keeper("policy", { passwordFile: true });
    await policy.call("policy.show", {});
    await assert.rejects(policy.call("policy.set", { mode: "open" }), failsWith("usage/no-terminal"));
    const grants = world.keeper("grant", { passwordFile: true });
    await assert.rejects(grants.call("grant.add", grant()), failsWith("usage/no-terminal"));
    const approve = world.keeper("approve", { passwordFile: true });
    await assert.rejects(approve.call("approve.decide", { id: "x", decision: "once" }), failsWith("usage/no-terminal"));
    for (const keeper of [policy, grants, approve]) assert.equal(keeper.terminal.prompts.length, 1);
    await world.vault(async (session) => assert.equal(await readMode(session, REF), "ask"));
  }));

Deno.test("policy.set changes the mode of one env, says so before the password, and records it", () =>
  withScript(async (world) => {
    await world.seed({}, { app: "shop", env: "staging" });
    const keeper = world.keeper("policy", { typed: [PASSWORD, PASSWORD] });
    assert.deepEqual(await keeper.call("policy.set", { mode: "listed" }), { ...REF, mode: "listed", previous: "ask" });
    assert.match(keeper.terminal.shown, /Set the policy of default\/development to listed/);
    assert.equal((await keeper.call("policy.set", { mode: "open" })).previous, "listed");
    assert.equal((await keeper.call("policy.show", {})).mode, "open");
    await world.vault(async (session) => assert.equal(await readMode(session, { app: "shop", env: "staging" }), "ask"));
    assert.deepEqual((await world.audit("policy")).map((entry) => entry["mode"]), ["listed", "open"]);
  }));

Deno.test("readMode() takes what it does not understand for ask", () =>
  World.with(async (world) => {
    await world.vault(async (session) => {
      for (const stored of [{ mode: "OPEN" }, { mode: 1 }, {}, "open", ["open"], null]) {
        await session.putDocument("policy", "default/development", stored);
        assert.equal(await readMode(session, REF), "ask");
      }
    });
  }));

Deno.test("grant.add binds program, arguments, directory and content, and grant.revoke takes it back", () =>
  withScript(async (world) => {
    const keeper = world.keeper("grant", { typed: [PASSWORD] });
    const { grant: made, warnings } = await keeper.call("grant.add", grant());
    assert.deepEqual(warnings, []);
    assert.deepEqual([made.secrets, made.use, made.until, made.uses, made.workDir], [
      ["API_KEY"],
      "always",
      null,
      0,
      world.project,
    ]);
    assert.match(made.program, /^\/.*sh$/);
    assert.deepEqual(made.argv, ["show.sh"]);
    assert.ok(made.pins.some(({ path }) => path === join(world.project, "show.sh")));
    assert.deepEqual(Object.hasOwn(made, "programSha256"), false);
    assert.deepEqual((await keeper.call("grant.list", {})).grants, [made]);
    await keeper.call("grant.revoke", { id: made.id });
    assert.deepEqual((await keeper.call("grant.list", {})).grants, []);
    await assert.rejects(keeper.call("grant.revoke", { id: made.id }), failsWith("grant/not-found"));
    assert.deepEqual((await world.audit("grant", "revoke")).map((entry) => entry["action"]), ["grant", "revoke"]);
  }));

Deno.test("grant.add shows what it is about to allow before the password is typed", () =>
  withScript(async (world) => {
    const keeper = world.keeper("grant", { typed: [PASSWORD] });
    await keeper.call("grant.add", grant({ argv: ["sh", "show.sh", "\x1b[2K"] }));
    assert.match(keeper.terminal.shown, /API_KEY of default\/development/);
    assert.match(keeper.terminal.shown, /sh show\.sh \$'\\x1b\[2K'/);
    assert.ok(!keeper.terminal.shown.includes("\x1b"));
  }));

Deno.test("grant.add refuses a lasting grant for a command made for printing, and takes one for once", () =>
  withScript(async (world) => {
    const keeper = world.keeper("grant", { typed: [PASSWORD, PASSWORD, PASSWORD] });
    const print = { argv: ["printenv", "API_KEY"] };
    await assert.rejects(keeper.call("grant.add", grant(print)), failsWith("policy/denied", /Cannot grant/));
    const until = { ...print, use: "until", until: world.now + HOUR_MS } as const;
    await assert.rejects(keeper.call("grant.add", grant(until)), failsWith("policy/denied"));
    const { warnings } = await keeper.call("grant.add", grant({ ...print, use: "once" }));
    assert.ok(warnings.length > 0);
  }));

Deno.test("grant.add refuses a time without until, and until without a time, and what is not there", () =>
  withScript(async (world) => {
    const keeper = world.keeper("grant", { typed: Array(4).fill(PASSWORD) });
    await assert.rejects(keeper.call("grant.add", grant({ use: "until" })), failsWith("usage/invalid"));
    await assert.rejects(keeper.call("grant.add", grant({ until: 5 })), failsWith("usage/invalid"));
    assert.deepEqual(keeper.terminal.prompts, []);
    await assert.rejects(keeper.call("grant.add", grant({ secrets: ["NONE"] })), failsWith("secret/not-found"));
    await assert.rejects(keeper.call("grant.add", grant({ argv: ["none-such"] })), failsWith("run/not-found"));
  }));

Deno.test("grants of one env are not listed in another", () =>
  withScript(async (world) => {
    await world.keeper("grant", { typed: [PASSWORD] }).call("grant.add", grant());
    await world.seed({}, { app: "shop", env: "staging" });
    const environment = { OV_APP: "shop", OV_ENV: "staging" };
    const other = world.keeper("grant", { passwordFile: true, environment });
    assert.deepEqual((await other.call("grant.list", {})).grants, []);
  }));

Deno.test("storeGrant() throws out what has expired", () =>
  World.with(async (world) => {
    await world.vault(async (session) => {
      await storeGrant(session, grantFor(REQUEST, "once", world.now), world.now);
      await storeGrant(session, grantFor(REQUEST, "until", world.now, world.now + HOUR_MS), world.now);
      await storeGrant(session, grantFor(REQUEST, "always", world.now), world.now);
      assert.equal((await session.listDocuments("grant")).length, 3);
      await storeGrant(session, grantFor(REQUEST, "always", world.now), world.now + HOUR_MS + 1);
      const uses = (await session.listDocuments("grant")).map(({ value }) => (value as { use: string }).use);
      assert.deepEqual(uses, ["always", "always"]);
    });
  }));

Deno.test("grantFor() lets once last ten minutes, a session a day and only there", () => {
  assert.deepEqual([grantFor(REQUEST, "once", 0).until, grantFor(REQUEST, "once", 0).session], [600_000, null]);
  assert.deepEqual([grantFor(REQUEST, "session", 0).until, grantFor(REQUEST, "session", 0).session], [86_400_000, "s"]);
  assert.deepEqual([grantFor(REQUEST, "until", 0, 7).until, grantFor(REQUEST, "until", 0, 7).session], [7, null]);
  assert.deepEqual([grantFor(REQUEST, "always", 0).until, grantFor(REQUEST, "always", 0).session], [null, null]);
  assert.notEqual(grantFor(REQUEST, "once", 0).id, grantFor(REQUEST, "once", 0).id);
});

Deno.test("storePending() keeps one of equal requests, 32 in all, and each for an hour", () =>
  World.with(async (world) => {
    const { now } = world;
    const consent = { ...REQUEST, action: "run", warnings: [], choices: ["once"] } as never;
    const ask = (argv: string[], at: number) =>
      world.vault((session) => storePending(session, { ...REQUEST, argv }, consent, "c", at));
    const waiting = (at: number) => world.vault((session) => listPending(session, at));
    const first = await ask(["a"], now);
    assert.equal(await ask(["a"], now + 1), first);
    assert.equal((await waiting(now + 1)).length, 1);
    for (let i = 0; i < 32; i++) await ask([String(i)], now + 2 + i);
    const all = await waiting(now + 50);
    assert.equal(all.length, 32);
    assert.ok(!all.some(({ id }) => id === first));
    assert.equal((await waiting(now + 2 + PENDING_MS)).length, 32);
    assert.equal((await waiting(now + 40 + PENDING_MS)).length, 0);
  }));

Deno.test("approve.decide refuses what does not wait, and more than the consent offered", () =>
  withScript(async (world) => {
    const mcp = world.keeper("mcp", { passwordFile: true });
    await mcp.call("mcp.open", { authorize: false });
    const call = {
      command: ["printenv", "API_KEY"],
      secrets: ["API_KEY"],
      workDir: null,
      timeoutSeconds: 9,
      client: "test",
      canAsk: false,
    };
    await assert.rejects(mcp.call("mcp.run", call), failsWith("policy/approval-required"));
    const keeper = world.keeper("approve", { typed: [...Array(4).fill(PASSWORD), "n", PASSWORD, "y"] });
    const [waiting] = (await keeper.call("approve.list", {})).pending;
    const { id } = waiting!;
    await assert.rejects(
      keeper.call("approve.decide", { id: "none", decision: "once" }),
      failsWith("request/not-found"),
    );
    await assert.rejects(
      keeper.call("approve.decide", { id, decision: "always" }),
      failsWith("policy/denied", /printenv|print/),
    );
    // An id says nothing: what it stands for is shown before the answer that was written beside it counts.
    const pressed = keeper.terminal.prompts.length;
    assert.equal((await keeper.call("approve.decide", { id, decision: "once" }))?.decision, "deny");
    assert.match(keeper.terminal.shown, /Command +printenv API_KEY/);
    assert.deepEqual(keeper.terminal.prompts.slice(pressed), ["Password: ", "Allow it, once: [y]es, [n]o? "]);
    await assert.rejects(mcp.call("mcp.run", call), failsWith("policy/approval-required"));
    const [again] = (await keeper.call("approve.list", {})).pending;
    assert.equal((await keeper.call("approve.decide", { id: again!.id, decision: "once" }))?.decision, "once");
    assert.equal((await mcp.call("mcp.run", call)).kind, "done");
    // A refusal needs no second look.
    await assert.rejects(mcp.call("mcp.run", call), failsWith("policy/approval-required"));
    const [last] = (await keeper.call("approve.list", {})).pending;
    keeper.terminal.typed.push(PASSWORD);
    assert.equal((await keeper.call("approve.decide", { id: last!.id, decision: "deny" }))?.decision, "deny");
    await assert.rejects(mcp.call("mcp.run", call), failsWith("policy/approval-required"));
  }));

Deno.test("approve.decide shows what is asked for, and takes one password and one key for it", () =>
  withScript(async (world) => {
    const mcp = world.keeper("mcp", { passwordFile: true });
    await mcp.call("mcp.open", { authorize: false });
    const call = { secrets: ["API_KEY"], workDir: null, timeoutSeconds: 9, client: "test", canAsk: false };
    const show = { ...call, command: ["sh", "show.sh"] };
    const print = { ...call, command: ["printenv", "API_KEY"] };
    for (const wanted of [show, print]) {
      await assert.rejects(mcp.call("mcp.run", wanted), failsWith("policy/approval-required"));
      world.now += 1000;
    }
    const both = world.keeper("approve", { typed: [PASSWORD, "1", "s"] });
    const done = await both.call("approve.decide", { id: null, decision: null });
    assert.deepEqual([done?.consent.argv, done?.decision], [["sh", "show.sh"], "session"]);
    assert.match(both.terminal.shown, /Secrets {4}API_KEY\n/);
    assert.equal((await mcp.call("mcp.run", show)).kind, "done");

    // The one that is left needs no number; nothing but a single use is offered for it.
    const rest = world.keeper("approve", { typed: [PASSWORD, "n"] });
    assert.equal((await rest.call("approve.decide", { id: null, decision: null }))?.decision, "deny");
    assert.equal(rest.terminal.prompts.at(-1), "Allow it: [o]nce, [n]o? ");
    const none = world.keeper("approve", { typed: [PASSWORD] });
    assert.equal(await none.call("approve.decide", { id: null, decision: null }), null);
  }));

Deno.test("approve.decide shows the request itself, escaped, and asks on the terminal where nothing was said", () =>
  withScript(async (world) => {
    const mcp = world.keeper("mcp", { passwordFile: true });
    await mcp.call("mcp.open", { authorize: false });
    for (const last of ["one", "two\x1b[2K"]) {
      const call = {
        command: ["sh", "show.sh", last],
        secrets: ["API_KEY"],
        workDir: null,
        timeoutSeconds: 9,
        client: "test",
        canAsk: false,
      };
      await assert.rejects(mcp.call("mcp.run", call), failsWith("policy/approval-required"));
      world.now += 1;
    }
    const keeper = world.keeper("approve", { typed: [PASSWORD, "2", "a", PASSWORD, "n", PASSWORD] });
    const done = await keeper.call("approve.decide", { id: null, decision: null });
    assert.deepEqual([done!.decision, done!.consent.argv[2]], ["always", "two\x1b[2K"]);
    assert.match(keeper.terminal.shown, /sh show\.sh \$'two\\x1b\[2K'/);
    assert.match(keeper.terminal.shown, /Secrets +API_KEY/);
    assert.ok(!keeper.terminal.shown.includes("\x1b"));
    assert.equal((await keeper.call("approve.decide", { id: null, decision: null }))!.decision, "deny");
    assert.equal(await keeper.call("approve.decide", { id: null, decision: null }), null);
    assert.equal((await world.keeper("grant", { passwordFile: true }).call("grant.list", {})).grants.length, 1);
  }));

Deno.test("approve.decide says where the asker's programs and home are not the approver's, and views show neither", () =>
  World.with(async (world) => {
    const { app, env, secrets, program, argv, workDir, pins } = REQUEST;
    const choices = ["once", "session", "always"] as const;
    const consent = { action: "run", app, env, secrets, program, argv, workDir, pins, warnings: [], choices } as const;
    const base = { PATH: "/tmp/planted:/usr/bin", HOME: "/tmp/elsewhere" };
    await world.vault(async (session) => {
      await storePending(session, { ...REQUEST, base }, consent, "agent", world.now);
    });
    const environment = { PATH: "/usr/bin:/bin", HOME: "/home/person" };
    const keeper = world.keeper("approve", { typed: [PASSWORD, "a"], environment });
    await keeper.call("approve.decide", { id: null, decision: null });
    assert.match(keeper.terminal.shown, /finds programs in \/tmp\/planted, which is not on your PATH/);
    assert.match(keeper.terminal.shown, /HOME is \/tmp\/elsewhere, which is not yours/);
    const { grants } = await world.keeper("grant", { passwordFile: true }).call("grant.list", {});
    assert.equal(grants.length, 1);
    assert.ok(!JSON.stringify(grants).includes("/tmp/planted"));
    const same = { ...REQUEST, base: { PATH: "/bin", HOME: "/home/person" } };
    await world.vault(async (session) => void await storePending(session, same, consent, "agent", world.now));
    const again = world.keeper("approve", { typed: [PASSWORD, "n"], environment });
    await again.call("approve.decide", { id: null, decision: null });
    assert.ok(!again.terminal.shown.includes("not your"));
  }));
