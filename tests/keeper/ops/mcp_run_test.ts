/** `mcp.run` with real children: consent, grants, and everything that is refused. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Params, Result } from "../../../src/keeper/protocol.ts";
import { put } from "../folder.ts";
import { failsWith, PASSWORD, type TestKeeper, World } from "../world.ts";

const VALUE = "fake-api-value-5b9e21";
const OTHER = "fake-other-value-77aa";
const SCRIPT = 'echo "key $API_KEY other ${OTHER_KEY-undefined} $1"\n';

type RunResult = Result<"mcp.run">;

function params(command: string[], more: Partial<Params<"mcp.run">> = {}): Params<"mcp.run"> {
  return { command, secrets: ["API_KEY"], workDir: null, timeoutSeconds: 60, client: "test", canAsk: true, ...more };
}

const SHOW = params(["sh", "show.sh"]);

/** A vault with two secrets, a script that prints them, and a connection that the password file authorised. */
function withConnection(body: (world: World, mcp: TestKeeper) => Promise<void>): Promise<void> {
  return World.with(async (world) => {
    await world.seed({ API_KEY: VALUE, OTHER_KEY: OTHER });
    put(world.project, "show.sh", SCRIPT);
    const mcp = world.keeper("mcp", { passwordFile: true });
    await mcp.call("mcp.open", { authorize: false });
    await body(world, mcp);
    const sent = JSON.stringify(mcp.messages);
    for (const never of [VALUE, OTHER, btoa(VALUE).slice(0, 20), PASSWORD]) assert.ok(!sent.includes(never), never);
  });
}

function question(result: RunResult): Extract<RunResult, { kind: "consent" }> {
  assert.equal(result.kind, "consent");
  return result as Extract<RunResult, { kind: "consent" }>;
}

function output(result: RunResult): Extract<RunResult, { kind: "done" }>["value"] {
  assert.equal(result.kind, "done");
  return (result as Extract<RunResult, { kind: "done" }>).value;
}

/** Asks, and gives the answer. */
async function runWith(
  mcp: TestKeeper,
  decision: "once" | "session" | "always" | "deny",
  call: Params<"mcp.run"> = SHOW,
): Promise<RunResult> {
  const { state } = question(await mcp.call("mcp.run", call));
  return await mcp.call("mcp.run", { ...call, answer: { state, decision } });
}

Deno.test("mcp.run asks with everything that a person must see, and starts nothing before", () =>
  withConnection(async (world, mcp) => {
    const { consent, state } = question(await mcp.call("mcp.run", params(["sh", "show.sh", "a b"])));
    assert.match(state, /^[A-Za-z0-9_-]{22}$/);
    assert.equal(consent.action, "run");
    assert.deepEqual([consent.app, consent.env, consent.secrets], ["default", "development", ["API_KEY"]]);
    assert.match(consent.program, /^\/.*sh$/);
    assert.deepEqual(consent.argv, ["sh", "show.sh", "a b"]);
    assert.equal(consent.workDir, world.project);
    assert.ok(consent.pins.some(({ path }) => path === join(world.project, "show.sh")));
    assert.deepEqual(consent.choices, ["once", "session", "always"]);
    assert.deepEqual((await mcp.call("mcp.status", {})).runs, 0);
    assert.deepEqual(await world.audit("run"), []);
  }));

Deno.test("mcp.run gives the child what was named and nothing more, and masks what it prints", () =>
  withConnection(async (world, mcp) => {
    const done = output(await runWith(mcp, "once"));
    assert.equal(done.stdout, "key [ov:API_KEY] other undefined \n");
    assert.equal(done.exitCode, 0);
    assert.deepEqual(done.secretsInjected, ["API_KEY"]);
    assert.equal(done.maskedCount, 1);
    assert.deepEqual([done.timedOut, done.cancelled, done.truncated], [false, false, false]);
    const [entry, ...more] = await world.audit("run");
    assert.deepEqual(more, []);
    assert.deepEqual(
      [entry!["action"], entry!["origin"], entry!["secrets"], entry!["reason"]],
      ["run", "agent", ["API_KEY"], "allowed by the user (once)"],
    );
  }));

Deno.test("mcp.run masks values of the env that were not injected", () =>
  withConnection(async (world, mcp) => {
    put(world.project, "leak.sh", `echo ${OTHER}\n`);
    assert.equal(output(await runWith(mcp, "once", params(["sh", "leak.sh"]))).stdout, "[ov:OTHER_KEY]\n");
  }));

Deno.test("mcp.run asks again after once", () =>
  withConnection(async (_world, mcp) => {
    await runWith(mcp, "once");
    question(await mcp.call("mcp.run", SHOW));
  }));

Deno.test("mcp.run does not ask again after session, but does on another connection", () =>
  withConnection(async (world, mcp) => {
    await runWith(mcp, "session");
    assert.equal(output(await mcp.call("mcp.run", SHOW)).exitCode, 0);
    const other = world.keeper("mcp", { passwordFile: true });
    await other.call("mcp.open", { authorize: false });
    question(await other.call("mcp.run", SHOW));
    assert.deepEqual((await world.keeper("grant", { passwordFile: true }).call("grant.list", {})).grants, []);
  }));

Deno.test("mcp.run does not ask again after always, on any connection, and counts the uses", () =>
  withConnection(async (world, mcp) => {
    await runWith(mcp, "always");
    await mcp.call("mcp.run", SHOW);
    const other = world.keeper("mcp", { passwordFile: true });
    await other.call("mcp.open", { authorize: false });
    output(await other.call("mcp.run", SHOW));
    const { grants } = await world.keeper("grant", { passwordFile: true }).call("grant.list", {});
    assert.deepEqual(grants.map(({ use, uses, secrets }) => [use, uses, secrets]), [["always", 2, ["API_KEY"]]]);
    assert.equal(grants[0]!.lastUsedAt, world.now);
  }));

Deno.test("mcp.run asks again when one byte of the script changed, and says so", () =>
  withConnection(async (world, mcp) => {
    for (const decision of ["session", "always"] as const) {
      put(world.project, "show.sh", SCRIPT);
      const call = params(["sh", "show.sh", decision]);
      await runWith(mcp, decision, call);
      output(await mcp.call("mcp.run", call));
      put(world.project, "show.sh", `${SCRIPT} `);
      const { consent } = question(await mcp.call("mcp.run", call));
      assert.ok(consent.warnings.some((line) => line.includes("show.sh has changed")), consent.warnings.join());
    }
  }));

Deno.test("mcp.run refuses an answer for any other call than the one that was asked about", () =>
  withConnection(async (world, mcp) => {
    put(world.project, "other.sh", "true\n");
    const others: Params<"mcp.run">[] = [
      params(["sh", "show.sh", "more"]),
      params(["sh", "other.sh"]),
      params(["sh", "show.sh"], { secrets: ["OTHER_KEY"] }),
      params(["sh", "show.sh"], { secrets: ["API_KEY", "OTHER_KEY"] }),
      params(["sh", "show.sh"], { workDir: world.folder }),
    ];
    put(world.folder, "show.sh", SCRIPT);
    for (const other of others) {
      const { state } = question(await mcp.call("mcp.run", SHOW));
      const answer = { state, decision: "always" } as const;
      await assert.rejects(mcp.call("mcp.run", { ...other, answer }), failsWith("policy/denied", /does not belong/));
      await assert.rejects(mcp.call("mcp.run", { ...SHOW, answer }), failsWith("policy/denied", /does not belong/));
    }
    assert.equal((await mcp.call("mcp.status", {})).denied, 2 * others.length);
    assert.deepEqual(await world.audit("run"), []);
  }));

Deno.test("mcp.run refuses an answer when the script changed while the person read the question", () =>
  withConnection(async (world, mcp) => {
    const { state } = question(await mcp.call("mcp.run", SHOW));
    put(world.project, "show.sh", "env | base64\n");
    const answered = mcp.call("mcp.run", { ...SHOW, answer: { state, decision: "once" } });
    await assert.rejects(answered, failsWith("policy/denied", /does not belong/));
  }));

Deno.test("mcp.run refuses an answer of another connection, one given twice, and one that comes late", () =>
  withConnection(async (world, mcp) => {
    const other = world.keeper("mcp", { passwordFile: true });
    await other.call("mcp.open", { authorize: false });
    const elsewhere = question(await other.call("mcp.run", SHOW)).state;
    const answer = (state: string) => mcp.call("mcp.run", { ...SHOW, answer: { state, decision: "once" } });
    await assert.rejects(answer(elsewhere), failsWith("policy/denied", /does not belong/));
    const { state } = question(await mcp.call("mcp.run", SHOW));
    output(await answer(state));
    await assert.rejects(answer(state), failsWith("policy/denied", /does not belong/));
    const late = question(await mcp.call("mcp.run", SHOW)).state;
    world.now += 10 * 60_000 + 1;
    await assert.rejects(answer(late), failsWith("policy/denied", /does not belong/));
  }));

Deno.test("mcp.run refuses when the user says no, and says not to repeat it", () =>
  withConnection(async (world, mcp) => {
    await assert.rejects(runWith(mcp, "deny"), failsWith("policy/denied", /the user said no/));
    assert.deepEqual(await world.audit("run"), []);
  }));

Deno.test("mcp.run offers only once for a command that prints variables, and holds to it", () =>
  withConnection(async (_world, mcp) => {
    const call = params(["printenv", "API_KEY"]);
    const { consent } = question(await mcp.call("mcp.run", call));
    assert.deepEqual(consent.choices, ["once"]);
    assert.ok(consent.warnings.length > 0);
    for (const decision of ["session", "always"] as const) {
      await assert.rejects(runWith(mcp, decision, call), failsWith("policy/denied", /the user said no/));
    }
    assert.equal(output(await runWith(mcp, "once", call)).stdout, "[ov:API_KEY]\n");
    question(await mcp.call("mcp.run", call));
  }));

Deno.test("mcp.run refuses a value of the vault in its arguments, in any form, and shows no question", () =>
  withConnection(async (_world, mcp) => {
    const forms = [
      VALUE,
      `--key=${VALUE}`,
      btoa(VALUE),
      encodeURIComponent(`${VALUE}!`),
      [...OTHER].reverse().join(""),
    ];
    for (const form of forms) {
      const refused = mcp.call("mcp.run", params(["sh", "show.sh", form]));
      await assert.rejects(
        refused,
        failsWith("policy/intercepted", /holds the value of (API|OTHER)_KEY/, [VALUE, OTHER]),
      );
    }
    await assert.rejects(
      mcp.call("mcp.run", params(["sh", "show.sh"], { workDir: `/${VALUE}` })),
      failsWith("policy/intercepted"),
    );
    const status = await mcp.call("mcp.status", {});
    assert.deepEqual([status.intercepted, status.denied], [forms.length + 1, 0]);
  }));

Deno.test("mcp.run runs anything masked under open, without a question", () =>
  withConnection(async (world, mcp) => {
    await world.keeper("policy", { typed: [PASSWORD] }).call("policy.set", { mode: "open" });
    assert.equal(output(await mcp.call("mcp.run", SHOW)).stdout, "key [ov:API_KEY] other undefined \n");
    assert.equal(output(await mcp.call("mcp.run", params(["printenv", "API_KEY"]))).stdout, "[ov:API_KEY]\n");
  }));

Deno.test("mcp.run under listed runs what was granted beforehand and asks about nothing else", () =>
  withConnection(async (world, mcp) => {
    await world.keeper("policy", { typed: [PASSWORD] }).call("policy.set", { mode: "listed" });
    await assert.rejects(mcp.call("mcp.run", SHOW), failsWith("policy/denied", /only listed commands/));
    const grant = { argv: ["sh", "show.sh"], secrets: ["API_KEY"], use: "always", until: null } as const;
    await world.keeper("grant", { typed: [PASSWORD] }).call("grant.add", grant);
    assert.equal(output(await mcp.call("mcp.run", SHOW)).exitCode, 0);
    await assert.rejects(mcp.call("mcp.run", params(["sh", "show.sh", "x"])), failsWith("policy/denied"));
    await assert.rejects(mcp.call("mcp.run", params(["printenv"])), failsWith("policy/denied"));
  }));

Deno.test("mcp.run records a request where nobody can be asked, and runs it after ov approve", () =>
  withConnection(async (world, mcp) => {
    const call = { ...SHOW, canAsk: false };
    await assert.rejects(mcp.call("mcp.run", call), failsWith("policy/approval-required"));
    await assert.rejects(mcp.call("mcp.run", call), failsWith("policy/approval-required"));
    const approve = world.keeper("approve", { typed: [PASSWORD, PASSWORD, "y"] });
    const { pending } = await approve.call("approve.list", {});
    assert.equal(pending.length, 1);
    assert.deepEqual([pending[0]!.client, pending[0]!.consent.argv], ["test", ["sh", "show.sh"]]);
    await approve.call("approve.decide", { id: pending[0]!.id, decision: "once" });
    assert.deepEqual((await approve.call("approve.list", {})).pending, []);
    assert.equal(output(await mcp.call("mcp.run", call)).exitCode, 0);
    await assert.rejects(mcp.call("mcp.run", call), failsWith("policy/approval-required"));
  }));

Deno.test("mcp.run does not run a request that ov approve refused, or whose script changed since", () =>
  withConnection(async (world, mcp) => {
    const call = { ...SHOW, canAsk: false };
    const decide = async (decision: "deny" | "always") => {
      await assert.rejects(mcp.call("mcp.run", call), failsWith("policy/approval-required"));
      const approve = world.keeper("approve", { passwordFile: true, typed: [PASSWORD, "y"] });
      const { pending } = await approve.call("approve.list", {});
      await approve.call("approve.decide", { id: pending[0]!.id, decision });
    };
    await decide("deny");
    await assert.rejects(mcp.call("mcp.run", call), failsWith("policy/approval-required"));
    await decide("always");
    put(world.project, "show.sh", "echo 1\n");
    await assert.rejects(mcp.call("mcp.run", call), failsWith("policy/approval-required"));
  }));

Deno.test("mcp.run refuses a canary, records it, and lists it as any other", () =>
  withConnection(async (world, mcp) => {
    await world.seed({ ADMIN_KEY: "fake-decoy-value" }, undefined, true);
    const { secrets } = await mcp.call("mcp.list", {});
    assert.deepEqual(secrets.map(({ name, canary }) => [name, canary]), [
      ["ADMIN_KEY", false],
      ["API_KEY", false],
      ["OTHER_KEY", false],
    ]);
    const call = params(["sh", "show.sh"], { secrets: ["ADMIN_KEY"] });
    await assert.rejects(mcp.call("mcp.run", call), failsWith("secret/canary"));
    assert.deepEqual((await world.audit("canary", "run")).map((entry) => [entry["action"], entry["secrets"]]), [
      ["canary", ["ADMIN_KEY"]],
    ]);
    assert.equal((await mcp.call("mcp.status", {})).denied, 1);
  }));

Deno.test("a command that reads a pipe is asked about each time: what comes out of it is bound by nothing", () =>
  withConnection(async (world, mcp) => {
    assert.ok((await new Deno.Command("mkfifo", { args: [join(world.project, "job")] }).output()).success);
    for (const command of [["sh", "job"], ["node", "--require=./job", "x.js"]]) {
      const { consent, state } = question(await mcp.call("mcp.run", params(command)));
      assert.deepEqual(consent.choices, ["once"]);
      assert.match(consent.warnings.join(), /reads from a pipe or device/);
      const answer = { state, decision: "always" } as const;
      await assert.rejects(mcp.call("mcp.run", params(command, { answer })), failsWith("policy/denied"));
    }
  }));

Deno.test("the directory that is shown and bound is the real one, not a link that may come to lead elsewhere", () =>
  withConnection(async (world, mcp) => {
    const other = join(world.folder, "other");
    Deno.mkdirSync(other);
    Deno.symlinkSync(world.project, join(world.folder, "link"));
    const call = params(["pwd"], { workDir: join(world.folder, "link") });
    const { consent } = question(await mcp.call("mcp.run", call));
    assert.equal(consent.workDir, world.project);
    await runWith(mcp, "always", call);
    // The same command from the folder itself is the same command.
    assert.equal(output(await mcp.call("mcp.run", params(["pwd"]))).stdout, `${world.project}\n`);
    Deno.removeSync(join(world.folder, "link"));
    Deno.symlinkSync(other, join(world.folder, "link"));
    assert.equal(question(await mcp.call("mcp.run", call)).consent.workDir, other);
  }));

Deno.test("a wildcard stands for no folder in a list, and for no package that would be fetched", () =>
  withConnection(async (world, mcp) => {
    Deno.mkdirSync(join(world.project, "evil"));
    put(world.project, "npx", "#!/bin/sh\necho ran\n", 0o755);
    const grants = world.keeper("grant", { typed: [PASSWORD, PASSWORD] });
    for (const argv of [["sh", "show.sh", "{path}"], ["./npx", "{tool}"]]) {
      await grants.call("grant.add", { argv, secrets: ["API_KEY"], use: "always", until: null });
    }
    output(await mcp.call("mcp.run", params(["sh", "show.sh", "word"])));
    for (const arg of ["evil", "lib:evil", "evil,x", "@evil", "x=1;evil"]) {
      question(await mcp.call("mcp.run", params(["sh", "show.sh", arg])));
    }
    question(await mcp.call("mcp.run", params(["./npx", "left-pad-that-nobody-has"])));
  }));

Deno.test("mcp.run refuses names, folders and commands that are not there, each with its code", () =>
  withConnection(async (world, mcp) => {
    const table: [Params<"mcp.run">, string][] = [
      [params(["sh", "show.sh"], { secrets: ["NONE"] }), "secret/not-found"],
      [params(["sh", "show.sh"], { secrets: ["NOT-A-NAME"] }), "usage/name"],
      [params(["sh", "show.sh"], { secrets: ["API_KEY", "API_KEY"] }), "usage/invalid"],
      [params(["sh", "show.sh"], { workDir: "/no/such/folder" }), "usage/file"],
      [params(["sh", "show.sh"], { workDir: join(world.project, "show.sh") }), "usage/file"],
      [params(["no-such-program-here"]), "run/not-found"],
      [params(["./show.sh"]), "run/not-executable"],
      [params([""]), "usage/invalid"],
      [params([]), "usage/invalid"],
    ];
    for (const [call, code] of table) await assert.rejects(mcp.call("mcp.run", call), failsWith(code), code);
    assert.deepEqual(await world.audit("run"), []);
  }));

Deno.test("mcp.run keeps hooks and OV_ variables of the caller from the child", () =>
  World.with(async (world) => {
    await world.seed({ API_KEY: VALUE });
    const environment = { NODE_OPTIONS: "--no-such-option", LD_PRELOAD: "/none.so", OV_SOMETHING: "1", PLAIN: "yes" };
    const mcp = world.keeper("mcp", { passwordFile: true, environment });
    await mcp.call("mcp.open", { authorize: false });
    put(world.project, "names.sh", "env | sed 's/=.*//' | tr '\\n' ,\n");
    const { stdout } = output(await runWith(mcp, "once", params(["sh", "names.sh"])));
    const names = stdout.trim().split(",");
    for (const name of ["API_KEY", "HOME", "PATH", "PLAIN"]) assert.ok(names.includes(name), stdout);
    for (const name of ["NODE_OPTIONS", "LD_PRELOAD", "OV_SOMETHING", "OV_PASSWORD_FILE"]) {
      assert.ok(!names.includes(name), name);
    }
  }));

Deno.test("mcp.run ends the child at its time-out and when it is cancelled, and says which", () =>
  withConnection(async (world, mcp) => {
    put(world.project, "wait.sh", "echo begun $API_KEY; exec sleep 60\n");
    const timed = output(await runWith(mcp, "session", params(["sh", "wait.sh"], { timeoutSeconds: 1 })));
    assert.deepEqual([timed.timedOut, timed.signal, timed.exitCode], [true, "SIGTERM", 143]);
    assert.equal(timed.stdout, "begun [ov:API_KEY]\n");
    const abort = new AbortController();
    const running = mcp.call("mcp.run", params(["sh", "wait.sh"]), abort.signal);
    setTimeout(() => abort.abort(), 300);
    assert.equal(output(await running).cancelled, true);
  }));

Deno.test("mcp.run gives the child's exit status, its stderr apart, and no stdin", () =>
  withConnection(async (world, mcp) => {
    put(world.project, "fail.sh", 'cat; echo "$API_KEY" >&2; exit 3\n');
    const done = output(await runWith(mcp, "once", params(["sh", "fail.sh"])));
    assert.deepEqual([done.exitCode, done.stdout, done.stderr], [3, "", "[ov:API_KEY]\n"]);
  }));

Deno.test("what an agent passes is no way to guess a value: a right piece of one is answered as a wrong one", () =>
  withConnection(async (world, mcp) => {
    // Of a DATABASE_URL everybody knows the end. With it, each right character before it would be told.
    const value = "postgres://admin:hunter2horse@db.internal:5432/shop";
    await world.seed({ DATABASE_URL: value });
    for (const guess of ["e@db.internal:5432/shop", "x@db.internal:5432/shop", value.slice(12)]) {
      const { exists } = await mcp.call("mcp.exists", { name: guess });
      assert.equal(exists, false);
      await assert.rejects(mcp.call("mcp.run", params([guess])), failsWith("run/not-found"));
      question(await mcp.call("mcp.run", params(["sh", "show.sh", guess])));
    }
    await assert.rejects(mcp.call("mcp.exists", { name: value }), failsWith("policy/intercepted"));
    assert.equal((await mcp.call("mcp.status", {})).intercepted, 1);
  }));

Deno.test("mcp.run cuts long output in the middle after masking", () =>
  withConnection(async (world, mcp) => {
    put(world.project, "long.sh", 'seq 0 59999 | sed "s/^/line /;s/$/ $API_KEY/"\n');
    const done = output(await runWith(mcp, "once", params(["sh", "long.sh"])));
    assert.equal(done.truncated, true);
    assert.equal(done.maskedCount, 60_000);
    assert.ok(done.stdout.length < 1024 * 1024 + 1024);
    assert.ok(done.stdout.startsWith("line 0 [ov:API_KEY]\n"));
    assert.ok(done.stdout.endsWith("line 59999 [ov:API_KEY]\n"));
  }));

Deno.test("mcp.run injects and masks what another process has set since the last call", () =>
  withConnection(async (world, mcp) => {
    const later = "fake-later-value-31d0c8";
    await runWith(mcp, "session");
    assert.equal(output(await mcp.call("mcp.run", SHOW)).stdout, "key [ov:API_KEY] other undefined \n");
    await world.seed({ API_KEY: later });
    put(world.project, "length.sh", "echo ${#API_KEY}\n");
    assert.equal(output(await mcp.call("mcp.run", SHOW)).stdout, "key [ov:API_KEY] other undefined \n");
    assert.equal(output(await runWith(mcp, "once", params(["sh", "length.sh"]))).stdout, `${later.length}\n`);
    await assert.rejects(mcp.call("mcp.run", params(["echo", later])), failsWith("policy/intercepted", /./, [later]));
    await world.vault((session) => session.removeSecret({ app: "default", env: "development" }, "API_KEY"));
    await assert.rejects(mcp.call("mcp.run", SHOW), failsWith("secret/not-found"));
  }));

Deno.test("mcp.run masks a value that another process has added since the last call, and asks after a revoked grant", () =>
  withConnection(async (world, mcp) => {
    const added = "fake-added-value-d41d8c";
    put(world.project, "added.sh", `echo ${added}\n`);
    const call = params(["sh", "added.sh"]);
    assert.equal(output(await runWith(mcp, "always", call)).stdout, `${added}\n`);
    await world.seed({ ADDED: added });
    assert.equal(output(await mcp.call("mcp.run", call)).stdout, "[ov:ADDED]\n");
    const grants = world.keeper("grant", { typed: [PASSWORD] });
    const { grants: [grant] } = await grants.call("grant.list", {});
    assert.equal(grant!.uses, 1);
    await grants.call("grant.revoke", { id: grant!.id });
    question(await mcp.call("mcp.run", call));
  }));

Deno.test("mcp.run runs nothing once the vault is locked, though everything was read before", () =>
  withConnection(async (world, mcp) => {
    await runWith(mcp, "always");
    assert.equal(output(await mcp.call("mcp.run", SHOW)).exitCode, 0);
    mcp.door.session!.close();
    await assert.rejects(mcp.call("mcp.run", SHOW), failsWith("vault/locked"));
    assert.equal((await world.audit("run")).length, 2);
  }));

Deno.test("mcp.run records nothing and runs nothing where the grant was revoked between the decision and the start", () =>
  withConnection(async (world, mcp) => {
    put(world.project, "mark.sh", "touch started\n");
    const call = params(["sh", "mark.sh"]);
    await runWith(mcp, "always", call);
    Deno.removeSync(join(world.project, "started"));
    const session = mcp.door.session!;
    const getSecret = session.getSecret.bind(session);
    session.getSecret = async (...args) => {
      await world.vault(async (other) => {
        for (const { id } of await other.listDocuments("grant")) await other.deleteDocument("grant", id);
      });
      return await getSecret(...args);
    };
    await assert.rejects(mcp.call("mcp.run", call), failsWith("policy/approval-required"));
    assert.throws(() => Deno.statSync(join(world.project, "started")), Deno.errors.NotFound);
    assert.deepEqual((await world.audit("run", "denied")).map(({ action }) => action), ["run", "denied"]);
  }));

Deno.test("mcp.run refuses to start when a file changed between the decision and the start", () =>
  withConnection(async (world, mcp) => {
    await world.keeper("policy", { typed: [PASSWORD] }).call("policy.set", { mode: "open" });
    // The clock is asked between hashing and starting: an attacker who waits for that moment.
    let calls = 0;
    world.onClock = () => void put(world.project, "show.sh", `echo ${calls++}\n`);
    await assert.rejects(mcp.call("mcp.run", SHOW), failsWith("policy/changed"));
    assert.ok(calls > 0);
    // The program itself is no pin.
    put(world.project, "own.sh", "#!/bin/sh\n", 0o755);
    world.onClock = () => void put(world.project, "own.sh", `#!/bin/sh\ntouch ran ${calls++}\n`, 0o755);
    await assert.rejects(mcp.call("mcp.run", params(["./own.sh"])), failsWith("policy/changed"));
    assert.throws(() => Deno.statSync(join(world.project, "ran")), Deno.errors.NotFound);
  }));
