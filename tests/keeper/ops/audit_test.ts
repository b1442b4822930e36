/** The audit log as people meet it, canaries, and what becomes of calls that hold a secret. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { OvError } from "../../../src/base/mod.ts";
import { makeDecoy, readNotice } from "../../../src/keeper/canary.ts";
import type { Operation, Params, Result } from "../../../src/keeper/protocol.ts";
import { VaultSession } from "../../../src/keeper/vault_session.ts";
import { KIND } from "../../../src/vault/mod.ts";
import { put } from "../folder.ts";
import { failsWith, PASSWORD, type TestKeeper, withStdio, World } from "../world.ts";

const VALUE = "fake-api-value-5b9e21";
const DECOY = "fake-decoy-value-c0ffee";
const REF = { app: "default", env: "development" };
const HOUR_MS = 3_600_000;

function withVault(body: (world: World) => Promise<void>): Promise<void> {
  return World.with(async (world) => {
    await world.seed({ API_KEY: VALUE });
    await world.seed({ BAIT: DECOY }, undefined, true);
    put(world.project, "show.sh", 'echo "$API_KEY"\n');
    await body(world);
  });
}

async function connect(world: World): Promise<TestKeeper> {
  const mcp = world.keeper("mcp", { passwordFile: true });
  await mcp.call("mcp.open", { authorize: false });
  return mcp;
}

function call(command: string[], more: Partial<Params<"mcp.run">> = {}): Params<"mcp.run"> {
  return { command, secrets: ["API_KEY"], workDir: null, timeoutSeconds: 60, client: "test", canAsk: true, ...more };
}

async function list(world: World, params: Params<"audit.list"> = { since: null, last: null }) {
  return await world.keeper("audit", { passwordFile: true }).call("audit.list", params);
}

Deno.test("every operation that opens, changes or allows something is in the log, before it is done, by names alone", () =>
  withVault(async (world) => {
    const typed = Array(3).fill(PASSWORD);
    const human = (command: string, ops: (keeper: TestKeeper) => Promise<unknown>) =>
      ops(world.keeper(command, { passwordFile: true, typed }));
    put(world.project, "value", "fake-new-value-1234");
    put(world.project, ".env", "IMPORTED=fake-imported-value-99\n");
    const file = { kind: "file", path: "value", exact: false } as const;
    await human("secret", async (keeper) => {
      await keeper.call("secret.set", { name: "NEW", source: file });
      await keeper.call("secret.generate", { name: "MADE", generate: { length: 32, charset: "hex" } });
      await withStdio(async () => void await keeper.call("secret.get", { name: "NEW", newline: false }));
      await keeper.call("secret.rm", { name: "NEW" });
      await keeper.call("secret.restore", { name: "NEW" });
      await keeper.call("secret.canary", { name: "TRAP" });
    });
    await human("import", async (keeper) => {
      const source = { kind: "file", path: ".env" } as const;
      const { planId } = await keeper.call("import.plan", { source, format: "auto", dryRun: false });
      await keeper.call("import.apply", {
        planId,
        names: ["IMPORTED"],
        rewrite: false,
        projectFile: false,
        replace: false,
      });
    });
    await human(
      "export",
      (keeper) =>
        withStdio(async () => void await keeper.call("export", { format: "json", output: null, only: ["NEW"] })),
    );
    await human("app", async (keeper) => {
      await keeper.call("app.create", { name: "shop" });
      await keeper.call("app.use", { name: "shop", here: false });
      await keeper.call("app.delete", { name: "shop" });
    });
    Deno.removeSync(world.configFolder, { recursive: true });
    await human("env", async (keeper) => {
      await keeper.call("env.create", { name: "staging" });
      await keeper.call("env.use", { name: "staging", here: true });
      await keeper.call("env.delete", { name: "staging" });
    });
    Deno.removeSync(join(world.project, ".ov.yaml"));
    await human("policy", async (keeper) => {
      await keeper.call("policy.set", { mode: "open" });
      await keeper.call("policy.intercept", { mode: "warn" });
    });
    await human("grant", async (keeper) => {
      const grant = { argv: ["sh", "show.sh"], secrets: ["API_KEY"], use: "always", until: null } as const;
      await keeper.call("grant.revoke", { id: (await keeper.call("grant.add", grant)).grant.id.slice(0, 8) });
    });
    await human(
      "run",
      (keeper) =>
        withStdio(async () =>
          void await keeper.call("run", { argv: ["sh", "show.sh"], secrets: ["API_KEY"], raw: false, timeoutMs: null })
        ),
    );
    const { entries } = await list(world);
    assert.deepEqual(entries.map(({ entry }) => entry["action"]), [
      ...["set", "generate", "get", "delete", "restore", "canary-set", "import", "export"],
      ...["app-create", "app-delete", "env-create", "bind", "env-delete", "policy", "interceptor"],
      ...["grant", "revoke", "run"],
    ]);
    assert.ok(entries.every(({ who }) => who === "human"));
    const text = JSON.stringify(entries);
    for (const value of ["fake-new-value", "fake-imported-value", VALUE, DECOY]) {
      assert.ok(!text.includes(value), value);
    }
    assert.equal(
      entries.at(-1)!.text,
      "ran sh show.sh with API_KEY of default/development (the environment is open to any command)",
    );
  }));

Deno.test("nothing is opened, changed or allowed where the log can not be written", () =>
  withVault(async (world) => {
    const mcp = await connect(world);
    const grant = { argv: ["sh", "show.sh"], secrets: ["API_KEY"], use: "always", until: null } as const;
    await world.keeper("grant", { typed: [PASSWORD] }).call("grant.add", grant);
    put(world.project, "mark.sh", "touch started\n");
    await world.keeper("grant", { typed: [PASSWORD] }).call("grant.add", { ...grant, argv: ["sh", "mark.sh"] });
    const typed = Array(8).fill(PASSWORD);
    const keeper = (command: string) => world.keeper(command, { passwordFile: true, typed });
    const run = { argv: ["sh", "mark.sh"], secrets: ["API_KEY"], raw: false, timeoutMs: null };
    const full = failsWith("io/no-space");
    const { appendAudit } = VaultSession.prototype;
    VaultSession.prototype.appendAudit = () => Promise.reject(new OvError("io/no-space", "Cannot write: disk full"));
    try {
      await assert.rejects(mcp.call("mcp.run", call(["sh", "mark.sh"])), full);
      await assert.rejects(keeper("run").call("run", run), full);
      assert.throws(() => Deno.statSync(join(world.project, "started")), Deno.errors.NotFound);
      const shown = await withStdio(async () => {
        await assert.rejects(keeper("secret").call("secret.get", { name: "API_KEY", newline: false }), full);
        await assert.rejects(keeper("export").call("export", { format: "json", output: null, only: null }), full);
      });
      assert.equal(shown, "");
      await assert.rejects(keeper("policy").call("policy.set", { mode: "open" }), full);
      await assert.rejects(keeper("policy").call("policy.intercept", { mode: "warn" }), full);
      await assert.rejects(keeper("grant").call("grant.add", { ...grant, argv: ["true"] }), full);
      await assert.rejects(keeper("secret").call("secret.rm", { name: "API_KEY" }), full);
      const other = world.keeper("mcp", { passwordFile: true });
      await other.call("mcp.open", { authorize: false });
      await assert.rejects(other.call("mcp.list", {}), full);
    } finally {
      VaultSession.prototype.appendAudit = appendAudit;
    }
    assert.ok(await mcp.call("mcp.run", call(["sh", "mark.sh"])));
    Deno.statSync(join(world.project, "started"));
    const policy = await world.keeper("policy", { passwordFile: true }).call("policy.show", {});
    assert.deepEqual([policy.mode, policy.grants.length], ["ask", 2]);
    assert.equal(await world.valueOf("API_KEY"), VALUE);
  }));

Deno.test("what was refused is in the log, with names that the vault holds and no value", () =>
  withVault(async (world) => {
    const mcp = await connect(world);
    await world.keeper("policy", { typed: [PASSWORD] }).call("policy.set", { mode: "listed" });
    await assert.rejects(mcp.call("mcp.run", call(["sh", "show.sh"])), failsWith("policy/denied"));
    const asked = call([`/bin/${VALUE}`], { secrets: ["API_KEY"] });
    await assert.rejects(mcp.call("mcp.run", asked), failsWith("policy/intercepted"));
    const run = world.keeper("run", { passwordFile: true });
    const typo = { argv: ["sh", "show.sh"], secrets: ["API_KEY"], raw: false, timeoutMs: null };
    await assert.rejects(run.call("run", typo), failsWith("policy/denied"));
    put(world.project, VALUE, "#!/bin/sh\n", 0o755);
    await assert.rejects(run.call("run", { ...typo, argv: [`./${VALUE}`] }), failsWith("policy/denied"));
    const wrong = world.keeper("approve", { passwordFile: true, typed: Array(3).fill("not-the-password") });
    await wrong.call("approve.list", {});
    const decide = { id: "x", decision: "once" } as const;
    await assert.rejects(wrong.call("approve.decide", decide), failsWith("vault/wrong-password"));
    assert.deepEqual(
      (await world.audit("denied", "intercepted"))
        .map(({ origin, op, code, secrets, program }) => [origin, op, code, secrets, program]),
      [
        ["agent", "mcp.run", "policy/denied", ["API_KEY"], "sh"],
        ["agent", "mcp.run", undefined, ["API_KEY"], undefined],
        ["human", "run", "policy/denied", ["API_KEY"], "sh"],
        ["human", "run", "policy/denied", ["API_KEY"], "./[ov:API_KEY]"],
        ["human", "approve.decide", "vault/wrong-password", [], undefined],
      ],
    );
    assert.ok(!JSON.stringify(await list(world)).includes(VALUE));
  }));

Deno.test("what hostile code in the front asks for, and what wants a terminal that is not there, is in the log", () =>
  withVault(async (world) => {
    const keeper = world.keeper("run", { passwordFile: true });
    const run = { argv: ["sh", "show.sh"], secrets: ["API_KEY"], raw: false, timeoutMs: null };
    await withStdio(async () => void await keeper.call("run", run));
    const stolen = { format: "json", output: null, only: ["API_KEY"] } as const;
    await assert.rejects(keeper.call("export", stolen), failsWith("policy/denied", /not open to `ov run`/));
    await assert.rejects(keeper.call("run", { ...run, raw: true }), failsWith("usage/no-terminal"));
    // Not what the command line says: `typed.ts` refuses it before the keeper hears of it.
    const error = { code: "policy/denied", message: "Cannot do run: it is not what the command line says" } as const;
    const untyped = { t: "call", id: 99, op: "run", params: { ...run, argv: ["env"] } } as const;
    await keeper.service.turnAway(untyped, { t: "error", id: 99, error });
    assert.deepEqual(keeper.messages.at(-1), { t: "error", id: 99, error });
    // What is no operation has no name that the log would keep.
    const made = { ...untyped, op: "secret.made up" as Operation };
    await keeper.service.turnAway(made, { t: "error", id: 99, error });
    assert.deepEqual(
      (await world.audit("denied")).map(({ op, code, secrets }) => [op, code, secrets]),
      [["export", "policy/denied", []], ["run", "usage/no-terminal", ["API_KEY"]], ["run", "policy/denied", []]],
    );
  }));

Deno.test("audit.list shows what it is asked for, and counts all", () =>
  withVault(async (world) => {
    const set = async (mode: "ask" | "listed") =>
      void await world.keeper("policy", { typed: [PASSWORD] }).call("policy.set", { mode });
    const start = world.now;
    for (const mode of ["listed", "ask", "listed"] as const) {
      await set(mode);
      world.now += HOUR_MS;
    }
    const numbers = ({ entries }: Result<"audit.list">) => entries.map(({ sequence }) => sequence);
    assert.deepEqual(numbers(await list(world)), [1, 2, 3]);
    assert.deepEqual(numbers(await list(world, { since: start + HOUR_MS, last: null })), [2, 3]);
    assert.deepEqual(numbers(await list(world, { since: null, last: 1 })), [3]);
    assert.deepEqual((await list(world, { since: world.now, last: null })).total, 3);
    assert.deepEqual(await world.keeper("audit", { passwordFile: true }).call("audit.verify", {}), { entries: 3 });
  }));

Deno.test("audit.list and audit.verify refuse a log of which a record was taken away, or put in another's place", () =>
  withVault(async (world) => {
    for (const mode of ["listed", "ask", "open"] as const) {
      await world.keeper("policy", { typed: [PASSWORD] }).call("policy.set", { mode });
    }
    const path = join(world.vaultFolder, "vault.db");
    const tamper = (sql: string) => {
      const database = new DatabaseSync(path);
      database.exec(sql.replaceAll("KIND", String(KIND.audit)));
      database.close();
    };
    const check = async () => {
      for (const op of ["audit.list", "audit.verify"] as const) {
        const params = op === "audit.list" ? { since: null, last: null } : {};
        const keeper = world.keeper("audit", { passwordFile: true });
        await assert.rejects(keeper.call(op as Operation, params as never), failsWith("vault/tampered"));
      }
    };
    tamper(
      "UPDATE record SET body = (SELECT body FROM record WHERE kind = KIND ORDER BY id LIMIT 1) WHERE kind = KIND " +
        "AND id = (SELECT id FROM record WHERE kind = KIND ORDER BY id LIMIT 1 OFFSET 1)",
    );
    await check();
    tamper("DELETE FROM record WHERE kind = KIND AND id = (SELECT max(id) FROM record WHERE kind = KIND)");
    await check();
  }));

// --- canaries ----------------------------------------------------------------------------------------------------------

Deno.test("touching a canary is refused, recorded, and shown, whoever does it and however", () =>
  withVault(async (world) => {
    const mcp = await connect(world);
    const typed = Array(4).fill(PASSWORD);
    const human = (command: string) => world.keeper(command, { passwordFile: true, typed });
    const run = { argv: ["true"], secrets: ["BAIT"], raw: false, timeoutMs: null };
    const generate = { length: 32, charset: "hex" } as const;
    const touches: [string, () => Promise<unknown>][] = [
      ["mcp.run", () => mcp.call("mcp.run", call(["true"], { secrets: ["API_KEY", "BAIT"] }))],
      ["mcp.update", () => mcp.call("mcp.update", { name: "BAIT", generate })],
      ["mcp.delete", () => mcp.call("mcp.delete", { name: "BAIT" })],
      ["the decoy", () => mcp.call("mcp.run", call(["true", btoa(DECOY)]))],
      ["run", () => human("run").call("run", run)],
      ["get", () => human("secret").call("secret.get", { name: "BAIT", newline: true })],
      ["export", () => human("export").call("export", { format: "json", output: null, only: ["BAIT"] })],
      ["shell", () => human("shell").call("shell", { secrets: ["BAIT"] })],
    ];
    const out = await withStdio(async () => {
      for (const [what, touch] of touches) {
        await assert.rejects(touch(), failsWith("secret/canary", /BAIT is not for use/, [DECOY]), what);
      }
    });
    assert.equal(out, "");
    const entries = await world.audit("canary", "denied", "run", "intercepted");
    assert.deepEqual(entries.map(({ action, secrets }) => [action, secrets]), touches.map(() => ["canary", ["BAIT"]]));
    assert.deepEqual(entries.map(({ origin }) => origin), [...Array(4).fill("agent"), ...Array(4).fill("human")]);
    assert.equal(mcp.terminal.shown.match(/^ov: CANARY: .* asked for BAIT of default\/development; .*$/gm)?.length, 4);
    assert.equal((await mcp.call("mcp.status", {})).denied, 4);
    const status = await world.keeper("status").call("status", {});
    assert.deepEqual(status.canaries, { touches: touches.length, lastAt: world.now });
    // Who has seen the log has seen it.
    await list(world);
    assert.equal((await world.keeper("status").call("status", {})).canaries, null);
  }));

Deno.test("a canary looks like any other secret to an agent, and like a canary to the person", () =>
  withVault(async (world) => {
    const { secrets } = await (await connect(world)).call("mcp.list", {});
    assert.ok(secrets.some(({ name }) => name === "BAIT") && secrets.every(({ canary }) => !canary));
    const person = await world.keeper("secret", { passwordFile: true }).call("secret.list", { deleted: false });
    assert.deepEqual(person.secrets.map(({ name, canary }) => [name, canary]), [["API_KEY", false], ["BAIT", true]]);
  }));

Deno.test("secret.canary puts a decoy that looks like its name, and never over a secret", () =>
  withVault(async (world) => {
    const keeper = world.keeper("secret", { passwordFile: true });
    assert.deepEqual(await keeper.call("secret.canary", { name: "STRIPE_ADMIN_KEY" }), REF);
    assert.match(await world.valueOf("STRIPE_ADMIN_KEY"), /^sk_live_[A-Za-z0-9]{99}$/);
    await assert.rejects(keeper.call("secret.canary", { name: "API_KEY" }), failsWith("secret/exists"));
    assert.equal(await world.valueOf("API_KEY"), VALUE);
    await assert.rejects(keeper.call("secret.canary", { name: "no name" }), failsWith("usage/name"));
  }));

Deno.test("a canary stays one until it is removed: setting, generating and importing over it are refused", () =>
  withVault(async (world) => {
    const keeper = world.keeper("secret", { passwordFile: true });
    put(world.project, ".env", "BAIT=fake-imported-value-99\n");
    put(world.project, "value", "fake-new-value-1234");
    const file = { kind: "file", path: "value", exact: false } as const;
    const generate = { length: 32, charset: "hex" } as const;
    const over = failsWith("secret/canary", /Cannot set BAIT: it is a canary/);
    await assert.rejects(keeper.call("secret.set", { name: "BAIT", source: file }), over);
    await assert.rejects(keeper.call("secret.generate", { name: "BAIT", generate }), over);
    const source = { kind: "file", path: ".env" } as const;
    const { planId } = await keeper.call("import.plan", { source, format: "auto", dryRun: false });
    const apply = { planId, names: ["BAIT"], rewrite: true, projectFile: false, replace: false };
    await assert.rejects(keeper.call("import.apply", apply), over);
    assert.match(Deno.readTextFileSync(join(world.project, ".env")), /fake-imported-value/);
    await keeper.call("secret.rm", { name: "BAIT" });
    await keeper.call("secret.set", { name: "BAIT", source: file });
    assert.deepEqual((await keeper.call("secret.list", { deleted: false })).secrets.map(({ canary }) => canary), [
      false,
      false,
    ]);
  }));

Deno.test("makeDecoy() gives every name a value of its own that a mask can watch for", () => {
  for (const name of ["STRIPE_KEY", "GITHUB_TOKEN", "AWS_ACCESS_KEY_ID", "DATABASE_URL", "ADMIN", "OPENAI_API_KEY"]) {
    const [one, other] = [makeDecoy(name), makeDecoy(name)];
    assert.ok(!one.equals(other) && one.sizeBytes >= 20, name);
  }
});

Deno.test("readNotice() takes nothing but what was noted", () =>
  World.with((world) => {
    for (
      const text of ["", "x", "[]", "null", '{"touches":0,"lastAt":1}', '{"touches":"9","lastAt":1}', '{"touches":1}']
    ) {
      put(world.vaultFolder, "canary.json", text);
      assert.equal(readNotice(world.vaultFolder), null, text);
    }
    put(world.vaultFolder, "canary.json", '{"touches":2,"lastAt":5}');
    assert.deepEqual(readNotice(world.vaultFolder), { touches: 2, lastAt: 5 });
  }));

// --- pieces ------------------------------------------------------------------------------------------------------------

Deno.test("mcp.run adds up the pieces of a value that leave over several calls, masks the later ones, and records it", () =>
  withVault(async (world) => {
    await world.seed({ LONG: "Zq7Kx2Wm9Tr4Yb8Lc3NdaV5gT1hP6sJ0kU4eR9wX" });
    await world.keeper("policy", { typed: [PASSWORD] }).call("policy.set", { mode: "open" });
    put(world.project, "cut.sh", 'printf %s "$LONG" | cut -c"$1"\n');
    const mcp = await connect(world);
    const shown: string[] = [];
    for (const range of ["1-8", "9-16", "17-24", "25-32", "33-40"]) {
      const done = await mcp.call("mcp.run", call(["sh", "cut.sh", range], { secrets: ["LONG"] }));
      assert.ok(done.kind === "done");
      shown.push(done.value.stdout.trim());
      assert.equal(done.value.maskedCount, range === "1-8" ? 0 : 1);
    }
    assert.deepEqual(shown, ["Zq7Kx2Wm", ...Array(4).fill("[ov:LONG]")]);
    const entries = await world.audit("pieces");
    assert.deepEqual(entries.map(({ origin, secrets }) => [origin, secrets]), Array(4).fill(["agent", ["LONG"]]));
    assert.equal((await mcp.call("mcp.status", {})).masked, 4);
  }));

// --- the interceptor ---------------------------------------------------------------------------------------------------

Deno.test("policy.intercept wants the password typed, keeps the mode, and is kept by it", () =>
  withVault(async (world) => {
    const file = world.keeper("policy", { passwordFile: true });
    await assert.rejects(file.call("policy.intercept", { mode: "warn" }), failsWith("usage/no-terminal"));
    const keeper = world.keeper("policy", { typed: Array(3).fill(PASSWORD) });
    await keeper.call("policy.set", { mode: "listed" });
    assert.deepEqual(await keeper.call("policy.intercept", { mode: "warn" }), {
      ...REF,
      mode: "warn",
      previous: "block",
    });
    await keeper.call("policy.set", { mode: "open" });
    const mcp = await connect(world);
    await mcp.call("mcp.list", {});
    const { mode, interceptor } = await mcp.call("mcp.status", {});
    assert.deepEqual([mode, interceptor], ["open", "warn"]);
    assert.equal((await keeper.call("policy.show", {})).mode, "open");
  }));

Deno.test("a call with a value is refused under block; under warn it runs, is counted, recorded, and says so", () =>
  withVault(async (world) => {
    await world.keeper("policy", { typed: [PASSWORD] }).call("policy.set", { mode: "open" });
    const mcp = await connect(world);
    const leak = call(["true", `--key=${VALUE}`]);
    await assert.rejects(mcp.call("mcp.run", leak), failsWith("policy/intercepted", /API_KEY/, [VALUE]));
    await world.keeper("policy", { typed: [PASSWORD] }).call("policy.intercept", { mode: "warn" });
    const done = await mcp.call("mcp.run", leak);
    assert.ok(done.kind === "done");
    assert.match(done.value.warnings.join(), /the command holds the value of API_KEY/);
    const status = await mcp.call("mcp.status", {});
    assert.deepEqual([status.interceptor, status.intercepted, status.warned, status.denied], ["warn", 1, 1, 0]);
    assert.deepEqual((await world.audit("intercepted")).map(({ passed }) => passed), [false, true]);
    assert.ok(!JSON.stringify(await list(world)).includes(VALUE));
  }));

Deno.test("mcp.intercepted counts, records and answers as the policy says; a locked vault refuses", () =>
  withVault(async (world) => {
    const found = { tool: "vault_run", field: '"command"', rule: "jwt" };
    const locked = world.keeper("mcp");
    await locked.call("mcp.open", { authorize: false });
    assert.deepEqual(await locked.call("mcp.intercepted", found), { refuse: true });
    assert.equal((await locked.call("mcp.status", {})).intercepted, 1);
    const mcp = await connect(world);
    assert.deepEqual(await mcp.call("mcp.intercepted", found), { refuse: true });
    await world.keeper("policy", { typed: [PASSWORD] }).call("policy.intercept", { mode: "warn" });
    assert.deepEqual(await mcp.call("mcp.intercepted", found), { refuse: false });
    const status = await mcp.call("mcp.status", {});
    assert.deepEqual([status.intercepted, status.warned], [1, 1]);
    const entries = await world.audit("intercepted");
    assert.deepEqual(entries.map(({ op, field, rule, passed }) => [op, field, rule, passed]), [
      ["vault_run", '"command"', "jwt", false],
      ["vault_run", '"command"', "jwt", true],
    ]);
    for (const field of [VALUE, `"${VALUE}"`, "a field\nx", ""]) {
      await assert.rejects(mcp.call("mcp.intercepted", { ...found, field }), failsWith("usage/invalid"));
    }
  }));
