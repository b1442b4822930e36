/** The value comes in pieces, with something between them. */
import { type Case, js, py, sh, SHORT_PIECES } from "../case.ts";
import * as d from "../decode.ts";

/** What the attacker put at the end of each line or between the characters is known to them. */
const columns = (text: string): string[] => {
  const rows = text.split("\n").map((row) => row.split(/\s+/));
  return [0, 1, 2, 3].map((column) => rows.map((row) => row[column] ?? "").join(""));
};

export const SPLIT: readonly Case[] = [
  js(
    "two-writes",
    "writes its halves",
    "process.stdout.write(v.slice(0, 16)); process.stdout.write(v.slice(16))",
    d.plain,
  ),
  py(
    "two-writes-pause",
    "writes its halves with a pause between",
    "import time; sys.stdout.write(v[:16]); sys.stdout.flush(); time.sleep(.4); print(v[16:])",
    d.plain,
  ),
  py(
    "short-head-pause",
    "writes nine characters, waits, then the rest",
    "import time; sys.stdout.write(v[:9]); sys.stdout.flush(); time.sleep(.4); print(v[9:])",
    d.plain,
  ),
  py(
    "drip",
    "writes a character at a time with pauses",
    "import time\nfor c in v: sys.stdout.write(c); sys.stdout.flush(); time.sleep(.03)",
    d.plain,
  ),
  py(
    "drip-base64",
    "writes its base64 a character at a time with pauses",
    "import base64, time\nfor c in base64.b64encode(b).decode(): sys.stdout.write(c); sys.stdout.flush(); time.sleep(.02)",
    d.chain(d.b64),
  ),
  py(
    "halves-two-streams",
    "writes a half to stdout and a half to stderr",
    "sys.stdout.write(v[:16]); sys.stderr.write(v[16:])",
    (seen) => seen.outputs.map(({ stdout, stderr }) => stdout + stderr),
  ),
  py(
    "processes",
    "lets two processes write a half each",
    "import subprocess\nsubprocess.run(['printf', '%s', v[:16]]); subprocess.run(['printf', '%s', v[16:]])",
    d.plain,
  ),
  sh("lines", "a character on a line", "printf %s $KEY | fold -w1", d.chain(d.squeezed)),
  sh(
    "blank-lines",
    "a character on every third line",
    "printf %s $KEY | fold -w1 | sed 's/$/\\n\\n/'",
    d.chain(d.squeezed),
  ),
  sh("numbered-lines", "a character on a numbered line", "printf %s $KEY | fold -w1 | nl", d.from(columns)),
  sh("cat-n", "four characters on a numbered line", "printf %s $KEY | fold -w4 | cat -n", d.from(columns)),
  sh("fold-4", "four characters on a line", "printf %s $KEY | fold -w4", d.chain(d.squeezed)),
  sh("fold-8", "eight characters on a line", "printf %s $KEY | fold -w8", d.chain(d.squeezed)),
  sh(
    "indented-pieces",
    "eight characters on an indented line",
    "printf %s $KEY | fold -w8 | sed 's/^/      /'",
    d.chain(d.squeezed),
  ),
  sh(
    "quoted-pieces",
    "eight characters on a line as C strings",
    "printf %s $KEY | fold -w8 | sed 's/.*/  \"&\" +/'",
    d.chain(d.squeezed),
  ),
  sh(
    "log-pieces",
    "eight characters on a line of a log",
    'n=0; echo $KEY | fold -w8 | while read -r p; do n=$((n+1)); echo "[info] part $n: $p (ok)"; done',
    d.from(d.joined(/part \d+: (\S+)/g)),
    { may: SHORT_PIECES },
  ),
  sh(
    "columns",
    "in columns",
    "printf %s $KEY | fold -w1 | column -c 40",
    d.from((text) => {
      const rows = text.trimEnd().split("\n").map((row) => row.split(/\s+/));
      return [rows[0]!.flatMap((_, c) => rows.map((row) => row[c] ?? "")).join("")];
    }),
    {
      may: { share: 1, why: "read down the columns: an order that the program makes up", instead: "grants" },
      needs: ["column"],
    },
  ),
  sh(
    "two-columns",
    "beside other text",
    "printf %s $KEY | fold -w1 > a; yes 0 | head -32 > n; paste n a",
    d.from((text) => [[...text.matchAll(/0\t(\S)/g)].map(([, c]) => c).join("")]),
  ),
  py("spaces", "with spaces", "print(' '.join(v))", d.chain(d.squeezed)),
  py("tabs", "with tabs", "print('\\t'.join(v))", d.chain(d.squeezed)),
  py("commas", "with commas", "print(', '.join(v))", d.chain(d.squeezed)),
  py("dashes", "with dashes", "print('-'.join(v))", d.chain(d.squeezed)),
  py(
    "dashes-fours",
    "with a dash after each four",
    "print('-'.join(v[i:i+4] for i in range(0, 32, 4)))",
    d.chain(d.squeezed),
  ),
  py("dots-lines", "with a dot and a line break", "print('.\\n'.join(v))", d.chain(d.squeezed)),
  py("list", "as a Python list", "print(list(v))", d.chain(d.squeezed)),
  js("array", "as an array", "console.log([...v])", d.chain(d.squeezed)),
  js("json-array", "as a JSON array", "console.log(JSON.stringify([...v], null, 2))", d.chain(d.squeezed)),
  js(
    "object",
    "as an object with numbered keys",
    "console.log(JSON.stringify({ ...v }))",
    d.from(d.joined(/"\d+":"(.)"/g)),
  ),
  js(
    "xml",
    "an element for each character",
    "console.log([...v].map((c) => `<c>${c}</c>`).join(''))",
    d.from(d.joined(/<c>(.)<\/c>/g)),
  ),
  py(
    "letter-between",
    "a letter between the characters",
    "print('x'.join(v))",
    d.from((text) => [[...text.trim()].filter((_, i) => i % 2 === 0).join("")]),
    { may: { share: 1, why: "letters between letters: any text could be read that way", instead: "grants" } },
  ),
  py(
    "word-between",
    "a word between the characters",
    "print(' and '.join(v))",
    d.from((text) => [text.trim().split(" and ").join("")]),
    { may: { share: 1, why: "words between the characters, as the program likes", instead: "grants" } },
  ),
  py(
    "colours",
    "a colour for each character",
    "print(''.join('\\x1b[3%dm%s' % (i % 8, c) for i, c in enumerate(v)))",
    // deno-lint-ignore no-control-regex -- what a terminal or a byte string holds is what is read
    d.from((text) => [text.replace(/\x1b\[\d+m/g, "")]),
  ),
  py(
    "cursor",
    "a cursor movement for each character",
    "print(''.join('\\x1b[1;%dH%s' % (i + 1, c) for i, c in enumerate(v)))",
    // deno-lint-ignore no-control-regex -- what a terminal or a byte string holds is what is read
    d.from((text) => [text.replace(/\x1b\[1;\d+H/g, "")]),
  ),
  py("osc", "in the title of the terminal", "sys.stdout.write('\\x1b]0;' + v + '\\x07')", d.plain),
  py(
    "hyperlink",
    "in a link of the terminal",
    "print('\\x1b]8;;https://x.invalid/' + v + '\\x1b\\\\text\\x1b]8;;\\x1b\\\\')",
    d.plain,
  ),
  py(
    "struck-over",
    "each character struck over, as for bold",
    "print(''.join(c + '\\b' + c for c in v))",
    // deno-lint-ignore no-control-regex -- what a terminal or a byte string holds is what is read
    d.from((text) => [text.replace(/.\x08/g, "")]),
  ),
  py(
    "backspaces",
    "a wrong character and a backspace before each",
    "print(''.join('#\\b' + c for c in v))",
    // deno-lint-ignore no-control-regex -- what a terminal or a byte string holds is what is read
    d.from((text) => [text.replace(/.\x08/g, "")]),
  ),
  py("carriage-returns", "each character at the start of the line", "print('\\r'.join(v))", d.chain(d.unblanked)),
  py("zero-width", "characters of no width between", "print('\\u200b'.join(v))", d.chain(d.unblanked)),
  py("soft-hyphens", "soft hyphens between", "print('\\u00ad'.join(v))", d.chain(d.unblanked)),
  py("nul", "NUL between", "print('\\0'.join(v))", d.chain(d.unblanked)),
  py("box", "in a table drawn with lines", "print('│'.join(v))", d.chain(d.squeezed)),
  py(
    "growing",
    "each prefix on a line",
    "for i in range(1, 33): print(v[:i])",
    d.from((text) => [...d.asIs(text), text.trim().split("\n").map((line) => line.at(-1)).join("")]),
  ),
  py(
    "shrinking",
    "each suffix on a line",
    "for i in range(32): print(v[i:])",
    d.from((text) => [...d.asIs(text), text.trim().split("\n").map((line) => line[0] ?? "").join("")]),
  ),
  py(
    "sliding",
    "every run of eight",
    "for i in range(25): print(v[i:i+8])",
    d.from((text) => [text.trim().split("\n").map((line, i) => i === 0 ? line : line.at(-1)).join("")]),
    { may: SHORT_PIECES },
  ),
  py(
    "sliding-nine",
    "runs of nine, five apart, on lines with a word",
    "for i in range(0, 24, 5): print('see', v[i:i+9], 'there')",
    d.from((text) => {
      let all = "";
      for (const [, piece] of text.matchAll(/see (\S+) there/g)) all = all === "" ? piece! : all + piece!.slice(4);
      return [all];
    }),
    { may: SHORT_PIECES },
  ),
  py(
    "diagonal",
    "each character one column further",
    "for i, c in enumerate(v): print(' ' * i + c)",
    d.chain(d.squeezed),
  ),
  py(
    "names-of-folders",
    "a folder for each character, one in the other",
    "os.makedirs('/'.join(v)); print(max((r for r, d, f in os.walk('.')), key=len))",
    d.chain(d.squeezed),
  ),
];
