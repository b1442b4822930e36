import assert from "node:assert/strict";

/** Starts the isolate as `main.ts` does; gives the keeper's end of the channel. */
async function start(): Promise<{ rate(password: unknown): Promise<unknown>; stop(): void }> {
  const worker = new Worker(new URL("../../src/strength/worker.ts", import.meta.url).href, {
    type: "module",
    deno: { permissions: "none" },
  });
  const ready = Promise.withResolvers<unknown>();
  worker.addEventListener("message", ({ data }) => ready.resolve(data), { once: true });
  assert.equal(await ready.promise, "ready");
  const { port1, port2 } = new MessageChannel();
  worker.postMessage({ port: port1 }, [port1]);
  const said: unknown[] = [];
  worker.addEventListener("message", ({ data }) => said.push(data));
  return {
    async rate(password) {
      const answer = Promise.withResolvers<unknown>();
      port2.addEventListener("message", ({ data }) => answer.resolve(data), { once: true });
      port2.start();
      port2.postMessage({ password });
      return await answer.promise;
    },
    stop() {
      // Nothing goes to the front, on whose side other packages live.
      assert.deepEqual(said, []);
      port2.close();
      worker.terminate();
    },
  };
}

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("the strength isolate, without any permission, tells weak from strong by a number and nothing else", async () => {
  const isolate = await start();
  try {
    for (const weak of ["password", "qwertyuiop", "aaaaaaaaaaaa", "letmein1", "12345678"]) {
      const { score, ...rest } = await isolate.rate(bytes(weak)) as { score: number };
      assert.deepEqual(rest, {}, weak);
      assert.ok(score <= 1, `${weak} is rated ${score}`);
    }
    for (const strong of ["unlikely walrus teaches geometry", "dR7#kQ9!vT2$mX5&"]) {
      assert.deepEqual(await isolate.rate(bytes(strong)), { score: 4 }, strong);
    }
  } finally {
    isolate.stop();
  }
});

Deno.test("the strength isolate answers for empty, huge and binary passwords as for any", async () => {
  const isolate = await start();
  try {
    assert.deepEqual(await isolate.rate(bytes("")), { score: 0 });
    for (const password of [bytes("a".repeat(100_000)), crypto.getRandomValues(new Uint8Array(64))]) {
      const { score } = await isolate.rate(password) as { score: number };
      assert.ok(Number.isInteger(score) && score >= 0 && score <= 4);
    }
  } finally {
    isolate.stop();
  }
});
