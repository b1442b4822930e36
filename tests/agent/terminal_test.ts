/**
 * Programs that need a real terminal, run in tmux through the agent and without one: what they draw is masked, and keys,
 * colours, the window's size and job control are theirs.
 */
import assert from "node:assert/strict";
import { PASSWORD } from "../e2e/ov.ts";
import { hasProgram, hasTmux, Tmux } from "./tmux.ts";
import { AgentWorld, NAME } from "./world.ts";

const withTmux = await hasTmux();
const withVim = withTmux && await hasProgram("vim", "--version");
if (!withTmux) console.warn("tests/agent/terminal_test.ts: no tmux here, nothing was tried");
if (withTmux && !withVim) console.warn("tests/agent/terminal_test.ts: no vim here, it was not tried");

/** Both ways to run. */
const WAYS = [["through the agent", true], ["without an agent", false]] as const;

async function opened(withAgent: boolean) {
  const agent = withAgent ? await AgentWorld.unlocked() : await AgentWorld.create();
  const tmux = await Tmux.open(agent.world);
  const run = (command: string) =>
    tmux.type(`ov --password-file ${agent.world.passwordFile} run --secrets ${NAME} -- ${command}\n`);
  return {
    agent,
    tmux,
    run,
    async [Symbol.asyncDispose]() {
      await tmux[Symbol.asyncDispose]();
      await agent[Symbol.asyncDispose]();
    },
  };
}

for (const [way, withAgent] of withTmux ? WAYS : []) {
  Deno.test(`a program on a terminal ${way} has one, with its size, its colours and its keys, masked`, async () => {
    await using at = await opened(withAgent);
    await at.agent.world.write(
      "ask.sh",
      `#!/bin/sh
tty; stty size; printf 'value %s\\n' "$${NAME}"
trap 'stty size' WINCH
printf '\\033[31mred\\033[0m Your name? '; read -r name || read -r name; echo "Hello $name"; stty size
`,
      0o755,
    );
    await at.run("./ask.sh");
    const screen = await at.tmux.shows(/Your name\?/, true);
    assert.match(screen, /\/dev\/pts\/\d+/);
    assert.match(screen, /30 100/);
    assert.ok(screen.includes(`value [ov:${NAME}]`), screen);
    assert.ok(!screen.includes(at.agent.value));
    assert.ok(screen.includes("\x1b[31mred"), screen);
    await at.tmux.resize(80, 24);
    await at.tmux.shows(/24 80/);
    await at.tmux.type("Ada\n");
    await at.tmux.shows(/Hello Ada[\s\S]*24 80[\s\S]*ready> /);
    // The terminal is as it was: what is typed is shown again.
    await at.tmux.type("echo still-$((40 + 2))\n");
    await at.tmux.shows(/still-42/);
  });

  Deno.test(`Ctrl-C, Ctrl-Z and fg work on a program ${way}`, async () => {
    await using at = await opened(withAgent);
    await at.agent.world.write(
      "count.sh",
      `#!/bin/sh
trap 'echo interrupted; exit 5' INT
trap 'echo continued' CONT
echo begun; while :; do sleep 0.1; done
`,
      0o755,
    );
    await at.run("./count.sh");
    await at.tmux.shows(/begun/);
    await at.tmux.key("C-z");
    await at.tmux.shows(/Stopped[\s\S]*ready> /);
    await at.tmux.type("echo shell-$((40 + 2)) again\n");
    await at.tmux.shows(/shell-42 again/);
    await at.tmux.type("fg\n");
    await at.tmux.shows(/continued/);
    await at.tmux.key("C-c");
    await at.tmux.shows(/interrupted/);
    await at.tmux.type("echo status $?\n");
    await at.tmux.shows(/status 5/);
  });
}

if (withVim) {
  Deno.test("vim through the agent draws, edits, follows the window's size and saves", async () => {
    await using at = await opened(true);
    await at.run("vim -u NONE -N notes.txt");
    await at.tmux.shows(/"notes\.txt" \[New/);
    await at.tmux.type(`ihello from vim`);
    await at.tmux.key("Escape");
    await at.tmux.resize(70, 20);
    await at.tmux.type(`:r !printf '\\%s' "$${NAME}"\n`);
    const screen = await at.tmux.shows(/\[ov:/);
    assert.ok(screen.includes(`[ov:${NAME}]`) && !screen.includes(at.agent.value), screen);
    await at.tmux.type(":set columns? lines?\n");
    await at.tmux.shows(/columns=70[\s\S]*lines=20/);
    await at.tmux.key("Enter");
    await at.tmux.type("u:wq\n");
    await at.tmux.shows(/ready> /);
    assert.equal(await at.agent.world.read("notes.txt"), "hello from vim\n");
  });
}

if (withTmux) {
  Deno.test("ov shell opens after the typed password alone, says what it gives up, masks, and has job control", async () => {
    await using at = await opened(true);
    const refused = await at.agent.world.ovUnlocked(["shell", "--secrets", NAME], { env: { SHELL: "/bin/sh" } });
    assert.equal(refused.code, 2, refused.stderr);
    await at.tmux.type(`SHELL=/bin/sh PS1='inside> ' ov shell --secrets ${NAME}\n`);
    const said = await at.tmux.shows(/Password: $/m);
    assert.match(said, /Every program that you start in it/);
    await at.tmux.type(`${PASSWORD}\n`);
    await at.tmux.shows(/^inside> /m);
    await at.tmux.type(`echo "it is $${NAME}"\n`);
    const screen = await at.tmux.shows(/it is \[ov:/);
    assert.ok(!screen.includes(at.agent.value));
    // It stands in front of the shell when it says so: a key that comes before would be the shell's.
    await at.agent.world.write(
      "wait.sh",
      "#!/bin/sh\ntrap 'echo continued' CONT\necho begun; while :; do sleep 0.1; done\n",
      0o755,
    );
    await at.tmux.type("set -m; ./wait.sh\n");
    await at.tmux.shows(/begun/);
    await at.tmux.key("C-z");
    await at.tmux.shows(/Stopped/);
    await at.tmux.type("fg\n");
    await at.tmux.shows(/continued/);
    await at.tmux.key("C-c");
    await at.tmux.type("exit 4\n");
    await at.tmux.shows(/ready> $/m);
    await at.tmux.type("echo status $?\n");
    await at.tmux.shows(/status 4/);
  });
}
