import assert from "node:assert/strict";
import { Cli } from "../../src/cli/command.ts";
import { COMMANDS } from "../../src/cli/commands/table.ts";
import { buildProgram, leaves } from "../../src/cli/program.ts";
import { FakeIo, FakeKeeper, ov } from "./fake.ts";

const GOLDEN = new URL("../pins/help.txt", import.meta.url);

async function program() {
  return await buildProgram(new Cli({ keeper: new FakeKeeper({}), io: new FakeIo(), version: "1.2.3" }), "all");
}

Deno.test("the whole help is what tests/pins/help.txt says", async () => {
  const groups = COMMANDS.filter((entry) => entry.subcommands !== undefined).map((entry) => entry.name);
  const paths = ["", ...groups, ...leaves(await program()).map(([path]) => path)];
  let text = "";
  for (const path of paths) {
    const ran = await ov(["help", ...path.split(" ").filter((word) => word !== "")]);
    assert.equal(ran.status, 0);
    text += `$ ov help ${path}`.trimEnd() + `\n${ran.out}\n`;
  }
  if (Deno.env.get("OV_UPDATE_PINS") === "1") await Deno.writeTextFile(GOLDEN, text);
  assert.equal(text, await Deno.readTextFile(GOLDEN));
});

Deno.test("no line of help is wider than 80 columns, but for examples", async () => {
  for (const line of (await Deno.readTextFile(GOLDEN)).split("\n")) {
    if (!line.startsWith("  $ ")) assert.ok(line.length <= 80, line);
  }
});

Deno.test("every command has an example in its help, and --help shows the same as ov help", async () => {
  for (const [path] of leaves(await program())) {
    const ran = await ov([...path.split(" "), "--help"]);
    assert.match(ran.out, new RegExp(`\nExamples?:\n(  \\$ .*\n)*  \\$ .*ov ${path}\\b`), path);
    assert.equal(ran.out, (await ov(["help", ...path.split(" ")])).out);
    assert.deepEqual([ran.status, ran.calls.length], [0, 0]);
  }
});

Deno.test("every group has an example of one of its commands in its help", async () => {
  for (const { name, subcommands } of COMMANDS) {
    if (subcommands === undefined) continue;
    const { out } = await ov([name, "--help"]);
    assert.match(out, new RegExp(`\nExample:\n  \\$ .*ov ${name} (${subcommands.join("|")})\\b`), name);
    assert.equal(out, (await ov(["help", name])).out);
  }
});

Deno.test("the table of commands is the tree of the parser", async () => {
  const tree = (await program()).commands.map((command) => ({
    name: command.name(),
    summary: command.summary(),
    subcommands: command.commands.map((child) => child.name()),
  }));
  assert.deepEqual(
    tree,
    COMMANDS.map(({ name, summary, subcommands }) => ({ name, summary, subcommands: [...(subcommands ?? [])] })),
  );
});

Deno.test("ov alone and ov --help show the overview, which names every command", async () => {
  const alone = await ov([]);
  assert.equal(alone.status, 0);
  for (const { name, summary } of COMMANDS) assert.match(alone.out, new RegExp(`^  ${name} +${summary}$`, "m"));
  for (const line of [["--help"], ["-h"], ["help"]]) assert.deepEqual([(await ov(line)).out, 0], [alone.out, 0]);
});

Deno.test("ov --version prints it", async () => {
  for (const flag of ["--version", "-V"]) {
    const ran = await ov([flag]);
    assert.deepEqual([ran.status, ran.out, ran.err, ran.calls.length], [0, "ov 1.2.3\n", "", 0]);
  }
});

Deno.test("a group without a subcommand shows its help", async () => {
  const ran = await ov(["secret"]);
  assert.equal(ran.status, 0);
  assert.equal(ran.out, (await ov(["help", "secret"])).out);
});

Deno.test("what the parser refuses is one line, exit status 2, with a suggestion, and reaches no keeper", async () => {
  const cases: [string, RegExp][] = [
    ["secrt", /unknown command 'secrt'\nhint: Did you mean secret\? See `ov help`\./],
    ["frobnicate", /unknown command 'frobnicate'\nhint: See `ov help`\./],
    ["secret lst", /unknown command 'lst'\nhint: Did you mean list\?/],
    ["secret list --jsn", /unknown option '--jsn'\nhint: Did you mean --json\? See `ov secret list --help`\./],
    ["run --secret A x", /unknown option '--secret'\nhint: Did you mean --secrets\?/],
    ["secret get", /missing required argument 'name'\nhint: See `ov secret get --help`\./],
    ["app create a hunter2", /too many arguments for 'create'. Expected 1 argument but got 2\n/],
    ["status hunter2", /too many arguments for 'status'. Expected 0 arguments but got 1\n/],
    ["--app", /option '--app <app>' argument missing\n/],
    ["help nonsense", /no command "nonsense"\n/],
    ["-- status", /./],
  ];
  for (const [line, error] of cases) {
    const ran = await ov(line.split(" "));
    assert.match(ran.err, error, line);
    assert.doesNotMatch(ran.err, /hunter2/);
    assert.match(ran.err, /^ov: [^\n]+\n(hint: [^\n]+\n)?$/);
    assert.deepEqual([ran.status, ran.out, ran.calls.length], [2, "", 0], line);
  }
});

Deno.test("with --json what the parser refuses is a document on stderr", async () => {
  for (const line of ["--json secrt", "secret list --json --frob", "--json"]) {
    const ran = await ov(line.split(" "));
    if (line === "--json") {
      assert.equal(ran.status, 0);
      continue;
    }
    assert.equal(ran.out, "");
    assert.equal(JSON.parse(ran.err).error.code, "usage/invalid");
  }
});

Deno.test("colour stands only where the stream takes it", async () => {
  const answer = { "app.list": { apps: [{ name: "shop", envs: ["development"] }] } };
  // deno-lint-ignore no-control-regex
  assert.match((await ov(["app", "list"], answer, { color: true })).out, /^\x1b\[1mAPP\x1b\[0m/);
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch((await ov(["app", "list"], answer)).out, /\x1b/);
});
