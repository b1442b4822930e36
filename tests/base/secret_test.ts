import assert from "node:assert/strict";
import { inspect } from "node:util";
import fc from "fast-check";
import { equalBytes, Secret } from "../../src/base/secret.ts";

const VALUE = "obviously-fake-value-7f3a";
const make = () => Secret.fromText("API_KEY", VALUE);

Deno.test("Secret shows its name and not its value however it is printed", () => {
  const secret = make();
  const holder = { deep: { secret }, list: [secret], map: new Map([["k", secret]]) };
  const shown = [
    String(secret),
    `${secret}`,
    JSON.stringify(secret),
    JSON.stringify(holder),
    inspect(secret),
    inspect(holder, { depth: 9, showHidden: true }),
    Deno.inspect(secret),
    Deno.inspect(holder, { depth: 9, showHidden: true }),
    JSON.stringify(Object.entries(secret)),
    JSON.stringify(Object.getOwnPropertyNames(secret)),
    String(Reflect.ownKeys(secret)),
  ];
  const bytes = new TextEncoder().encode(VALUE);
  for (const text of shown) {
    assert.ok(!text.includes(VALUE), text);
    assert.ok(!text.includes(bytes.join(",")), text);
    assert.ok(!text.includes(bytes.join(", ")), text);
  }
  assert.equal(String(secret), "[secret API_KEY]");
  assert.equal(JSON.stringify({ secret }), '{"secret":"[secret API_KEY]"}');
  assert.equal(inspect(secret), "[secret API_KEY]");
  assert.equal(Deno.inspect(secret), "[secret API_KEY]");
});

Deno.test("Secret does not cross an isolate's border with its value", () => {
  const copy = structuredClone(make()) as unknown as Record<string, unknown>;
  assert.deepEqual(Object.values(copy), ["API_KEY"]);
  assert.equal(typeof copy["expose"], "undefined");
});

Deno.test("Secret keeps a copy of its own when the caller wipes its bytes", () => {
  const bytes = new TextEncoder().encode(VALUE);
  const secret = new Secret("A", bytes);
  bytes.fill(0);
  // EXPOSE: a test compares it.
  assert.deepEqual(secret.expose(), new TextEncoder().encode(VALUE));
  assert.equal(secret.sizeBytes, VALUE.length);
});

Deno.test("Secret.fromText() encodes as UTF-8", () => {
  // EXPOSE: a test compares it.
  assert.deepEqual([...Secret.fromText("A", "é€").expose()], [0xc3, 0xa9, 0xe2, 0x82, 0xac]);
});

Deno.test("Secret.wipe() zeroes the bytes that were borrowed and empties the secret", () => {
  const secret = make();
  // EXPOSE: a test looks at what is left of it.
  const borrowed = secret.expose();
  secret.wipe();
  assert.ok(borrowed.every((byte) => byte === 0));
  assert.equal(borrowed.length, VALUE.length);
  assert.equal(secret.sizeBytes, 0);
});

Deno.test("Secret.renamed() is a copy that outlives the first", () => {
  const first = make();
  const second = first.renamed("OTHER");
  first.wipe();
  assert.equal(second.name, "OTHER");
  assert.ok(second.equals(make()));
});

Deno.test("equalBytes() says what a comparison byte by byte says", () => {
  const bytes = fc.uint8Array({ maxLength: 6, max: 2 });
  fc.assert(fc.property(bytes, bytes, (a, b) => {
    assert.equal(equalBytes(a, b), a.length === b.length && a.every((byte, i) => byte === b[i]));
    assert.ok(equalBytes(a, a.slice()));
  }));
});

Deno.test("equalBytes() sees a difference of length only, either way round", () => {
  const [short, long] = [new Uint8Array([1]), new Uint8Array([1, 0])];
  assert.equal(equalBytes(short, long), false);
  assert.equal(equalBytes(long, short), false);
  assert.equal(equalBytes(new Uint8Array(0), new Uint8Array(256)), false);
  assert.equal(equalBytes(new Uint8Array(256), new Uint8Array(0)), false);
});
