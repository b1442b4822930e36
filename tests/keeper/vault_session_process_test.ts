/** Vault sessions in processes of their own: several at once, killed at any moment, on a full and on a read-only disk. */
import assert from "node:assert/strict";
import { Secret } from "../../src/base/mod.ts";
import { FIRST_ENV, VaultSession } from "../../src/keeper/vault_session.ts";

const CHILD = new URL("./vault_session_child.ts", import.meta.url).pathname;
const password = Secret.fromText("password", "fake password");
const kdf = { memoryKib: 19_456, passes: 2, parallelism: 1 };
const now = () => Date.now();
const rounds = Number(Deno.env.get("OV_TEST_DEPTH") ?? 1) * 6;

function childArgs(...args: string[]): string[] {
  return ["run", "-A", "--quiet", CHILD, ...args];
}

async function run(...args: string[]): Promise<string[]> {
  const output = await new Deno.Command(Deno.execPath(), { args: childArgs(...args), stderr: "inherit" }).output();
  assert.ok(output.success, `${args} ended with ${output.code}`);
  return new TextDecoder().decode(output.stdout).trim().split("\n");
}

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const parent = Deno.makeTempDirSync();
  try {
    await use(`${parent}/vault`);
  } finally {
    Deno.removeSync(parent, { recursive: true });
  }
}

/** Starts a child, kills it with SIGKILL `afterMs` after its first line, and gives the lines that it said. */
async function runAndKill(afterMs: number, ...args: string[]): Promise<string[]> {
  const child = new Deno.Command(Deno.execPath(), { args: childArgs(...args), stdout: "piped" }).spawn();
  let text = "";
  let timer: ReturnType<typeof setTimeout> | undefined;
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    timer ??= setTimeout(() => {
      try {
        child.kill("SIGKILL");
      } catch { /* it had ended by itself */ }
    }, afterMs);
  }
  clearTimeout(timer);
  await child.status;
  return text.split("\n").slice(0, -1);
}

Deno.test("VaultSession loses no change when three processes write at once", () =>
  withFolder(async (folder) => {
    (await VaultSession.create({ folder, password, now, kdf })).close();
    const results = await Promise.all(["A", "B", "C"].map((label) => run("contend", folder, label)));
    assert.deepEqual(results, [["done"], ["done"], ["done"]]);
    const session = await VaultSession.open({ folder, password, now });
    assert.equal((await session.listSecrets(FIRST_ENV)).length, 91);
    assert.equal((await session.history(FIRST_ENV, "SHARED"))[0]!.version, 90);
    assert.deepEqual(await session.getDocument("grant", "one"), { uses: 90 });
    assert.deepEqual(await session.verifyAudit(), { entries: 90 });
    const byA = (await session.listAudit()).map(({ entry }) => entry as { by: string; i: number })
      .filter(({ by }) => by === "A").map(({ i }) => i);
    assert.deepEqual(byA, [...Array(30).keys()]);
    session.close();
  }));

Deno.test("VaultSession keeps everything that it had acknowledged when its process is killed", () =>
  withFolder(async (folder) => {
    (await VaultSession.create({ folder, password, now, kdf })).close();
    const expected = new Set<string>();
    for (let round = 0; round < rounds; round++) {
      const said = await runAndKill(5 + 17 * round, "write", folder, `R${round}`);
      assert.ok(said.length > 0 && said.every((line) => /^\d+$/.test(line)), said.at(-1));
      for (const line of said) expected.add(`R${round}_${line}`);
      const [line] = await run("check", folder);
      const { names, audit } = JSON.parse(line!) as { names: string[]; audit: number };
      for (const name of expected) assert.ok(names.includes(name), `${name} was lost`);
      // One more may have been stored and not said yet; or its audit record was not.
      for (const name of names) expected.add(name);
      assert.ok(names.length - audit >= 0 && names.length - audit <= round + 1, `${names.length} and ${audit}`);
    }
  }));

Deno.test("VaultSession.create() leaves a whole vault or none when its process is killed", async () => {
  for (let round = 0; round < rounds; round++) {
    await withFolder(async (folder) => {
      await runAndKill(round * 25, "create", folder);
      if (VaultSession.exists(folder)) (await VaultSession.open({ folder, password, now })).close();
      else (await VaultSession.create({ folder, password, now, kdf })).close();
    });
  }
});

Deno.test("VaultSession.create() makes one vault when four processes try at once", () =>
  withFolder(async (folder) => {
    const results = await Promise.all([1, 2, 3, 4].map(() => run("create", folder)));
    assert.deepEqual(results.map((lines) => lines.at(-1)).sort(), [
      "ok",
      "vault/exists",
      "vault/exists",
      "vault/exists",
    ]);
    assert.deepEqual([...Deno.readDirSync(folder)].map((entry) => entry.name), ["vault.db"]);
  }));

/** Whether a small disk can be mounted without being root: needs Linux with user namespaces. */
function canMount(): boolean {
  if (Deno.build.os !== "linux") return false;
  try {
    const mount = "mount -t tmpfs none /mnt";
    return new Deno.Command("unshare", { args: ["-rm", "sh", "-c", mount], stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
}

/** Runs a shell script in a mount namespace of its own; `$C` is the child, `$D` a small disk's folder. */
async function onSmallDisk(sizeKib: number, script: string): Promise<string[]> {
  const disk = Deno.makeTempDirSync();
  const mount = `mount -t tmpfs -o size=${sizeKib}k,mode=700 none "$D" && set -e; ${script}`;
  const env = { D: disk, C: [Deno.execPath(), ...childArgs()].join(" ") };
  try {
    const output = await new Deno.Command("unshare", { args: ["-rm", "sh", "-c", mount], env }).output();
    assert.ok(output.success, new TextDecoder().decode(output.stderr));
    return new TextDecoder().decode(output.stdout).trim().split("\n");
  } finally {
    Deno.removeSync(disk);
  }
}

const mountable = { ignore: !canMount() };

Deno.test("VaultSession is io/no-space and loses nothing when the disk fills up", mountable, async () => {
  const lines = await onSmallDisk(1_500, `$C create "$D/v"; $C write "$D/v" FULL; rm -f "$D/x"; $C check "$D/v"`);
  assert.equal(lines[1], "ok");
  const stored = lines.slice(2, -2);
  assert.ok(stored.length > 5);
  assert.equal(lines.at(-2), "io/no-space");
  const { names, audit } = JSON.parse(lines.at(-1)!) as { names: string[]; audit: number };
  for (const line of stored) assert.ok(names.includes(`FULL_${line}`), `FULL_${line} was lost`);
  assert.ok(audit >= stored.length);
});

Deno.test("VaultSession.create() is io/no-space and leaves nothing when the disk is full", mountable, async () => {
  const lines = await onSmallDisk(
    64,
    `dd if=/dev/zero of="$D/x" bs=1k count=60 2>/dev/null; $C create "$D/v"; ls -A "$D/v"`,
  );
  assert.deepEqual(lines, ["creating", "io/no-space"]);
});

Deno.test("VaultSession is io/read-only when the folder cannot be written", mountable, async () => {
  const lines = await onSmallDisk(
    4_096,
    `$C create "$D/v"; mount -o remount,ro "$D"; $C open-fails "$D/v"; $C create "$D/new"`,
  );
  assert.deepEqual(lines.slice(1), ["ok", "io/read-only", "io/read-only", "creating", "io/read-only"]);
});
