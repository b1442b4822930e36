/** The real `ov mcp`: keeper, vault, policy, masking and all. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { locate } from "../../src/base/mod.ts";
import { TYPE_PASSWORD, type World } from "../e2e/ov.ts";
import { type Json, type LineClient, modernMeta, toolErrorOf } from "./line_client.ts";
import { copyVault, FAKE_VALUE, mcpCommand, projectWorld, startMcp } from "./ov_world.ts";
import { bareEnvironment, sourceEnvironment, startLines } from "./servers.ts";

const FORM = { elicitation: { form: {} } };
const SHOW = { command: ["node", "show.js"], secrets: ["STRIPE_SECRET_KEY"] };

/** Answers every question alike; gives the questions. */
function answering(client: LineClient, answer: Json): string[] {
  const shown: string[] = [];
  client.onRequest = (request) => {
    shown.push(request.params.message);
    return answer;
  };
  return shown;
}

function allow(decision: string): Json {
  return { action: "accept", content: { decision } };
}

/** Waits until the file is there. */
async function appears(path: string): Promise<string> {
  for (;;) {
    const text = await Deno.readTextFile(path).catch(() => "");
    if (text !== "") return text;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Whether a process of that id lives (Linux and macOS). */
function lives(pid: number): boolean {
  try {
    Deno.kill(pid, "SIGCONT");
    return true;
  } catch {
    return false;
  }
}

async function waitingScript(world: World): Promise<string> {
  const marker = join(world.project, "started");
  await world.write(
    "wait.js",
    `require("fs").writeFileSync(${JSON.stringify(marker)}, String(process.pid));
console.log("waiting with", process.env.STRIPE_SECRET_KEY);
setInterval(() => {}, 1000);`,
  );
  return marker;
}

Deno.test("ov mcp runs a command with a secret that the agent never sees", async () => {
  await using world = await projectWorld();
  await using mcp = startMcp(world);
  const { client } = mcp;
  const shown = answering(client, allow("once"));
  await client.initialize(FORM);
  const result = await client.tool("vault_run", { ...SHOW, command: ["node", "show.js", "7"] });
  const { structuredContent } = result;
  assert.equal(structuredContent.exit_code, 7);
  const [asIs, base64] = structuredContent.stdout.split("\n");
  assert.equal(asIs, `length ${FAKE_VALUE.length} as is [ov:STRIPE_SECRET_KEY]`);
  assert.match(base64, /^base64 \[ov:STRIPE_SECRET_KEY\]=?$/);
  assert.equal(structuredContent.stderr, "hex [ov:STRIPE_SECRET_KEY]\n");
  assert.deepEqual(structuredContent.secrets_injected, ["STRIPE_SECRET_KEY"]);
  assert.equal(structuredContent.masked_count, 3);
  assert.equal(structuredContent.timed_out, false);
  assert.equal(structuredContent.truncated, false);
  assert.equal(shown.length, 1);
  assert.match(shown[0]!, /\nSecrets: "STRIPE_SECRET_KEY"\n/);
  assert.match(shown[0]!, /\n {2}0: "node"\n {2}1: "show\.js"\n {2}2: "7"\n/);
  assert.ok(shown[0]!.includes(`\nDirectory: "${world.project}"\n`));
  assert.ok(shown[0]!.includes(`"${join(world.project, "show.js")}" (SHA-256 `));
});

Deno.test("ov mcp asks once for a session, and again when a file of the command has changed", async () => {
  await using world = await projectWorld();
  await using mcp = startMcp(world);
  const { client } = mcp;
  const shown = answering(client, allow("session"));
  await client.initialize(FORM);
  for (let i = 0; i < 2; i++) assert.equal((await client.tool("vault_run", SHOW)).structuredContent.exit_code, 0);
  assert.equal(shown.length, 1);
  await world.write("show.js", "console.log(1)");
  assert.equal((await client.tool("vault_run", SHOW)).structuredContent.stdout, "1\n");
  assert.equal(shown.length, 2);
  assert.match(shown[1]!, /Warning: .*has changed/);
});

Deno.test("ov mcp remembers always across connections, and once not even within one", async () => {
  await using world = await projectWorld();
  {
    await using mcp = startMcp(world);
    const shown = answering(mcp.client, allow("once"));
    await mcp.client.initialize(FORM);
    await mcp.client.tool("vault_run", SHOW);
    mcp.client.onRequest = (request) => (shown.push(request.params.message), allow("always"));
    await mcp.client.tool("vault_run", SHOW);
    assert.equal(shown.length, 2);
  }
  await using mcp = startMcp(world);
  await mcp.client.initialize();
  assert.equal((await mcp.client.tool("vault_run", SHOW)).structuredContent.exit_code, 0);
  const { structuredContent } = await mcp.client.tool("vault_list_secrets");
  assert.equal(structuredContent.secrets.find((secret: Json) => secret.name === "STRIPE_SECRET_KEY").grants.length, 1);
});

Deno.test("ov mcp gives a command nothing of its own input, which is the agent's messages", async () => {
  await using world = await projectWorld();
  await using mcp = startMcp(world);
  answering(mcp.client, allow("once"));
  await mcp.client.initialize(FORM);
  await world.write("input.sh", "if [ -c /dev/stdin ]; then cat; echo empty; else echo open; fi\n");
  const ran = await mcp.client.tool("vault_run", { command: ["sh", "input.sh"], secrets: ["STRIPE_SECRET_KEY"] });
  assert.equal(ran.structuredContent.stdout, "empty\n");
});

Deno.test("ov mcp runs nothing when the user refuses", async () => {
  await using world = await projectWorld();
  await using mcp = startMcp(world);
  answering(mcp.client, { action: "decline" });
  await mcp.client.initialize(FORM);
  await world.write("leave.js", `require("fs").writeFileSync("left", "x")`);
  const refused = await mcp.client.tool("vault_run", { command: ["node", "leave.js"], secrets: ["STRIPE_SECRET_KEY"] });
  assert.equal(toolErrorOf(refused).code, "policy/denied");
  await assert.rejects(Deno.stat(join(world.project, "left")));
});

Deno.test("ov mcp gives a client without forms the line to run, and serves it once the user has run that", async () => {
  await using world = await projectWorld();
  await using mcp = startMcp(world);
  await mcp.client.initialize();
  const error = toolErrorOf(await mcp.client.tool("vault_run", SHOW));
  assert.equal(error.code, "policy/approval-required");
  const id = /ov approve (\S+)$/.exec(error.hint!)![1]!;
  // The password to see the request, a key to allow it.
  const approved = await world.terminal(["approve", id, "--always"], [
    TYPE_PASSWORD,
    { expect: "Allow it, always: .*$", send: "y" },
  ]);
  assert.equal(approved.code, 0, approved.transcript);
  assert.equal((await mcp.client.tool("vault_run", SHOW)).structuredContent.exit_code, 0);
});

Deno.test("2026-07-28: ov mcp asks in rounds, and an answer serves one call of the same parameters once", async () => {
  await using world = await projectWorld();
  await using mcp = startMcp(world);
  const { client } = mcp;
  const params = { name: "vault_run", arguments: SHOW };
  const ask = async () => (await client.modern("tools/call", params, FORM)).result.requestState;
  const answer = async (requestState: string, other: Json = {}, decision = "once") => {
    const inputResponses = { consent: allow(decision) };
    return (await client.modern("tools/call", { ...params, ...other, requestState, inputResponses }, FORM)).result;
  };
  const state = await ask();
  assert.ok(!state.includes("STRIPE"));
  assert.equal((await answer(state)).structuredContent.exit_code, 0);
  const replayed = await answer(state);
  assert.equal(toolErrorOf(replayed).code, "policy/denied");
  const elsewhere = await answer(await ask(), { arguments: { ...SHOW, secrets: ["DATABASE_URL"] } });
  assert.equal(toolErrorOf(elsewhere).code, "policy/denied");
  const other = await answer(await ask(), { name: "vault_delete_secret", arguments: { name: "STRIPE_SECRET_KEY" } });
  assert.equal(toolErrorOf(other).code, "policy/denied");
  const made = await answer("AAAAAAAAAAAAAAAAAAAAAA");
  assert.equal(toolErrorOf(made).code, "policy/denied");
  assert.equal(toolErrorOf(await answer(await ask(), {}, "deny")).code, "policy/denied");
});

Deno.test("ov mcp is locked without a password, and lists its tools all the same", async () => {
  await using world = await projectWorld();
  await using mcp = startMcp(world, { authorized: false });
  const shown = answering(mcp.client, allow("always"));
  await mcp.client.initialize(FORM);
  assert.equal((await mcp.client.request("tools/list")).result.tools.length, 7);
  assert.equal(toolErrorOf(await mcp.client.tool("vault_run", SHOW)).code, "vault/locked");
  const status = (await mcp.client.tool("vault_status")).structuredContent;
  assert.equal(status.unlocked, false);
  assert.equal(status.authorized, false);
  assert.deepEqual(shown, []);
});

Deno.test("ov mcp with a password file says at the very first question that it is unlocked and authorised", async () => {
  await using world = await projectWorld();
  await using mcp = startMcp(world);
  await mcp.client.initialize();
  const { unlocked, authorized, mode } = (await mcp.client.tool("vault_status")).structuredContent;
  assert.deepEqual([unlocked, authorized, mode], [true, true, "ask"]);
});

Deno.test("ov mcp says what is wrong when there is no vault or the password is wrong, on every call", async () => {
  await using world = await projectWorld();
  await Deno.writeTextFile(world.passwordFile, "not the password");
  {
    await using mcp = startMcp(world);
    await mcp.client.initialize();
    for (let i = 0; i < 2; i++) {
      assert.equal(toolErrorOf(await mcp.client.tool("vault_list_secrets")).code, "vault/wrong-password");
    }
  }
  await Deno.remove(world.ovHome, { recursive: true });
  await using mcp = startMcp(world);
  await mcp.client.initialize();
  assert.equal(toolErrorOf(await mcp.client.tool("vault_list_secrets")).code, "vault/not-found");
});

Deno.test("ov mcp refuses a vault value in an argument, and counts it", async () => {
  await using world = await projectWorld();
  await using mcp = startMcp(world);
  await mcp.client.initialize(FORM);
  const result = await mcp.client.tool("vault_run", { command: ["echo", `--key=${FAKE_VALUE}`], secrets: [] });
  assert.equal(toolErrorOf(result).code, "policy/intercepted");
  assert.equal((await mcp.client.tool("vault_status")).structuredContent.intercepted, 1);
});

Deno.test("ov mcp makes, replaces and deletes secrets without a value in sight", async () => {
  await using world = await projectWorld();
  await using mcp = startMcp(world);
  const { client } = mcp;
  const shown = answering(client, allow("once"));
  await client.initialize(FORM);
  const made = await client.tool("vault_create_secret", { name: "SESSION_SECRET", generate: { length: 40 } });
  assert.deepEqual(made.structuredContent, { name: "SESSION_SECRET", version: 1 });
  assert.equal(
    toolErrorOf(await client.tool("vault_create_secret", { name: "SESSION_SECRET", generate: {} })).code,
    "secret/exists",
  );
  const byHand = toolErrorOf(await client.tool("vault_create_secret", { name: "OTHER" }));
  assert.match(byHand.hint!, /ov secret set OTHER/);
  const command = ["node", "-e", "console.log(process.env.SESSION_SECRET.length, process.env.SESSION_SECRET)"];
  const run = await client.tool("vault_run", { command, secrets: ["SESSION_SECRET"] });
  assert.equal(run.structuredContent.stdout, "40 [ov:SESSION_SECRET]\n");
  const replaced = await client.tool("vault_update_secret", { name: "SESSION_SECRET", generate: { charset: "hex" } });
  assert.equal(replaced.structuredContent.version, 2);
  const deleted = await client.tool("vault_delete_secret", { name: "SESSION_SECRET" });
  assert.match(deleted.structuredContent.recoverable_until, /^\d{4}-\d\d-\d\dT/);
  assert.equal((await client.tool("vault_secret_exists", { name: "SESSION_SECRET" })).structuredContent.exists, false);
  assert.deepEqual(shown.map((message) => message.split("\n")[0]), [
    "The agent wants to run a command that can read these secrets and do anything with them.",
    "The agent wants to replace a secret's value.",
    "The agent wants to delete a secret.",
  ]);
  assert.equal(toolErrorOf(await client.tool("vault_delete_secret", { name: "NOPE" })).code, "secret/not-found");
});

Deno.test("ov mcp reports progress, and ends the command when the call is cancelled", async () => {
  await using world = await projectWorld();
  const marker = await waitingScript(world);
  await using mcp = startMcp(world);
  const { client } = mcp;
  answering(client, allow("session"));
  await client.initialize(FORM);
  const { id } = await client.start("tools/call", {
    name: "vault_run",
    arguments: { command: ["node", "wait.js"], secrets: ["STRIPE_SECRET_KEY"] },
    _meta: { progressToken: 5 },
  });
  const pid = Number(await appears(marker));
  const progress = await client.other((message) => message.method === "notifications/progress");
  assert.equal(progress.params.progressToken, 5);
  assert.ok(lives(pid));
  await client.send({ method: "notifications/cancelled", params: { requestId: id, reason: "enough" } });
  while (lives(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal((await client.tool("vault_status")).structuredContent.unlocked, true);
});

Deno.test("ov mcp ends its command and itself when its input closes", async () => {
  await using world = await projectWorld();
  const marker = await waitingScript(world);
  let pid = 0;
  {
    await using mcp = startMcp(world);
    answering(mcp.client, allow("session"));
    await mcp.client.initialize(FORM);
    await mcp.client.start("tools/call", {
      name: "vault_run",
      arguments: { command: ["node", "wait.js"], secrets: ["STRIPE_SECRET_KEY"] },
    });
    pid = Number(await appears(marker));
  }
  assert.ok(!lives(pid));
});

Deno.test("ov mcp ends a command whose time is up", async () => {
  await using world = await projectWorld();
  await waitingScript(world);
  await using mcp = startMcp(world);
  answering(mcp.client, allow("once"));
  await mcp.client.initialize(FORM);
  const { structuredContent } = await mcp.client.tool("vault_run", {
    command: ["node", "wait.js"],
    secrets: ["STRIPE_SECRET_KEY"],
    timeout_seconds: 1,
  });
  assert.equal(structuredContent.timed_out, true);
  assert.equal(structuredContent.signal, "SIGTERM");
  assert.equal(structuredContent.exit_code, 143);
  assert.equal(structuredContent.stdout, "waiting with [ov:STRIPE_SECRET_KEY]\n");
});

Deno.test("ov mcp goes on after garbage, and writes nothing but messages", async () => {
  await using world = await projectWorld();
  await using mcp = startMcp(world);
  await mcp.client.write("garbage\n{}\n[]\n");
  await mcp.client.initialize();
  await mcp.client.write(`${"x".repeat(5_000_000)}\n`);
  assert.equal((await mcp.client.tool("vault_secret_exists", { name: "DATABASE_URL" })).structuredContent.exists, true);
  assert.equal(mcp.client.others.length, 4);
  // startMcp() checks every line of stdout, stderr and the exit status at the end.
});

Deno.test("ov mcp answers the bad calls with the documented codes", async () => {
  await using world = await projectWorld();
  await using mcp = startMcp(world);
  answering(mcp.client, allow("once"));
  await mcp.client.initialize(FORM);
  const cases: [Json, string][] = [
    [{ command: ["node", "show.js"], secrets: ["NO_SUCH_NAME"] }, "secret/not-found"],
    [{ command: ["no-such-program-of-ov"], secrets: [] }, "run/not-found"],
    [{ command: ["./show.js"], secrets: [] }, "run/not-executable"],
    [{ command: [""], secrets: [] }, "usage/invalid"],
    [{ command: [], secrets: [] }, "usage/invalid"],
    [{ command: ["node", "a\0b"], secrets: [] }, "usage/invalid"],
    [{ command: ["node"], secrets: ["a-b"] }, "usage/invalid"],
    [{ command: ["node", "show.js"], secrets: [], work_dir: "no/such/folder" }, "usage/file"],
    [{ command: ["node", "show.js"], secrets: [], work_dir: "show.js" }, "usage/file"],
  ];
  for (const [args, code] of cases) {
    assert.equal(toolErrorOf(await mcp.client.tool("vault_run", args)).code, code, JSON.stringify(args));
  }
});

Deno.test("ov mcp --authorize takes the password from the terminal, and the connection counts as authorised", async () => {
  await using world = await projectWorld();
  const { command, args } = mcpCommand(world, { authorized: false });
  const params = { name: "vault_run", arguments: SHOW, _meta: modernMeta(FORM) };
  const stdin = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params }) + "\n";
  // The input stays open until there is an answer.
  const script = '{ cat; until [ -s answer ]; do sleep 0.1; done; } | "$@" > answer';
  const { code, transcript } = await world.terminalCommand(
    ["sh", "-c", script, "sh", command, ...args, "--authorize"],
    [TYPE_PASSWORD],
    { stdin },
  );
  assert.equal(code, 0, transcript);
  const { result } = JSON.parse(await world.read("answer"));
  // Nobody is asked on a connection that is not authorised.
  assert.equal(result.resultType, "input_required");
});

Deno.test("ov mcp starts with nothing but what every client passes, and finds the vault by HOME", async () => {
  await using world = await projectWorld();
  const server = mcpCommand(world);
  const bare = bareEnvironment(world.home);
  await copyVault(world, locate(bare, Deno.build.os).vaultFolder);
  // From source the runtime needs to know where its modules are.
  const env = Deno.env.get("OV_BINARY") ? bare : sourceEnvironment(world.home);
  const { client, process, stderr } = startLines({ ...server, env });
  await client.initialize();
  const { structuredContent } = await client.tool("vault_secret_exists", { name: "STRIPE_SECRET_KEY" });
  assert.equal(structuredContent.exists, true);
  await client.close();
  assert.equal((await process.status).code, 0);
  assert.equal(await stderr, "");
});
