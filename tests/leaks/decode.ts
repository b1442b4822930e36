/**
 * The attacker's side: what they make of what they saw. Each decoder knows the attack that it belongs to and nothing of the
 * tool, and gives guesses; bytes are written as Latin-1.
 */
import { spawnSync } from "node:child_process";
import { createDecipheriv, createHash } from "node:crypto";
import {
  brotliDecompressSync,
  constants,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  zstdDecompressSync,
} from "node:zlib";

/** How one step ended, and what it showed. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
  readonly ms: number;
}

/** All that an attacker sees. Text is Latin-1: a character for a byte. */
export interface Seen {
  readonly outputs: readonly Output[];
  /** By the names of `reads`; empty where there is none. */
  readonly files: Readonly<Record<string, string>>;
}

/** What the attacker makes of it. */
export type Decoder = (seen: Seen) => Iterable<string>;

/** Everything that was printed, and every file. */
export function textOf(seen: Seen): string {
  const printed = seen.outputs.map(({ stdout, stderr }) => `${stdout}\n${stderr}`);
  return [...printed, ...Object.values(seen.files)].join("\n");
}

/** A decoder of everything at once. */
export function from(read: (text: string) => Iterable<string>): Decoder {
  return (seen) => read(textOf(seen));
}

/** One reading after the other: `chain(b64, gunzip)` is the base64 of a gzip stream. */
export function chain(...readings: readonly ((text: string) => Iterable<string>)[]): Decoder {
  return from((text) => readings.reduce<string[]>((texts, read) => texts.flatMap((one) => [...read(one)]), [text]));
}

/** As it stands; also where lines were broken. */
export const asIs = (text: string): string[] => [text, text.replace(/[\r\n]+ */g, ""), utf8(text)];

/** As it stands. */
export const plain: Decoder = from(asIs);

function utf8(text: string): string {
  return new TextDecoder().decode(bytesOf(text));
}

/** Latin-1 text as bytes. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (char) => char.charCodeAt(0) & 0xff);
}

/** Bytes as Latin-1 text. */
export function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}

/** Every run of digits of an alphabet, decoded at every alignment, with line breaks and without. */
function packed(text: string, alphabet: string, bits: number, group: number): string[] {
  const values = new Map([...alphabet].map((char, i) => [char, i]));
  const guesses: string[] = [];
  for (const whole of [text, text.replace(/\s+/g, "")]) {
    for (let lane = 0; lane < group; lane++) {
      let guess = "", run: number[] = [], skip = lane;
      const close = (): void => {
        let word = 0, have = 0;
        for (const value of run) {
          word = ((word << bits) | value) & 0xffff;
          have += bits;
          if (have >= 8) {
            have -= 8;
            guess += String.fromCharCode((word >> have) & 0xff);
          }
        }
        if (run.length > 0) guess += "\0";
        run = [];
        skip = lane;
      };
      for (const char of whole) {
        const value = values.get(char);
        if (value === undefined) close();
        else if (skip > 0) skip--;
        else run.push(value);
      }
      close();
      guesses.push(guess);
    }
  }
  return guesses;
}

const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", LOWER = UPPER.toLowerCase(), DIGITS = "0123456789";

export const b64 = (text: string): string[] =>
  packed(text.replaceAll("-", "+").replaceAll("_", "/"), `${UPPER}${LOWER}${DIGITS}+/`, 6, 4);
export const b32 = (text: string): string[] => packed(text.toUpperCase(), `${UPPER}234567`, 5, 8);
export const b32hex = (text: string): string[] => packed(text.toUpperCase(), `${DIGITS}${UPPER.slice(0, 22)}`, 5, 8);
export const binary = (text: string): string[] => packed(text, "01", 1, 8);

/** Hexadecimal digits, whatever stands between them. */
export function hex(text: string): string[] {
  const loose = text.replace(/\\x|0x|\\u00|%|=|[\s:,;-]/gi, "");
  return [...packed(text, DIGITS + "abcdef", 4, 2), ...packed(loose.toLowerCase(), DIGITS + "abcdef", 4, 2)];
}

/** The columns of `xxd`, `hexdump -C` and `od`: offsets at the left and text at the right are taken off. */
export function dumped(text: string): string[] {
  const rows = text.split("\n").map((line) =>
    line.includes("|")
      ? line.replace(/^\S+ */, "").replace(/\|.*$/, "")
      : line.replace(/^\S+: */, "").replace(/ {2,}.*$/, "")
  );
  return hex(rows.join("\n"));
}

/** 16-bit words in hexadecimal, little-endian: `od -x`, `hexdump`. */
export function words(text: string): string[] {
  const rows = text.split("\n").map((line) => line.replace(/^[0-9a-f]{7} */, ""));
  const swapped = rows.join(" ").replace(/\b([0-9a-f]{2})([0-9a-f]{2})\b/g, "$2$1");
  return hex(swapped);
}

/** Numbers of bytes, between anything, in a radix. */
export function numbers(radix: number): (text: string) => string[] {
  const digits = radix === 8 ? /[0-7]+/g : radix === 2 ? /[01]{7,8}/g : radix === 16 ? /[0-9a-f]{2}/gi : /\d+/g;
  return (text) => {
    const rows = [text, text.split("\n").map((line) => line.replace(/^\d{7,} */, "")).join("\n")];
    return rows.map((row) =>
      [...row.matchAll(digits)].map(([digits]) => Number.parseInt(digits, radix)).filter((code) => code < 256)
        .map((code) => String.fromCharCode(code)).join("")
    );
  };
}

/** Escapes of C, JSON and shells. */
export function unescaped(text: string): string[] {
  const codes: Record<string, string> = { n: "\n", t: "\t", r: "\r", "0": "\0" };
  return [
    text.replace(
      /\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([0-7]{3})|(.))/g,
      (_, u, x, o, c) =>
        u !== undefined || x !== undefined
          ? String.fromCharCode(Number.parseInt(u ?? x, 16))
          : o !== undefined
          ? String.fromCharCode(Number.parseInt(o, 8))
          : codes[c] ?? c,
    ),
  ];
}

export const percent = (text: string): string[] => [
  text.replace(/%([0-9a-f]{2})/gi, (_, digits) => String.fromCharCode(Number.parseInt(digits, 16))),
];
export const quotedPrintable = (text: string): string[] => [
  text.replace(/=\r?\n/g, "").replace(
    /=([0-9a-f]{2})/gi,
    (_, digits) => String.fromCharCode(Number.parseInt(digits, 16)),
  ),
];
export const html = (text: string): string[] => [
  text.replace(/&#x([0-9a-f]+);?/gi, (_, digits) => String.fromCodePoint(Number.parseInt(digits, 16)))
    .replace(/&#(\d+);?/g, (_, digits) => String.fromCodePoint(Number(digits)))
    .replace(
      /&(lt|gt|amp|quot|apos);/g,
      (_, name) => ({ lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" })[name as string]!,
    ),
];

export const reversed = (text: string): string[] => [[...text].reverse().join("")];
export const rot13 = (text: string): string[] => [shifted(text, 13)];

/** Every letter moved on. */
export function shifted(text: string, by: number): string {
  return text.replace(/[a-z]/gi, (char) => {
    const base = char <= "Z" ? 65 : 97;
    return String.fromCharCode((char.charCodeAt(0) - base + by + 26) % 26 + base);
  });
}
export const swappedCase = (text: string): string[] => [
  text.replace(/[a-z]/gi, (char) => char <= "Z" ? char.toLowerCase() : char.toUpperCase()),
];
export const lowerCase = (text: string): string[] => [text.toLowerCase()];

/** Without everything that is not a letter or a digit. */
export const squeezed = (text: string): string[] => [
  text.replace(/[^A-Za-z0-9]/g, ""),
  // deno-lint-ignore no-control-regex -- what a terminal or a byte string holds is what is read
  text.replace(/\x1b\[[0-9;]*[A-Za-z]/g, "").replace(/[^A-Za-z0-9]/g, ""),
];
/** Without characters that do not show. */
export const unblanked = (text: string): string[] => [
  // deno-lint-ignore no-control-regex -- what a terminal or a byte string holds is what is read
  text.replace(/[\s\0\x08]/g, ""),
  utf8(text).replace(/[\s\0\u200b\u200c\u200d\u2060\u00ad\ufe0f\ufeff]/g, ""),
];
/** Compatibility characters made plain. */
export const plainUnicode = (
  text: string,
): string[] => [utf8(text).normalize("NFKC"), utf8(text).normalize("NFKD").replace(/\p{M}/gu, "")];

/** What matches, joined. */
export function joined(pattern: RegExp): (text: string) => string[] {
  return (text) => [[...text.matchAll(pattern)].map((match) => match[1] ?? match[0]).join("")];
}

/** Base85 as Python writes it. */
export function b85(text: string): string[] {
  return base85(text, `${DIGITS}${UPPER}${LOWER}!#$%&()*+-;<=>?@^_\`{|}~`);
}
export function a85(text: string): string[] {
  return base85(text.replace(/<~|~>/g, ""), Array.from({ length: 85 }, (_, i) => String.fromCharCode(33 + i)).join(""));
}
export function z85(text: string): string[] {
  return base85(text, `${DIGITS}${LOWER}${UPPER}.-:+=^!/*?&<>()[]{}@%$#`);
}

function base85(text: string, alphabet: string): string[] {
  const guesses: string[] = [];
  for (let lane = 0; lane < 5; lane++) {
    const chars = text.replace(/\s/g, "").slice(lane);
    let guess = "";
    for (let i = 0; i + 5 <= chars.length; i += 5) {
      const word = [...chars.slice(i, i + 5)].reduce((sum, char) => sum * 85 + Math.max(0, alphabet.indexOf(char)), 0);
      for (let k = 3; k >= 0; k--) guess += String.fromCharCode(Math.floor(word / 256 ** k) % 256);
    }
    guesses.push(guess);
  }
  return guesses;
}

/** uuencode's lines: a length, then four characters for three bytes. */
export function uu(text: string): string[] {
  const alphabet = Array.from({ length: 64 }, (_, i) => String.fromCharCode(32 + i)).join("");
  return [
    text.split("\n").map((line) =>
      packed(line.slice(1).replaceAll("`", " ").replaceAll(" ", "\u0001"), alphabet.replace(" ", "\u0001"), 6, 4)[0]
    )
      .join("").replaceAll("\0", ""),
  ];
}

/** Tries a decompressor at every place where its stream may start. */
function inflated(open: (bytes: Uint8Array) => Uint8Array, magic: RegExp): (text: string) => string[] {
  return (text) => {
    const guesses: string[] = [];
    for (const { index } of text.matchAll(magic)) {
      try {
        guesses.push(latin1(open(bytesOf(text.slice(index)))));
      } catch {
        // It only looked like one.
      }
    }
    return guesses;
  };
}
const CUT = { finishFlush: constants.Z_SYNC_FLUSH };
// deno-lint-ignore no-control-regex -- what a terminal or a byte string holds is what is read
export const gunzip = inflated((bytes) => gunzipSync(bytes, CUT), /\x1f\x8b\x08/g);
// deno-lint-ignore no-control-regex -- what a terminal or a byte string holds is what is read
export const inflate = inflated((bytes) => inflateSync(bytes, CUT), /\x78[\x01\x5e\x9c\xda]/g);
export const inflateRaw = inflated((bytes) => inflateRawSync(bytes, CUT), /^|\0/g);
export const unbrotli = inflated(
  (bytes) => brotliDecompressSync(bytes, { finishFlush: constants.BROTLI_OPERATION_FLUSH }),
  /^|\0/g,
);
export const unzstd = inflated((bytes) => zstdDecompressSync(bytes), /\x28\xb5\x2f\xfd/g);
/** The deflated entries of a ZIP archive. */
export const unzip = (text: string): string[] =>
  // deno-lint-ignore no-control-regex -- what a terminal or a byte string holds is what is read
  [...text.matchAll(/PK\x03\x04[^]{22}([^])([^])[^]{2}/g)].flatMap((head) => {
    const start = head.index + 30 + head[1]!.charCodeAt(0) + 256 * head[2]!.charCodeAt(0);
    try {
      return [latin1(inflateRawSync(bytesOf(text.slice(start)), CUT))];
    } catch {
      return [];
    }
  });

/** UTF-16 of either order, or UTF-32: bytes of zero taken out. */
export const wide = (text: string): string[] => [text.replaceAll("\0", "").replace(/[\xfe\xff]/g, "")];

/** Undoes `xor` with one byte. */
export function xored(byte: number): (text: string) => string[] {
  return (text) => [latin1(bytesOf(text).map((one) => one ^ byte))];
}

/** A number of any size in a radix up to 62, as bytes. */
export function bigNumber(alphabet: string): (text: string) => string[] {
  return (text) =>
    (text.match(new RegExp(`[${alphabet}]{20,}`, "g")) ?? []).map((digits) => {
      let number = 0n;
      for (const digit of digits) number = number * BigInt(alphabet.length) + BigInt(alphabet.indexOf(digit));
      let bytes = "";
      for (; number > 0n; number >>= 8n) bytes = String.fromCharCode(Number(number & 255n)) + bytes;
      return bytes;
    });
}

/** The exit status of each step is a character. */
export const exitCodes: Decoder = (seen) => [seen.outputs.map(({ code }) => String.fromCharCode(code)).join("")];

/** Undoes AES-128-CTR with the key and counter that the attack uses. */
export function aesCtr(text: string): string[] {
  const key = Uint8Array.from({ length: 16 }, (_, i) => i);
  // Padding and what else was around it is noise at the end: a counter mode decodes a prefix all the same.
  const decipher = createDecipheriv("aes-128-ctr", key, new Uint8Array(16));
  return [latin1(decipher.update(bytesOf(text)))];
}

/** One byte of EBCDIC (code page 037): letters and digits. */
export function ebcdic(char: string): string {
  const code = char.charCodeAt(0);
  for (
    const [first, start, count] of [["a", 0x81, 9], ["j", 0x91, 9], ["s", 0xa2, 8], ["A", 0xc1, 9], ["J", 0xd1, 9], [
      "S",
      0xe2,
      8,
    ], ["0", 0xf0, 10]] as const
  ) {
    if (code >= start && code < start + count) return String.fromCharCode(first.charCodeAt(0) + code - start);
  }
  return "?";
}

/** Guesses a value from hashes of its prefixes, a character at a time. */
export const prefixHashes: Decoder = (seen) => {
  let known = "";
  for (const hash of textOf(seen).match(/\b[0-9a-f]{12}\b/g) ?? []) {
    const next = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i)).find((char) =>
      createHash("sha256").update(known + char).digest("hex").startsWith(hash)
    );
    if (next === undefined) break;
    known += next;
  }
  return [known];
};

/** base64, then what a program of the attacker's makes of its bytes. */
export function tool(program: string): Decoder {
  return from((text) =>
    [text.replace(/[^A-Za-z0-9+/=]/g, "")].map((packed) => {
      const { stdout } = spawnSync("sh", ["-c", `base64 -di | ${program}`], { input: packed });
      return latin1(stdout);
    })
  );
}
