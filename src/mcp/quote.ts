/** Text that comes from an agent, made fit for a person to judge. */

/**
 * What may stand for itself: printable ASCII, less the quote and the backslash (they would make the quoting ambiguous)
 * and less what a client that renders Markdown or HTML could swallow (`<!-- -->`, `&rlm;`, code spans, links). Everything
 * else — control characters, line breaks, direction marks, look-alike letters — is written `\u{hex}`.
 */
const UNSAFE = /[^\x20-\x7e]|["\\<&`[]/gu;

/** The text with every character that could fool a reader written as `\u{hex}`. */
export function visible(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}

/** The text in double quotes: its start and its end can be seen, and no text can look like two. */
export function quoted(text: string): string {
  return `"${visible(text)}"`;
}
