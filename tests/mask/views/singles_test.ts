import assert from "node:assert/strict";
import { masked, maskerOf, randomValue } from "../fixtures.ts";

const FORMS: Readonly<Record<string, (value: string) => string>> = {
  "an object's own keys": (value) => JSON.stringify(Object.assign({}, value.split(""))),
  elements: (value) => Array.from(value, (char) => `<c>${char}</c>`).join(""),
  "elements with counts": (value) => Array.from(value, (char, i) => `<td n="${i}">${char}</td>`).join("\n"),
  "elements over lines": (value) => Array.from(value, (char) => `<item>\n  ${char}\n</item>`).join("\n"),
  "words around": (value) => Array.from(value, (char) => `next ${char} then`).join(" "),
  objects: (value) => JSON.stringify(Array.from(value, (c, i) => ({ i, c }))),
  "pairs in elements": (value) => value.match(/../g)!.map((pair) => `<c>${pair}</c>`).join(""),
};

for (const [name, form] of Object.entries(FORMS)) {
  Deno.test(`readSingles() reads ${name}`, () => {
    for (let round = 0; round < 10; round++) {
      const value = randomValue(32);
      const shown = masked(maskerOf({ KEY: value }), form(value));
      // All of it is one trace: nothing between two characters is left.
      assert.match(shown, /^[^]{0,24}\[ov:KEY\][^]{0,24}$/, shown);
    }
  });
}

Deno.test("readSingles() leaves other characters", () => {
  const masker = maskerOf({ KEY: randomValue(32) });
  for (const form of Object.values(FORMS)) {
    const text = form(randomValue(32));
    assert.equal(masked(masker, text), text);
  }
});
