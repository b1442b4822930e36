import assert from "node:assert/strict";
import { Forwarder, INTERRUPT_WINDOW_MS } from "../../src/run/forward.ts";

function forwarder(terminalDelivers: boolean): { sent: string[]; receive(signal: Deno.Signal, now: number): void } {
  const sent: string[] = [];
  const made = new Forwarder({ send: (signal) => void sent.push(signal) }, {
    terminalDelivers,
    windowMs: INTERRUPT_WINDOW_MS,
  });
  return { sent, receive: (signal, now) => made.receive(signal, now) };
}

Deno.test("Forwarder passes on each signal once where no terminal delivers it", () => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const) {
    const { sent, receive } = forwarder(false);
    receive(signal, 0);
    assert.deepEqual(sent, [signal]);
  }
});

Deno.test("Forwarder does not deliver the terminal's own signals a second time", () => {
  const { sent, receive } = forwarder(true);
  receive("SIGINT", 0);
  receive("SIGQUIT", 1);
  assert.deepEqual(sent, []);
  receive("SIGTERM", 2);
  receive("SIGHUP", 3);
  assert.deepEqual(sent, ["SIGTERM", "SIGHUP"]);
});

Deno.test("Forwarder ends the child at the second interrupt in a row, with or without a terminal", () => {
  for (const terminal of [true, false]) {
    const { sent, receive } = forwarder(terminal);
    receive("SIGINT", 0);
    receive("SIGINT", 1000);
    assert.deepEqual(sent.at(-1), "SIGKILL");
  }
});

Deno.test("Forwarder takes interrupts far apart for single ones", () => {
  const { sent, receive } = forwarder(false);
  for (let i = 0; i < 5; i++) receive("SIGINT", i * (INTERRUPT_WINDOW_MS + 1));
  assert.deepEqual(sent, Array(5).fill("SIGINT"));
});
