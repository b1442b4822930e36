/** §4.3 by the second implementation: the further wraps of the root key, and the code as it is written down. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { be, type Bytes, bytesOf, context, hex, hkdf, hmac, open, seal, sha256 } from "./reference.ts";

export type WrapName = "sheet" | "remembered";

/** Recipient kind and size of the secret. */
export const WRAPS: Readonly<Record<WrapName, { recipient: number; size: number }>> = {
  sheet: { recipient: 4, size: 20 },
  remembered: { recipient: 5, size: 32 },
};

const SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

interface WrapOf {
  vaultId: Bytes;
  created: number;
  secret: Bytes;
}

function keysOf(name: WrapName, { vaultId, created, secret }: WrapOf) {
  const where = [vaultId, be(created, 8), be(WRAPS[name].recipient, 1), new Uint8Array(16)];
  const kek = hkdf(secret, vaultId, context("kek/root-key", ...where));
  return {
    check: hmac(hkdf(kek, vaultId, context("kek/check")), context("kek/check", ...where)),
    wrapKey: hkdf(kek, vaultId, context("kek/wrap")),
    aad: context("wrap/root-key", ...where),
  };
}

/** The body of a wrap. */
export function rootWrap(name: WrapName, of: WrapOf & { nonce: Bytes }, rootKey: Bytes): Bytes {
  const { check, wrapKey, aad } = keysOf(name, of);
  return bytesOf(check, seal(wrapKey, of.nonce, aad, rootKey));
}

/** The root key out of a wrap; throws where anything does not agree. */
export function openWrap(name: WrapName, of: WrapOf, body: Bytes): Bytes {
  const { check, wrapKey, aad } = keysOf(name, of);
  assert.equal(hex(body.subarray(0, 32)), hex(check));
  return open(wrapKey, aad, body.subarray(32));
}

/** The code of 20 bytes, by arithmetic on one number of 180 bits. */
export function spellCode(code: Bytes): string {
  let bits = BigInt("0x" + hex(code)) << 20n;
  bits |= BigInt("0x" + hex(sha256(context("sheet/code", code)).subarray(0, 3))) >> 4n;
  const symbols = Array.from({ length: 36 }, (_, i) => SYMBOLS[Number((bits >> BigInt(5 * (35 - i))) & 31n)]!);
  return Array.from({ length: 9 }, (_, i) => symbols.slice(4 * i, 4 * i + 4).join("")).join("-");
}

/** The unlock key as a keyring keeps it. */
export function spellKey(key: Bytes): string {
  return "ov1." + Buffer.from(key).toString("base64url");
}

/** Codes as somebody types them, with the 20 bytes that they are, or `null` where they are refused. */
export function codeCases(): { about: string; typed: string; code: string | null }[] {
  const codes = ["a", "b", "c"].map((label) => sha256(bytesOf("code ", label)).subarray(0, 20));
  const [one, two] = [codes[0]!, codes[1]!];
  const text = spellCode(one);
  const good = (about: string, typed: string, code = one) => ({ about, typed, code: hex(code) });
  const bad = (about: string, typed: string) => ({ about, typed, code: null });
  const swap = (at: number) => text.slice(0, at) + text[at + 1]! + text[at]! + text.slice(at + 2);
  // All zeros and all ones hold the letters that are taken for digits, and the ends of the alphabet.
  const [zeros, ones] = [new Uint8Array(20), new Uint8Array(20).fill(0xff)];
  const oneBits = Uint8Array.from(Buffer.from("08421084210842108421".repeat(2), "hex"));
  return [
    ...codes.map((code) => good("as it was written", spellCode(code), code)),
    good("all zeros", spellCode(zeros), zeros),
    good("all ones", spellCode(ones), ones),
    good("lower case", text.toLowerCase()),
    good("no hyphens", text.replaceAll("-", "")),
    good("spaces for hyphens, and around", ` ${text.replaceAll("-", "  ")} `),
    good("two lines", text.slice(0, 24) + "\n" + text.slice(25)),
    good("O for 0", spellCode(zeros).replaceAll("0", "O"), zeros),
    good("o for 0", spellCode(zeros).replaceAll("0", "o"), zeros),
    good("I for 1", spellCode(oneBits).replaceAll("1", "I"), oneBits),
    good("l for 1", spellCode(oneBits).replaceAll("1", "l"), oneBits),
    bad("nothing", ""),
    bad("hyphens alone", "--------"),
    bad("one symbol short", text.slice(0, -1)),
    bad("one symbol more", text + "0"),
    bad("the check missing", text.slice(0, -5)),
    bad("another check", text.slice(0, -1) + (text.endsWith("0") ? "1" : "0")),
    bad("the check of another", text.slice(0, -4) + spellCode(two).slice(-4)),
    bad("the first symbol changed", (text.startsWith("0") ? "1" : "0") + text.slice(1)),
    ...[0, 1, 2, 5, 10, 25].filter((at) => text[at] !== text[at + 1]).map((at) => bad("two symbols swapped", swap(at))),
    bad("U, which is no symbol", "U" + text.slice(1)),
    bad("a dot", text.replace("-", ".")),
    bad("a letter beyond ASCII", "É" + text.slice(1)),
    bad("sharp s, which is two letters in upper case", "ß" + text.slice(2)),
    bad("a NUL", text + "\0"),
  ];
}
