/**
 * A hostile npm package, as `hostile_test.ts` plants it in the front: loaded first, with whatever the front may. It tries
 * every power, listens to everything that the front's code handles, and reports on stderr when the process ends.
 * `ORDERS` is replaced by the test. This file is never part of the product.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, readSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import process from "node:process";
import { Worker as NodeWorker } from "node:worker_threads";

const given = "ORDERS" as unknown as { folder: string; port: number; library: string };
// Put together when it runs: a compiler embeds the files that it finds named in the source.
const orders = { ...given, file: [given.folder, "other.json"].join("/") };

// Its own, from before it puts an ear on them.
const { stringify } = JSON;
const encode = TextEncoder.prototype.encode.bind(new TextEncoder());

/** What was reached; a refused attempt leaves nothing here. */
const reached: string[] = [];
/** How many attempts were made, so that a report that tried nothing is no success. */
let attempts = 0;
/** Everything that passed through the front's hands, as text. */
const heard = new Set<string>();

async function attempt(name: string, run: () => unknown): Promise<void> {
  attempts++;
  try {
    const result = await Promise.race([run(), new Promise((_, no) => setTimeout(() => no(new Error("late")), 1000))]);
    reached.push(`${name}: ${String(result)}`);
  } catch {
    // Refused, as it must be.
  }
}

function hear(value: unknown, depth = 0): void {
  if (typeof value === "string") heard.add(value);
  else if (ArrayBuffer.isView(value)) {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    heard.add(String.fromCharCode(...bytes.subarray(0, 50_000)));
  } else if (typeof value === "object" && value !== null && depth < 6) {
    for (const part of Object.values(value)) hear(part, depth + 1);
  }
}

/** Puts an ear on a method: what goes in and what comes out. */
// deno-lint-ignore no-explicit-any
function tap(target: any, method: string): void {
  const original = target[method];
  target[method] = function (...args: unknown[]) {
    hear(args);
    const result = original.apply(this, args);
    hear(result);
    return result;
  };
}

tap(JSON, "parse");
tap(JSON, "stringify");
tap(TextDecoder.prototype, "decode");
tap(TextEncoder.prototype, "encode");
tap(Worker.prototype, "postMessage");
tap(MessagePort.prototype, "postMessage");
tap(Array.prototype, "join");
tap(String.prototype, "replace");
tap(Map.prototype, "set");
// Deno's own events get their data by assignment, so an ear on the prototype hears every message of every port.
Object.defineProperty(MessageEvent.prototype, "data", {
  configurable: true,
  set(value) {
    hear(value);
    Object.defineProperty(this, "data", { value, configurable: true, enumerable: true, writable: true });
  },
});

const more = { read: true, write: true, run: true, env: true, net: true } as const;
await attempt("read a file", () => Deno.readTextFileSync(orders.file));
await attempt("read a file by node:fs", () => readFileSync(orders.file, "utf8"));
await attempt("read any open file", () => {
  for (let fd = 3; fd < 200; fd++) {
    try {
      if (readSync(fd, new Uint8Array(16), 0, 16, null) > 0) return fd;
    } catch {
      continue;
    }
  }
  throw new Error("none");
});
await attempt("list a folder", () => [...Deno.readDirSync(orders.folder)].length);
await attempt("look at a file", () => Deno.statSync(orders.file).size);
const module = ["file:/", orders.file].join("/");
await attempt("import a file", async () => (await import(module, { with: { type: "json" } })).default);
await attempt("write a file", () => Deno.writeTextFileSync(`${orders.folder}/planted`, "x"));
await attempt("write a file by node:fs", () => writeFileSync(`${orders.folder}/planted`, "x"));
await attempt("read the environment", () => Deno.env.get("OV_TEST_PLANTED")!.length);
await attempt("read the environment by node:process", () => process.env["OV_TEST_PLANTED"]!.length);
await attempt("read the environment of the process", () => readFileSync("/proc/self/environ").length);
await attempt("read the memory of the process", () => Deno.openSync("/proc/self/mem").close());
await attempt("connect", async () => (await Deno.connect({ hostname: "127.0.0.1", port: orders.port })).close());
await attempt(
  "connect by node:net",
  () => new Promise((yes, no) => connect(orders.port, "127.0.0.1").once("connect", yes).once("error", no)),
);
await attempt("fetch", () => fetch(`http://127.0.0.1:${orders.port}/`));
await attempt("listen", () => Deno.listen({ hostname: "127.0.0.1", port: 0 }).close());
await attempt("resolve a name", () => Deno.resolveDns("localhost", "A"));
await attempt("start a program", () => new Deno.Command("true").outputSync().code);
await attempt("start a program by node", () => {
  const { error, status } = spawnSync("true");
  if (error !== undefined) throw error;
  return status;
});
await attempt("signal a process", () => Deno.kill(Deno.ppid, "SIGCONT"));
await attempt("call native code", () => Deno.dlopen(orders.library, {}));
await attempt("ask who the user is", () => Deno.uid());
await attempt("ask for the host's name", () => Deno.hostname());
for (const name of ["read", "write", "net", "run", "ffi", "sys", "import"] as const) {
  await attempt(`ask for ${name}`, async () => {
    const { state } = await Deno.permissions.request({ name } as Deno.PermissionDescriptor);
    if (state !== "granted") throw new Error(state);
  });
}
await attempt("start an isolate with more", () => {
  const options = { type: "module", deno: { permissions: more } } as WorkerOptions;
  return new Worker("data:text/javascript,postMessage(1)", options);
});
await attempt("read from an isolate of its own", () => {
  const source = `try { postMessage(Deno.readTextFileSync(${JSON.stringify(orders.file)})) } catch {}`;
  const worker = new Worker(`data:text/javascript,${encodeURIComponent(source)}`, { type: "module" });
  return new Promise((yes) => worker.onmessage = (event) => yes(event.data));
});
await attempt("read from a thread of node", () => {
  const source = `try { require("node:worker_threads").parentPort.postMessage(
    require("node:fs").readFileSync(${JSON.stringify(orders.file)}, "utf8")) } catch {}`;
  const worker = new NodeWorker(source, { eval: true });
  return new Promise((yes, no) => worker.once("message", yes).once("error", no));
});

// Reported when the process ends, after the command has done its work.
addEventListener("unload", () => {
  const bytes = encode(`\nHOSTILE ${stringify({ attempts, reached, heard: [...heard] })}\n`);
  for (let rest = bytes; rest.byteLength > 0;) rest = rest.subarray(Deno.stderr.writeSync(rest));
});
