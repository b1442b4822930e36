/** The vectors of `tests/vectors/vault/`, written by the second implementation in `scripts/vectors/`. */
import assert from "node:assert/strict";
import { OvError } from "../../src/base/mod.ts";
import { makeVectors } from "../../scripts/vectors/main.ts";
import { openVector, readEverything, readVector, recordsOf, type VectorFile, vectorNames } from "./replay.ts";

const KINDS = ["grant", "policy"];
const names = vectorNames();

async function outcomeOf(vector: VectorFile): Promise<string> {
  try {
    const { session } = await openVector(vector);
    const found = await readEverything(session, KINDS);
    if (vector.contents !== undefined) {
      assert.deepEqual(found, { ...vector.contents, envs: sortedSecrets(vector.contents.envs) });
    }
    return "ok";
  } catch (error) {
    if (error instanceof OvError) return error.code;
    throw error;
  }
}

/** A plan's secrets are in the order written; a list of secrets is sorted by name. */
function sortedSecrets(envs: { app: string; env: string; secrets: unknown[] }[]) {
  const name = (secret: unknown) => (secret as { name: string }).name;
  return envs.map((env) => ({ ...env, secrets: env.secrets.toSorted((a, b) => name(a) < name(b) ? -1 : 1) }));
}

Deno.test("vectors are all there: four valid ones and more than 150 faults", () => {
  assert.equal(names.filter((name) => name.startsWith("valid_")).length, 4);
  assert.ok(names.length > 154, `${names.length}`);
});

for (const name of names) {
  const vector = readVector(name);
  Deno.test(`vector ${name} gives ${vector.expect} (${vector.about})`, async () => {
    assert.equal(await outcomeOf(vector), vector.expect);
  });
}

Deno.test("vectors of faults differ from the valid one, or in how they are opened", () => {
  for (const vector of names.map(readVector)) {
    if (vector.base === undefined) continue;
    const isOther = vector.put!.length + vector.remove!.length > 0 ||
      vector.password !== readVector(vector.base).password || vector.code !== undefined || vector.key !== undefined;
    assert.ok(isOther, vector.about);
  }
});

Deno.test("makeVectors() of the second implementation gives the files as they are", async () => {
  const made = await makeVectors();
  assert.deepEqual([...made.keys()].sort(), names);
  for (const [name, text] of made) assert.deepEqual(JSON.parse(text), readVector(name), name);
});

Deno.test("session refuses a valid vault when any one byte of its records is changed", async () => {
  const vector = readVector("valid_full.json");
  const { session, disk } = await openVector(vector);
  const whole = disk.records;
  // Every byte at depth; else every 13th, from a start that moves with the record.
  const step = Deno.env.has("OV_TEST_DEPTH") ? 1 : 13;
  let flipped = 0;
  for (const [nth, { kind, scope, id, body }] of recordsOf(vector).entries()) {
    if (kind <= 2) continue; // header and wrap are read only when opening: their faults have vectors of their own
    const key = [...whole].find(([, record]) =>
      record.kind === kind && equal(record.scope, scope) && equal(record.id, id)
    )!;
    for (let at = nth % step; at < body.length; at += step) {
      const changed = new Uint8Array(body);
      changed[at]! ^= 1 << (at % 8);
      disk.records = new Map(whole).set(key[0], { kind, scope, id, body: changed });
      await assert.rejects(readEverything(session, KINDS), { code: "vault/tampered" }, `record ${nth}, byte ${at}`);
      flipped += 1;
    }
  }
  assert.ok(flipped > 300, `${flipped}`);
});

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
