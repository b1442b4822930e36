import assert from "node:assert/strict";
import { ERROR_CODES, type ErrorCode, OvError } from "../../src/base/mod.ts";
import { reportError } from "../../src/cli/exit.ts";
import { FakeIo } from "./fake.ts";

Deno.test("reportError() gives every code its exit status, on one line with a hint", async () => {
  for (const [code, status] of Object.entries(ERROR_CODES)) {
    const io = new FakeIo();
    const error = new OvError(code as ErrorCode, "Cannot do it: state", { hint: "Do that." });
    assert.equal(await reportError(io, error, { json: false }), status);
    assert.equal(io.stderr, "ov: Cannot do it: state\nhint: Do that.\n");
    assert.equal(io.stdout, "");
  }
});

Deno.test("reportError() writes one document on stderr with --json", async () => {
  const io = new FakeIo();
  await reportError(io, new OvError("env/not-found", 'Cannot use env "x": no such env'), { json: true });
  assert.equal(io.stdout, "");
  assert.deepEqual(JSON.parse(io.stderr), {
    error: { code: "env/not-found", message: 'Cannot use env "x": no such env', hint: null },
  });
});

Deno.test("reportError() escapes what an error quotes", async () => {
  const io = new FakeIo();
  await reportError(io, new OvError("usage/file", "Cannot read \x1b[2J\nfake: x", { hint: "a\u202eb" }), {
    json: false,
  });
  assert.equal(io.stderr, "ov: Cannot read \\x1b[2J\\nfake: x\nhint: a\\u{202e}b\n");
});

Deno.test("reportError() says nothing of a foreign error but its class, and its stack only when debugging", async () => {
  const quiet = new FakeIo();
  assert.equal(await reportError(quiet, new RangeError("hunter2"), { json: false }), 1);
  assert.doesNotMatch(quiet.stderr, /hunter2/);
  const debug = new FakeIo();
  await reportError(debug, new RangeError("hunter2"), { json: false, debug: true });
  assert.match(debug.stderr, /RangeError: hunter2\n\s+at /);
});
