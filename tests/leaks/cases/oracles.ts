/** What a command tells without printing the value: how it ends, how long it takes, how much it prints. */
import { type Case, jsCommand, pyCommand, sh } from "../case.ts";
import * as d from "../decode.ts";

const may = {
  share: 1,
  why: "a command can answer questions about the value by how it ends, how long it takes or how much it prints",
  instead: "grants: inline code and scripts that nobody has allowed do not get the secret",
};
const twelve = Array.from({ length: 12 }, (_, i) => i);
const first = { value: "mixed", may } as const;

export const ORACLES: readonly Case[] = [
  {
    id: "exit-code",
    attacker: "ends with the code of one character, twelve times",
    steps: twelve.map((i) => pyCommand(`sys.exit(b[${i}])`)),
    decode: d.exitCodes,
    ...first,
  },
  {
    id: "compare",
    attacker: "asks whether it is smaller than a guess, by the exit status",
    steps: [pyCommand("sys.exit(len(v))")],
    decode: (seen) => seen.outputs.map(({ code }) => `length ${code}`),
    may: { ...may, share: 0 },
    control: "none",
  },
  {
    id: "time",
    attacker: "sleeps for the code of one character, twelve times",
    steps: twelve.map((
      i,
    ) => ["perl", "-e", `select(undef, undef, undef, 0.012 * (ord(substr($ENV{KEY}, ${i}, 1)) - 40))`]),
    decode: (seen) => {
      const least = Math.min(...seen.outputs.map(({ ms }) => ms));
      return [seen.outputs.map(({ ms }) => String.fromCharCode(Math.round((ms - least) / 12) + 50)).join("")];
    },
    may,
    control: "none",
  },
  sh(
    "output-size",
    "prints as many dots as the code of each character",
    "printf %s $KEY | od -An -v -tu1 -w1 | while read -r n; do printf '%*s\\n' $n '' | tr ' ' .; done",
    d.from((text) => [text.split("\n").map((line) => String.fromCharCode(line.length)).join("")]),
    { may },
  ),
  {
    id: "lines-of-stderr",
    attacker: "prints as many empty lines as the code of one character, twelve times",
    steps: twelve.map((i) => pyCommand(`sys.stderr.write('\\n' * b[${i}])`)),
    decode: (seen) => [seen.outputs.map(({ stderr }) => String.fromCharCode(stderr.split("\n").length - 1)).join("")],
    ...first,
  },
  {
    id: "files",
    attacker: "makes a file for each bit, which a shell of their own lists",
    steps: [
      jsCommand(
        "for (let i = 0; i < 256; i++) if (b[i >> 3] >> (7 - (i & 7)) & 1) require('fs').writeFileSync('bit' + i, '')",
      ),
      { own: ["ls"] },
    ],
    decode: d.from((text) => {
      const bits = Array(256).fill("0");
      for (const [, i] of text.matchAll(/bit(\d+)/g)) bits[Number(i)] = "1";
      return d.binary(bits.join(""));
    }),
    may,
  },
  {
    id: "file-time",
    attacker: "sets times of files to its bytes, which a shell of their own reads",
    steps: [
      jsCommand(
        "for (let i = 0; i < 32; i++) { require('fs').writeFileSync('t' + (i + 10), ''); require('fs').utimesSync('t' + (i + 10), b[i], b[i]) }",
      ),
      { own: ["stat", "-c", "%Y", ...Array.from({ length: 32 }, (_, i) => `t${i + 10}`)] },
    ],
    decode: d.chain(d.numbers(10)),
    may,
  },
  sh("hash", "prints its SHA-256, and guesses", "printf %s $KEY | sha256sum", d.plain, { control: "none" }),
  sh("hmac", "prints an HMAC of a known text under it", "printf hello | openssl dgst -sha256 -hmac $KEY", d.plain, {
    control: "none",
  }),
  sh("length", "prints its length", "printf %s $KEY | wc -c", d.plain, { control: "none" }),
  {
    id: "test-guess",
    attacker: "asks whether it starts with a guess: 94 guesses at one character",
    steps: [[
      "sh",
      "-c",
      "for c in a b c d e f g h i j k l m n o p q r s t u v w x y z A B C D E F G H I J K L M N O P Q R S T U V W X Y Z 2 3 4 5 6 7 8 9; do case $KEY in $c*) echo yes $c;; esac; done",
    ]],
    decode: d.from(d.joined(/yes (.)/g)),
    control: "none",
  },
  {
    id: "test-guesses",
    attacker: "asks so for every character",
    steps: [
      pyCommand(
        "import string\nfor i in range(32):\n  for c in string.ascii_letters + string.digits: print('y' if v[i] == c else 'n', end='')\n  print()",
      ),
    ],
    decode: d.from((
      text,
    ) => [
      text.trim().split("\n").map((line) =>
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"[line.indexOf("y")] ?? "?"
      ).join(""),
    ]),
    may,
  },
];
