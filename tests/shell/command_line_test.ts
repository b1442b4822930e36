/** The command line without the master password: with no terminal, with a made one, with the user's agent unlocked. */
import assert from "node:assert/strict";
import { hasProgram } from "../agent/tmux.ts";
import { ovCommand, PASSWORD } from "../e2e/ov.ts";
import { Attacked, NAME } from "./attacked.ts";

/** What prints plaintext, and so wants the password typed at that moment. */
const PLAINTEXT = [
  ["secret", "get", NAME],
  ["export", "--plain"],
  ["run", "--raw", "--secrets", NAME, "--", "printenv", NAME],
  ["shell", "--secrets", NAME],
];
/** What widens who gets a secret. */
const WIDENING = [
  ["policy", "set", "open"],
  ["grant", "add", "--secrets", NAME, "--", "printenv", NAME],
  ["run", "--remember", "--secrets", NAME, "--", "true"],
  ["machine-key", "create", "thief"],
];

Deno.test("ov run -- env shows a mask where the value would be", async () => {
  await using at = await Attacked.start();
  const ended = await at.world.ovUnlocked(["run", "--secrets", NAME, "--", "env"]);
  at.keeps(ended.stdout);
  assert.match(ended.stdout, new RegExp(`^${NAME}=\\[ov:${NAME}\\]$`, "m"));
});

Deno.test("without a terminal nothing prints plaintext or widens, whatever is on stdin", async () => {
  await using at = await Attacked.start();
  for (const argv of [...PLAINTEXT, ...WIDENING]) {
    await at.refused(argv);
    // Not even the right password: who can write it to a pipe is not shown to be the user.
    await at.refused(argv, { stdin: `${PASSWORD}\n` });
  }
});

Deno.test("a password file unlocks, and prints no plaintext and widens nothing", async () => {
  await using at = await Attacked.start();
  for (const argv of [...PLAINTEXT, ...WIDENING]) {
    await at.refused(argv, { env: { OV_PASSWORD_FILE: at.world.passwordFile } });
  }
});

Deno.test("an unlocked agent prints no plaintext, widens nothing, and is consent to nothing", async () => {
  await using at = await Attacked.start();
  assert.equal((await at.world.ovUnlocked(["unlock"])).code, 0);
  for (const argv of [...PLAINTEXT, ...WIDENING]) await at.refused(argv);
  await at.refused(["run", "--secrets", NAME, "--", "printenv", NAME]);
});

const scripts = await hasProgram("script", "--version");
const terminal = "a terminal made by script is asked for the password like any other";

Deno.test({
  name: terminal,
  ignore: !scripts,
  fn: async () => {
    await using at = await Attacked.start();
    for (const argv of PLAINTEXT) {
      const guesses = "printf 'guess\\n\\nhunter2\\n'";
      const ended = await at.shell(`${guesses} | timeout 30 script -qec '$OV ${argv.join(" ")}' /dev/null`, {
        env: { OV: ovCommand().join(" ") },
      });
      assert.notEqual(ended.code, 0, ended.stdout);
      assert.match(ended.stdout, /assword/);
    }
  },
});

Deno.test("approving what an agent asked for wants the password, from a shell and from the agent itself", async () => {
  await using at = await Attacked.start();
  await at.world.write("show.sh", `echo "$${NAME}"\n`);
  const agent = await at.mcp({ authorized: true, answer: "decline" });
  const run = { command: ["sh", "show.sh"], secrets: [NAME] };
  assert.equal((await agent.tool("vault_run", run)).isError, true);
  for (const decision of ["--once", "--always"]) {
    await at.refused(["approve", "--list"]);
    await at.refused(["approve", "any-id", decision]);
    const own = await agent.tool("vault_run", { command: ["ov", "approve", "any-id", decision], secrets: [] });
    assert.equal(own.isError, true);
  }
  assert.equal((await agent.tool("vault_run", run)).isError, true);
});
