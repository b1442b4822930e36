import assert from "node:assert/strict";
import { SUSPENDED_MS, TimeLimits } from "../../src/agent/limits.ts";
import { FakeClocks } from "./fake_clocks.ts";

const MINUTE = 60_000;

function limits(forMs: number, idleMs: number): { clocks: FakeClocks; limits: TimeLimits } {
  const clocks = new FakeClocks();
  const made = new TimeLimits(clocks);
  made.unlocked({ forMs, idleMs });
  return { clocks, limits: made };
}

/** Asks each minute, and says after how many the answer was not `null`. */
function minutesUntilDue(at: ReturnType<typeof limits>, busy: (minute: number) => boolean): [number, string | null] {
  for (let minute = 1; minute <= 1000; minute++) {
    at.clocks.pass(MINUTE);
    const reason = at.limits.due(busy(minute));
    if (reason !== null) return [minute, reason];
  }
  return [Infinity, null];
}

Deno.test("due() is so after the idle time without use, and not before", () => {
  assert.deepEqual(minutesUntilDue(limits(480 * MINUTE, 30 * MINUTE), () => false), [30, "nobody used it"]);
});

Deno.test("due() counts a running command as use, and each request", () => {
  const at = limits(480 * MINUTE, 30 * MINUTE);
  assert.deepEqual(minutesUntilDue(at, (minute) => minute <= 100), [130, "nobody used it"]);
  const used = limits(480 * MINUTE, 30 * MINUTE);
  used.clocks.pass(29 * MINUTE);
  used.limits.used();
  assert.deepEqual(minutesUntilDue(used, () => false), [30, "nobody used it"]);
});

Deno.test("due() is so at the absolute limit, whatever runs", () => {
  assert.deepEqual(minutesUntilDue(limits(480 * MINUTE, 30 * MINUTE), () => true), [480, "its time was up"]);
});

Deno.test("due() is so after sleep, when only the wall clock went on", () => {
  const { clocks, limits: made } = limits(480 * MINUTE, 30 * MINUTE);
  clocks.pass(1000);
  clocks.wallMs += SUSPENDED_MS;
  assert.match(made.due(true)!, /slept/);
});

Deno.test("due() bears the small differences that two clocks have", () => {
  const { clocks, limits: made } = limits(480 * MINUTE, 30 * MINUTE);
  for (let i = 0; i < 20; i++) {
    clocks.pass(5000);
    clocks.wallMs += 20;
    assert.equal(made.due(false), null);
  }
});

Deno.test("due() is not put off by a wall clock that is set back", () => {
  const at = limits(60 * MINUTE, 30 * MINUTE);
  at.clocks.wallMs -= 600 * MINUTE;
  assert.deepEqual(minutesUntilDue(at, () => true), [60, "its time was up"]);
  const idle = limits(60 * MINUTE, 30 * MINUTE);
  idle.clocks.wallMs -= 600 * MINUTE;
  assert.deepEqual(minutesUntilDue(idle, () => false), [30, "nobody used it"]);
});

Deno.test("times() never shows an idle limit behind the absolute one", () => {
  const { clocks, limits: made } = limits(40 * MINUTE, 30 * MINUTE);
  clocks.pass(20 * MINUTE);
  made.used();
  const { unlockedAt, locksAt, locksWhenIdleAt } = made.times;
  assert.equal(locksAt - unlockedAt, 40 * MINUTE);
  assert.equal(locksWhenIdleAt, locksAt);
});
