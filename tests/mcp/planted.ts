/** A value that a secret scanner recognises and that no scanner finds in this file: it is made up when it is asked for. */
export function plantedKey(): string {
  const letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";
  const random = crypto.getRandomValues(new Uint8Array(32));
  return ["sk", "test", [...random].map((byte) => letters[byte % letters.length]).join("")].join("_");
}
