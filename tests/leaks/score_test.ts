import assert from "node:assert/strict";
import { LEAK_SHARE, recovered } from "./score.ts";
import { makeValue } from "./values.ts";

Deno.test("recovered() is the share of the value that stands in a guess", () => {
  const value = makeValue();
  assert.equal(recovered(value, [value]), 1);
  assert.equal(recovered(value, [`xx${value}yy`]), 1);
  assert.equal(recovered(value, ["", value.slice(0, 16)]), 0.5);
  assert.equal(recovered(value, [`${value.slice(0, 8)} ${value.slice(8, 16)}`]), 0.5);
  assert.equal(recovered(value, []), 0);
  assert.equal(recovered(value, [`[ov:NAME] ${value.slice(0, 5)}`]), 0);
});

Deno.test("recovered() counts characters at their place in a guess of the same length", () => {
  const value = makeValue();
  const odd = [...value].map((char, i) => i % 2 === 0 ? char : "?").join("");
  assert.equal(recovered(value, [odd]), 0.5);
});

Deno.test("recovered() takes the longest piece that the mask lets pass for no leak", () => {
  const value = makeValue();
  assert.ok(recovered(value, [value.slice(0, 9)]) < LEAK_SHARE);
  assert.ok(recovered(value, [value.slice(0, 10)]) > LEAK_SHARE);
});

Deno.test("makeValue() never makes the same value twice", () => {
  for (const kind of ["mixed", "hex", "symbols", "url", "lines", "words"] as const) {
    assert.notEqual(makeValue(kind), makeValue(kind));
    assert.ok(!makeValue(kind).includes("'"));
  }
});
