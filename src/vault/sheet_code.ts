/**
 * The code of the emergency sheet as it is written down and typed (FORMAT §4.3): Crockford's base 32 in groups of four, the
 * last group a check of the others. It is text as bytes in a `Secret`, never a string: a string can not be wiped.
 */
import { concatBytes, Secret } from "../base/mod.ts";
import { deriveDigest, encodeContext, makeRandom, withWiped } from "../crypto/envelope.ts";
import { ROOT_SECRET_BYTES } from "./root_wraps.ts";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_BYTES = ROOT_SECRET_BYTES.sheet;
/** 160 bits of code, 20 bits of check. */
const SYMBOLS = 36;
const GROUP = 4;
const HYPHEN = 0x2d;

/** A fresh code. */
export function makeSheetCode(): Secret {
  const bytes = makeRandom(CODE_BYTES);
  const code = new Secret("sheet code", bytes);
  bytes.fill(0);
  return code;
}

/** The code as text for the sheet: nine groups of four symbols, joined by hyphens. @param code 20 bytes, borrowed */
export async function encodeSheetCode(code: Secret): Promise<Secret> {
  // EXPOSE: spelt for the one sheet that it is shown on
  return await withWiped(withCheck(code.expose()), (bytes) => {
    const text: number[] = [];
    for (let symbol = 0; symbol < SYMBOLS; symbol++) {
      if (symbol > 0 && symbol % GROUP === 0) text.push(HYPHEN);
      text.push(ALPHABET.charCodeAt(fiveBits(bytes, symbol)));
    }
    const spelt = Uint8Array.from(text);
    text.fill(0);
    const written = new Secret("sheet code", spelt);
    spelt.fill(0);
    return Promise.resolve(written);
  });
}

/**
 * The code that somebody typed, or `null` where a symbol is missing, too many or wrong. Lower case, `O` for `0`, `I` and `L`
 * for `1`, spaces and hyphens anywhere are as good.
 * @param typed borrowed
 */
export async function decodeSheetCode(typed: Secret): Promise<Secret | null> {
  // EXPOSE: read back into the bytes that it stands for
  const symbols = symbolsOf(typed.expose());
  if (symbols === null) return null;
  const bytes = new Uint8Array(Math.ceil((SYMBOLS * 5) / 8));
  symbols.forEach((value, symbol) => putFiveBits(bytes, symbol, value));
  symbols.fill(0);
  const code = new Secret("sheet code", bytes.subarray(0, CODE_BYTES));
  // EXPOSE: its check bits are computed again
  const isWhole = await withWiped(withCheck(code.expose()), (right) => Promise.resolve(isSame(right, bytes)));
  bytes.fill(0);
  if (isWhole) return code;
  code.wipe();
  return null;
}

/** The code and the 20 bits of its check, in 23 bytes, the last four bits zero. */
async function withCheck(code: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const digest = await deriveDigest(encodeContext("sheet/code", code));
  return concatBytes(code, digest.slice(0, 2), Uint8Array.of(digest[2]! & 0xf0));
}

function symbolsOf(typed: Uint8Array): number[] | null {
  const symbols: number[] = [];
  for (const byte of typed) {
    const character = String.fromCharCode(byte).toUpperCase();
    if (character === "-" || character === " " || character === "\n" || character === "\t") continue;
    const value = character === "O" ? 0 : character === "I" || character === "L" ? 1 : ALPHABET.indexOf(character);
    if (value < 0 || symbols.length === SYMBOLS) return null;
    symbols.push(value);
  }
  return symbols.length === SYMBOLS ? symbols : null;
}

function fiveBits(bytes: Uint8Array, symbol: number): number {
  const [byte, bit] = [Math.floor((symbol * 5) / 8), (symbol * 5) % 8];
  return ((((bytes[byte]! << 8) | (bytes[byte + 1] ?? 0)) << bit) & 0xffff) >> 11;
}

function putFiveBits(bytes: Uint8Array, symbol: number, value: number): void {
  const [byte, bit] = [Math.floor((symbol * 5) / 8), (symbol * 5) % 8];
  const shifted = value << (11 - bit);
  bytes[byte]! |= shifted >> 8;
  if (byte + 1 < bytes.byteLength) bytes[byte + 1]! |= shifted & 0xff;
}

/** No secret is at stake: both come from what was typed. */
function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && a.every((byte, i) => byte === b[i]);
}
