/**
 * A debugger on `ov`, as an ordinary user: root here gives up every capability first, so that the kernel asks the same
 * questions of it. A process of the same user that is not `ov` can be read, which shows that it is `ov` that can not.
 */
import assert from "node:assert/strict";
import { hasProgram } from "../agent/tmux.ts";
import { ovCommand } from "../e2e/ov.ts";
import { startLines } from "../mcp/servers.ts";
import { Attacked, NAME } from "./attacked.ts";

const linux = Deno.build.os === "linux";
const gdb = await hasProgram("gdb", "--version");

/** The command, with no capability left. */
function ordinary(...command: readonly string[]): string[] {
  if (Deno.uid() !== 0) return [...command];
  return ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs", ...command];
}

/** What the attacker finds out about a process by each way; empty where it is refused. */
async function look(at: Attacked, pid: number): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const ways: Record<string, string> = {
    environ: `cat /proc/${pid}/environ`,
    maps: `cat /proc/${pid}/maps`,
    mem:
      `dd if=/proc/${pid}/mem bs=1 count=1 skip=$(printf %d 0x$(head -1 /proc/${pid}/maps | cut -d- -f1)) 2>/dev/null`,
    cwd: `readlink /proc/${pid}/cwd`,
    ...(gdb
      ? {
        gdb: `gdb -p ${pid} -batch -ex 'info proc mappings' 2>/dev/null | grep -a 0x`,
        core: `cd ${at.world.folder}; gcore -o core ${pid} >/dev/null 2>&1; cat core.${pid}`,
      }
      : {}),
  };
  for (const [way, script] of Object.entries(ways)) {
    const [program, ...args] = ordinary("sh", "-c", script);
    found[way] = (await at.world.run(program!, args)).stdout;
  }
  return found;
}

Deno.test({
  name: "a debugger, /proc/PID/mem and /proc/PID/environ show nothing of a process of ov that has the vault open",
  ignore: !linux,
  fn: async () => {
    await using at = await Attacked.start();
    const victim = ordinary("sleep", "60");
    const other = new Deno.Command(victim[0]!, { args: victim.slice(1), stdin: "null" }).spawn();
    const [program, ...args] = ordinary(...ovCommand(), "--password-file", at.world.passwordFile, "mcp");
    const server = startLines({ command: program!, args, cwd: at.world.project, env: at.world.environment() });
    try {
      await server.client.initialize({});
      assert.equal((await server.client.tool("vault_secret_exists", { name: NAME })).structuredContent.exists, true);
      for (const [way, text] of Object.entries(await look(at, other.pid))) {
        assert.notEqual(text, "", `${way} must work where nothing is hidden`);
      }
      for (const [way, text] of Object.entries(await look(at, server.process.pid))) assert.equal(text, "", way);
    } finally {
      other.kill("SIGKILL");
      await other.status;
      await server.client.close();
      await server.process.status;
      await server.stderr;
    }
  },
});

Deno.test({
  name: "a debugger shows nothing of the agent that keeps the vault open in the background",
  ignore: !linux,
  fn: async () => {
    await using at = await Attacked.start();
    const [program, ...args] = ordinary(...ovCommand(), "--password-file", at.world.passwordFile, "unlock");
    assert.equal((await at.world.run(program!, args)).code, 0);
    const { agent } = await at.world.json(["agent", "status"]) as { agent: { pid: number } };
    for (const [way, text] of Object.entries(await look(at, agent.pid))) assert.equal(text, "", way);
  },
});
