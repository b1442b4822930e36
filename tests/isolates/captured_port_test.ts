/**
 * A hostile npm package that speaks to the keeper itself (DESIGN §2): it gets no further than the subcommand's own
 * operations, and none of these starts another command, takes another password file, or gives a value away.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { ROOT } from "../../scripts/process.ts";
import { copyProduct } from "../compiled/build.ts";
import { GOOD, OPERATIONS } from "../keeper/good_params.ts";
import { ROLES } from "../keeper/role_table.ts";

interface Order {
  readonly op: string;
  readonly params: unknown;
}

interface Report {
  readonly answers: readonly { readonly op: string; readonly answer: Answer }[];
  readonly overheard: readonly unknown[];
}

// deno-lint-ignore no-explicit-any
type Answer = any;

const VALUE = ["fake", "value", crypto.randomUUID()].join("-");

/** A home with a vault that holds `PLANTED_KEY`, and a tree of the product to plant in. */
class Scene implements AsyncDisposable {
  readonly password = `pw-${crypto.randomUUID()}`;

  private constructor(readonly folder: string, readonly tree: string) {}

  static async make(): Promise<Scene> {
    const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "ov-captured-" }));
    const scene = new Scene(folder, await copyProduct());
    await Deno.writeTextFile(scene.at("password"), scene.password, { mode: 0o600 });
    await Deno.copyFile(scene.at("password"), scene.at("other-password"));
    await Deno.writeTextFile(scene.at("value"), VALUE);
    const front = join(scene.tree, "src/cli/mod.ts");
    await scene.run(["init"]);
    await scene.run(["secret", "set", "PLANTED_KEY", "--file", "value"]);
    await Deno.writeTextFile(front, `import "./hostile.ts";\n${await Deno.readTextFile(front)}`);
    return scene;
  }

  at(name: string): string {
    return join(this.folder, name);
  }

  async run(command: readonly string[], tail: readonly string[] = []) {
    const config = join(this.tree, "deno.json");
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-q", "-P", "--no-prompt", "--frozen", "--config", config, join(this.tree, "main.ts")],
        ...[...command, "--non-interactive", "--password-file", this.at("password"), ...tail],
      ],
      cwd: this.folder,
      env: { OV_HOME: this.at("home"), NO_COLOR: "1" },
      stdin: "null",
      signal: AbortSignal.timeout(120_000),
    }).output();
    const text = new TextDecoder();
    return { code, out: text.decode(stdout), err: text.decode(stderr) };
  }

  /** Runs a command with the hostile package in its front; gives what that was told. */
  async attack(orders: readonly Order[], command: readonly string[], tail: readonly string[] = []): Promise<Report> {
    const source = await Deno.readTextFile(join(ROOT, "tests/isolates/hostile_caller.ts"));
    await Deno.writeTextFile(join(this.tree, "src/cli/hostile.ts"), source.replace(`"ORDERS"`, JSON.stringify(orders)));
    const { out, err } = await this.run(command, tail);
    const line = /^HOSTILE (.*)$/m.exec(err);
    assert.ok(line !== null, `the planted package reported in ${command.join(" ")}:\n${err}`);
    for (const text of [out, err]) {
      for (const secret of [VALUE, btoa(VALUE).slice(0, 30), this.password]) {
        assert.ok(!text.includes(secret), `${command.join(" ")} gave ${secret} away`);
      }
    }
    const report: Report = JSON.parse(line[1]!);
    assert.equal(report.answers.length, orders.length);
    return report;
  }

  async [Symbol.asyncDispose]() {
    await Deno.remove(this.tree, { recursive: true });
    await Deno.remove(this.folder, { recursive: true });
  }
}

const COMMANDS: Readonly<Record<string, { command: string[]; tail?: string[] }>> = {
  status: { command: ["status"] },
  mcp: { command: ["mcp"] },
  run: { command: ["run", "--secrets", "PLANTED_KEY"], tail: ["--", "true"] },
  import: { command: ["import", "value", "--dry-run"] },
};

Deno.test("a hostile package that speaks to the keeper gets no operation of another command", async () => {
  await using scene = await Scene.make();
  for (const [name, { command, tail }] of Object.entries(COMMANDS)) {
    const orders = OPERATIONS.filter((op) => op !== "configure" && !ROLES[name]!.includes(op)).map((op) => ({
      op,
      params: GOOD[op][0],
    }));
    assert.ok(orders.length > 25);
    const { answers } = await scene.attack(orders, command, tail);
    for (const { op, answer } of answers) {
      assert.deepEqual([answer.t, answer.error?.code], ["error", "policy/denied"], `${op} from ov ${name}`);
    }
  }
});

Deno.test("a hostile package in ov run gets no other command, secret, password file or raw output", async () => {
  await using scene = await Scene.make();
  const typed = { argv: ["node", "-p", "1"], secrets: ["PLANTED_KEY"], raw: false, timeoutMs: null };
  const marker = scene.at("started");
  const refused: Order[] = [
    { op: "configure", params: { passwordFile: scene.at("other-password") } },
    { op: "configure", params: { app: "other", passwordFile: scene.at("password") } },
  ];
  const runs: Order[] = [
    { ...typed, argv: ["touch", marker] },
    { ...typed, argv: ["sh", "-c", `touch ${marker}`] },
    { ...typed, argv: ["sh"] },
    { ...typed, argv: ["node", "-p"] },
    { ...typed, argv: ["node", "-p", "2"] },
    { ...typed, secrets: ["OTHER"] },
    { ...typed, secrets: ["PLANTED_KEY", "OTHER"] },
    { ...typed, raw: true },
    { ...typed, remember: true },
  ].map((params) => ({ op: "run", params }));
  const { answers } = await scene.attack(
    [...refused, ...runs],
    ["run", "--secrets", "PLANTED_KEY"],
    ["--", "node", "-p", "1"],
  );
  for (const [index, { op, answer }] of answers.entries()) {
    const said = `${op} ${JSON.stringify([...refused, ...runs][index]!.params)}`;
    assert.deepEqual([answer.t, answer.error?.code], ["error", "policy/denied"], said);
  }
  assert.throws(() => Deno.statSync(marker), Deno.errors.NotFound);
});

Deno.test("a hostile package overhears names, and no value, on the line to the keeper", async () => {
  await using scene = await Scene.make();
  const list = { op: "secret.list", params: { deleted: true } };
  const file = { op: "configure", params: { passwordFile: scene.at("password") } };
  const { answers } = await scene.attack([file, list], ["secret", "list"]);
  // The check that the package has the line at all: what the command may ask for, it is told.
  assert.deepEqual(answers[1]!.answer.value.secrets.map(({ name }: { name: string }) => name), ["PLANTED_KEY"]);
  const get = { op: "secret.get", params: { name: "PLANTED_KEY", newline: false } };
  const refused = await scene.attack([file, list, get], ["secret", "list"]);
  assert.equal(refused.answers[2]!.answer.error.code, "usage/no-terminal");
});
