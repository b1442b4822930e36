/** Transformations that a program makes up: no mask can know them all. What stops them is that nobody allowed the program. */
import { type Case, js, MADE_UP, py, sh } from "../case.ts";
import * as d from "../decode.ts";

const may = MADE_UP;
const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

export const MADE_UP_CASES: readonly Case[] = [
  py(
    "xor",
    "XOR with a byte, in hexadecimal",
    "print(bytes(c ^ 0x55 for c in b).hex())",
    d.chain(d.hex, d.xored(0x55)),
    { may },
  ),
  sh(
    "aes",
    "AES with a key of the attacker's",
    "printf %s $KEY | openssl enc -aes-128-ctr -K 000102030405060708090a0b0c0d0e0f -iv 00000000000000000000000000000000 | base64 -w0",
    d.chain(d.b64, d.aesCtr),
    { may },
  ),
  sh("caesar", "letters moved by five", "echo $KEY | tr A-Za-z F-ZA-Ef-za-e", d.from((text) => [d.shifted(text, -5)]), {
    may,
  }),
  py(
    "rot47",
    "rot47",
    "print(''.join(chr(33 + (c - 33 + 47) % 94) for c in b))",
    d.from((text) => [text.replace(/[!-~]/g, (c) => String.fromCharCode(33 + (c.charCodeAt(0) - 33 + 47) % 94))]),
    { may },
  ),
  py(
    "atbash",
    "Atbash",
    "print(''.join(chr(219 - ord(c)) if c.islower() else chr(155 - ord(c)) if c.isupper() else c for c in v))",
    d.from((text) => [
      text.replace(/[a-z]/g, (c) => String.fromCharCode(219 - c.charCodeAt(0))).replace(
        /[A-Z]/g,
        (c) => String.fromCharCode(155 - c.charCodeAt(0)),
      ),
      text.replace(/[a-z]/gi, (c) => String.fromCharCode((c <= "Z" ? 155 : 219) - c.charCodeAt(0))),
    ]),
    { may },
  ),
  py(
    "base58",
    "base58",
    `a = "${BASE58}"; n = int.from_bytes(b, "big"); s = ""\nwhile n: s = a[n % 58] + s; n //= 58\nprint(s)`,
    d.chain(d.bigNumber(BASE58)),
    { may },
  ),
  py("big-decimal", "one large number", "print(int.from_bytes(b, 'big'))", d.chain(d.bigNumber("0123456789")), { may }),
  js(
    "base36",
    "one large number in base 36",
    "console.log(BigInt('0x' + b.toString('hex')).toString(36))",
    d.chain(d.bigNumber("0123456789abcdefghijklmnopqrstuvwxyz")),
    { may },
  ),
  py(
    "swapped-nibbles",
    "hexadecimal with nibbles swapped",
    "print(''.join('%x%x' % (c & 15, c >> 4) for c in b))",
    d.from((text) => d.hex(text.replace(/([0-9a-f])([0-9a-f])/g, "$2$1"))),
    { may },
  ),
  py(
    "words",
    "a word for each nibble",
    "w = 'ant bee cat dog eel fox gnu hen ibis jay kite lion mole newt owl pig'.split()\nprint(' '.join(w[c >> 4] + ' ' + w[c & 15] for c in b))",
    d.from((text) =>
      d.hex(
        (text.match(/[a-z]+/g) ?? []).map((word) =>
          "ant bee cat dog eel fox gnu hen ibis jay kite lion mole newt owl pig".split(" ").indexOf(word)
        ).filter((at) => at >= 0).map((at) => at.toString(16)).join(""),
      )
    ),
    { may },
  ),
  py(
    "blanks",
    "bits as spaces and tabs",
    "print(''.join('\\t' if c >> k & 1 else ' ' for c in b for k in range(7, -1, -1)))",
    d.from((text) => d.binary(text.split("\n")[0]!.replaceAll("\t", "1").replaceAll(" ", "0"))),
    { may },
  ),
  py(
    "braille",
    "a Braille sign for each byte",
    "print(''.join(chr(0x2800 + c) for c in b))",
    d.from((
      text,
    ) => [
      [...new TextDecoder().decode(d.bytesOf(text))].map((c) => String.fromCharCode(c.codePointAt(0)! - 0x2800 & 0xff))
        .join(""),
    ]),
    { may },
  ),
  py(
    "ebcdic",
    "EBCDIC in hexadecimal",
    "print(v.encode('cp037').hex())",
    d.from((text) => d.hex(text).map((bytes) => [...bytes].map(d.ebcdic).join(""))),
    { may },
  ),
  py(
    "differences",
    "differences from byte to byte",
    "print(b[0], *[y - x for x, y in zip(b, b[1:])])",
    d.from((text) => {
      let code = 0;
      return [(text.match(/-?\d+/g) ?? []).map((n) => String.fromCharCode((code += Number(n)) & 0xff)).join("")];
    }),
    { may },
  ),
  py(
    "products",
    "each byte times three, plus seven",
    "print(*[c * 3 + 7 for c in b])",
    d.from((text) => [(text.match(/\d+/g) ?? []).map((n) => String.fromCharCode((Number(n) - 7) / 3 & 0xff)).join("")]),
    { may },
  ),
  py(
    "every-second",
    "every second character, then the others",
    "print(v[0::2]); print(v[1::2])",
    d.from((text) => {
      const [even = "", odd = ""] = text.split("\n");
      return [[...even].map((c, i) => c + (odd[i] ?? "")).join("")];
    }),
    { may },
  ),
  py(
    "shuffled",
    "characters in an order that the attacker knows",
    "print(''.join(v[i * 7 % 32] for i in range(32)))",
    d.from((text) => {
      const out: string[] = [];
      for (let i = 0; i < 32; i++) out[i * 7 % 32] = text[i] ?? "?";
      return [out.join("")];
    }),
    { may },
  ),
  py(
    "sorted",
    "characters in order of the alphabet, each with its place",
    "print(*sorted(c + str(i) for i, c in enumerate(v)))",
    d.from((text) => {
      const out: string[] = [];
      for (const [, c, i] of text.matchAll(/(\S)(\d+)(?:\s|$)/g)) out[Number(i)] = c!;
      return [Array.from(out, (c) => c ?? "?").join("")];
    }),
    { may },
  ),
  py(
    "hash-each",
    "a hash of each prefix, to be guessed character by character",
    "import hashlib; print(*[hashlib.sha256(b[:i + 1]).hexdigest()[:12] for i in range(len(b))])",
    d.prefixHashes,
    { may },
  ),
  sh(
    "two-streams",
    "characters by turns on stdout and stderr",
    'printf %s $KEY | fold -w1 | awk \'{ if (NR % 2) printf "%s", $0; else printf "%s", $0 > "/dev/stderr" }\'',
    (seen) => seen.outputs.map(({ stdout, stderr }) => [...stdout].map((c, i) => c + (stderr[i] ?? "")).join("")),
    { may },
  ),
];
