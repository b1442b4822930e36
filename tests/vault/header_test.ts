import assert from "node:assert/strict";
import fc from "fast-check";
import { OvError } from "../../src/base/mod.ts";
import { encodeHeader, isAllowedCost, makeHeader, parseHeader } from "../../src/vault/header.ts";
import { KDF_CAP, KDF_DEFAULT, KDF_FLOOR } from "../../src/vault/limits.ts";

const numRuns = 1_000 * Number(Deno.env.get("OV_TEST_DEPTH") ?? 1);

Deno.test("parseHeader() gives what encodeHeader() was given, for floor, cap and default", () => {
  for (const kdf of [KDF_FLOOR, KDF_CAP, KDF_DEFAULT]) {
    const header = makeHeader(kdf, 1_800_000_000_000);
    const bytes = encodeHeader(header);
    assert.equal(bytes.byteLength, 62);
    assert.deepEqual(parseHeader(bytes), { ...header, kdf: { ...kdf } });
    assert.deepEqual(parseHeader(encodeHeader({ ...header, needsAccountKey: true })).needsAccountKey, true);
  }
});

Deno.test("makeHeader() draws salt and vault id afresh, and keeps a vault id that is given", () => {
  const [a, b] = [makeHeader(KDF_DEFAULT, 0), makeHeader(KDF_DEFAULT, 0)];
  assert.notDeepEqual(a.salt, b.salt);
  assert.notDeepEqual(a.vaultId, b.vaultId);
  assert.deepEqual(makeHeader(KDF_DEFAULT, 0, a.vaultId).vaultId, a.vaultId);
});

Deno.test("isAllowedCost() refuses each part beyond floor or cap, and what is no integer", () => {
  assert.equal(isAllowedCost(KDF_FLOOR) && isAllowedCost(KDF_CAP), true);
  for (const part of ["memoryKib", "passes", "parallelism"] as const) {
    for (const bad of [KDF_FLOOR[part] - 1, KDF_CAP[part] + 1, KDF_FLOOR[part] + 0.5, NaN, Infinity]) {
      assert.equal(isAllowedCost({ ...KDF_DEFAULT, [part]: bad }), false, `${part} ${bad}`);
    }
  }
});

Deno.test("parseHeader() accepts only what encodeHeader() writes, and refuses with one of its codes", () => {
  const valid = encodeHeader(makeHeader(KDF_FLOOR, 1_800_000_000_000));
  let accepted = 0;
  const edit = fc.record({ at: fc.nat(61), value: fc.nat(255) });
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 80 }),
    fc.array(edit, { minLength: 1, maxLength: 3 }).map((edits) => {
      const changed = new Uint8Array(valid);
      for (const { at, value } of edits) changed[at] = value;
      return changed;
    }),
  );
  fc.assert(
    fc.property(bytes, (candidate) => {
      try {
        assert.deepEqual(encodeHeader(parseHeader(candidate)), new Uint8Array(candidate));
        accepted += 1;
      } catch (error) {
        assert.ok(error instanceof OvError && /^vault\/(damaged|newer|older)$/.test(error.code), String(error));
      }
    }),
    { numRuns },
  );
  assert.ok(accepted > 20, "too few were accepted: the law was hardly tried");
});
