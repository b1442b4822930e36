/** `ov policy`, `ov grant` and `ov approve` as real processes. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fakeValue, refusedJson } from "./assertions.ts";
import { ovCommand, TYPE_PASSWORD, World } from "./ov.ts";

async function withKey(): Promise<World> {
  const world = await World.withVault();
  await world.json(["secret", "set", "API_KEY", "--stdin"], { stdin: fakeValue() });
  await world.write("ok.sh", "echo fine\n");
  return world;
}

async function typed(world: World, ...argv: readonly string[]): Promise<string> {
  const ended = await world.terminal(argv, [TYPE_PASSWORD]);
  assert.equal(ended.code, 0, ended.transcript);
  assert.deepEqual(ended.after, ended.before);
  return ended.transcript;
}

const RUN = ["run", "--secrets", "API_KEY", "--", "sh", "ok.sh"];

Deno.test("what widens consent wants the password typed; no password file and no variable stands for it", async () => {
  await using world = await withKey();
  const lines = [
    ["policy", "set", "open"],
    ["grant", "add", "--secrets", "API_KEY", "--", "sh", "ok.sh"],
  ];
  for (const line of lines) {
    const env = { OV_PASSWORD_FILE: world.passwordFile };
    refusedJson(await world.ovUnlocked(["--json", ...line], { env }), "usage/no-terminal");
  }
  assert.equal((await world.json(["policy", "show"]))["mode"], "ask");
  assert.deepEqual((await world.json(["grant", "list"]))["grants"], []);
});

Deno.test("under listed a command runs only with a grant, and not once a file of it changed or the grant is revoked", async () => {
  await using world = await withKey();
  await typed(world, "policy", "set", "listed");
  refusedJson(await world.ovUnlocked(["--json", ...RUN]), "policy/denied");
  const said = await typed(world, "grant", "add", "--secrets", "API_KEY", "--", "sh", "ok.sh");
  assert.match(said, /Files +\S+ok\.sh \(sha256 /);
  assert.equal((await world.ovUnlocked(RUN)).stdout, "fine\n");
  const { grants } = await world.json(["grant", "list"]) as { grants: { id: string; uses: number }[] };
  assert.deepEqual([grants.length, grants[0]!.uses], [1, 1]);

  await world.write("ok.sh", "echo changed\n");
  refusedJson(await world.ovUnlocked(["--json", ...RUN]), "policy/denied");
  await world.write("ok.sh", "echo fine\n");
  assert.equal((await world.ovUnlocked(RUN)).code, 0);
  const other = [...RUN.slice(0, -1), join(world.project, "ok.sh")];
  refusedJson(await world.ovUnlocked(["--json", ...other]), "policy/denied");

  await world.json(["grant", "revoke", grants[0]!.id]);
  refusedJson(await world.ovUnlocked(["--json", ...RUN]), "policy/denied");
  assert.match(await typed(world, "policy", "set", "ask"), /ask, was listed/);
});

Deno.test("a grant for one run is used up by it", async () => {
  await using world = await withKey();
  await typed(world, "policy", "set", "listed");
  await typed(world, "grant", "add", "--once", "--secrets", "API_KEY", "--", "sh", "ok.sh");
  assert.equal((await world.ovUnlocked(RUN)).code, 0);
  refusedJson(await world.ovUnlocked(["--json", ...RUN]), "policy/denied");
});

/** What `ov mcp` answers to one `vault_run` of a client that can not ask. */
async function agentRun(world: World): Promise<string> {
  const messages = [
    {
      id: 1,
      method: "initialize",
      params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "test-agent", version: "1" } },
    },
    { method: "notifications/initialized" },
    {
      id: 2,
      method: "tools/call",
      params: { name: "vault_run", arguments: { command: ["sh", "ok.sh"], secrets: ["API_KEY"] } },
    },
  ];
  const [program, ...args] = ovCommand();
  const child = new Deno.Command(program, {
    args: [...args, "--password-file", world.passwordFile, "mcp"],
    cwd: world.project,
    clearEnv: true,
    env: world.environment(),
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  for (const message of messages) {
    await writer.write(new TextEncoder().encode(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`));
  }
  let text = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (/"id":2\b/.test(text) && text.endsWith("\n")) break;
  }
  await writer.close();
  await child.status;
  return text.trimEnd().split("\n").at(-1)!;
}

Deno.test("what an agent asked for and nobody could answer is approved by a person, with the password typed", async () => {
  await using world = await withKey();
  assert.match(await agentRun(world), /policy\/approval-required/);
  const { pending } = await approvals(world);
  assert.equal(pending.length, 1);
  assert.deepEqual(pending[0]!.consent.secrets, ["API_KEY"]);
  assert.match(pending[0]!.client, /test-agent/);
  const id = pending[0]!.id;
  refusedJson(await world.ovUnlocked(["--json", "approve", id, "--once"]), "usage/no-terminal");
  const ended = await world.terminal(["approve", id, "--once"], [
    TYPE_PASSWORD,
    { expect: "Allow it, once: .*$", send: "y" },
  ]);
  assert.equal(ended.code, 0, ended.transcript);
  assert.match(ended.transcript, /Command +sh ok\.sh\r\nProgram +\/\S+sh\r\n/);
  assert.match(ended.transcript, /Approved \(once\)/);
  assert.match(await agentRun(world), /fine/);
  assert.match(await agentRun(world), /policy\/approval-required/);
});

Deno.test("ov approve on a terminal shows the request and takes one key, also no and Ctrl-C", async () => {
  await using world = await withKey();
  await agentRun(world);
  const stopped = await world.terminal(["approve"], [
    TYPE_PASSWORD,
    { expect: "Command +sh ok\\.sh.*Allow it: .*\\? $", echo: false, send: "\x03" },
  ]);
  assert.equal(stopped.code, 130, stopped.transcript);
  assert.deepEqual(stopped.after, stopped.before);
  assert.equal((await approvals(world)).pending.length, 1);
  const denied = await world.terminal(["approve"], [
    TYPE_PASSWORD,
    { expect: "Allow it: .*\\? $", echo: false, send: "n" },
  ]);
  assert.equal(denied.code, 0, denied.transcript);
  assert.match(denied.transcript, /Denied: API_KEY for sh ok\.sh/);
  assert.deepEqual(denied.after, denied.before);
  assert.deepEqual((await approvals(world)).pending, []);
});

interface Approvals {
  readonly pending: readonly { id: string; client: string; consent: { secrets: string[] } }[];
}

async function approvals(world: World): Promise<Approvals> {
  return await world.json(["approve", "--list"]) as unknown as Approvals;
}
