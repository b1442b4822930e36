import assert from "node:assert/strict";
import { OvError } from "../../src/base/mod.ts";
import { McpSession, type ToolCall, type ToolOutcome } from "../../src/mcp/session.ts";
import { findTool, type ToolName } from "../../src/mcp/tools.ts";
import { FakeKeeper } from "./fake_keeper.ts";
import { plantedKey } from "./planted.ts";

function call(
  session: McpSession,
  name: ToolName,
  args: Record<string, unknown>,
  more: Partial<ToolCall> = {},
): Promise<ToolOutcome> {
  const signal = new AbortController().signal;
  return session.call({ tool: findTool(name)!, args, canAsk: true, canOpen: false, client: "test 1", signal, ...more });
}

async function structured(outcome: Promise<ToolOutcome>): Promise<unknown> {
  const settled = await outcome;
  assert.equal(settled.kind, "done");
  return settled.kind === "done" ? settled.result.structured : undefined;
}

function rejectsWith(promise: Promise<unknown>, code: string): Promise<OvError> {
  return promise.then(
    () => assert.fail("it was accepted"),
    (error) => {
      assert.ok(error instanceof OvError);
      assert.equal(error.code, code);
      return error;
    },
  );
}

Deno.test("call() hands vault_run to the keeper with what was asked for and nothing else", async () => {
  const keeper = new FakeKeeper();
  const session = new McpSession(keeper, { authorize: false });
  const result = await structured(call(session, "vault_run", {
    command: ["node", "x.js", "a b", ""],
    secrets: ["A", "B", "A"],
    work_dir: "sub",
    timeout_seconds: 7,
  }));
  assert.deepEqual(keeper.calls, [
    { op: "mcp.open", params: { authorize: false } },
    {
      op: "mcp.run",
      params: {
        command: ["node", "x.js", "a b", ""],
        secrets: ["A", "B"],
        workDir: "sub",
        timeoutSeconds: 7,
        client: "test 1",
        canAsk: true,
        peer: { client: "test 1", canAsk: true, canOpen: false },
      },
    },
  ]);
  assert.deepEqual(result, {
    exit_code: 0,
    stdout: "Webhook verified with [ov:STRIPE_SECRET_KEY]\n",
    stderr: "",
    secrets_injected: ["A", "B"],
    masked_count: 1,
    timed_out: false,
    truncated: false,
  });
});

Deno.test("call() lists secrets without sizes, canaries told apart, or deleted ones", async () => {
  const session = new McpSession(new FakeKeeper(), { authorize: false });
  assert.deepEqual(await structured(call(session, "vault_list_secrets", {})), {
    app: "my-worker",
    env: "development",
    secrets: [
      {
        name: "STRIPE_SECRET_KEY",
        version: 2,
        created_at: "2026-01-01T00:00:00.000Z",
        updated_at: "2026-01-02T03:04:05.000Z",
        maskable: true,
        grants: ["node scripts/test-stripe-webhook.js (always)"],
      },
      {
        name: "OLD_ADMIN_TOKEN",
        version: 1,
        created_at: "2026-01-01T00:00:00.000Z",
        updated_at: "2026-01-01T00:00:00.000Z",
        maskable: false,
        grants: [],
      },
    ],
  });
});

Deno.test("call() serves the tools that look and those that change", async () => {
  const keeper = new FakeKeeper();
  const session = new McpSession(keeper, { authorize: false });
  const place = { app: "my-worker", env: "development" };
  assert.deepEqual(await structured(call(session, "vault_secret_exists", { name: "STRIPE_SECRET_KEY" })), {
    exists: true,
    ...place,
  });
  assert.deepEqual(await structured(call(session, "vault_secret_exists", { name: "NOPE" })), {
    exists: false,
    ...place,
  });
  assert.deepEqual(await structured(call(session, "vault_create_secret", { name: "NEW", generate: { length: 64 } })), {
    name: "NEW",
    version: 1,
  });
  assert.deepEqual(await structured(call(session, "vault_create_secret", { name: "NEW" })), {
    name: "NEW",
    version: 1,
  });
  const peer = { client: "test 1", canAsk: true, canOpen: false };
  assert.deepEqual(keeper.paramsOf("mcp.create"), [
    { peer, name: "NEW", generate: { length: 64, charset: "alphanumeric" } },
    { peer, name: "NEW", generate: null },
  ]);
  assert.deepEqual(await structured(call(session, "vault_update_secret", { name: "A", generate: {} })), {
    name: "A",
    version: 3,
  });
  assert.deepEqual(await structured(call(session, "vault_delete_secret", { name: "A" })), {
    name: "A",
    recoverable_until: "2026-02-01T00:00:00.000Z",
  });
});

Deno.test("call() hands back what to ask, and passes the answer on with the very same parameters", async () => {
  const keeper = new FakeKeeper({ asks: true });
  const session = new McpSession(keeper, { authorize: false });
  const cases: [ToolName, Record<string, unknown>][] = [
    ["vault_run", { command: ["node"], secrets: ["A"] }],
    ["vault_update_secret", { name: "A" }],
    ["vault_delete_secret", { name: "A" }],
  ];
  for (const [name, args] of cases) {
    const first = await call(session, name, args);
    assert.equal(first.kind, "ask");
    if (first.kind !== "ask") return;
    const answer = { state: first.state, decision: "once" } as const;
    assert.equal((await call(session, name, args, { answer })).kind, "done");
    await rejectsWith(call(session, name, args, { answer }), "policy/denied");
  }
});

Deno.test("call() tells the line to run when nobody on the connection can be asked", async () => {
  const session = new McpSession(new FakeKeeper({ asks: true }), { authorize: false });
  const canAsk = { canAsk: false };
  const run = await rejectsWith(
    call(session, "vault_run", { command: ["node"], secrets: ["A"] }, canAsk),
    "policy/approval-required",
  );
  assert.equal(run.hint, "Run in a terminal: ov approve 7f3a");
  const place = "STRIPE_SECRET_KEY --app my-worker --env development";
  const removal = await rejectsWith(call(session, "vault_delete_secret", { name: "A" }, canAsk), run.code);
  assert.equal(removal.hint, `Run in a terminal: ov secret rm ${place}`);
  const update = await rejectsWith(call(session, "vault_update_secret", { name: "A" }, canAsk), run.code);
  assert.equal(update.hint, `Run in a terminal: ov secret set ${place}`);
});

Deno.test("call() lets nothing through to the keeper when an argument holds a secret, and counts it", async () => {
  const keeper = new FakeKeeper();
  const session = new McpSession(keeper, { authorize: false });
  const args = { command: ["curl", plantedKey()], secrets: [] };
  await rejectsWith(call(session, "vault_run", args), "policy/intercepted");
  await rejectsWith(call(session, "vault_create_secret", { name: "A", value: plantedKey() }), "policy/intercepted");
  assert.deepEqual(keeper.calls.map(({ op }) => op), ["mcp.open", "mcp.intercepted", "mcp.intercepted"]);
  assert.deepEqual(keeper.paramsOf("mcp.intercepted")[0], {
    tool: "vault_run",
    field: '"command"',
    rule: "stripe-secret-key",
  });
  assert.ok(!JSON.stringify(keeper.calls).includes(args.command[1]!));
});

Deno.test("call() refuses what it recognised where the keeper can not be asked, and counts it itself", async () => {
  const keeper = new FakeKeeper({ errors: { "mcp.intercepted": new OvError("vault/busy", "Cannot: busy") } });
  const session = new McpSession(keeper, { authorize: false });
  await rejectsWith(call(session, "vault_run", { command: [plantedKey()], secrets: [] }), "policy/intercepted");
  const status = await structured(call(session, "vault_status", {})) as { intercepted: number };
  assert.equal(status.intercepted, 2 + 1);
});

Deno.test("call() lets through what the policy lets through", async () => {
  const keeper = new FakeKeeper({ letsThrough: true });
  const session = new McpSession(keeper, { authorize: false });
  await structured(call(session, "vault_run", { command: ["curl", plantedKey()], secrets: [] }));
  assert.deepEqual(keeper.calls.map(({ op }) => op), ["mcp.open", "mcp.intercepted", "mcp.run"]);
});

Deno.test("call() lets nothing through to the keeper when the arguments are not valid", async () => {
  const keeper = new FakeKeeper();
  const session = new McpSession(keeper, { authorize: false });
  await rejectsWith(call(session, "vault_run", { command: "node", secrets: [] }), "usage/invalid");
  assert.deepEqual(keeper.calls, []);
});

Deno.test("call() opens the keeper's session once, and again only after a failure", async () => {
  const errors = { "mcp.open": new OvError("vault/not-found", "Cannot open vault: there is none") };
  const keeper = new FakeKeeper({ errors });
  const session = new McpSession(keeper, { authorize: false });
  session.open();
  await rejectsWith(call(session, "vault_status", {}), "vault/not-found");
  await rejectsWith(call(session, "vault_status", {}), "vault/not-found");
  const failures = keeper.paramsOf("mcp.open").length;
  assert.ok(failures >= 2);
  delete keeper.options.errors;
  await Promise.all([call(session, "vault_status", {}), call(session, "vault_status", {})]);
  assert.equal(keeper.paramsOf("mcp.open").length, failures + 1);
});

Deno.test("call() does not ask on the terminal a second time when the authorization failed", async () => {
  const errors = { "mcp.open": new OvError("vault/wrong-password", "Cannot open vault: wrong password") };
  const keeper = new FakeKeeper({ errors });
  const session = new McpSession(keeper, { authorize: true });
  session.open();
  await rejectsWith(call(session, "vault_status", {}), "vault/wrong-password");
  await rejectsWith(call(session, "vault_status", {}), "vault/wrong-password");
  assert.deepEqual(keeper.paramsOf("mcp.open"), [{ authorize: true }]);
});

Deno.test("settled() waits until a cancelled command has ended", async () => {
  const keeper = new FakeKeeper({ untilCancelled: { reports: 0 } });
  const session = new McpSession(keeper, { authorize: false });
  const controller = new AbortController();
  const running = call(session, "vault_run", { command: ["sleep"], secrets: [] }, { signal: controller.signal });
  const settled = session.settled();
  controller.abort();
  await settled;
  assert.equal(keeper.calls.at(-1)?.params, "cancelled");
  await running;
});
