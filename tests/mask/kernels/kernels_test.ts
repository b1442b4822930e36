/** Every kernel against a plain loop that says the same in its own way, on texts of every length around a kernel's steps. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { encodeUtf8 } from "../../../src/base/mod.ts";
import { WordFilter } from "../../../src/mask/filter.ts";
import { load, SHORT_RUN, type Text } from "../../../src/mask/kernels/kernels.ts";
import { byteClass, members, setHeads, tableOf } from "../../../src/mask/kernels/tables.ts";
import { depth } from "../fixtures.ts";

const runs = { numRuns: 300 * depth() };
/** Bytes of which some are rare, some come again and again, in texts up to a few blocks long. */
const texts = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.array(fc.constantFrom(..."aZ09 \n\r\t-_+/=%&\\'\"#x\x1b\x08\x7f\xe9"), { maxLength: 300 })
    .map((characters) => Uint8Array.from(characters, (character) => character.charCodeAt(0))),
  fc.array(fc.constantFrom(..."ab ,"), { maxLength: 200 }).map((characters) => encodeUtf8(characters.join(""))),
  fc.array(fc.constantFrom("word", "\n", "  ", "\t   ", "\r\n"), { minLength: 30, maxLength: 80 })
    .map((parts) => encodeUtf8(parts.join(""))),
);

/** Everything that a kernel lists, however often its list is full; `each` takes one round's. */
function listed(
  text: Text,
  from: number,
  kernel: (from: number) => number,
  second = false,
  to = text.size,
): number[] {
  const all: number[] = [];
  for (let at = from; at < to;) {
    const count = kernel(at);
    all.push(...(second ? text.secondList : text.list).subarray(0, count));
    assert.ok(text.resume > at, "a kernel goes on");
    at = text.resume;
  }
  return all;
}

const isAlphanumeric = (byte: number) => /[A-Za-z0-9]/.test(String.fromCharCode(byte));
const WORDS = members(/[A-Za-z0-9+/_-]/), IN_WORD = byteClass(WORDS);
const WIDE = byteClass(Array.from({ length: 256 }, (_, byte) => byte >> 7));
const ALL_ESCAPES = byteClass(members(/[\\%=&]/)), BACKSLASH = byteClass(members(/[\\]/));
const STARTS = Uint8Array.from({ length: 4096 }, (_, bits) => bits % 7 === 0 ? 1 + bits % 5 : 0),
  STARTS_AT = tableOf(STARTS);

Deno.test("Text.next() finds the first byte of a class, whatever stands before it", () => {
  for (let byte = 0; byte < 256; byte++) {
    for (const at of [0, 1, 15, 16, 17, 31, 40]) {
      const text = load(new Uint8Array(41).fill(0x20).fill(byte, at, at + 1), 0);
      assert.equal(text.next(0, 41, IN_WORD), WORDS[byte] === 1 ? at : 41, `${byte} at ${at}`);
      assert.equal(text.next(0, 41, WIDE), byte >= 0x80 ? at : 41);
      assert.equal(text.next(at + 1, 41, IN_WORD), 41);
      assert.equal(text.next(0, at, IN_WORD), at);
    }
  }
});

Deno.test("byteClass() refuses a set that has too many different rows", () => {
  assert.throws(
    () => byteClass(Array.from({ length: 256 }, (_, byte) => (byte >> 4) === (byte & 15) ? 1 : 0)),
    RangeError,
  );
});

Deno.test("Text.select() selects as a filter of each byte does", () => {
  fc.assert(
    fc.property(texts, (bytes) => {
      const selected = load(bytes, 0).select();
      let after = false;
      const unwrapped = bytes.filter((byte) => {
        after = byte === 10 || byte === 13 || (after && (byte === 32 || byte === 9));
        return !after;
      });
      assert.deepEqual(selected.dense.bytes.slice(), bytes.filter((byte) => byte > 32 && byte !== 127));
      assert.deepEqual(selected.skeleton.bytes.slice(), bytes.filter(isAlphanumeric));
      assert.deepEqual(selected.unwrapped.bytes.slice(), unwrapped);
      assert.equal(selected.control, bytes.some((byte) => byte <= 32 || byte === 127));
      assert.equal(selected.symbol, bytes.some((byte) => !isAlphanumeric(byte)));
      assert.equal(selected.digit, bytes.some((byte) => byte >= 48 && byte <= 57));
      assert.equal(selected.wide, bytes.some((byte) => byte >= 128));
      const flags = [..."\\%=&'\"\x1b\x08"].map((character, bit) =>
        bytes.includes(character.charCodeAt(0)) ? 1 << bit : 0
      );
      assert.equal(selected.flags, flags.reduce((sum, flag) => sum | flag, 0));
    }),
    runs,
  );
});

Deno.test("Text.find() lists the words that the filter has, however many", () => {
  const filter = new WordFilter(1000), other = new WordFilter(10), filters = [other, filter];
  for (let i = 0; i < 1000; i++) filter.add(i * 0x01030507 | 0x20202020);
  const bytes = new Uint8Array(40_003);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < 10_000; i++) view.setUint32(4 * i, (i % 3 === 0 ? i % 1000 * 0x01030507 : i * 77) >>> 0, true);
  const wordAt = (i: number, cut: number) => (view.getUint32(4 * i, true) | 0x20202020) & cut;
  for (const cut of [-1, 0x00ffffff]) {
    const wanted = Array.from({ length: 10_000 }, (_, i) => 4 * i).filter((at) => filter.has(wordAt(at / 4, cut)));
    assert.ok(cut !== -1 || wanted.length > 3000);
    const text = load(bytes, 0, filters);
    const found: number[] = [];
    for (let from = 0; from + 4 <= bytes.length; from = text.resume) {
      found.push(...text.list.subarray(0, text.find(from, 1, cut)));
    }
    assert.deepEqual(found, wanted);
  }
});

Deno.test("Text.stretches() lists every stretch that is long enough, over any number of blocks", () => {
  const stretch = fc.tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 1, max: 70 }));
  fc.assert(
    fc.property(
      fc.array(stretch, { maxLength: 40 }),
      fc.integer({ min: 8, max: 90 }),
      fc.nat(20),
      (parts, least, begin) => {
        const bytes = encodeUtf8(parts.map(([word, gap]) => "x".repeat(word) + " ".repeat(gap)).join(""));
        const from = Math.min(begin, bytes.length), to = Math.max(from, bytes.length - 3);
        const wanted: number[] = [];
        for (let at = from; at < to; at++) {
          const start = at;
          while (at < to && bytes[at] === 0x78) at++;
          if (at - start >= least) wanted.push(start, at);
        }
        const text = load(bytes, 0), found: number[] = [];
        for (let at = from; at < to; at = text.resume) {
          found.push(...text.list.subarray(0, text.stretches(at, to, least, IN_WORD)));
        }
        assert.deepEqual(found, wanted);
      },
    ),
    runs,
  );
  const many = encodeUtf8("12345678 ".repeat(5000));
  const text = load(many, 0);
  assert.deepEqual(
    listed(text, 0, (from) => text.stretches(from, many.length, 8, IN_WORD)),
    Array.from({ length: 10_000 }, (_, i) => 9 * (i >> 1) + 8 * (i & 1)),
  );
});

Deno.test("Text.magic() finds the first two bytes of every magic number, and nothing else", () => {
  for (let first = 0; first < 256; first++) {
    for (let second = 0; second < 256; second++) {
      const bytes = new Uint8Array(34).fill(0x20);
      bytes.set([first, second], 15 + (second & 1));
      const is = [0x1f8b, 0x28b5, 0x504b, 0x7801, 0x785e, 0x789c, 0x78da].includes(first * 256 + second);
      assert.equal(load(bytes, 0).magic(0, 34), is ? 15 + (second & 1) : 34);
    }
  }
});

Deno.test("Text.escapes() lists what may be an escape by its first two bytes", () => {
  const follows: Readonly<Record<string, RegExp>> = {
    "\\": /[^]/,
    "%": /[A-Za-z0-9]/,
    "=": /[0-9A-F\r\n]/,
    "&": /[A-Za-z0-9#]/,
    "'": /['\\"]/,
    '"': /"/,
  };
  fc.assert(
    fc.property(texts, fc.boolean(), fc.nat(3), (bytes, all, quotes) => {
      const kinds = (all ? "\\%=&" : "\\") + ((quotes & 1) !== 0 ? "'" : "") + ((quotes & 2) !== 0 ? '"' : "");
      // Behind the text there are blanks.
      const string = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("") + " ";
      const wanted = Array.from(bytes.keys()).filter((at) =>
        kinds.includes(string[at]!) && follows[string[at]!]!.test(string[at + 1]!)
      );
      const text = load(bytes, 0);
      assert.deepEqual(listed(text, 0, (from) => text.escapes(from, all ? ALL_ESCAPES : BACKSLASH, quotes)), wanted);
    }),
    runs,
  );
  const text = load(encodeUtf8("\\n".repeat(3000)), 0);
  assert.equal(listed(text, 0, (from) => text.escapes(from, ALL_ESCAPES, 0)).length, 3000);
});

/** What each place said, as places of characters: those that are met again within 96 bytes belong together. */
function singlesOf(bytes: Uint8Array): number[][] {
  const beside = (at: number) => at >= bytes.length || (bytes[at]! < 128 && !isAlphanumeric(bytes[at]!));
  const places = new Map<string, { at: number[]; last: number; said: Set<string> }>(), done: number[][] = [];
  const close = (place: { at: number[]; said: Set<string> } | undefined) => {
    if (place !== undefined && place.at.length >= 6 && place.said.size > 1) done.push(place.at);
  };
  for (let at = 2; at < bytes.length - 1; at++) {
    if (!beside(at - 1) || bytes[at]! <= 32 || bytes[at] === bytes[at - 1] || !(beside(at + 1) || beside(at + 2))) {
      continue;
    }
    const length = beside(at + 1) ? 1 : 2;
    const key = [bytes[at - 2], bytes[at - 1], bytes[at + length] ?? 32, length].join();
    let place = places.get(key);
    if (place === undefined || at - place.last > 96) {
      close(place);
      places.set(key, place = { at: [], last: at, said: new Set() });
    }
    place.last = at;
    place.said.add(String(bytes.subarray(at, at + length)));
    for (let k = 0; k < length; k++) place.at.push(at + k);
  }
  for (const place of places.values()) close(place);
  return done.sort((a, b) => a.at(-1)! - b.at(-1)! || a.length - b.length);
}

/** The same by the kernel. */
function singlesBy(bytes: Uint8Array): number[][] {
  const text = load(bytes, 0), found: number[][] = [];
  const take = (count: number) => {
    for (let i = 0; i < count; i += 2) {
      const at: number[] = [];
      for (let node = text.list[i]!; node >= 0; node = text.nodes[2 * node + 1]!) {
        const place = text.nodes[2 * node]! >> 1;
        if ((text.nodes[2 * node]! & 1) === 1) at.unshift(place, place + 1);
        else at.unshift(place);
      }
      assert.equal(at.length, text.list[i + 1]);
      found.push(at);
    }
  };
  let from = 2;
  for (; from < bytes.length - 1; from = text.resume) take(text.singles(from));
  take(text.singles(from));
  return found.sort((a, b) => a.at(-1)! - b.at(-1)! || a.length - b.length);
}

Deno.test("Text.singles() lists what stands in the same place again and again", () => {
  const part = fc.constantFrom("<a>", "(b)", "[cd]", ", e", '"f"', " word ", "\n", "(1)", "(2)", "{x}".padEnd(120));
  fc.assert(
    fc.property(fc.array(part, { maxLength: 60 }), (parts) => {
      const bytes = encodeUtf8(parts.join(""));
      if (bytes.length >= 4) assert.deepEqual(singlesBy(bytes), singlesOf(bytes));
    }),
    runs,
  );
  // At every place of a block, and as far apart as they may be, or one further.
  for (let before = 0; before < 130; before++) {
    for (const gap of [0, 92, 93, 94]) {
      const bytes = encodeUtf8(
        " ".repeat(before) + [..."abcdefg"].map((letter) => `<${letter}>`).join(" ".repeat(gap)),
      );
      assert.deepEqual(singlesBy(bytes), singlesOf(bytes), `${before} before, ${gap} between`);
    }
  }
});

Deno.test("Text.periodic() finds what stands there for the eighth time, and no ruler", () => {
  fc.assert(
    fc.property(
      texts,
      fc.constantFrom(
        "",
        "sXeXcXrXeXtX1X2X",
        "s, e, c, r, e, t, 1, 2, ",
        "--------------------",
        "a-b-c-d-----------------",
        "x-a-b-----------",
        "-----a-b-c-d-e-f-g-h--",
      ),
      fc.integer({ min: 2, max: 5 }),
      fc.nat(40),
      (noise, spelled, period, cut) => {
        const bytes = new Uint8Array([...noise.subarray(0, cut), ...encodeUtf8(spelled), ...noise.subarray(cut)]);
        let wanted = bytes.length;
        for (let at = bytes.length - 1; at >= 7 * period; at--) {
          const times = Array.from({ length: 8 }, (_, k) => bytes[at - k * period]);
          const before = Array.from({ length: 6 }, (_, k) => bytes[at - 1 - k * period]);
          if (times.every((byte) => byte === bytes[at]) && before.some((byte) => byte !== bytes[at])) wanted = at;
        }
        assert.equal(load(bytes, 0).periodic(7 * period, period), Math.max(wanted, Math.min(bytes.length, 7 * period)));
      },
    ),
    runs,
  );
});

Deno.test("Text.digits(), starts(), traces(), texts() and lanes() read a run as what it stands for", () => {
  const filter = new WordFilter(200), filters = [filter];
  for (let i = 0; i < 200; i++) filter.add((i * 0x0a0b0d & 0xffffff) | 0x202020);
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 6, maxLength: 400 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 8 }),
      fc.nat(30),
      (noise, isHex, row, ascii) => {
        const bits = isHex ? 4 : 6, group = isHex ? 2 : 4, chars = isHex ? 6 : 4;
        const plain = noise.map((byte, i) => i % 60 < ascii ? byte & 127 : byte);
        // Some of what the filter has.
        for (let i = 0; i + 3 <= plain.length; i += 11) plain.set([i * 0x0a, (i * 0x0a0b0d) >> 8, i * 0x0d], i);
        const url = (noise[0]! & 1) === 0 ? "base64url" : "base64";
        const run = isHex ? plain.toHex() : plain.toBase64({ alphabet: url, omitPadding: true });
        const text = load(encodeUtf8(`  ${run} `), 0, filters);
        const digits = text.digits(2, 2 + run.length, bits).subarray(0, run.length);
        const bit = (at: number) => (digits[Math.floor(at / bits)]! >> (bits - 1 - at % bits)) & 1;
        const bitsFrom = (at: number, count: number) => {
          let word = 0;
          for (let k = 0; k < count; k++) word = word * 2 + bit(at + k);
          return word;
        };
        for (let i = 0; i < plain.length; i++) assert.equal(bitsFrom(8 * i, 8), plain[i], "the digits are the bytes");
        const size = run.length,
          all = (from: number, step: number, kernel: (from: number) => number) => {
            const found: number[] = [];
            for (let at = from; at + step <= size;) {
              found.push(...text.secondList.subarray(0, kernel(at)));
              at = Math.max(text.resume, at + step);
            }
            return found;
          };
        const wantedStarts: number[] = [], wantedTraces: number[] = [], wantedTexts: number[] = [];
        for (let at = 0; bits * at + 12 <= bits * size; at += 2) {
          const what = STARTS[bitsFrom(bits * at, 12)]!;
          if (what !== 0) wantedStarts.push(at, what);
        }
        assert.deepEqual(all(0, 2, (at) => text.starts(at, size, bits, STARTS_AT)), wantedStarts);
        const isAscii = (at: number) => [0, 8, 16].every((first) => bit(bits * at + first) === 0);
        for (let block = group * (row - 1); block + chars <= size; block += group * row) {
          for (let at = block; at < block + group && at + chars <= size; at++) {
            const word = bitsFrom(bits * at, 24) | 0x202020;
            if (filter.has(word)) wantedTraces.push(at, word);
            let low = at, high = at;
            if (!isAscii(at)) continue;
            while (low - group >= 0 && isAscii(low - group)) low -= group;
            while (high + group + chars <= size && isAscii(high + group)) high += group;
            const isAll = low - group < 0 && low === 0 && high + group + chars > size;
            if ((high - low) / group + 1 >= row || isAll) wantedTexts.push(at, 0);
          }
        }
        const first = group * (row - 1);
        assert.deepEqual(all(first, group, (at) => text.traces(at, size, bits, row, 0)), wantedTraces);
        assert.deepEqual(all(first, group, (at) => text.texts(at, size, bits, row)), wantedTexts);
        if (size > SHORT_RUN) return;
        const count = text.lanes(2, 2 + size, bits, STARTS_AT, row, row, 0), [started, traced] = text.partEnds;
        const numbers = [...text.secondList.subarray(0, count)];
        assert.deepEqual(text.lastDigits.subarray(0, size), digits);
        assert.deepEqual([numbers.slice(0, started), numbers.slice(started, traced), numbers.slice(traced)], [
          wantedStarts,
          wantedTraces,
          wantedTexts,
        ]);
      },
    ),
    runs,
  );
});

/** What two characters can begin, for three alphabets as text and as a stream. */
const HEADS = Uint8Array.from({ length: 1 << 16 }, (_, pair) => {
  const first = pair & 255, second = pair >> 8;
  return (first % 3 !== 0 ? 1 : 0) | (second % 3 !== 1 ? 2 : 0) | (first + second) % 2 << 2 |
    (first % 2 === 0 ? 8 : 0) | (second % 5 !== 0 ? 16 : 0) | (first % 7 !== 3 ? 32 : 0);
});
setHeads(HEADS);

/** Characters of three alphabets of base85 in the order of their values: one as it comes, one backwards, one without what is between. */
const ALPHABETS = [
  Array.from({ length: 85 }, (_, i) => 0x21 + i),
  Array.from({ length: 85 }, (_, i) => 0x7e - i),
  Array.from({ length: 85 }, (_, i) => 0x21 + (i * 7) % 94),
];
const DIGITS_AT = tableOf(Uint8Array.from(ALPHABETS.flatMap((alphabet) => {
  return Array.from({ length: 256 }, (_, byte) => alphabet.includes(byte) ? alphabet.indexOf(byte) : 255);
})));

/** Four bytes as five characters. */
function base85(bytes: string, alphabet: readonly number[]): number[] {
  let number = [...bytes].reduce((sum, character) => sum * 256 + character.charCodeAt(0), 0);
  const characters: number[] = [];
  for (let k = 0; k < 5; k++, number = Math.floor(number / 85)) characters.unshift(alphabet[number % 85]!);
  return characters;
}

Deno.test("Text.heads() lists three groups of text in a row, and where a stream begins", () => {
  const alphabet = fc.constantFrom(...ALPHABETS);
  const four = fc.oneof(
    { weight: 6, arbitrary: fc.string({ unit: fc.constantFrom(..."aB ~\t\r\n"), minLength: 4, maxLength: 4 }) },
    fc.constantFrom("\x1f\x8b\x08\x00", "\x28\xb5\x2f\xfd", "PK\x03\x04", "\x78\x9c\x4b\x04", "\x78\xda\x07\x00"),
    fc.constantFrom("\x7faaa", "aa\x1faa", "a\x00aa", "aaa\x80", "\x0baaa"),
  );
  const part = fc.oneof(
    fc.tuple(fc.array(four, { minLength: 1, maxLength: 6 }), alphabet)
      .map(([words, characters]) => words.flatMap((word) => base85(word, characters))),
    fc.array(fc.integer({ min: 0x21, max: 0x7e }), { maxLength: 7 }),
  );
  let hadText = false, hadStream = false;
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 12 }), fc.nat(12), fc.nat(12), (parts, begin, rest) => {
      const bytes = Uint8Array.from(parts.flat()), size = Math.max(0, bytes.length - rest);
      const first = Math.min(begin, size);
      const headAt = (at: number, bit: number) =>
        at + 1 < size && (HEADS[bytes[at]! | (bytes[at + 1]! << 8)]! & bit) !== 0;
      const groupAt = (at: number, index: number): string => {
        let number = 0;
        for (let k = at; k < at + 5; k++) {
          number = number * 85 + (k < size ? ALPHABETS[index]!.indexOf(bytes[k]!) : NaN);
        }
        if (Number.isNaN(number) || bytes.subarray(at, at + 5).some((byte) => !ALPHABETS[index]!.includes(byte))) {
          return "";
        }
        return number < 2 ** 32
          ? String.fromCharCode(number >>> 24, (number >>> 16) & 255, (number >>> 8) & 255, number & 255)
          : "";
      };
      const isText = (at: number, index: number) => /^[\t\r\n -~]{4}$/.test(groupAt(at, index));
      const isMagic = (at: number, index: number) => {
        const group = groupAt(at, index);
        // deno-lint-ignore no-control-regex -- what terminals and streams begin with is what is looked for
        if (/^x[\x01\x5e\x9c\xda]/.test(group)) return ![6, 7].includes(group.charCodeAt(2) % 8);
        // deno-lint-ignore no-control-regex -- what terminals and streams begin with is what is looked for
        return /^(?:\x1f\x8b\x08|\x28\xb5\x2f|PK\x03)/.test(group);
      };
      const wanted: number[] = [];
      for (let at = 0; at < size; at += 5) {
        for (let k = 0; k < 5 && at >= first; k++) {
          for (let index = 0; index < 3; index++) {
            if (headAt(at + k, 8 << index) && isMagic(at + k, index)) wanted.push(2 * (at + k) + 1, 0);
          }
        }
        let bits = 0;
        for (let k = 0; k < 5 && at >= 10; k++) {
          for (let index = 0; index < 3; index++) {
            const places = [at - 10 + k, at - 5 + k, at + k];
            if (places.every((place) => headAt(place, 1 << index) && isText(place, index))) {
              bits |= 1 << (6 * k + index);
            }
          }
        }
        if (bits !== 0) wanted.push(2 * (at - 10), bits);
      }
      for (let i = 0; i < wanted.length; i += 2) {
        if (wanted[i]! % 2 === 0) hadText = true;
        else hadStream = true;
      }
      const text = load(bytes, 0);
      assert.deepEqual(listed(text, 0, (from) => text.heads(from, first, size, DIGITS_AT), true, size), wanted);
    }),
    runs,
  );
  assert.ok(hadText && hadStream);
});

Deno.test("Text.places() lists every byte of a class, however many", () => {
  const many = new Uint8Array(10_000).map((_, i) => i % 3 === 0 ? 0x41 : 0x20);
  fc.assert(
    fc.property(fc.oneof(texts, fc.constant(many)), fc.nat(70), (bytes, begin) => {
      const from = Math.min(begin, bytes.length), text = load(bytes, 0);
      const wanted = Array.from(bytes.keys()).filter((at) => at >= from && WORDS[bytes[at]!] === 1);
      assert.deepEqual(listed(text, from, (at) => text.places(at, IN_WORD)), wanted);
    }),
    runs,
  );
});

/** Where the first of `bytes` is that a strict decoder of UTF-8 does not take, from `from` on; and no control character. */
function strangeIn(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length;) {
    const size = [1, 2, 3, 4].find((size) => {
      try {
        return [...new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(at, at + size))]
          .length === 1;
      } catch {
        return false;
      }
    });
    // deno-lint-ignore no-control-regex -- what terminals and streams begin with is what is looked for
    if (size === 1 && /[^\t\n\r\x1b -\x7f]/.test(String.fromCharCode(bytes[at]!))) return at;
    if (size === undefined) return at;
    at += size;
  }
  return bytes.length;
}

Deno.test("Text.strange() finds what is no text in UTF-8", () => {
  const character = fc.oneof(
    fc.constantFrom("a", "\n", "\t", "\x1b", "\r", "\x7f"),
    fc.constantFrom("\u00e9", "\u07ff", "\u0800", "\u2713", "\ud7ff", "\uffff", "\u{10000}", "\u{10ffff}"),
  );
  const strange = fc.constantFrom(
    [0],
    [1],
    [8],
    [0x0b],
    [0x1f],
    [0x80],
    [0xbf],
    [0xc1, 0x80],
    [0xf5, 0x80, 0x80, 0x80],
    [
      0xc3,
      0x41,
    ],
    [0xe2, 0x9c, 0x41],
    [0xf0, 0x90, 0x80, 0x41],
    [0xe2, 0x41],
    [0xff],
  );
  fc.assert(
    fc.property(
      fc.array(character, { maxLength: 60 }),
      strange,
      fc.nat(60),
      fc.nat(30),
      (characters, odd, at, begin) => {
        const plain = encodeUtf8(characters.join(""));
        const before = encodeUtf8(characters.slice(0, at).join(""));
        const from = Math.min(encodeUtf8(characters.slice(0, begin).join("")).length, before.length);
        assert.equal(load(plain, 0).strange(from), plain.length);
        const bytes = new Uint8Array([...before, ...odd, ...encodeUtf8(`a${characters.slice(at).join("")}`)]);
        const text = load(bytes, 0), found = text.strange(from);
        assert.equal(found, strangeIn(bytes, from));
        assert.equal(found, before.length);
        assert.equal(text.strange(bytes.length), bytes.length);
        // A character that is cut at the end is none that is strange.
        const cut = encodeUtf8(`${characters.join("")}\u{10ffff}`);
        for (let size = 1; size < 4; size++) {
          assert.equal(
            load(cut.slice(0, cut.length - size), 0).strange(0),
            cut.length - size,
          );
        }
      },
    ),
    runs,
  );
});

Deno.test("Text.plain() leaves out what terminals act on", () => {
  const BEL = "\x07", ESC = "\x1b";
  const part = fc.oneof(
    fc.string({ unit: fc.constantFrom(..."ab Z[]m\n"), maxLength: 20 }),
    fc.constantFrom(
      `${ESC}[0m`,
      `${ESC}[?25h`,
      `${ESC}[38;5;245m`,
      `${ESC}[`,
      `${ESC}[1;2`,
      `${ESC}[1\n`,
      `${ESC}[~`,
      `${ESC}[\x7f`,
    ),
    fc.constantFrom(`${ESC}]0;title${BEL}`, `${ESC}]8;;x${ESC}\\`, `${ESC}P1${ESC}[m`, `${ESC}_${"a".repeat(253)}`),
    fc.constantFrom(
      `${ESC}X${"b".repeat(300)}${BEL}`,
      `${ESC}^${"c".repeat(255)}${BEL}`,
      `${ESC}]${"d".repeat(256)}${BEL}`,
    ),
    fc.constantFrom(`${ESC}(B`, `${ESC}/x`, `${ESC} !x`, `${ESC}7`, `${ESC}${ESC}c`, ESC, `${ESC}]`, `${ESC}(`),
  );
  // The longest string that ends is one of 255 characters and what ends it.
  // deno-lint-ignore no-control-regex -- what terminals and streams begin with is what is looked for
  const sequence = /\x1b(?:\[[ -?]*[@-~]?|[\]P^_X](?:[^\x07\x1b]{0,255}(?:\x07|(?=\x1b)(?:\x1b\\)?))?|[ -\/]*[^]?)/g;
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const text = parts.join("");
      const plain = load(encodeUtf8(text), 0).plain();
      assert.equal(new TextDecoder().decode(plain.bytes.slice()), text.replace(sequence, ""));
    }),
    runs,
  );
});

Deno.test("Text.letters() and kinds() tell what characters there are", () => {
  const character = fc.constantFrom(..."azAZ09+/-_ @[`{:\x00\xff");
  fc.assert(
    fc.property(fc.array(character, { maxLength: 255 }), fc.nat(20), (characters, cut) => {
      const bytes = Uint8Array.from(characters, (each) => each.charCodeAt(0));
      const from = Math.min(cut, bytes.length), part = characters.slice(from);
      const count = (kind: RegExp) => part.filter((each) => kind.test(each)).length;
      const text = load(new Uint8Array([...bytes, ...encodeUtf8("aA0".repeat(6))]), 0);
      assert.equal(
        text.letters(from, bytes.length),
        count(/[a-z]/) + 256 * count(/[A-Z]/) + 65536 * count(/[0-9]/),
      );
    }),
    runs,
  );
  const inRun = fc.oneof(fc.constantFrom("9", "/", "Z"), fc.constantFrom(..."azAZ09+/-_"));
  const same = fc.tuple(inRun, fc.integer({ min: 8, max: 70 })).map(([each, size]) =>
    new Array<string>(size).fill(each)
  );
  fc.assert(
    fc.property(
      fc.oneof(fc.array(inRun, { minLength: 8, maxLength: 80 }), same),
      fc.nat(20),
      inRun,
      (run, before, other) => {
        // One that is of another kind may stand anywhere.
        run[before % run.length] = other;
        const text = load(encodeUtf8(`${"Aa0+".repeat(5).slice(0, before)}${run.join("")}Aa0+`), 0);
        const wanted = [/[0-9]/, /[-+/]/, /[A-Z]/, /[a-z_]/].reduce(
          (sum, kind, bit) => sum | (run.some((each) => kind.test(each)) ? 1 << bit : 0),
          0,
        );
        assert.equal(text.kinds(before, before + run.length), wanted);
      },
    ),
    runs,
  );
});

Deno.test("load() keeps texts of different depths apart, and grows with them", () => {
  const outer = load(encodeUtf8("outer words"), 0);
  const inner = load(new Uint8Array(5 << 20).fill(0x2e), 1);
  assert.equal(outer.next(0, 11, IN_WORD), 0);
  assert.equal(inner.next(0, inner.bytes.length, IN_WORD), 5 << 20);
  assert.equal(inner.select().dense.bytes.length, 5 << 20);
  const large = new Uint8Array(7 << 20).fill(0x41);
  assert.deepEqual(load(large, 0).select().skeleton.bytes.subarray(-3).slice(), encodeUtf8("AAA"));
});
