/** Generated dotenv files: a grammar that knows the format's corners, and byte noise on top, from a fixed seed. */

/** The kinds of lines a generated file is made of; a test asserts that each was met. */
export const CONSTRUCTS = [
  "plain",
  "single",
  "double",
  "backtick",
  "multiline",
  "escapes",
  "unclosed",
  "junk",
  "nested-quotes",
  "inline-comment",
  "colon",
  "bare",
  "comment",
  "commented-copy",
  "blank",
  "duplicate",
  "export",
  "odd-key",
  "odd-space",
  "loose",
  "dollar",
  "noise",
  "bom",
  "crlf",
  "cr",
  "proto",
] as const;

export type Construct = typeof CONSTRUCTS[number];

/** Numbers in [0, 1) that are the same on every machine (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const KEYS = ["A", "B", "C", "API_KEY", "a.b", "x-y", "1st", "2", "10", "export", "_", "LOG_LEVEL"];
const PIECES = [
  ..."abz019_.-/:=,;!@%&*()[]{}<>?|~^+ ",
  ..."'\"`#\\$",
  "\\n",
  "\\r",
  "\\t",
  "\\\\n",
  "\\'",
  '\\"',
  "\\`",
  "\\$",
  "$A",
  "${B}",
  "${C:-d}",
  "${C-${A}}",
  "${A:+e}",
  "${B+f}",
  "$null",
  "$nonnullA",
  " # ",
  "\u00a0",
  "\u2028",
  "\u2029",
  "\ufeff",
  "é",
  "😀",
  "\t",
  "\0",
  "=",
  "A=1",
  "export ",
];

/** A file and what it was made of. */
export interface Generated {
  readonly text: string;
  readonly constructs: ReadonlySet<Construct>;
}

/** The next file from `random`. */
export function generateFile(random: () => number): Generated {
  const constructs = new Set<Construct>();
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const chance = (probability: number) => random() < probability;
  const some = (most: number) => Math.floor(random() * (most + 1));
  const stuff = (without = "", most = 8) =>
    Array.from({ length: some(most) }, () => pick(PIECES)).filter((piece) =>
      ![...without].some((character) => piece.includes(character))
    ).join("");
  const space = () => chance(0.8) ? "" : pick([" ", "  ", "\t", " \n", "\u00a0", "\n", "\u2028"]);
  const key = () => {
    if (chance(0.03)) {
      constructs.add("proto");
      return "__proto__";
    }
    if (chance(0.06)) {
      constructs.add("odd-key");
      return pick(["A B", "é", "", "a$b", "A'", "#A", "😀"]);
    }
    return pick(KEYS);
  };
  const lines: string[] = [];
  let last = "A";
  const wanted = 1 + some(7);
  while (lines.length < wanted) {
    const construct = pick(CONSTRUCTS);
    const quote = pick(["'", '"', "`"]);
    const tail = chance(0.7) ? "" : pick([" ", "# c", " # it's", ' #"', "\t", " x", "\u2028", "\u2028B=2", quote]);
    let name = key();
    let value: string | null = null;
    switch (construct) {
      case "plain":
        value = stuff("'\"`#\n");
        break;
      case "single":
        value = `'${stuff("'")}'`;
        break;
      case "double":
        value = `"${stuff('"')}"`;
        break;
      case "backtick":
        value = "`" + stuff("`") + "`";
        break;
      case "multiline":
        value = quote + Array.from({ length: 1 + some(3) }, () => stuff(chance(0.7) ? quote : "")).join("\n") + quote;
        break;
      case "escapes":
        value = `${quote}${stuff()}\\${quote}${stuff()}${chance(0.7) ? quote : ""}`;
        break;
      case "unclosed":
        value = quote + stuff(quote);
        break;
      case "junk":
        value = `${quote}${stuff(quote)}${quote}${stuff()}`;
        break;
      case "nested-quotes":
        value = `${quote}${quote}${stuff()}${quote}${quote}`;
        break;
      case "inline-comment":
        value = `${stuff("#")}${pick(["#", " #", " # ", "\t#"])}${stuff()}`;
        break;
      case "dollar":
        value = `${chance(0.5) ? quote : ""}${pick(["$", "${"])}${pick(KEYS)}${pick(["", "}", ":-", "$"])}${stuff()}`;
        break;
      case "colon":
        lines.push(`${name}:${pick(["", " ", "\n", "\t", "  ", "\n\n"])}${stuff()}`);
        break;
      case "bare":
        lines.push(name);
        break;
      case "comment":
        lines.push(`${space()}#${stuff()}`);
        break;
      case "commented-copy":
        lines.push(`${pick(["# ", "#", " ## "])}${last}=${stuff()}`);
        break;
      case "blank":
        lines.push(pick(["", " ", "\t", "\u00a0"]));
        break;
      case "duplicate":
        name = last;
        value = stuff();
        break;
      case "export":
        name = `${pick(["export ", "export\t", "export\n", "export  "])}${name}`;
        value = stuff();
        break;
      case "odd-space":
        value = `${pick(["\u00a0", "\u3000", "\ufeff", "\v"])}${stuff()}${pick(["\u00a0", "\u2029", ""])}`;
        break;
      case "loose":
        lines.push(pick(["=x", "'", '"x"', "`y", "export", ":", "x y", "''"]));
        break;
      case "noise":
        lines.push(stuff("", 14));
        break;
      default:
        continue;
    }
    constructs.add(construct);
    if (value === null) continue;
    lines.push(`${space()}${name}${space()}=${space()}${value}${tail}`);
    last = name;
  }
  let text = lines.join("\n") + (chance(0.8) ? "\n" : "");
  if (chance(0.1)) {
    constructs.add("crlf");
    text = text.replaceAll("\n", "\r\n");
  } else if (chance(0.06)) {
    constructs.add("cr");
    text = text.replaceAll("\n", "\r");
  }
  if (chance(0.05)) {
    constructs.add("bom");
    text = `\ufeff${text}`;
  }
  if (chance(0.2)) {
    constructs.add("noise");
    const at = some(text.length);
    text = text.slice(0, at) + pick(PIECES) + text.slice(at + some(2));
  }
  return { text, constructs };
}

/** How many files to try: `normal`, or times `OV_TEST_DEPTH`. */
export function filesToTry(normal: number): number {
  return normal * Math.max(1, Number(Deno.env.get("OV_TEST_DEPTH") ?? "1"));
}
