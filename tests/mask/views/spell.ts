/** Encoders that neither the language nor its library has. */

const LETTERS = "abcdefghijklmnopqrstuvwxyz";
/** RFC 1924's alphabet, as Python's `b85encode` writes it. */
const RFC1924 = `0123456789${LETTERS.toUpperCase()}${LETTERS}!#$%&()*+-;<=>?@^_\`{|}~`;
/** Adobe's, and that of Z85. */
export const ASCII85 = Array.from({ length: 85 }, (_, i) => String.fromCharCode(33 + i)).join("");
export const Z85 = `0123456789${LETTERS}${LETTERS.toUpperCase()}.-:+=^!/*?&<>()[]{}@%$#`;
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/** RFC 4648 §7. */
export const BASE32HEX = "0123456789ABCDEFGHIJKLMNOPQRSTUV";

/** base85 in one of its alphabets, without padding. */
export function base85(bytes: Uint8Array, alphabet: string = RFC1924): string {
  const padding = (4 - bytes.length % 4) % 4;
  const padded = new Uint8Array(bytes.length + padding);
  padded.set(bytes);
  const words = new DataView(padded.buffer);
  let text = "";
  for (let at = 0; at < padded.length; at += 4) {
    let word = words.getUint32(at), group = "";
    for (let k = 0; k < 5; k++, word = Math.floor(word / 85)) group = alphabet[word % 85] + group;
    text += group;
  }
  return padding === 0 ? text : text.slice(0, -padding);
}

/** RFC 4648 §6, or §7 by its alphabet, padded. */
export function base32(bytes: Uint8Array, alphabet: string = BASE32): string {
  let text = "", word = 0, have = 0;
  for (const byte of bytes) {
    word = (word << 8) | byte;
    for (have += 8; have >= 5; word &= (1 << have) - 1) {
      have -= 5;
      text += alphabet[word >>> have];
    }
  }
  if (have > 0) text += alphabet[(word << (5 - have)) & 31];
  return text.padEnd(8 * Math.ceil(text.length / 8), "=");
}
