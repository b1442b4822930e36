/**
 * The memory of an agent that serves for long. How much the process has of the machine's (RSS) says little of that: V8
 * lets its young generation grow while there is garbage, and the C library keeps what was given back, so that it is 115 MB
 * after a hundred runs, 180 MB after two thousand, and 184 MB after 24,000. What is weighed here is what is still held
 * when all garbage is gone, which depends on nothing but what the agent keeps.
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { runOften } from "./session.ts";
import { Spawned } from "./spawn.ts";
import { V8_FLAGS, type Weight } from "./weighed_agent.ts";
import { AgentWorld } from "./world.ts";

const PROGRAM = fileURLToPath(new URL("weighed_agent.ts", import.meta.url));

/** Runs after which everything is loaded and what is kept of a fixed number of things is there. */
const WARM_UP = 200;
/** Runs between two weighings. */
const STRETCH = 100 * Number(Deno.env.get("OV_TEST_DEPTH") ?? "1");
const STRETCHES = 4;

/**
 * What a run may leave in the heap, in bytes. It was 1 to 42 in a stretch, and 1 to 13 in the least one; an entry of a
 * `Map` was 65 to 215, a listener 900, a connection 220,000.
 */
const MAX_HEAP_BYTES = 64;
/** The same outside of it, where threads come and go: it was up to 1941 in a stretch, and up to 327 in the least one. */
const MAX_NATIVE_BYTES = 1024;

Deno.test("run after run through one agent leaves no memory behind", async (t) => {
  await using agent = await AgentWorld.create();
  await agent.grant("true");
  await using weighed = new Spawned(
    new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "-A", "--frozen", `--v8-flags=${V8_FLAGS}`, PROGRAM, agent.world.ovHome],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn(),
  );
  const weight = async (number: number): Promise<Weight> => {
    const [, text] = await weighed.until(new RegExp(`^weight ${number} (.*)\n`, "m"));
    return JSON.parse(text!);
  };
  await weight(0);
  const weights: Weight[] = [];
  for (let number = 1; number <= 1 + STRETCHES; number++) {
    await runOften(agent.world, number === 1 ? WARM_UP : STRETCH);
    await weighed.type("\n");
    weights.push(await weight(number));
  }
  /** Bytes a run, stretch by stretch. What is kept for each run is there in all of them; a table that grows, in one. */
  const growth = (of: (weight: Weight) => number | null) =>
    weights.slice(1).map((after, i) => Math.round((of(after)! - of(weights[i]!)!) / STRETCH));
  await t.step("in the heap", () => {
    const grown = growth(({ heapBytes }) => heapBytes);
    assert.ok(Math.min(...grown) < MAX_HEAP_BYTES, `bytes a run: ${grown}`);
  });
  await t.step({
    name: "outside of it",
    ignore: weights[0]!.nativeBytes === null,
    fn: () => {
      const grown = growth(({ nativeBytes }) => nativeBytes);
      assert.ok(Math.min(...grown) < MAX_NATIVE_BYTES, `bytes a run: ${grown}`);
    },
  });
});
