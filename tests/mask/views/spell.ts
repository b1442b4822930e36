/** Encoders that neither the language nor its library has. */

const ASCII85 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** RFC 1924's alphabet, as Python's `b85encode` writes it. */
export function base85(bytes: Uint8Array): string {
  const padding = (4 - bytes.length % 4) % 4;
  const padded = new Uint8Array(bytes.length + padding);
  padded.set(bytes);
  const words = new DataView(padded.buffer);
  let text = "";
  for (let at = 0; at < padded.length; at += 4) {
    let word = words.getUint32(at), group = "";
    for (let k = 0; k < 5; k++, word = Math.floor(word / 85)) group = ASCII85[word % 85] + group;
    text += group;
  }
  return padding === 0 ? text : text.slice(0, -padding);
}

/** RFC 4648 §6, padded. */
export function base32(bytes: Uint8Array): string {
  let text = "", word = 0, have = 0;
  for (const byte of bytes) {
    word = (word << 8) | byte;
    for (have += 8; have >= 5; word &= (1 << have) - 1) {
      have -= 5;
      text += BASE32[word >>> have];
    }
  }
  if (have > 0) text += BASE32[(word << (5 - have)) & 31];
  return text.padEnd(8 * Math.ceil(text.length / 8), "=");
}
