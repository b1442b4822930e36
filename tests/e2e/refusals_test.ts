/** What a newcomer types wrong, and where the machine gives out: one line of their own words, and what to do. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fakeValue, refused } from "./assertions.ts";
import { ovCommand, TYPE_PASSWORD, World } from "./ov.ts";

Deno.test("without a terminal the hint names what can be done there, and no password file where none counts", async () => {
  await using world = await World.withVault();
  refused(await world.ov(["secret", "list"]), 2, /this process has no terminal\nhint: .*--password-file/);
  refused(await world.ov(["run", "--secrets", "A", "--", "true"]), 2, /hint: .*--password-file/);
  for (
    const line of [["secret", "get", "A"], ["policy", "set", "open"], ["run", "--raw", "--secrets", "A", "--", "true"]]
  ) {
    refused(
      await world.ovUnlocked(line),
      2,
      /no terminal\nhint: This needs the password typed on a terminal, always\.$/m,
    );
  }
  refused(await world.ovUnlocked(["secret", "set", "A"]), 2, /hint: Give the value with --stdin or --file FILE\.$/m);
  refused(await world.ovUnlocked(["secret", "set", "--stdin"]), 2, /missing required argument 'name'/);
});

Deno.test("what is too long or too much is refused in words, not by the names of fields", async () => {
  await using world = await World.withVault();
  await world.json(["secret", "set", "KEY", "--stdin"], { stdin: fakeValue() });
  const run = ["run", "--secrets", "KEY"];
  refused(
    await world.ovUnlocked([...run, "--timeout", "9999d", "--", "true"]),
    2,
    /"9999d" is too long\nhint: At most 24d/,
  );
  refused(await world.ovUnlocked(["unlock", "--for", "31d"]), 2, /"31d" is too long\nhint: At most 30d/);
  refused(await world.ovUnlocked(["audit", "--since", "99999999d"]), 2, /is too long/);
  const many = Array<string>(65_537).fill("a");
  refused(await world.ovUnlocked([...run, "--", "true", ...many]), 2, /over 65536 arguments/);
  assert.equal((await world.ovUnlocked([...run, "--", "true", ...many.slice(0, 9000)])).code, 0);
});

Deno.test("a file that can not be written is refused for what it is", async () => {
  await using world = await World.withVault();
  await Deno.mkdir(join(world.project, "folder"));
  refused(await world.ovUnlocked(["backup", "n".repeat(300)]), 2, /the name is too long/);
  refused(await world.ovUnlocked(["export", "--bundle", "folder"]), 2, /it is a folder/);
  refused(await world.ovUnlocked(["export", "--bundle", "no/such/x"]), 2, /no such file or folder/);
  await world.write("file", "");
  const env = { OV_HOME: join(world.project, "file") };
  refused(await world.ovUnlocked(["init"], { env }), 1, /a file stands where its folder must be\nhint: .*OV_HOME/);
});

Deno.test("a home whose folders can not be made is refused by name, and nothing is removed from it", async () => {
  await using world = await World.withVault();
  await Deno.writeTextFile(join(world.home, ".config"), "");
  refused(
    await world.ovUnlocked(["agent", "install"]),
    2,
    /Cannot make .*\/\.config\/.*: what it lies in is no folder/,
  );
  assert.equal((await world.ovUnlocked(["agent", "uninstall"])).code, 0);
  const env = { OV_HOME: "" };
  await world.ovUnlocked(["init"], { env });
  refused(
    await world.ovUnlocked(["app", "use", "default"], { env }),
    2,
    /Cannot make .*: what it lies in is no folder/,
  );
});

Deno.test("ov export --bundle makes the folder that the README writes it into", async () => {
  await using world = await World.withVault();
  const done = await world.json(["export", "--bundle", ".ov/ci.bundle"]);
  assert.equal(done["output"], join(world.project, ".ov/ci.bundle"));
  assert.match(await world.read(".ov/ci.bundle"), /^\{/);
});

Deno.test("a job with a machine key and no vault is told of the bundle, and which one is not there", async () => {
  await using world = await World.withVault();
  const env = { OV_HOME: join(world.folder, "nowhere"), OV_MACHINE_KEY: new Uint8Array(32).toBase64() };
  refused(
    await world.ov(["run", "--secrets", "A", "--", "true"], { env }),
    5,
    /there is none at .*\nhint: .*--bundle FILE/,
  );
  const named = ["run", "--bundle", "gone.bundle", "--secrets", "A", "--", "true"];
  refused(await world.ov(named, { env }), 2, /gone\.bundle: no such file/);
});

Deno.test("ov import --dry-run does not say whether an env exists that it did not look for", async () => {
  await using world = await World.withVault();
  await world.write(".dev.vars", "API_KEY=abcdefgh12345678\n");
  const shown = JSON.parse((await world.ov(["--json", "import", ".dev.vars", "--dry-run"])).stdout);
  assert.deepEqual([shown.target_exists, shown.would_replace], [null, null]);
  const ended = await world.ov(["import", ".dev.vars", "--dry-run"]);
  assert.match(ended.stdout, /^Would import 1 of 1 into [a-z-]+\/development: API_KEY$/m);
});

Deno.test("on a disk that is full, unlock and init say so, and a vault that was made is not denied", async () => {
  await using world = await World.withVault();
  const [program, ...args] = ovCommand();
  const mount = join(world.folder, "mount");
  await Deno.mkdir(mount);
  // `fill N` leaves N bytes free.
  const script = `
mount -t tmpfs -o size=2m,mode=700 tmpfs "$MOUNT" || exit 99
fill() { rm -f "$MOUNT/filler"; head -c 4m /dev/zero > "$MOUNT/filler" 2>/dev/null; truncate -s -"$1" "$MOUNT/filler"; }
fill 20000; OV_HOME="$MOUNT/new" "$@" init; echo "init $?" >&2
rm "$MOUNT/filler"; OV_HOME="$MOUNT/new" "$@" status >/dev/null; echo "status $?" >&2
rm -r "$MOUNT/new"; mkdir -m 700 "$MOUNT/v" && cp -p "$OV_HOME"/* "$MOUNT/v/" && export OV_HOME="$MOUNT/v" || exit 99
"$@" secret list >/dev/null
fill 0; "$@" unlock; echo "unlock $?" >&2
rm "$MOUNT/filler"; "$@" unlock >/dev/null; echo "unlock $?" >&2; "$@" lock >/dev/null`;
  const ov = [program, ...args, "--password-file", world.passwordFile];
  const namespace = ["--mount", "--map-root-user", "bash", "-c", script, "bash", ...ov];
  const ended = await world.run("unshare", namespace, { env: { MOUNT: mount } });
  if (ended.code === 99) throw new Error(`this test needs a mount namespace: ${ended.stderr}`);
  assert.match(
    ended.stderr,
    /no space left on the device; the vault itself is made, in .*\nhint: .*\ninit 1\nstatus 0\n/,
  );
  assert.match(ended.stderr, /Cannot start the agent: .*: the disk is full\nhint: .*\nunlock 1\nunlock 0\n$/);
});

Deno.test("ov secret rm and a grant say how long it really is", async () => {
  await using world = await World.withVault();
  await world.json(["secret", "set", "KEY", "--stdin"], { stdin: fakeValue() });
  await world.write("a.js", "1");
  const add = ["grant", "add", "--secrets", "KEY", "--for", "8h", "--", "node", "a.js"];
  assert.match((await world.terminal(add, [TYPE_PASSWORD])).transcript, /ends in 8 hours/);
  assert.match((await world.ovUnlocked(["secret", "rm", "KEY", "--yes"])).stdout, /gone for good in 30 days/);
});
