import assert from "node:assert/strict";
import { generateValue } from "../../src/keeper/generate.ts";
import type { Generate } from "../../src/keeper/protocol.ts";

/** Literal on purpose: what a value may hold is a promise to whoever pastes it into a URL or a shell. */
const CHARACTERS: Readonly<Record<Generate["charset"], { size: number; allowed: RegExp }>> = {
  alphanumeric: { size: 62, allowed: /^[A-Za-z0-9]+$/ },
  hex: { size: 16, allowed: /^[0-9a-f]+$/ },
  base64url: { size: 64, allowed: /^[A-Za-z0-9_-]+$/ },
  ascii: { size: 75, allowed: /^[A-Za-z0-9._~!@%^*+=:,-]+$/ },
};

function generate(length: number, charset: Generate["charset"]): string {
  const secret = generateValue("A", { length, charset });
  assert.equal(secret.name, "A");
  // EXPOSE: a test compares it.
  return new TextDecoder().decode(secret.expose());
}

for (const charset of Object.keys(CHARACTERS) as Generate["charset"][]) {
  const { size, allowed } = CHARACTERS[charset];

  Deno.test(`generateValue() gives exactly the characters of ${charset} and the length asked for`, () => {
    for (const length of [8, 32, 255, 256, 257, 1024]) {
      const value = generate(length, charset);
      assert.equal(value.length, length);
      assert.match(value, allowed);
    }
    const seen = new Set(Array.from({ length: 20 }, () => generate(1024, charset)).join(""));
    assert.equal(seen.size, size);
  });

  Deno.test(`generateValue() draws the characters of ${charset} evenly`, () => {
    const counts = new Map<string, number>();
    const rounds = 100;
    for (let i = 0; i < rounds; i++) {
      for (const character of generate(1024, charset)) counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    // Chi-squared; mean size - 1. A modulo without rejection gives thousands here, chance not once in 10^12 this much.
    const expected = rounds * 1024 / size;
    const chiSquared = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    const freedom = size - 1;
    assert.ok(chiSquared < freedom + 8 * Math.sqrt(2 * freedom) + 40, `chi squared is ${chiSquared}`);
  });
}

Deno.test("generateValue() never gives the same twice", () => {
  const values = new Set(Array.from({ length: 1000 }, () => generate(16, "hex")));
  assert.equal(values.size, 1000);
});
