/** How much of a surprise a text is. */

/** Shannon entropy in bits per UTF-16 unit; 0 for an empty text. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (let i = 0; i < text.length; i++) counts.set(text[i]!, (counts.get(text[i]!) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/**
 * Whether a text is as irregular as generated keys are: at least 16 characters, and for its alphabet close to what
 * chance gives. Words, paths and versions are not.
 */
export function looksRandom(text: string): boolean {
  if (text.length < 16 || /\s/.test(text) || isMadeOfWords(text)) return false;
  const entropy = entropyOf(text);
  if (/^[0-9a-fA-F-]+$/.test(text)) return /[0-9]/.test(text) && /[a-fA-F]/.test(text) && entropy >= 2.8;
  if (!/[0-9]/.test(text)) {
    // Without a digit only a mixture of cases that no name has: a name begins a word about every sixth letter.
    const ups = text.match(/[A-Z]/g)?.length ?? 0;
    const lows = text.match(/[a-z]/g)?.length ?? 0;
    return entropy >= 3.4 && ups >= text.length / 4 && lows >= text.length / 4;
  }
  return entropy >= (text.length >= 24 ? 3.6 : 3.3);
}

/** Words and short numbers with signs between them: `claude-sonnet-4-5`, `--max-size=4096`, `process.env.API_KEY`. */
export function isMadeOfWords(text: string): boolean {
  return text.split(/[^A-Za-z0-9]+/).every((part) =>
    /^(?:[A-Z]?[a-z]{0,15}(?:[A-Z][a-z]{2,14}){0,3}|[a-z]{1,3}\d{1,2}|[A-Z]{1,2}\d|[A-Z]{1,15}|\d{1,6})$/.test(part)
  );
}
