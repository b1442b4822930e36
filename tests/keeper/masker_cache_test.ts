import assert from "node:assert/strict";
import { Secret } from "../../src/base/mod.ts";
import { MaskerCache } from "../../src/keeper/masker_cache.ts";

const secret = (name: string, value: string) => Secret.fromText(name, value);
const [A, B] = ["fake-value-a-5b9e21", "fake-value-b-77c0de"] as const;

Deno.test("for() gives the same mask for the same values, though the secrets are others and are wiped", () => {
  const cache = new MaskerCache();
  const first = [secret("A", A), secret("B", B)];
  const masker = cache.for(first);
  for (const each of first) each.wipe();
  assert.equal(cache.for([secret("A", A), secret("B", B)]), masker);
  assert.equal(masker.maskText(`${A} ${B}`), "[ov:A] [ov:B]");
});

Deno.test("for() gives another mask where a value, a name, the order or the number differs", () => {
  const cache = new MaskerCache();
  const masker = cache.for([secret("A", A), secret("B", B)]);
  assert.equal(cache.for([secret("A", B), secret("B", A)]).maskText(A), "[ov:B]");
  for (const others of [[secret("A", A)], [secret("B", B), secret("A", A)], [secret("A", A), secret("C", B)], []]) {
    assert.notEqual(cache.for(others), masker);
  }
});

Deno.test("wholeFor() looks for these values and no others, and is kept beside their mask", () => {
  const cache = new MaskerCache();
  const first = [secret("A", A)];
  const whole = cache.wholeFor(first);
  for (const each of first) each.wipe();
  const masker = cache.for([secret("A", A)]);
  assert.equal(cache.wholeFor([secret("A", A)]), whole);
  assert.equal(cache.wholeFor([secret("A", B)]).nameIn([A, B]), "A");
  assert.deepEqual([whole.nameIn([A]), whole.nameIn([B]), cache.wholeFor([secret("B", B)]).nameIn([A])], [
    "A",
    null,
    null,
  ]);
  assert.equal(cache.for([secret("A", A)]), masker);
  cache.close();
  assert.notEqual(cache.wholeFor([secret("A", A)]), whole);
});

Deno.test("for() keeps a few masks, the last used ones, and a mask that is in use stays good", () => {
  const cache = new MaskerCache();
  const values = Array.from({ length: 4 }, (_, i) => secret("A", `${A}-${i}-${"xyz"[i % 3]}`));
  const maskers = values.map((value) => cache.for([value]));
  assert.equal(cache.for([values[0]!]), maskers[0]);
  cache.for([secret("A", B)]);
  assert.equal(cache.for([values[0]!]), maskers[0]);
  const again = cache.for([values[1]!]);
  assert.notEqual(again, maskers[1]);
  assert.equal(maskers[1]!.maskText(`${A}-1-y`), "[ov:A]");
});

Deno.test("close() forgets every mask, and from then on none is kept", () => {
  const cache = new MaskerCache();
  const masker = cache.for([secret("A", A)]);
  cache.close();
  const after = cache.for([secret("A", A)]);
  assert.notEqual(after, masker);
  assert.notEqual(cache.for([secret("A", A)]), after);
  assert.equal(after.maskText(A), "[ov:A]");
});
