import assert from "node:assert/strict";
import fc from "fast-check";
import { Secret } from "../../src/base/mod.ts";
import { Masker, pieceThreshold, PieceWatch } from "../../src/mask/mod.ts";
import { seeded } from "../dotenv/generate.ts";
import { randomText } from "../detect/sample.ts";

const random = seeded(0x91ece);
const DEPTH = Number(Deno.env.get("OV_TEST_DEPTH") ?? "1");

function secret(value: string, name = "KEY"): Secret {
  return Secret.fromText(name, value);
}

function bytesOf(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

/** Random text without the runs of constant step (`4444`, `abcd`) that count as public. */
function plain(alphabet: "alnum" | "hex" | "base64", length: number): string {
  let text = "";
  while (text.length < length) {
    text += randomText(random, alphabet, 1);
    const [a, b, c, d] = bytesOf(text.slice(-4));
    if (d !== undefined && d - c! === c! - b! && c! - b! === b! - a!) text = text.slice(0, -1);
  }
  return text;
}

/** Values of every alphabet. */
const VALUES: Readonly<Record<string, () => string>> = {
  mixed: () => plain("alnum", 40),
  "16 characters": () => plain("alnum", 16),
  hexadecimal: () => plain("hex", 64),
  symbols: () => `${plain("base64", 30)}!-_#`,
  "a long key": () => plain("base64", 1200),
};

/** The pieces that a run of calls gives away of a value that is cut into `size` bytes, each shown as `show` says. */
function leak(value: string, size: number, show: (piece: string) => string): string[] {
  const watch = new PieceWatch();
  const masker = new Masker([secret(value)]);
  const shown: string[] = [];
  for (let at = 0; at < value.length; at += size) {
    const piece = value.slice(at, at + size);
    // As in a call: the mask first.
    const { outputs } = watch.watch([secret(value)], [masker.maskText(show(piece)), ""]);
    if (outputs[0] === show(piece)) shown.push(piece);
  }
  return shown;
}

const SHOWS: Readonly<Record<string, (piece: string) => string>> = {
  "as it is": (piece) => `${piece}\n`,
  "in a sentence": (piece) => `the next part is "${piece}" of it\n`,
  "in base64": (piece) => `${btoa(piece)}\n`,
  "in hexadecimal": (piece) => `${bytesOf(piece).toHex()}\n`,
  "in JSON": (piece) => JSON.stringify({ part: `${piece}` }),
  "backwards": (piece) => `${[...piece].reverse().join("")}\n`,
};

for (const [kind, make] of Object.entries(VALUES)) {
  for (const [how, show] of Object.entries(SHOWS)) {
    Deno.test(`watch() lets less of a value out over many calls than a mask at once: ${kind}, ${how}`, () => {
      for (let i = 0; i < 3 * DEPTH; i++) {
        const value = make();
        const threshold = pieceThreshold(bytesOf(value));
        for (const size of [threshold - 1, Math.ceil(0.6 * threshold) + 3]) {
          if (size < Math.max(6, Math.ceil(0.6 * threshold)) || size >= threshold) continue;
          const shown = leak(value, size, show);
          // The last piece may be too short to be told from chance.
          const whole = shown.filter((piece) => piece.length === size);
          assert.ok(whole.length * size < threshold, `${whole}, ${threshold} are masked`);
        }
      }
    });
  }
}

Deno.test("watch() adds up short words, and tiny outputs in order, forwards and backwards", () => {
  const value = "Zq7Kx2Wm9Tr4Yb8Lc3Nd";
  const threshold = pieceThreshold(bytesOf(value));
  for (const size of [1, 2, 3, 4, 5]) {
    for (const reverse of [false, true]) {
      const pieces: string[] = [];
      for (let at = 0; at < value.length; at += size) pieces.push(value.slice(at, at + size));
      if (reverse) pieces.reverse();
      const watch = new PieceWatch();
      const shown = pieces.filter((piece) => watch.watch([secret(value)], [`${piece}\n`]).outputs[0] === `${piece}\n`);
      assert.ok(shown.join("").length < threshold + size, `${size} ${reverse}: ${shown}`);
    }
  }
});

Deno.test("watch() counts pieces over stdout and stderr, and of each value by itself", () => {
  const [one, other] = ["Zq7Kx2Wm9Tr4Yb8Lc3Nd", "aV5gT1hP6sJ0kU4eR9wX"];
  const watch = new PieceWatch();
  const both = [secret(one, "ONE"), secret(other, "OTHER")];
  assert.deepEqual(watch.watch(both, [one.slice(0, 8), other.slice(0, 8)]).names, []);
  const second = watch.watch(both, ["nothing", `and ${one.slice(8, 16)} too`]);
  assert.deepEqual(second, { outputs: ["nothing", "and [ov:ONE] too"], names: ["ONE"], maskedCount: 1 });
  assert.deepEqual(watch.watch(both, [other.slice(8, 16)]).names, ["OTHER"]);
});

Deno.test("watch() shows a piece again that was shown before, and never the next", () => {
  const value = "Zq7Kx2Wm9Tr4Yb8Lc3Nd";
  const watch = new PieceWatch();
  const show = (text: string) => watch.watch([secret(value)], [text]).outputs[0];
  for (let i = 0; i < 3; i++) {
    assert.equal(show("Zq7Kx2Wm"), "Zq7Kx2Wm");
    assert.equal(show("9Tr4Yb8L"), "[ov:KEY]");
  }
});

Deno.test("watch() begins anew for a value that was replaced, and forgets one that is gone", () => {
  const [before, after] = ["Zq7Kx2Wm9Tr4Yb8Lc3Nd", "aV5gT1hP6sJ0kU4eR9wX"];
  const watch = new PieceWatch();
  watch.watch([secret(before)], [before.slice(0, 8)]);
  assert.deepEqual(watch.watch([secret(after)], [after.slice(0, 8)]).names, []);
  assert.deepEqual(watch.watch([secret(after)], [after.slice(8, 16)]).names, ["KEY"]);
  assert.deepEqual(watch.watch([], [after]).outputs, [after]);
});

Deno.test("watch() takes a name in a mask's label for nothing, and leaves text around a piece as it is", () => {
  const value = "STRIPE_SECRET_KEY_ab12";
  const watch = new PieceWatch();
  const text = "[ov:STRIPE_SECRET_KEY_ab12] \u00e9\u{1f600} [ov:STRIPE_SECRET_KEY_ab12+B]";
  for (let i = 0; i < 4; i++) assert.equal(watch.watch([secret(value)], [text]).outputs[0], text);
});

Deno.test("watch() counts nothing that is public: a scheme, a prefix, a host that everybody has", () => {
  const value = "postgres" + "://app:Zq7Kx2Wm9T@localhost:5432/development";
  const watch = new PieceWatch();
  for (const text of ["postgres://", "localhost:5432", "development", "postgres://app", "localhost", "5432"]) {
    assert.equal(watch.watch([secret(value)], [text]).outputs[0], text);
  }
});

Deno.test("watch() changes nothing in runs of ordinary output", async () => {
  const secrets = [
    secret(randomText(random, "alnum", 40), "A"),
    secret(randomText(random, "hex", 64), "B"),
    secret(randomText(random, "hex", 32), "C"),
    secret(randomText(random, "base64", 88), "D"),
    secret("31415926535897932384", "E"),
    secret("correct-horse-battery-staple", "F"),
  ];
  const watch = new PieceWatch();
  const lock = await Deno.readTextFile(new URL("../../deno.lock", import.meta.url));
  const outputs = [lock.slice(0, 400_000), randomText(random, "hex", 200_000), randomText(random, "base64", 200_000)];
  for (let i = 0; i < 300; i++) {
    outputs.push(`${i % 10}\n`, `${i}\n`, `ok ${randomText(random, "hex", 7)} in ${i} ms\n`);
  }
  for (const output of outputs) {
    const { outputs: [shown], names } = watch.watch(secrets, [output]);
    assert.deepEqual(names, []);
    assert.equal(shown, output);
  }
});

Deno.test("watch() gives text back whole where nothing is found, whatever it is", () => {
  const watch = new PieceWatch();
  const secrets = [secret("Zq7Kx2Wm9Tr4Yb8Lc3Nd")];
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const whole = new TextDecoder().decode(new TextEncoder().encode(text));
    assert.equal(watch.watch(secrets, [whole]).outputs[0], whole);
  }));
});
