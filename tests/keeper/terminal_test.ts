import assert from "node:assert/strict";
import fc from "fast-check";
import { OvError } from "../../src/base/mod.ts";
import { HiddenEntry } from "../../src/keeper/terminal.ts";

const utf8 = new TextEncoder();

/** Feeds chunks; gives how it ended, and what the entry is then. */
function enter(...chunks: (string | Uint8Array)[]): { state: string; text: string } {
  const entry = new HiddenEntry();
  let state = "more";
  for (const chunk of chunks) state = entry.take(typeof chunk === "string" ? utf8.encode(chunk) : chunk);
  const secret = entry.finish("typed");
  // EXPOSE: a test compares it.
  return { state, text: new TextDecoder().decode(secret.expose()) };
}

/** Keys, as a terminal in raw mode sends them. */
const KEYS: readonly [string, string[], string, string][] = [
  ["ends at Enter", ["abc\r"], "done", "abc"],
  ["ends at a line feed", ["abc\n"], "done", "abc"],
  ["ends at Enter in a chunk of its own", ["abc", "\r"], "done", "abc"],
  ["ends with an empty entry at Enter", ["\r"], "done", ""],
  ["ends at Ctrl-D after characters", ["abc\x04"], "done", "abc"],
  ["is interrupted by Ctrl-D on an empty entry", ["\x04"], "interrupted", ""],
  ["is interrupted by Ctrl-D after all was deleted", ["a\x7f\x04"], "interrupted", ""],
  ["is interrupted by Ctrl-C", ["\x03"], "interrupted", ""],
  ["is interrupted by Ctrl-C in the middle", ["ab\x03cd\r"], "interrupted", "ab"],
  ["is interrupted by Ctrl-C after a lone Escape", ["a\x1b", "\x03"], "interrupted", "a"],
  ["is interrupted by Ctrl-C inside an unfinished sequence", ["a\x1b[1", "\x03"], "interrupted", "a"],
  ["ends at Enter after a lone Escape", ["a\x1b", "\r"], "done", "a"],
  ["takes back a character at Delete", ["abx\x7fc\r"], "done", "abc"],
  ["takes back a character at Backspace", ["abx\bc\r"], "done", "abc"],
  ["takes back a whole character of two bytes", ["aé\x7f\r"], "done", "a"],
  ["takes back a whole character of three bytes", ["a€\x7f\r"], "done", "a"],
  ["takes back a whole character of four bytes", ["a😀\x7fb\r"], "done", "ab"],
  ["ignores Delete on an empty entry", ["\x7f\x7fa\r"], "done", "a"],
  ["begins anew at Ctrl-U", ["wrong\x15right\r"], "done", "right"],
  ["begins anew at Ctrl-W", ["wrong\x17right\r"], "done", "right"],
  ["keeps blanks and tabs", [" a\tb \r"], "done", " a\tb "],
  ["ignores arrow keys", ["a\x1b[Db\x1b[1;5Cc\r"], "done", "abc"],
  ["ignores application-mode keys", ["a\x1bOAb\r"], "done", "ab"],
  ["ignores a sequence cut between chunks", ["a\x1b", "[", "D", "b\r"], "done", "ab"],
  ["ignores Alt with a letter", ["a\x1bbc\r"], "done", "ac"],
  ["waits while nothing ended it", ["abc"], "more", "abc"],
  ["takes a paste of several lines", ["\x1b[200~a\nb\x1b[201~", "\r"], "done", "a\nb"],
  ["takes pasted carriage returns as line feeds", ["\x1b[200~a\rb\x1b[201~\r"], "done", "a\nb"],
  ["takes a pasted Delete and tab as they are", ["\x1b[200~a\x7f\tb\x1b[201~\r"], "done", "a\x7f\tb"],
  ["takes what is typed around a paste", ["1\x1b[200~2\n\x1b[201~3\r"], "done", "12\n3"],
  ["takes a paste whose marks are cut between chunks", ["\x1b[20", "0~a\nb\x1b", "[201", "~c\r"], "done", "a\nbc"],
  ["takes more than one line break after the end as one", ["abc\r\n\r"], "done", "abc"],
];

for (const [name, chunks, state, text] of KEYS) {
  Deno.test(`HiddenEntry ${name}`, () => assert.deepEqual(enter(...chunks), { state, text }));
}

Deno.test("HiddenEntry refuses several lines at once when the terminal marks no paste", () => {
  for (const pasted of ["a\nb", "a\rb\r", "-----BEGIN\nxyz\n-----END\n", "a\r\nb"]) {
    assert.throws(
      () => enter(pasted),
      (error: unknown) =>
        error instanceof OvError && error.code === "usage/value" && !error.message.includes("BEGIN") &&
        error.hint!.includes("--file"),
    );
  }
});

Deno.test("HiddenEntry refuses an entry longer than a value can be", () => {
  const entry = new HiddenEntry();
  const chunk = new Uint8Array(4096).fill(0x61);
  for (let i = 0; i < 18; i++) assert.equal(entry.take(chunk), "more");
  assert.throws(() => entry.take(chunk), { code: "usage/value" });
});

Deno.test("HiddenEntry.wipe() and finish() leave nothing behind", () => {
  const entry = new HiddenEntry();
  entry.take(utf8.encode("abc"));
  entry.wipe();
  assert.equal(entry.finish("a").sizeBytes, 0);
  entry.take(utf8.encode("abc"));
  assert.equal(entry.finish("a").sizeBytes, 3);
  assert.equal(entry.finish("a").sizeBytes, 0);
});

Deno.test("HiddenEntry gives the same for every way of cutting into chunks", () => {
  const piece = fc.constantFrom("a", "é", "😀", "\x7f", "\x1b[D", "\x1bOA", "\x1b[200~x\ny\x1b[201~", " ", "\x15");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), fc.infiniteStream(fc.integer({ min: 1, max: 5 })), (p, cuts) => {
      const bytes = utf8.encode(p.join(""));
      const chunks: Uint8Array[] = [];
      for (let at = 0; at < bytes.length;) {
        const length = cuts.next().value as number;
        chunks.push(bytes.subarray(at, at += length));
      }
      assert.deepEqual(enter(...chunks, "\r"), enter(bytes, "\r"));
    }),
  );
});
