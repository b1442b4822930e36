import assert from "node:assert/strict";
import type { FromKeeper, ToKeeper } from "../../src/keeper/protocol.ts";
import { isOpenTo } from "../../src/keeper/roles.ts";
import { GOOD, OPERATIONS } from "./good_params.ts";
import { failsWith, PASSWORD, type TestKeeper, World } from "./world.ts";

const settled = () => new Promise((resolve) => setTimeout(resolve, 50));
const ends = (keeper: TestKeeper) => keeper.messages.filter(({ t }) => t !== "progress");

function send(keeper: TestKeeper, message: unknown): void {
  keeper.service.receive(message as ToKeeper);
}

Deno.test("Service refuses every operation that is not open to the command, before anything else", () =>
  World.empty(async (world) => {
    for (const command of ["status", "run", "mcp", "export", "secret", "import", "init"]) {
      const keeper = world.keeper(command, { typed: [PASSWORD] });
      for (const op of OPERATIONS.filter((each) => !isOpenTo(command, each))) {
        await assert.rejects(keeper.call(op, GOOD[op][0]! as never), failsWith("policy/denied", /not open to/));
        // A wrong shape makes no difference: it is not looked at.
        await assert.rejects(keeper.call(op, { evil: 1 } as never), failsWith("policy/denied", /not open to/));
      }
      assert.deepEqual(keeper.terminal.prompts, []);
    }
  }));

Deno.test("Service answers every call exactly once", () =>
  World.empty(async (world) => {
    const keeper = world.keeper("status");
    const calls: { op: unknown; params: unknown }[] = [
      { op: "configure", params: {} },
      { op: "status", params: {} },
      { op: "status", params: { unknown: 1 } },
      { op: "status", params: null },
      { op: "export", params: {} },
      { op: "no-such", params: {} },
      { op: "toString", params: {} },
      { op: "__proto__", params: {} },
      { op: 7, params: {} },
      { op: null, params: {} },
      { op: undefined, params: undefined },
    ];
    for (const [index, call] of calls.entries()) send(keeper, { t: "call", id: index + 1, ...call });
    await settled();
    assert.deepEqual(ends(keeper).map(({ id }) => id).sort((a, b) => a - b), calls.map((_, index) => index + 1));
    const kinds = new Map(ends(keeper).map((message) => [message.id, message.t]));
    assert.deepEqual([kinds.get(1), kinds.get(2), kinds.get(3)], ["result", "result", "error"]);
  }));

Deno.test("Service drops what is no call, and goes on", () =>
  World.empty(async (world) => {
    const keeper = world.keeper("status");
    const dropped = [
      null,
      undefined,
      7,
      "call",
      [],
      {},
      { t: "call" },
      { t: "call", id: "1", op: "status", params: {} },
      { t: "call", id: 0.5, op: "status", params: {} },
      { t: "start", id: 1 },
      { t: "cancel", id: 99 },
      { t: "cancel" },
    ];
    for (const message of dropped) send(keeper, message);
    await settled();
    assert.deepEqual(keeper.messages, []);
    assert.equal((await keeper.call("status", {})).vaultExists, false);
  }));

Deno.test("Service passes on no message of a foreign error, and no cause", () =>
  World.with(async (world) => {
    const mark = "fake-value-in-a-message";
    const keeper = world.keeper("secret", { environment: { OV_DEBUG: "1" } });
    keeper.terminal.readHidden = () => Promise.reject(new RangeError(mark, { cause: mark }));
    await assert.rejects(
      keeper.call("secret.list", { deleted: false }),
      failsWith("internal", /unexpected RangeError/, [mark]),
    );
    assert.ok(!JSON.stringify(keeper.messages).includes(mark));
    // OV_DEBUG shows places, not messages.
    assert.match(keeper.terminal.shown, /ov: debug: RangeError\n\s+at /);
    assert.ok(!keeper.terminal.shown.includes(mark));
  }));

Deno.test("Service says nothing on the terminal about an error when OV_DEBUG is not set", () =>
  World.empty(async (world) => {
    const keeper = world.keeper("secret");
    await assert.rejects(keeper.call("secret.list", { deleted: false }), failsWith("vault/not-found"));
    assert.equal(keeper.terminal.shown, "");
  }));

Deno.test("Service never sends a value or a password to the front", () =>
  World.with(async (world) => {
    const value = "fake-value-8c1d2e-of-a-test";
    await world.seed({ API_KEY: value });
    const keeper = world.keeper("secret", {
      typed: [PASSWORD, "mistyped-1", "mistyped-2", "mistyped-3"],
    });
    await keeper.call("secret.list", { deleted: true });
    await keeper.call("secret.history", { name: "API_KEY" });
    await assert.rejects(
      keeper.call("secret.get", { name: "API_KEY", newline: true }),
      failsWith("vault/wrong-password"),
    );
    await keeper.call("secret.rm", { name: "API_KEY" });
    await keeper.call("secret.restore", { name: "API_KEY" });
    const sent = JSON.stringify(keeper.messages satisfies FromKeeper[]);
    for (const never of [value, btoa(value), PASSWORD, "mistyped"]) assert.ok(!sent.includes(never), never);
  }));
