import assert from "node:assert/strict";
import fc from "fast-check";
import { concatBytes, encodeUtf8 } from "../../src/base/mod.ts";
import { pieceThreshold } from "../../src/mask/mod.ts";
import { cutAt, depth, masked, maskerOf, outputs, randomValue, streamed, utf8 } from "./fixtures.ts";

/** Values that are hard on a stream: start equals end, self-overlapping, overlapping, one in another, multi-byte. */
const HARD = {
  ECHO: "abcXYZ9abc",
  LOOP: "ab1ab1ab1ab1",
  LEFT: "left-Kq7-shared-Zp",
  RIGHT: "shared-Zp-right-Vw4",
  INNER: "Kq7-shared",
  WIDE: "пароль-ключ-日本",
  LINES: "one-Hh3\ntwo-Jj4\nthree",
};

Deno.test("MaskStream gives what mask() gives, for every split in two and in bytes of short texts", () => {
  const masker = maskerOf(HARD);
  const values = Object.values(HARD);
  for (
    const output of [
      ...values,
      values.join(""),
      values.join("\n"),
      `x${HARD.ECHO}XYZ9abcXYZ9abc`,
      "left-Kq7-shared-Zp-right-Vw4",
    ]
  ) {
    const bytes = encodeUtf8(output);
    const { bytes: whole } = masker.mask(bytes);
    for (let at = 0; at <= bytes.length; at++) {
      assert.deepEqual(streamed(masker, [bytes.subarray(0, at), bytes.subarray(at)]), whole, `cut at ${at}`);
    }
    assert.deepEqual(streamed(masker, Array.from(bytes, (byte) => Uint8Array.of(byte))), whole);
  }
});

Deno.test("MaskStream gives what mask() gives, for random outputs and random cuts", () => {
  const masker = maskerOf(HARD);
  const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 9 });
  fc.assert(
    fc.property(outputs(Object.values(HARD)), cuts, (bytes, places) => {
      assert.deepEqual(streamed(masker, cutAt(bytes, places)), masker.mask(bytes).bytes);
    }),
    { numRuns: 400 * depth() },
  );
});

Deno.test("MaskStream gives what mask() gives, for outputs of many windows and cuts beside their borders", () => {
  const values = [randomValue(24), randomValue(300), "abcXYZ9abc"];
  const masker = maskerOf({ A: values[0]!, B: values[1]!, C: values[2]! });
  const window = 1 << 18;
  for (let round = 0; round < 2 * depth(); round++) {
    const bytes = encodeUtf8("line of ordinary output 42\n".repeat(32000)).slice(0, 840_000);
    for (let k = 1; k <= 3; k++) {
      // A value, plain or encoded, over the border of a window, and one a margin after it.
      for (const [i, at] of [k * window - 10 - round * 7, k * window + (1 << 14) - 9].entries()) {
        const value = encodeUtf8(values[(k + i) % 3]!);
        bytes.set(k === 2 ? encodeUtf8(value.toBase64()) : value, at);
      }
    }
    const { bytes: whole, maskedCount } = masker.mask(bytes);
    assert.ok(maskedCount >= 6);
    for (const value of values) assert.ok(!utf8(whole).includes(value.slice(0, 12)));
    const sizes = [1 << 16, 4096, 100_003, window, window + (1 << 14), window + (1 << 14) - 1];
    for (const size of sizes) {
      const chunks = Array.from(
        { length: Math.ceil(bytes.length / size) },
        (_, i) => bytes.subarray(i * size, (i + 1) * size),
      );
      assert.deepEqual(streamed(masker, chunks), whole, `chunks of ${size}`);
    }
  }
});

Deno.test("MaskStream leaves no piece as long as the threshold, for random outputs", () => {
  const masker = maskerOf(HARD);
  fc.assert(
    fc.property(outputs(Object.values(HARD)), (bytes) => {
      const output = masker.mask(bytes).bytes;
      const rest = utf8(output).replace(/\[ov:[A-Z+]+\]/g, "\u0000");
      for (const value of Object.values(HARD)) {
        const size = pieceThreshold(encodeUtf8(value));
        for (let i = 0; i + size <= value.length; i++) assert.ok(!rest.includes(value.slice(i, i + size)));
      }
    }),
    { numRuns: 300 * depth() },
  );
});

Deno.test("MaskStream masks a piece that the byte beside it would go on with in another case", () => {
  // Found by the property above: "q7-share" is as long as the threshold of INNER, and "k" is not its "K".
  assert.equal(masked(maskerOf({ INNER: HARD.INNER }), "kq7-share"), "k[ov:INNER]");
  assert.equal(masked(maskerOf({ INNER: HARD.INNER }), "-sharedX q7-sharED"), "-sharedX q7-sharED");
});

Deno.test("MaskStream masks an overlap of two values as one, and names both", () => {
  const masker = maskerOf(HARD);
  assert.equal(masked(masker, "<left-Kq7-shared-Zp-right-Vw4>"), "<[ov:LEFT+RIGHT]>");
  assert.equal(masked(masker, `<${HARD.LEFT}>`), "<[ov:LEFT]>", "one inside another is not named");
  assert.equal(masked(masker, `${HARD.ECHO}${HARD.ECHO}`), "[ov:ECHO][ov:ECHO]");
});

Deno.test("MaskStream.push() keeps back a value whose start equals its end when a chunk ends there", () => {
  const stream = maskerOf(HARD).stream();
  const out = [stream.push(encodeUtf8("abcXYZ9abc")), stream.push(encodeUtf8("XYZ9abc.")), stream.end()];
  assert.equal(utf8(concatBytes(...out)), "[ov:ECHO].");
});

Deno.test("MaskStream.pause() gives out a question, and masks the value that follows", () => {
  const stream = maskerOf(HARD).stream();
  assert.equal(utf8(stream.push(encodeUtf8("Continue? [y/N] "))), "");
  assert.equal(utf8(stream.pause()), "Continue? [y/N] ");
  stream.push(encodeUtf8(`${HARD.LEFT}\n`));
  assert.equal(utf8(stream.pause()), "[ov:LEFT]\n");
  assert.equal(stream.maskedCount, 1);
  assert.equal(stream.end().length, 0);
});

Deno.test("MaskStream.pause() holds what is already as long as the threshold, in any view, until more comes", () => {
  const value = randomValue(32);
  const bytes = encodeUtf8(value);
  const forms: Record<string, (part: Uint8Array) => string> = {
    "as is": (part) => utf8(part),
    "hex": (part) => part.toHex(),
    "base64": (part) => part.toBase64({ omitPadding: true }),
    "percent": (part) => Array.from(part, (byte) => `%${byte.toString(16)}`).join(""),
    "a line each": (part) => Array.from(part, (byte) => `${String.fromCharCode(byte)}\n`).join(""),
    "colours": (part) => Array.from(part, (byte) => `\x1b[3m${String.fromCharCode(byte)}\x1b[0m`).join(""),
  };
  for (const [name, form] of Object.entries(forms)) {
    const stream = maskerOf({ KEY: value }).stream();
    stream.push(encodeUtf8(`go: ${form(bytes.subarray(0, 21))}`));
    const first = utf8(stream.pause());
    assert.equal(first.replace("\x1b[3m", ""), "go: ", name);
    stream.push(encodeUtf8(`${form(bytes.subarray(21))} end.`));
    const second = utf8(stream.pause());
    assert.match(
      `${first}${second}`.replaceAll("\x1b[3m", "").replaceAll("\x1b[0m", ""),
      /^go: \[ov:KEY\]\n? end\.$/,
      name,
    );
    assert.equal(stream.maskedCount, 1, name);
  }
});

Deno.test("MaskStream.pause() at any place leaks less than a threshold, and the rest is masked", () => {
  const value = randomValue(32);
  const size = pieceThreshold(encodeUtf8(value));
  const bytes = encodeUtf8(`before ${value} after`);
  for (let a = 0; a <= bytes.length; a++) {
    for (const gap of [0, 1, 5, 11]) {
      const stream = maskerOf({ KEY: value }).stream();
      const b = Math.min(bytes.length, a + gap);
      const out = [
        stream.push(bytes.subarray(0, a)),
        stream.pause(),
        stream.push(bytes.subarray(a, b)),
        stream.pause(),
        stream.push(bytes.subarray(b)),
        stream.end(),
      ];
      const rest = utf8(concatBytes(...out)).replaceAll("[ov:KEY]", "\t");
      for (let i = 0; i + size <= value.length; i++) assert.ok(!rest.includes(value.slice(i, i + size)), `${a} ${b}`);
      assert.match(rest, /^before .{0,9}\t after$/, `${a} ${b}: ${rest}`);
    }
  }
});

Deno.test("MaskStream.pause() again and again keeps order and every byte of ordinary output", () => {
  const masker = maskerOf(HARD);
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 30 }), { maxLength: 12 }), (parts) => {
      const stream = masker.stream();
      const out = parts.flatMap((part) => [stream.push(encodeUtf8(part)), stream.pause()]);
      assert.equal(utf8(concatBytes(...out, stream.end())), utf8(concatBytes(...parts.map(encodeUtf8))));
    }),
    { numRuns: 200 * depth() },
  );
});

Deno.test("MaskStream keeps bounded memory over a long output, with and without pauses", () => {
  const masker = maskerOf({ KEY: randomValue(40) });
  const chunk = encodeUtf8("2025-01-02T03:04:05Z INFO worker listening on port 8787 and all is well\n".repeat(900));
  const stream = masker.stream();
  const before = Deno.memoryUsage().rss;
  let given = 0, taken = 0;
  for (let i = 0; i < 320 * depth(); i++) {
    taken += stream.push(chunk).length;
    if (i % 16 === 0) taken += stream.pause().length;
    given += chunk.length;
    // What is held is a window and its margin, whatever has gone through.
    assert.ok(given - taken <= (1 << 18) + (1 << 14) + chunk.length);
  }
  taken += stream.end().length;
  assert.equal(taken, given);
  assert.ok(Deno.memoryUsage().rss - before < 200 * 2 ** 20);
});
