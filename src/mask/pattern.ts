/** What is looked for: each value, and the spellings of it that change no lengths and so need no view of their own. */

import { decodeUtf8, encodeUtf8 } from "../base/mod.ts";
import { maskability, MIN_MASKABLE_BYTES } from "./maskability.ts";

/** One byte string to find. */
export interface Pattern {
  readonly bytes: Uint8Array;
  /** Index of the secret that it belongs to. */
  readonly secret: number;
  /** A run of the value of this many bytes counts as a trace of it. */
  readonly threshold: number;
  /** `own[i]`: how many of the first `i` bytes are the value's own, and not what everybody knows (a PEM header, a scheme). */
  readonly own: Uint32Array;
}

/** Bits that one character of a value carries, by the smallest alphabet that holds it. */
function bitsPerByte(value: Uint8Array): number {
  let digits = true, hex = true, letters = true, upper = false, lower = false, word = true;
  for (const byte of value) {
    const digit = byte >= 0x30 && byte <= 0x39;
    const isUpper = byte >= 0x41 && byte <= 0x5a;
    const isLower = byte >= 0x61 && byte <= 0x7a;
    digits &&= digit;
    hex &&= digit || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66) || byte === 0x2d;
    letters &&= isUpper || isLower;
    word &&= digit || isUpper || isLower || byte === 0x2d || byte === 0x5f;
    upper ||= isUpper;
    lower ||= isLower;
  }
  if (digits) return 3.3;
  if (hex && !(upper && lower)) return 4;
  if (upper && lower) return word ? 6 : 6.5;
  return letters ? 4.7 : 5.2;
}

/**
 * How many bytes of a value in a row count as a trace of it.
 *
 * Derived from the length n and from how much one character tells, so that chance never reaches it: 56 bits' worth of
 * characters (17 digits, 14 hexadecimal ones, 10 of mixed case), but where the alphabet is wide never more than half
 * of the value (and never under 8), and never more than the value itself. So of a 16-character mixed password 8 in a row are
 * masked, of a 40-character token 10.
 */
export function pieceThreshold(value: Uint8Array): number {
  const size = value.byteLength;
  const bits = bitsPerByte(value);
  const rare = Math.ceil(56 / bits);
  const wanted = bits > 5 ? Math.min(rare, Math.max(8, Math.ceil(size / 2))) : rare;
  return Math.min(size, wanted);
}

/** Segments of values that are public knowledge: found alone, they are no trace. */
const PUBLIC_SEGMENTS: readonly RegExp[] = [
  /-----(?:BEGIN|END) [A-Z0-9 ]+-----/g,
  /[a-zA-Z][a-zA-Z0-9+.-]*:\/\//g,
  /\b(?:sk|pk|rk)_(?:live|test)_|\bwhsec_|\bgh[pousr]_|\bgithub_pat_|\bglpat-|\bxox[abposr]-|\bsk-(?:ant-api\d\d-|proj-)?/g,
  /\bnpm_|\bAKIA|\bASIA|\bAIza|\bSG\.|\bhf_|\bdckr_pat_|\bshpat_|\bya29\.|\beyJ[A-Za-z0-9]{0,20}/g,
  /https:\/\/(?:accounts\.google|oauth2\.googleapis|www\.googleapis|hooks\.slack|discord|api\.telegram)[a-z0-9./_-]*/g,
  /"[A-Za-z_][A-Za-z0-9_-]*"\s*:\s*"?/g,
  /localhost(?::\d+)?|127\.0\.0\.1(?::\d+)?|service_account|iam\.gserviceaccount\.com|amazonaws\.com|sslmode=[a-z-]+/g,
  /(?:password|username|postgres(?:ql)?|database|development|production|staging|example\.(?:com|org|net)|secret|default)/gi,
];

/** For each byte of `value`, 1 where it is public knowledge. */
function knownOf(value: Uint8Array): Uint8Array {
  const known = new Uint8Array(value.byteLength);
  // Latin-1, so that an index in the text is an index in the bytes.
  let text = "";
  for (const byte of value) text += String.fromCharCode(byte);
  for (const segment of PUBLIC_SEGMENTS) {
    for (const match of text.matchAll(segment)) known.fill(1, match.index, match.index + match[0].length);
  }
  // "aaaa", "====", "1234", "dcba": a constant step from byte to byte, four long, tells nothing.
  let from = 0;
  for (let i = 2; i <= value.byteLength; i++) {
    const step = value[from + 1]! - value[from]!;
    if (i < value.byteLength && Math.abs(step) <= 1 && value[i]! - value[i - 1]! === step) continue;
    if (i - from >= 4 && Math.abs(step) <= 1) known.fill(1, from, i);
    from = i - 1;
  }
  return known;
}

/** A pattern with what is known of it counted; see {@link Pattern.own}. */
function patternOf(bytes: Uint8Array, known: Uint8Array | null, secret: number, threshold: number): Pattern {
  const own = new Uint32Array(bytes.byteLength + 1);
  for (let i = 0; i < bytes.byteLength; i++) own[i + 1] = own[i]! + (known?.[i] === 1 ? 0 : 1);
  return { bytes, secret, threshold: Math.min(threshold, bytes.byteLength), own };
}

function rot13(value: Uint8Array): Uint8Array {
  return value.map((byte) => {
    const lower = byte | 0x20;
    return lower < 0x61 || lower > 0x7a ? byte : lower < 0x6e ? byte + 13 : byte - 13;
  });
}

function utf16(text: string, littleEndian: boolean): Uint8Array {
  const out = new DataView(new ArrayBuffer(2 * text.length));
  for (let i = 0; i < text.length; i++) out.setUint16(2 * i, text.charCodeAt(i), littleEndian);
  return new Uint8Array(out.buffer);
}

/** The bytes that a value stands for where it is itself hexadecimal or base64: `xxd -r -p` must not wash it. */
function meaning(text: string): Uint8Array | null {
  if (text.length % 2 === 0 && /^[0-9a-fA-F]{24,}$/.test(text)) return Uint8Array.fromHex(text);
  const bare = text.replace(/[\r\n]/g, "").replace(/=+$/, "");
  if (!/^[A-Za-z0-9+/_-]{16,}$/.test(bare) || bare.length % 4 === 1) return null;
  try {
    return Uint8Array.fromBase64(bare.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return null;
  }
}

/** The byte strings to find for the secret with index `secret`: no bytes are kept of `value` but copies. */
export function patternsOf(value: Uint8Array, secret: number): Pattern[] {
  const patterns: Pattern[] = [];
  const seen = new Set<string>();
  const add = (bytes: Uint8Array, threshold: number, known: Uint8Array | null): void => {
    const key = bytes.toBase64();
    if (bytes.byteLength < MIN_MASKABLE_BYTES || seen.has(key)) return;
    seen.add(key);
    patterns.push(patternOf(bytes, known, secret, threshold));
  };
  const threshold = pieceThreshold(value);
  const known = knownOf(value);
  add(value.slice(), threshold, known);
  // Views without white space and control characters meet the value without them too.
  const isDense = (byte: number): boolean => byte > 0x20 && byte !== 0x7f;
  const dense = value.filter(isDense), denseKnown = known.filter((_, i) => isDense(value[i]!));
  add(dense, pieceThreshold(dense), denseKnown);
  for (const [bytes, marks] of [[value, known], [dense, denseKnown]] as const) {
    add(bytes.slice().reverse(), threshold, marks.slice().reverse());
    add(rot13(bytes), Math.max(threshold, Math.min(bytes.byteLength, 8)), marks);
  }
  if (value.includes(0x20)) add(value.map((byte) => byte === 0x20 ? 0x2b : byte), threshold, known);
  const text = decodeUtf8(value);
  if (text === null) return patterns;
  if (value.some((byte) => byte >= 0x80)) {
    add(encodeUtf8([...text].reverse().join("")), threshold, null);
    for (const littleEndian of [true, false]) {
      const wide = utf16(text, littleEndian);
      add(wide, 2 * threshold, null);
      add(wide.filter(isDense), 2 * threshold, null);
    }
    const spellings = [text.toUpperCase(), text.toLowerCase(), text.normalize("NFKC"), text.normalize("NFD")];
    for (const spelling of spellings) add(encodeUtf8(spelling), threshold, null);
  }
  const meant = meaning(text.trim());
  if (meant !== null && meant.byteLength >= 12) add(meant, Math.max(8, pieceThreshold(meant)), null);
  return patterns;
}

/** Fewer letters and digits than this, and a value has no skeleton worth looking for. */
const MIN_SKELETON_BYTES = 8;
/** From here on a skeleton is worth it even where most of the value is something else. */
const LONG_SKELETON_BYTES = 12;

/** What is looked for where everything but letters and digits is removed. */
export function skeletonPatternsOf(value: Uint8Array, secret: number, encoded: boolean): Pattern[] {
  const bytes = value.filter(isAlphanumeric);
  const patterns: Pattern[] = [];
  const enough = bytes.byteLength >= Math.min(LONG_SKELETON_BYTES, 0.6 * value.byteLength);
  if (bytes.byteLength >= MIN_SKELETON_BYTES && enough && maskability(bytes).maskable) {
    const threshold = Math.min(bytes.byteLength, Math.max(12, pieceThreshold(bytes)));
    const known = knownOf(value).filter((_, i) => isAlphanumeric(value[i]!));
    patterns.push(patternOf(bytes, known, secret, threshold));
  }
  if (!encoded) return patterns;
  // base64 between quotes, dots, or marks at the start of each line.
  for (const { bytes: spelled, known } of base64Spellings(value)) {
    const letters = spelled.filter(isAlphanumeric);
    if (letters.byteLength < LONG_SKELETON_BYTES) continue;
    patterns.push(patternOf(letters, known.filter((_, i) => isAlphanumeric(spelled[i]!)), secret, 14));
  }
  return patterns;
}

/** A spelling of a value, with what is public knowledge in it. */
interface Spelled {
  readonly bytes: Uint8Array;
  readonly known: Uint8Array;
  readonly threshold: number;
}

/** The characters of base64 that the value alone decides, at each of the three places it can have in a group. */
function base64Spellings(value: Uint8Array): Spelled[] {
  const spelled: Spelled[] = [];
  const known = knownOf(value);
  for (let offset = 0; offset < 3; offset++) {
    const padded = new Uint8Array(offset + value.byteLength);
    padded.set(value, offset);
    const all = encodeUtf8(padded.toBase64({ omitPadding: true }));
    const first = Math.ceil((8 * offset) / 6);
    const bytes = all.slice(first, Math.floor((8 * padded.byteLength) / 6));
    if (bytes.byteLength < 8) continue;
    const marks = bytes.map((_, i) => {
      const bit = 6 * (first + i) - 8 * offset;
      return known[bit >> 3]! & known[(bit + 5) >> 3]!;
    });
    const threshold = Math.min(bytes.byteLength, Math.max(12, Math.ceil((pieceThreshold(value) * 4) / 3)));
    spelled.push({ bytes, known: marks, threshold });
  }
  return spelled;
}

/**
 * Encodings spelled backwards or in rot13: `base64 | rev`, `xxd -p | rev`, `base64 | tr a-zA-Z n-za-mN-ZA-M`. Undoing those for
 * whole texts would double the work; as patterns they cost memory, so this is for a limited amount of values.
 */
export function respelledPatternsOf(value: Uint8Array, secret: number): Pattern[] {
  const patterns: Pattern[] = [];
  const known = knownOf(value);
  const hexKnown = Uint8Array.from({ length: 2 * value.byteLength }, (_, i) => known[i >> 1]!);
  const backwards = encodeUtf8(value.toHex()).reverse();
  patterns.push(patternOf(backwards, hexKnown.reverse(), secret, 2 * pieceThreshold(value)));
  for (const { bytes, known, threshold } of base64Spellings(value)) {
    patterns.push(patternOf(bytes.slice().reverse(), known.slice().reverse(), secret, threshold));
    patterns.push(patternOf(rot13(bytes), known, secret, threshold));
  }
  return patterns;
}

/** Whether `byte` is an ASCII letter or digit. */
export function isAlphanumeric(byte: number): boolean {
  const lower = byte | 0x20;
  return (byte >= 0x30 && byte <= 0x39) || (lower >= 0x61 && lower <= 0x7a);
}
