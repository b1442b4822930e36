import assert from "node:assert/strict";
import { join } from "node:path";
import { DENO_VERSION } from "../../scripts/deno_version.ts";
import { launcher } from "../../scripts/install.ts";
import { ROOT } from "../../scripts/process.ts";

const text = new TextDecoder();

async function inTemporaryFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "ov-install-" }));
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function start(path: string, options: Deno.CommandOptions): Promise<{ code: number; out: string; err: string }> {
  const { code, stdout, stderr } = await new Deno.Command(path, { ...options, stdout: "piped", stderr: "piped" })
    .output();
  return { code, out: text.decode(stdout), err: text.decode(stderr) };
}

async function executable(path: string, content: string): Promise<void> {
  await Deno.writeTextFile(path, content);
  await Deno.chmod(path, 0o755);
}

/** A source tree whose folder has a quote and a space in its name, and whose program says how it was started. */
async function fakeSource(folder: string): Promise<string> {
  const root = join(folder, "it's a source");
  await Deno.mkdir(root);
  const permissions = { default: { read: ["."], env: ["OV_SEEN"] } };
  await Deno.writeTextFile(join(root, "deno.json"), JSON.stringify({ permissions }));
  await Deno.writeTextFile(join(root, "deno.lock"), `{"version":"5"}`);
  await Deno.writeTextFile(
    join(root, "main.ts"),
    `const state = (name) => Deno.permissions.querySync({ name }).state;
     console.log(JSON.stringify({ args: Deno.args, net: state("net"), run: state("run"), seen: Deno.env.get("OV_SEEN") }));
     Deno.exit(7);`,
  );
  return root;
}

Deno.test("launcher() starts the source from anywhere with its arguments, permissions and exit status", async () => {
  await inTemporaryFolder(async (folder) => {
    const ov = join(folder, "ov");
    await executable(ov, launcher(await fakeSource(folder), Deno.execPath()));
    // A project that would like to be the configuration, and that no `ov` may take anything from.
    const project = join(folder, "project");
    await Deno.mkdir(project);
    const hostile = { permissions: { default: { net: true, run: true } }, imports: { x: "./nowhere.ts" } };
    await Deno.writeTextFile(join(project, "deno.json"), JSON.stringify(hostile));
    await Deno.writeTextFile(join(project, "package.json"), "not even JSON");
    await Deno.writeTextFile(join(project, ".env"), "OV_SEEN=from-the-project\n");
    const { code, out, err } = await start(ov, { args: ["secret", "set", "a b", "--", "-x", "$HOME"], cwd: project });
    assert.equal(err, "");
    assert.equal(code, 7);
    assert.deepEqual(JSON.parse(out), {
      args: ["secret", "set", "a b", "--", "-x", "$HOME"],
      net: "prompt",
      run: "prompt",
    });
  });
});

Deno.test("launcher() keeps NODE_OPTIONS from the runtime, and hands it on for the commands", async () => {
  await inTemporaryFolder(async (folder) => {
    const ov = join(folder, "ov");
    const hook = join(folder, "hook.cjs");
    await Deno.writeTextFile(hook, "console.log('hooked');");
    await executable(ov, launcher(await fakeSource(folder), Deno.execPath()));
    const env = { NODE_OPTIONS: `--require ${hook}`, DENO_V8_FLAGS: "--trace" };
    const { code, out, err } = await start(ov, { args: ["status"], env });
    assert.deepEqual([code, err], [7, ""]);
    assert.ok(!out.includes("hooked"), out);
    assert.deepEqual(JSON.parse(out).args, ["status"]);
  });
});

Deno.test("launcher() takes the pinned Deno from npx when the one that installed it is gone or another version", async () => {
  await inTemporaryFolder(async (folder) => {
    const root = await fakeSource(folder);
    await executable(join(folder, "npx"), `#!/bin/sh\nprintf '%s\\n' "$@"\n`);
    await executable(join(folder, "deno-old"), `#!/bin/sh\necho "deno 2.1.0"\n`);
    for (const deno of [join(folder, "gone"), join(folder, "deno-old")]) {
      const ov = join(folder, "ov");
      await executable(ov, launcher(root, deno));
      const { code, out } = await start(ov, { args: ["status", "a b"], env: { PATH: `${folder}:/usr/bin:/bin` } });
      assert.equal(code, 0);
      const words = out.trimEnd().split("\n");
      assert.deepEqual(words.slice(0, 3), ["-y", `deno@${DENO_VERSION}`, "run"]);
      assert.deepEqual(words.slice(-3), [join(root, "main.ts"), "status", "a b"]);
    }
  });
});

Deno.test("launcher() says so when its source is gone", async () => {
  await inTemporaryFolder(async (folder) => {
    await executable(join(folder, "ov"), launcher(join(folder, "gone"), Deno.execPath()));
    const { code, err } = await start(join(folder, "ov"), { args: ["status"] });
    assert.equal(code, 1);
    assert.match(err, /^ov: its source is gone: .*\n$/);
  });
});

Deno.test("install puts an ov that starts into an empty home", async () => {
  await inTemporaryFolder(async (home) => {
    // The cache stays where it is: a test downloads nothing.
    const cache = JSON.parse((await start(Deno.execPath(), { args: ["info", "--json"] })).out).denoDir;
    const env = { HOME: home, PATH: "/usr/bin:/bin", DENO_DIR: cache, NO_COLOR: "1" };
    const installed = await start(Deno.execPath(), {
      args: ["run", "-A", join(ROOT, "scripts/install.ts")],
      cwd: home,
      env,
      clearEnv: true,
    });
    assert.equal(installed.code, 0, installed.err);
    assert.match(installed.out, /runs from the source in .*is not in PATH yet/s);
    const ov = join(home, ".local/bin/ov");
    assert.equal((await Deno.stat(ov)).mode! & 0o777, 0o755);
    const { code, out, err } = await start(ov, { args: ["--version"], cwd: home, env, clearEnv: true });
    assert.equal(err, "");
    assert.equal(code, 0);
    assert.match(out, /\d+\.\d+\.\d+/);
  });
});
