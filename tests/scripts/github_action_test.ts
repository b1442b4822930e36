/**
 * The composite action, step by step as a runner takes it: each with the variables that `action.yml` gives it, its stdout
 * read as the runner reads it, the command files between them. The binary is a starter of `ov` from source.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fakeValue } from "../e2e/assertions.ts";
import { ovCommand, TYPE_PASSWORD, World } from "../e2e/ov.ts";
import { Runner } from "../runner/github.ts";

const FOLDER = fileURLToPath(new URL("../../scripts/github-action/", import.meta.url));
const ACTION = Deno.readTextFileSync(join(FOLDER, "action.yml"));

interface StepEnded {
  readonly code: number;
  readonly stderr: string;
}

/** One job: a checked-out repository with a bundle, and a runner. */
class Job {
  readonly runner = new Runner();
  readonly inputs: Record<string, string> = {};
  readonly #world: World;
  readonly #files: string;

  private constructor(world: World, files: string) {
    this.#world = world;
    this.#files = files;
  }

  static async prepare(world: World, secrets: Record<string, string>, ...create: string[]): Promise<Job> {
    for (const [name, value] of Object.entries(secrets)) {
      await world.json(["secret", "set", name, "--stdin"], { stdin: value });
    }
    const line = ["machine-key", "create", "ci", "--commands", "sh test.sh", "--output", "../ci.key", ...create];
    const made = await world.terminal(line, [TYPE_PASSWORD]);
    assert.equal(made.code, 0, made.transcript);
    await world.json(["export", "--bundle", "ci.bundle"]);
    const files = join(world.folder, "runner");
    await Deno.mkdir(join(files, "temp"), { recursive: true });
    for (const name of ["path", "env", "summary"]) await Deno.writeTextFile(join(files, name), "");
    const starter = `#!/bin/sh\nexec ${ovCommand().map((word) => `'${word}'`).join(" ")} "$@"\n`;
    await Deno.writeTextFile(join(files, "starter"), starter, { mode: 0o755 });
    const job = new Job(world, files);
    Object.assign(job.inputs, {
      "binary": join(files, "starter"),
      "sha256": await sha256(new TextEncoder().encode(starter)),
      "bundle": "ci.bundle",
      "secrets": Object.keys(secrets).join(","),
      "machine-key": (await Deno.readFile(join(world.folder, "ci.key"))).toBase64(),
      "command": "sh test.sh",
    });
    return job;
  }

  /** Runs a step as `action.yml` says it. */
  async step(name: string): Promise<StepEnded> {
    const part = ACTION.split(/\n {4}- /).find((text) => text.startsWith(`name: ${name}\n`))!;
    const script = /run: '"\$GITHUB_ACTION_PATH\/(\w+\.sh)"'/.exec(part)![1]!;
    const given = [...part.matchAll(/^ {8}(\w+): \$\{\{ inputs\.([a-z0-9-]+) \}\}$/gm)];
    const path = (await this.file("path")).trim();
    const env = {
      PATH: `${path === "" ? "" : `${path}:`}${Deno.env.get("PATH")}`,
      OV_HOME: join(this.#world.folder, "nowhere"),
      GITHUB_ACTIONS: "true",
      GITHUB_PATH: join(this.#files, "path"),
      GITHUB_ENV: join(this.#files, "env"),
      GITHUB_STEP_SUMMARY: join(this.#files, "summary"),
      RUNNER_TEMP: join(this.#files, "temp"),
      ...Object.fromEntries(given.map(([, variable, input]) => [variable!, this.inputs[input!] ?? ""])),
    };
    const { code, stdout, stderr } = await this.#world.run("bash", [join(FOLDER, script)], { env });
    this.runner.print(stdout);
    return { code, stderr };
  }

  file(name: string): Promise<string> {
    return Deno.readTextFile(join(this.#files, name));
  }
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

Deno.test("the action installs, masks and runs; neither log nor summary nor command file holds a value", async () => {
  await using world = await World.withVault();
  const [value, line] = [fakeValue(), fakeValue("second-line-")];
  const secrets = { API_KEY: value, PEM: `${fakeValue("first-line-")}\n}\n${line}\n` };
  const job = await Job.prepare(world, secrets, "--allow-export");
  await world.write("test.sh", 'echo "$API_KEY" | base64\necho "key $API_KEY"\nexit 3\n');
  assert.deepEqual(await job.step("Install ov"), { code: 0, stderr: "" });
  assert.deepEqual(await job.step("Register the values as masked"), { code: 0, stderr: "" });
  assert.equal(job.runner.log, "");
  const ran = await job.step("Run");
  assert.deepEqual([ran.code, ran.stderr], [3, ""]);
  assert.match(job.runner.log, /key \[ov:API_KEY\]/);
  // A later step that prints a value, or one line of one, which ov has no part in.
  job.runner.print(`oops ${value}\n}\n${line}`);
  assert.match(job.runner.log, /oops \*\*\*\n}\n\*\*\*\n$/);
  assert.match(await job.file("summary"), /status 3:\n\n- `API_KEY`\n- `PEM`\n$/);
  for (const text of [job.runner.log, await job.file("summary"), await job.file("env"), await job.file("path")]) {
    for (const part of [value, line, btoa(value).slice(0, 16), job.inputs["machine-key"]!]) {
      assert.ok(!text.includes(part), text);
    }
  }
});

Deno.test("the action starts nothing whose SHA-256 is another, and leaves nothing on the PATH", async () => {
  await using world = await World.withVault();
  const job = await Job.prepare(world, { API_KEY: fakeValue() });
  const good = job.inputs["sha256"]!;
  for (
    const [sha, said] of [["0".repeat(64), /its SHA-256 is/], [good.toUpperCase(), /64 lower-case/], [
      "",
      /64 lower-case/,
    ]] as const
  ) {
    job.inputs["sha256"] = sha;
    const { code, stderr } = await job.step("Install ov");
    assert.equal(code, 1);
    assert.match(stderr, said);
    assert.equal(stderr.trimEnd().split("\n").length, 1);
  }
  job.inputs["sha256"] = good;
  job.inputs["binary"] = "/none";
  assert.equal((await job.step("Install ov")).code, 1);
  assert.equal(await job.file("path"), "");
});

Deno.test("the action's words are no shell's, and what is not listed does not run", async () => {
  await using world = await World.withVault();
  const job = await Job.prepare(world, { API_KEY: fakeValue() });
  await world.write("test.sh", "echo ran\n");
  await job.step("Install ov");
  const masks = await job.step("Register the values as masked");
  assert.match(masks.stderr, /may not/);
  assert.deepEqual([masks.code, job.runner.masks], [4, []]);
  for (const command of ["sh test.sh; touch planted", "sh test.sh $(touch planted)", "sh test.sh && env", "env"]) {
    job.inputs["command"] = command;
    assert.equal((await job.step("Run")).code, 4, command);
  }
  job.inputs["command"] = "sh test.sh\ntouch planted";
  assert.equal((await job.step("Run")).code, 2);
  await assert.rejects(world.read("planted"), Deno.errors.NotFound);
  job.inputs["command"] = "sh test.sh";
  assert.equal((await job.step("Run")).code, 0);
  assert.match(job.runner.log, /^ran$/m);
});

Deno.test("action.yml writes no input into a script", () => {
  for (const line of ACTION.split("\n")) {
    if (line.includes("${{")) {
      assert.match(line, /^ {8}(?:OV_MACHINE_KEY|OV_ACTION_[A-Z0-9]+): \$\{\{ inputs\.[a-z0-9-]+ \}\}$/);
    }
  }
});
