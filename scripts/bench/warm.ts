/**
 * What a warm `vault_run` costs over a bare spawn of the same program: calls on a connection that is open, in turn with
 * the bare program, so that the machine's mood falls on all alike. Through the agent, and with the keeper of `ov mcp`
 * itself. Beside them what one durable write costs on this disk: a run is in the log before it begins, so no call can be
 * faster than that. A number here is a report, never a test.
 */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { ovCommand, TYPE_PASSWORD, World } from "../../tests/e2e/ov.ts";

const RUNS = Number(Deno.args[0] ?? "200");
const WARM_UP = 10;
const NAME = "API_TOKEN";

const world = await World.withVault();
try {
  await world.ovUnlocked(["secret", "set", NAME, "--stdin"], { stdin: `tok-${crypto.randomUUID()}` });
  const granted = await world.terminal(["grant", "add", "--secrets", NAME, "--", "true"], [TYPE_PASSWORD]);
  if (granted.code !== 0) throw new Error(granted.transcript);
  const own = await connect(["--password-file", world.passwordFile]);
  const unlocked = await world.ovUnlocked(["unlock"]);
  if (unlocked.code !== 0) throw new Error(unlocked.stderr);
  const lent = await connect([]);
  const commit = durableWrite(join(world.folder, "commit.db"));

  const contestants: readonly (readonly [name: string, run: () => unknown])[] = [
    ["a bare spawn", bareSpawn],
    ["vault_run, with the agent", () => vaultRun(lent)],
    ["vault_run, with a keeper of its own", () => vaultRun(own)],
    ["one durable write", commit],
  ];
  const times = contestants.map((): number[] => []);
  for (let round = -WARM_UP; round < RUNS; round++) {
    for (const [i, [, run]] of contestants.entries()) {
      const begin = performance.now();
      await run();
      if (round >= 0) times[i]!.push(performance.now() - begin);
    }
  }
  await lent.close();
  await own.close();

  const middles = times.map((list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)]!);
  console.log(`${RUNS} warm calls of each, in turn, ${Deno.env.get("OV_BINARY") ? "the binary" : "ov from source"}:`);
  for (const [i, [name]] of contestants.entries()) {
    const over = i === 1 || i === 2 ? `, ${ms(middles[i]! - middles[0]!)} over a bare spawn` : "";
    console.log(`  ${name.padEnd(37)}${ms(times[i]![0]!)} at best, ${ms(middles[i]!)} in the middle${over}`);
  }
} finally {
  await world.ov(["agent", "stop"]);
  await world[Symbol.asyncDispose]();
}

async function bareSpawn(): Promise<void> {
  const { code } = await new Deno.Command("true", {
    cwd: world.project,
    clearEnv: true,
    env: world.environment(),
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).output();
  if (code !== 0) throw new Error(`true ended with ${code}`);
}

async function connect(options: readonly string[]): Promise<Client> {
  const [command, ...args] = ovCommand();
  const client = new Client({ name: "bench", version: "1.0.0" });
  const env = world.environment();
  await client.connect(
    new StdioClientTransport({ command, args: [...args, ...options, "mcp"], cwd: world.project, env }),
  );
  return client;
}

async function vaultRun(client: Client): Promise<void> {
  const result = await client.callTool({ name: "vault_run", arguments: { command: ["true"], secrets: [NAME] } });
  if (result.isError === true) throw new Error(JSON.stringify(result.content));
}

/** A commit of one small row, as durable as the vault's own. */
function durableWrite(path: string): () => void {
  const database = new DatabaseSync(path);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (v INTEGER)");
  const insert = database.prepare("INSERT INTO t (v) VALUES (1)");
  return () => insert.run();
}

function ms(time: number): string {
  return `${time.toFixed(1)} ms`;
}
