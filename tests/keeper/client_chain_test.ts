import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chainOf, displayOf, parseProcesses } from "../../src/keeper/client_chain.ts";
import { openBrowser } from "../../src/keeper/browser.ts";
import { join } from "node:path";
import { withFolder } from "./folder.ts";

const PLATFORM = Deno.build.os;
const isUnix = PLATFORM !== "windows";

/** A process with a parent of its own, each with an environment of its own; ended afterwards. */
async function withChild(parentEnv: Record<string, string>, run: (pid: number) => Promise<void>): Promise<void> {
  const child = new Deno.Command("sh", {
    args: ["-c", 'env -i sh -c "echo \\$\\$; cat; exit 0"; exit 0'],
    clearEnv: true,
    env: { PATH: Deno.env.get("PATH") ?? "/usr/bin:/bin", ...parentEnv },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const pid = Number((await reader.read()).value!.trim());
  try {
    await run(pid);
  } finally {
    await child.stdin.close();
    await reader.cancel();
    await child.status;
  }
}

Deno.test("parseProcesses() reads the parents and nothing else", () => {
  const text = "    1     0\n   20    1\n 300   20\nnonsense\n 5 x\n";
  assert.deepEqual([...parseProcesses(text)], [[1, 0], [20, 1], [300, 20]]);
});

Deno.test({
  name: "chainOf() names the parents by path, content and command line, the nearest first",
  ignore: !isUnix,
  fn: async () => {
    await withChild({}, async (pid) => {
      const chain = await chainOf({ platform: PLATFORM, pid });
      const self = chain.findIndex((link) => link.pid === Deno.pid);
      assert.ok(self > 0, JSON.stringify(chain));
      const shell = chain[0]!;
      assert.match(shell.commandLine, /sh -c /);
      const own = chain[self]!;
      assert.equal(own.path, Deno.realPathSync(Deno.execPath()));
      const digest = createHash("sha256").update(Deno.readFileSync(Deno.execPath())).digest("hex");
      assert.equal(own.sha256, digest);
      assert.ok(chain.every((link) => link.pid > 1));
    });
  },
});

Deno.test("chainOf() is empty where the platform or the process is not known", async () => {
  assert.deepEqual(await chainOf({ platform: "windows", pid: Deno.pid }), []);
  assert.deepEqual(await chainOf({ platform: PLATFORM, pid: 2 ** 30 }), []);
});

Deno.test({
  name: "displayOf() takes the screen, and nothing else, of the nearest parent that has one",
  ignore: PLATFORM !== "linux",
  fn: async () => {
    const env = { DISPLAY: ":987", XAUTHORITY: "/x", API_KEY: "not this" };
    await withChild(env, async (pid) => {
      assert.deepEqual(await displayOf({ platform: "linux", pid }), { DISPLAY: ":987", XAUTHORITY: "/x" });
    });
  },
});

Deno.test({
  name: "openBrowser() starts what BROWSER names, else the platform's own, and neither with our variables",
  ignore: !isUnix,
  fn: async () => {
    await withFolder(async (folder) => {
      const out = join(folder, "out");
      const program = async (name: string, body: string) => {
        await Deno.writeTextFile(join(folder, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
        return join(folder, name);
      };
      const note = `/usr/bin/env | /bin/grep -c '^OV_' > ${out}; echo "$@" >> ${out}`;
      const good = await program("good", note);
      const bad = await program("bad", "exit 1");
      await program("xdg-open", note);
      const open = async (environment: Record<string, string>) => {
        await Deno.remove(out).catch(() => {});
        const place = { platform: "linux", workDir: folder, pid: 1 };
        const opened = await openBrowser("http://127.0.0.1:1/a", {
          ...place,
          environment: { PATH: folder, OV_HOME: "/secret", ...environment },
        });
        return [opened, (await Deno.readTextFile(out).catch(() => "")).trim()];
      };
      const shown = "0\nhttp://127.0.0.1:1/a";
      assert.deepEqual(await open({ BROWSER: good }), [true, shown]);
      assert.deepEqual(await open({ BROWSER: `${bad}:${good} --new %s` }), [true, "0\n--new http://127.0.0.1:1/a"]);
      assert.deepEqual(await open({ BROWSER: bad }), [false, ""]);
      assert.deepEqual(await open({ DISPLAY: ":1" }), [true, shown]);
      assert.deepEqual(await open({ WAYLAND_DISPLAY: "wayland-0" }), [true, shown]);
      assert.deepEqual(await open({}), [false, ""]);
      assert.deepEqual(await open({ BROWSER: "no-such-program" }), [false, ""]);
    });
  },
});
