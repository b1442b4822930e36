/** The page's isolate with the permission that `main.ts` gives it, and what that permission is good for. */
import assert from "node:assert/strict";
import type { FromPage, ToPage } from "../../src/keeper/page_protocol.ts";
import { VALUE_QUESTION } from "./fake_desk.ts";

const PERMISSIONS = { net: ["127.0.0.1:0"] } as const;

function start(source: string | URL, permissions: Deno.PermissionOptionsObject | "none"): Worker {
  const options = { type: "module", deno: { permissions } } as WorkerOptions;
  return new Worker(source, options);
}

function next<T>(target: Worker | MessagePort): Promise<T> {
  return new Promise((resolve) =>
    target.addEventListener("message", (event) => resolve((event as MessageEvent<T>).data), { once: true })
  );
}

/** Starts the page and puts one question; what it answers. */
async function ask(permissions: Deno.PermissionOptionsObject | "none"): Promise<{ said: FromPage; end: () => void }> {
  const worker = start(new URL("../../src/consent/worker.ts", import.meta.url), permissions);
  assert.equal(await next(worker), "ready");
  const { port1, port2 } = new MessageChannel();
  worker.postMessage({ port: port1 }, [port1]);
  const said = next<FromPage>(port2);
  port2.start();
  port2.postMessage({ t: "ask", id: "q1", question: VALUE_QUESTION } satisfies ToPage);
  return {
    said: await said,
    end: () => {
      port2.close();
      worker.terminate();
    },
  };
}

Deno.test("the page's isolate listens on the loopback address when it is asked", async () => {
  const { said, end } = await ask({ net: [...PERMISSIONS.net] });
  assert.equal(said.t, "asked");
  const { address } = said as Extract<FromPage, { t: "asked" }>;
  assert.equal(new URL(address!).hostname, "127.0.0.1");
  const response = await fetch(address!);
  assert.equal(response.status, 200);
  assert.match(await response.text(), /Enter the value of a new secret/);
  assert.equal(response.headers.get("server"), null);
  end();
});

Deno.test("the page's isolate says that it can not where it may not listen", async () => {
  const { said, end } = await ask("none");
  assert.deepEqual(said, { t: "failed", id: "q1" });
  end();
});

Deno.test("the permission of the page's isolate lets it connect nowhere, and do nothing else", async () => {
  const trap = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => new Response("reached"));
  const tries = [
    `(await fetch("http://127.0.0.1:${trap.addr.port}/")).status`,
    `(await Deno.connect({ hostname: "127.0.0.1", port: ${trap.addr.port} })).close()`,
    `(await fetch("http://192.0.2.1/")).status`,
    `Deno.listen({ hostname: "0.0.0.0", port: 0 }).close()`,
    `Deno.listen({ hostname: "127.0.0.1", port: 40999 }).close()`,
    `Deno.readTextFileSync("/etc/hostname")`,
    `Deno.writeTextFileSync("/tmp/x", "")`,
    `new Deno.Command("true").outputSync()`,
    `Deno.env.get("HOME")`,
    `Deno.uid()`,
  ];
  const source = `const reached = [];
    for (const attempt of [${tries.map((code) => `async () => { ${code} }`).join(", ")}, async () => {
      Deno.listen({ hostname: "127.0.0.1", port: 0 }).close();
    }]) reached.push(await attempt().then(() => true, (error) => error.name));
    postMessage(reached);`;
  const worker = start(`data:text/javascript,${encodeURIComponent(source)}`, { net: [...PERMISSIONS.net] });
  const reached = await next<(string | true)[]>(worker);
  worker.terminate();
  await trap.shutdown();
  assert.deepEqual(reached, [...tries.map(() => "NotCapable"), true]);
});
