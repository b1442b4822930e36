/** Part of the value. */
import { type Case, js, py, sh, SHORT_PIECES } from "../case.ts";
import * as d from "../decode.ts";

/** The outputs of the steps, one after the other. */
const strung: d.Decoder = (seen) => [seen.outputs.map(({ stdout }) => stdout.trim()).join("")];
const step = (script: string): string[] => ["sh", "-c", script];

export const SLICE: readonly Case[] = [
  sh("half", "the first half", "echo $KEY | cut -c1-16", d.plain),
  sh("second-half", "the second half", "echo $KEY | cut -c17-", d.plain),
  sh("all-but-first", "all but the first character", "echo $KEY | cut -c2-", d.plain),
  sh("all-but-last", "all but the last character", "printf %s $KEY | head -c 31", d.plain),
  sh("middle", "twelve characters of the middle", "echo $KEY | cut -c11-22", d.plain),
  sh("twelve", "the first twelve characters", "echo $KEY | cut -c1-12", d.plain),
  sh("parameter", "what the shell leaves of it", 'echo "${KEY#????}" "${KEY%????}"', d.plain),
  sh("awk-substr", "by awk", "awk 'BEGIN { print substr(ENVIRON[\"KEY\"], 5, 20) }'", d.plain),
  sh("dd", "by dd", "printf %s $KEY | dd bs=1 skip=3 count=20 2>/dev/null", d.plain),
  sh("half-base64", "base64 of the first half", "echo $KEY | cut -c1-16 | base64", d.chain(d.b64)),
  sh("half-of-base64", "the first half of its base64", "printf %s $KEY | base64 -w0 | cut -c1-24", d.chain(d.b64)),
  sh(
    "half-of-hex",
    "the first half of its hexadecimal",
    "printf %s $KEY | basenc --base16 -w0 | cut -c1-32",
    d.chain(d.hex),
  ),
  sh("half-reversed", "the second half, reversed", "echo $KEY | rev | cut -c1-16", d.chain(d.reversed)),
  py("one-changed", "with one character changed", "print(v[:15] + '?' + v[16:])", d.plain),
  py(
    "every-eighth-changed",
    "with every eighth character changed",
    "print(''.join('?' if i % 8 == 7 else c for i, c in enumerate(v)))",
    d.from((text) => [text.trim(), text.trim().padEnd(32)]),
    { may: SHORT_PIECES },
  ),
  py(
    "every-fourth-doubled",
    "with every fourth character doubled",
    "print(''.join(c + c if i % 4 == 3 else c for i, c in enumerate(v)))",
    d.from((text) => [[...text.trim()].filter((_, i) => i % 5 !== 4).join("")]),
    { may: SHORT_PIECES },
  ),
  py("lines-half", "half of each line of three", "print('\\n'.join(l[:24] for l in v.split('\\n')))", d.plain, {
    value: "lines",
  }),
  js(
    "asterisks",
    "as programs hide keys: the first and last four",
    "console.log(v.slice(0, 4) + '…' + v.slice(-4))",
    d.plain,
    { may: { share: 0.25, why: "eight characters of 32, as many programs show keys", instead: "" } },
  ),
  js(
    "url-password-most",
    "two thirds of the password of a database address",
    "console.log(new URL(v).password.slice(0, 32))",
    d.from(d.asIs),
    { value: "url" },
  ),
  {
    id: "calls-of-sixteen",
    attacker: "halves, in two runs",
    steps: [step("echo $KEY | cut -c1-16"), step("echo $KEY | cut -c17-32")],
    decode: strung,
  },
  {
    id: "calls-of-eight",
    attacker: "eight characters a run, in four runs",
    steps: [1, 9, 17, 25].map((at) => step(`echo $KEY | cut -c${at}-${at + 7}`)),
    decode: strung,
  },
  {
    id: "calls-of-four",
    attacker: "four characters a run, in eight runs",
    steps: [1, 5, 9, 13, 17, 21, 25, 29].map((at) => step(`echo $KEY | cut -c${at}-${at + 3}`)),
    decode: strung,
    may: SHORT_PIECES,
  },
  {
    id: "calls-of-eight-base64",
    attacker: "base64 of nine characters a run, in four runs",
    steps: [1, 10, 19, 28].map((at) => step(`printf %s $KEY | cut -c${at}-${at + 8} | tr -d '\\n' | base64`)),
    decode: (
      seen,
    ) => [seen.outputs.map(({ stdout }) => d.b64(stdout.replace(/=/g, ""))[0]!.replaceAll("\0", "")).join("")],
  },
];
