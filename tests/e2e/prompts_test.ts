/** The front's own questions on a real pseudo-terminal, in a process without any permission. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { type Step, type TerminalEnded, World } from "./ov.ts";

const FRONT = fileURLToPath(new URL("./front.ts", import.meta.url));
const CONFIG = fileURLToPath(new URL("../../deno.json", import.meta.url));

async function front(argv: readonly string[], steps: readonly Step[], columns = 80): Promise<TerminalEnded> {
  await using world = await World.create();
  const command = [Deno.execPath(), "run", "-q", "--no-check", "-A", "--no-prompt", "--config", CONFIG, FRONT];
  const env = { DENO_DIR: Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno` };
  const ended = await world.terminalCommand([...command, ...argv], steps, { columns, env });
  assert.deepEqual(ended.after, ended.before, "the terminal was not put back");
  return ended;
}

const TICKS = "the rest stays in the file.*submit";

Deno.test("ov import lets the list be changed with the keyboard and asks before it rewrites", async () => {
  const ended = await front(["import"], [
    // Down twice to LOG_LEVEL, tick it, enter; then enter takes the default of the question, which is yes.
    { expect: TICKS, echo: false, send: "\x1b[B" },
    { expect: "BETA_TOKEN", send: "\x1b[B" },
    { expect: "LOG_LEVEL", send: " " },
    { expect: "LOG_LEVEL", send: "\r" },
    { expect: "Take 3 secrets out of \\.dev\\.vars\\?.*\\(Y/n\\)", send: "\r" },
  ]);
  assert.equal(ended.code, 0, ended.transcript);
  assert.match(ended.transcript, /asked import\.apply .*\["ALPHA_KEY","BETA_TOKEN","LOG_LEVEL"\],"rewrite":true/);
  assert.match(ended.transcript, /Imported 3 of 3 into shop\/development/);
});

Deno.test("ov import imports without rewriting when the question is answered with no", async () => {
  const ended = await front(["import"], [
    { expect: TICKS, send: "\r" },
    { expect: "\\(Y/n\\)", send: "n\r" },
  ]);
  assert.equal(ended.code, 0);
  assert.match(ended.transcript, /asked import\.apply .*\["ALPHA_KEY","BETA_TOKEN"\],"rewrite":false/);
});

Deno.test("every question ends with 130 on Ctrl-C and on a signal, nothing done, the terminal put back", async () => {
  const questions: [string[], Step[], RegExp][] = [
    [["import"], [], /asked import\.apply/],
    [["import"], [{ expect: TICKS, send: "\r" }], /asked import\.apply/],
    [["app", "delete", "shop"], [], /asked app\.delete/],
  ];
  const shown = [TICKS, "\\(Y/n\\)", "\\(y/N\\)"];
  for (const [i, [argv, steps, never]] of questions.entries()) {
    for (const end of [{ send: "\x03" }, { signal: "INT" as const }, { signal: "TERM" as const }]) {
      const ended = await front(argv, [...steps, { expect: shown[i]!, echo: false, ...end }]);
      assert.deepEqual([ended.code, ended.signal], [130, null], `${argv} ${JSON.stringify(end)}`);
      assert.match(ended.transcript, /ov: Question: interrupted, nothing was changed/);
      assert.doesNotMatch(ended.transcript, never);
    }
  }
});

Deno.test("a question is usable on a narrow terminal", async () => {
  const ended = await front(["app", "delete", "shop"], [{ expect: "\\(y/N\\)", send: "y\r" }], 40);
  assert.match(ended.transcript, /Deleted app shop with 1 secret\./);
});
