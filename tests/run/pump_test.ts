import assert from "node:assert/strict";
import { decodeUtf8, encodeUtf8 } from "../../src/base/mod.ts";
import { pump, type StreamMask } from "../../src/run/pump.ts";

/** Notes each call; `push` holds its bytes back until `pause` or `end`. */
function noting(calls: string[]): StreamMask {
  let held = "";
  const out = (call: string) => {
    calls.push(call);
    const text = held;
    held = "";
    return encodeUtf8(text);
  };
  return {
    push: (chunk) => (calls.push("push"), held += decodeUtf8(chunk), new Uint8Array(0)),
    pause: () => out("pause"),
    end: () => out("end"),
    maskedCount: 3,
  };
}

interface Source {
  readonly stream: ReadableStream<Uint8Array>;
  readonly control: ReadableStreamDefaultController<Uint8Array>;
  cancelled: boolean;
}

function source(): Source {
  let control!: ReadableStreamDefaultController<Uint8Array>;
  const made: Source = {
    stream: new ReadableStream({ start: (c) => void (control = c), cancel: () => void (made.cancelled = true) }),
    get control() {
      return control;
    },
    cancelled: false,
  };
  return made;
}

const limits = { pauseMs: 5, drainSilenceMs: 20, drainTotalMs: 200 };
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const never = new Promise<void>(() => {});
const noError = () => assert.fail("no sink error was expected");

Deno.test("pump() tells the mask of a pause once for each silence", async () => {
  const calls: string[] = [];
  const written: string[] = [];
  const { stream, control } = source();
  const write = (bytes: Uint8Array) => Promise.resolve(void written.push(decodeUtf8(bytes)!));
  const running = pump(stream, noting(calls), write, { ...limits, ended: never }, noError);
  control.enqueue(encodeUtf8("one"));
  await sleep(60);
  control.enqueue(encodeUtf8("two"));
  await sleep(60);
  control.enqueue(encodeUtf8("three"));
  control.close();
  assert.deepEqual(await running, { maskedCount: 3, sinkError: null });
  assert.deepEqual(calls, ["push", "pause", "push", "pause", "push", "end"]);
  assert.deepEqual(written, ["one", "two", "three"]);
});

Deno.test("pump() lets output go out though the child never pauses", async () => {
  const written: string[] = [];
  const { stream, control } = source();
  const shown = Promise.withResolvers<void>();
  const write = (bytes: Uint8Array) => {
    written.push(decodeUtf8(bytes)!);
    shown.resolve();
    return Promise.resolve();
  };
  const running = pump(stream, noting([]), write, { ...limits, pauseMs: 60_000, ended: never }, noError);
  let ticks = 0;
  const ticking = setInterval(() => {
    control.enqueue(encodeUtf8("."));
    // So that a pump that lets nothing go out fails.
    if (++ticks === 1000) clearInterval(ticking), control.close();
  }, 2);
  await shown.promise;
  assert(ticks < 1000, "something was shown before the end");
  clearInterval(ticking);
  control.close();
  await running;
  assert.equal(written.join("").length, ticks);
});

Deno.test("pump() tells the mask of no pause after the child's end", async () => {
  const calls: string[] = [];
  const made = source();
  made.control.enqueue(encodeUtf8("rest"));
  const o = { ...limits, pauseMs: 1, ended: Promise.resolve() };
  await pump(made.stream, noting(calls), () => Promise.resolve(), o, noError);
  assert.deepEqual(calls, ["push", "end"]);
  assert(made.cancelled);
});

Deno.test("pump() loses no bytes when the child's end arrives in the middle of a read", async () => {
  const written: string[] = [];
  const { stream, control } = source();
  const end = Promise.withResolvers<void>();
  const write = (bytes: Uint8Array) => Promise.resolve(void written.push(decodeUtf8(bytes)!));
  const running = pump(stream, noting([]), write, { ...limits, drainSilenceMs: 5000, ended: end.promise }, noError);
  await sleep(20);
  end.resolve();
  await sleep(20);
  control.enqueue(encodeUtf8("late"));
  await running;
  assert.equal(written.join(""), "late");
});

Deno.test("pump() reads no more than the sink takes", async () => {
  let pulled = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull: (control) => {
      pulled++;
      if (pulled > 50) control.close();
      else control.enqueue(encodeUtf8("x"));
    },
  }, { highWaterMark: 0 });
  let taken = 0;
  const mask: StreamMask = {
    push: (c) => c,
    pause: () => new Uint8Array(0),
    end: () => new Uint8Array(0),
    maskedCount: 0,
  };
  await pump(
    stream,
    mask,
    async () => {
      await sleep(1);
      taken++;
      assert(pulled <= taken + 1, `${pulled} read, ${taken} taken`);
    },
    { ...limits, ended: never },
    noError,
  );
  assert.equal(taken, 50);
});

Deno.test("pump() stops after the child's end when more comes than a pipe can hold, and gives all of that", async () => {
  const chunk = new Uint8Array(64 * 1024);
  let made = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull: (control) => {
      made += chunk.length;
      if (made > 64 * 1024 * 1024) control.error(new Error("read on without end"));
      else control.enqueue(chunk);
    },
  });
  let written = 0;
  const mask: StreamMask = { push: (c) => c, pause: () => encodeUtf8(""), end: () => encodeUtf8(""), maskedCount: 0 };
  const o = { pauseMs: 5, drainSilenceMs: 60_000, drainTotalMs: 60_000, ended: Promise.resolve() };
  await pump(stream, mask, (bytes) => Promise.resolve(void (written += bytes.length)), o, noError);
  assert(written > 1024 * 1024 && written < 8 * 1024 * 1024, `${written} bytes`);
});

Deno.test("pump() treats a read that fails as the end of the output", async () => {
  const { stream, control } = source();
  const calls: string[] = [];
  control.enqueue(encodeUtf8("a"));
  const running = pump(stream, noting(calls), () => Promise.resolve(), { ...limits, ended: never }, noError);
  await sleep(20);
  control.error(new Error("pipe"));
  await running;
  assert.equal(calls.at(-1), "end");
});

Deno.test("pump() writes nothing more after the sink has failed, and says so once", async () => {
  const { stream, control } = source();
  control.enqueue(encodeUtf8("a"));
  control.enqueue(encodeUtf8("b"));
  let writes = 0;
  let errors = 0;
  const mask: StreamMask = { push: (c) => c, pause: () => encodeUtf8("p"), end: () => encodeUtf8("e"), maskedCount: 0 };
  const failure = new Error("sink");
  const end = await pump(
    stream,
    mask,
    () => (writes++, Promise.reject(failure)),
    { ...limits, ended: never },
    () => errors++,
  );
  assert.deepEqual([writes, errors, end.sinkError], [1, 1, failure]);
});
