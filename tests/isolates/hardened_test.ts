/**
 * Other processes of the same user can not look into a process that holds keys (DESIGN §2): neither its memory nor its
 * environment, and no debugger attaches. Root can: it is not an adversary here, so root's tests look as somebody else.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { ROOT } from "../../scripts/process.ts";
import { ovCommand } from "../e2e/ov.ts";

const LINUX = Deno.build.os === "linux";

/** A user without any right of its own. */
const NOBODY = "65534";

/** What one process of a user can read of another of the same user; each ends 0 when it could. */
const LOOKS: Readonly<Record<string, readonly string[]>> = {
  memory: ["dd", "if=/proc/PID/mem", "of=/dev/null", "bs=1", "count=0"],
  environment: ["cat", "/proc/PID/environ"],
  maps: ["cat", "/proc/PID/maps"],
  "open files": ["ls", "/proc/PID/fd"],
};

/** The command line that runs as an ordinary user without capabilities: this one, or nobody where this one is root. */
function asOrdinaryUser(command: readonly string[]): string[] {
  if (Deno.uid() !== 0) return [...command];
  return [
    "setpriv",
    `--reuid=${NOBODY}`,
    `--regid=${NOBODY}`,
    "--clear-groups",
    "--bounding-set=-all",
    "--",
    ...command,
  ];
}

/** The same user as this one, without any right that root has beside: it can read this project and nobody's else. */
function asPlainSelf(command: readonly string[]): string[] {
  if (Deno.uid() !== 0) return [...command];
  return ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--", ...command];
}

async function run(command: readonly string[], env: Record<string, string> = {}) {
  const { code, stderr } = await new Deno.Command(command[0]!, { args: command.slice(1), env, stdout: "null" })
    .output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

/** Which looks succeed at a process, by its own user. */
async function seen(pid: number, asUser: typeof asOrdinaryUser): Promise<string[]> {
  const found: string[] = [];
  for (const [name, command] of Object.entries(LOOKS)) {
    const { code } = await run(asUser(command.map((word) => word.replace("PID", String(pid)))));
    if (code === 0) found.push(name);
  }
  return found;
}

/** A folder that the ordinary user owns, with a copy of what it must read where it is not this one. */
async function withHome(body: (home: string) => Promise<void>): Promise<void> {
  const home = await Deno.realPath(await Deno.makeTempDir({ prefix: "ov-hardened-" }));
  try {
    if (Deno.uid() === 0) await Deno.chown(home, Number(NOBODY), Number(NOBODY));
    await body(home);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

/** Starts a program and writes to it; gives its process id once it has said something. */
async function started(command: readonly string[], env: Record<string, string>, cwd: string, input = "") {
  const [program, ...args] = command;
  const child = new Deno.Command(program!, { args, env, cwd, stdin: "piped", stdout: "piped", stderr: "piped" })
    .spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  const reader = child.stdout.getReader();
  const { done } = await reader.read();
  const stop = async () => {
    child.kill("SIGKILL");
    await reader.cancel();
    await Promise.all([child.status, writer.abort().catch(() => {}), child.stderr.cancel()]);
  };
  if (done) {
    const said = await new Response(child.stderr).text();
    await Promise.all([reader.cancel(), child.status, writer.abort().catch(() => {})]);
    throw new Error(`it did not start: ${said}`);
  }
  return { pid: child.pid, stop };
}

/** This very Deno and the product, in a place that everybody can read. */
async function readableCopy(home: string): Promise<{ deno: string; main: string }> {
  const deno = join(home, "deno");
  await Deno.copyFile(Deno.execPath(), deno);
  await Deno.chmod(deno, 0o755);
  const main = join(home, "hold.ts");
  // The keeper's own first step, alone: it needs no package and no vault.
  await Deno.writeTextFile(main, await Deno.readTextFile(join(ROOT, "src/keeper/native.ts")));
  await Deno.writeTextFile(
    join(home, "main.ts"),
    `import { C_LIBRARIES, hardenProcess } from "./hold.ts";
const libraries = C_LIBRARIES[Deno.build.os]!;
if (Deno.args[0] === "hardened") console.log(JSON.stringify(hardenProcess(Deno.build.os)));
else console.log("open");
let again = "refused";
try { Deno.dlopen(libraries[0]!, {}); again = "allowed"; } catch { /* as it must be */ }
console.log(again);
setInterval(() => {}, 1000);
`,
  );
  return { deno, main: join(home, "main.ts") };
}

Deno.test({
  name: "hardenProcess() makes memory and environment unreadable to the same user",
  // On other platforms there is no /proc to look through.
  ignore: !LINUX,
  fn: () =>
    withHome(async (home) => {
      const { deno, main } = await readableCopy(home);
      const env = { HOME: home, DENO_DIR: join(home, ".deno"), PLANTED: "1" };
      const command = (how: string) =>
        asOrdinaryUser([deno, "run", "-q", "--allow-ffi", "--allow-env", "--no-config", main, how]);
      const open = await started(command("open"), env, home);
      try {
        // The check of the check: without hardening the same user reads them all.
        assert.deepEqual(await seen(open.pid, asOrdinaryUser), Object.keys(LOOKS));
      } finally {
        await open.stop();
      }
      const hardened = await started(command("hardened"), env, home);
      try {
        assert.deepEqual(await seen(hardened.pid, asOrdinaryUser), []);
      } finally {
        await hardened.stop();
      }
    }),
});

Deno.test({
  name: "hardenProcess() reports what it reached and gives the right to native code up",
  ignore: !LINUX,
  fn: () =>
    withHome(async (home) => {
      const { deno, main } = await readableCopy(home);
      const { stdout } = await new Deno.Command("timeout", {
        args: ["5", deno, "run", "-q", "--allow-ffi", "--no-config", main, "hardened"],
        env: { HOME: home, DENO_DIR: join(home, ".deno") },
        stderr: "null",
      }).output();
      const [report, again] = new TextDecoder().decode(stdout).split("\n");
      assert.deepEqual(JSON.parse(report!), { unreadable: true, noCore: true });
      assert.equal(again, "refused");
    }),
});

const HELLO = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1" } },
};

Deno.test({
  name: "ov mcp is unreadable to the same user, as another program is not",
  ignore: !LINUX,
  fn: async () => {
    const home = await Deno.realPath(await Deno.makeTempDir({ prefix: "ov-hardened-" }));
    try {
      const env = { OV_HOME: join(home, "vault"), OV_PASSWORD_FILE: join(home, "password") };
      const hello = JSON.stringify(HELLO) + "\n";
      const ov = await started(asPlainSelf([...ovCommand(), "mcp"]), env, home, hello);
      // What root's own process tells of its files is decided by their owner, so these are no measure here.
      const measures = (names: readonly string[]) => names.filter((name) => name !== "open files");
      try {
        assert.deepEqual(measures(await seen(ov.pid, asPlainSelf)), []);
      } finally {
        await ov.stop();
      }
      const other = await started(asPlainSelf(["sh", "-c", "echo begun; exec sleep 60"]), env, home);
      try {
        assert.deepEqual(measures(await seen(other.pid, asPlainSelf)), measures(Object.keys(LOOKS)));
      } finally {
        await other.stop();
      }
    } finally {
      await Deno.remove(home, { recursive: true });
    }
  },
});
