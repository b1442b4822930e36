import assert from "node:assert/strict";
import { deflateRawSync, deflateSync } from "node:zlib";
import fc from "fast-check";
import { encodeUtf8 } from "../../../src/base/mod.ts";
import { timeBehindDateEnd, timestampEnd } from "../../../src/mask/views/numbers/timestamp.ts";
import { depth, masked, maskerOf, randomValue } from "../fixtures.ts";

const value = randomValue(32), bytes = encodeUtf8(value);
const masker = maskerOf({ KEY: value });

function words(bytes: Uint8Array, size: number): bigint[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => {
    return [...bytes.subarray(size * i, size * i + size)].reduce((word, byte) => 256n * word + BigInt(byte), 0n);
  });
}

/** Ways to write bytes as numbers in a row. */
const ROWS: Readonly<Record<string, (bytes: Uint8Array) => string>> = {
  "hexadecimal": (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" "),
  "prefixed hexadecimal": (bytes) => Array.from(bytes, (byte) => `0x${byte.toString(16)}`).join(", "),
  "decimal": (bytes) => bytes.join(", "),
  "bits": (bytes) => Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join(" "),
  "hexadecimal words": (bytes) => words(bytes, 4).map((word) => word.toString(16).padStart(8, "0")).join(" "),
  "decimal words": (bytes) => words(bytes, 4).join(" "),
  "short decimal words": (bytes) => words(bytes, 2).join(" "),
};

for (const [name, write] of Object.entries(ROWS)) {
  Deno.test(`numbersReader() reads numbers beside others: ${name}`, () => {
    for (const before of ["", "200 12 - [: ", "10.28.13\n", "2026-11-02 03:04:05,678 - ", "worker 6329 7: "]) {
      for (const after of ["\n", "\n17 a\n", ",ab\n", "; 40  0.0  0.0      0     0 ?\n"]) {
        const prefix = name === "prefixed hexadecimal" ? "0x" : "";
        assert.equal(masked(masker, `${before}${write(bytes)}${after}`), `${before}${prefix}[ov:KEY]${after}`);
      }
    }
  });

  Deno.test(`numbersReader() reads a compressed stream beside other numbers: ${name}`, () => {
    // Of text that repeats itself, so that its code is no fixed one.
    const stream = new Uint8Array(deflateRawSync(encodeUtf8(`${value} ${"a line of a log, and another. ".repeat(3)}`)));
    const others = name === "prefixed hexadecimal" ? "1, 2, 3, 4, 5, 6, 7, 8, " : "x 98\n--\n";
    for (const before of ["", "2026-11-02 03:04:05 INFO ", others]) {
      for (const after of ["\n", "; 40  0.0  0.0      0     0 ?\n", "; 693713\n10609882\n950934544\n"]) {
        const output = masked(masker, `${before}${write(stream)}${after}`);
        assert.ok(output.includes("[ov:KEY]") && !output.includes(write(stream.subarray(-8))), `${before}…${after}`);
      }
    }
  });
}

Deno.test("numbersReader() reads words behind numbers of another size as a compressed stream", () => {
  const stream = new Uint8Array(deflateRawSync(bytes));
  const hexadecimal = ROWS["hexadecimal words"]!(stream), decimal = ROWS["decimal words"]!(stream);
  for (const [before, row] of [['rows=12"', hexadecimal], ["0 ", decimal], ["5 12 7 ", decimal]] as const) {
    assert.match(masked(masker, `${before}${row}\n`), /\[ov:KEY\]/, before);
  }
});

Deno.test("numbersReader() reads a stream in prefixed hexadecimal though many of its bytes have one digit", () => {
  // Digits alone are compressed by a code of their own, whose description is mostly zeros.
  const digits = Array.from(crypto.getRandomValues(new Uint8Array(40)), (byte) => byte % 10).join("");
  const stream = new Uint8Array(deflateRawSync(encodeUtf8(digits)));
  for (const after of ["\n", "; 4 5 6 7 8\n"]) {
    const output = masked(maskerOf({ PIN: digits }), `key ${ROWS["prefixed hexadecimal"]!(stream)}${after}`);
    assert.match(output, /\[ov:PIN\]/, output);
  }
});

Deno.test("numbersReader() reads a few words beside what may be hexadecimal", () => {
  const value = randomValue(16);
  const row = words(encodeUtf8(value), 4).join(" ");
  for (const after of [",ab\n", ", ab.example\n", " feed\n"]) {
    assert.equal(
      masked(maskerOf({ KEY: value }), `2026-11-02 03:04:05 ${row}${after}`),
      `2026-11-02 03:04:05 [ov:KEY]${after}`,
    );
  }
});

/** What stands in the middle of a long row of bytes that are nothing. */
const HIDDEN: Readonly<Record<string, () => Uint8Array>> = {
  "base64": () => encodeUtf8(bytes.toBase64()),
  "base64 with a byte between": () =>
    Uint8Array.from([...encodeUtf8(bytes.toBase64())].flatMap((byte) => [byte, 0x81])),
  "wide look-alikes": () =>
    encodeUtf8([...value].map((letter) => String.fromCodePoint(letter.charCodeAt(0) + 0xfee0)).join("")),
  "a long stream": () => new Uint8Array(deflateSync(encodeUtf8(`${randomValue(3000)} ${value}`))),
};
for (const [name, hide] of Object.entries(HIDDEN)) {
  Deno.test(`numbersReader() reads ${name} in a long row of noise`, () => {
    const noise = () => [...crypto.getRandomValues(new Uint8Array(700))];
    const hidden = [...hide()];
    for (const row of [hidden, [...noise(), ...hidden], [...noise(), ...hidden, ...noise()]]) {
      const decimal = masked(masker, `${row.join(", ")}\n`);
      assert.match(decimal, /\[ov:KEY\]/);
      const hexadecimal = masked(masker, `${row.map((byte) => byte.toString(16).padStart(2, "0")).join(" ")}\n`);
      assert.match(hexadecimal, /\[ov:KEY\]/);
    }
  });
}

Deno.test("numbersReader() reads a compressed stream in the middle of other numbers", () => {
  const stream = ROWS["decimal"]!(new Uint8Array(deflateRawSync(bytes)));
  const noise = "0.550182 -1.194825 0.431710 2.681594 ".repeat(4);
  assert.match(masked(masker, `${noise}${stream}\n${noise}\n`), /\[ov:KEY\]/);
});

Deno.test("numbersReader() reads words with zeros between in a long row of noise", () => {
  const value = randomValue(8), masker = maskerOf({ KEY: value });
  const list = words(encodeUtf8(value).toReversed(), 2).toReversed().join(" ");
  const noise = "974657 569737551 71320124 596186876 705317621 840105731 866752756 81209400 ".repeat(6);
  assert.equal(masked(masker, `${noise}${list} ${noise}\n`), `${noise}[ov:KEY] ${noise}\n`);
});

Deno.test("numbersReader() reads numbers of many digits beside words and others", () => {
  const number = words(bytes, bytes.length)[0]!.toString();
  for (const [before, after] of [["", "\n5a.js\n"], ["5 ", " face\n"], ["key", ""], ["x", "y "], ["11:22 ", "th\n"]]) {
    assert.equal(masked(masker, `${before}${number}${after}`), `${before}[ov:KEY]${after}`);
  }
});

Deno.test("numbersReader() goes on over dates and times", () => {
  const lines = Array.from(bytes, (byte, i) => `2026-11-02 03:04:${10 + i} ${byte}`);
  assert.match(masked(masker, `${lines.join("\n")}\n`), /^2026-11-02 03:04:10 \[ov:KEY\]\n$/);
});

Deno.test("numbersReader() gets through any rows of numbers, and takes none for a value", () => {
  const digits = (set: string, most: number) =>
    fc.string({ unit: fc.constantFrom(...set), minLength: 1, maxLength: most });
  const number = fc.oneof(
    digits("0123456789", 5),
    digits("0123456789", 400),
    digits("01", 9),
    digits("01234567", 7),
    digits("0123456789abcdef", 17),
    fc.constantFrom(
      "0x",
      "0b01010101",
      "x41",
      "2026-11-02",
      "2026-11-02 03:04:05,678",
      "T03:04:05",
      "a",
      "key",
      "9".repeat(5000),
    ),
  );
  const separator = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(" ", ", ", "\n") },
    fc.constantFrom("", "\\", ": ", "-", "\n\n", "        ", " and then ", "\r\n", "=", "_"),
  );
  const rows = fc.array(fc.tuple(number, separator), { maxLength: 60 }).map((parts) => parts.flat().join(""));
  // The same separator between them all, too: rows that are alike in themselves.
  const steady = fc.tuple(fc.array(number, { maxLength: 60 }), separator).map(([all, between]) => all.join(between));
  fc.assert(
    fc.property(fc.oneof(rows, steady), (text) => assert.equal(masked(masker, text), text)),
    { numRuns: 200 * depth() },
  );
});

Deno.test("timestampEnd() knows a date, with and without a time", () => {
  const whole = [
    "2026-11-02",
    "2026/11/02",
    "1999-01-31 23:59:60",
    "2026-11-02T03:04:05",
    "2026-11-02_03:04:05.1",
    "2026-11-02 03:04:05,678",
    "2026-11-02 03:04:05.123456789",
  ];
  for (const text of whole) {
    for (const after of ["", " 7", "Z", "\n"]) {
      assert.equal(timestampEnd(encodeUtf8(text + after), 0), text.length, text + after);
    }
  }
  for (const text of ["2026-11-02 03:04", "2026-11-02 24:00:00", "2026-11-02 03:04:05678", "2026-11-02 3:04:05"]) {
    assert.equal(timestampEnd(encodeUtf8(text), 0), "2026-11-02".length, text);
  }
  for (
    const text of [
      "2026-13-02",
      "2026-11-32",
      "2026-00-02",
      "1826-11-02",
      "2026-11/02",
      "2026-11-021",
      "202-11-02 ",
      "",
    ]
  ) {
    assert.equal(timestampEnd(encodeUtf8(text), 0), 0, text);
  }
  // Digits of a second are no more than there can be.
  assert.equal(timestampEnd(encodeUtf8(`2026-11-02 03:04:05.${"7".repeat(20)}`), 0), "2026-11-02 03:04:05".length);
});

Deno.test("timeBehindDateEnd() knows a time by the date before it", () => {
  const time = (text: string): number =>
    timeBehindDateEnd(encodeUtf8(text), text.indexOf("T") + 1) - text.indexOf("T") - 1;
  assert.equal(time("2026-11-02T03:04:05.678,9"), "03:04:05.678".length);
  assert.equal(time(",2026-11-02T03:04:05"), "03:04:05".length);
  for (const text of ["T03:04:05", "92026-11-02T03:04:05", "2026-11-02T03:04", "2026-13-02T03:04:05"]) {
    assert.equal(time(text), 0, text);
  }
});
