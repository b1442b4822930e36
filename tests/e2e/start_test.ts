/** What goes wrong before the command line is loaded is told in the same words as everything else. */
import assert from "node:assert/strict";
import { World } from "./ov.ts";

Deno.test("ov refuses a relative OV_HOME in one line, and as JSON", async () => {
  await using world = await World.create();
  const plain = await world.ov(["status"], { env: { OV_HOME: "relative" } });
  assert.deepEqual([plain.code, plain.stdout], [2, ""]);
  assert.match(plain.stderr, /^ov: Cannot use OV_HOME: [^\n]+\nhint: [^\n]+\n$/);
  const json = await world.ov(["status", "--json"], { env: { OV_HOME: "relative" } });
  assert.equal(JSON.parse(json.stderr).error.code, "usage/invalid");
});

Deno.test("ov does not start where its own runtime would load a module of somebody else, or show what it is given", async () => {
  await using world = await World.create();
  const module = await world.write("hook.cjs", "globalThis.hooked = true;");
  const open: Record<string, string>[] = [
    { DENO_V8_FLAGS: "--stack-trace-limit=20" },
    // Only from source does the runtime look there.
    ...(Deno.env.get("OV_BINARY") ? [] : [{ NODE_OPTIONS: `--require ${module}` }]),
  ];
  for (const env of open) {
    const ended = await world.ov(["status"], { env });
    assert.deepEqual([ended.code, ended.stdout], [2, ""]);
    assert.match(
      ended.stderr,
      /^ov: Cannot start: [A-Z_0-9]+ lets other code into the program [^\n]+\nhint: [^\n]+\n$/,
    );
  }
});
