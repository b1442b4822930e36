import assert from "node:assert/strict";
import { Secret } from "../../src/base/mod.ts";
import { randomText } from "../detect/sample.ts";
import { seeded } from "../dotenv/generate.ts";
import { WholeValues } from "../../src/keeper/whole_values.ts";

const URL = "postgres://admin:hunter2horse@db.internal:5432/shop";
const TOKEN = "fake-Tq7wLm2Zx9RkVb4Nc8Yd";
const random = seeded(0x1046);
const LONG = randomText(random, "alnum", 400);
/** No text in UTF-8. */
const BYTES = Uint8Array.from({ length: 24 }, (_, i) => 0x80 + (i * 37) % 0x60);
const secrets = () => [
  Secret.fromText("DATABASE_URL", URL),
  Secret.fromText("TOKEN", TOKEN),
  Secret.fromText("SHORT", "k7#Qz!"),
  Secret.fromText("LONG", LONG),
  Secret.fromText("WORDS", "größer als 3,50 €"),
  Secret.fromText("NOT_MASKABLE", "abc"),
  new Secret("BYTES", BYTES),
];
const values = new WholeValues(secrets());

Deno.test("nameIn() finds a whole value, as it is and in the forms that the mask reads", () => {
  const bytes = new TextEncoder().encode(TOKEN);
  for (
    const text of [
      TOKEN,
      `--token=${TOKEN}!`,
      bytes.toBase64(),
      new TextEncoder().encode(`x:${TOKEN}`).toBase64(),
      bytes.toHex(),
      [...TOKEN].reverse().join(""),
      [...TOKEN].join(" "),
      encodeURIComponent(encodeURIComponent(TOKEN)),
      [...TOKEN].map((c) => `\\x${c.charCodeAt(0).toString(16)}`).join(""),
    ]
  ) assert.equal(values.nameIn(["nothing", text]), "TOKEN", text);
  assert.equal(values.nameIn([`psql ${URL}`]), "DATABASE_URL");
  assert.equal(values.nameIn(["k7#Qz!"]), "SHORT");
  assert.equal(values.nameIn([LONG]), "LONG");
  assert.equal(values.nameIn(["größer als 3,50 €"]), "WORDS");
  for (const text of [BYTES.toBase64(), BYTES.toHex()]) assert.equal(values.nameIn([text]), "BYTES");
  assert.equal(values.nameIn(["abc"]), null);
});

Deno.test("nameIn() finds a value of whatever characters, in the forms in which they are turned or written otherwise", () => {
  for (
    const value of [
      "größer als 3,50 €",
      "пароль-секрет-42",
      "日本語のパスワード一二三",
      "ab€µ∞漢字かな£cd",
      "🔑🔒🔓🗝x9🔐-🧭🪪",
    ]
  ) {
    const some = new WholeValues([Secret.fromText("TEXT", value)]);
    const wide = Uint8Array.from(
      [...value].flatMap((c) => [...Array(c.length).keys()].map((i) => c.charCodeAt(i)))
        .flatMap((unit) => [unit & 0xff, unit >> 8]),
    );
    const forms = [value, [...value].reverse().join(""), wide.toHex(), encodeURIComponent(value)];
    for (const form of forms) assert.equal(some.nameIn([form]), "TEXT", form);
    const characters = [...value];
    for (const piece of [characters.slice(3), characters.slice(0, -3), characters.with(5, "x")]) {
      assert.equal(some.nameIn([piece.join("")]), null, piece.join(""));
    }
  }
});

Deno.test("nameIn() finds no value of which a single character is another", () => {
  for (const [value, from] of [[URL, "postgres://".length], [TOKEN, 0], ["k7#Qz!", 0]] as const) {
    for (let at = from; at < value.length; at++) {
      const other = value.slice(0, at) + (value[at] === "x" ? "y" : "x") + value.slice(at + 1);
      assert.equal(values.nameIn([other]), null, `${value} at ${at}`);
    }
  }
  for (const at of BYTES.keys()) {
    assert.equal(values.nameIn([BYTES.with(at, 0x41).toHex()]), null, `bytes at ${at}`);
  }
});

Deno.test("nameIn() waits neither for a value that everybody writes, nor for one of which nothing is a trace", () => {
  const some = new WholeValues([
    Secret.fromText("PLACE", "production"),
    Secret.fromText("GAP", `ab${" ".repeat(12)}cd`),
    Secret.fromText("TOKEN", TOKEN),
  ]);
  for (const text of ["production", `--env=production ${TOKEN.slice(0, 12)}`]) assert.equal(some.nameIn([text]), null);
  assert.equal(some.nameIn([`production ${TOKEN}`]), "TOKEN");
});

Deno.test("nameIn() finds a whole value, and no piece, among so many that each is looked for in few places", () => {
  const many = Array.from({ length: 2100 }, (_, i) => `fake-${randomText(random, "alnum", 24)}-${i}`);
  const some = new WholeValues(many.map((value, i) => Secret.fromText(`N${i}`, value)));
  const value = many[1234]!;
  assert.equal(some.nameIn([value]), "N1234");
  for (const piece of [value.slice(0, -1), value.slice(1), value.slice(0, 8) + "-".repeat(12) + value.slice(-8)]) {
    assert.equal(some.nameIn([piece]), null, piece);
  }
});

Deno.test("nameIn() finds no piece of a value, however long", () => {
  // Its scheme is public, and not waited for.
  assert.equal(values.nameIn([URL.slice("postgres://".length + 1)]), null);
  for (const value of [TOKEN, "k7#Qz!", "größer als 3,50 €"]) assert.equal(values.nameIn([value.slice(1)]), null);
  for (const value of [URL, TOKEN, "k7#Qz!", "größer als 3,50 €"]) {
    assert.equal(values.nameIn([value.slice(0, -1)]), null);
    // In pieces, each in a text of its own.
    assert.equal(values.nameIn([value.slice(0, value.length / 2), value.slice(value.length / 2)]), null);
  }
  assert.equal(values.nameIn([LONG.slice(8), LONG.slice(0, -8)]), null);
  assert.equal(values.nameIn(["db.internal", "@db.internal:5432/shop", "postgres://admin"]), null);
});

Deno.test("nameIn() tells nobody which next character is right", () => {
  // What is known of a DATABASE_URL is its end; the password is in front of it. Every guess answers alike.
  const [known, next] = ["@db.internal:5432/shop", "e"];
  for (let length = 1; length <= known.length; length++) {
    const answers = ["x", next].map((guess) => values.nameIn([guess + known.slice(0, length)]));
    assert.deepEqual(answers, [null, null]);
  }
  // Nor many guesses in one call, with all but three characters known.
  const [before, after] = [URL.slice(0, 24), URL.slice(27)];
  const guesses = Array.from({ length: 36 * 36 }, (_, i) => URL.slice(24, 25) + i.toString(36).padStart(2, "0"));
  const wrong = guesses.filter((guess) => guess !== URL.slice(24, 27));
  assert.equal(values.nameIn([wrong.map((guess) => before.slice(-7) + guess + after.slice(0, 7)).join("\n")]), null);
});

Deno.test("nameIn() takes no mark in a text for one of its own", () => {
  const marks = `[ov:${Array.from({ length: 400 }, (_, i) => i).join("+")}]`;
  for (const piece of ["@db.internal:5432/shop", TOKEN.slice(0, 12)]) {
    assert.equal(values.nameIn([marks + piece]), null);
  }
});
