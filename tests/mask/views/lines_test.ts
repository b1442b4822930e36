import assert from "node:assert/strict";
import { encodeUtf8 } from "../../../src/base/mod.ts";
import { masked, maskerOf, randomValue } from "../fixtures.ts";

// The second line of its dump alone is no trace.
const value = randomValue(25), bytes = encodeUtf8(value);
const masker = maskerOf({ KEY: value });

/** As `xxd` prints it. */
function dump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const line = bytes.subarray(at, at + 16);
    const pairs = line.toHex().replace(/.{4}/g, "$& ").padEnd(40);
    lines.push(`${at.toString(16).padStart(8, "0")}: ${pairs} ${new TextDecoder().decode(line)}\n`);
  }
  return lines.join("");
}

Deno.test("readLines() reads a dump whose first line begins behind something", () => {
  const pairs = bytes.toHex().match(/.{4}/g)!;
  for (const before of ["", "key: ", "a dump", "cafe", "0: ", "10.0.0.1 - ", "12345678, 7 "]) {
    for (const after of ["", "\n", "-1.5 2\n"]) {
      const output = masked(masker, before + dump(bytes) + after);
      assert.ok(output.startsWith(`${before}00000000: [ov:KEY]`), output);
      for (const pair of pairs) assert.ok(!output.slice(before.length).includes(pair), output);
      assert.ok(!output.includes(value.slice(16)), output);
    }
  }
});

Deno.test("readLines() reads numbered characters whose first line begins behind something", () => {
  const lines = [...value].map((character, i) => `${i}: ${character}`).join("\n");
  for (const before of ["", "key 10.6, ", "characters: "]) {
    assert.equal(masked(masker, `${before}${lines}\nend\n`), `${before}0: [ov:KEY]\nend\n`);
  }
});

Deno.test("readLines() reads two characters a line, numbered, whose first line begins behind something", () => {
  const lines = value.match(/..?/g)!.map((pair, i) => `${i}: ${pair}`).join("\n");
  for (const before of ["", "key 10.6, ", "characters: "]) {
    const output = masked(masker, `${before}${lines}\nend\n`);
    for (const pair of value.match(/../g)!) assert.ok(!output.includes(`: ${pair}\n`), output);
  }
});

Deno.test("readLines() reads the first of numbered characters too where each is needed, between other things", () => {
  // Of so few characters no part is a trace.
  const value = randomValue(8), masker = maskerOf({ KEY: value });
  const lines = [...value].map((character, i) => `${i}: ${character}`).join("\n");
  for (const [before, after] of [["key is, ", ",59b99f.js\n"], ['at "', " x\n"], ["7: ", "; y\n"]] as const) {
    assert.equal(masked(masker, before + lines + after), `${before}0: [ov:KEY]${after}`);
  }
});
