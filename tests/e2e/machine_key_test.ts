/** Machine keys and bundles as a CI job and a server use them: real processes, no terminal, no vault. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fakeValue, refused, refusedJson } from "./assertions.ts";
import { asOwnerOnly, ovCommand, TYPE_PASSWORD, World } from "./ov.ts";

interface Job {
  readonly world: World;
  readonly value: string;
  readonly key: string;
  readonly bundle: string;
  /** A place where there is no vault. */
  readonly nowhere: Record<string, string>;
}

/** A world with a secret, a key that lists `sh show.sh`, and a bundle, in the project. */
async function job(...more: readonly string[]): Promise<Job> {
  const world = await World.withVault();
  const value = fakeValue();
  await world.json(["secret", "set", "API_KEY", "--stdin"], { stdin: value });
  await world.write("show.sh", 'echo "got $API_KEY"; env | grep -c ^OV_\n');
  const create = ["machine-key", "create", "ci", "--commands", "sh show.sh", "--output", "ci.key", ...more];
  const made = await world.terminal(create, [TYPE_PASSWORD]);
  assert.equal(made.code, 0, made.transcript);
  await world.json(["export", "--bundle", "ci.bundle"]);
  return {
    world,
    value,
    key: join(world.project, "ci.key"),
    bundle: join(world.project, "ci.bundle"),
    nowhere: { OV_HOME: join(world.folder, "nowhere") },
  };
}

const SHOW = ["--secrets", "API_KEY", "--", "sh", "show.sh"];

Deno.test("a job opens a bundle with the key in its environment, and the command sees the secret and not the key", async () => {
  const { world, key, nowhere } = await job();
  await using _ = world;
  const text = (await Deno.readFile(key)).toBase64();
  const env = { ...nowhere, OV_MACHINE_KEY: text, CI: "true" };
  const ended = await world.ov(["run", "--bundle", "ci.bundle", ...SHOW], { env });
  assert.deepEqual([ended.stdout, ended.stderr], ["got [ov:API_KEY]\n0\n", ""]);
  assert.equal(ended.code, 1); // that of grep, which found no variable
  await assert.rejects(Deno.stat(nowhere["OV_HOME"]!), Deno.errors.NotFound);
  const byFile = await world.ov(["run", "--bundle", "ci.bundle", ...SHOW], {
    env: { ...nowhere, OV_MACHINE_KEY_FILE: key },
  });
  assert.equal(byFile.stdout, ended.stdout);
});

Deno.test("a CI job runs a program that others could replace, and says so; a server refuses it", async () => {
  // So are GitHub's runners set up, and GitLab's checkouts: they have no other users.
  const { world, key, nowhere } = await job("--commands", "./tool.sh");
  await using _ = world;
  await world.write("tool.sh", '#!/bin/sh\necho "got $API_KEY"\n');
  await Deno.chmod(join(world.project, "tool.sh"), 0o777);
  const line = ["run", "--bundle", "ci.bundle", "--secrets", "API_KEY", "--", "./tool.sh"];
  const env = { ...nowhere, OV_MACHINE_KEY_FILE: key };
  const ended = await world.ov(line, { env: { ...env, CI: "true" } });
  assert.deepEqual([ended.code, ended.stdout], [0, "got [ov:API_KEY]\n"]);
  assert.match(ended.stderr, /^ov: note: "[^"]+tool\.sh": every user of this machine can write to "[^"]+tool\.sh"\n$/);
  refused(await world.ov(line, { env: { ...env, CI: "" } }), 4, /every user of this machine can write to/);
  // A password is no machine key: a person's run is refused in CI as anywhere.
  const asPerson = ["run", "--secrets", "API_KEY", "--password-file", world.passwordFile, "--", "./tool.sh"];
  refused(await world.ov(asPerson, { env: { CI: "true" } }), 4, /every user of this machine can write to/);
});

Deno.test("a server opens its env of the vault with a key, beside whoever changes it", async () => {
  const { world, value } = await job();
  await using _ = world;
  const line = ["run", "--machine-key", "ci.key", ...SHOW];
  assert.equal((await world.ov(line)).stdout, "got [ov:API_KEY]\n0\n");
  const next = fakeValue();
  await world.json(["secret", "set", "API_KEY", "--stdin"], { stdin: next });
  const ended = await world.ov(line);
  assert.equal(ended.stdout, "got [ov:API_KEY]\n0\n");
  assert.ok(!`${ended.stdout}${ended.stderr}`.includes(value));
  await world.json(["machine-key", "revoke", "ci"]);
  refused(await world.ov(line), 3, /opens nothing here/);
});

Deno.test("a job that lacks something fails with one line, and reads no input", async () => {
  const { world, key, nowhere } = await job();
  await using _ = world;
  const text = (await Deno.readFile(key)).toBase64();
  const run = ["run", "--bundle", "ci.bundle"];
  const table: [readonly string[], Record<string, string>, number, RegExp][] = [
    [[...run, ...SHOW], {}, 3, /no machine key was given/],
    [[...run, ...SHOW], { OV_MACHINE_KEY: "" }, 3, /no machine key was given/],
    [[...run, ...SHOW], { OV_MACHINE_KEY: "truncated" }, 3, /not 32 bytes in base64/],
    [[...run, ...SHOW], { OV_MACHINE_KEY: new Uint8Array(32).toBase64() }, 3, /opens nothing here/],
    [[...run, ...SHOW], { OV_MACHINE_KEY_FILE: "/none" }, 3, /can not be read/],
    [["run", "--bundle", "none", ...SHOW], { OV_MACHINE_KEY: text }, 2, /bundle/],
    [["run", "--bundle", "show.sh", ...SHOW], { OV_MACHINE_KEY: text }, 6, /no bundle/],
    [["run", ...SHOW], { OV_MACHINE_KEY: text }, 5, /vault/],
    [[...run, "--secrets", "NONE", "--", "sh", "show.sh"], { OV_MACHINE_KEY: text }, 5, /has no NONE/],
    [[...run, "--", "sh", "show.sh"], { OV_MACHINE_KEY: text }, 2, /no secrets are named/],
    [[...run, "--secrets", "API_KEY", "--", "sh", "other.sh"], { OV_MACHINE_KEY: text }, 4, /does not list/],
    [[...run, "--secrets", "API_KEY", "--", "no-such-program"], { OV_MACHINE_KEY: text }, 127, /no-such-program/],
    [[...run, "--env", "production", ...SHOW], { OV_MACHINE_KEY: text }, 5, /opens default\/development/],
    [["export", "--plain", "--from-bundle", "ci.bundle"], { OV_MACHINE_KEY: text }, 4, /may not/],
  ];
  for (const [line, env, status, message] of table) {
    const ended = await world.ov(line, { env: { ...nowhere, CI: "true", ...env } });
    refused(ended, status, message);
    assert.ok(!ended.stderr.includes("truncated"));
  }
  // With a terminal, and a vault, too: a CI job may have one, and nobody at it.
  const silent = await world.terminal(["run", ...SHOW], [], { env: { CI: "true" } });
  assert.match(silent.transcript, /CI is set/);
  assert.equal(silent.code, 3);
});

Deno.test("a key that others can read is refused, and so is another user's", async () => {
  const { world, key } = await job();
  await using _ = world;
  await Deno.chmod(key, 0o640);
  const [program, ...args] = asOwnerOnly(["--json", "run", "--machine-key", key, ...SHOW]);
  refusedJson(await world.run(program!, args), "machine-key/unusable");
  await Deno.chmod(key, 0o600);
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return;
  await Deno.chown(key, 65534, 65534);
  refusedJson(await world.ov(["--json", "run", "--machine-key", key, ...SHOW]), "machine-key/unusable");
});

Deno.test("neither a key, nor a file, nor a variable makes a machine key, a raw run, or an export in plain text", async () => {
  const { world, key, value } = await job();
  await using _ = world;
  const env = { OV_MACHINE_KEY_FILE: key, OV_PASSWORD_FILE: world.passwordFile };
  const create = ["--json", "machine-key", "create", "more", "--output", "more.key"];
  refusedJson(await world.ov(create, { env }), "usage/no-terminal");
  refusedJson(await world.ov(["--json", "run", "--raw", ...SHOW], { env }), "policy/denied");
  refusedJson(await world.ov(["--json", "run", "--remember", ...SHOW], { env }), "policy/denied");
  const plain = await world.ov(["--json", "export", "--plain"], { env });
  refusedJson(plain, "policy/denied");
  assert.ok(!`${plain.stdout}${plain.stderr}`.includes(value));
});

Deno.test("the agent lends a machine key nothing: its run obeys the list although the vault is unlocked", async () => {
  const { world, key } = await job();
  await using _ = world;
  const [program, ...args] = ovCommand();
  const unlocked = await world.run(program, [...args, "--password-file", world.passwordFile, "unlock"]);
  assert.equal(unlocked.code, 0, unlocked.stderr);
  try {
    const line = ["run", "--machine-key", key, "--secrets", "API_KEY", "--"];
    assert.equal((await world.ov([...line, "sh", "show.sh"])).stdout, "got [ov:API_KEY]\n0\n");
    refusedJson(await world.ov(["--json", ...line, "sh", "other.sh"]), "policy/denied");
    const bundle = await world.ov(["run", "--bundle", "ci.bundle", ...line.slice(1), "sh", "show.sh"]);
    assert.equal(bundle.stdout, "got [ov:API_KEY]\n0\n");
  } finally {
    await world.ov(["agent", "stop"]);
  }
});
