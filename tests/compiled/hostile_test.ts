/**
 * A hostile npm package in our own front (DESIGN §§2, 12): planted as the first import of the command line, it reaches
 * nothing, and neither a value nor the password ever passes through its hands. From source, and on both programs that
 * the compilers make.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { ROOT } from "../../scripts/process.ts";
import { C_LIBRARIES } from "../../src/keeper/native.ts";
import { compiledTest } from "./base_runtime.ts";
import { buildOlder, buildReal, copyProduct, unpack } from "./build.ts";

/** What the planted module says at the end. */
interface Report {
  readonly attempts: number;
  readonly reached: readonly string[];
  readonly heard: readonly string[];
}

/** A home with a vault to be made in it, a file that the front must not read, and a port that it must not reach. */
class Scene {
  readonly password = `pw-${crypto.randomUUID()}`;
  readonly value = `value-${crypto.randomUUID()}`;
  #server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => new Response("reached"));

  private constructor(readonly folder: string) {}

  static async make(): Promise<Scene> {
    const scene = new Scene(await Deno.realPath(await Deno.makeTempDir({ prefix: "ov-hostile-" })));
    await Deno.writeTextFile(scene.at("other.json"), `"a file of the user's"`);
    await Deno.writeTextFile(scene.at("password"), scene.password + "\n", { mode: 0o600 });
    await Deno.writeTextFile(scene.at("value"), scene.value);
    await Deno.writeTextFile(scene.at("show.mjs"), "console.log(`it is ${process.env.PLANTED_KEY}`);\n");
    return scene;
  }

  at(name: string): string {
    return join(this.folder, name);
  }

  /** Writes the hostile module, with its orders, to `path`. */
  async plant(path: string): Promise<void> {
    const library = C_LIBRARIES[Deno.build.os]?.find(exists) ?? "";
    const orders = { folder: this.folder, port: this.#server.addr.port, library };
    const source = await Deno.readTextFile(join(ROOT, "tests/compiled/hostile_front.ts"));
    await Deno.writeTextFile(path, source.replace(`"ORDERS"`, JSON.stringify(orders)));
  }

  /** The product with the hostile module in its front. */
  async plantedTree(): Promise<string> {
    const tree = await copyProduct();
    await this.plant(join(tree, "src/cli/hostile.ts"));
    const front = join(tree, "src/cli/mod.ts");
    await Deno.writeTextFile(front, `import "./hostile.ts";\n${await Deno.readTextFile(front)}`);
    return tree;
  }

  /** Runs `ov COMMAND [-- PROGRAM]`, and gives what it printed and what the planted module reported. */
  async run(
    ov: readonly string[],
    command: readonly string[],
    program: readonly string[] = [],
  ): Promise<{ code: number; out: string; report: Report }> {
    const tail = program.length === 0 ? [] : ["--", ...program];
    const { code, stdout, stderr } = await new Deno.Command(ov[0]!, {
      args: [...ov.slice(1), ...command, "--non-interactive", "--password-file", this.at("password"), ...tail],
      cwd: this.folder,
      env: { OV_HOME: this.at("home"), OV_TEST_PLANTED: "planted", NO_COLOR: "1" },
      stdin: "null",
      signal: AbortSignal.timeout(60_000),
      stdout: "piped",
      stderr: "piped",
    }).output();
    const out = new TextDecoder().decode(stdout);
    const err = new TextDecoder().decode(stderr);
    const line = /^HOSTILE (.*)$/m.exec(err);
    assert.ok(line !== null, `the planted module reported in ${command.join(" ")}:\n${err}`);
    return { code, out: out + err.replace(line[0], ""), report: JSON.parse(line[1]!) };
  }

  async close(): Promise<void> {
    await this.#server.shutdown();
    await Deno.remove(this.folder, { recursive: true });
  }
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** The session: the vault is made, filled, listed and used. */
const SESSION: readonly { readonly command: readonly string[]; readonly program?: readonly string[] }[] = [
  { command: ["init"] },
  { command: ["secret", "set", "PLANTED_KEY", "--file", "value"] },
  { command: ["secret", "list", "--json"] },
  { command: ["run", "--secrets", "PLANTED_KEY"], program: ["node", "show.mjs"] },
];

/** A whole session with the planted module in the front of every command. */
async function liveThrough(scene: Scene, ov: readonly string[], reached: readonly string[] = []): Promise<void> {
  const forms = [scene.password, scene.value].flatMap((text) => [
    text,
    btoa(text).slice(0, 20),
    [...text].reverse().join(""),
    new TextEncoder().encode(text).toHex(),
  ]);
  for (const { command, program } of SESSION) {
    const said = command.join(" ");
    const { code, out, report } = await scene.run(ov, command, program);
    assert.equal(code, 0, `${said}\n${out}`);
    assert.deepEqual(report.reached, reached, said);
    assert.ok(report.attempts > 30, "the attempts were made");
    for (const form of forms) {
      assert.ok(!report.heard.some((text) => text.includes(form)), `${said}: the front heard ${form}`);
    }
    // The ear works: what the front may know did pass through it.
    if (command[1] === "list") assert.ok(report.heard.some((text) => text.includes("PLANTED_KEY")));
    if (program !== undefined) assert.match(out, /it is \[ov:PLANTED_KEY\]/);
  }
}

async function withScene(run: (scene: Scene, tree: string) => Promise<void>): Promise<void> {
  const scene = await Scene.make();
  const tree = await scene.plantedTree();
  try {
    await run(scene, tree);
  } finally {
    await Deno.remove(tree, { recursive: true });
    await scene.close();
  }
}

Deno.test("the hostile package reaches everything that it tries when it is let", async () => {
  // Else an attempt that is merely broken would look like a refusal.
  await withScene(async (scene) => {
    await scene.plant(scene.at("hostile.ts"));
    await Deno.writeTextFile(scene.at("let.ts"), `await import("./hostile.ts"); Deno.exit(0);`);
    const { stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-config", "--unstable-worker-options", scene.at("let.ts")],
      env: { OV_TEST_PLANTED: "planted" },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
      signal: AbortSignal.timeout(60_000),
    }).output();
    const err = new TextDecoder().decode(stderr);
    const line = /^HOSTILE (.*)$/m.exec(err);
    assert.ok(line !== null, err);
    const report: Report = JSON.parse(line[1]!);
    const missed = report.attempts - report.reached.length;
    assert.ok(report.reached.length > 30, report.reached.join("\n"));
    // A number of a file is a process's own: Deno gives none to code that did not open it, whatever it may.
    assert.deepEqual([missed, report.reached.some((name) => name.startsWith("read any open file"))], [1, false]);
  });
});

Deno.test("a hostile package in the front reaches nothing when ov runs from source", async () => {
  await withScene(async (scene, tree) => {
    const deno = [Deno.execPath(), "run", "-q", "-P", "--no-prompt", "--frozen", "--config", join(tree, "deno.json")];
    await liveThrough(scene, [...deno, join(tree, "main.ts")]);
  });
});

compiledTest("a hostile package in the front reaches nothing but modules when ov is a compiled program", async () => {
  await withScene(async (scene, tree) => {
    await buildOlder(scene.at("ov"), { tree });
    // Not ours to close: the base runtime's module loader reads files without asking for permission, so a hostile package
    // can load a JSON file as data and any other as code. The README says so. No record of the vault is of use that way.
    await liveThrough(scene, [scene.at("ov")], ["import a file: a file of the user's"]);
  });
});

compiledTest("a hostile package in the front reaches nothing in what the pinned compiler embeds", async () => {
  await withScene(async (scene, tree) => {
    await liveThrough(scene, [await unpack(await buildReal(scene.at("ov"), { tree }), scene.at("unpacked"))]);
  });
});
