import assert from "node:assert/strict";
import { join } from "node:path";
import process from "node:process";
import { OvError } from "../../src/base/mod.ts";
import { type ChildSpec, type MaskedRunOptions, type MaskSource, runMasked, runRaw } from "../../src/run/mod.ts";
import { collect as collectAny, Collector, holdingMask, nativePowers, openMask, sh } from "./stand_in.ts";
import { put, withFolder } from "./temp_folder.ts";

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    assert(error instanceof OvError, String(error));
    return error.code;
  }
  return "none";
}

/**
 * Whether a process of the group, or the process `pid`, lives. One that has ended and that nobody has asked about yet
 * does not.
 */
async function groupLives(pgid: number, pid: number): Promise<boolean> {
  if (Deno.build.os !== "linux") {
    const { stdout } = await new Deno.Command("ps", { args: ["-A", "-o", "pgid=,pid=,stat="] }).output();
    return new RegExp(`^ *(?:${pgid} +\\d+|\\d+ +${pid}) +[^Z]`, "m").test(new TextDecoder().decode(stdout));
  }
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const text = await Deno.readTextFile(`/proc/${name}/stat`).catch(() => "");
    // pid (name) state ppid pgrp …
    const match = /\) (\S) \d+ (\d+) /.exec(text);
    const ours = match !== null && (Number(match[2]) === pgid || Number(name) === pid);
    if (ours && match[1] !== "Z" && match[1] !== "X") return true;
  }
  return false;
}

/** Waits for the end of every process of the group: the system may take a moment after the signal. */
async function groupGone(pgid: number, pid = pgid): Promise<boolean> {
  assert(pgid > 1 && pid > 1);
  for (let i = 0; i < 100; i++) {
    if (!await groupLives(pgid, pid)) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

/** Every way in which a child is started. */
const WAYS: readonly (readonly [string, Partial<MaskedRunOptions>])[] = [
  ["by the runtime", {}],
  ...(nativePowers === null ? [] : [["by posix_spawn", { native: nativePowers }]] as const),
];

for (const [way, more] of WAYS) {
  const collect = (spec: ChildSpec, o: Partial<MaskedRunOptions> = {}, mask: MaskSource = openMask) =>
    collectAny(spec, { ...more, ...o }, mask);

  Deno.test(`runMasked() gives the child's exit status, started ${way}`, async () => {
    for (const code of [0, 1, 7, 125, 255]) {
      const end = await collect(sh(`exit ${code}`));
      assert.deepEqual([end.exitCode, end.signal, end.timedOut, end.cancelled], [code, null, false, false]);
    }
  });

  Deno.test(`runMasked() gives 128+n and the name when a signal ends the child, started ${way}`, async () => {
    for (const [name, number] of [["HUP", 1], ["INT", 2], ["KILL", 9], ["TERM", 15], ["SEGV", 11]] as const) {
      const end = await collect(sh(`kill -${name} $$; sleep 5`));
      assert.deepEqual([end.exitCode, end.signal], [128 + number, `SIG${name}`]);
    }
  });

  Deno.test(`runMasked() keeps stdout and stderr apart and each in order, started ${way}`, async () => {
    const end = await collect(sh("for i in 1 2 3; do echo out$i; echo err$i >&2; done"));
    assert.equal(end.stdout, "out1\nout2\nout3\n");
    assert.equal(end.stderr, "err1\nerr2\nerr3\n");
  });

  Deno.test(`runMasked() lets nothing out but what the mask gives, and counts both streams, started ${way}`, async () => {
    const end = await collect(sh("echo aXYZb; echo XYZXYZ >&2"), {}, holdingMask("XYZ"));
    assert.deepEqual([end.stdout, end.stderr, end.maskedCount], ["a#b\n", "##\n", 3]);
  });

  Deno.test(`runMasked() passes arguments as they are, through no shell, started ${way}`, async () => {
    const args = ["$HOME", "a b", "*", "`id`", "", "'\"\\", "-n", "ü€😀", "$(id)", ";"];
    const end = await collect(sh("", { args: ["-c", 'printf "%s\\n" "$@"', "sh", ...args] }));
    assert.equal(end.stdout, args.map((arg) => arg + "\n").join(""));
  });

  Deno.test(`runMasked() gives the child exactly the environment of the spec, started ${way}`, async () => {
    const end = await collect({ ...sh(""), program: "/usr/bin/env", args: [], environment: { A: "1", B: "x=y\nz" } });
    assert.equal(end.stdout, "A=1\nB=x=y\nz\n");
  });

  Deno.test(`runMasked() closes stdin when it is null and starts in the working directory, started ${way}`, () =>
    withFolder(async (folder) => {
      const end = await collect(sh("cat; pwd", { workDir: folder }));
      assert.equal(end.stdout, `${folder}\n`);
    }));

  Deno.test(`runMasked() gives the child no controlling terminal when it has a group of its own, started ${way}`, async () => {
    const end = await collect(sh("if (: < /dev/tty) 2>/dev/null; then echo terminal; else echo none; fi"));
    assert.equal(end.stdout, "none\n");
  });

  Deno.test(`runMasked() shows a question while the child waits for its answer, started ${way}`, async () => {
    const sink = new Collector();
    const abort = new AbortController();
    const running = runMasked(sh("printf 'Name? '; sleep 60"), holdingMask("XYZ"), sink, {
      ...more,
      timeoutMs: null,
      forwardSignals: false,
      abort: abort.signal,
    });
    await sink.until("Name? ");
    abort.abort();
    assert.equal((await running).cancelled, true);
  });

  Deno.test(`runMasked() ends quietly when the reader of its output goes away, as a pipe would, started ${way}`, async () => {
    let writes = 0;
    const sink = {
      write: () => writes++ === 0 ? Promise.resolve() : Promise.reject(new Deno.errors.BrokenPipe("gone")),
    };
    const end = await runMasked({ ...sh(""), program: "/usr/bin/yes", args: [] }, openMask, sink, {
      ...more,
      timeoutMs: null,
      forwardSignals: false,
    });
    assert.deepEqual([end.exitCode, end.signal, writes], [141, "SIGPIPE", 2]);
  });

  Deno.test(`runMasked() ends the child and reports it when its output cannot be written, started ${way}`, async () => {
    const full = { write: () => Promise.reject(Object.assign(new Error("disk"), { code: "ENOSPC" })) };
    const o = { timeoutMs: null, forwardSignals: false };
    assert.equal(await codeOf(runMasked(sh("echo a; sleep 60"), openMask, full, { ...o, ...more })), "io/no-space");
    const broken = { write: () => Promise.reject(new Error("other")) };
    assert.equal(await codeOf(runMasked(sh("echo a; sleep 60"), openMask, broken, { ...o, ...more })), "io/failed");
  });

  Deno.test(`runMasked() waits for the exit status of a child that closes its output early, started ${way}`, async () => {
    const end = await collect(sh("echo early; exec >&- 2>&-; sleep 0.3; exit 9"));
    assert.deepEqual([end.stdout, end.exitCode], ["early\n", 9]);
  });

  Deno.test(`runMasked() does not wait for a grandchild that holds the pipe, started ${way}`, async () => {
    const end = await collect(sh("sleep 60 & echo $!; exit 4"), { drainSilenceMs: 50 });
    assert.equal(end.exitCode, 4);
    const pid = Number(end.stdout);
    assert(pid > 1);
    process.kill(pid, "SIGKILL");
  });

  Deno.test(`runMasked() does not wait for a grandchild that writes for ever, started ${way}`, async () => {
    // One that trickles, so that there is never a silence, and one that floods.
    for (const script of ["while :; do echo x; sleep 0.02; done", "exec yes"]) {
      const end = await collect(sh(`(${script}) & exit 5`), { drainSilenceMs: 5000, drainTotalMs: 200 });
      assert.equal(end.exitCode, 5);
    }
  });

  Deno.test(`runMasked() loses nothing that the child wrote when its reader is slow and a grandchild holds the pipe, started ${way}`, async () => {
    const sink = new Collector();
    const slow = {
      write: async (which: "stdout" | "stderr", bytes: Uint8Array) => {
        await new Promise((resolve) => setTimeout(resolve, 60));
        await sink.write(which, bytes);
      },
    };
    const script = "sleep 2 & i=0; while [ $i -lt 6000 ]; do echo line-number-$i; i=$((i+1)); done; exit 0";
    await runMasked(sh(script), openMask, slow, {
      ...more,
      timeoutMs: null,
      forwardSignals: false,
      drainSilenceMs: 100,
      drainTotalMs: 150,
    });
    assert(sink.stdout.endsWith("line-number-5999\n"));
  });

  Deno.test(`runMasked() ends what the child has started, too, when the time is over, started ${way}`, async () => {
    let pid = 0;
    const end = await collect(sh("sleep 60 & echo $!; wait"), {
      timeoutMs: 200,
      graceMs: 500,
      onSpawned: (child) => pid = child,
    });
    assert.deepEqual([end.exitCode, end.signal, end.timedOut, end.cancelled], [143, "SIGTERM", true, false]);
    assert.equal(await groupGone(pid, Number(end.stdout)), true);
  });

  Deno.test(`runMasked() kills a group that ignores TERM when the grace period is over, started ${way}`, async () => {
    let pid = 0;
    const end = await collect(sh("trap '' TERM; while :; do sleep 0.05; done"), {
      timeoutMs: 100,
      graceMs: 200,
      onSpawned: (child) => pid = child,
    });
    assert.deepEqual([end.exitCode, end.signal, end.timedOut], [137, "SIGKILL", true]);
    assert(await groupGone(pid));
  });

  Deno.test(`runMasked() kills a grandchild that ignores TERM though the child has obeyed it, started ${way}`, async () => {
    let pid = 0;
    const script = "(trap '' TERM; while :; do sleep 0.05; done) & echo pid $! ready; wait";
    const sink = new Collector();
    const abort = new AbortController();
    const running = runMasked(sh(script), openMask, sink, {
      ...more,
      timeoutMs: null,
      forwardSignals: false,
      graceMs: 300,
      abort: abort.signal,
      onSpawned: (child) => pid = child,
    });
    await sink.until("ready");
    await new Promise((resolve) => setTimeout(resolve, 100));
    abort.abort();
    const end = await running;
    assert.deepEqual([end.signal, end.cancelled], ["SIGTERM", true]);
    assert(await groupGone(pid, Number(/pid (\d+)/.exec(sink.stdout)![1])));
  });

  Deno.test(`runMasked() lets a child that handles TERM end by itself, started ${way}`, async () => {
    const end = await collect(sh("trap 'echo bye; exit 3' TERM; while :; do sleep 0.02; done"), { timeoutMs: 200 });
    assert.deepEqual([end.exitCode, end.signal, end.timedOut, end.stdout], [3, null, true, "bye\n"]);
  });

  Deno.test(`runMasked() ends only the child when it shares our group, started ${way}`, async () => {
    const end = await collect(sh("exec sleep 60", { ownGroup: false }), { timeoutMs: 100 });
    assert.deepEqual([end.signal, end.timedOut], ["SIGTERM", true]);
  });

  Deno.test(`runMasked() starts nothing when it is cancelled before, started ${way}`, () =>
    withFolder(async (folder) => {
      const mark = join(folder, "mark");
      const end = await collect(sh(`: > ${mark}`), { abort: AbortSignal.abort() });
      assert.deepEqual([end.cancelled, end.exitCode], [true, 125]);
      await assert.rejects(Deno.stat(mark), Deno.errors.NotFound);
    }));

  Deno.test(`runMasked() says why a child does not start, started ${way}`, () =>
    withFolder(async (folder) => {
      const badInterpreter = await put(folder, "bad", "#!/no/such/interpreter\n", 0o755);
      const noFormat = await put(folder, "data", "\0\x01\x02 not a program", 0o644);
      const start = (more: Parameters<typeof sh>[1]) => codeOf(collect(sh("", more)));
      assert.equal(await start({ program: join(folder, "missing") }), "run/not-found");
      assert.equal(await start({ program: badInterpreter }), "run/not-found");
      assert.equal(await start({ program: noFormat }), "run/not-executable");
      assert.equal(await start({ program: folder }), "run/not-executable");
      assert.equal(await start({ workDir: join(folder, "missing") }), "run/failed");
      assert.equal(await start({ environment: { BIG: "x".repeat(200_000) } }), "run/failed");
      assert.equal(await start({ args: ["a\0b"] }), "usage/invalid");
    }));

  Deno.test(`runMasked() quotes no value in an error, started ${way}`, async () => {
    const value = "fake" + "-value-".repeat(30_000);
    try {
      await collect(sh("", { environment: { KEY: value } }));
      assert.fail();
    } catch (error) {
      assert(error instanceof OvError);
      assert(!`${error.message}${error.hint}${JSON.stringify(error.toWire())}`.includes("fake-value"));
    }
  });
}

Deno.test("runRaw() gives the exit status, and obeys the time limit", async () => {
  const o = { timeoutMs: null, forwardSignals: false };
  assert.equal((await runRaw(sh("exit 6"), o)).exitCode, 6);
  const end = await runRaw(sh("sleep 60"), { ...o, timeoutMs: 50 });
  assert.deepEqual([end.signal, end.timedOut, end.maskedCount], ["SIGTERM", true, 0]);
});
