import assert from "node:assert/strict";
import { Secret } from "../../src/base/mod.ts";
import { IdMemory, LastOf, SetMemory, ValueMemory } from "../../src/keeper/session_memory.ts";

const bytes = (...values: number[]) => Uint8Array.from(values);
const member = (id: number, ...body: number[]) => ({ id: bytes(id), body: bytes(...body) });

/** Counts how often something is derived. */
class Counting {
  derived = 0;
  readonly derive = (): Promise<Uint8Array> => Promise.resolve(bytes(++this.derived));
}

Deno.test("SetMemory.load() derives again where a record is changed, added or missing, or the keys are others", async () => {
  const memory = new SetMemory();
  const [mac, keys] = [new Counting(), {}];
  const load = (listed: ReturnType<typeof member>[], owner = "a", under: unknown = keys) =>
    memory.load(owner, under, listed, mac.derive);
  const first = await load([member(1, 1), member(2, 2)]);
  assert.equal(await load([member(1, 1), member(2, 2)]), first);
  assert.equal(mac.derived, 1);
  const second = await load([member(1, 1), member(2, 3)]);
  assert.equal(mac.derived, 2);
  assert.equal(second.members.get("01"), first.members.get("01"));
  assert.notEqual(second.members.get("02"), first.members.get("02"));
  for (const listed of [[member(1, 1)], [member(1, 1), member(2, 3), member(3, 3)], [member(1, 1), member(4, 3)], []]) {
    const before: number = mac.derived;
    await load(listed);
    assert.equal(mac.derived, before + 1);
  }
  await load([member(1, 1)]);
  const before = mac.derived;
  const other = await load([member(1, 1)], "a", {});
  assert.equal(mac.derived, before + 1);
  assert.notEqual(other.members.get("01"), first.members.get("01"));
  await load([member(1, 1)], "b");
  assert.equal(mac.derived, before + 2);
  memory.clear();
  await load([member(1, 1)], "b");
  assert.equal(mac.derived, before + 3);
});

Deno.test("SetMemory.load() counts a record that is listed twice as another set", async () => {
  const memory = new SetMemory();
  const mac = new Counting();
  await memory.load("a", null, [member(1, 1)], mac.derive);
  await memory.load("a", null, [member(1, 1), member(1, 1)], mac.derive);
  assert.equal(mac.derived, 2);
});

Deno.test("LastOf.get() derives for other bytes, and again after a failure", async () => {
  const last = new LastOf<number>();
  let derived = 0;
  const derive = () => Promise.resolve(++derived);
  assert.deepEqual([await last.get(bytes(1), derive), await last.get(bytes(1), derive)], [1, 1]);
  assert.deepEqual([await last.get(bytes(2), derive), await last.get(bytes(1), derive)], [2, 3]);
  await assert.rejects(last.get(bytes(9), () => Promise.reject(new RangeError("no"))), RangeError);
  assert.equal(await last.get(bytes(9), derive), 4);
  last.clear();
  assert.equal(await last.get(bytes(9), derive), 5);
});

Deno.test("IdMemory.get() derives each name once, and does not grow without end", async () => {
  const memory = new IdMemory();
  const ids = new Counting();
  for (let round = 0; round < 2; round++) await memory.get("a", ids.derive);
  assert.equal(ids.derived, 1);
  for (let i = 0; i < 1000; i++) await memory.get(`name ${i}`, ids.derive);
  await memory.get("a", ids.derive);
  assert.equal(ids.derived, 1002);
});

Deno.test("ValueMemory gives a value for the same head and record only, and wipes what it forgets", () => {
  const memory = new ValueMemory();
  const [head, other] = [member(1, 1), member(2, 2)];
  const given = Secret.fromText("A", "fake-value");
  memory.keep("env", [{ head, body: bytes(1), value: given }, { head: other, body: bytes(2), value: given }]);
  const kept = memory.get("env", head, bytes(1))!;
  given.wipe();
  assert.equal(kept.sizeBytes, 10);
  assert.equal(memory.get("env", head, bytes(2)), null);
  assert.equal(memory.get("env", member(1, 1), bytes(1)), null);
  assert.equal(memory.get("another", head, bytes(1)), null);
  memory.keep("env", [{ head, body: bytes(1), value: given }]);
  assert.equal(memory.get("env", head, bytes(1)), kept);
  assert.equal(kept.sizeBytes, 10);
  assert.equal(memory.get("env", other, bytes(2)), null);
  memory.keep("env", [{ head, body: bytes(3), value: Secret.fromText("A", "fake-other") }]);
  assert.equal(kept.sizeBytes, 0);
  const last = memory.get("env", head, bytes(3))!;
  memory.clear();
  assert.deepEqual([last.sizeBytes, memory.get("env", head, bytes(3))], [0, null]);
});
