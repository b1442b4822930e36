import assert from "node:assert/strict";
import { takesColor } from "../../src/cli/io.ts";

Deno.test("takesColor() obeys NO_COLOR, then FORCE_COLOR, then the terminal", () => {
  const cases: [boolean, Record<string, string>, boolean][] = [
    [true, {}, true],
    [false, {}, false],
    [true, { TERM: "dumb" }, false],
    [true, { NO_COLOR: "1" }, false],
    [true, { NO_COLOR: "" }, true],
    [true, { NO_COLOR: "1", FORCE_COLOR: "1" }, false],
    [false, { FORCE_COLOR: "1" }, true],
    [true, { FORCE_COLOR: "0" }, false],
    [false, { CLICOLOR_FORCE: "1" }, true],
    [true, { CLICOLOR: "0" }, false],
  ];
  for (const [terminal, environment, color] of cases) {
    assert.equal(takesColor(terminal, environment), color, JSON.stringify(environment));
  }
});
