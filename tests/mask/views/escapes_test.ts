import assert from "node:assert/strict";
import { encodeUtf8 } from "../../../src/base/mod.ts";
import { masked, maskerOf, randomValue } from "../fixtures.ts";

const value = randomValue(32), bytes = encodeUtf8(value);
const masker = maskerOf({ KEY: value });

Deno.test("readEscapes() reads one character in quoted-printable where others only look like it", () => {
  for (let at = 1; at < value.length; at++) {
    const spelled = `${value.slice(0, at)}=${bytes.subarray(at, at + 1).toHex().toUpperCase()}${value.slice(at + 1)}`;
    const line = (word: string): string => `rows=45 status=200 took=17 ms\n${word}\nid=31 x\n`;
    assert.equal(masked(masker, line(spelled)), line("[ov:KEY]"));
    // An encoding of it, too, in a word that is long enough.
    const encoded = bytes.toBase64({ omitPadding: true });
    const code = encoded.charCodeAt(at).toString(16).toUpperCase();
    assert.match(
      masked(masker, line(`${encoded.slice(0, at)}=${code}${encoded.slice(at + 1)}`)),
      /^.*\n\[ov:KEY\]\nid=31 x\n$/,
    );
  }
});

Deno.test("readEscapes() reads an encoding of which every few characters are in quoted-printable", () => {
  const octal = Array.from(bytes, (byte) => byte.toString(8).padStart(3, "0")).join(" ");
  for (const encoded of [octal, bytes.toBase64(), bytes.toHex()]) {
    for (const every of [4, 7, 12]) {
      const spelled = encoded.replace(new RegExp(`(.{${every - 1}})(.)`, "g"), (_, rest: string, one: string) => {
        return `${rest}=${one.charCodeAt(0).toString(16).toUpperCase()}`;
      });
      assert.match(masked(masker, `x ${spelled}\n`), /^x (\S*=3D)?\[ov:KEY\]/, spelled);
    }
  }
});

Deno.test("readEscapes() takes no escape for an assignment between numbers, or of what is no number", () => {
  const pairs = bytes.toHex().match(/../g)!;
  assert.equal(masked(masker, `${pairs.join("=20")}\n`), "[ov:KEY]\n");
  assert.equal(masked(masker, `${pairs.join("=2C")}\n`), "[ov:KEY]\n");
  // Each byte is written with a letter first, as a name begins.
  const letters = new Uint8Array(16).map(() => 0xa0 + crypto.getRandomValues(new Uint8Array(1))[0]! % 0x5a);
  const spelled = letters.toHex().match(/../g)!.join("=2C ");
  assert.equal(masked(maskerOf({ KEY: letters }), `is: ${spelled}\n`), "is: [ov:KEY]\n");
});
