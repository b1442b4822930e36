import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

/** Absolute path of a program beside these tests. */
function fixture(name: string): string {
  return fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
}

function deno(...args: string[]): string[] {
  return [Deno.execPath(), "run", "-A", "--no-prompt", "--unstable-worker-options", ...args];
}

/** Starts the fixture and collects its stdout; `until` resolves when a text is in it. */
function start(command: string[], stdin: "piped" | "null" = "null", env: Record<string, string> = {}) {
  const [program, ...args] = command;
  const child = new Deno.Command(program!, { args, env, stdin, stdout: "piped", stderr: "null" }).spawn();
  let text = "";
  const watching: { part: string; resolve: () => void }[] = [];
  const read = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of child.stdout) {
      text += decoder.decode(chunk, { stream: true });
      for (const { part, resolve } of watching) if (text.includes(part)) resolve();
    }
  })();
  return {
    child,
    until: (part: string) =>
      new Promise<void>((resolve) => {
        watching.push({ part, resolve });
        if (text.includes(part)) resolve();
      }),
    end: async () => ({ status: await child.status, stdout: (await read, text) }),
  };
}

/** The same on a pseudo-terminal of its own; script(1) types there what it reads from its stdin. */
function onTerminal(command: string[], env: Record<string, string> = {}) {
  const quoted = command.map((part) => `'${part.replaceAll("'", "'\\''")}'`).join(" ");
  return start(["script", "-qefc", quoted, "/dev/null"], "piped", env);
}

/** A child that counts how often a signal is delivered to it: unlike a shell, it takes each one at once. */
function counter(name: string): string[] {
  return [Deno.execPath(), "run", "-A", "--no-config", fixture("count_signals.js"), name];
}

for (const name of ["INT", "TERM", "HUP", "QUIT"] as const) {
  Deno.test(`runMasked() delivers SIG${name} that only ov got exactly once`, async () => {
    const run = start(deno(fixture("run_child.ts"), ...counter(`SIG${name}`)));
    await run.until("ready");
    run.child.kill(`SIG${name}`);
    const { stdout, status } = await run.end();
    assert.match(stdout, new RegExp(`got-SIG${name}\\ncount 1\\n`));
    assert.equal(status.code, 0);
  });
}

Deno.test("runMasked() gives the status of a child that a forwarded signal ended", async () => {
  const run = start(deno(fixture("run_child.ts"), "/bin/sh", "-c", "echo ready; exec sleep 60"));
  await run.until("ready");
  run.child.kill("SIGTERM");
  assert.equal((await run.end()).status.code, 143);
});

Deno.test("runMasked() ends a child that ignores interrupts at the second one", async () => {
  const run = start(
    deno(fixture("run_child.ts"), "/bin/sh", "-c", "trap '' INT; echo ready; while :; do sleep 0.05; done"),
  );
  await run.until("ready");
  run.child.kill("SIGINT");
  await new Promise((resolve) => setTimeout(resolve, 100));
  run.child.kill("SIGINT");
  assert.equal((await run.end()).status.code, 137);
});

Deno.test("runMasked() delivers Ctrl-C of a terminal exactly once", async () => {
  const run = onTerminal(deno(fixture("run_child.ts"), ...counter("SIGINT")));
  const keys = run.child.stdin.getWriter();
  await run.until("ready");
  await keys.write(new Uint8Array([3]));
  await run.until("count");
  await keys.close().catch(() => {});
  const { stdout } = await run.end();
  assert.match(stdout, /terminal:true/);
  assert.match(stdout, /got-SIGINT\r\ncount 1\r\n/);
});

Deno.test("runMasked() keeps the terminal from a child with a group of its own, and leaves it to one that shares ours", async () => {
  const probe = "if (: < /dev/tty) 2>/dev/null; then echo has-terminal; else echo no-terminal; fi";
  for (const [mode, expected] of [["own-group", "no-terminal"], ["shared", "has-terminal"]] as const) {
    const run = onTerminal(deno(fixture("run_child.ts"), "/bin/sh", "-c", probe), { OV_TEST_GROUP: mode });
    await run.until("-terminal");
    await run.child.stdin.close();
    assert.match((await run.end()).stdout, new RegExp(expected));
  }
});

Deno.test("runMasked() ends as a pipe would when ov stands before head", async () => {
  const command = deno(fixture("run_child.ts"), "/usr/bin/yes");
  const quoted = command.map((part) => `'${part}'`).join(" ");
  const shell = new Deno.Command("/bin/bash", {
    args: ["-c", `${quoted} 2>/dev/null | head -n 1; echo "\${PIPESTATUS[0]}"`],
    stdout: "piped",
    stderr: "piped",
  });
  const out = await shell.output();
  assert.equal(new TextDecoder().decode(out.stdout), "y\n141\n");
  assert.equal(new TextDecoder().decode(out.stderr), "");
});

Deno.test("runMasked() holds a hundred megabytes of output in bounded memory", async () => {
  const run = start(deno(fixture("big_output.ts"), String(100 << 20)));
  const { total, grownBytes, exitCode } = JSON.parse((await run.end()).stdout);
  assert.deepEqual([total, exitCode], [100 << 20, 0]);
  assert(grownBytes < 48 << 20, `memory grew by ${grownBytes} bytes`);
});
