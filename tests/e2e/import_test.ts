/** `ov import` as a real process: what moves, what stays, and that a failure changes neither file nor vault. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fakeValue, refused, refusedJson } from "./assertions.ts";
import { asOwnerOnly, TYPE_PASSWORD, TYPES_AFTER_A_QUESTION, World } from "./ov.ts";

interface Project {
  readonly text: string;
  readonly values: Readonly<Record<string, string>>;
}

/** The article's file, with values of its own. */
async function project(world: World): Promise<Project> {
  const values = {
    SECRET_API_KEY: fakeValue("api-"),
    DATABASE_URL: `postgres://user:${fakeValue("p")}@db.example/app`,
    STRIPE_SECRET_KEY: fakeValue(),
  };
  const text = `# how the worker talks to the world\r
SECRET_API_KEY="${values.SECRET_API_KEY}"\r
\r
DATABASE_URL=${values.DATABASE_URL}\r
# not secret\r
ENVIRONMENT=development\r
LOG_LEVEL=debug\r
STRIPE_SECRET_KEY='${values.STRIPE_SECRET_KEY}'\r
this line is none\r
`;
  await world.write(".dev.vars", text, 0o640);
  await world.write("wrangler.jsonc", '{\n  // the worker\n  "name": "my-worker"\n}\n');
  return { text, values };
}

const NAMES = ["SECRET_API_KEY", "DATABASE_URL", "STRIPE_SECRET_KEY"];

async function printed(world: World, ...names: readonly string[]): Promise<string> {
  const script = names.map((name) => `printf %s "$${name}" | sha256sum`).join("; ");
  return (await world.ovUnlocked(["run", "--secrets", names.join(","), "--", "sh", "-c", script])).stdout;
}

async function sha256(text: string): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))).toHex();
}

Deno.test("ov import --yes moves secrets into the vault and leaves the settings, comments and order", async () => {
  await using world = await World.withVault();
  const { values } = await project(world);
  const ended = await world.ovUnlocked(["import", ".dev.vars", "--yes"]);
  assert.equal(ended.code, 0, ended.stderr);
  assert.match(ended.stdout, /^Imported 3 of 5 into my-worker\/development \(2 left as settings\)\n/);
  assert.match(ended.stderr, /line 9: /);
  for (const value of Object.values(values)) assert.ok(!(ended.stdout + ended.stderr).includes(value));
  const after = await world.read(".dev.vars");
  for (const value of Object.values(values)) assert.ok(!after.includes(value));
  const kept = [
    "# how the worker",
    "# not secret\r\nENVIRONMENT=development\r\nLOG_LEVEL=debug\r\n",
    "this line is none\r\n",
  ];
  for (const text of kept) assert.ok(after.includes(text), after);
  assert.equal((await Deno.stat(join(world.project, ".dev.vars"))).mode! & 0o777, 0o640);
  // No copy of it is left, by any name.
  for (const [path, base64] of await World.snapshot(world.folder)) {
    const bytes = new TextDecoder("latin1").decode(Uint8Array.fromBase64(base64));
    for (const value of Object.values(values)) assert.ok(!bytes.includes(value), path);
  }
  const hashes = await Promise.all(NAMES.map((name) => sha256(values[name]!)));
  assert.equal(await printed(world, ...NAMES), hashes.map((hash) => `${hash}  -\n`).join(""));
});

Deno.test("ov import asks on a terminal: password, list, rewrite", TYPES_AFTER_A_QUESTION, async () => {
  await using world = await World.withVault();
  const { values } = await project(world);
  const ended = await world.terminal(["import"], [
    TYPE_PASSWORD,
    { expect: "looks like a Stripe key.*STRIPE_SECRET_KEY.*submit", echo: false, send: "\x1b[B\x1b[B\x1b[B " },
    { expect: "LOG_LEVEL", send: "\r" },
    { expect: "Take 4 secrets out of \\.dev\\.vars\\?", send: "\r" },
  ], { columns: 120 });
  assert.equal(ended.code, 0, ended.transcript);
  assert.match(ended.transcript, /Imported 4 of 5 into my-worker\/development \(1 left as settings\)/);
  for (const value of Object.values(values)) assert.ok(!ended.transcript.includes(value));
  assert.deepEqual(ended.after, ended.before);
  assert.doesNotMatch(await world.read(".dev.vars"), /LOG_LEVEL=/);
});

Deno.test("ov import stopped at any question changes neither file nor vault", TYPES_AFTER_A_QUESTION, async () => {
  await using world = await World.withVault();
  const { text } = await project(world);
  const list = { expect: "LOG_LEVEL.*submit", echo: false };
  const scripts = [
    [{ expect: "Password: $", echo: false, send: "\x03" }],
    [TYPE_PASSWORD, { ...list, send: "\x03" }],
    [TYPE_PASSWORD, { ...list, signal: "INT" as const }],
    [TYPE_PASSWORD, { ...list, send: "\r" }, { expect: "Take 3 secrets", echo: false, send: "\x03" }],
  ];
  for (const steps of scripts) {
    const ended = await world.terminal(["import"], steps, { columns: 120 });
    assert.equal(ended.code, 130, ended.transcript);
    assert.deepEqual(ended.after, ended.before);
  }
  assert.equal(await world.read(".dev.vars"), text);
  assert.deepEqual(await filesOf(world), [".dev.vars", "wrangler.jsonc"]);
  assert.deepEqual((await world.json(["app", "list"]))["apps"], [{ name: "default", envs: ["development"] }]);
});

async function filesOf(world: World): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(world.project))).map((entry) => entry.name).sort();
}

Deno.test("ov import --dry-run opens no vault, shows names and changes nothing", async () => {
  await using world = await World.create();
  const { text, values } = await project(world);
  const plan = JSON.parse((await world.ov(["import", "--dry-run", "--json"])).stdout);
  assert.deepEqual(plan.would_import, NAMES);
  assert.deepEqual(plan.target, { app: "my-worker", env: "development" });
  assert.deepEqual(plan.items.map((item: { line: number }) => item.line), [2, 4, 6, 7, 8]);
  assert.deepEqual(plan.notes.map((note: { line: number }) => note.line), [9]);
  for (const value of Object.values(values)) assert.ok(!JSON.stringify(plan).includes(value));
  assert.equal(await world.read(".dev.vars"), text);
  assert.deepEqual(await filesOf(world), [".dev.vars", "wrangler.jsonc"]);
});

Deno.test("ov import without a terminal and without a decision is a usage error that changes nothing", async () => {
  await using world = await World.withVault();
  const { text } = await project(world);
  refusedJson(await world.ovUnlocked(["--json", "import"]), "usage/no-terminal");
  assert.equal(await world.read(".dev.vars"), text);
});

Deno.test("ov import --only and --no-rewrite leave the rest and the file as they are", async () => {
  await using world = await World.withVault();
  const { text } = await project(world);
  const done = await world.json([
    "import",
    "--only",
    "STRIPE_SECRET_KEY",
    "--yes",
    "--no-rewrite",
    "--no-project-file",
  ]);
  assert.deepEqual(done["imported"], [{ name: "STRIPE_SECRET_KEY", version: 1, changed: true, replaced: false }]);
  assert.deepEqual([done["rewritten"], done["project_file_written"]], [false, null]);
  assert.equal(await world.read(".dev.vars"), text);
  refusedJson(await world.ovUnlocked(["--json", "import", "--only", "NOPE"]), "usage/invalid");
  // Again: nothing new, so no new version.
  const again = await world.json(["import", "--only", "STRIPE_SECRET_KEY", "--no-project-file"]);
  assert.deepEqual(again["imported"], [{ name: "STRIPE_SECRET_KEY", version: 1, changed: false, replaced: false }]);
});

const REPLACES = /default\/development holds another value of API_KEY\nhint: .*--app.*--replace/;

Deno.test("a second project without a name of its own takes no value's place unless that is said", async () => {
  await using world = await World.withVault();
  const [first, second] = [fakeValue(), fakeValue()];
  await world.write("one/.dev.vars", `API_KEY=${first}\nONLY_KEY=${first}\n`);
  const text = `API_KEY=${second}\n`;
  const file = await world.write("two/.dev.vars", text);
  await world.json(["import", "--yes"], { cwd: join(world.project, "one") });
  const at = { cwd: join(world.project, "two") };
  const dry = await world.json(["import", "--yes", "--dry-run"], at);
  assert.deepEqual([dry["target_chosen"], dry["would_replace"]], [false, ["API_KEY"]]);
  for (const flags of [["--yes"], ["--all", "--rewrite"], ["--only", "API_KEY"]]) {
    const ended = await world.ovUnlocked(["import", ...flags], at);
    assert.match(ended.stderr, /^API_KEY .*; replaces another value in the vault$/m);
    refused(await world.ovUnlocked(["--quiet", "import", ...flags], at), 7, REPLACES);
  }
  assert.deepEqual([await Deno.readTextFile(file), [...Deno.readDirSync(at.cwd)].length], [text, 1]);
  const shown = async () => await printed(world, "API_KEY");
  assert.equal(await shown(), `${await sha256(first)}  -\n`);

  const named = await world.json(["import", "--yes", "--no-rewrite", "--no-project-file", "--app", "two"], at);
  assert.deepEqual(named["imported"], [{ name: "API_KEY", version: 1, changed: true, replaced: false }]);
  const said = await world.json(["import", "--yes", "--replace"], at);
  assert.deepEqual(said["imported"], [{ name: "API_KEY", version: 2, changed: true, replaced: true }]);
  assert.equal(await shown(), `${await sha256(second)}  -\n`);
  // Its .ov.yaml has chosen the app now, so a changed value follows the file.
  await Deno.writeTextFile(file, `API_KEY=${first}\n`);
  assert.equal((await world.ovUnlocked(["import", "--yes"], at)).code, 0);
  assert.equal(await shown(), `${await sha256(first)}  -\n`);
});

Deno.test("ov import takes the env of the file's name, JSON, stdin and .env, also as ov secret import", async () => {
  await using world = await World.withVault();
  await project(world);
  const value = fakeValue();
  await world.write(".dev.vars.staging", `STAGE_TOKEN=${value}\n`);
  const staging = await world.json(["import", ".dev.vars.staging", "--yes"]);
  assert.deepEqual(staging["target"], { app: "my-worker", env: "staging" });

  await world.write("more.json", JSON.stringify({ JSON_TOKEN: value, PORT: 8080 }));
  const json = await world.json(["secret", "import", "more.json", "--yes", "--app", "default", "--env", "development"]);
  assert.deepEqual([(json["imported"] as { name: string }[]).map((one) => one.name), json["rewritten"]], [
    ["JSON_TOKEN"],
    false,
  ]);
  const stdin = await world.json(["import", "-", "--yes", "--app", "default", "--env", "development"], {
    stdin: `PIPED_TOKEN=${value}\n`,
  });
  assert.deepEqual((stdin["imported"] as { name: string }[]).map((one) => one.name), ["PIPED_TOKEN"]);

  await world.write(".env", `BASE_TOKEN=${value}\nFULL_TOKEN=x-\${BASE_TOKEN}\n`);
  await world.json(["import", ".env", "--all", "--no-project-file", "--app", "default", "--env", "development"]);
  const flags = ["--app", "default", "--env", "development", "run", "--secrets", "FULL_TOKEN"];
  const run = await world.ovUnlocked([...flags, "--", "sh", "-c", 'printf %s "$FULL_TOKEN" | sha256sum']);
  assert.equal(run.stdout, `${await sha256(`x-${value}`)}  -\n`);
});

Deno.test("ov import warns when git does not ignore the file or has it in its history", async () => {
  await using world = await World.withVault();
  await project(world);
  const git = (...args: string[]) =>
    world.run("git", ["-c", "user.name=t", "-c", "user.email=t@example.invalid", ...args]);
  await git("init", "-q");
  const loose = JSON.parse((await world.ov(["import", "--dry-run", "--json"])).stdout);
  assert.match(String(loose.warnings), /ignore/);
  await git("add", ".dev.vars");
  await git("commit", "-qm", "oops");
  const known = JSON.parse((await world.ov(["import", "--dry-run", "--json"])).stdout);
  assert.match(String(known.warnings), /history/);
});

Deno.test("a failed import changes neither file nor vault", async () => {
  await using world = await World.withVault();
  const { text } = await project(world);
  // The folder takes no new file, so the file can not be replaced atomically.
  await Deno.chmod(world.project, 0o500);
  const command = asOwnerOnly(["--password-file", world.passwordFile, "--json", "import", "--yes"]);
  const ended = await world.run(command[0]!, command.slice(1));
  await Deno.chmod(world.project, 0o700);
  assert.notEqual(ended.code, 0);
  assert.match(JSON.parse(ended.stderr).error.code, /^(io|usage)\//);
  assert.equal(await world.read(".dev.vars"), text);
  assert.deepEqual(await filesOf(world), [".dev.vars", "wrangler.jsonc"]);
  assert.deepEqual((await world.json(["app", "list"]))["apps"], [{ name: "default", envs: ["development"] }]);
});

Deno.test("ov import refuses what it can not read, each with one code", async () => {
  await using world = await World.withVault();
  await Deno.mkdir(join(world.project, "folder"));
  await world.write("latin1", new Uint8Array([0x41, 0x3d, 0xe9, 0x0a]));
  await world.write("nested.json", '{"A": {"B": "c"}}');
  for (const file of ["missing", "folder", "latin1", "nested.json"]) {
    refusedJson(await world.ovUnlocked(["--json", "import", file, "--yes"]), "usage/file");
  }
  await world.write("secret", "A_TOKEN=x\n", 0o000);
  const command = asOwnerOnly(["--password-file", world.passwordFile, "--json", "import", "secret", "--yes"]);
  refusedJson(await world.run(command[0]!, command.slice(1)), "usage/file");
});
