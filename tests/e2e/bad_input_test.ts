/** A vault that is wrong, missing, read-only, full or shared: one line, one code, nothing lost. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { fakeValue, refused, refusedJson } from "./assertions.ts";
import { asOwnerOnly, type Ended, ovCommand, World } from "./ov.ts";

Deno.test("without a vault every command that needs one says so", async () => {
  await using world = await World.create();
  const lines = [
    ["secret", "list"],
    ["secret", "set", "A", "--stdin"],
    ["run", "--secrets", "A", "--", "true"],
    ["app", "list"],
    ["policy", "show"],
    ["approve"],
  ];
  await Promise.all(lines.map(async (line) => {
    refusedJson(await world.ovUnlocked(["--json", ...line], { stdin: "x" }), "vault/not-found");
  }));
  refused(await world.ovUnlocked(["secret", "list"]), 5, /none at .*\nhint: .*ov init/);
  await assert.rejects(Deno.stat(world.ovHome), Deno.errors.NotFound);
});

Deno.test("a wrong password is refused, and changes nothing", async () => {
  await using world = await World.withVault();
  await Deno.writeTextFile(world.passwordFile, "not-the-password");
  const ended = await world.ovUnlocked(["--json", "secret", "set", "A", "--stdin"], { stdin: "x" });
  refusedJson(ended, "vault/wrong-password");
  refused(await world.ovUnlocked(["secret", "list"]), 3, /password is wrong/);
});

Deno.test("locked and not allowed to ask is its own error", async () => {
  await using world = await World.withVault();
  refusedJson(await world.ov(["--json", "--non-interactive", "secret", "list"]), "vault/locked");
  refusedJson(await world.ov(["--json", "secret", "list"]), "usage/no-terminal");
});

/** The vault's one database file. */
async function vaultFile(world: World): Promise<string> {
  for await (const entry of Deno.readDir(world.ovHome)) {
    if (entry.isFile && /\.(db|sqlite|vault)$/.test(entry.name)) return join(world.ovHome, entry.name);
  }
  throw new Error("no database in the vault's folder");
}

/** Moves what the write-ahead log holds into the file, so that spoiling the file spoils what is read. */
function foldLog(path: string): void {
  const database = new DatabaseSync(path);
  database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").all();
  database.close();
}

Deno.test("a damaged, truncated, foreign or public vault is refused with its own code, and left as it is", async () => {
  const cases: [string, (path: string) => Promise<void>, RegExp][] = [
    ["truncated", (path) => Deno.truncate(path, 1000), /^vault\/damaged$/],
    ["empty", (path) => Deno.truncate(path, 0), /^vault\/damaged$/],
    ["foreign", (path) => Deno.writeTextFile(path, "SQLite format 4\0 but not really".repeat(500)), /^vault\/damaged$/],
    ["overwritten", async (path) => {
      const bytes = await Deno.readFile(path);
      bytes.fill(0x5a, 4096);
      await Deno.writeFile(path, bytes);
    }, /^vault\/(damaged|tampered)$/],
    ["open to others", (path) => Deno.chmod(path, 0o644), /^vault\/not-private$/],
  ];
  await Promise.all(cases.map(async ([what, spoil, code]) => {
    await using world = await World.withVault();
    const path = await vaultFile(world);
    foldLog(path);
    await spoil(path);
    const before = await Deno.readFile(path);
    for (const line of [["secret", "list"], ["secret", "generate", "A"]]) {
      const ended = await world.ovUnlocked(["--json", ...line]);
      const { error } = JSON.parse(ended.stderr);
      assert.match(error.code, code, `${what}: ${ended.stderr}`);
      assert.ok([4, 6].includes(ended.code));
    }
    assert.deepEqual(await Deno.readFile(path), before, what);
  }));
});

Deno.test("a vault folder that others can enter is refused", async () => {
  await using world = await World.withVault();
  await Deno.chmod(world.ovHome, 0o755);
  refusedJson(await world.ovUnlocked(["--json", "secret", "list"]), "vault/not-private");
});

Deno.test("every flipped bit in the vault's file is refused or harmless, never a wrong value", async () => {
  await using world = await World.withVault();
  const value = fakeValue();
  await world.json(["secret", "set", "KEY", "--stdin"], { stdin: value });
  const path = await vaultFile(world);
  foldLog(path);
  const good = await Deno.readFile(path);
  const command = ["run", "--secrets", "KEY", "--", "sh", "-c", 'printf %s "$KEY" | sha256sum'];
  const right = (await world.ovUnlocked(command)).stdout;
  for (let i = 0; i < Number(Deno.env.get("OV_TEST_DEPTH") ?? "4"); i++) {
    const bytes = new Uint8Array(good);
    const [offset] = crypto.getRandomValues(new Uint32Array(1));
    bytes[offset! % bytes.length]! ^= 1 << (i % 8);
    for (const suffix of ["-wal", "-shm"]) await Deno.remove(path + suffix).catch(() => {});
    await Deno.writeFile(path, bytes);
    const ended = await world.ovUnlocked(command);
    if (ended.code === 0) assert.equal(ended.stdout, right);
    else assert.match(ended.stderr, /^ov: [^\n]+: [^\n]+\n(hint: [^\n]+\n)?$/, `bit at ${offset! % bytes.length}`);
  }
});

Deno.test("a read-only vault folder can be read or is refused, and never written to", async () => {
  await using world = await World.withVault();
  await world.json(["secret", "set", "KEY", "--stdin"], { stdin: fakeValue() });
  const path = await vaultFile(world);
  await Deno.chmod(path, 0o400);
  await Deno.chmod(world.ovHome, 0o500);
  const command = asOwnerOnly(["--password-file", world.passwordFile, "--json", "secret", "generate", "NEW"]);
  const ended = await world.run(command[0]!, command.slice(1));
  await Deno.chmod(world.ovHome, 0o700);
  await Deno.chmod(path, 0o600);
  refusedJson(ended, "io/read-only");
  const listed = (await world.json(["secret", "list"]))["secrets"] as { name: string }[];
  assert.deepEqual(listed.map(({ name }) => name), ["KEY"]);
});

Deno.test("a full disk fails with one line, and the vault still holds what it held", async () => {
  await using world = await World.withVault();
  const value = fakeValue();
  await world.json(["secret", "set", "KEY", "--stdin"], { stdin: value });
  const ended = await onFullDisk(world);
  assert.notEqual(ended.code, 0, ended.stdout);
  const [kept, refusal] = ended.stdout.trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(kept, ["KEY"]);
  assert.equal(refusal, "io/no-space");
});

/**
 * Runs two commands on a file system of its own, so small that the second does not fit, inside a mount namespace.
 * @returns names that are listed afterwards and the code of the refusal, as two lines of JSON, with the refusal's status
 */
async function onFullDisk(world: World): Promise<Ended> {
  const [program, ...args] = ovCommand();
  const ov = [program, ...args, "--password-file", world.passwordFile, "--json"];
  const script = `
mount -t tmpfs -o size=512k,mode=700 tmpfs "$MOUNT" && cp -p "$OV_HOME"/* "$MOUNT"/ && export OV_HOME="$MOUNT" || exit 99
head -c 1m /dev/zero > "$MOUNT/filler" 2>/dev/null
head -c 60000 /dev/urandom | base64 -w0 | head -c 60000 | "$@" secret set NEW --stdin 2> "$ERRORS"; status=$?
rm "$MOUNT/filler"
"$@" secret list | grep -o '"name": "[^"]*"' | cut -d'"' -f4 | sed 's/.*/["&"]/'
grep -o '"code": "[^"]*"' "$ERRORS" | cut -d: -f2
exit $status`;
  const mount = join(world.folder, "mount");
  await Deno.mkdir(mount);
  const env = { MOUNT: mount, ERRORS: join(world.folder, "errors") };
  const namespace = ["--mount", "--map-root-user", "bash", "-c", script, "bash", ...ov];
  const ended = await world.run("unshare", namespace, { env });
  if (ended.code === 99) throw new Error(`this test needs a mount namespace: ${ended.stderr}`);
  return ended;
}

Deno.test("two writers at once lose nothing", async () => {
  await using world = await World.withVault();
  const names = Array.from({ length: 6 }, (_, i) => `KEY_${i}`);
  const ended = await Promise.all(names.map((name) => world.ovUnlocked(["--json", "secret", "generate", name])));
  for (const one of ended) assert.equal(one.code, 0, one.stderr);
  const listed = (await world.json(["secret", "list"]))["secrets"] as { name: string }[];
  assert.deepEqual(listed.map(({ name }) => name), names);
});

Deno.test("a writer killed at any moment leaves a vault that opens", async () => {
  await using world = await World.withVault();
  const began = performance.now();
  await world.json(["secret", "generate", "KEY"]);
  // Moments of a life that is as long as it is on this machine now.
  const lifeMs = performance.now() - began;
  const [program, ...args] = ovCommand();
  for (const part of [0.2, 0.5, 0.75, 0.9]) {
    const child = new Deno.Command(program, {
      args: [...args, "--password-file", world.passwordFile, "secret", "generate", "KEY"],
      clearEnv: true,
      env: world.environment(),
      stdout: "null",
      stderr: "null",
    }).spawn();
    await new Promise((resolve) => setTimeout(resolve, part * lifeMs));
    try {
      child.kill("SIGKILL");
    } catch {
      // It was faster.
    }
    await child.status;
  }
  const { versions } = await world.json(["secret", "history", "KEY"]) as { versions: { version: number }[] };
  assert.deepEqual(versions.map(({ version }) => version), Array.from(versions, (_, i) => versions.length - i));
});
