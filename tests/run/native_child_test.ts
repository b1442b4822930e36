/** Children that `posix_spawn` starts; what they have in common with the runtime's is in `child_test.ts`. */
import assert from "node:assert/strict";
import { startInSession } from "../../src/run/mod.ts";
import { collect, nativePowers, sh } from "./stand_in.ts";

const powers = nativePowers!;
const test = (name: string, body: () => Promise<void>) => Deno.test({ name, ignore: nativePowers === null, fn: body });

const openDescriptors = () => [...Deno.readDirSync("/proc/self/fd")].length;

test("startInSession() makes the child the leader of a session and a group of its own", async () => {
  const script = "read -r pid name state parent group session rest < /proc/$$/stat; echo $$ $group $session";
  const { stdout } = await collect(sh(script), { native: powers });
  const [pid, group, session] = stdout.trim().split(" ");
  assert.ok(Number(pid) > 1);
  assert.deepEqual([group, session], [pid, pid]);
});

test("startInSession() gives the child no descriptor that the runtime would not", async () => {
  using file = await Deno.open("/dev/null");
  const pipe = powers.descriptors.libc.pipe()!;
  const list = sh('for fd in /proc/$$/fd/*; do echo "${fd##*/}"; done');
  const [byRuntime, native] = [await collect(list), await collect(list, { native: powers })];
  assert.ok(file.readable);
  for (const fd of pipe) powers.descriptors.libc.calls.close(fd);
  assert.equal(native.stdout, byRuntime.stdout);
  for (const fd of pipe) assert.ok(!native.stdout.split("\n").includes(String(fd)));
});

test("startInSession() leaves no descriptor open, whether the child runs, fails to start or is given up", async () => {
  await collect(sh("true"), { native: powers });
  const before = openDescriptors();
  for (let i = 0; i < 20; i++) {
    await collect(sh("echo out; echo err >&2"), { native: powers });
    await assert.rejects(collect({ ...sh(""), program: "/nowhere/program" }, { native: powers }), {
      code: "run/not-found",
    });
    await assert.rejects(collect(sh("", { args: ["a\0b"] }), { native: powers }), { code: "usage/invalid" });
  }
  await collect(sh("exec yes"), { native: powers, timeoutMs: 50 });
  assert.equal(openDescriptors(), before);
});

test("startInSession() feeds the child what is written to its stdin, to the end of it", async () => {
  const child = startInSession({ ...sh(""), program: "/bin/cat", args: [], stdin: "piped" }, powers);
  const writer = child.stdin.getWriter();
  const sent = new TextEncoder().encode("line\n".repeat(100_000));
  const writing = writer.write(sent).then(() => writer.close());
  const got = await new Response(child.stdout).text();
  await writing;
  assert.equal(got.length, sent.byteLength);
  assert.deepEqual(await child.status, { code: 0, signal: null });
});

test("startInSession() starts many children at once and mistakes none for another", async () => {
  const ends = await Promise.all(
    Array.from({ length: 40 }, (_, i) => collect(sh(`echo ${i}; exit ${i}`), { native: powers })),
  );
  assert.deepEqual(ends.map(({ exitCode, stdout }) => [exitCode, stdout]), ends.map((_, i) => [i, `${i}\n`]));
});

test("kill() reaches all that the child has started, and nothing once it has ended", async () => {
  const child = startInSession(sh("sleep 60 & echo up; wait"), powers);
  const reader = child.stdout.getReader();
  await reader.read();
  child.kill("SIGKILL");
  assert.deepEqual(await child.status, { code: 137, signal: "SIGKILL" });
  // The sleeper held the pipe as well.
  assert.equal((await reader.read()).done, true);
  child.kill("SIGKILL");
  assert.throws(() => child.kill("SIGWINCH"), TypeError);
});
