/**
 * The keeper isolate: the only place of the process where keys and values exist. It imports no npm package, makes the
 * process unreadable before any key is made, and answers the calls of `protocol.ts`. Who may start it: `main.ts`.
 *
 * ```text
 * here    -> main.ts  "ready"                      the modules are loaded
 * main.ts -> here     KeeperStart, [strength port] everything that it must know, before any npm package is loaded
 * here    -> main.ts  "started"
 * front  <-> here     protocol.ts
 * ```
 */
import { OvError, Secret } from "../base/mod.ts";
import { Door } from "./door.ts";
import { drainStdin, frontReadsNothing, holdStdin, keeperReadsStdin, openStdinCalls } from "./held_stdin.ts";
import { hardenProcess } from "./native.ts";
import type { FromKeeper, KeeperStart, ToKeeper } from "./protocol.ts";
import { PROTOCOL_VERSION } from "./protocol.ts";
import { Service } from "./service.ts";
import { SystemTerminal } from "./terminal.ts";
import { refuseUntyped } from "./typed.ts";

const stdinCalls = openStdinCalls(Deno.build.os);
const hardening = hardenProcess(Deno.build.os);

self.addEventListener("message", async (event: MessageEvent<KeeperStart>) => {
  const start = event.data;
  if (start.t !== "start" || start.protocol !== PROTOCOL_VERSION) throw new TypeError("keeper: bad start message");
  const port = event.ports[0];
  const { line } = start;
  // Before `main.ts` loads the front: what stands on stdin is the keeper's, and what is typed later goes to no one else.
  const stdin = keeperReadsStdin(line, start.argv) ? await drainStdin(MAX_STDIN_BYTES) : Deno.stdin;
  if (frontReadsNothing(line)) holdStdin(stdinCalls);
  const door = new Door({
    start,
    terminal: new SystemTerminal(start.platform),
    hardening,
    stdin,
    now: Date.now,
    rate: port === undefined ? null : (password) => rate(port, password),
  });
  const service = new Service(door, (message: FromKeeper) => self.postMessage(message));
  self.addEventListener("message", ({ data }: MessageEvent<ToKeeper>) => {
    const refusal = refuseUntyped(start.argv, data);
    if (refusal === null) service.receive(data);
    else void service.turnAway(data, refusal);
  });
  self.postMessage("started");
}, { once: true });

self.postMessage("ready");

/** More than any value or file that is taken; what is longer is refused by whoever reads it. */
const MAX_STDIN_BYTES = 4 * 1024 * 1024 + 1;

/** Asks the strength isolate; only a whole number from 0 to 4 is believed. */
function rate(port: MessagePort, password: Secret): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  port.addEventListener("message", ({ data }: MessageEvent<{ score: unknown }>) => {
    const score = data.score;
    if (Number.isInteger(score) && (score as number) >= 0 && (score as number) <= 4) resolve(score as number);
    else reject(new OvError("internal", "Cannot rate the password: the estimator gave no score"));
  }, { once: true });
  port.start();
  // EXPOSE: to the isolate that rates it, which has no permission and answers a number.
  port.postMessage({ password: password.expose() });
  return promise;
}
