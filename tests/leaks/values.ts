/** Values of the cases: random, made when they are asked for, written nowhere. */

/** What a value looks like. */
export type ValueKind = "mixed" | "hex" | "symbols" | "url" | "lines" | "words";

/** Characters that the random part of each kind is made of. */
const LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz";
const ALPHABETS: Readonly<Record<ValueKind, string>> = {
  mixed: `${LETTERS}23456789`,
  hex: "0123456789abcdef",
  symbols: `${LETTERS}23456789!#%&()*+,-./:;<=>?@[]^_{|}~"\\`,
  url: `${LETTERS}23456789`,
  lines: `${LETTERS}23456789+/`,
  words: "abcdefghijkmnpqrstuvwxyz",
};

/** A fresh value: 32 characters of its own at least. */
export function makeValue(kind: ValueKind = "mixed"): string {
  switch (kind) {
    case "hex":
      return random(kind, 64);
    case "url":
      return `postgres://shop:${random(kind, 48)}@db.invalid:5432/shop`;
    case "lines":
      return [1, 2, 3].map(() => random(kind, 48)).join("\n");
    case "words":
      return [1, 2, 3, 4, 5, 6].map(() => random(kind, 6)).join(" ");
    default:
      return random(kind, 32);
  }
}

function random(kind: ValueKind, length: number): string {
  const alphabet = ALPHABETS[kind];
  let text = "";
  while (text.length < length) {
    const [byte] = crypto.getRandomValues(new Uint8Array(1));
    // Evenly distributed: what would make the first characters more likely is drawn again.
    if (byte! < 256 - 256 % alphabet.length) text += alphabet[byte! % alphabet.length];
  }
  return text;
}
