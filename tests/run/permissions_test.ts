import assert from "node:assert/strict";
import { nativePowers } from "./stand_in.ts";
import type { LimitedCall } from "./fixtures/limited_worker.ts";

/** Runs one child in a worker that may start the programs of the list only, and has no environment. */
async function inWorker(run: string[] | true, call: Partial<LimitedCall>): Promise<Record<string, unknown>> {
  const native = call.native ?? false;
  const worker = new Worker(new URL("./fixtures/limited_worker.ts", import.meta.url), {
    type: "module",
    deno: { permissions: { run, read: true, write: false, env: false, net: false, ffi: native, sys: false } },
  });
  try {
    return await new Promise((resolve, reject) => {
      worker.onmessage = (event) => resolve(event.data);
      worker.onerror = (event) => (event.preventDefault(), reject(new Error(event.message)));
      const environment = { PATH: "/usr/bin:/bin" };
      worker.postMessage({ program: "/bin/sh", script: "exit 3", environment, timeoutMs: null, native, ...call });
    });
  } finally {
    worker.terminate();
  }
}

for (const native of [false, ...(nativePowers === null ? [] : [true])]) {
  const way = native ? "posix_spawn" : "the runtime";

  Deno.test(`runMasked() works in an isolate that may only start the programs of a list, by ${way}`, async () => {
    const end = await inWorker(["/bin/sh"], { script: "echo out; exit 3", native });
    assert.deepEqual([end["exitCode"], end["stdout"]], [3, "out\n"]);
  });

  Deno.test(`runMasked() ends a child there when the time is over, by ${way}`, async () => {
    for (const run of [["/bin/sh"], true] satisfies (string[] | true)[]) {
      const end = await inWorker(run, { script: "while :; do :; done", timeoutMs: 100, native });
      assert.deepEqual([end["signal"], end["timedOut"]], ["SIGTERM", true]);
    }
  });

  Deno.test(`runMasked() refuses what is not on the list, and a loader variable that needs more, by ${way}`, async () => {
    assert.equal((await inWorker(["/bin/true"], { native }))["code"], "policy/not-baked");
    const environment = { LD_LIBRARY_PATH: "/x" };
    assert.equal((await inWorker(["/bin/sh"], { environment, native }))["code"], "policy/not-baked");
    assert.equal((await inWorker(true, { environment, native }))["exitCode"], 3);
  });
}
