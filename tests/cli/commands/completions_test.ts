import assert from "node:assert/strict";
import { Cli } from "../../../src/cli/command.ts";
import { allNodes, completionTree } from "../../../src/cli/completion_tree.ts";
import { buildProgram } from "../../../src/cli/program.ts";
import { FakeIo, FakeKeeper, ov } from "../fake.ts";

async function nodes() {
  const cli = new Cli({ keeper: new FakeKeeper({}), io: new FakeIo(), version: "1.2.3" });
  return allNodes(completionTree(await buildProgram(cli, "all")));
}

Deno.test("completionTree() holds every command and option of the parser", async () => {
  const all = await nodes();
  assert.ok(all.length > 35, `${all.length}`);
  const set = all.find((node) => node.path.join(" ") === "secret set")!;
  assert.deepEqual(set.options.map((option) => option.flag).slice(-4), ["--stdin", "--file", "--exact", "--help"]);
  const policy = all.find((node) => node.path.join(" ") === "policy set")!;
  assert.deepEqual(policy.argument, ["ask", "listed", "open"]);
  const start = all.find((node) => node.path.join(" ") === "agent start")!.options.map((option) => option.flag);
  assert.ok(start.includes("--json") && start.includes("--activated") && !start.includes("--from-pipe"));
});

Deno.test("ov completions covers every command and option in every shell, and needs no keeper", async () => {
  const all = await nodes();
  for (const shell of ["bash", "zsh", "fish"]) {
    const ran = await ov(["completions", shell]);
    assert.deepEqual([ran.status, ran.calls.length], [0, 0]);
    for (const node of all) {
      for (const word of node.path) assert.ok(ran.out.includes(word), `${shell}: ${word}`);
      for (const { flag } of node.options) {
        const shown = shell === "fish" ? `-l ${flag.slice(2)} ` : flag;
        assert.ok(ran.out.includes(shown) || ran.out.includes(shown.trimEnd()), `${shell}: ${flag}`);
      }
    }
  }
});

/** What bash offers for the last word. */
async function complete(words: readonly string[]): Promise<readonly string[]> {
  const script = (await ov(["completions", "bash"])).out;
  const quoted = words.map((word) => `'${word}'`).join(" ");
  const { stdout, stderr, success } = await new Deno.Command("bash", {
    args: [
      "--norc",
      "-c",
      `${script}\nCOMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _ov; printf '%s\\n' "\${COMPREPLY[@]}"`,
    ],
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
}

Deno.test("the bash script completes commands, subcommands, options, choices and the child's command", async () => {
  assert.deepEqual(await complete(["ov", "se"]), ["secret"]);
  assert.deepEqual(await complete(["ov", "--app", "env", "se"]), ["secret"]);
  assert.deepEqual(await complete(["ov", "secret", "re"]), ["restore"]);
  assert.deepEqual(await complete(["ov", "secret", "set", "A", "--st"]), ["--stdin"]);
  assert.deepEqual(await complete(["ov", "policy", "set", ""]), ["ask", "listed", "open"]);
  assert.deepEqual(await complete(["ov", "secret", "generate", "A", "--charset", "h"]), ["hex"]);
  assert.deepEqual(await complete(["ov", "import", "--format", ""]), ["auto", "dotenv", "json"]);
  assert.deepEqual(await complete(["ov", "export", "--format", "d"]), ["dotenv", "docker"]);
  assert.deepEqual(await complete(["ov", "run", "--sec"]), ["--secrets"]);
  assert.ok((await complete(["ov", "run", "--secrets", "A", "--", "bas"])).includes("bash"));
  assert.ok((await complete(["ov", "run", "bas"])).includes("bash"));
  assert.deepEqual(await complete(["ov", "run", "--", "ls", "--js"]), []);
  assert.ok((await complete(["ov", "help", ""])).includes("machine-key"));
  assert.deepEqual(await complete(["ov", "help", "secret", "re"]), ["restore"]);
  assert.ok((await complete(["ov", "--"])).includes("--non-interactive"));
});

Deno.test("the zsh and fish scripts are accepted by their shells where those are installed", async () => {
  for (const shell of ["zsh", "fish"]) {
    const script = (await ov(["completions", shell])).out;
    const file = await Deno.makeTempFile();
    await Deno.writeTextFile(file, script);
    try {
      const { success, stderr } = await new Deno.Command(shell, { args: ["-n", file] }).output();
      assert.ok(success, new TextDecoder().decode(stderr));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      // Without the shell, at least its quotes are even.
      assert.equal(script.replaceAll("'\\''", "").replaceAll("\\'", "").split("'").length % 2, 1);
    } finally {
      await Deno.remove(file);
    }
  }
});
