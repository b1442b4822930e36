/**
 * An argument so that a person sees exactly what it is: plain words as they are, everything else in single quotes for a
 * POSIX shell, and what a terminal would act on or hide (control characters, bidirectional marks) as `$'\u{…}'`.
 */
export function quoteArgument(argument: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(argument)) return argument;
  if (!HIDDEN.test(argument)) return `'${argument.replaceAll("'", "'\\''")}'`;
  const escaped = [...argument].map((character) => {
    if (character === "\\" || character === "'") return `\\${character}`;
    if (!HIDDEN.test(character)) return character;
    const code = character.codePointAt(0)!;
    return code <= 0xffff ? `\\u${code.toString(16).padStart(4, "0")}` : `\\U${code.toString(16).padStart(8, "0")}`;
  });
  return `$'${escaped.join("")}'`;
}

/** Control, format, private, unassigned, line-separating and invisible characters: nothing that prints as itself. */
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
