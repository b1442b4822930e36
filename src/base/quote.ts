/** Text from elsewhere as a person may read it on a terminal: nothing hidden, nothing that acts, borders certain. */

// What could move the cursor, recolour, reorder or hide text: C0 and C1 controls, DEL, bidi controls, zero-width and
// other invisible format characters, line separators, lone surrogates, tags and variation selectors, private use and
// what is not assigned.
const UNSAFE = new RegExp(
  "[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f" +
    "\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\u{1d173}-\\u{1d17a}" +
    "\\u{e0000}-\\u{e0fff}]|\\p{C}",
  "gu",
);

/**
 * `text` on one line, with every character that could deceive a terminal's reader written as an escape (`\n`, `\x1b`,
 * `\u{202e}`). For names, paths and arguments that came from a file, an agent or the vault.
 */
export function printable(text: string): string {
  return text.replace(UNSAFE, escapeCharacter);
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0)!;
  if (character === "\n") return "\\n";
  if (character === "\r") return "\\r";
  if (character === "\t") return "\\t";
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
}

const PLAIN_ARGUMENT = /^[A-Za-z0-9_@%+=:,./^-]+$/;

/**
 * One argument so that its borders are certain: as it is where it holds nothing special, else in single quotes, or in
 * `$'…'` with escapes where it holds a quote, a backslash or a character that {@link printable} escapes. A shell such as
 * bash reads the same argument back.
 */
export function quoteArgument(argument: string): string {
  if (PLAIN_ARGUMENT.test(argument)) return argument;
  const shown = printable(argument);
  if (shown === argument && !/['\\]/.test(argument)) return `'${argument}'`;
  const escaped = argument.replace(/[\\']/g, "\\$&").replace(UNSAFE, (character) => {
    const code = character.codePointAt(0)!;
    if (code < 0x80) return escapeCharacter(character);
    return `\\U${code.toString(16).padStart(8, "0")}`;
  });
  return `$'${escaped}'`;
}

/** A whole command line of {@link quoteArgument}. */
export function quoteCommand(argv: readonly string[]): string {
  return argv.map(quoteArgument).join(" ");
}
